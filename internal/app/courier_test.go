package app

import (
	"context"
	"crypto/rand"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/cli"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
)

// staged is a wakachi with the demonstration in it, and who plays in it.
type staged struct {
	*desk
	t      *testing.T
	actors map[string]party.Actor
	url    string
}

func newStaged(t *testing.T) *staged {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir(), store.Options{Now: time.Now, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d, err := newDesk(t.Context(), s, cli.ServeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	x := &staged{desk: d, t: t, actors: map[string]party.Actor{}}
	stage := &staging{desk: d, ctx: t.Context()}
	if err := d.stage(t.Context(), t.TempDir(), "http://127.0.0.1"); err != nil || stage.err != nil {
		t.Fatal(err, stage.err)
	}
	server := httptest.NewServer(d.handler)
	t.Cleanup(server.Close)
	x.url = server.URL + "/"
	x.courier.allow = []string{"127.0.0.1"}
	orgs, err := s.Organisations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for k, org := range orgs {
		all, err := d.accounts.List(t.Context(), party.Actor{Account: "test", Org: org, Hats: []party.Hat{party.Administrator}})
		if err != nil {
			t.Fatal(k, err)
		}
		for _, a := range all {
			x.actors[a.Login] = party.Actor{Account: a.ID, Org: org, Name: a.Name, Hats: a.Hats}
		}
	}
	return x
}

// circle gives the one community there is.
func (x *staged) circle() parcel.Community {
	x.t.Helper()
	all, err := x.office.Communities(x.t.Context(), x.actors["hub-admin"])
	if err != nil || len(all) != 1 {
		x.t.Fatal(len(all), err)
	}
	return all[0]
}

// invite lets an organisation elsewhere take part, and gives its token.
func (x *staged) invite(name string) string {
	x.t.Helper()
	ctx := x.t.Context()
	a, err := x.accounts.Found(ctx, name, account.Account{Login: name, Name: name, Hats: []party.Hat{party.Security, party.Administrator}}, "correct horse battery")
	if err != nil {
		x.t.Fatal(err)
	}
	c := x.circle()
	c.Members = append(slices.Clone(c.Members), parcel.Member{Org: a.Org, Name: name})
	if _, err := x.office.SetCommunity(ctx, x.actors["hub-admin"], c); err != nil {
		x.t.Fatal(err)
	}
	if err := x.office.Join(ctx, a, c.Hub.Org, c.ID); err != nil {
		x.t.Fatal(err)
	}
	token, _, err := x.accounts.MakeToken(ctx, a, account.Token{Name: "node", Scope: party.Rights(), Until: time.Now().AddDate(0, 6, 0)})
	if err != nil {
		x.t.Fatal(err)
	}
	return token
}

func (x *staged) sync(login string) relay.Sync {
	x.t.Helper()
	did, err := x.relay.Sync(x.t.Context(), x.actors[login].Org, x.courier)
	if err != nil {
		x.t.Fatalf("sync of %s: %v", login, err)
	}
	return did
}

// reads says whether somebody may open a parcel.
func (x *staged) reads(login string, id parcel.ID) bool {
	x.t.Helper()
	all, err := x.relay.Shared(x.t.Context(), x.actors[login])
	if err != nil {
		x.t.Fatal(err)
	}
	return slices.ContainsFunc(all, func(s parcel.Shared) bool { return s.Parcel == id && s.Reading })
}

// Two wakachi over a real connection: a victim here shares through the hub there, members on
// both sides read and answer, and a recall reaches both.
func TestTwoWakachiOverTAXII(t *testing.T) {
	hub, far := newStaged(t), newStaged(t)
	ctx := t.Context()
	community := hub.circle().ID
	for _, login := range []string{"ransomware-security", "member-a"} {
		if _, err := far.relay.Link(ctx, far.actors[login], far.courier, hub.url, hub.invite("far-"+login), community); err != nil {
			t.Fatalf("link of %s: %v", login, err)
		}
	}
	victim, approver := far.actors["ransomware-security"], far.actors["ransomware-approver"]
	incidents, _, err := far.casework.Board(ctx, victim, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	r, err := far.earlier.Compose(ctx, victim, incidents[0].ID, exchange.Proposal{
		To: parcel.Audience{Community: community, Reach: party.Community}, Label: tlp.Amber, Letter: parcel.Letter{Ask: "見当たるか教えてください。", PAP: tlp.PAPAmber},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r, err = far.earlier.Approve(ctx, approver, r.ID, r.Version); err != nil {
		t.Fatal(err)
	}
	settle(t, ctx, far)
	if r, err = far.office.Release(ctx, victim, r.ID); err != nil || r.State != exchange.Sealed {
		t.Fatalf("it is %s: %v", r.State, err)
	}
	if did := far.sync("ransomware-security"); did.Sent != 1 {
		t.Fatalf("sent: %+v", did)
	}
	if !hub.reads("member-b", r.Parcel) {
		t.Fatal("a member at the hub does not read it")
	}
	if did := far.sync("member-a"); did.Received < 1 || did.Refused != 0 || !far.reads("member-a", r.Parcel) {
		t.Fatalf("the far member: %+v", did)
	}
	if err := far.relay.Answer(ctx, far.actors["member-a"], r.Parcel, parcel.Reply{Answer: parcel.Answer{Finding: parcel.NoLogs}}); err != nil {
		t.Fatal(err)
	}
	far.sync("member-a")
	far.sync("ransomware-security")
	if e, err := far.relay.Effect(ctx, victim, r.Parcel); err != nil || e.Tally.NoLogs != 1 {
		t.Errorf("the sharer hears %+v: %v", e.Tally, err)
	}
	if did := far.sync("member-a"); did != (relay.Sync{}) {
		t.Errorf("with no news it did %+v", did)
	}
	if err := far.relay.Recall(ctx, victim, r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.Harm}); err != nil {
		t.Fatal(err)
	}
	far.sync("ransomware-security")
	far.sync("member-a")
	if hub.reads("member-b", r.Parcel) || far.reads("member-a", r.Parcel) {
		t.Error("it is still read")
	}
}

func settle(t *testing.T, ctx context.Context, x *staged) {
	t.Helper()
	if err := x.office.Resume(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := x.office.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := x.relay.Forward(ctx); err != nil {
		t.Fatal(err)
	}
}

// A hub that is not there, is not one, or is of the inside is refused, and nothing is kept.
func TestLinksThatAreNone(t *testing.T) {
	far, hub := newStaged(t), newStaged(t)
	ctx, admin := t.Context(), far.actors["member-a"]
	token, community := hub.invite("far"), hub.circle().ID
	inside, err := newCourier(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, url, token string
		with             *courier
		community        parcel.CommunityID
	}{
		{"an address of the inside", strings.Replace(hub.url, "http:", "https:", 1), token, inside, community},
		{"plain http", "http://hub.example/", token, inside, community},
		{"no address", "hub", token, far.courier, community},
		{"a wrong token", hub.url, "wk_nothing", far.courier, community},
		{"another community", hub.url, token, far.courier, "community-none"},
		{"nobody there", "http://127.0.0.1:9/", token, far.courier, community},
	} {
		ctx, cancel := context.WithTimeout(ctx, time.Second) // a hub that is silent is asked again, and not here
		defer cancel()
		if _, err := far.relay.Link(ctx, admin, c.with, c.url, c.token, c.community); err == nil || fault.KindOf(err) == fault.Internal {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	if links, err := far.relay.Links(ctx, admin); err != nil || len(links) != 0 {
		t.Errorf("kept %d links: %v", len(links), err)
	}
}

// A setting that cannot be followed stops the start: a hub is not reached otherwise than was
// asked for.
func TestSettingsOfTheCourier(t *testing.T) {
	env := func(values map[string]string) func(string) string { return func(k string) string { return values[k] } }
	for _, c := range []map[string]string{
		{"WAKACHI_PROXY": "proxy"}, {"WAKACHI_CLIENT_CERT": "/no/such/file"}, {"WAKACHI_CLIENT_KEY": "/no/such/file"}, {"WAKACHI_CA": "/no/such/file"}, {"WAKACHI_CA": "courier_test.go"},
	} {
		if _, err := newCourier(env(c)); fault.KindOf(err) != fault.Usage {
			t.Errorf("%v: %v", c, err)
		}
	}
	k, err := newCourier(env(map[string]string{"WAKACHI_ALLOW_HOSTS": "hub.internal, 10.1.0.0/16", "WAKACHI_PROXY": "http://proxy.example:3128"}))
	if err != nil || len(k.allow) != 2 || k.proxy.Host != "proxy.example:3128" || k.tls != nil {
		t.Errorf("%+v: %v", k, err)
	}
}
