package wakatest_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/post"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/wakatest"
	"github.com/wakachi/wakachi/internal/web"
)

// An organisation plants the same indicator and a canary of its own everywhere it can write.
// No answer to anybody else holds the canary, in a list, a search, a count or a history.
func TestClass03_NoListMentionsAnothers(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("webserver-security")
	id := p.Open()
	p.Paste(id, "C2 は shared.example、被害は canary-text")
	add(t, p, h, id, casework.Edit{Kind: incident.Damage, Text: "canary-text"})
	add(t, p, h, id, domain("canary-domain.example"))
	if err := h.Casework.Give(t.Context(), p.Actor, id, "sharing", incident.Answer{Question: "unknown", Answer: "yes", Why: "canary-why"}); err != nil {
		t.Fatal(err)
	}
	a := as(t, h, "webserver-security")
	a.post("/people", url.Values{"login": {"canary-login"}, "name": {"canary-name"}, "password": {wakatest.Password}})
	r := p.Compose(id, h.ToCommunity())
	h.As("webserver-approver").Approve(r)
	h.Wait(exchange.UndoWindow + time.Second)
	for _, login := range []string{"targeted-security", "targeted-auditor", "hub-security"} {
		q := h.As(login)
		if login == "targeted-security" {
			add(t, q, h, q.Open(), domain("shared.example")) // the same value in a case of theirs
		}
		pages := as(t, h, login).everything(q)
		pages["search"] = answerOf(as(t, h, login).get("/search?q=canary"))
		for path, body := range pages {
			if at := strings.Index(strings.ReplaceAll(body, "q=canary", ""), "canary-"); at >= 0 || strings.Contains(body, string(id)) {
				t.Errorf("%s sees it at %s", login, path)
			}
		}
		if found, err := h.Casework.Search(t.Context(), q.Actor, "canary", 10); err != nil || len(found) != 0 {
			t.Errorf("%s finds %d, %v", login, len(found), err)
		}
	}
}

// After every kind of change the search finds what the items say now, and nothing else: the
// index is compared with the items themselves.
func TestClass04_TheIndexFollowsTheRow(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	p := h.As("webserver-security")
	id := p.Open()
	i := add(t, p, h, id, casework.Edit{Kind: incident.Damage, Text: "oldword oldword"})
	i2, err := h.Casework.Correct(ctx, p.Actor, id, seen(i), casework.Edit{Kind: incident.Damage, Text: "newword"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Store.Purge(ctx, p.Actor.Org, string(p.Actor.Account), i.Version); err != nil {
		t.Fatal(err)
	}
	finds := func(q string) int {
		found, err := h.Casework.Search(ctx, p.Actor, q, 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	if finds("oldword") != 0 || finds("newword") != 1 {
		t.Errorf("old %d, new %d", finds("oldword"), finds("newword"))
	}
	if err := h.Store.Purge(ctx, p.Actor.Org, string(p.Actor.Account), i2.Version); err != nil {
		t.Fatal(err)
	}
	if finds("newword") != 0 {
		t.Error("what was purged is found")
	}
}

// Names of the victim, its people and its peers are in no byte that leaves, whoever typed them
// and wherever.
func TestClass05_CanariesInWhatLeaves(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("ransomware-security"), as(t, h, "ransomware-security")
	id := p.PasteSample("ransomware")
	a.post("/incidents/"+string(id)+"/about", url.Values{"version": {fmt.Sprint(mustRecordOf(t, h, p, id))}, "sort": {"canary-sort"}, "involved": {"架空カナリア商事"}, "part": {"customer"}})
	a.papers(id, map[string]string{"canary-file-青葉.md": "通信先 203.0.113.61 （架空カナリア商事も同じ）"})
	add(t, p, h, id, domain("www.架空カナリア商事.example"))
	p.ConfirmAll(id)
	r := p.Compose(id, h.ToCommunity())
	i, err := h.Store.Incident(t.Context(), p.Actor.Org, id)
	if err != nil {
		t.Fatal(err)
	}
	for form, body := range forms(t, h, p, r) {
		for _, secret := range []string{
			"canary", "カナリア", "青葉", "AKGH", string(id), string(r.ID), i.Codename, string(p.Actor.Org), string(p.Actor.Account), p.Actor.Name, "ransomware-security", "member-a", "circle", "security of",
		} {
			if strings.Contains(strings.ToLower(body), strings.ToLower(secret)) {
				t.Errorf("%s shows %q", form, secret)
			}
		}
	}
}

// The history and the ledger say who did what to which id, and nothing of what stands in it.
func TestClass06_HistoryTellsNoContents(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	id := p.Open()
	i := add(t, p, h, id, casework.Edit{Kind: incident.Damage, Text: "canary-text"})
	a.papers(id, map[string]string{"canary-file.md": "通信先 203.0.113.61"})
	if _, err := h.Casework.Correct(t.Context(), p.Actor, id, seen(i), casework.Edit{Kind: incident.Damage, Text: "canary-two"}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/ledger", "/incidents/" + string(id) + "/history"} {
		if body := a.get(path).Body.String() + a.api("GET", path, nil).Body.String(); strings.Contains(body, "canary") || !strings.Contains(body, "item.changed") {
			t.Errorf("%s: %s", path, body)
		}
	}
	other := as(t, h, "targeted-security")
	if body := other.get("/ledger").Body.String() + other.api("GET", "/ledger", nil).Body.String(); strings.Contains(body, string(i.ID)) || strings.Contains(body, string(p.Actor.Account)) {
		t.Error("another's ledger shows it")
	}
}

// Whoever is not in a community sees neither its name nor that it is; whoever is in one whose
// members are hidden learns no member's name on any page, and cannot ask by leaving one out.
func TestClass09_MembersAreHidden(t *testing.T) {
	h := wakatest.New(t)
	hide(t, h)
	_, r := composed(t, h)
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	id := r.Incident
	for path, body := range a.everything(p) {
		for _, name := range []string{"member-a", "member-b", string(h.As("member-a-security").Actor.Org)} {
			if strings.Contains(body, name) {
				t.Errorf("%s shows %s", path, name)
			}
		}
	}
	all, err := h.Office.Communities(t.Context(), p.Actor)
	if err != nil || len(all) != 1 || len(all[0].Members) != 5 {
		t.Fatalf("%+v %v", all, err)
	}
	for _, m := range all[0].Members {
		if m.Org != "" && m.Org != p.Actor.Org {
			t.Errorf("the service gives %+v", m)
		}
	}
	what := h.ToCommunity()
	for _, org := range []party.OrgID{h.As("member-a-security").Actor.Org, "org-nobody"} {
		what.To.Except = []party.OrgID{org}
		_, err := h.Office.Compose(t.Context(), p.Actor, id, what)
		h.Refused("leaving out somebody hidden", err, fault.Invalid, "exchange.except-hidden")
	}
	change(t, h, func(c *parcel.Community) { c.Members = c.Members[:1] })
	got, want := a.api("POST", "/incidents/"+string(id)+"/releases", map[string]any{"community": string(h.Community), "reach": "community", "tlp": "amber"}),
		a.api("POST", "/incidents/"+string(id)+"/releases", map[string]any{"community": "community-none", "reach": "community", "tlp": "amber"})
	if got.Code != want.Code || got.Body.String() != want.Body.String() {
		t.Errorf("let go: %d %s; never was: %d %s", got.Code, got.Body, want.Code, want.Body)
	}
	_, err = h.Office.SetCommunity(t.Context(), p.Actor, parcel.Community{ID: h.Community, Name: "mine"})
	h.Refused("a community under another's id", err, fault.Conflict, "")
}

// While somebody works, nobody else ever sees any of it: there is no moment in which what is
// restricted later is open first.
func TestClass10_NothingIsOpenFirst(t *testing.T) {
	h := wakatest.New(t)
	done := make(chan bool)
	go func() {
		defer close(done)
		for range 5 {
			p := h.As("webserver-security")
			id := p.Open()
			add(t, p, h, id, domain("canary-domain.example"))
			p.Compose(id, h.ToCommunity())
		}
	}()
	q := h.As("targeted-security")
	for looked := 0; ; looked++ {
		found, err := h.Casework.Search(t.Context(), q.Actor, "canary", 10)
		lines, _, err2 := h.Casework.Board(t.Context(), q.Actor, 0, 10)
		waits, err3 := h.Office.Waiting(t.Context(), q.Actor)
		if err != nil || err2 != nil || err3 != nil || len(found)+len(lines)+len(waits) != 0 {
			t.Fatalf("%v %v %v: %d %d %d", err, err2, err3, len(found), len(lines), len(waits))
		}
		select {
		case <-done:
			t.Logf("looked %d times", looked)
			return
		default:
		}
	}
}

// Whether a login exists cannot be told from an answer: web.TestSignInTellsNothing holds the
// pages to it. Nor by what it leaves: no login that was tried stands in memory as it was typed.
func TestClass46_NoLoginCanBeTold(t *testing.T) {
	h := wakatest.New(t)
	answers := map[string]bool{}
	for _, login := range []string{"hub-legal", "nobody", strings.Repeat("x", 100000), "hub-legal\x00", "' OR 1=1 --"} {
		w := (&asker{t: t, h: h}).post("/sign-in", url.Values{"login": {login}, "password": {"wrong password"}})
		answers[fmt.Sprint(w.Code, w.Header().Get("Set-Cookie"), len(regexp.MustCompile(`value="[^"]*"`).ReplaceAllString(w.Body.String(), "")))] = true
	}
	if len(answers) != 1 {
		t.Errorf("%d different answers: %v", len(answers), answers)
	}
}

// What another organisation does changes no count and no page of ours. The numbers of acts and
// versions do grow with everybody's: docs/failure-classes.md says so.
func TestClass50_CountsAreOnesOwn(t *testing.T) {
	h := wakatest.New(t)
	q := h.As("targeted-security")
	id := q.Open()
	add(t, q, h, id, domain("shared.example"))
	a := as(t, h, "targeted-security")
	before := a.everything(q)
	p := h.As("webserver-security")
	other := p.Open()
	for n := range 20 {
		add(t, p, h, other, domain(fmt.Sprintf("shared-%d.example", n)))
	}
	p.Compose(other, h.ToCommunity())
	changing := regexp.MustCompile(`[A-Z2-7]{32}|secret=[A-Z2-7]+|(?s)wakachi/ledger.*?</pre>`)
	for path, now := range a.everything(q) {
		if path == "/ledger" || path == "/me" {
			continue // the checkpoint is of the whole log; a new secret each time
		}
		if changing.ReplaceAllString(now, "") != changing.ReplaceAllString(before[path], "") {
			t.Errorf("%s has changed", path)
		}
	}
}

// The same indicator in two incidents: what is said of one is not said of the other.
func TestClass51_SameValueTwoCases(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("webserver-security")
	one, two := p.Open(), p.Open()
	i, j := add(t, p, h, one, domain("same.example")), add(t, p, h, two, domain("same.example"))
	e := domain("same.example")
	e.Marks, e.Text = []string{"one-off"}, "canary-comment"
	if _, err := h.Casework.Correct(t.Context(), p.Actor, one, seen(i), e); err != nil {
		t.Fatal(err)
	}
	if got := p.Items(two)[0]; got.Version != j.Version || got.Marks != 0 || got.Text != "" {
		t.Errorf("the other is %+v", got)
	}
}

// What does not leave is absent: no empty shell, no count, no gap in an order.
func TestClass52_NoEmptyShells(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("webserver-security")
	with, without := p.Open(), p.Open()
	for _, id := range []incident.ID{with, without} {
		add(t, p, h, id, domain("c2-one.example"))
		if id == with {
			for n := range 5 {
				add(t, p, h, id, casework.Edit{Kind: incident.Damage, Text: fmt.Sprint("damage ", n), First: "2026-08-30"})
				add(t, p, h, id, casework.Edit{Kind: incident.Destination, Status: incident.Received, Type: "domain-name", Value: fmt.Sprintf("held-%d.example", n), First: "2026-08-30"})
			}
		}
		add(t, p, h, id, domain("c2-two.example"))
	}
	uuid := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{22}`)
	a, b := forms(t, h, p, p.Compose(with, h.ToCommunity())), forms(t, h, p, p.Compose(without, h.ToCommunity()))
	for form := range a {
		if form != "stix" && a[form] != b[form] || len(a[form]) != len(b[form]) || len(uuid.FindAllString(a[form], -1)) != len(uuid.FindAllString(b[form], -1)) {
			t.Errorf("%s tells that something stayed", form)
		}
	}
}

// Secrets and contents stand in no log, error, name of a file, address or head of an answer.
func TestClass56_QuietExits(t *testing.T) {
	h := wakatest.New(t)
	var logged bytes.Buffer
	desk, err := web.New(web.Config{
		Accounts: h.Accounts, Casework: h.Casework, Reporting: h.Reporting, Calendar: post.Calendar, Office: h.Office, Now: h.Now, Setup: "word", Log: slog.New(slog.NewTextHandler(&logged, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Web = desk
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	_, r := composed(t, h)
	id := r.Incident
	canary := "canary-青葉"
	heads := ""
	note := func(what string, head http.Header, body string) {
		heads += fmt.Sprintln(what, head)
		if title, _, ok := strings.Cut(body, "</title>"); ok {
			heads += title[strings.Index(title, "<title>"):]
		}
	}
	for path, form := range map[string]url.Values{
		"/add": {"kind": {canary}}, "/judge": {"item": {canary}}, "/share": {"community": {canary}, "ask": {canary}, "label": {canary}},
		"/about": {"version": {canary}, "involved": {canary}, "part": {canary}}, "/flow/sharing": {"q": {canary}}, "/undo": {"act": {canary}},
	} {
		w := a.post("/incidents/"+string(id)+path, form)
		note(path, w.Header(), w.Body.String())
	}
	w := a.papers(id, map[string]string{canary + ".zip": "PK\x03\x04 " + canary, canary + "\r\nX-Evil: 1.md": canary})
	note("papers", w.Header(), w.Body.String())
	for _, path := range []string{"/nothing/" + url.PathEscape(canary), "/incidents/" + url.PathEscape(canary), "/releases/" + string(r.ID) + "/file/" + url.PathEscape(canary), "/?lang=" + url.QueryEscape(canary), "/search?q=" + url.QueryEscape(canary)} {
		w := a.get(path)
		note(strings.SplitN(path, "/", 3)[1][:1], w.Header(), w.Body.String())
	}
	for _, body := range []string{canary, `{"sort":1,"` + canary + `":"` + canary + `"}`, `{"detected":"` + canary + `"}`, `{"sort":["` + canary + `"]}`} {
		w := a.api("POST", "/incidents", body)
		note("api", w.Header(), "")
		if strings.Contains(w.Body.String(), "青葉") || !strings.Contains(w.Body.String(), `"code"`) {
			t.Errorf("the API repeats what it was sent: %s", w.Body)
		}
	}
	p2, b := h.As("ransomware-security"), as(t, h, "ransomware-security")
	other := p2.Open()
	add(t, p2, h, other, domain("c2-one.example"))
	for path, body := range map[string]any{
		"/incidents/" + string(other) + "/releases": map[string]any{"community": string(h.Community), "reach": "community", "tlp": "amber", "ask": "青葉架空総合病院です"},
		"/incidents/" + string(other) + "/about":    map[string]any{"involved": []map[string]string{{"name": "青葉", "part": "owner"}, {"name": "の", "part": "owner"}}, "version": mustRecordOf(t, h, p2, other)},
	} {
		method := map[bool]string{true: "PUT", false: "POST"}[strings.HasSuffix(path, "about")]
		if w := b.api(method, path, body); w.Code < 400 || strings.Contains(w.Body.String(), "青葉") || strings.Contains(w.Body.String(), "args") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	h.Store.Close() // from here on everything fails
	for _, path := range []string{"/", "/search?q=" + url.QueryEscape(canary), "/incidents/" + string(id)} {
		w := a.get(path)
		note("closed", w.Header(), w.Body.String())
		if strings.Contains(w.Body.String(), "sql") || w.Code < 500 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for what, text := range map[string]string{"the log": logged.String(), "heads and titles": heads} {
		for _, secret := range []string{"青葉", "%E9%9D%92", wakatest.Password, p.Actor.Name, "c2-one"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q: %s", what, secret, text)
			}
		}
	}
	if logged.Len() == 0 {
		t.Error("nothing was logged: the test looks at nothing")
	}
}

// Passwords, tokens and secrets of a second factor stand nowhere in the data directory.
func TestClass56_SecretsAreNotKept(t *testing.T) {
	h := wakatest.New(t)
	a := as(t, h, "hub-legal")
	secrets := []string{wakatest.Password, a.token, a.cookies[0].Value}
	h.Store.Close()
	err := filepath.WalkDir(h.Dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		data, err := io.ReadAll(f)
		for _, s := range secrets {
			if bytes.Contains(data, []byte(s)) {
				t.Errorf("%s holds a secret", d.Name())
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := store.Check(t.Context(), h.Dir, nil); err != nil || len(found.Faults) > 0 {
		t.Errorf("check: %v %q", err, found.Faults)
	}
}
