package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"

	"github.com/wakachi/wakachi/internal/classify"
	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/document"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// MaxPaper is the largest paper that is taken in, in bytes. What is larger is a log, and is
// searched and not read.
const MaxPaper = 32 << 20

// A Paper is something that was pasted or dropped: notes, a mail, a file.
type Paper struct {
	ID     string
	Name   string   `json:"name"`
	Size   int      `json:"size"`
	Sum    string   `json:"sum"`   // SHA-256, hexadecimal
	Items  int      `json:"items"` // how many were proposed from it
	Passed []string `json:"passed,omitempty"`
}

// An Intake is what became of one paper.
type Intake struct {
	Paper
	Proposed []incident.Item // new ones, as they were kept
	Again    int             // items the incident had already
	Skipped  []document.Skip // parts that were not read
	Doubts   []document.Skip // parts that were read, with a reservation
}

// TakeIn reads a paper, keeps it as it is, and proposes its items, all in one act. An item
// the incident has already, with the same value, kind and role, is not proposed again.
//
// Errors: those of document.Read, with which nothing is kept; fault.TooLarge; fault.Conflict
// for a paper that was taken in before.
func (c *Casework) TakeIn(ctx context.Context, a party.Actor, id incident.ID, name string, data []byte) (Intake, error) {
	if err := allow(a, party.Write); err != nil {
		return Intake{}, err
	}
	if len(data) > MaxPaper {
		return Intake{}, fault.New(fault.TooLarge, "casework.paper-size", name, "32 MB")
	}
	if isBundle(data) {
		return c.takeBundle(ctx, a, id, name, data)
	}
	had, err := c.items(ctx, a, id)
	if err != nil {
		return Intake{}, err
	}
	sum := sha256.Sum256(data)
	in := Intake{Paper: Paper{Name: name, Size: len(data), Sum: hex.EncodeToString(sum[:])}}
	papers, err := c.Papers(ctx, a, id)
	if err != nil {
		return Intake{}, err
	}
	names := map[string]bool{}
	for _, p := range papers {
		if p.Sum == in.Sum {
			return Intake{}, fault.New(fault.Conflict, "casework.paper-again", p.Name)
		}
		names[p.Name] = true
	}
	in.Name = unused(name, names)
	read, err := document.Read(in.Name, bytes.NewReader(data), document.Limits{})
	if err != nil {
		return Intake{}, err
	}
	in.Skipped, in.Doubts = read.Skipped, read.Doubts
	finder, err := c.finder(ctx, a, id)
	if err != nil {
		return Intake{}, err
	}
	fresh := in.fresh(classify.Propose(read.Notes, finder), had)
	in.Items = len(fresh)
	for _, s := range read.Skipped {
		in.Passed = append(in.Passed, s.Err.Code)
	}
	return c.keepPaper(ctx, a, id, in, data, fresh)
}

// keepPaper keeps a paper as it is and proposes its items, in one act.
func (c *Casework) keepPaper(ctx context.Context, a party.Actor, id incident.ID, in Intake, data []byte, fresh []incident.Item) (Intake, error) {
	err := c.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) (err error) {
		o := store.Object{Sort: sortNote, Parent: string(id)}
		if err := w.PutValue("taken-in", &o, in.Paper); err != nil {
			return err
		}
		in.ID = o.ID
		if err := w.Put(&store.Object{Sort: store.Original, ID: o.ID, Parent: string(id), Body: data}, "kept"); err != nil {
			return err
		}
		in.Proposed, err = w.PutItems(id, fresh)
		return err
	})
	if err != nil {
		return Intake{}, err
	}
	return in, nil
}

// fresh leaves out what the incident has.
func (in *Intake) fresh(found, had []incident.Item) []incident.Item {
	known := map[string]bool{}
	for _, i := range had {
		known[sameness(i)] = true
	}
	var out []incident.Item
	for _, i := range found {
		key := sameness(i)
		if known[key] {
			in.Again++
			continue
		}
		known[key] = true
		out = append(out, i)
	}
	return out
}

// sameness gives what makes two items one. Prose is one with itself only.
func sameness(i incident.Item) string {
	v := i.Value
	if v.Value == "" {
		return string(i.Kind) + "\x00" + i.Technique + "\x00" + i.Family + "\x00" + i.Text
	}
	return string(i.Kind) + "\x00" + string(v.Type) + "\x00" + string(v.Hash) + "\x00" + v.Value + "\x00" + string(i.Role)
}

// unused gives a name that no other paper has, so that a source names one.
func unused(name string, taken map[string]bool) string {
	if name == "" {
		name = "notes.txt"
	}
	for n := 2; taken[name]; n++ {
		name = numbered(name, n)
	}
	return name
}

// Papers lists what was taken in, the oldest first.
func (c *Casework) Papers(ctx context.Context, a party.Actor, id incident.ID) ([]Paper, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	if err := c.known(ctx, a, id); err != nil {
		return nil, err
	}
	all, err := c.store.Objects(ctx, a.Org, sortNote, string(id))
	if err != nil {
		return nil, err
	}
	out := make([]Paper, len(all))
	for k, o := range all {
		if err := o.Value(&out[k]); err != nil {
			return nil, err
		}
		out[k].ID = o.ID
	}
	return out, nil
}

// Passage gives the lines of a paper around one of an item's sources: before and after many
// of them. It is nil for a paper that is gone.
func (c *Casework) Passage(ctx context.Context, a party.Actor, id incident.ID, s incident.Source, around int) ([]incident.Line, error) {
	papers, err := c.Papers(ctx, a, id)
	if err != nil {
		return nil, err
	}
	for _, p := range papers {
		if s.File != p.Name && !inside(s.File, p.Name) {
			continue
		}
		notes, err := c.read(ctx, a, p)
		if err != nil {
			return nil, err
		}
		return passage(notes, s, around), nil
	}
	return nil, nil
}

// readings keeps what was read of the last papers somebody looked into, since an item's page
// asks for several passages of one, and a PDF is not read in no time. The key holds the
// organisation: equal papers of two are read for each.
type readings struct {
	sync.Mutex
	keys  []string
	notes [][]incident.Note
}

const (
	maxReadings = 4
	maxReading  = 4 << 20 // bytes of a paper that is kept
)

func (c *Casework) read(ctx context.Context, a party.Actor, p Paper) ([]incident.Note, error) {
	key := string(a.Org) + " " + p.ID + " " + p.Sum
	c.readings.Lock()
	defer c.readings.Unlock()
	if at := slices.Index(c.readings.keys, key); at >= 0 {
		return c.readings.notes[at], nil
	}
	o, err := c.store.Object(ctx, a.Org, store.Original, p.ID)
	if err != nil {
		return nil, err
	}
	read, err := document.Read(p.Name, bytes.NewReader(o.Body), document.Limits{})
	if err != nil {
		return nil, err
	}
	if p.Size <= maxReading {
		if len(c.readings.keys) == maxReadings {
			c.readings.keys, c.readings.notes = c.readings.keys[1:], c.readings.notes[1:]
		}
		c.readings.keys, c.readings.notes = append(c.readings.keys, key), append(c.readings.notes, read.Notes)
	}
	return read.Notes, nil
}

func passage(notes []incident.Note, s incident.Source, around int) []incident.Line {
	for _, n := range notes {
		if n.File != s.File {
			continue
		}
		var out []incident.Line
		for _, l := range n.Lines {
			if l.Number >= s.Line-around && l.Number <= s.Line+around {
				out = append(out, l)
			}
		}
		return out
	}
	return nil
}

// finders keeps the compiled profiles of the organisations at work. A profile is compiled
// once a version.
type finders struct {
	sync.Mutex
	by map[string]*disguise.Finder
}

// maxFinders is how many are kept; then all are let go, since to compile one again is cheap.
const maxFinders = 64

// finder gives what knows the organisation's own names. Without a profile it knows none:
// items are proposed all the same, and the gate lets none of them out.
func (c *Casework) finder(ctx context.Context, a party.Actor, id incident.ID) (*disguise.Finder, error) {
	p, version, err := c.guarded(ctx, a, id)
	if err != nil {
		return nil, err
	}
	key := string(a.Org) + " " + string(id) + " " + version
	c.finders.Lock()
	defer c.finders.Unlock()
	if f := c.finders.by[key]; f != nil {
		return f, nil
	}
	f, _ := disguise.Compile(p.Terms())
	if c.finders.by == nil || len(c.finders.by) >= maxFinders {
		c.finders.by = map[string]*disguise.Finder{}
	}
	c.finders.by[key] = f
	return f, nil
}
