package wakatest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/api"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// Two ids in one request, of two incidents of the same organisation: nothing is changed.
func TestClass01_CheckOnOneObjectActOnAnother(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	one, other := p.Open(), p.Open()
	i := add(t, p, h, one, casework.Edit{Kind: incident.Damage, Text: "a\nb"})
	at, ref := "/incidents/"+string(other), fmt.Sprintf("%s.%d", i.ID, i.Version)
	for path, form := range map[string]url.Values{
		"/judge": {"item": {ref}, "do": {"drop"}}, "/items/" + string(i.ID): {"seen": {ref}, "kind": {"damage"}, "text": {"c"}},
		"/items/" + string(i.ID) + "/split": {"seen": {ref}, "parts": {"a\nb"}}, "/items/item-none": {"seen": {ref}, "kind": {"damage"}, "text": {"c"}},
	} {
		if w := a.post(at+path, form); w.Code < 400 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := a.get(at + "/items/" + string(i.ID)); w.Code != http.StatusNotFound {
		t.Errorf("shown under another incident: %d", w.Code)
	}
	if w := a.api("POST", at+"/judge", map[string]any{"do": "drop", "items": []api.Seen{{Item: string(i.ID), Version: i.Version}}}); w.Code != http.StatusConflict {
		t.Errorf("API: %d %s", w.Code, w.Body)
	}
	if got := p.Items(one); len(got) != 1 || got[0].Version != i.Version || len(p.Items(other)) != 0 {
		t.Errorf("it is %+v", got)
	}
}

// Every POST for another organisation's things leaves them as they were; the matrices of web
// and api hold the answers against those for things that never were.
func TestClass02_AnotherOrganisationsIDs(t *testing.T) {
	h := wakatest.New(t)
	id, r := composed(t, h)
	i := h.As("webserver-security").Items(id)[0]
	before := fmt.Sprint(h.As("webserver-security").Items(id), h.As("webserver-security").See(r))
	for _, login := range []string{"hub-security", "targeted-security", "targeted-approver"} {
		a := as(t, h, login)
		for path, body := range map[string]string{
			"/releases/" + string(r.ID) + "/approve": fmt.Sprintf(`{"version":%d}`, r.Version), "/releases/" + string(r.ID) + "/withdraw": `{}`,
			"/incidents/" + string(id) + "/releases": `{"community":"` + string(h.Community) + `","reach":"community","tlp":"amber"}`,
			"/incidents/" + string(id) + "/judge":    fmt.Sprintf(`{"do":"drop","items":[{"item":"%s","version":%d}]}`, i.ID, i.Version),
		} {
			none := strings.NewReplacer(string(id), "inc-none", string(r.ID), "release-none", string(i.ID), "item-none")
			got, want := a.api("POST", path, body), a.api("POST", none.Replace(path), none.Replace(body))
			if got.Code != want.Code || got.Body.String() != want.Body.String() || got.Code < 400 {
				t.Errorf("%s %s: %d %s; of what never was %d %s", login, path, got.Code, got.Body, want.Code, want.Body)
			}
		}
	}
	if after := fmt.Sprint(h.As("webserver-security").Items(id), h.As("webserver-security").See(r)); after != before {
		t.Error("something has changed")
	}
}

// While the hub changes who belongs to a community, a release goes to those before or those
// after, and one that was looked at before is not approved after.
func TestClass07_MembersChangeInFlight(t *testing.T) {
	for what, swap := range map[string]func(*parcel.Community){
		"one less":                     func(c *parcel.Community) { c.Members = c.Members[1:] },
		"the community closes":         func(c *parcel.Community) { c.Retired = true },
		"it handles less":              func(c *parcel.Community) { c.Ceiling = tlp.Green },
		"another, whom nobody may see": func(c *parcel.Community) { c.Members[4].Org = "org-another" },
	} {
		for _, approvedBefore := range []bool{false, true} {
			h := wakatest.New(t)
			hide(t, h)
			_, r := composed(t, h)
			approver := h.As("webserver-approver")
			if approvedBefore {
				r = approver.Approve(r)
			}
			change(t, h, swap)
			if !approvedBefore {
				_, err := h.Office.Approve(t.Context(), approver.Actor, r.ID, r.Version)
				h.Refused(what, err, fault.Conflict, "exchange.changed-since")
			}
			h.Wait(exchange.UndoWindow + time.Second)
			if got := approver.See(r); got.State == exchange.Sealed {
				t.Errorf("%s, approved before %v: it left", what, approvedBefore)
			}
		}
	}
}

// No, an empty, an unknown, a deleted audience or list of items is nobody and nothing.
func TestClass08_EmptyAudienceIsNobody(t *testing.T) {
	h := wakatest.New(t)
	a := as(t, h, "webserver-security")
	id := h.As("webserver-security").Open()
	add(t, h.As("webserver-security"), h, id, domain("c2-one.example"))
	good := func() map[string]any {
		return map[string]any{"community": string(h.Community), "reach": "community", "tlp": "amber"}
	}
	for what, spoil := range map[string]func(map[string]any){
		"no community": func(m map[string]any) { m["community"] = "" }, "no field": func(m map[string]any) { delete(m, "community") },
		"null": func(m map[string]any) { m["community"] = nil }, "unknown": func(m map[string]any) { m["community"] = "community-none" },
		"a group that is not": func(m map[string]any) { m["group"] = "none" }, "no reach": func(m map[string]any) { delete(m, "reach") },
		"no label": func(m map[string]any) { m["tlp"] = "" }, "no items": func(m map[string]any) { m["items"] = []string{} },
		"items that are not": func(m map[string]any) { m["items"] = []string{"item-none"} },
	} {
		body := good()
		spoil(body)
		if w := a.api("POST", "/incidents/"+string(id)+"/releases", body); w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
	}
	if w := a.api("POST", "/incidents/"+string(id)+"/releases", good()); w.Code != http.StatusCreated {
		t.Errorf("a good one: %d %s", w.Code, w.Body)
	}
}

// What is new is for its own organisation only; what is composed is not approved.
func TestClass11_DraftsAreNotShown(t *testing.T) {
	h := wakatest.New(t)
	id, r := composed(t, h)
	for _, login := range []string{"hub-security", "member-a-security", "targeted-auditor"} {
		for path, body := range as(t, h, login).everything(h.As(login)) {
			if strings.Contains(body, "c2-one") || strings.Contains(body, string(id)) || strings.Contains(body, string(r.ID)) {
				t.Errorf("%s sees it at %s", login, path)
			}
		}
	}
	if all, err := h.Store.Parcels(t.Context(), h.As("webserver-security").Actor.Org, id); err != nil || len(all) != 0 {
		t.Errorf("%d parcels, %v", len(all), err)
	}
}

// Taking papers in confirms nothing, releases nothing, and needs the right to write.
func TestClass12_ImportPublishesNothing(t *testing.T) {
	h := wakatest.New(t)
	id := h.As("webserver-security").Open()
	paper := `{"type":"bundle","id":"bundle--6ae6783f-4fbd-491b-aeb8-8b73a48ed247","objects":[{"type":"indicator","spec_version":"2.1","id":"indicator--6ae6783f-4fbd-491b-aeb8-8b73a48ed247","created":"2026-09-01T00:00:00.000Z","modified":"2026-09-01T00:00:00.000Z","valid_from":"2026-09-01T00:00:00Z","pattern_type":"stix","confidence":100,"stand":"confirmed","published":true,"pattern":"[domain-name:value = 'c2-two.example']"}]}`
	if w := as(t, h, "webserver-auditor").papers(id, map[string]string{"x.json": paper}); w.Code != http.StatusForbidden {
		t.Errorf("an auditor's paper: %d", w.Code)
	}
	if n := len(h.As("webserver-security").Items(id)); n != 0 {
		t.Errorf("%d items without the right", n)
	}
	as(t, h, "webserver-security").papers(id, map[string]string{"x.json": paper})
	items := h.As("webserver-security").Items(id)
	for _, i := range items {
		if i.Stand != incident.Proposed {
			t.Errorf("%s is %q", i.ID, i.Stand)
		}
	}
	if len(items) == 0 {
		t.Error("nothing was proposed")
	}
	_, err := h.Office.Compose(t.Context(), h.As("webserver-security").Actor, id, h.ToCommunity())
	h.Refused("a release of what nobody confirmed", err, fault.Withheld, "exchange.nothing")
}

// What holds an item back holds on every path: chosen by id, merged, split, undone, received.
func TestClass13_BlocksHoldOnEveryPath(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	id := p.Open()
	blocked := map[string]casework.Edit{"dropped.example": domain("dropped.example"), "waiting.example": domain("waiting.example"), "merged.example": domain("merged.example")}
	for name, e := range map[string]casework.Edit{
		"promise.example": {Status: incident.Received, Label: "TLP:CLEAR", NotPassOn: true}, "strict.example": {Status: incident.Received, Label: "TLP:RED"},
		"unlabelled.example": {Status: incident.Received}, "third.example": {Marks: []string{"third-party"}}, "own.example": {Role: incident.Own}, "stepping.example": {Role: incident.Stepping},
	} {
		e.Kind, e.Type, e.Value = incident.Destination, "domain-name", name
		blocked[name] = e
	}
	ids := []string{string(add(t, p, h, id, domain("c2-one.example")).ID)}
	made := map[string]incident.Item{}
	for name, e := range blocked {
		made[name] = add(t, p, h, id, e)
		ids = append(ids, string(made[name].ID))
	}
	ctx := t.Context()
	for name, to := range map[string]incident.Stand{"dropped.example": incident.Dropped, "waiting.example": incident.Proposed} {
		if _, err := h.Casework.Judge(ctx, p.Actor, id, to, seen(made[name])); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Casework.Merge(ctx, p.Actor, id, seen(made["strict.example"]), seen(made["merged.example"])); err != nil {
		t.Fatal(err)
	}
	// A correction that says nothing of status or label leaves both as they were.
	i := made["promise.example"]
	if w := a.api("PUT", "/items/"+string(i.ID), api.Edit{Kind: "destination", Type: "domain-name", Value: "promise.example", Version: i.Version}); w.Code != 200 || !strings.Contains(w.Body.String(), `"not_to_be_passed_on":true`) {
		t.Errorf("correction: %d %s", w.Code, w.Body)
	}
	if w := a.api("POST", "/incidents/"+string(id)+"/items", `{"kind":"destination","type":"domain-name","value":"labelled.example","received_label":"TLP:RED"}`); !strings.Contains(w.Body.String(), `"status":"received"`) {
		t.Errorf("a label without a status: %s", w.Body)
	}
	for _, chosen := range [][]string{nil, ids} {
		body := map[string]any{"community": string(h.Community), "reach": "community", "tlp": "green"}
		if chosen != nil {
			body["items"] = chosen
		}
		w := a.api("POST", "/incidents/"+string(id)+"/releases", body)
		var r api.Release
		if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil || w.Code != http.StatusCreated {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		for form, text := range forms(t, h, p, p.See(exchange.Release{ID: exchange.ReleaseID(r.ID)})) {
			for name := range blocked {
				if strings.Contains(text, name) {
					t.Errorf("%s is in %s", name, form)
				}
			}
			if strings.Contains(text, "labelled.example") || !strings.Contains(text, "c2-one.example") {
				t.Errorf("%s: %s", form, text)
			}
		}
	}
}

// A role or status that no rule knows is refused, not let through.
func TestClass13_UnknownWordsAreRefused(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("webserver-security")
	id := p.Open()
	for _, e := range []casework.Edit{{Role: "Own "}, {Role: "stepping_stone"}, {Role: "=1+1"}, {Status: "receivd"}, {Status: "Received"}} {
		e.Kind, e.Type, e.Value = incident.Destination, "domain-name", "c2-one.example"
		_, err := h.Casework.Add(t.Context(), p.Actor, id, e)
		h.Refused(fmt.Sprint(e.Role, e.Status), err, fault.Invalid, "casework.word")
	}
	for _, c := range []incident.Case{{Stage: "evil"}, {Sort: strings.Repeat("x", 2000)}, {Involved: []incident.Involved{{Name: "架空協力会社", Part: "evil"}}}} {
		h.Refused("a description", h.Casework.Describe(t.Context(), p.Actor, id, mustRecordOf(t, h, p, id), c), fault.Invalid, "casework.case")
	}
}

func mustRecordOf(t *testing.T, h *wakatest.House, p *wakatest.Person, id incident.ID) int64 {
	t.Helper()
	r, err := h.Casework.Record(t.Context(), p.Actor, id)
	if err != nil {
		t.Fatal(err)
	}
	return r.Version
}

// Fields nobody asked for change nothing: every column's name in every write.
func TestClass42_MassAssignment(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	id, r := composed(t, h)
	extra := url.Values{}
	for _, name := range strings.Fields("org Org id ID state State composed_by by judged_by approved sealed version_by account hats scope token leaves_at parcel confidence stand Stand recipients audience hub disabled credential") {
		extra.Set(name, "sealed")
	}
	merge := func(v url.Values) url.Values {
		for k, x := range extra {
			if _, ok := v[k]; !ok {
				v[k] = x
			}
		}
		return v
	}
	a.post("/incidents/"+string(id)+"/add", merge(url.Values{"kind": {"damage"}, "text": {"x"}}))
	a.post("/releases/"+string(r.ID)+"/withdraw", merge(url.Values{"why": {"x"}}))
	a.post("/me/tokens", merge(url.Values{"name": {"x"}, "days": {"1"}, "account": {string(h.As("webserver-approver").Actor.Account)}}))
	if got := p.See(r); got.State != exchange.Withdrawn || got.ComposedBy != p.Actor.Account || got.Parcel != "" {
		t.Errorf("release: %+v", got)
	}
	for _, path := range []string{"/incidents", "/incidents/" + string(id) + "/items", "/incidents/" + string(id) + "/releases", "/accounts"} {
		w := a.api("POST", path, `{"kind":"damage","text":"x","state":"sealed","org":"x","id":"x","composed_by":"x"}`)
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if tokens, err := h.Accounts.Tokens(t.Context(), h.As("webserver-approver").Actor); err != nil || len(tokens) != 0 {
		t.Errorf("another's tokens: %+v %v", tokens, err)
	}
}

// Permission is asked for each object of a request.
func TestClass47_PermissionForEachObject(t *testing.T) {
	h := wakatest.New(t)
	p, q := h.As("webserver-security"), h.As("targeted-security")
	mine, theirs := p.Open(), q.Open()
	i, j := add(t, p, h, mine, domain("mine.example")), add(t, q, h, theirs, domain("theirs.example"))
	_, err := h.Casework.Judge(t.Context(), p.Actor, mine, incident.Dropped, seen(i), seen(j))
	h.Refused("one of mine and one of theirs", err, fault.NotFound, "")
	_, err = h.Casework.Merge(t.Context(), p.Actor, mine, seen(i), seen(j))
	h.Refused("merging theirs", err, fault.NotFound, "")
	err = h.Casework.Give(t.Context(), p.Actor, mine, "sharing", incident.Answer{Question: "unknown", Answer: "yes", Rests: []incident.ItemID{i.ID, j.ID}})
	h.Refused("an answer that rests on theirs", err, fault.NotFound, "")
	if p.Items(mine)[0].Stand != incident.Confirmed || q.Items(theirs)[0].Stand != incident.Confirmed {
		t.Error("something was done")
	}
}

// Every act of every service, as every single hat and as nobody: done only with its right.
func TestClass48_EveryActNeedsItsRight(t *testing.T) {
	h := wakatest.New(t)
	ctx := t.Context()
	id, r := composed(t, h)
	acts := map[string]struct {
		right party.Right
		do    func(a party.Actor) error
	}{
		"open": {party.Write, func(a party.Actor) error { _, err := h.Casework.Open(ctx, a, incident.Case{}); return err }},
		"take in": {party.Write, func(a party.Actor) error {
			_, err := h.Casework.TakeIn(ctx, a, id, "", []byte(a.Account+"x"))
			return err
		}},
		"add":     {party.Write, func(a party.Actor) error { _, err := h.Casework.Add(ctx, a, id, domain("x.example")); return err }},
		"items":   {party.Read, func(a party.Actor) error { _, err := h.Casework.Items(ctx, a, id); return err }},
		"search":  {party.Read, func(a party.Actor) error { _, err := h.Casework.Search(ctx, a, "c2", 9); return err }},
		"board":   {party.Read, func(a party.Actor) error { _, _, err := h.Casework.Board(ctx, a, 0, 9); return err }},
		"history": {party.Read, func(a party.Actor) error { _, err := h.Casework.History(ctx, a, id, 0, 9); return err }},
		"answers": {party.Read, func(a party.Actor) error { _, err := h.Casework.Answers(ctx, a, id, "sharing"); return err }},
		"choose": {party.Write, func(a party.Actor) error {
			return h.Casework.Choose(ctx, a, id, incident.Choice{Flow: "sharing", Do: true})
		}},
		"tick": {party.Write, func(a party.Actor) error {
			return h.Casework.SetTick(ctx, a, id, casework.Tick{Sheet: "sharing", Step: "a"})
		}},
		"compose":  {party.Compose, func(a party.Actor) error { _, err := h.Office.Compose(ctx, a, id, h.ToCommunity()); return err }},
		"release":  {party.Read, func(a party.Actor) error { _, err := h.Office.Release(ctx, a, r.ID); return err }},
		"rendered": {party.Read, func(a party.Actor) error { _, _, err := h.Office.Rendered(ctx, a, r.ID, "stix"); return err }},
		"stays":    {party.Read, func(a party.Actor) error { _, err := h.Office.Stays(ctx, a, r.ID); return err }},
		"waiting":  {party.Read, func(a party.Actor) error { _, err := h.Office.Waiting(ctx, a); return err }},
		"outlook":  {party.Read, func(a party.Actor) error { _, err := h.Office.Outlook(ctx, a, id, nil); return err }},
		"approve":  {party.Approve, func(a party.Actor) error { _, err := h.Office.Approve(ctx, a, r.ID, 1); return err }},
		"sendback": {party.Approve, func(a party.Actor) error { _, err := h.Office.SendBack(ctx, a, r.ID, 1, "x"); return err }},
		"accounts": {party.Administer, func(a party.Actor) error { _, err := h.Accounts.List(ctx, a); return err }},
		"create":   {party.Administer, func(a party.Actor) error { _, err := h.Accounts.Create(ctx, a, account.Account{}, ""); return err }},
		"join":     {party.Administer, func(a party.Actor) error { return h.Office.Join(ctx, a, "org-x", "community-x") }},
	}
	asked := 0
	for name, act := range acts {
		for _, hat := range append(party.Hats(), "") {
			a := party.Actor{Account: "account-test", Org: h.As("webserver-legal").Actor.Org, Hats: []party.Hat{hat}}
			for _, scoped := range []bool{false, true} {
				b := a
				b.Token = scoped // with an empty scope
				asked++
				if got := fault.KindOf(act.do(b)) == fault.Forbidden; got == b.May(act.right) && act.do(b) != nil || got && b.May(act.right) {
					t.Errorf("%s as %q, token %v: forbidden %v", name, hat, scoped, got)
				}
			}
		}
		if err := act.do(party.Actor{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s as nobody: %v", name, err)
		}
	}
	t.Logf("%d asked", asked)
}

// What the API and the files say is what the pages may show, for each hat.
func TestClass49_ExportsAreNotWeakerThanTheScreen(t *testing.T) {
	h := wakatest.New(t)
	_, r := composed(t, h)
	for _, login := range []string{"webserver-security", "webserver-approver", "webserver-auditor", "targeted-security", "hub-security"} {
		a := as(t, h, login)
		page := a.get("/releases/" + string(r.ID)).Code
		for _, form := range []string{"stix", "sheet", "csv", "list"} {
			file := a.get("/releases/" + string(r.ID) + "/file/" + form)
			if bytes := a.api("GET", "/releases/"+string(r.ID)+"/renderings/"+form, nil); file.Code != page || bytes.Code != page || page == 200 && file.Body.String() != bytes.Body.String() {
				t.Errorf("%s %s: page %d, file %d, API %d", login, form, page, file.Code, bytes.Code)
			}
		}
		if w := a.get("/releases/" + string(r.ID) + "/file/withheld"); w.Code != http.StatusNotFound {
			t.Errorf("%s: what stays is a file: %d", login, w.Code)
		}
	}
}
