package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
)

// What the store tells of acts, versions and findings, for those who may not reach it.
type (
	Act     = store.Act
	Version = store.Version
	Found   = store.Found
)

// A Seen is an item in the version somebody looked at.
type Seen struct {
	Item    incident.ItemID `json:"item"`
	Version int64           `json:"version"`
}

// Items lists all items of an incident, also those that were dropped or merged, in the
// order in which they came.
func (c *Casework) Items(ctx context.Context, a party.Actor, id incident.ID) ([]incident.Item, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	return c.store.Items(ctx, a.Org, id)
}

func (c *Casework) items(ctx context.Context, a party.Actor, id incident.ID) ([]incident.Item, error) {
	return c.store.Items(ctx, a.Org, id)
}

// Item gives one item and the incident it belongs to.
func (c *Casework) Item(ctx context.Context, a party.Actor, item incident.ItemID) (incident.Item, incident.ID, error) {
	if err := allow(a, party.Read); err != nil {
		return incident.Item{}, "", err
	}
	i, err := c.store.Item(ctx, a.Org, item)
	if err != nil {
		return incident.Item{}, "", err
	}
	id, err := c.store.IncidentOf(ctx, a.Org, item)
	return i, id, err
}

// Judge confirms items, drops them, or puts them back to be looked at again, all or none.
func (c *Casework) Judge(ctx context.Context, a party.Actor, id incident.ID, to incident.Stand, seen ...Seen) ([]incident.Item, error) {
	if to != incident.Confirmed && to != incident.Dropped && to != incident.Proposed {
		return nil, fault.New(fault.Usage, "casework.stand")
	}
	return c.change(ctx, a, id, seen, func(i *incident.Item) error {
		i.Stand, i.Into = to, ""
		return nil
	})
}

// ConfirmAll confirms every item that is waiting and was there when the reader looked: upto
// is the newest version they saw.
func (c *Casework) ConfirmAll(ctx context.Context, a party.Actor, id incident.ID, upto int64) ([]incident.Item, error) {
	if err := allow(a, party.Write); err != nil {
		return nil, err
	}
	items, err := c.items(ctx, a, id)
	if err != nil {
		return nil, err
	}
	var seen []Seen
	for _, i := range items {
		if i.Stand == incident.Proposed && i.Version <= upto {
			seen = append(seen, Seen{i.ID, i.Version})
		}
	}
	return c.Judge(ctx, a, id, incident.Confirmed, seen...)
}

// MaxAtOnce is how many items one act changes.
const MaxAtOnce = 5000

// change lets do change each of the items that were seen, and keeps them all or none.
func (c *Casework) change(ctx context.Context, a party.Actor, id incident.ID, seen []Seen, do func(*incident.Item) error) ([]incident.Item, error) {
	if err := allow(a, party.Write); err != nil {
		return nil, err
	}
	if len(seen) == 0 || len(seen) > MaxAtOnce {
		return nil, fault.New(fault.Usage, "casework.none-chosen", strconv.Itoa(MaxAtOnce))
	}
	items := make([]incident.Item, 0, len(seen))
	for _, s := range seen {
		i, err := c.store.Item(ctx, a.Org, s.Item)
		if err != nil {
			return nil, err
		}
		if s.Version == 0 || i.Version != s.Version {
			return nil, fault.New(fault.Conflict, "store.conflict")
		}
		if err := do(&i); err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	return c.store.PutItems(ctx, a.Org, string(a.Account), id, items)
}

// An Edit is an item as a person writes it down. Fields are as on the screen; an empty one
// says "not known".
type Edit struct {
	Kind       incident.Kind
	Status     incident.Status // empty: as it was, and so the label
	Role       incident.Role
	Type       indicator.Type // of Value; empty for prose
	Hash       indicator.Hash
	Value      string // refanged before it is kept
	Port       string
	Technique  string
	First      string // as incident.Moment reads it
	Last       string
	Text       string   // a fact in prose
	Marks      []string // names of incident.Marks
	Label      string   // of a received item: a TLP label
	NotPassOn  bool     // of a received item: asked not to pass it on
	Vulnerable []string // words by which an unpatched vulnerability would be recognised
}

// Correct says what an item is. What a person wrote down is confirmed by that.
func (c *Casework) Correct(ctx context.Context, a party.Actor, id incident.ID, seen Seen, e Edit) (incident.Item, error) {
	out, err := c.change(ctx, a, id, []Seen{seen}, func(i *incident.Item) error { return e.apply(i) })
	if err != nil {
		return incident.Item{}, err
	}
	return out[0], nil
}

// Add writes down an item that no paper proposed.
func (c *Casework) Add(ctx context.Context, a party.Actor, id incident.ID, e Edit) (incident.Item, error) {
	if err := allow(a, party.Write); err != nil {
		return incident.Item{}, err
	}
	var i incident.Item
	if err := e.apply(&i); err != nil {
		return incident.Item{}, err
	}
	out, err := c.store.PutItems(ctx, a.Org, string(a.Account), id, []incident.Item{i})
	if err != nil {
		return incident.Item{}, err
	}
	return out[0], nil
}

const maxText = 20000

func (e Edit) apply(i *incident.Item) error {
	if !slices.Contains(incident.Kinds(), e.Kind) {
		return fault.New(fault.Invalid, "casework.kind")
	}
	if len(e.Text) > maxText {
		return fault.New(fault.TooLarge, "casework.text", strconv.Itoa(maxText))
	}
	if !slices.Contains(incident.Roles(), e.Role) || e.Status != "" && !slices.Contains(incident.Statuses(), e.Status) {
		return fault.New(fault.Invalid, "casework.word") // one that no rule knows is held back by none
	}
	i.Kind, i.Role, i.Technique, i.Text = e.Kind, e.Role, strings.ToUpper(strings.TrimSpace(e.Technique)), e.Text
	i.Held = e.Vulnerable
	if err := e.value(i); err != nil {
		return err
	}
	if i.Value.IsZero() && i.Technique == "" && strings.TrimSpace(i.Text) == "" {
		return fault.New(fault.Invalid, "casework.says-nothing")
	}
	if i.FirstSeen.UnmarshalText([]byte(e.First)) != nil || i.LastSeen.UnmarshalText([]byte(e.Last)) != nil {
		return fault.New(fault.Invalid, "casework.moment")
	}
	if err := e.conditions(i); err != nil {
		return err
	}
	marks, ok := incident.ParseMarks(e.Marks)
	if !ok {
		return fault.New(fault.Invalid, "casework.mark")
	}
	i.Marks, i.Stand, i.Into = marks, incident.Confirmed, ""
	i.Reason, i.Confidence = incident.Reason{Code: "casework.person", Point: "ours"}, 100
	return nil
}

func (e Edit) value(i *incident.Item) error {
	i.Value, i.Port = indicator.Value{}, 0
	if strings.TrimSpace(e.Value) != "" {
		v, err := indicator.Parse(e.Type, e.Value)
		if err != nil || e.Hash != "" && v.Hash != e.Hash {
			return fault.New(fault.Invalid, "casework.value", string(e.Type))
		}
		i.Value = v
	}
	if e.Port != "" {
		n, err := strconv.ParseUint(e.Port, 10, 16)
		if err != nil {
			return fault.New(fault.Invalid, "casework.port")
		}
		i.Port = uint16(n)
	}
	return nil
}

// conditions keeps what is known where nothing is said of it: whoever corrects a value does not
// take a sender's label off.
func (e Edit) conditions(i *incident.Item) error {
	if e.Status == "" && e.Label == "" && !e.NotPassOn {
		i.Status = cmp.Or(i.Status, incident.Unknown)
		return nil
	}
	i.Status, i.Conditions = cmp.Or(e.Status, incident.Received), incident.Conditions{} // a label is somebody's who gave it
	if i.Status != incident.Received {
		return nil
	}
	i.Conditions.Promise = e.NotPassOn
	if e.Label == "" {
		return nil
	}
	l, err := tlp.Parse(e.Label)
	if err != nil {
		return fault.New(fault.Invalid, "casework.label")
	}
	i.Conditions.Label = l
	return nil
}

// Reclass gives items another kind, as when a card is drawn into another lane.
func (c *Casework) Reclass(ctx context.Context, a party.Actor, id incident.ID, to incident.Kind, seen ...Seen) ([]incident.Item, error) {
	if !slices.Contains(incident.Kinds(), to) {
		return nil, fault.New(fault.Usage, "casework.kind")
	}
	return c.change(ctx, a, id, seen, func(i *incident.Item) error {
		i.Kind, i.Stand = to, incident.Confirmed
		i.Reason = incident.Reason{Code: "casework.person", Point: "ours"}
		return nil
	})
}

// Merge lets one item stand for others that say the same: their sources and the wider span
// of time become its own, and every mark of theirs, since each is a reason to be careful.
func (c *Casework) Merge(ctx context.Context, a party.Actor, id incident.ID, into Seen, from ...Seen) ([]incident.Item, error) {
	if len(from) == 0 {
		return nil, fault.New(fault.Usage, "casework.none-chosen", strconv.Itoa(MaxAtOnce))
	}
	var whole incident.Item
	all := append(slices.Clone(from), into)
	return c.change(ctx, a, id, all, func(i *incident.Item) error {
		if i.ID != into.Item {
			whole.Sources = append(whole.Sources, i.Sources...)
			whole.Marks |= i.Marks
			whole.FirstSeen, whole.LastSeen = earlier(whole.FirstSeen, i.FirstSeen), later(whole.LastSeen, i.LastSeen)
			whole.Held = append(whole.Held, i.Held...)
			whole.Conditions = stricter(whole.Conditions, i.Conditions)
			i.Stand, i.Into = incident.Merged, into.Item
			return nil
		}
		i.Sources = append(i.Sources, whole.Sources...)
		i.Marks |= whole.Marks
		i.FirstSeen, i.LastSeen = earlier(i.FirstSeen, whole.FirstSeen), later(i.LastSeen, whole.LastSeen)
		i.Held = append(i.Held, whole.Held...)
		if c := stricter(i.Conditions, whole.Conditions); c != i.Conditions {
			i.Conditions, i.Status = c, incident.Received
		}
		i.Stand = incident.Confirmed
		return nil
	})
}

func earlier(a, b incident.Moment) incident.Moment {
	if a.IsZero() || !b.IsZero() && b.At.Before(a.At) {
		return b
	}
	return a
}

func later(a, b incident.Moment) incident.Moment {
	if b.At.After(a.At) {
		return b
	}
	return a
}

// stricter joins what two senders asked. Invariant: the strictest label wins.
func stricter(a, b incident.Conditions) incident.Conditions {
	out := incident.Conditions{Label: a.Label, Promise: a.Promise || b.Promise}
	switch {
	case a.Label == tlp.Unknown:
		out.Label = b.Label
	case b.Label != tlp.Unknown:
		out.Label = tlp.Strictest(a.Label, b.Label)
	}
	return out
}

// Split makes several facts of one in prose. The old item is dropped and the new ones are
// proposed, each with its kind still to be looked at.
func (c *Casework) Split(ctx context.Context, a party.Actor, id incident.ID, seen Seen, parts []string) ([]incident.Item, error) {
	if err := allow(a, party.Write); err != nil {
		return nil, err
	}
	old, err := c.store.Item(ctx, a.Org, seen.Item)
	if err != nil {
		return nil, err
	}
	items := []incident.Item{old}
	items[0].Version, items[0].Stand = seen.Version, incident.Dropped
	for _, p := range parts {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		i := old
		i.ID, i.Version, i.Text, i.Stand = "", 0, p, incident.Proposed
		items = append(items, i)
	}
	if len(items) < 3 || !old.Value.IsZero() || seen.Version == 0 {
		return nil, fault.New(fault.Invalid, "casework.split")
	}
	return c.store.PutItems(ctx, a.Org, string(a.Account), id, items)
}

// LastChange gives the items the actor changed last in an incident, as far as they are
// still as that change left them, and the number of the act; 0 if there is nothing to undo.
func (c *Casework) LastChange(ctx context.Context, a party.Actor, id incident.ID) (seen []Seen, act int64, err error) {
	acts, err := c.History(ctx, a, id, 0, MaxAtOnce)
	if err != nil {
		return nil, 0, err
	}
	for k, x := range acts {
		if x.Act != ledger.ItemChanged || x.Actor != string(a.Account) || !x.At.Equal(acts[0].At) || x.Seq != acts[0].Seq-int64(k) {
			break
		}
		seen = append(seen, Seen{incident.ItemID(x.Subject), x.Seq})
	}
	if len(seen) == 0 {
		return nil, 0, nil
	}
	return seen, seen[0].Version, nil
}

// Undo takes the actor's last change of items in an incident back; act is its number as
// LastChange gave it. An item that was new is dropped. It is a change of its own, and can
// itself be undone.
func (c *Casework) Undo(ctx context.Context, a party.Actor, id incident.ID, act int64) ([]incident.Item, error) {
	if err := allow(a, party.Write); err != nil {
		return nil, err
	}
	seen, last, err := c.LastChange(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if act == 0 || act != last {
		return nil, fault.New(fault.Conflict, "store.conflict")
	}
	return c.change(ctx, a, id, seen, func(i *incident.Item) error {
		versions, err := c.store.Versions(ctx, a.Org, string(i.ID))
		if err != nil {
			return err
		}
		if len(versions) < 2 {
			i.Stand = incident.Dropped
			return nil
		}
		if versions[1].Body == nil {
			return fault.New(fault.Conflict, "casework.purged")
		}
		version := i.Version
		if *i, err = store.ItemOf(versions[1].Body); err != nil {
			return err
		}
		i.Version = version
		return nil
	})
}

// History lists what was done in an incident before the act number before, 0 for the end,
// the newest first.
func (c *Casework) History(ctx context.Context, a party.Actor, id incident.ID, before int64, limit int) ([]store.Act, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	return c.store.HistoryOf(ctx, a.Org, id, before, limit)
}

// Ledger lists the organisation's acts before the number before, the newest first, and the
// signed checkpoint of the log, to be kept elsewhere.
func (c *Casework) Ledger(ctx context.Context, a party.Actor, before int64, limit int) ([]store.Act, []byte, error) {
	if !a.May(party.Administer) {
		if err := allow(a, party.Read); err != nil {
			return nil, nil, err
		}
	}
	acts, err := c.store.HistoryPage(ctx, a.Org, before, limit)
	if err != nil {
		return nil, nil, err
	}
	checkpoint, err := c.store.Checkpoint(ctx, a.Org)
	return acts, checkpoint, err
}

// Versions lists what became of one item, the newest first; the body of each is nil where
// it was purged.
func (c *Casework) Versions(ctx context.Context, a party.Actor, item incident.ItemID) ([]store.Version, []incident.Item, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, nil, err
	}
	versions, err := c.store.Versions(ctx, a.Org, string(item))
	if err != nil {
		return nil, nil, err
	}
	items := make([]incident.Item, len(versions))
	for k, v := range versions {
		if v.Body == nil || !json.Valid(v.Body) {
			continue
		}
		if items[k], err = store.ItemOf(v.Body); err != nil {
			return nil, nil, err
		}
	}
	return versions, items, nil
}

// Search lists the organisation's items that hold a text, the newest first.
func (c *Casework) Search(ctx context.Context, a party.Actor, text string, limit int) ([]store.Found, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	return c.store.Search(ctx, a.Org, text, limit)
}

// FindIncidents lists the organisation's incidents whose codename or sort holds a text, or
// that somebody involved in it is called so; the newest first, at most limit.
func (c *Casework) FindIncidents(ctx context.Context, a party.Actor, text string, limit int) ([]Record, error) {
	if err := allow(a, party.Read); err != nil {
		return nil, err
	}
	fold := func(s string) string { return strings.ToLower(norm.NFKC.String(s)) }
	want := fold(strings.TrimSpace(text))
	if len([]rune(want)) < 2 {
		return nil, nil
	}
	incidents, err := c.store.Incidents(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	cases, err := c.store.AllObjects(ctx, a.Org, sortCase)
	if err != nil {
		return nil, err
	}
	about := map[string]Record{}
	for _, o := range cases {
		r := Record{Version: o.Version}
		if err := o.Value(&r.Case); err != nil {
			return nil, err
		}
		about[o.ID] = r
	}
	var out []Record
	for _, i := range slices.Backward(incidents) {
		r := about[string(i.ID)]
		r.Incident = i
		said := i.Codename + "\n" + r.Sort
		for _, x := range r.Involved {
			said += "\n" + x.Name
		}
		if strings.Contains(fold(said), want) && len(out) < limit {
			out = append(out, r)
		}
	}
	return out, nil
}
