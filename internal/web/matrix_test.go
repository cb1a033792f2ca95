package web_test

import (
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/wakatest"
	"github.com/wakachi/wakachi/internal/web"
)

// A browser is one person's: it keeps cookies and follows nothing.
type browser struct {
	t       testing.TB
	h       *wakatest.House
	cookies []*http.Cookie
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	b.t.Helper()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "en")
	r.RemoteAddr = "192.0.2.7:4711"
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.h.Web.ServeHTTP(w, r)
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

// papers sends a text and files as the desk's form does.
func (b *browser) papers(path, text string, files map[string]string) *httptest.ResponseRecorder {
	b.t.Helper()
	var body strings.Builder
	w := multipart.NewWriter(&body)
	w.WriteField("text", text)
	for name, data := range files {
		part, err := w.CreateFormFile("files", name)
		if err != nil {
			b.t.Fatal(err)
		}
		io.WriteString(part, data)
	}
	w.Close()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body.String()))
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r)
}

func signedIn(t testing.TB, h *wakatest.House, login string) *browser {
	t.Helper()
	b := &browser{t: t, h: h}
	w := b.post("/sign-in", url.Values{"login": {login}, "password": {wakatest.Password}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", login, w.Code, w.Body)
	}
	return b
}

// things are the ids of what one organisation has.
type things struct {
	incident incident.ID
	item     incident.ItemID
	version  int64
	release  exchange.Release
	account  string

	publication string
}

func settle(t testing.TB, h *wakatest.House) things {
	t.Helper()
	p := h.As("ransomware-security")
	x := things{incident: p.PasteSample("ransomware"), account: string(h.As("ransomware-legal").Actor.Account)}
	p.ConfirmAll(x.incident)
	x.release = p.Compose(x.incident, h.ToCommunity())
	i := p.Items(x.incident)[0]
	x.item, x.version = i.ID, i.Version
	x.publication = p.Draft(x.incident, report.First).ID
	return x
}

var nothing = things{incident: "inc-none", item: "item-none", version: 3, account: "account-none", release: noRelease, publication: "publication-none"}

var noRelease = exchange.Release{ID: "release-none", Version: 3, Proposal: exchange.Proposal{To: parcel.Audience{Community: "community-none"}}}

// path fills a route's pattern with things.
func (x things) path(pattern string) string {
	return strings.NewReplacer(
		"{$}", "", "{incident}", string(x.incident), "{item}", string(x.item), "{release}", string(x.release.ID), "{account}", x.account, "{publication}", x.publication, "{form}", "police", "{format}", "md",
		"{class}", "technical", "{flow}", "sharing", "{sheet}", "sharing", "{name}", "stix", "{question}", "26", "{token}", "token-none", "{community}", string(x.release.To.Community),
	).Replace(pattern)
}

// form is one every POST could be sent with.
func (x things) form() url.Values {
	seen := fmt.Sprintf("%s.%d", x.item, x.version)
	return url.Values{
		"item": {seen}, "seen": {seen}, "do": {"confirm"}, "upto": {"999999"}, "act": {"3"}, "version": {fmt.Sprint(x.release.Version)},
		"kind": {"damage"}, "text": {"a text"}, "q": {"unknown"}, "a": {"yes"}, "why": {"because"}, "step": {"audience"}, "done": {"1"}, "parts": {"a\nb"},
		"community": {"community-none"}, "reach": {"community"}, "label": {"TLP:AMBER"}, "pap": {"PAP:AMBER"}, "name": {"a name"}, "hat": {"security"},
	}
}

func (x things) ask(b *browser, r web.Route) *httptest.ResponseRecorder {
	switch {
	case r.Method == http.MethodGet:
		return b.get(x.path(r.Pattern))
	case r.Papers:
		return b.papers(x.path(r.Pattern), "C2 203.0.113.5", nil)
	}
	return b.post(x.path(r.Pattern), x.form())
}

// Every route as every hat for another organisation's things: the same status and the same
// body as for things that never were, and nothing of the other's in it.
func TestAnotherOrganisationsThings(t *testing.T) {
	h := wakatest.New(t)
	theirs := settle(t, h)
	shown := regexp.MustCompile(`(?i)mzlock|AKGH|青葉|203\.?\[?\.?\]?0\.113|` + string(theirs.incident))
	before := len(h.As("ransomware-security").Items(theirs.incident))
	asked := 0
	for _, role := range wakatest.Roles() {
		for _, org := range []string{"targeted", "hub", "member-a"} {
			b := signedIn(t, h, org+"-"+role)
			for _, r := range web.Routes() {
				if !strings.ContainsAny(r.Pattern, "{") || strings.Contains(r.Pattern, "{$}") || strings.HasPrefix(r.Pattern, "/guidance") || strings.HasPrefix(r.Pattern, "/me") {
					continue // names nothing of anybody's
				}
				if org == "hub" && strings.Contains(r.Pattern, "{community}") {
					continue // the community is the hub's own
				}
				asked++
				before := wakatest.Queries()
				got := theirs.ask(b, r)
				between := wakatest.Queries()
				want := nothing.ask(b, r)
				if more := (between - before) - (wakatest.Queries() - between); more > 1 {
					t.Errorf("%s %s as %s of %s: %d queries more than for what never was", r.Method, r.Pattern, role, org, more)
				}
				what := fmt.Sprintf("%s %s as %s of %s", r.Method, r.Pattern, role, org)
				if got.Code != want.Code || got.Body.Len()-len(theirs.path(r.Pattern)) > want.Body.Len() || got.Code < 400 {
					t.Errorf("%s: %d with %d bytes; of what never was %d with %d", what, got.Code, got.Body.Len(), want.Code, want.Body.Len())
				}
				if m := shown.FindString(strings.ReplaceAll(got.Body.String(), theirs.path(r.Pattern), "")); m != "" {
					t.Errorf("%s shows %q", what, m)
				}
				if l := got.Header().Get("Location"); l != "" {
					t.Errorf("%s leads to %s", what, l)
				}
			}
		}
	}
	t.Logf("%d asked", asked)
	if after := h.As("ransomware-security").Items(theirs.incident); len(after) != before {
		t.Errorf("%d items became %d", before, len(after))
	}
	if r := h.As("ransomware-security").See(theirs.release); r.State != exchange.Composed {
		t.Errorf("the release is %s", r.State)
	}
	if asked < 250 {
		t.Errorf("only %d were asked", asked)
	}
}

// Whoever has not signed in gets the sign-in page for everything, and nothing is done.
func TestStrangers(t *testing.T) {
	h := wakatest.New(t)
	theirs := settle(t, h)
	for _, cookies := range [][]*http.Cookie{nil, {{Name: "wakachi-session", Value: "x"}}, {{Name: "wakachi-session", Value: strings.Repeat("x", 5000)}}} {
		b := &browser{t: t, h: h, cookies: cookies}
		for _, r := range web.Routes() {
			if r.Open {
				continue
			}
			w := theirs.ask(b, r)
			if l := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(l, "/sign-in") || strings.Contains(w.Body.String(), "mzlock") {
				t.Errorf("%s %s: %d to %q", r.Method, r.Pattern, w.Code, l)
			}
		}
	}
}

// What a hat may not do is refused by the server and not offered by the page.
func TestHats(t *testing.T) {
	h := wakatest.New(t)
	x := settle(t, h)
	writes := regexp.MustCompile(`^/incidents`)
	for _, c := range []struct {
		login   string
		refused func(web.Route) bool
	}{
		{"ransomware-auditor", func(r web.Route) bool {
			return r.Method == http.MethodPost && !strings.HasPrefix(r.Pattern, "/me") && r.Pattern != "/sign-out" && !r.Open || r.Pattern == "/people"
		}},
		{"ransomware-approver", func(r web.Route) bool {
			return r.Method == http.MethodPost && strings.HasSuffix(r.Pattern, "/share") || strings.HasPrefix(r.Pattern, "/people")
		}},
		{"ransomware-legal", func(r web.Route) bool {
			return strings.HasSuffix(r.Pattern, "/approve") || strings.HasSuffix(r.Pattern, "/send-back") || strings.HasPrefix(r.Pattern, "/people") ||
				r.Method == http.MethodPost && r.Pattern == "/communities"
		}},
	} {
		b := signedIn(t, h, c.login)
		for _, r := range web.Routes() {
			if !c.refused(r) {
				continue
			}
			if w := x.ask(b, r); w.Code != http.StatusForbidden && w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusNotFound {
				t.Errorf("%s may %s %s: %d", c.login, r.Method, r.Pattern, w.Code)
			}
		}
		page := b.get("/incidents/" + string(x.incident)).Body.String()
		if c.login == "ransomware-auditor" && writes.MatchString(page) || c.login == "ransomware-auditor" && strings.Contains(page, `method="post" action="/incidents`) {
			t.Errorf("%s is offered what is refused", c.login)
		}
	}
	if r := h.As("ransomware-legal").See(x.release); r.State != exchange.Composed {
		t.Errorf("the release is %s", r.State)
	}
}

// A form of another site does nothing, whatever cookies come with it.
func TestCrossSite(t *testing.T) {
	h := wakatest.New(t)
	x := settle(t, h)
	b := signedIn(t, h, "ransomware-approver")
	for _, headers := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, {"Sec-Fetch-Site": "", "Origin": "null"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/releases/"+string(x.release.ID)+"/approve", strings.NewReader(x.form().Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, c := range b.cookies {
			r.AddCookie(c)
		}
		for k, v := range headers {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		h.Web.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden {
			t.Errorf("%v: %d", headers, w.Code)
		}
	}
	if r := h.As("ransomware-approver").See(x.release); r.State != exchange.Composed {
		t.Errorf("the release is %s", r.State)
	}
}

// Script and markup in every field stay text.
func TestMarkupStaysText(t *testing.T) {
	h := wakatest.New(t)
	b := signedIn(t, h, "targeted-security")
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>` + "\u202e{{.}}"
	id := h.As("targeted-security").Open()
	at := "/incidents/" + string(id)
	b.papers(at+"/papers", "被害: 停止 "+evil+" C2 203.0.113.9", map[string]string{evil + ".md": "漏えい " + evil})
	b.post(at+"/add", url.Values{"kind": {"damage"}, "text": {evil}})
	b.post(at+"/about", url.Values{"version": {"0"}, "sort": {evil}, "involved": {evil}, "part": {"owner"}})
	b.post(at+"/flow/sharing", url.Values{"q": {"unknown"}, "a": {"yes"}, "why": {evil}})
	b.post(at+"/flow/sharing/choice", url.Values{"do": {"no"}, "why": {evil}})
	b.post("/people", url.Values{"name": {evil}, "login": {"evil"}, "password": {wakatest.Password}})
	b.post("/me/tokens", url.Values{"name": {evil}, "days": {"9"}, "scope": {"read"}})
	pages := []string{at, at + "/about", at + "/history", at + "/flow/sharing", at + "/share", at + "/lane/damage", "/", "/people", "/me", "/search?q=" + url.QueryEscape("alert"), "/sign-in?to=" + url.QueryEscape(evil)}
	for _, i := range h.As("targeted-security").Items(id) {
		pages = append(pages, at+"/items/"+string(i.ID))
	}
	for _, p := range pages {
		w := b.get(p)
		if body := w.Body.String(); strings.Contains(body, "<script>alert") || strings.Contains(body, "<img") {
			t.Errorf("%s: markup of the reader's became markup", p)
		}
		if c := w.Header().Get("Content-Security-Policy"); !strings.Contains(c, "default-src 'none'") || strings.Contains(c, "unsafe") {
			t.Errorf("%s: policy %q", p, c)
		}
	}
}

// An approver whose account the composer made is shown as that.
func TestPuppetsAreShown(t *testing.T) {
	h := wakatest.New(t)
	x := settle(t, h) // composed by the administrator, who made all other accounts
	const words = "The composer made the approving account"
	at := "/releases/" + string(x.release.ID)
	if body := signedIn(t, h, "ransomware-approver").get(at).Body.String(); !strings.Contains(body, words) {
		t.Error("it is not shown")
	}
	r := h.As("ransomware-legal").Compose(x.incident, h.ToCommunity())
	if body := signedIn(t, h, "ransomware-approver").get("/releases/" + string(r.ID)).Body.String(); strings.Contains(body, words) {
		t.Error("it is shown where somebody else composed")
	}
}

// Addresses to go to after signing in stay on this site.
func TestNoWayOut(t *testing.T) {
	h := wakatest.New(t)
	for _, to := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "/\tx", "javascript:alert(1)", "evil"} {
		b := &browser{t: t, h: h}
		w := b.post("/sign-in", url.Values{"login": {"hub-legal"}, "password": {wakatest.Password}, "to": {to}})
		if l := w.Header().Get("Location"); l != "/" {
			t.Errorf("%q leads to %q", to, l)
		}
	}
}

// Known or not, locked or not: the answer tells nothing.
func TestSignInTellsNothing(t *testing.T) {
	h := wakatest.New(t)
	answers := map[string]bool{}
	for _, login := range []string{"hub-legal", "nobody-at-all"} {
		for range 7 {
			b := &browser{t: t, h: h}
			w := b.post("/sign-in", url.Values{"login": {login}, "password": {"wrong password"}})
			answers[fmt.Sprint(w.Code, strings.ReplaceAll(w.Body.String(), login, "LOGIN"))] = true
		}
	}
	if len(answers) != 2 { // wrong, and to wait
		t.Errorf("%d different answers", len(answers))
	}
	b := &browser{t: t, h: h}
	if w := b.post("/sign-in", url.Values{"login": {"hub-legal"}, "password": {wakatest.Password}}); w.Code != http.StatusServiceUnavailable {
		t.Errorf("the right password while one has to wait: %d", w.Code)
	}
}

// Every page in both languages has words for all its tokens and names itself.
func TestPagesSpeak(t *testing.T) {
	h := wakatest.New(t)
	x := settle(t, h)
	raw := regexp.MustCompile(`>\s*(web|word|gate|kind|flow|guidance|party|act|casework|exchange|indicator)\.[a-z0-9.-]+`)
	for _, login := range []string{"ransomware-security", "ransomware-approver", "ransomware-auditor"} {
		b := signedIn(t, h, login)
		for _, r := range web.Routes() {
			if r.Method != http.MethodGet {
				continue
			}
			for _, lang := range []string{"ja", "en"} {
				w := b.get(x.path(r.Pattern) + "?lang=" + lang)
				if w.Code >= 500 {
					t.Errorf("%s %s as %s: %d", r.Pattern, lang, login, w.Code)
				}
				if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || w.Code != http.StatusOK {
					continue
				}
				body := w.Body.String()
				if m := raw.FindString(body); m != "" {
					t.Errorf("%s %s shows a token: %s", r.Pattern, lang, m)
				}
				if !strings.Contains(body, `<html lang="`+lang+`">`) || strings.Contains(body, "<title> ·") || !strings.Contains(body, "<h1") {
					t.Errorf("%s %s has no language, title or heading", r.Pattern, lang)
				}
			}
		}
	}
}

// The first account is made by whoever sees the server's screen, once.
func TestFirstRun(t *testing.T) {
	h := wakatest.New(t)
	b := &browser{t: t, h: h}
	w := b.post("/setup", url.Values{"word": {"word"}, "organisation": {"x"}, "login": {"x"}, "name": {"x"}, "password": {wakatest.Password}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
		t.Errorf("a second first run: %d", w.Code)
	}
}
