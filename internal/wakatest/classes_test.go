package wakatest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/api"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/wakatest"
	"github.com/wakachi/wakachi/internal/web"
)

// The tests TestClassNN are the failure classes of docs/failure-classes.md: what went wrong in
// other systems for sharing, asked of this one over its handlers and services.

// An asker asks the handlers in somebody's name: the desk with a session, the API with a token.
type asker struct {
	t       testing.TB
	h       *wakatest.House
	cookies []*http.Cookie
	token   string
}

// as signs somebody in.
func as(t testing.TB, h *wakatest.House, login string) *asker {
	t.Helper()
	a := &asker{t: t, h: h, token: key(t, h, h.As(login).Actor)}
	if w := a.post("/sign-in", url.Values{"login": {login}, "password": {wakatest.Password}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d", login, w.Code)
	}
	return a
}

func key(t testing.TB, h *wakatest.House, a party.Actor, scope ...party.Right) string {
	t.Helper()
	if scope == nil {
		scope = party.Rights()
	}
	secret, _, err := h.Accounts.MakeToken(t.Context(), a, account.Token{Name: "test", Scope: scope, Until: h.Now().Add(24 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func (a *asker) send(r *http.Request) *httptest.ResponseRecorder {
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.RemoteAddr = "192.0.2.7:4711"
	for _, c := range a.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	a.h.Web.ServeHTTP(w, r)
	a.cookies = append(a.cookies, w.Result().Cookies()...)
	return w
}

func (a *asker) get(path string) *httptest.ResponseRecorder {
	return a.send(httptest.NewRequest(http.MethodGet, path, nil))
}

func (a *asker) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return a.send(r)
}

func (a *asker) papers(id incident.ID, files map[string]string) *httptest.ResponseRecorder {
	var body strings.Builder
	w := multipart.NewWriter(&body)
	for name, data := range files {
		part, err := w.CreateFormFile("files", name)
		if err != nil {
			a.t.Fatal(err)
		}
		io.WriteString(part, data)
	}
	w.Close()
	r := httptest.NewRequest(http.MethodPost, "/incidents/"+string(id)+"/papers", strings.NewReader(body.String()))
	r.Header.Set("Content-Type", w.FormDataContentType())
	return a.send(r)
}

// api asks the API; a body that is not a string is sent as JSON.
func (a *asker) api(method, path string, body any) *httptest.ResponseRecorder {
	a.t.Helper()
	text, ok := body.(string)
	if !ok && body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			a.t.Fatal(err)
		}
		text = string(raw)
	}
	r := httptest.NewRequest(method, api.Prefix+path, strings.NewReader(text))
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.h.API.ServeHTTP(w, r)
	return w
}

// everything gives what somebody can read: every page and every answer of the API that a GET
// gives, for the incidents, items and releases they have.
func (a *asker) everything(p *wakatest.Person) map[string]string {
	a.t.Helper()
	out := map[string]string{}
	fill := func(pattern string, id incident.ID, item incident.ItemID, r exchange.ReleaseID, name string) string {
		return strings.NewReplacer("{$}", "", "{incident}", string(id), "{item}", string(item), "{release}", string(r), "{class}", "technical",
			"{flow}", "sharing", "{sheet}", "sharing", "{name}", name, "{question}", "26").Replace(pattern)
	}
	lines, _, err := a.h.Casework.Board(a.t.Context(), p.Actor, 0, 100)
	if err != nil {
		a.t.Fatal(err)
	}
	ids := []incident.ID{"inc-none"}
	for _, l := range lines {
		ids = append(ids, l.ID)
	}
	for _, id := range ids {
		item, release := incident.ItemID("item-none"), exchange.ReleaseID("release-none")
		if id != "inc-none" {
			if items := p.Items(id); len(items) > 0 {
				item = items[0].ID
			}
			if all, err := a.h.Office.Releases(a.t.Context(), p.Actor, id); err == nil && len(all) > 0 {
				release = all[0].ID
			}
		}
		for _, form := range []string{"stix", "sheet", "csv", "list"} {
			for _, r := range web.Routes() {
				if r.Method == http.MethodGet {
					path := fill(r.Pattern, id, item, release, form)
					out[path] = answerOf(a.get(path))
				}
			}
			for _, pattern := range apiGets {
				path := fill(pattern, id, item, release, form)
				out["/api "+path] = answerOf(a.api(http.MethodGet, path, nil))
			}
		}
	}
	return out
}

// answerOf is an answer with its head.
func answerOf(w *httptest.ResponseRecorder) string {
	return fmt.Sprint(w.Code, w.Header()) + w.Body.String()
}

var apiGets = []string{
	"/me", "/communities", "/profile", "/ledger", "/accounts", "/incidents", "/releases", "/search?q=canary", "/incidents/{incident}", "/incidents/{incident}/items",
	"/incidents/{incident}/history", "/incidents/{incident}/releases", "/incidents/{incident}/flow/{flow}", "/items/{item}", "/releases/{release}",
	"/releases/{release}/withheld", "/releases/{release}/renderings/{name}",
}

// add writes an item down and gives it as it was kept.
func add(t testing.TB, p *wakatest.Person, h *wakatest.House, id incident.ID, e casework.Edit) incident.Item {
	t.Helper()
	i, err := h.Casework.Add(t.Context(), p.Actor, id, e)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// domain is an item that may leave.
func domain(name string) casework.Edit {
	return casework.Edit{Kind: incident.Destination, Status: incident.Observed, Role: incident.C2, Type: "domain-name", Value: name}
}

func seen(i incident.Item) casework.Seen { return casework.Seen{Item: i.ID, Version: i.Version} }

// forms gives the bytes of every form of a release.
func forms(t testing.TB, h *wakatest.House, p *wakatest.Person, r exchange.Release) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, x := range r.Renderings {
		_, body, err := h.Office.Rendered(t.Context(), p.Actor, r.ID, x.Name)
		if err != nil {
			t.Fatal(err)
		}
		out[x.Name] = string(body)
	}
	return out
}

// composed opens an incident with one indicator that may leave and composes a release of it.
func composed(t testing.TB, h *wakatest.House) (incident.ID, exchange.Release) {
	t.Helper()
	p := h.As("webserver-security")
	id := p.Open()
	add(t, p, h, id, domain("c2-one.example"))
	return id, p.Compose(id, h.ToCommunity())
}

// hide keeps the names of a community's members among the hub and themselves.
func hide(t testing.TB, h *wakatest.House) parcel.Community {
	t.Helper()
	return change(t, h, func(c *parcel.Community) { c.Visible = false })
}

func change(t testing.TB, h *wakatest.House, do func(*parcel.Community)) parcel.Community {
	t.Helper()
	hub := h.As("hub-security").Actor
	c, err := h.Office.Community(t.Context(), hub, h.Community)
	if err != nil {
		t.Fatal(err)
	}
	c.Members = slices.Clone(c.Members)
	do(&c)
	if c, err = h.Office.SetCommunity(t.Context(), hub, c); err != nil {
		t.Fatal(err)
	}
	return c
}
