package watch_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/sweep"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// write makes a log of these lines, and gives its directory.
func write(t testing.TB, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, "proxy.log", lines...)
	return dir
}

func put(t testing.TB, dir, name string, lines ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// at writes a line of Squid's log.
func at(when string, url string) string {
	t, err := time.Parse("2006-01-02 15:04", when)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%d.000    120 10.0.0.7 TCP_MISS/200 4512 GET http://%s - DIRECT/192.0.2.1 text/html", t.Unix(), url)
}

// share lets a victim share what it noted, from its release on past the undo window.
func share(t testing.TB, h *wakatest.House, notes string) exchange.Release {
	t.Helper()
	p := h.As("webserver-security")
	id := p.Open()
	p.Paste(id, notes)
	p.ConfirmAll(id)
	r := h.As("webserver-approver").Approve(p.Compose(id, h.ToCommunity()))
	h.Wait(exchange.UndoWindow + time.Second)
	if r = p.See(r); r.State != exchange.Sealed {
		t.Fatalf("the release is %s", r.State)
	}
	return r
}

// Times before the House opens.
const (
	before = "2026-06-01 00:00"
	during = "2026-08-30 10:00"
	after  = "2026-08-31 23:00"
)

const c2 = "C2 は 203.0.113.77 である。"

// found gives what is kept, which must be there.
func found(t testing.TB, h *wakatest.House, id parcel.ID) parcel.Search {
	t.Helper()
	s, ok := h.As("hub-security").Found(id)
	if !ok {
		t.Fatal("there is no search")
	}
	return s
}

// What arrives is searched for; the result says what was found, where, and in how much.
func TestFound(t *testing.T) {
	h := wakatest.New(t)
	h.SearchIn(write(t, at(before, "www.example.net/"), at(during, "203.0.113.77/a"), at(during, "203.0.113.77/a"), at(after, "www.example.net/")))
	r := share(t, h, c2)
	if s := found(t, h, r.Parcel); s.State != parcel.SearchWaiting || s.Finding != "" || !s.At.IsZero() {
		t.Errorf("before: %+v", s)
	}
	if n := h.Searches(); n != 1 {
		t.Fatalf("%d were searched for", n)
	}
	s := found(t, h, r.Parcel)
	if s.State != parcel.SearchDone || s.Finding != parcel.Found || s.Hits != 2 || s.Logs != 1 || s.Lines != 4 || s.LogKind != parcel.ProxyLog {
		t.Errorf("%+v", s)
	}
	if len(s.Found) != 1 || s.Found[0].Value != "203.0.113.77" || s.Found[0].Hits != 2 || !slices.Equal(s.Found[0].Places, []parcel.Place{{Log: "proxy.log", Number: 2}, {Log: "proxy.log", Number: 3}}) {
		t.Errorf("%+v", s.Found)
	}
	if got := s.First.Format("2006-01-02 15:04"); got != before || s.Last.Format("2006-01-02 15:04") != after || s.FirstSeen.Format("2006-01-02 15:04") != during {
		t.Errorf("covered from %s: %+v", got, s)
	}
	if n := h.Searches(); n != 0 {
		t.Errorf("%d were searched for again", n)
	}
}

// The other three answers, and that none of them is another.
func TestTheOtherAnswers(t *testing.T) {
	h := wakatest.New(t)
	r := share(t, h, "2026-03-10 に C2 203.0.113.77 との通信があった。")
	hub := h.As("hub-security")
	_, sheet, err := h.Relay.Open(t.Context(), hub.Actor, r.Parcel)
	if err != nil || sheet.Earliest() == "" {
		t.Fatalf("the parcel does not say when: %+v, %v", sheet, err)
	}
	empty, blank := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(blank, "proxy.log"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		dir  string
		want parcel.Finding
	}{
		"searched, and not there":    {write(t, at("2026-01-01 00:00", "www.example.net/"), at(after, "www.example.net/")), parcel.NotFound},
		"logs of another time":       {write(t, at("2026-06-01 00:00", "www.example.net/"), at(after, "www.example.net/")), parcel.NoLogs},
		"no logs at all":             {empty, parcel.CannotSearch},
		"a folder that is not there": {filepath.Join(empty, "gone"), parcel.CannotSearch},
		"empty logs":                 {blank, parcel.CannotSearch},
	} {
		h.SearchIn(c.dir)
		if err := h.Watch.Search(t.Context(), hub.Actor, r.Parcel); err != nil {
			t.Fatal(err)
		}
		if n := h.Searches(); n != 1 {
			t.Errorf("%s: %d were searched for", what, n)
		}
		s := found(t, h, r.Parcel)
		d := s.Draft()
		if s.Finding != c.want || d.Finding != c.want || s.Hits != 0 || d.Count != 0 || d.From.IsZero() != (c.want != parcel.NotFound) {
			t.Errorf("%s: %+v, to be answered %+v", what, s, d)
		}
	}
}

// All that waits is searched for in one pass, and each parcel is told its own hits: also a
// value that two of them ask for.
func TestOnePassForAll(t *testing.T) {
	h := wakatest.New(t)
	one := share(t, h, "C2 は 203.0.113.77 と 203.0.113.78 である。")
	two := share(t, h, "C2 は 203.0.113.77 と 203.0.113.79 である。")
	dir, passes := write(t, at(during, "203.0.113.77/"), at(during, "203.0.113.79/")), 0
	h.SearchIn(dir)
	logs := h.Watch.Logs
	h.SearchWith(func(ctx context.Context) iter.Seq2[sweep.Log, error] { passes++; return logs(ctx) })
	if n := h.Searches(); n != 2 || passes != 1 {
		t.Errorf("%d were searched for in %d passes", n, passes)
	}
	values := func(s parcel.Search) (out []string) {
		for _, f := range s.Found {
			out = append(out, f.Value)
		}
		slices.Sort(out)
		return out
	}
	if s := found(t, h, one.Parcel); s.Hits != 1 || !slices.Equal(values(s), []string{"203.0.113.77"}) {
		t.Errorf("one: %+v", s)
	}
	if s := found(t, h, two.Parcel); s.Hits != 2 || !slices.Equal(values(s), []string{"203.0.113.77", "203.0.113.79"}) {
		t.Errorf("two: %+v", s)
	}
}

// What is recalled while it is searched for leaves no result; another one in the same pass
// keeps its own.
func TestRecalledDuring(t *testing.T) {
	h := wakatest.New(t)
	stands, goes := share(t, h, c2), share(t, h, "C2 は 203.0.113.78 である。")
	h.SearchIn(write(t, at(during, "203.0.113.77/"), at(during, "203.0.113.78/")))
	logs, once := h.Watch.Logs, true
	h.SearchWith(func(ctx context.Context) iter.Seq2[sweep.Log, error] {
		return func(yield func(sweep.Log, error) bool) {
			logs(ctx)(yield)
			if once {
				once = false
				h.As("webserver-security").Recall(goes.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.WrongValue})
			}
		}
	})
	if n := h.Searches(); n != 1 {
		t.Errorf("%d were kept", n)
	}
	if s := found(t, h, stands.Parcel); s.Finding != parcel.Found {
		t.Errorf("%+v", s)
	}
	if s, ok := h.As("hub-security").Found(goes.Parcel); ok {
		t.Errorf("of what was recalled there is %+v", s)
	}
	if all, err := h.Store.AllObjects(t.Context(), h.Org("hub"), "search"); err != nil || len(all) != 1 {
		t.Errorf("%d results are kept, %v", len(all), err)
	}
	if err := h.Watch.Search(t.Context(), h.As("hub-security").Actor, goes.Parcel); fault.KindOf(err) != fault.Conflict {
		t.Errorf("searching for it again: %v", err)
	}
}

// What is recalled later takes its result with it, and what stood in its place before; the
// ledger is sound.
func TestRecalledAfter(t *testing.T) {
	h := wakatest.New(t)
	r := share(t, h, c2)
	dir := t.TempDir()
	put(t, dir, "gateway-canary.log", at(during, "203.0.113.77/"))
	h.SearchIn(dir)
	h.Searches()
	if err := h.Watch.Search(t.Context(), h.As("hub-security").Actor, r.Parcel); err != nil {
		t.Fatal(err)
	}
	h.Searches()
	holds := func() bool {
		for _, org := range wakatest.Houses() {
			all, err := h.Store.AllObjects(t.Context(), h.Org(org), "search")
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range all {
				versions, err := h.Store.Versions(t.Context(), h.Org(org), x.ID)
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range versions {
					if strings.Contains(string(v.Body), "gateway-canary") {
						return true
					}
				}
			}
		}
		return false
	}
	if !holds() {
		t.Fatal("nothing was kept")
	}
	h.As("webserver-security").Recall(r.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.WrongValue})
	if s, ok := h.As("hub-security").Found(r.Parcel); ok {
		t.Errorf("at once after the recall: %+v", s)
	}
	h.Searches()
	h.Searches() // nothing is left to do
	h.Store.Close()
	for _, name := range []string{"wakachi.db", "wakachi.db-wal"} {
		if body, err := os.ReadFile(filepath.Join(h.Dir, name)); err == nil && strings.Contains(string(body), "gateway-canary") {
			t.Errorf("%s holds what was found", name)
		}
	}
	if got, err := store.Check(t.Context(), h.Dir, nil); err != nil || len(got.Faults) > 0 {
		t.Errorf("check: %v %q", err, got.Faults)
	}
}

// A search that is interrupted keeps nothing, and begins again; so does one that was asked
// for before the program ended.
func TestInterrupted(t *testing.T) {
	h := wakatest.New(t)
	r := share(t, h, c2)
	h.SearchIn(write(t, at(during, "203.0.113.77/")))
	logs := h.Watch.Logs
	ctx, cancel := context.WithCancel(t.Context())
	h.SearchWith(func(c context.Context) iter.Seq2[sweep.Log, error] {
		return func(yield func(sweep.Log, error) bool) {
			if s, _ := h.As("hub-security").Found(r.Parcel); s.State != parcel.SearchRunning {
				t.Errorf("meanwhile it is %s", s.State)
			}
			for l, err := range logs(c) {
				if !yield(l, err) {
					return
				}
			}
			cancel()
		}
	})
	if n, err := h.Watch.Step(ctx); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d were kept, %v", n, err)
	}
	if s := found(t, h, r.Parcel); s.State != parcel.SearchWaiting || s.Finding != "" {
		t.Errorf("after the interruption: %+v", s)
	}
	h.Restore(h.Backup()) // as a new process finds it
	h.SearchWith(logs)
	if n := h.Searches(); n != 1 || found(t, h, r.Parcel).Finding != parcel.Found {
		t.Errorf("%d were kept", n)
	}
	if err := h.Watch.Search(t.Context(), h.As("hub-security").Actor, r.Parcel); err != nil {
		t.Fatal(err)
	}
	h.Restore(h.Backup())
	h.SearchWith(logs)
	if s := found(t, h, r.Parcel); s.State != parcel.SearchWaiting || s.Finding != parcel.Found {
		t.Errorf("what was asked for is %s, and before it was %s", s.State, s.Finding)
	}
	if n := h.Searches(); n != 1 || found(t, h, r.Parcel).State != parcel.SearchDone {
		t.Errorf("%d were kept", n)
	}
}

// Asking again needs the right to write, asks once, and keeps what there is until then.
func TestAgain(t *testing.T) {
	h := wakatest.New(t)
	r := share(t, h, c2)
	hub := h.As("hub-security")
	ctx := t.Context()
	if err := h.Watch.Search(ctx, hub.Actor, r.Parcel); fault.KindOf(err) != fault.Conflict || err.Error() != "watch.off" {
		t.Errorf("without logs: %v", err)
	}
	h.SearchIn(write(t, at(during, "203.0.113.77/")))
	h.Searches()
	for range 5 {
		if err := h.Watch.Search(ctx, hub.Actor, r.Parcel); err != nil {
			t.Fatal(err)
		}
	}
	all, err := h.Store.AllObjects(ctx, h.Org("hub"), "search")
	if err != nil || len(all) != 1 {
		t.Fatalf("%d, %v", len(all), err)
	}
	if versions, err := h.Store.Versions(ctx, h.Org("hub"), all[0].ID); err != nil || len(versions) != 2 || versions[0].By != string(hub.Actor.Account) {
		t.Errorf("%+v, %v", versions, err)
	}
	if s := found(t, h, r.Parcel); s.State != parcel.SearchWaiting || s.Finding != parcel.Found {
		t.Errorf("%+v", s)
	}
	for login, kind := range map[string]fault.Kind{"hub-auditor": fault.Forbidden, "targeted-security": fault.NotFound, "webserver-security": fault.NotFound} {
		if err := h.Watch.Search(ctx, h.As(login).Actor, r.Parcel); fault.KindOf(err) != kind {
			t.Errorf("%s: %v", login, err)
		}
	}
	if err := h.Watch.Search(ctx, hub.Actor, "parcel-none"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("of none: %v", err)
	}
	if n := h.Searches(); n != 1 {
		t.Errorf("%d were searched for", n)
	}
}

// Whose logs these are not learns nothing of them, not even that they are searched.
func TestTenants(t *testing.T) {
	h := wakatest.New(t)
	r := share(t, h, c2)
	h.SearchIn(write(t, at(during, "203.0.113.77/")))
	h.Searches()
	for _, org := range wakatest.Houses()[1:] {
		for _, role := range wakatest.Roles() {
			p := h.As(org + "-" + role)
			shared, err := h.Relay.Shared(t.Context(), p.Actor)
			if err != nil {
				t.Fatal(err)
			}
			hubs, err := h.Relay.Look(t.Context(), h.As("hub-security").Actor, r.Parcel)
			if err != nil {
				t.Fatal(err)
			}
			got, err := h.Watch.Results(t.Context(), p.Actor, append(shared, hubs)...)
			if more, e := h.Watch.Unanswered(t.Context(), p.Actor); len(got)+len(more) > 0 || err != nil || e != nil {
				t.Errorf("%s: %v %v, %v %v", p.Login, got, more, err, e)
			}
		}
	}
	if got, err := h.Watch.Results(t.Context(), party.Actor{Org: h.Org("hub")}, parcel.Shared{Parcel: r.Parcel, Reading: true}); len(got) > 0 || err != nil {
		t.Errorf("nobody of the hub: %v %v", got, err)
	}
}

// However much is found, a result stays small, and counts the rest.
func TestBounded(t *testing.T) {
	h := wakatest.New(t)
	var notes strings.Builder
	var lines []string
	for k := range 250 {
		fmt.Fprintf(&notes, "C2 203.0.113.%d\n", k)
		for range 40 {
			lines = append(lines, at(during, fmt.Sprintf("203.0.113.%d/", k)))
		}
	}
	for range 1000 {
		lines = append(lines, at(during, "203.0.113.7/"))
	}
	r := share(t, h, notes.String())
	dir := t.TempDir()
	for k := range 12 {
		put(t, dir, fmt.Sprintf("%s%d.log", strings.Repeat("long", 40), k), lines...)
	}
	h.SearchIn(dir)
	h.Searches()
	s := found(t, h, r.Parcel)
	if len(s.Found) != parcel.MaxHits || s.Values < 240 || s.More != s.Values-parcel.MaxHits || s.Hits < 12*10_000 || s.Found[0].Value != "203.0.113.7" || s.Found[0].Hits != 12*1040 {
		t.Errorf("%d values of %d, %d more, %d hits, %+v", len(s.Found), s.Values, s.More, s.Hits, s.Found[0])
	}
	for _, f := range s.Found {
		if len(f.Places) != parcel.MaxPlaces {
			t.Fatalf("%d places", len(f.Places))
		}
	}
	all, err := h.Store.AllObjects(t.Context(), h.Org("hub"), "search")
	if err != nil || len(all) != 1 || len(all[0].Body) > 600<<10 {
		t.Errorf("%d results, %v", len(all), err)
	}
	t.Logf("%d bytes", len(all[0].Body))
}

// Run searches when it begins and when it is asked to, and ends with its context.
func TestRun(t *testing.T) {
	h := wakatest.New(t)
	r := share(t, h, c2)
	h.SearchIn(write(t, at(during, "203.0.113.77/")))
	logs, passes := h.Watch.Logs, make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	h.SearchWith(func(c context.Context) iter.Seq2[sweep.Log, error] {
		return func(yield func(sweep.Log, error) bool) {
			logs(c)(yield)
			select {
			case passes <- struct{}{}:
			case <-ctx.Done():
			}
		}
	})
	ended := make(chan struct{})
	go func() { h.Watch.Run(ctx); close(ended) }()
	<-passes
	for { // until the first result is kept: before that there is nothing to do again
		if s, ok := h.As("hub-security").Found(r.Parcel); ok && s.State == parcel.SearchDone {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := h.Watch.Search(t.Context(), h.As("hub-security").Actor, r.Parcel); err != nil {
		t.Fatal(err)
	}
	<-passes
	cancel()
	<-ended
}
