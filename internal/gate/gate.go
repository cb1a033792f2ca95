// Package gate decides what may leave, and is the only place that does.
//
// A Gate is built from the profile of the organisation it guards. Clear looks at each item
// of an incident and composes, for those that may leave, new facts of typed values: it
// never takes a text and removes parts of it. Everything it is not sure of stays, with the
// reason, the point of the guidance that reason rests on, and what would free it.
//
// It fails closed. No profile, no audience, no label, an unknown kind, type or role: nobody
// gets anything. What it composed is looked through once more, in every spelling and
// encoding package disguise knows, before it is handed out; Inspect does the same with the
// bytes an encoder made of it.
package gate

import (
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A Treatment is what the gate does with an item.
type Treatment string

const (
	Share       Treatment = "share"       // leaves as it is
	Generalise  Treatment = "generalise"  // leaves as a pattern, a host or a coarser date
	HubOnly     Treatment = "hub-only"    // leaves to a hub or coordinator, not to members
	Coordinator Treatment = "coordinator" // leaves to a coordinator only: 要調整
	Withhold    Treatment = "withhold"    // stays: 非共有
)

// permits says whether a treatment lets an item go as far as r.
func (t Treatment) permits(r party.Reach) bool {
	switch t {
	case Share, Generalise:
		return r != party.Nobody
	case HubOnly:
		return r == party.Hub || r == party.Coordinator
	case Coordinator:
		return r == party.Coordinator
	}
	return false
}

// A Request is what somebody wants to send, to whom, and under which label.
type Request struct {
	Items []incident.Item
	Reach party.Reach
	Label tlp.Label

	// Outage says that people outside can see that something stopped. Dates are then
	// coarsened to the month, because the day would show whose incident it is.
	Outage bool
}

// A Decision is what became of one item.
type Decision struct {
	Item      int // index in Request.Items
	Treatment Treatment
	Reason    incident.Reason
	Frees     string // token for what would free it; empty for an item that leaves
	Leaves    bool   // whether a fact of it is in Cleared

	// Betrayed lists the terms that would have shown who it is about. For the
	// organisation's own eyes.
	Betrayed []disguise.Hit
}

// A Result is what leaves and why the rest does not.
type Result struct {
	Cleared   parcel.Cleared
	Decisions []Decision // one for each item, in order
}

// A Gate guards one organisation. It is safe for concurrent use.
type Gate struct {
	finder  *disguise.Finder
	profile incident.Profile
}

// New builds a gate. A profile that identifies nobody, or one with a term that cannot be
// looked for, is refused: fault.Invalid.
func New(p incident.Profile) (*Gate, error) {
	if p.IsZero() {
		return nil, fault.New(fault.Invalid, "gate.no-profile")
	}
	finder, advice := disguise.Compile(p.Terms())
	for _, a := range advice {
		if a.Refused() {
			return nil, fault.New(fault.Invalid, "gate.bad-term", a.Code)
		}
	}
	return &Gate{finder, p}, nil
}

// Clear decides on every item. It refuses a request without audience or label:
// fault.Usage. That nothing may leave is not an error: Cleared is then empty.
func (g *Gate) Clear(r Request) (Result, error) {
	switch {
	case g == nil:
		return Result{}, fault.New(fault.Invalid, "gate.no-profile")
	case r.Reach == party.Nobody:
		return Result{}, fault.New(fault.Usage, "gate.no-audience")
	case r.Label == tlp.Unknown:
		return Result{}, fault.New(fault.Usage, "gate.no-label")
	}
	c := &clearing{Gate: g, request: r, rules: rules(), held: heldFinder(r.Items), telling: g.tellingFiles(r.Items), known: map[string]int{}, groups: map[string]int{}}
	for i, item := range r.Items {
		d, facts := c.decide(item)
		d.Item = i
		if d.Treatment.permits(r.Reach) && len(facts) > 0 {
			d.Leaves, d.Frees = true, ""
			c.add(facts)
		}
		c.decisions = append(c.decisions, d)
	}
	return Result{parcel.Clear(c.facts, r.Label, r.Reach), c.decisions}, nil
}

// A clearing is one call of Clear under way.
type clearing struct {
	*Gate
	request   Request
	rules     []rule
	held      *disguise.Finder // words of vulnerabilities that nobody has fixed yet
	telling   map[string]bool  // files whose name tells whose they are, by Item.Subject
	facts     []parcel.Fact
	decisions []Decision
	known     map[string]int // identityOf → index in facts
	groups    map[string]int // file an item describes → Fact.Group
}

// tellingFiles finds the files of data whose name would betray somebody. Such a file was
// taken from one victim, and looking up its digest shows which.
func (g *Gate) tellingFiles(items []incident.Item) map[string]bool {
	telling := map[string]bool{}
	for _, i := range items {
		if i.Subject != "" && i.Value.Type == indicator.File && i.Value.Hash == indicator.NoHash && container(i.Value.Value) && g.finder.Contains(i.Value.Value) {
			telling[i.Subject] = true
		}
	}
	return telling
}

// container says whether a file of that name holds somebody's data. A program that bears a
// victim's name may be spread to many.
func container(name string) bool {
	switch strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]) {
	case "zip", "7z", "rar", "tar", "gz", "tgz", "lzh", "cab", "db", "sql", "bak", "mdb", "accdb", "csv", "tsv", "txt", "pst", "json",
		"doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "jpg", "png", "vmdk", "vhdx":
		return true
	}
	return false
}

// Owner of terms that are held for a coordinator.
const ofHeld disguise.Owner = "held"

func heldFinder(items []incident.Item) *disguise.Finder {
	var terms []disguise.Term
	for _, i := range items {
		for _, h := range i.Held {
			terms = append(terms, disguise.Term{Text: h, Class: disguise.Name, Owner: ofHeld})
		}
	}
	f, _ := disguise.Compile(terms)
	return f
}

// add keeps facts that are not there yet. Where one value comes twice, the wider time
// span and the surer status win.
func (c *clearing) add(facts []parcel.Fact) {
	for _, f := range facts {
		key := identityOf(f)
		if at, known := c.known[key]; known {
			old := &c.facts[at]
			old.Suspected = old.Suspected && f.Suspected
			old.First, old.Last = earliest(old.First, f.First), max(old.Last, f.Last)
			if old.Role == "" {
				old.Role = f.Role
			}
			continue
		}
		c.known[key] = len(c.facts)
		c.facts = append(c.facts, f)
	}
}

// identityOf gives what makes two facts the same: everything but what was seen of them.
func identityOf(f parcel.Fact) string {
	return strings.Join(append([]string{
		string(rune(f.Sort)), string(f.Value.Type), string(f.Value.Hash), f.Value.Value, f.Family, strconv.Itoa(len(f.Like)),
	}, f.Like...), "\x00")
}

// Finder gives what the gate looks for names with, so that items can be proposed with the
// same eyes.
func (g *Gate) Finder() *disguise.Finder { return g.finder }
