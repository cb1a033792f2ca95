package taxii

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
)

// A memory holds collections in memory, as slowly and plainly as can be, so that it can be
// believed: it is what the answers of the server are measured against.
type memory struct {
	mu       sync.Mutex
	shelves  map[parcel.CollectionID]*shelf
	statuses map[string]kept
	now      func() time.Time
	blind    int   // rows looked at in one page; 0: all
	broken   error // what every method answers
	slow     func()
}

type shelf struct {
	parcel.Collection
	only    party.OrgID // who may know of it; empty: everybody
	entries []*row
	by      map[string][]*row
	last    time.Time
}

type row struct {
	parcel.Entry
	first, last bool
}

type kept struct {
	parcel.Status
	account party.AccountID
}

func newMemory() *memory {
	return &memory{shelves: map[parcel.CollectionID]*shelf{}, statuses: map[string]kept{}, now: time.Now}
}

func (m *memory) make(id parcel.CollectionID, read, write bool) *shelf {
	s := &shelf{Collection: parcel.Collection{ID: id, Title: "shelf " + string(id[:4]), CanRead: read, CanWrite: write}, by: map[string][]*row{}}
	m.shelves[id] = s
	return s
}

func (m *memory) Collections(_ context.Context, a party.Actor) ([]parcel.Collection, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []parcel.Collection
	for _, s := range m.shelves {
		if s.only == "" || s.only == a.Org {
			out = append(out, s.Collection)
		}
	}
	slices.SortFunc(out, func(a, b parcel.Collection) int { return cmp.Compare(a.ID, b.ID) })
	return out, m.broken
}

func (m *memory) enter(a party.Actor, id parcel.CollectionID) (*shelf, error) {
	s := m.shelves[id]
	if m.broken != nil {
		return nil, m.broken
	}
	if s == nil || s.only != "" && s.only != a.Org {
		return nil, fault.New(fault.NotFound, "store.not-found")
	}
	return s, nil
}

func (m *memory) Page(_ context.Context, a party.Actor, id parcel.CollectionID, q parcel.Query) (parcel.Page, error) {
	if m.slow != nil {
		m.slow()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.enter(a, id)
	if err != nil {
		return parcel.Page{}, err
	}
	if !s.CanRead {
		return parcel.Page{}, fault.New(fault.Forbidden, "relay.may-not-read")
	}
	p := parcel.Page{Next: q.After, Known: len(q.IDs) == 1 && len(s.by[q.IDs[0]]) > 0}
	at, _ := slices.BinarySearchFunc(s.entries, q.After, func(r *row, t time.Time) int {
		if r.Added.After(t) {
			return 1
		}
		return -1
	})
	rows := s.entries[at:]
	if len(q.IDs) == 1 { // what an index would give
		rows = nil
		for _, r := range s.by[q.IDs[0]] {
			if r.Added.After(q.After) {
				rows = append(rows, r)
			}
		}
		slices.SortFunc(rows, func(a, b *row) int { return a.Added.Compare(b.Added) })
	}
	for k, r := range rows {
		if m.blind > 0 && k == m.blind {
			p.More = true
			break
		}
		if r.wanted(q) {
			if q.Limit > 0 && len(p.Entries) == q.Limit {
				p.More = true
				break
			}
			e := r.Entry
			if q.Bare {
				e.Raw = nil
			}
			p.Entries = append(p.Entries, e)
		}
		p.Next = r.Added
	}
	return p, nil
}

func (r *row) wanted(q parcel.Query) bool {
	if len(q.IDs) > 0 && !slices.Contains(q.IDs, r.ID) || len(q.Types) > 0 && !slices.Contains(q.Types, r.Type) {
		return false
	}
	v := q.Versions
	if !v.All && !v.First && !v.Last && len(v.At) == 0 {
		v.Last = true
	}
	return v.All || v.First && r.first || v.Last && r.last || slices.Contains(v.At, r.Instant)
}

func (m *memory) Add(_ context.Context, a party.Actor, id parcel.CollectionID, objects []json.RawMessage) (parcel.Status, error) {
	var read []parcel.Object
	st := parcel.Status{ID: newUUID(), At: m.now().UTC().Truncate(time.Microsecond), Results: make([]parcel.Result, len(objects))}
	for k, raw := range objects {
		o, err := stix.Object(raw)
		read = append(read, o)
		if st.Results[k] = (parcel.Result{ID: o.ID, Version: o.Version}); err != nil {
			var said struct{ ID string }
			_ = json.Unmarshal(raw, &said)
			st.Results[k].ID, st.Results[k].Failure = said.ID, err.Error()
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.enter(a, id)
	if err != nil {
		return st, err
	}
	if !s.CanWrite {
		return st, fault.New(fault.Forbidden, "relay.may-not-write")
	}
	for k, o := range read {
		if st.Results[k].Failure == "" {
			st.Results[k] = s.put(o, m.now())
		}
	}
	m.statuses[st.ID] = kept{st, a.Account}
	return st, nil
}

// put keeps an object. An entry's time is later than that of every entry before it.
func (s *shelf) put(o parcel.Object, now time.Time) parcel.Result {
	res := parcel.Result{ID: o.ID, Version: o.Version}
	for _, r := range s.by[o.ID] {
		if r.Instant == o.Instant {
			if res.Version == "" {
				res.Version = stamp(r.Added)
			}
			if r.Sum != o.Sum {
				res.Failure = "another content under this version is here already"
			}
			return res
		}
	}
	added := now.UTC().Truncate(time.Microsecond)
	if !added.After(s.last) {
		added = s.last.Add(time.Microsecond)
	}
	s.last = added
	if res.Version == "" {
		res.Version = stamp(added)
	}
	r := &row{Entry: parcel.Entry{Object: o, Added: added}}
	s.entries = append(s.entries, r)
	s.by[o.ID] = append(s.by[o.ID], r)
	s.flag(o.ID)
	return res
}

func (s *shelf) flag(id string) {
	all := s.by[id]
	slices.SortFunc(all, func(a, b *row) int { return cmp.Compare(a.Instant, b.Instant) })
	for k, r := range all {
		r.first, r.last = k == 0, k == len(all)-1
	}
}

func (m *memory) Remove(_ context.Context, a party.Actor, id parcel.CollectionID, object string, v parcel.Versions) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, err := m.enter(a, id)
	if err != nil {
		return err
	}
	q := parcel.Query{IDs: []string{object}, Versions: v}
	gone := func(r *row) bool { return r.wanted(q) }
	if !slices.ContainsFunc(s.entries, gone) {
		return fault.New(fault.NotFound, "store.not-found")
	}
	keep := slices.DeleteFunc(slices.Clone(s.entries), gone)
	s.by[object] = slices.DeleteFunc(slices.Clone(s.by[object]), gone)
	s.entries = keep
	s.flag(object)
	return nil
}

func (m *memory) Status(_ context.Context, a party.Actor, id string) (parcel.Status, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return parcel.Status{}, m.broken
	}
	s, ok := m.statuses[id]
	if !ok || s.account != a.Account {
		return parcel.Status{}, fault.New(fault.NotFound, "store.not-found")
	}
	return s.Status, nil
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// asking notes what pages were asked for.
type asking struct {
	*memory
	asked *[]parcel.Query
}

func (a asking) Page(ctx context.Context, by party.Actor, id parcel.CollectionID, q parcel.Query) (parcel.Page, error) {
	*a.asked = append(*a.asked, q)
	return a.memory.Page(ctx, by, id, q)
}

// Add and Status of a judging give what it was told to.
func (j judging) Add(context.Context, party.Actor, parcel.CollectionID, []json.RawMessage) (parcel.Status, error) {
	return j.status, j.err
}

func (j judging) Status(context.Context, party.Actor, string) (parcel.Status, error) {
	return j.status, j.err
}
