package portal_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/portal"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// A browser is one person's: it keeps cookies and follows nothing.
type browser struct {
	t       *testing.T
	doors   http.Handler
	cookies []*http.Cookie
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	b.t.Helper()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.RemoteAddr = "192.0.2.7:4711"
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.doors.ServeHTTP(w, r)
	b.cookies = append(b.cookies, w.Result().Cookies()...)
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *browser) post(path string, form url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func signedIn(t *testing.T, h *wakatest.House, doors http.Handler, login string) *browser {
	t.Helper()
	b := &browser{t: t, doors: doors}
	if w := b.post("/sign-in", url.Values{"login": {login}, "password": {wakatest.Password}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d", login, w.Code)
	}
	return b
}

func path(pattern string, id parcel.ID) string {
	return strings.NewReplacer("{parcel}", string(id), "{form}", "csv").Replace(pattern)
}

func (b *browser) ask(r portal.Route, id parcel.ID) *httptest.ResponseRecorder {
	if r.Method == http.MethodGet {
		return b.get(path(r.Pattern, id))
	}
	return b.post(path(r.Pattern, id), url.Values{"finding": {"no-logs"}})
}

const none = parcel.ID("parcel-00000000000000000000000000000000")

// Every route without a session leads to the sign-in page, and nothing is done or noted.
func TestStrangers(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	for _, cookies := range [][]*http.Cookie{nil, {{Name: "wakachi-session", Value: strings.Repeat("x", 5000)}}} {
		b := &browser{t: t, doors: h.Doors(), cookies: cookies}
		for _, route := range portal.Routes() {
			w := b.ask(route, r.Parcel)
			if l := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(l, "/sign-in") || strings.Contains(w.Body.String(), "mzlock") {
				t.Errorf("%s %s: %d to %q", route.Method, route.Pattern, w.Code, l)
			}
		}
	}
	if e := h.As("ransomware-security").Effect(r.Parcel); e.Fetched() != 0 || len(e.Answers) != 0 {
		t.Errorf("%+v", e)
	}
}

// Every route as every hat for a parcel that is not for the organisation: the status, the
// words and the heads of what never was, at the cost of one question more at most. The one
// who shared it is no receiver either.
func TestParcelsOfOthers(t *testing.T) {
	h := wakatest.New(t)
	what := h.ToCommunity()
	what.To.Except = []party.OrgID{h.Org("member-b")}
	r := h.Share("ransomware", what)
	doors := h.Doors()
	asked := 0
	for _, org := range []string{"member-b", "ransomware"} {
		for _, role := range wakatest.Roles() {
			b := signedIn(t, h, doors, org+"-"+role)
			for _, route := range portal.Routes() {
				if !strings.Contains(route.Pattern, "{") {
					continue
				}
				asked++
				b.ask(route, r.Parcel) // the circle's audiences are in memory from here on
				before := wakatest.Queries()
				got := b.ask(route, r.Parcel)
				between := wakatest.Queries()
				want := b.ask(route, none)
				more := (between - before) - (wakatest.Queries() - between)
				same := func(w *httptest.ResponseRecorder, id parcel.ID) string {
					return fmt.Sprint(w.Code, w.Header(), strings.ReplaceAll(w.Body.String(), string(id), "ID"))
				}
				if same(got, r.Parcel) != same(want, none) || got.Code < 400 {
					t.Errorf("%s %s as %s of %s: %d, of what never was %d", route.Method, route.Pattern, role, org, got.Code, want.Code)
				}
				if more > 1 || more < -1 {
					t.Errorf("%s %s as %s of %s: %d questions more", route.Method, route.Pattern, role, org, more)
				}
			}
			if body := b.get("/shared").Body.String(); strings.Contains(body, string(r.Parcel)) {
				t.Errorf("%s of %s is shown it in the list", role, org)
			}
		}
	}
	if asked != 40 {
		t.Errorf("%d were asked", asked)
	}
}

// Who reads may read and may not answer or acknowledge unless it may write.
func TestHats(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	doors := h.Doors()
	for _, role := range wakatest.Roles() {
		p := h.As("member-a-" + role)
		b := signedIn(t, h, doors, p.Login)
		page := b.get("/shared/" + string(r.Parcel))
		if reads := p.Actor.May(party.Read); reads != (page.Code == http.StatusOK) {
			t.Errorf("%s reads: %d", role, page.Code)
		}
		writes := p.Actor.May(party.Write)
		if offered := strings.Contains(page.Body.String(), `/answer"`); offered != writes {
			t.Errorf("%s is offered to answer: %v", role, offered)
		}
		w := b.post("/shared/"+string(r.Parcel)+"/answer", url.Values{"finding": {"no-logs"}})
		if writes != (w.Code == http.StatusSeeOther) || !writes && w.Code != http.StatusForbidden {
			t.Errorf("%s answers: %d", role, w.Code)
		}
	}
	h.As("ransomware-security").Recall(r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm})
	for _, role := range wakatest.Roles() {
		p := h.As("member-a-" + role)
		w := signedIn(t, h, doors, p.Login).post("/shared/"+string(r.Parcel)+"/acknowledge", nil)
		if p.Actor.May(party.Write) != (w.Code == http.StatusSeeOther) {
			t.Errorf("%s acknowledges: %d", role, w.Code)
		}
	}
}

// A form of another site does nothing; every page has the policy and is kept by no cache.
func TestCrossSiteAndPolicy(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	doors := h.Doors()
	b := signedIn(t, h, doors, "member-a-security")
	for _, headers := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}} {
		for _, route := range portal.Routes() {
			if route.Method != http.MethodPost {
				continue
			}
			q := httptest.NewRequest(http.MethodPost, path(route.Pattern, r.Parcel), strings.NewReader("finding=no-logs"))
			q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for k, v := range headers {
				q.Header.Set(k, v)
			}
			for _, c := range b.cookies {
				q.AddCookie(c)
			}
			w := httptest.NewRecorder()
			doors.ServeHTTP(w, q)
			if w.Code != http.StatusForbidden {
				t.Errorf("%v %s: %d", headers, route.Pattern, w.Code)
			}
		}
	}
	if e := h.As("ransomware-security").Effect(r.Parcel); len(e.Answers) != 0 {
		t.Errorf("it did something: %+v", e.Answers)
	}
	for _, p := range []string{"/shared", "/shared/" + string(r.Parcel), "/shared/none", "/shared/" + string(r.Parcel) + "/file/csv", "/shared/x/y/z"} {
		head := b.get(p).Header()
		if c := head.Get("Content-Security-Policy"); !strings.Contains(c, "default-src 'none'") || strings.Contains(c, "unsafe") || strings.Contains(c, "script") {
			t.Errorf("%s: policy %q", p, c)
		}
		if head.Get("Cache-Control") != "no-store" || head.Get("X-Content-Type-Options") != "nosniff" || head.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %v", p, head)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodHead} {
		if w := b.do(httptest.NewRequest(method, "/shared/"+string(r.Parcel)+"/answer", nil)); w.Code < 400 {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
}

const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>{{.}}`

// Markup in the letter, in values that came from outside and in what is typed stays text; a
// value that a spreadsheet would calculate does not.
func TestMarkupAndFormulasStayText(t *testing.T) {
	h := wakatest.New(t)
	what := h.ToCommunity()
	what.Letter = parcel.Letter{Ask: "見ましたか " + evil, Conditions: "転送しない " + evil, PAP: tlp.PAPAmber}
	r := h.Share("ransomware", what)
	x := h.As("targeted-security").Hand()
	id := wakatest.ParcelID()
	value := func(kind, property, value string) json.RawMessage {
		quoted, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Appendf(nil, `{"type":%q,"spec_version":"2.1","id":"%s--%s",%q:%s,"object_marking_refs":["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"]}`, kind, kind, wakatest.UUID(), property, quoted)
	}
	in := []json.RawMessage{
		wakatest.Indicator(x.As, "c2.example", h.Now()), value("mutex", "name", "=HYPERLINK(1)"), value("mutex", "name", "＝1+1"), value("mutex", "name", "@SUM(1)"),
		value("mutex", "name", evil), value("file", "name", "-1+1.exe"),
	}
	if s := x.Bring(append(in, x.Seal(id, in, nil))...); len(wakatest.Failures(s)) > 0 {
		t.Fatal(wakatest.Failures(s))
	}
	b := signedIn(t, h, h.Doors(), "member-a-security")
	typed := url.Values{"finding": {"not-found"}, "tool": {evil}, "remark": {evil}, "count": {evil}, "coverage": {"12"}, "from": {evil}, "remark-kind": {evil}}
	for what, body := range map[string]string{
		"its page": b.get("/shared/" + string(r.Parcel)).Body.String(), "the other": b.get("/shared/" + string(id)).Body.String(), "the list": b.get("/shared").Body.String(),
		"the form": b.post("/shared/"+string(r.Parcel)+"/answer", typed).Body.String(), "a note": b.get("/shared?done=" + url.QueryEscape(evil) + "&lang=" + url.QueryEscape(evil)).Body.String(),
		"an error": b.get("/shared/" + url.PathEscape(evil)).Body.String(),
	} {
		if strings.Contains(body, "<script") || strings.Contains(body, "<img") || strings.Contains(body, "onerror=alert(2)>") && !strings.Contains(body, "&lt;img") {
			t.Errorf("%s: markup became markup", what)
		}
	}
	if body := b.get("/shared/" + string(r.Parcel)).Body.String(); !strings.Contains(body, "&lt;script&gt;") {
		t.Error("the letter is not shown: the test looks at nothing")
	}
	csv := b.get("/shared/" + string(id) + "/file/csv").Body.String()
	for line := range strings.Lines(csv) {
		for _, cell := range strings.Split(strings.TrimSuffix(line, "\r\n"), ",") {
			if first := strings.Trim(cell, "\ufeff\""); first != "" && strings.ContainsAny(first[:1], "=+-@") || strings.HasPrefix(first, "＝") {
				t.Errorf("a cell is calculated: %s", cell)
			}
		}
	}
	if !strings.Contains(csv, "HYPERLINK") {
		t.Errorf("the formula is not in the table: the test looks at nothing: %s", csv)
	}
}

// What is wrong with an answer is said beside what was typed, and nothing typed is lost.
func TestWhatWasTypedComesBack(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("webserver", h.ToCommunity())
	doors := h.Doors()
	b := signedIn(t, h, doors, "ransomware-security")
	whole := url.Values{
		"finding": {"found"}, "logs": {"dns"}, "from": {"2026-06-01"}, "to": {"2026-08-31"}, "coverage": {"80"}, "tool": {"grep-canary"}, "count": {"3"},
		"first-seen": {"2026-07-01"}, "last-seen": {"2026-07-02"}, "remark-kind": {"mitigation"}, "remark": {"遮断した-canary"}, "named": {"1"},
	}
	for what, wrong := range map[string]url.Values{
		"no count": {"count": {""}}, "a count of words": {"count": {"many"}}, "no finding": {"finding": {""}, "remark": {""}}, "an unknown finding": {"finding": {"maybe"}},
		"a period backwards": {"from": {"2026-09-01"}}, "a date that is none": {"to": {"2026-02-30"}}, "too much coverage": {"coverage": {"101"}},
		"a coverage of words": {"coverage": {"all"}}, "an unknown log": {"logs": {"diary"}}, "seen backwards": {"last-seen": {"2026-06-01"}},
		"one's own name": {"remark": {"青葉架空総合病院で遮断した-canary"}}, "too long": {"remark": {strings.Repeat("あ", 3000)}},
	} {
		form := url.Values{}
		for k, v := range whole {
			form[k] = v
		}
		for k, v := range wrong {
			form[k] = v
		}
		w := b.post("/shared/"+string(r.Parcel)+"/answer", form)
		body := w.Body.String()
		if w.Code < 400 || w.Code >= 500 || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%s: %d", what, w.Code)
		}
		for k, v := range form {
			if k != "finding" && k != "logs" && !strings.Contains(body, strings.ReplaceAll(v[0], "+", "&#43;")) {
				t.Errorf("%s: %s was lost", what, k)
			}
		}
		if what != "no finding" && what != "an unknown finding" && !regexp.MustCompile(`value="found" checked`).MatchString(body) {
			t.Errorf("%s: the choice was lost", what)
		}
		if m := token.FindString(body); m != "" {
			t.Errorf("%s shows the token %s", what, m)
		}
	}
	if e := h.As("webserver-security").Effect(r.Parcel); len(e.Answers) != 0 {
		t.Errorf("%d answers were taken", len(e.Answers))
	}
	if w := b.post("/shared/"+string(r.Parcel)+"/answer", whole); w.Code != http.StatusSeeOther {
		t.Errorf("the right one: %d", w.Code)
	}
	e := h.As("webserver-security").Effect(r.Parcel)
	if len(e.Answers) != 1 || e.Answers[0].Count != 3 || e.Answers[0].Coverage != 80 || e.Answers[0].Name != "ransomware" || len(e.Answers[0].Remarks) != 1 {
		t.Errorf("%+v", e.Answers)
	}
}

var token = regexp.MustCompile(`[>\s"](web|word|portal|relay|store|indicator|exchange|gate)\.[a-z][a-z0-9.-]+[a-z0-9](<|\s|")`)

// Every page in both languages, in every state of a parcel, has words for all its tokens and
// names its language and itself.
func TestPagesSpeak(t *testing.T) {
	h := wakatest.New(t)
	what := h.ToCommunity()
	what.Letter = parcel.Letter{Ask: "見ましたか。", AskDue: wakatest.Morning.AddDate(0, 0, 3), Until: wakatest.Morning.AddDate(0, 6, 0), PAP: tlp.PAPAmber}
	var ids []parcel.ID
	for _, a := range []parcel.Action{"", parcel.Retract, parcel.Narrow, parcel.Tighten, parcel.Correct} {
		for _, victim := range []string{"ransomware", "targeted"} {
			r := h.Share(victim, what)
			ids = append(ids, r.Parcel)
			o := relay.Order{Action: a, Reason: parcel.WrongValue}
			switch a {
			case "":
				continue
			case parcel.Narrow:
				o.Except = []party.OrgID{h.Org("member-a")}
			case parcel.Tighten:
				o.Stricter = tlp.AmberStrict
			case parcel.Correct:
				o.ReplacedBy = h.Share(victim, what).Parcel
			}
			h.As(victim+"-security").Recall(r.Parcel, o)
		}
	}
	for _, org := range []string{"member-a", "member-b", "webserver"} {
		h.As(org+"-security").Answer(ids[0], parcel.Answer{Finding: parcel.NoLogs}) // so that there are numbers
	}
	doors := h.Doors()
	for _, login := range []string{"member-a-security", "member-a-auditor"} {
		b := signedIn(t, h, doors, login)
		paths := []string{"/shared", "/shared?done=answered", "/shared?done=acknowledged", "/shared/" + string(none), "/shared/a/b/c"}
		for _, id := range ids {
			paths = append(paths, "/shared/"+string(id))
		}
		for _, p := range paths {
			for _, lang := range []string{"ja", "en"} {
				sep := "?"
				if strings.Contains(p, "?") {
					sep = "&"
				}
				w := b.get(p + sep + "lang=" + lang)
				body := w.Body.String()
				if m := token.FindString(body); m != "" || w.Code >= 500 {
					t.Errorf("%s %s: %d, token %q", p, lang, w.Code, m)
				}
				if !strings.Contains(body, `<html lang="`+lang+`">`) || strings.Contains(body, "<title> ·") || !strings.Contains(body, "<h1") {
					t.Errorf("%s %s has no language, title or heading", p, lang)
				}
				if lang == "en" && strings.Contains(p, string(ids[2])) && regexp.MustCompile(`[ぁ-ん]{3}`).MatchString(strings.ReplaceAll(body, "日本語", "")) {
					t.Errorf("%s has Japanese sentences in English: %s", p, regexp.MustCompile(`[^<>]*[ぁ-ん]{3}[^<>]*`).FindString(body))
				}
			}
		}
	}
}

// Of a parcel that was recalled no page, file, list or head holds anything of its contents.
func TestWhatWasRecalledIsNotShown(t *testing.T) {
	h := wakatest.New(t)
	what := h.ToCommunity()
	what.Letter = parcel.Letter{Ask: "canary-ask", Conditions: "canary-conditions", PAP: tlp.PAPAmber}
	r := h.Share("ransomware", what)
	b := signedIn(t, h, h.Doors(), "member-a-security")
	before := b.get("/shared/" + string(r.Parcel)).Body.String()
	values := regexp.MustCompile(`<td class="value">([^<]+)`).FindAllStringSubmatch(before, -1)
	if len(values) < 5 || !strings.Contains(before, "canary-ask") {
		t.Fatalf("%d values", len(values))
	}
	h.As("ransomware-security").Recall(r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm})
	for _, route := range portal.Routes() {
		w := b.ask(route, r.Parcel)
		text := fmt.Sprint(w.Header(), w.Body)
		for _, v := range values {
			if strings.Contains(text, v[1]) {
				t.Errorf("%s %s shows %s", route.Method, route.Pattern, v[1])
			}
		}
		if strings.Contains(text, "canary") {
			t.Errorf("%s %s shows the letter", route.Method, route.Pattern)
		}
	}
	for _, form := range []string{"stix", "csv", "list", "sheet", "", "../sheet", "none"} {
		if w := b.get("/shared/" + string(r.Parcel) + "/file/" + url.PathEscape(form)); w.Code != http.StatusNotFound {
			t.Errorf("the file %q: %d", form, w.Code)
		}
	}
}

// A page of contents and a file leave a receipt; the list and a recalled one do not.
func TestReceipts(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	b := signedIn(t, h, h.Doors(), "member-a-security")
	b.get("/shared")
	b.get("/shared/" + string(none))
	if e := h.As("ransomware-security").Effect(r.Parcel); e.Fetched() != 0 {
		t.Error("looking at the list is said to be reading")
	}
	for k, p := range []string{"", "/file/stix", "/file/csv", "/file/list"} {
		w := b.get("/shared/" + string(r.Parcel) + p)
		if w.Code != http.StatusOK || k > 0 && !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment; ") {
			t.Errorf("%s: %d %v", p, w.Code, w.Header())
		}
		times := 0
		for _, x := range h.As("ransomware-security").Effect(r.Parcel).Receivers {
			times += x.Times
		}
		if times != k+1 {
			t.Errorf("%d receipts after %d", times, k+1)
		}
	}
}
