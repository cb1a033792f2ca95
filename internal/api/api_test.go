package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/api"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// A program acts with a token.
type program struct {
	t     testing.TB
	h     *wakatest.House
	token string
}

func with(t testing.TB, h *wakatest.House, login string, scope ...party.Right) program {
	t.Helper()
	if scope == nil {
		scope = party.Rights()
	}
	secret, _, err := h.Accounts.MakeToken(t.Context(), h.As(login).Actor, account.Token{Name: "test", Scope: scope, Until: h.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return program{t, h, secret}
}

func (p program) ask(method, path, body string) *httptest.ResponseRecorder {
	p.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", "en")
	w := httptest.NewRecorder()
	p.h.API.ServeHTTP(w, r)
	return w
}

// do asks for what must succeed and reads the answer.
func do[T any](p program, method, path string, body any) T {
	p.t.Helper()
	var out T
	text, ok := body.(string)
	if !ok && body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		text = string(data)
	}
	w := p.ask(method, api.Prefix+path, text)
	if w.Code >= 300 {
		p.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	return out
}

// The whole way over the API: what the desk does, and the same refusals.
func TestTheWholeWay(t *testing.T) {
	h := wakatest.New(t)
	security, approver := with(t, h, "ransomware-security"), with(t, h, "ransomware-approver")
	i := do[api.Incident](security, "POST", "/incidents", api.About{Sort: "ransomware", Detected: "2026-08-30T05:41:00+09:00"})
	in := do[api.Intake](security, "POST", "/incidents/"+i.ID+"/papers?name=memo.md", "C2 は 203.0.113.77:443。SHA256 a94f0c3de1b2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d の mzlock.exe。青葉架空総合病院の AKGH-PC1 は停止。")
	if len(in.Proposed) < 3 {
		t.Fatalf("proposed: %+v", in.Proposed)
	}
	var newest int64
	for _, x := range in.Proposed {
		newest = max(newest, x.Version)
	}
	do[[]api.Item](security, "POST", "/incidents/"+i.ID+"/confirm-all", map[string]any{"upto": newest})
	do[api.Walk](security, "PUT", "/incidents/"+i.ID+"/flow/sharing/unknown", map[string]any{"answer": "yes", "why": "new"})
	if w := do[api.Walk](security, "GET", "/incidents/"+i.ID+"/flow/sharing", nil); len(w.Outcomes) != 1 || w.Outcomes[0] != "help-others" {
		t.Errorf("outcomes: %+v", w)
	}
	c := do[[]api.Community](security, "GET", "/communities", nil)[0]
	r := do[api.Release](security, "POST", "/incidents/"+i.ID+"/releases", api.Proposal{Community: c.ID, Reach: "community", TLP: "amber", Ask: "見ましたか"})
	if len(r.Recipients) != 5 || r.State != "composed" || r.Facts < 3 {
		t.Errorf("release: %+v", r)
	}
	if w := security.ask("POST", api.Prefix+"/releases/"+r.ID+"/approve", fmt.Sprintf(`{"version":%d}`, r.Version)); w.Code != http.StatusForbidden {
		t.Errorf("approval by who composed it: %d %s", w.Code, w.Body)
	}
	stix := approver.ask("GET", api.Prefix+"/releases/"+r.ID+"/renderings/stix", "")
	if stix.Code != 200 || strings.Contains(stix.Body.String(), "AKGH") || !strings.Contains(stix.Body.String(), "203.0.113.77") {
		t.Errorf("stix: %d %s", stix.Code, stix.Body)
	}
	r = do[api.Release](approver, "POST", "/releases/"+r.ID+"/approve", api.Judged{Version: r.Version})
	h.Wait(exchange.UndoWindow)
	if r = do[api.Release](security, "GET", "/releases/"+r.ID, nil); r.State != "sealed" || r.Parcel == "" || r.LeftAt == nil {
		t.Errorf("release: %+v", r)
	}
	if found := do[[]api.Found](security, "GET", "/search?q=mzlock", nil); len(found) == 0 {
		t.Error("search finds nothing")
	}
}

type description struct {
	OpenAPI string                                `json:"openapi"`
	Paths   map[string]map[string]json.RawMessage `json:"paths"`
}

func described(t testing.TB, h *wakatest.House) description {
	t.Helper()
	w := httptest.NewRecorder()
	h.API.ServeHTTP(w, httptest.NewRequest("GET", api.Description, nil))
	var d description
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || !strings.HasPrefix(d.OpenAPI, "3.1") || len(d.Paths) < 25 {
		t.Fatalf("%d: %s %d paths, %v", w.Code, d.OpenAPI, len(d.Paths), err)
	}
	return d
}

// bodies are good ones for each operation that takes one, so that what is refused is refused
// for whose it is and not for how it is written.
var bodies = map[string]string{
	"/about": `{}`, "/items": `{"kind":"damage","text":"x"}`, "/judge": `{"do":"confirm","items":[{"item":"ITEM","version":VERSION}]}`,
	"/confirm-all": `{"upto":99999}`, "/undo": ``, "/papers": `C2 203.0.113.5`, "/items/{item}": `{"kind":"damage","text":"x","version":VERSION}`,
	"/split": `{"version":VERSION,"parts":["a","b"]}`, "/flow/{flow}/{question}": `{"answer":"yes"}`, "/choice": `{"do":true}`,
	"/releases": `{"community":"c","reach":"community","tlp":"amber"}`, "/approve": `{"version":RELEASE}`, "/send-back": `{"version":RELEASE,"why":"no"}`, "/withdraw": `{}`,
	"/answers": `{"finding":"no-logs"}`, "/acknowledgement": `{"done":true}`, "/recall": `{"action":"retract","reason":"other"}`,
	"/key":   `{"hub":"HUB","key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","identity":"identity--6ae6783f-4fbd-491b-aeb8-8b73a48ed247"}`,
	"/facts": `{"facts":[{"field":"outage","standing":"confirmed","value":"x"}]}`, "/course": `{"sort":"noticed","at":"2026-08-30"}`,
	"/deadlines":                  `{"version":0,"regimes":{"jp.appi":"yes"}}`,
	"/filings":                    `{"form":"ppc","stage":"first","office":"o","basis":"b","at":"2026-08-30","channel":"c"}`,
	"/publications/{publication}": `{"version":1,"title":"t","text":"x"}`, "/publications/{publication}/approve": `{"version":1,"digest":"d"}`,
	"/hold": `{"version":1,"for":"police","why":"w"}`, "/release": `{"version":1,"hold":0,"why":"w"}`, "/published": `{"version":1,"at":"2026-08-30T00:00:00Z","place":"p"}`,
	"/publications/{publication}/withdraw": `{"version":1,"why":"w"}`,
	"/incidents":                           `{}`, "/profile": `{"text":"x","version":0}`, "/accounts": `{"login":"l","name":"n","hats":[],"password":"correct horse"}`,
}

func bodyOf(path string) string {
	best := ""
	for end := range bodies {
		if strings.HasSuffix(path, end) && len(end) > len(best) {
			best = end
		}
	}
	return bodies[best]
}

// Every operation as every role for another organisation's things is answered as for things
// that never were.
func TestAnotherOrganisationsThings(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("ransomware-security")
	id := p.PasteSample("ransomware")
	p.ConfirmAll(id)
	r := p.Compose(id, h.ToCommunity())
	i := p.Items(id)[0]
	draft := p.Draft(id, report.First)
	without := h.ToCommunity()
	without.To.Except = []party.OrgID{h.Org("targeted")}
	sent := h.Share("webserver", without)
	c, err := h.Office.SetCommunity(t.Context(), h.As("webserver-security").Actor, parcel.Community{Name: "others", Ceiling: tlp.Red})
	if err != nil {
		t.Fatal(err)
	}
	fill := func(text string, real bool) string {
		pub := "publication-none"
		ids := []string{"inc-none", "item-none", "release-none", "3", "3", "parcel-none", "community-none", "org-none"}
		if real {
			pub = draft.ID
			ids = []string{string(id), string(i.ID), string(r.ID), fmt.Sprint(i.Version), fmt.Sprint(r.Version), string(sent.Parcel), string(c.ID), string(c.Hub.Org)}
		}
		return strings.NewReplacer("{incident}", ids[0], "{item}", ids[1], "ITEM", ids[1], "{release}", ids[2], "VERSION", ids[3], "RELEASE", ids[4],
			"{publication}", pub, "{kind}", "first", "{form}", "police", "{parcel}", ids[5], "{community}", ids[6], "HUB", ids[7], "{answer}", "answer-none", "{flow}", "sharing", "{question}", "unknown", "{name}", "stix").Replace(text)
	}
	asked := 0
	for _, role := range wakatest.Roles() {
		other := with(t, h, "targeted-"+role)
		other.ask("GET", api.Prefix+"/shared", "") // so that nothing is looked up for the first time
		for path, methods := range described(t, h).Paths {
			if !strings.Contains(path, "{") {
				continue
			}
			for method := range methods {
				asked++
				method = strings.ToUpper(method)
				before := wakatest.Queries()
				got := other.ask(method, fill(path, true), fill(bodyOf(path), true))
				between := wakatest.Queries()
				want := other.ask(method, fill(path, false), fill(bodyOf(path), false))
				if more := (between - before) - (wakatest.Queries() - between); more > 1 {
					t.Errorf("%s %s as %s: %d queries more than for what never was", method, path, role, more)
				}
				if got.Code != want.Code || got.Body.String() != want.Body.String() || got.Code != http.StatusNotFound && got.Code != http.StatusForbidden {
					t.Errorf("%s %s as %s: %d %s; of what never was %d %s", method, path, role, got.Code, got.Body, want.Code, want.Body)
				}
			}
		}
	}
	if asked < 60 {
		t.Errorf("only %d were asked", asked)
	}
	if got := h.As("ransomware-security").See(r); got.State != exchange.Composed {
		t.Errorf("the release is %s", got.State)
	}
}

// A search over the API: what was found, asked for again, and for whom there is none.
func TestSearch(t *testing.T) {
	h := wakatest.New(t)
	r := h.Share("ransomware", h.ToCommunity())
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "proxy.log"), []byte("1788000000.000 1 a TCP_MISS/200 1 GET http://198.51.100.250/ - DIRECT/- -\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := "/shared/" + string(r.Parcel) + "/search"
	hub := with(t, h, "hub-security")
	if w := hub.ask("GET", api.Prefix+at, ""); w.Code != http.StatusNotFound {
		t.Errorf("without logs: %d %s", w.Code, w.Body)
	}
	if w := hub.ask("POST", api.Prefix+at, ""); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "watch.off") {
		t.Errorf("without logs: %d %s", w.Code, w.Body)
	}
	h.SearchIn(dir)
	if s := do[parcel.Search](hub, "GET", at, nil); s.State != parcel.SearchWaiting {
		t.Errorf("%+v", s)
	}
	h.Searches()
	if s := do[parcel.Search](hub, "GET", at, nil); s.State != parcel.SearchDone || s.Finding != parcel.Found || s.Hits != 1 {
		t.Errorf("%+v", s)
	}
	if s := do[parcel.Search](hub, "POST", at, nil); s.State != parcel.SearchWaiting || s.Finding != parcel.Found {
		t.Errorf("%+v", s)
	}
	for login, want := range map[string]int{"member-a-security": http.StatusNotFound, "ransomware-security": http.StatusNotFound, "hub-auditor": http.StatusForbidden} {
		if w := with(t, h, login).ask("POST", api.Prefix+at, ""); w.Code != want {
			t.Errorf("%s: %d %s", login, w.Code, w.Body)
		}
	}
	for _, login := range []string{"member-a-security", "ransomware-security"} {
		p := with(t, h, login)
		got, none := p.ask("GET", api.Prefix+at, ""), p.ask("GET", api.Prefix+"/shared/parcel-none/search", "")
		if got.Code != http.StatusNotFound || got.Body.String() != none.Body.String() {
			t.Errorf("%s: %d %s", login, got.Code, got.Body)
		}
	}
	if w := with(t, h, "hub-security", party.Read).ask("POST", api.Prefix+at, ""); w.Code != http.StatusForbidden {
		t.Errorf("a token to read: %d", w.Code)
	}
}

// Without a token, with an ended one, with one of less: nothing, or less.
func TestTokens(t *testing.T) {
	h := wakatest.New(t)
	reader := with(t, h, "ransomware-security", party.Read)
	ended := with(t, h, "ransomware-security")
	id := h.As("ransomware-security").PasteSample("ransomware")
	for _, c := range []struct {
		what, method, path, body string
		p                        program
		want                     int
	}{
		{"no token", "GET", "/incidents", "", program{t, h, ""}, 401},
		{"a token of nobody", "GET", "/incidents", "", program{t, h, "wk_nothing"}, 401},
		{"reading with a token to read", "GET", "/incidents/" + string(id), "", reader, 200},
		{"writing with it", "POST", "/incidents/" + string(id) + "/items", `{"kind":"damage","text":"x"}`, reader, 403},
		{"administering with it", "GET", "/accounts", "", reader, 403},
		{"an unknown field", "POST", "/incidents", `{"colour":"red"}`, ended, 422},
		{"no JSON", "POST", "/incidents", `{`, ended, 400},
		{"an unknown question", "GET", "/incidents?colour=red", "", ended, 422},
		{"no such path", "GET", "/nothing", "", ended, 404},
	} {
		if w := c.p.ask(c.method, api.Prefix+c.path, c.body); w.Code != c.want {
			t.Errorf("%s: %d %s, want %d", c.what, w.Code, w.Body, c.want)
		}
	}
	basic := httptest.NewRequest("GET", api.Prefix+"/me", nil)
	basic.SetBasicAuth("anyone", reader.token)
	w := httptest.NewRecorder()
	if h.API.ServeHTTP(w, basic); w.Code != 200 {
		t.Errorf("Basic: %d", w.Code)
	}
	h.Wait(2 * time.Hour)
	if w := ended.ask("GET", api.Prefix+"/me", ""); w.Code != 401 {
		t.Errorf("an ended token: %d", w.Code)
	}
}

// A cookie opens nothing here: another site's form could bring one.
func TestCookiesOpenNothing(t *testing.T) {
	h := wakatest.New(t)
	s, err := h.Accounts.SignIn(t.Context(), "hub-legal", wakatest.Password, "", netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", api.Prefix+"/me", nil)
	r.AddCookie(&http.Cookie{Name: "wakachi-session", Value: s.Secret})
	w := httptest.NewRecorder()
	if h.API.ServeHTTP(w, r); w.Code != 401 {
		t.Errorf("%d", w.Code)
	}
}
