package taxii

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
)

// Sorting and paging: where servers lose data.

// walk reads a list to its end by next, or by what the header said was last, and gives its
// items in the order in which they came.
func (w *world) walk(path string, q url.Values, name string, byNext bool) []string {
	w.t.Helper()
	var out []string
	q = cloneQuery(q)
	for page := 0; ; page++ {
		a := w.want(w.get(path+"?"+q.Encode()), 200)
		out = append(out, a.items(name)...)
		if !a.more() {
			if a.next() != "" {
				w.t.Errorf("%s: next without more", path)
			}
			return out
		}
		if page > 1000 || a.next() == "" || a.last() == "" {
			w.t.Fatalf("%s: page %d with more leads nowhere: %.200s", path, page, a.raw)
		}
		if byNext {
			q.Set("next", a.next())
		} else {
			q.Set("added_after", a.last())
		}
	}
}

func cloneQuery(q url.Values) url.Values {
	out := url.Values{}
	for k, v := range q {
		out[k] = slices.Clone(v)
	}
	return out
}

func TestP1_P3_P4_BothWaysOfPagingGiveEverythingOnceInOrder(t *testing.T) {
	w := newWorld(t)
	same := time.Now()
	w.now = func() time.Time { return same } // the clock stands still: all would be added at once
	w.fillMany(both, 57)
	w.fill(both, address, marking, indicator(5, 2), indicator(57, 2))
	for _, q := range []url.Values{{}, {"match[version]": {"all"}}, {"match[type]": {"indicator"}}, {"match[version]": {"first,last"}}} {
		want := w.get(at(both, "objects/?"+q.Encode())).items("objects")
		if len(want) < 50 {
			t.Fatalf("%v: only %d", q, len(want))
		}
		for _, limit := range []string{"1", "2", "3", "7", "20", "56", "57", "58", "100"} {
			q.Set("limit", limit)
			for _, path := range []string{"objects/", "manifest/"} {
				byNext, byAdded := w.walk(at(both, path), q, "objects", true), w.walk(at(both, path), q, "objects", false)
				if !slices.Equal(byNext, want) || !slices.Equal(byAdded, want) {
					t.Errorf("%s %v: %d by next, %d by added_after, want %d", path, q, len(byNext), len(byAdded), len(want))
				}
			}
		}
		q.Del("limit")
	}
	var last time.Time
	for _, x := range w.get(at(both, "manifest/?match[version]=all")).body["objects"].([]any) {
		added := mustTime(t, x.(map[string]any)["date_added"].(string))
		if !added.After(last) {
			t.Fatalf("%s is not later than %s", stamp(added), stamp(last))
		}
		last = added
	}
	first, second := w.get("/taxii2/api/collections/"), w.get("/taxii2/api/collections/")
	if string(first.raw) != string(second.raw) {
		t.Error("collections come in another order the second time")
	}
}

func TestP2_MoreOnlyWhereThereIsMore(t *testing.T) {
	w := newWorld(t)
	w.fillMany(both, 4)
	for limit, more := range map[string]bool{"3": true, "4": false, "5": false} {
		a := w.get(at(both, "objects/?limit="+limit))
		if a.more() != more || !more && strings.Contains(string(a.raw), "more") {
			t.Errorf("limit %s: %.60s", limit, a.raw)
		}
	}
	if a := w.get(at(reads, "objects/")); string(a.raw) != "{}" {
		t.Errorf("an empty collection: %s", a.raw)
	}
}

func TestP2_P13_AnEmptyPageWithMoreMovesTheReaderOn(t *testing.T) {
	w := newWorld(t)
	w.fillMany(both, 40)
	w.fill(both, address)
	w.blind = 7 // the collection looks at so many at a time, whatever they are
	q := url.Values{"match[type]": {"ipv4-addr"}}
	a := w.want(w.get(at(both, "objects/?"+q.Encode())), 200)
	if !a.more() || len(a.items("objects")) > 0 || strings.Contains(string(a.raw), "objects") {
		t.Fatalf("the first page: %s", a.raw)
	}
	if a.Header.Get(addedFirst) != a.last() || !mustTime(t, a.last()).Equal(w.shelves[both].entries[6].Added) {
		t.Errorf("it says %s, want how far was looked", a.last())
	}
	for _, byNext := range []bool{true, false} {
		if got := w.walk(at(both, "objects/"), q, "objects", byNext); !slices.Equal(got, []string{addressID}) {
			t.Errorf("by next %v: %v", byNext, got)
		}
	}
}

func TestP5_P6_TimesAreTheCollectionsAndAreNotChanged(t *testing.T) {
	// That a time is given inside the transaction, and never one that is smaller, is held
	// where collections are kept; what is served is exactly that time.
	w := newWorld(t)
	w.now = func() time.Time { return time.Date(2026, 9, 1, 0, 0, 0, 120_000_000, time.UTC) }
	w.fill(both, indicator(1, 1))
	w.now = func() time.Time { return time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC) } // the clock steps back
	w.fill(both, indicator(2, 1))
	var got []string
	for _, x := range w.get(at(both, "manifest/")).body["objects"].([]any) {
		got = append(got, x.(map[string]any)["date_added"].(string))
	}
	if !slices.Equal(got, []string{"2026-09-01T00:00:00.120000Z", "2026-09-01T00:00:00.120001Z"}) {
		t.Errorf("%v", got)
	}
}

func TestP7_ACursorIsLettersAUrlTakesAndNeedsNoMemory(t *testing.T) {
	w := newWorld(t)
	w.now = func() time.Time { return time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC) } // no microseconds
	w.fillMany(both, 3)
	a := w.get(at(both, "objects/?limit=1"))
	if !regexp.MustCompile(`^[A-Za-z0-9_-]+$`).MatchString(a.next()) {
		t.Errorf("%q must be escaped", a.next())
	}
	if b := w.want(w.get(at(both, "objects/?limit=1&next="+a.next())), 200); !slices.Equal(b.items("objects"), []string{indicatorID(2)}) {
		t.Errorf("its own cursor: %s", b.raw)
	}
	// Another machine with the same key goes on where this one was left.
	other := newWorld(t)
	other.shelves = w.shelves
	if b := other.want(other.get(at(both, "objects/?limit=1&next="+a.next())), 200); !slices.Equal(b.items("objects"), []string{indicatorID(2)}) {
		t.Errorf("on another machine: %s", b.raw)
	}
	stranger := newWorld(t, func(c *Config) { c.CursorKey = slices.Repeat([]byte("x"), 32) })
	stranger.want(stranger.get(at(both, "objects/?limit=1&next="+a.next())), 400)
}

func TestP8_ACursorIsBoundToItsQuestion(t *testing.T) {
	w := newWorld(t)
	w.fillMany(both, 9)
	w.fillMany(reads, 9)
	path := at(both, "objects/")
	next := w.get(path + "?limit=2&match[type]=indicator").next()
	w.want(w.get(path+"?limit=3&match[type]=indicator&next="+next), 200) // how many may change
	w.want(w.get(path+"?match[type]=indicator&match[version]=last&next="+next), 200)
	for name, wrong := range map[string]string{
		"other filters":         path + "?next=" + next,
		"another type":          path + "?match[type]=malware&next=" + next,
		"one type more":         path + "?match[type]=indicator,malware&next=" + next,
		"the type as id":        path + "?match[id]=indicator&next=" + next,
		"other versions":        path + "?match[type]=indicator&match[version]=all&next=" + next,
		"another specification": path + "?match[type]=indicator&match[spec_version]=2.0&next=" + next,
		"another endpoint":      at(both, "manifest/") + "?match[type]=indicator&next=" + next,
		"another collection":    at(reads, "objects/") + "?match[type]=indicator&next=" + next,
		"a letter less":         path + "?match[type]=indicator&next=" + next[1:],
		"a letter more":         path + "?match[type]=indicator&next=" + next + "A",
		"other capitals":        path + "?match[type]=indicator&next=" + strings.ToUpper(next),
	} {
		if a := w.get(wrong); a.StatusCode != 400 {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	if a := w.get(path+"?match[type]=indicator&next="+next, "Authorization: Bearer b"); a.StatusCode != 400 {
		t.Errorf("another's cursor: %d", a.StatusCode)
	}
	// With added_after both hold.
	rows := w.shelves[both].entries
	for after, want := range map[time.Time]int{rows[0].Added: 7, rows[5].Added: 3} {
		if a := w.want(w.get(path+question("match[type]", "indicator", "next", next, "added_after", stamp(after))), 200); len(a.items("objects")) != want {
			t.Errorf("next and added_after %s: %d, want %d", stamp(after), len(a.items("objects")), want)
		}
	}
	if a := w.want(w.get(path+"?match[type]=indicator&next="), 200); len(a.items("objects")) != 9 {
		t.Errorf("an empty next: %d", len(a.items("objects")))
	}
}

func TestP8_NoBitOfACursorCanBeChanged(t *testing.T) {
	c := newCursors(testKey)
	sum := filterSum{1, 2, 3}
	text := c.write(time.UnixMicro(1_700_000_000_000_001), sum, "org-a")
	for k := range text {
		for _, letter := range "Aa0_-" {
			changed := text[:k] + string(letter) + text[k+1:]
			if changed == text {
				continue
			}
			if _, err := c.read(changed, sum, "org-a"); fault.KindOf(err) != fault.Usage {
				t.Fatalf("%s is taken for %s", changed, text)
			}
		}
	}
}

func TestP9_ManifestAndVersionsGoOnToo(t *testing.T) {
	w := newWorld(t)
	for v := 1; v <= 30; v++ {
		w.fill(both, indicator(1, v))
	}
	for path, name := range map[string]string{"manifest/": "objects", "objects/" + indicatorID(1) + "/versions/": "versions"} {
		q := url.Values{"limit": {"7"}}
		if name == "objects" {
			q.Set("match[version]", "all")
		}
		for _, byNext := range []bool{true, false} {
			if got := w.walk(at(both, path), q, name, byNext); len(got) != 30 {
				t.Errorf("%s by next %v: %d of 30", path, byNext, len(got))
			}
		}
	}
}

// TestP10_AWalkWhileThingsChange: whatever is added, changed or deleted while somebody walks,
// the walker sees each version at most once, and everything that stayed.
func TestP10_AWalkWhileThingsChange(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 2026))
	for round := range 20 {
		w := newWorld(t)
		w.fillMany(both, 30)
		seen, deleted := map[string]int{}, map[string]bool{}
		q := url.Values{"limit": {fmt.Sprint(1 + rng.IntN(7))}}
		for page := 0; ; page++ {
			a := w.want(w.get(at(both, "objects/?"+q.Encode())), 200)
			list, _ := a.body["objects"].([]any)
			for _, x := range list {
				o := x.(map[string]any)
				seen[fmt.Sprint(o["id"], o["modified"])]++
			}
			if !a.more() {
				break
			}
			if rng.IntN(2) == 0 {
				q.Set("next", a.next())
				q.Del("added_after")
			} else {
				q.Set("added_after", a.last())
				q.Del("next")
			}
			if page < 20 {
				n := 1 + rng.IntN(30)
				w.fill(both, indicator(n, 2+page), indicator(100+page, 1))
				n = 1 + rng.IntN(30)
				deleted[indicatorID(n)] = true
				w.do("DELETE", at(both, "objects/"+indicatorID(n)+"/"), "")
			}
		}
		for _, r := range w.shelves[both].entries {
			if r.last && seen[r.ID+r.Version] != 1 {
				t.Fatalf("round %d: %s %s was seen %d times", round, r.ID, r.Version, seen[r.ID+r.Version])
			}
		}
		for key, n := range seen {
			if n > 1 {
				t.Fatalf("round %d: %s was seen %d times", round, key, n)
			}
		}
	}
}

func TestP11_APageAsksForNoMoreThanItSends(t *testing.T) {
	// That a page costs the same wherever it stands is held by the collections, which are
	// asked for what was added later and for so many: no offset, no count.
	var asked []parcel.Query
	w := newWorld(t)
	h, err := New(Config{Shelves: asking{w.memory, &asked}, Intake: w.memory, Authenticate: authenticate, CursorKey: testKey, PageLimit: 50})
	if err != nil {
		t.Fatal(err)
	}
	w.srv.Config.Handler = h
	w.fillMany(both, 9)
	a := w.get(at(both, "objects/?limit=4"))
	w.get(at(both, "objects/?limit=4&next="+a.next()))
	w.get(at(both, "manifest/?limit=9999"))
	w.get(at(both, "objects/"+indicatorID(1)+"/versions/"))
	if len(asked) != 4 || asked[0].Limit != 4 || !asked[1].After.Equal(w.shelves[both].entries[3].Added) || asked[2].Limit != 50 || !asked[2].Bare || !asked[3].Bare || !asked[3].Versions.All {
		t.Errorf("%+v", asked)
	}
	for _, q := range asked {
		if q.Via != "taxii" {
			t.Errorf("through which door: %q", q.Via)
		}
	}
}

func TestP12_APageHasAnEndInBytesToo(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.PageBytes = 1000 })
	w.fillMany(both, 20)
	large := strings.Replace(indicator(21, 1), `"x_score"`, `"x_large":"`+strings.Repeat("y", 3000)+`","x_score"`, 1)
	w.fill(both, large, indicator(22, 1))
	want := make([]string, 22)
	for k := range want {
		want[k] = indicatorID(k + 1)
	}
	if a := w.get(at(both, "objects/")); len(a.items("objects")) != 3 || !a.more() || len(a.raw) > 1200 {
		t.Errorf("a page of %d objects and %d bytes", len(a.items("objects")), len(a.raw))
	}
	for _, byNext := range []bool{true, false} {
		if got := w.walk(at(both, "objects/"), url.Values{}, "objects", byNext); !slices.Equal(got, want) {
			t.Errorf("by next %v: %d of 22", byNext, len(got))
		}
	}
}

func TestP13_EveryAnswerSaysOfWhenItIs(t *testing.T) {
	w := newWorld(t)
	w.fillMany(both, 3)
	w.fill(both, indicator(1, 2))
	rows := w.shelves[both].entries
	one := "objects/" + indicatorID(1) + "/"
	const since = "2026-01-02T03:04:05.500000Z"
	for _, c := range []struct{ name, path, first, last string }{
		{"objects", at(both, "objects/"), stamp(rows[1].Added), stamp(rows[3].Added)},
		{"manifest", at(both, "manifest/?match[version]=all"), stamp(rows[0].Added), stamp(rows[3].Added)},
		{"one object", at(both, one), stamp(rows[3].Added), stamp(rows[3].Added)},
		{"its versions", at(both, one+"versions/"), stamp(rows[0].Added), stamp(rows[3].Added)},
		{"a page", at(both, "objects/?limit=1"), stamp(rows[1].Added), stamp(rows[1].Added)},
		{"nothing ever", at(reads, "objects/"), "1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:00.000000Z"},
		{"nothing since", at(reads, "objects/?added_after=2026-01-02T03:04:05.5Z"), since, since},
		{"nothing of it", at(both, one+"?match[version]=2020-01-01T00:00:00Z"), "1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:00.000000Z"},
		{"nothing of it since", at(both, one+"versions/?match[spec_version]=2.0&added_after="+since), since, since},
	} {
		a := w.want(w.get(c.path), 200)
		if a.Header.Get("X-TAXII-Date-Added-First") != c.first || a.Header.Get("X-TAXII-Date-Added-Last") != c.last {
			t.Errorf("%s: %s to %s, want %s to %s", c.name, a.Header.Get(addedFirst), a.last(), c.first, c.last)
		}
	}
}

func TestP14_EmptyListsAreLeftOut(t *testing.T) {
	w := newWorld(t)
	w.fillMany(both, 1)
	for _, a := range []answer{
		w.get(at(reads, "objects/")), w.get(at(reads, "manifest/")), w.get(at(both, "objects/?added_after=2999-01-01T00:00:00Z")),
		w.get(at(both, "objects/"+indicatorID(1)+"/versions/?added_after=2999-01-01T00:00:00Z")),
		w.do("POST", at(both, "objects/"), envelope(indicator(2, 1))), w.do("POST", at(both, "objects/"), envelope(`{"type":"x"}`)),
	} {
		if s := string(a.raw); strings.Contains(s, "[]") || strings.Contains(s, "null") {
			t.Errorf("%s: %s", a.Request.URL, s)
		}
	}
}
