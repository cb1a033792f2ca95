// Package casework opens, amends and decides incidents.
//
// A Casework is the desk's work on one record: notes come in and become proposed items,
// people confirm, correct, merge and split them, answer the questions of the flows, tick
// the check sheets, and see who did what. Every method takes the actor who asks; it looks
// into that actor's organisation only and gives fault.NotFound for another's ids, and
// fault.Forbidden for a right the actor does not have.
//
// Whoever changes something says which version they saw. If somebody else was first, the
// answer is fault.Conflict and nothing is changed.
package casework

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "embed"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// A Casework works on the incidents of a store. It may be used by several goroutines.
type Casework struct {
	store   *store.Store
	now     func() time.Time
	random  io.Reader
	finders finders

	readings readings
}

// New makes a Casework. random gives codenames.
func New(s *store.Store, now func() time.Time, random io.Reader) *Casework {
	return &Casework{store: s, now: now, random: random}
}

// Sorts of the objects kept here.
const (
	sortCase    store.Sort = incident.CaseSort
	sortNote    store.Sort = "paper"
	sortAnswer  store.Sort = "answer"
	sortChoice  store.Sort = "choice"
	sortTick    store.Sort = "tick"
	sortProfile store.Sort = "profile"
)

func allow(a party.Actor, r party.Right) error {
	if !a.May(r) {
		return fault.New(fault.Forbidden, "casework.right", string(r))
	}
	return nil
}

//go:embed data/codenames.tsv
var codenames string

// codename makes a name for inside: a bird, a tree or a river and a number.
func (c *Casework) codename() (string, error) {
	var b [4]byte
	if _, err := io.ReadFull(c.random, b[:]); err != nil {
		return "", fault.Wrap(err, fault.Internal, "casework.random")
	}
	var names []string
	for line := range strings.Lines(codenames) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			names = append(names, line)
		}
	}
	return names[(int(b[0])<<8|int(b[1]))%len(names)] + "-" + strconv.Itoa(10+(int(b[2])<<8|int(b[3]))%90), nil
}

// Open begins a record, with what is known of it so far.
func (c *Casework) Open(ctx context.Context, a party.Actor, about incident.Case) (incident.Incident, error) {
	if err := allow(a, party.Write); err != nil {
		return incident.Incident{}, err
	}
	name, err := c.codename()
	if err != nil {
		return incident.Incident{}, err
	}
	i, err := c.store.OpenIncident(ctx, a.Org, string(a.Account), name)
	if err != nil {
		return incident.Incident{}, err
	}
	return i, c.Describe(ctx, a, i.ID, 0, about)
}

// A Record is an incident with what people say of it.
type Record struct {
	incident.Incident
	incident.Case
	Version int64 // of the Case; 0 before somebody described it
}

// Record gives one incident.
func (c *Casework) Record(ctx context.Context, a party.Actor, id incident.ID) (Record, error) {
	if err := allow(a, party.Read); err != nil {
		return Record{}, err
	}
	i, err := c.store.Incident(ctx, a.Org, id)
	if err != nil {
		return Record{}, err
	}
	return c.describe(ctx, a, i)
}

func (c *Casework) describe(ctx context.Context, a party.Actor, i incident.Incident) (Record, error) {
	r := Record{Incident: i}
	o, err := c.store.Object(ctx, a.Org, sortCase, string(i.ID))
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return r, nil
	}
	if err != nil {
		return Record{}, err
	}
	r.Version = o.Version
	return r, o.Value(&r.Case)
}

// maxName is how long a name may be, in bytes.
const maxName = 1000

// Describe says what the incident is as a whole. version is the one that was seen.
func (c *Casework) Describe(ctx context.Context, a party.Actor, id incident.ID, version int64, about incident.Case) error {
	if err := allow(a, party.Write); err != nil {
		return err
	}
	if err := c.known(ctx, a, id); err != nil {
		return err
	}
	if about.LogDays < 0 || about.LogDays > 3650 || len(about.Involved) > 100 || len(about.Sort) > maxName || !slices.Contains(incident.Stages(), about.Stage) {
		return fault.New(fault.Invalid, "casework.case")
	}
	for _, i := range about.Involved {
		if len(i.Name) > maxName || !slices.Contains(incident.Parts(), i.Part) {
			return fault.New(fault.Invalid, "casework.case")
		}
		if advice, fine := disguise.Examine(disguise.Term{Text: i.Name, Class: disguise.Organisation, Owner: incident.OfThirdParty}); !fine && advice.Refused() {
			return fault.New(fault.Invalid, "casework.involved", i.Name)
		}
	}
	return c.put(ctx, a, "described", &store.Object{Sort: sortCase, ID: string(id), Parent: string(id), Version: version}, about)
}

// known says fault.NotFound for an incident that is not the actor's organisation's.
func (c *Casework) known(ctx context.Context, a party.Actor, id incident.ID) error {
	_, err := c.store.Incident(ctx, a.Org, id)
	return err
}

// put keeps one object with a value as its body.
func (c *Casework) put(ctx context.Context, a party.Actor, verb string, o *store.Object, value any) error {
	return c.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error { return w.PutValue(verb, o, value) })
}

// A Line is an incident on the board of all.
type Line struct {
	Record
	Tally
}

// A Tally counts an incident's items. What was dropped or merged does not count.
type Tally struct {
	Items, Waiting             int // all, and those nobody has confirmed yet
	Technical, Between, Damage int
}

// Board lists limit incidents after the first skip, the newest first, and how many there
// are in all.
func (c *Casework) Board(ctx context.Context, a party.Actor, skip, limit int) (page []Line, all int, err error) {
	if err := allow(a, party.Read); err != nil {
		return nil, 0, err
	}
	incidents, all, err := c.store.IncidentPage(ctx, a.Org, max(skip, 0), limit)
	if err != nil {
		return nil, 0, err
	}
	for _, i := range incidents {
		l := Line{}
		if l.Record, err = c.describe(ctx, a, i); err != nil {
			return nil, 0, err
		}
		if l.Tally, err = c.Tally(ctx, a, i.ID); err != nil {
			return nil, 0, err
		}
		page = append(page, l)
	}
	return page, all, nil
}

// Tally counts one incident's items.
func (c *Casework) Tally(ctx context.Context, a party.Actor, id incident.ID) (Tally, error) {
	if err := allow(a, party.Read); err != nil {
		return Tally{}, err
	}
	counts, err := c.store.Counts(ctx, a.Org, id)
	var t Tally
	for _, n := range counts {
		t.add(n.Kind, n.Stand, n.Items)
	}
	return t, err
}

func (t *Tally) add(k incident.Kind, s incident.Stand, n int) {
	switch s {
	case incident.Dropped, incident.Merged:
		return
	case incident.Proposed:
		t.Waiting += n
	}
	t.Items += n
	switch k.Class() {
	case incident.Technical:
		t.Technical += n
	case incident.Between:
		t.Between += n
	case incident.Response:
		t.Damage += n
	}
}
