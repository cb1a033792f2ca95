package store_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// shelve lays objects and gives what became of them.
func shelve(t testing.TB, s *store.Store, org party.OrgID, of parcel.ID, in ...store.Addressed) (out []store.Outcome) {
	t.Helper()
	err := s.Act(t.Context(), org, "local", func(w *store.Writing) (err error) {
		out, err = w.Shelve(shelfID, of, in)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// object makes a version of an object; day 0 is one without a version.
func object(name string, day int, text string) store.Addressed {
	o := parcel.Object{ID: "indicator--" + name, Type: "indicator", Raw: []byte(`{"id":"` + name + `","text":"` + text + `"}`)}
	if day > 0 {
		o.Version = fmt.Sprintf("2026-09-%02dT00:00:00.000Z", day)
		o.Instant = fmt.Sprintf("2026-09-%02dT00:00:00", day)
	}
	o.Sum = sha256.Sum256(o.Raw)
	return store.Addressed{Object: o, Audience: 1}
}

func read(t testing.TB, s *store.Store, org party.OrgID, q parcel.Query, to ...parcel.AudienceID) []string {
	t.Helper()
	if to == nil {
		to = []parcel.AudienceID{1}
	}
	var out []string
	for {
		page, err := s.Entries(t.Context(), org, shelfID, to, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Entries {
			out = append(out, strings.TrimPrefix(e.ID, "indicator--")+" "+strings.TrimSuffix(strings.TrimPrefix(e.Instant, "2026-09-"), "T00:00:00"))
		}
		if !page.More {
			return out
		}
		q.After = page.Next
	}
}

func want(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// stock gives an organisation a shelf on which things were laid, taken and fetched.
func stock(t testing.TB, s *store.Store, org party.OrgID) {
	t.Helper()
	shelve(t, s, org, "parcel-1", object("a", 1, "first"), object("b", 1, "first"), object("c", 0, "plain"))
	shelve(t, s, org, "parcel-2", object("a", 2, "second"), object("b", 1, "first"))
	if err := s.Act(t.Context(), org, "local", func(w *store.Writing) error {
		rows, err := w.Holding(shelfID, []string{"indicator--c"})
		if err != nil {
			return err
		}
		return w.Take(shelfID, "parcel-1", []time.Time{rows[0].Added})
	}); err != nil {
		t.Fatal(err)
	}
	page, err := s.Entries(t.Context(), org, shelfID, []parcel.AudienceID{1}, parcel.Query{})
	if err != nil {
		t.Fatal(err)
	}
	r := store.Receipt{Collection: shelfID, Reader: "org-reader", Account: "account-1", Via: "taxii", At: day}
	for _, e := range page.Entries {
		r.Entries = append(r.Entries, e.Added)
	}
	if err := s.Hand(t.Context(), org, r); err != nil {
		t.Fatal(err)
	}
	if n, err := s.SealReceipts(t.Context(), org); err != nil || n != 1 {
		t.Fatalf("sealed %d receipts: %v", n, err)
	}
}

func TestVersionsOnAShelf(t *testing.T) {
	s := open(t, t.TempDir())
	org := settle(t, s, "akamatsu").org
	shelve(t, s, org, "parcel-1", object("a", 2, "two"), object("b", 1, "one"))
	shelve(t, s, org, "parcel-2", object("a", 3, "three"))
	shelve(t, s, org, "parcel-3", object("a", 1, "one")) // an older version that comes later is not the last
	want(t, "the last", read(t, s, org, parcel.Query{}), "b 01", "a 03")
	want(t, "the first", read(t, s, org, parcel.Query{Versions: parcel.Versions{First: true}}), "b 01", "a 01")
	want(t, "all", read(t, s, org, parcel.Query{Versions: parcel.Versions{All: true}}), "a 02", "b 01", "a 03", "a 01")
	want(t, "one", read(t, s, org, parcel.Query{Versions: parcel.Versions{At: []string{"2026-09-02T00:00:00"}}}), "a 02")
	want(t, "one and the last", read(t, s, org, parcel.Query{Versions: parcel.Versions{Last: true, At: []string{"2026-09-02T00:00:00"}}}), "a 02", "b 01", "a 03")
	want(t, "by id", read(t, s, org, parcel.Query{IDs: []string{"indicator--a"}, Versions: parcel.Versions{First: true, Last: true}}), "a 03", "a 01")
	want(t, "by another type", read(t, s, org, parcel.Query{Types: []string{"malware"}}))

	var held []store.Shelved
	take := func(instant string) {
		t.Helper()
		if err := s.Act(t.Context(), org, "local", func(w *store.Writing) (err error) {
			held, err = w.Holding(shelfID, []string{"indicator--a"})
			for _, h := range held {
				if h.Instant == instant {
					return w.Take(shelfID, "", []time.Time{h.Added, h.Added})
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	take("2026-09-03T00:00:00")
	want(t, "the one before is the last again", read(t, s, org, parcel.Query{}), "a 02", "b 01")
	take("2026-09-02T00:00:00")
	take("2026-09-01T00:00:00")
	want(t, "gone", read(t, s, org, parcel.Query{Versions: parcel.Versions{All: true}}), "b 01")
	page, err := s.Entries(t.Context(), org, shelfID, []parcel.AudienceID{1}, parcel.Query{IDs: []string{"indicator--a"}})
	if err != nil || page.Known {
		t.Errorf("it is still known: %v", err)
	}
	if out := shelve(t, s, org, "parcel-4", object("a", 3, "three")); out[0].Same || out[0].Conflict {
		t.Error("what was taken away cannot be shared anew by another parcel")
	}
}

func TestSameAndConflict(t *testing.T) {
	s := open(t, t.TempDir())
	org := settle(t, s, "akamatsu").org
	first := shelve(t, s, org, "parcel-1", object("a", 1, "one"), object("p", 0, "plain"))
	again := shelve(t, s, org, "parcel-2", object("a", 1, "one"), object("a", 1, "other"), object("p", 0, "in other words"))
	if !again[0].Same || !again[0].Added.Equal(first[0].Added) || !again[1].Conflict || again[2].Same || again[2].Conflict {
		t.Errorf("%+v", again)
	}
	want(t, "what stays", read(t, s, org, parcel.Query{}), "a 01", "p ")
	other := object("a", 1, "one")
	other.Audience = 2
	if out := shelve(t, s, org, "parcel-3", other); out[0].Same {
		t.Error("an object for another audience is not laid for it")
	}
	when := again[2].Added.Format("2006-01-02T15:04:05.999999")
	want(t, "without a version, by when it came", read(t, s, org, parcel.Query{IDs: []string{"indicator--p"}, Versions: parcel.Versions{At: []string{when}}}), "p ")
	want(t, "each audience has its own", read(t, s, org, parcel.Query{}, 2), "a 01")
	var of []store.Shelved
	if err := s.Act(t.Context(), org, "local", func(w *store.Writing) (err error) {
		of, err = w.OfParcel(shelfID, "parcel-2")
		return err
	}); err != nil || len(of) != 2 || fmt.Sprint(of[0].Parcels) != "[parcel-1 parcel-2]" || len(of[0].Raw) == 0 {
		t.Errorf("of parcel-2: %+v %v", of, err)
	}
	if page, err := s.Entries(t.Context(), org, shelfID, nil, parcel.Query{}); err != nil || len(page.Entries) != 0 || page.Known {
		t.Errorf("no audience reads %+v", page)
	}
}

// Whatever the clock does, entries rise.
func TestAddedRises(t *testing.T) {
	clock := day
	dir := t.TempDir()
	s := must(store.Open(t.Context(), dir, store.Options{Now: func() time.Time { return clock }, Random: rand.NewChaCha8([32]byte{1})}))(t)
	defer s.Close()
	org := must(s.CreateOrganisation(t.Context(), "local", "hub"))(t).ID
	last := time.Time{}
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		switch rng.IntN(4) {
		case 0:
			clock = clock.Add(-time.Duration(rng.IntN(1000)) * time.Hour)
		case 1:
			clock = clock.Add(time.Duration(rng.IntN(1000)) * time.Hour)
		}
		for _, o := range shelve(t, s, org, "parcel-1", object(fmt.Sprint("a", n), 1, "x"), object(fmt.Sprint("b", n), 1, "x")) {
			if !o.Added.After(last) {
				t.Fatalf("%v comes after %v", o.Added, last)
			}
			last = o.Added
		}
	}
	if got, err := s.Highest(t.Context(), org, shelfID); err != nil || !got.Equal(last) {
		t.Errorf("the highest is %v, want %v: %v", got, last, err)
	}
}

// Ten thousand objects in one envelope are read once each in pages of any size, while a
// thousand more come.
func TestClass27_WalkingWhileOthersAdd(t *testing.T) {
	s := open(t, t.TempDir())
	org := settle(t, s, "akamatsu").org
	if err := s.Act(t.Context(), org, "local", func(w *store.Writing) error {
		_, err := w.Shelve(shelfID, "parcel-1", indicators(0, 10_000))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	from := 10_000
	for _, limit := range []int{97, 1000, 0} {
		seen := map[string]int{}
		q := parcel.Query{Limit: limit}
		for n := 0; ; n++ {
			page, err := s.Entries(t.Context(), org, shelfID, []parcel.AudienceID{1, 2}, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Entries {
				seen[e.ID]++
				q.After = e.Added // as one who pages by what was added
			}
			if n%3 == 0 && from < 11_000 {
				shelved(t, s, org, from, 100)
				from += 100
			}
			if !page.More && from == 11_000 {
				break
			}
		}
		if len(seen) != 11_000 {
			t.Errorf("pages of %d: %d objects of 11000", limit, len(seen))
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("pages of %d: %s came %d times", limit, id, n)
			}
		}
	}
}

// A reader for whom hardly anything is gets short pages, and all of it in the end.
func TestPagesAreBounded(t *testing.T) {
	s := open(t, t.TempDir())
	org := settle(t, s, "akamatsu").org
	for range 3 {
		in := indicators(rand.IntN(1<<30), 15_000)
		for k := range in {
			in[k].Audience = 7
		}
		in[14_999].Audience = 8
		if err := s.Act(t.Context(), org, "local", func(w *store.Writing) error { _, err := w.Shelve(shelfID, "parcel-1", in); return err }); err != nil {
			t.Fatal(err)
		}
	}
	q, pages, got := parcel.Query{}, 0, 0
	for ; ; pages++ {
		page, err := s.Entries(t.Context(), org, shelfID, []parcel.AudienceID{8}, q)
		if err != nil {
			t.Fatal(err)
		}
		got += len(page.Entries)
		if !page.More {
			break
		}
		if !page.Next.After(q.After) {
			t.Fatal("the cursor does not move")
		}
		q.After = page.Next
	}
	if got != 3 || pages < 2 {
		t.Errorf("%d entries in %d pages", got, pages+1)
	}
	big := store.Addressed{Audience: 9, Object: parcel.Object{Type: "artifact", Raw: bytes.Repeat([]byte("x"), 3<<20)}}
	var large []store.Addressed
	for k := range 4 {
		big.Object.ID = fmt.Sprintf("artifact--%d", k)
		big.Object.Sum = sha256.Sum256([]byte(big.Object.ID))
		large = append(large, big)
	}
	shelve(t, s, org, "parcel-2", large...)
	page, err := s.Entries(t.Context(), org, shelfID, []parcel.AudienceID{9}, parcel.Query{After: q.After})
	if err != nil || len(page.Entries) != 2 || !page.More {
		t.Errorf("a page of %d large objects, more %v: %v", len(page.Entries), page.More, err)
	}
}

// An import keeps the dates it brings, and refuses those that do not rise.
func TestImportKeepsDates(t *testing.T) {
	s := open(t, t.TempDir())
	org := settle(t, s, "akamatsu").org
	a, b := object("a", 1, "x"), object("b", 1, "x")
	a.Added, b.Added = day.Add(time.Microsecond), day.Add(2*time.Microsecond)
	if out := shelve(t, s, org, "", a, b); !out[0].Added.Equal(a.Added) || !out[1].Added.Equal(b.Added) {
		t.Errorf("%+v", out)
	}
	c := object("c", 1, "x")
	c.Added = day
	err := s.Act(t.Context(), org, "local", func(w *store.Writing) error {
		_, err := w.Shelve(shelfID, "", []store.Addressed{object("d", 1, "x"), c})
		return err
	})
	wantKind(t, "a date that goes back", err, fault.Invalid)
	want(t, "nothing of it was kept", read(t, s, org, parcel.Query{}), "a 01", "b 01")
}

// After it was taken away and the file was compacted, nothing of an object's bytes is left.
func TestTakenIsGoneFromTheFiles(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	org := settle(t, s, "akamatsu").org
	out := shelve(t, s, org, "parcel-1", object("a", 1, "canary-in-the-bytes"), object("b", 1, "stays-in-the-bytes"))
	if err := s.Act(t.Context(), org, "local", func(w *store.Writing) error {
		return w.Take(shelfID, "parcel-1", []time.Time{out[0].Added})
	}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	found := map[string]bool{}
	for _, name := range must(filepath.Glob(filepath.Join(dir, "*")))(t) {
		data := must(os.ReadFile(name))(t)
		for _, text := range []string{"canary-in-the-bytes", "stays-in-the-bytes"} {
			found[text] = found[text] || bytes.Contains(data, []byte(text))
		}
	}
	if found["canary-in-the-bytes"] || !found["stays-in-the-bytes"] {
		t.Errorf("left in the files: %v", found)
	}
	wantSound(t, dir)
}

// Who fetched an entry is told exactly: a page beside it does not count.
func TestReadersOf(t *testing.T) {
	s := open(t, t.TempDir())
	org := settle(t, s, "akamatsu").org
	out := shelve(t, s, org, "parcel-1", object("a", 1, "x"), object("b", 1, "x"), object("c", 1, "x"))
	hand := func(reader party.OrgID, at ...time.Time) {
		t.Helper()
		if err := s.Hand(t.Context(), org, store.Receipt{Collection: shelfID, Reader: reader, Account: "account-1", Via: "taxii", Entries: at, At: day}); err != nil {
			t.Fatal(err)
		}
	}
	hand("org-all", out[0].Added, out[1].Added, out[2].Added)
	hand("org-ends", out[0].Added, out[2].Added)
	got, err := s.ReadersOf(t.Context(), org, shelfID, []time.Time{out[1].Added})
	if err != nil || len(got) != 1 || got[0].Reader != "org-all" {
		t.Errorf("of b: %+v %v", got, err)
	}
	wantKind(t, "a receipt of nothing", s.Hand(t.Context(), org, store.Receipt{Collection: shelfID}), fault.Invalid)
	if n, err := s.SealReceipts(t.Context(), org); n != 2 || err != nil {
		t.Errorf("sealed %d: %v", n, err)
	}
	if n, err := s.SealReceipts(t.Context(), org); n != 0 || err != nil {
		t.Errorf("sealed %d once more: %v", n, err)
	}
}
