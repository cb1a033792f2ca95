package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// Organisations come together by both halves, and a hub makes room for a small one it then
// cannot see into.
func TestComingTogether(t *testing.T) {
	h := wakatest.New(t)
	hub := signedIn(t, h, "member-b-security") // becomes a hub of its own
	done := func(what string, w interface{ Result() *http.Response }, want int) {
		t.Helper()
		if got := w.Result().StatusCode; got != want {
			t.Fatalf("%s: %d, want %d", what, got, want)
		}
	}
	done("a community", hub.post("/communities", url.Values{"name": {"輪"}, "ceiling": {"TLP:AMBER"}, "log-days": {"180"}}), 303)
	actor := h.As("member-b-security").Actor
	find := func() parcel.Community {
		t.Helper()
		all, err := h.Office.Communities(t.Context(), actor)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			if c.Hub.Org == actor.Org {
				return c
			}
		}
		t.Fatal("no community")
		return parcel.Community{}
	}
	c := find()
	other := h.As("targeted-security").Actor
	guest := signedIn(t, h, "targeted-security")
	sees := func() bool { return strings.Contains(guest.get("/communities").Body.String(), "輪") }

	done("joining uninvited", guest.post("/communities/join", url.Values{"invitation": {string(actor.Org) + "/" + string(c.ID)}}), 303)
	if sees() {
		t.Error("one half is enough")
	}
	at := "/communities/" + string(c.ID)
	done("on the list", hub.post(at+"/members", url.Values{"org": {string(other.Org)}, "name": {"東雲"}}), 303)
	if !sees() {
		t.Error("both halves are not enough")
	}
	for what, form := range map[string]url.Values{
		"itself": {"org": {string(actor.Org)}, "name": {"x"}}, "nobody": {"name": {"x"}}, "without a name": {"org": {"org-x"}},
		"a stale page": {"org": {"org-x"}, "name": {"x"}, "version": {"3"}},
	} {
		if w := hub.post(at+"/members", form); w.Code < 400 {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
	done("a bad invitation", guest.post("/communities/join", url.Values{"invitation": {"nonsense"}}), 422)
	done("a group", hub.post(at+"/groups", url.Values{"name": {"医療"}, "member": {string(other.Org)}}), 303)
	if g := find().Groups; len(g) != 1 || len(g[0].Members) != 1 {
		t.Errorf("groups: %+v", g)
	}
	done("a tenant", hub.post(at+"/tenants", url.Values{"organisation": {"小さな架空医院"}, "login": {"iin"}, "name": {"院長"}, "password": {wakatest.Password}}), 303)
	if m := find().Members; len(m) != 2 {
		t.Errorf("members: %+v", m)
	}
	tenant := signedIn(t, h, "iin")
	done("the tenant's own incident", tenant.post("/incidents", nil), 303)
	if body := tenant.get("/communities").Body.String(); !strings.Contains(body, "輪") {
		t.Error("the tenant does not take part")
	}
	if body := hub.get("/").Body.String(); strings.Contains(body, "/incidents/inc-") {
		t.Error("the hub sees into its tenant")
	}
	done("striking", hub.post(at+"/members", url.Values{"org": {string(other.Org)}, "strike": {"1"}}), 303)
	if sees() {
		t.Error("whoever was struck still sees it")
	}
}
