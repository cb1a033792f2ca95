package wakatest_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/wakatest"
	"github.com/wakachi/wakachi/internal/web"
)

var payloads = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `javascript:alert(1)`, `</textarea><svg onload=alert(1)>`,
	`</title><script>alert(1)</script>`, `<!--`, `]]><script>`, `{{.}}`, "\u202e<b>", `&lt;script&gt;`, `<style>@import 'x'`, "`-alert(1)-`", `<a href="//evil.example">x</a>`,
}

// unsafe gives what of a page could act: script, a handler, a style, an address not of ours.
func unsafe(body string) []string {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return []string{"no page"}
	}
	var out []string
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		src := ""
		for _, a := range n.Attr {
			v := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
				out = append(out, n.Data+" "+a.Key)
			case a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction" || a.Key == "xlink:href":
				src = v
				if v != "" && !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "#") && !strings.HasPrefix(v, "?") && !strings.HasPrefix(v, "otpauth:") && !strings.HasPrefix(v, "data:image/svg") || strings.HasPrefix(v, "//") || strings.HasPrefix(v, `/\`) {
					out = append(out, n.Data+" "+a.Key+"="+v)
				}
			}
		}
		switch n.Data {
		case "script":
			if !strings.HasPrefix(src, "/assets/") || n.FirstChild != nil {
				out = append(out, "script")
			}
		case "img", "iframe", "object", "embed", "style", "base":
			out = append(out, n.Data)
		}
	}
	return out
}

// Payloads in every field one can write and in every parameter of an address; every page that
// shows them is parsed and holds nothing that acts.
func TestClass29_StoredAndReflectedScript(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("targeted-security"), as(t, h, "targeted-security")
	id := p.Open()
	at := "/incidents/" + string(id)
	all := strings.Join(payloads, "\n")
	for n, x := range payloads {
		a.post(at+"/add", url.Values{"kind": {"damage"}, "text": {x}, "technique": {x}, "held": {x}})
		a.post(at+"/add", url.Values{"kind": {"technique"}, "text": {x}, "technique": {x}, "first": {"2026-08-30"}})
		a.post(at+"/add", url.Values{"kind": {"destination"}, "status": {"observed"}, "type": {"url"}, "value": {"http://evil.example/" + x}, "first": {"2026-08-30"}})
		a.post(at+"/add", url.Values{"kind": {"malware"}, "status": {"observed"}, "type": {"mutex"}, "value": {x}})
		a.post("/people", url.Values{"name": {x}, "login": {fmt.Sprint("evil", n)}, "password": {wakatest.Password}})
		a.post("/communities", url.Values{"name": {x}, "ceiling": {"TLP:RED"}, "visible": {"1"}})
		a.post("/me/tokens", url.Values{"name": {x}, "days": {"9"}, "scope": {"read"}})
		a.papers(id, map[string]string{x + ".md": "被害 " + x + " C2 203.0.113.9 " + fmt.Sprint(n)})
	}
	a.post(at+"/about", url.Values{"version": {fmt.Sprint(mustRecordOf(t, h, p, id))}, "sort": {payloads[0]}, "involved": {payloads[1] + "株式会社"}, "part": {"owner"}, "began": {"2026-08-29"}, "detected": {"2026-08-30"}})
	for _, q := range []string{"unknown", "not_widespread", "unclear"} {
		a.post(at+"/flow/sharing", url.Values{"q": {q}, "a": {"cannot_tell"}, "why": {all}})
	}
	a.post(at+"/flow/sharing/choice", url.Values{"do": {"no"}, "why": {all}})
	a.post(at+"/sheet/sharing", url.Values{"step": {"audience"}, "note": {all}})
	p.ConfirmAll(id)
	what := h.ToCommunity()
	what.Letter = parcel.Letter{Ask: `<marquee onstart=x><b2>`, Conditions: `"><iframe src=x>`}
	r, err := h.Office.Compose(t.Context(), p.Actor, id, what)
	if err != nil {
		t.Fatal(err)
	}
	as(t, h, "targeted-approver").post("/releases/"+string(r.ID)+"/send-back", url.Values{"version": {fmt.Sprint(r.Version)}, "why": {all}})
	shown, pages := 0, a.everything(p)
	for _, i := range p.Items(id) {
		pages[at+"/items/"+string(i.ID)] = a.get(at + "/items/" + string(i.ID)).Body.String()
	}
	for _, route := range []string{"/", "/sign-in", "/setup", at, at + "/flow/sharing", at + "/share", "/search", "/releases/" + string(r.ID)} {
		for _, x := range payloads {
			q := url.Values{}
			for _, k := range strings.Fields("lang to back done n q a word page before code name") {
				q.Set(k, x)
			}
			pages[route+"?"+x] = a.get(route + "?" + q.Encode()).Body.String()
			pages["stranger "+route+"?"+x] = (&asker{t: t, h: h}).get(route + "?" + q.Encode()).Body.String()
		}
	}
	for path, body := range pages {
		if strings.HasPrefix(path, "/api ") || strings.Contains(path, "/file/") {
			continue
		}
		if bad := unsafe(body); bad != nil {
			t.Errorf("%s: %q", path, bad)
		}
		if strings.Contains(body, "alert(1)") {
			shown++
		}
	}
	if shown < 30 {
		t.Errorf("the payloads are on %d pages only", shown)
	}
}

// Nothing a person writes is run as a template, on a page or in what leaves.
func TestClass30_TextIsNoTemplate(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	id := p.Open()
	const text = `{{.Actor.Org}} {{printf "%s" "canary"}} ${7*7} <%= 7*7 %> #{7*7} %s%n {0}`
	add(t, p, h, id, casework.Edit{Kind: incident.Damage, Text: text})
	add(t, p, h, id, domain("c2-one.example"))
	what := h.ToCommunity()
	what.Letter.Ask = text
	r := p.Compose(id, what)
	for form, body := range forms(t, h, p, r) {
		if strings.Contains(body, string(p.Actor.Org)) || strings.Contains(body, "49") && form != "stix" {
			t.Errorf("%s ran it: %s", form, body)
		}
	}
	if body := a.get("/releases/" + string(r.ID)).Body.String(); !strings.Contains(html.UnescapeString(body), text) {
		t.Error("the text is not on the page as it was written")
	}
}

// Text that means something to SQL or to the search engine is only text.
func TestClass31_QueriesAreText(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("webserver-security")
	id := p.Open()
	add(t, p, h, id, casework.Edit{Kind: incident.Damage, Text: "needle"})
	q := h.As("targeted-security")
	a := as(t, h, "targeted-security")
	owner := "org" + strings.TrimPrefix(string(p.Actor.Org), "org-")
	for _, text := range []string{
		`needle`, `' OR 1=1 --`, `" OR "needle`, `needle"*`, `*`, `%`, `_`, `NEAR(needle)`, `words:needle`, `{words}:needle`, `^needle`, `"`, `""""`, `AND OR NOT`, `needle OR x`,
		owner, `"` + owner + `"`, owner + " OR needle", strings.Repeat("ab ", 5000), strings.Repeat("あ", 5000), "\x00needle", "ab\xffcd", `\`,
	} {
		if found, err := h.Casework.Search(t.Context(), q.Actor, text, 10); err != nil || len(found) != 0 {
			t.Errorf("%.40q: %d, %v", text, len(found), err)
		}
		if w := a.get("/search?q=" + url.QueryEscape(text)); w.Code != http.StatusOK {
			t.Errorf("%.40q: %d", text, w.Code)
		}
	}
	for _, path := range []string{"/?page=1;DROP", "/?page=-1", "/?page=9223372036854775807", "/ledger?before='", "/ledger?before=-9", "/incidents/x'--", "/incidents/" + url.PathEscape("' OR ''='")} {
		if w := a.get(path); w.Code >= 500 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if found, err := h.Casework.Search(t.Context(), p.Actor, "needle", 10); err != nil || len(found) != 1 {
		t.Errorf("its owner finds %d, %v", len(found), err)
	}
}

// Names of papers are only shown: they reach no path, no shell, no head of an answer.
func TestClass32_39_NamesOfFiles(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("targeted-security"), as(t, h, "targeted-security")
	id := p.Open()
	listing := func() string {
		out := ""
		err := filepath.WalkDir(filepath.Dir(h.Dir), func(name string, _ os.DirEntry, err error) error {
			out += name + "\n"
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	before := listing()
	names := []string{
		"../../evil.md", `..\..\evil.md`, "/etc/passwd", "C:\\evil.md", "$(touch evil).md", "`id`.md", "; rm -rf x.md", "-rf.md", "a\x00b.md", "a\r\nX-Evil: 1.md", "CON.md", "|x.md",
		strings.Repeat("x", 250) + ".md", "..", ".", "~/.ssh/x.md", "file:///etc/passwd.md", "http://203.0.113.9/x.md", "%2e%2e%2fevil.md",
	}
	for n, name := range names {
		if w := a.papers(id, map[string]string{name: fmt.Sprint("C2 は 203.0.113.", n+1)}); w.Code >= 500 || w.Header().Get("X-Evil") != "" {
			t.Errorf("%q: %d", name, w.Code)
		}
		w := a.api("POST", "/incidents/"+string(id)+"/papers?name="+url.QueryEscape(name), fmt.Sprint("C2 は 198.51.100.", n+1))
		if w.Code >= 500 {
			t.Errorf("API %q: %d %s", name, w.Code, w.Body)
		}
	}
	if after := listing(); after != before {
		t.Errorf("files before:\n%s\nafter:\n%s", before, after)
	}
	p.ConfirmAll(id)
	r := p.Compose(id, h.ToCommunity())
	for _, name := range []string{"stix", "..%2fwithheld", "withheld", "stix%00", "../stix", "stix.withheld"} {
		w := a.get("/releases/" + string(r.ID) + "/file/" + name)
		if got := w.Header().Get("Content-Disposition"); name == "stix" && !regexp.MustCompile(`^attachment; filename="parcel-[0-9a-f]{8}\.json"$`).MatchString(got) {
			t.Errorf("it is saved as %q", got)
		}
		if name != "stix" && w.Code == http.StatusOK {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

// The API reads JSON and nothing else, to a size and a depth.
func TestClass33_OnlyJSON(t *testing.T) {
	h := wakatest.New(t)
	a := as(t, h, "targeted-security")
	for what, body := range map[string]string{
		"deep": strings.Repeat(`{"sort":`, 100000) + strings.Repeat(`}`, 100000), "large": `{"sort":"` + strings.Repeat("x", 2<<20) + `"}`, "XML": `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`,
		"a pickle": "\x80\x04\x95", "YAML": "sort: !!python/object/apply:os.system [id]", "many fields": "{" + strings.Repeat(`"sort":"x",`, 60000) + `"sort":"x"}`, "wide": `{"involved":[` + strings.Repeat(`{},`, 300000) + `{}]}`,
	} {
		if w := a.api("POST", "/incidents", body); w.Code >= 500 || w.Code < 400 && what != "many fields" {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
	r := httptest.NewRequest("POST", "/api/v1/incidents", strings.NewReader("a=b"))
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Content-Type", "application/xml")
	w := httptest.NewRecorder()
	if h.API.ServeHTTP(w, r); w.Code < 400 || w.Code >= 500 {
		t.Errorf("XML: %d", w.Code)
	}
}

// No cell of a CSV begins a formula, whatever a value begins with.
func TestClass34_FormulasInCells(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("webserver-security")
	id := p.Open()
	for n, start := range []string{"=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", "'=", `"=`, ",=", ";="} {
		for _, typ := range []string{"mutex", "email-subject", "user-agent", "file-name", "service", "scheduled-task", "url", "file"} {
			e := casework.Edit{Kind: incident.Malware, Status: incident.Observed, Text: "x", Value: start + fmt.Sprintf("HYPERLINK(\"x%d\")", n)}
			e.Type = indicator.Type(typ)
			_, _ = h.Casework.Add(t.Context(), p.Actor, id, e) // types that do not take it refuse it
		}
	}
	add(t, p, h, id, domain("c2-one.example"))
	r := p.Compose(id, h.ToCommunity())
	all := forms(t, h, p, r)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(all["csv"], "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
				t.Errorf("a cell begins %q", cell)
			}
		}
	}
	for line := range strings.Lines(all["list"]) {
		if strings.TrimSpace(line) == "" {
			t.Error("a value of the list is broken")
		}
	}
}

// A new line in a field begins no head of an answer.
func TestClass35_NoNewLineInAHead(t *testing.T) {
	h := wakatest.New(t)
	for _, x := range []string{"a\r\nX-Evil: 1", "a\nSet-Cookie: x=1", "a%0d%0aX-Evil: 1"} {
		a := &asker{t: t, h: h}
		for _, w := range []*httptest.ResponseRecorder{
			a.get("/?lang=" + url.QueryEscape(x)), a.get("/incidents/x?to=" + url.QueryEscape(x)),
			a.post("/sign-in", url.Values{"login": {"hub-legal"}, "password": {wakatest.Password}, "to": {"/" + x}}),
		} {
			for k, vs := range w.Header() {
				for _, v := range vs {
					if strings.ContainsAny(v, "\r\n") || k == "X-Evil" || strings.HasPrefix(v, "x=1") {
						t.Errorf("%q: %s: %s", x, k, v)
					}
				}
			}
		}
	}
}

// No GET changes anything: the ledger is as long after asking for everything as before.
func TestClass36_GetChangesNothing(t *testing.T) {
	h := wakatest.New(t)
	_, r := composed(t, h)
	a := as(t, h, "webserver-security")
	length := func() string {
		all, err := h.Store.History(t.Context(), h.As("webserver-security").Actor.Org)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(len(all))
	}
	before := length()
	a.everything(h.As("webserver-security"))
	for _, route := range web.Routes() {
		if route.Method == http.MethodPost {
			path := strings.NewReplacer("{incident}", string(r.Incident), "{release}", string(r.ID), "{flow}", "sharing", "{sheet}", "sharing").Replace(route.Pattern)
			if w := a.get(path + "?do=yes&a=yes&q=unknown&version=" + fmt.Sprint(r.Version)); w.Code >= 500 {
				t.Errorf("GET %s: %d", path, w.Code)
			}
			q := httptest.NewRequest(http.MethodPost, path, strings.NewReader("why=x&version="+fmt.Sprint(r.Version)))
			q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			q.Header.Set("Origin", "https://evil.example")
			for _, c := range a.cookies {
				q.AddCookie(c)
			}
			w := httptest.NewRecorder()
			if h.Web.ServeHTTP(w, q); w.Code != http.StatusForbidden {
				t.Errorf("a form of another site to %s: %d", path, w.Code)
			}
		}
	}
	if after := length(); after != before {
		t.Errorf("%s acts became %s", before, after)
	}
}

// Every parameter that names a place to go stays on this site.
func TestClass37_OpenRedirect(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	id := p.Open()
	for _, to := range []string{
		"https://evil.example", "//evil.example", `/\evil.example`, `\/evil.example`, "/\t/evil.example", "/\n/evil.example", "///evil.example", "/.//evil.example", "/x/..//evil.example",
		"/%2f/evil.example", "/%5cevil.example", "http:evil.example", "javascript:alert(1)", "data:text/html,x", "/@evil.example", "／／evil.example", "evil.example", "?x", "//evil.example/%2e%2e",
	} {
		i := add(t, p, h, id, domain("c2-one.example"))
		w := a.post("/incidents/"+string(id)+"/judge", url.Values{"item": {fmt.Sprintf("%s.%d", i.ID, i.Version)}, "do": {"drop"}, "back": {to}})
		x := (&asker{t: t, h: h}).post("/sign-in", url.Values{"login": {"hub-legal"}, "password": {wakatest.Password}, "to": {to}})
		for _, got := range []*httptest.ResponseRecorder{w, x} {
			l := got.Header().Get("Location")
			u, err := url.Parse(l)
			if err != nil || got.Code != http.StatusSeeOther || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(l, "/") || strings.HasPrefix(l, "//") || strings.HasPrefix(l, `/\`) {
				t.Errorf("%q leads to %q (%d)", to, l, got.Code)
			}
		}
	}
}

// Papers and parcels are never served to be run: an attachment, of a type that is fixed.
func TestClass41_NothingIsServedToRun(t *testing.T) {
	h := wakatest.New(t)
	_, r := composed(t, h)
	a := as(t, h, "webserver-security")
	for _, form := range []string{"stix", "sheet", "csv", "list"} {
		w := a.get("/releases/" + string(r.ID) + "/file/" + form)
		x := a.api("GET", "/releases/"+string(r.ID)+"/renderings/"+form, nil)
		if !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment;") || w.Header().Get("X-Content-Type-Options") != "nosniff" || x.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", form, w.Header())
		}
		for _, media := range []string{w.Header().Get("Content-Type"), x.Header().Get("Content-Type")} {
			if strings.Contains(media, "html") || strings.Contains(media, "svg") || strings.Contains(media, "xml") {
				t.Errorf("%s is served as %s", form, media)
			}
		}
	}
	for _, route := range web.Routes() {
		if strings.Contains(route.Pattern, "paper") && route.Method == http.MethodGet {
			t.Errorf("papers are served at %s: see that they are not shown inline", route.Pattern)
		}
	}
}
