package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
)

// A card is one item on the desk.
type card struct {
	incident.Item
	exchange.Outlook
	Known bool // the gate has an opinion: there is a profile
}

// Chip is the word for what the gate would do: "share", and "waiting" before a person has
// looked.
func (c card) Chip() string {
	switch {
	case c.Stand == incident.Proposed:
		return "waiting"
	case !c.Known:
		return "no-profile"
	}
	return c.Treatment
}

// A lane is one class of the record.
type lane struct {
	Class   incident.Class
	Cards   []card
	All     int
	Waiting int
}

// More says how many cards the lane does not show.
func (l lane) More() int { return l.All - len(l.Cards) }

// laneSize is how many cards a lane shows before it has a page of its own.
const laneSize = 40

type deskBody struct {
	casework.Record
	casework.Tally
	Lanes    []lane
	Newest   int64 // version of the newest item, so that what comes later is not confirmed unseen
	Papers   []casework.Paper
	Timeline timeline
	Todo     []todo
	Waits    []wait
	UndoAct  int64
	Undoable int
	Kinds    []incident.Kind
}

func (a *asking) incidentID() incident.ID { return incident.ID(a.r.PathValue("incident")) }

func (a *asking) desk() error {
	id := a.incidentID()
	b := deskBody{Kinds: incident.Kinds()}
	var err error
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, id); err != nil {
		return err
	}
	items, err := a.Casework.Items(a.ctx(), a.actor, id)
	if err != nil {
		return err
	}
	looks, err := a.Office.Outlook(a.ctx(), a.actor, id, items)
	if err != nil {
		return err
	}
	b.Lanes, b.Tally = lanes(items, looks, laneSize)
	for _, i := range items {
		b.Newest = max(b.Newest, i.Version)
	}
	if b.Papers, err = a.Casework.Papers(a.ctx(), a.actor, id); err != nil {
		return err
	}
	releases, err := a.Office.Releases(a.ctx(), a.actor, id)
	if err != nil {
		return err
	}
	if b.Todo, b.Waits, err = a.next(b, looks != nil, items, releases); err != nil {
		return err
	}
	if a.actor.May(party.Write) {
		seen, act, err := a.Casework.LastChange(a.ctx(), a.actor, id)
		if err != nil {
			return err
		}
		b.UndoAct, b.Undoable = act, len(seen)
	}
	b.Timeline = a.timeline(b.Record, items, releases)
	a.show(http.StatusOK, "desk", "web.desk", b)
	return nil
}

// lanes lays the items out by class, those that wait for somebody first, and counts them.
func lanes(items []incident.Item, looks map[incident.ItemID]exchange.Outlook, most int) ([]lane, casework.Tally) {
	out := []lane{{Class: incident.Technical}, {Class: incident.Between}, {Class: incident.Response}}
	var t casework.Tally
	for _, i := range items {
		if i.Stand == incident.Dropped || i.Stand == incident.Merged {
			continue
		}
		l := &out[slices.IndexFunc(out, func(l lane) bool { return l.Class == i.Class() })]
		look, known := looks[i.ID]
		l.Cards = append(l.Cards, card{i, look, known})
		l.All++
		t.Items++
		if i.Stand == incident.Proposed {
			l.Waiting++
			t.Waiting++
		}
	}
	for k := range out {
		slices.SortStableFunc(out[k].Cards, func(a, b card) int {
			return cmp.Or(boolOrder(a.Stand == incident.Proposed, b.Stand == incident.Proposed), cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind)))
		})
		if most > 0 && len(out[k].Cards) > most {
			out[k].Cards = out[k].Cards[:most]
		}
	}
	t.Technical, t.Between, t.Damage = out[0].All, out[1].All, out[2].All
	return out, t
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func kindOrder(k incident.Kind) int { return slices.Index(incident.Kinds(), k) }

type laneBody struct {
	casework.Record
	lane
	Newest int64
	Kinds  []incident.Kind
}

// lane shows all of one class.
func (a *asking) lane() error {
	id, class := a.incidentID(), incident.Class(a.r.PathValue("class"))
	r, err := a.Casework.Record(a.ctx(), a.actor, id)
	if err != nil {
		return err
	}
	items, err := a.Casework.Items(a.ctx(), a.actor, id)
	if err != nil {
		return err
	}
	looks, err := a.Office.Outlook(a.ctx(), a.actor, id, items)
	if err != nil {
		return err
	}
	all, _ := lanes(items, looks, 0)
	at := slices.IndexFunc(all, func(l lane) bool { return l.Class == class })
	if at < 0 {
		return notFound()
	}
	b := laneBody{Record: r, lane: all[at], Kinds: incident.Kinds()}
	for _, i := range items {
		b.Newest = max(b.Newest, i.Version)
	}
	a.show(http.StatusOK, "lane", "web.class."+string(class), b)
	return nil
}

// A todo is something that can be done now: 今できること. Why leads to the guidance.
type todo struct {
	Token string
	Args  []any
	Href  string
	Why   string // number of a question of the guidance
	Main  bool
}

// A wait is something that waits for somebody.
type wait struct {
	Token string
	Who   string
	Href  string
	Until time.Time
}

// next works out what can be done now and what waits for whom.
func (a *asking) next(b deskBody, guarded bool, items []incident.Item, releases []exchange.Release) ([]todo, []wait, error) {
	at := "/incidents/" + string(b.ID)
	var todos []todo
	var waits []wait
	ready := 0
	for _, i := range items {
		if i.Stand == incident.Confirmed && i.Class() == incident.Technical {
			ready++
		}
	}
	names, err := a.Accounts.Colleagues(a.ctx(), a.actor)
	if err != nil {
		return nil, nil, err
	}
	under := false
	for _, r := range releases {
		switch r.State {
		case exchange.Composed:
			under = true
			waits = append(waits, wait{"web.wait.approval", approvers(names, r.ComposedBy, a.lang.Text("web.comma")), "/releases/" + string(r.ID), time.Time{}})
		case exchange.Approved:
			under = true
			waits = append(waits, wait{"web.wait.undo", names[r.JudgedBy].Name, "/releases/" + string(r.ID), r.LeavesAt})
		}
	}
	if b.Waiting > 0 {
		waits = append(waits, wait{Token: "web.wait.items", Who: a.lang.Text("web.wait.items.who")})
	}
	switch {
	case len(items) == 0:
		todos = append(todos, todo{Token: "web.todo.paste", Href: "#intake", Why: "1", Main: true})
	case !guarded:
		todos = append(todos, todo{Token: "web.todo.profile", Href: "/profile", Why: "25", Main: true})
	case b.Waiting > 0 && ready == 0:
		todos = append(todos, todo{Token: "web.todo.confirm", Args: []any{b.Waiting}, Href: "#confirm-all", Why: "10", Main: true})
	case ready > 0 && !under && a.actor.May(party.Compose):
		todos = append(todos, todo{Token: "web.todo.share", Args: []any{ready}, Href: at + "/share", Why: "6", Main: true})
	}
	t, err := a.clockTodo(b.ID, at)
	if err != nil {
		return nil, nil, err
	}
	todos = append(todos, t...)
	for _, flow := range []string{"sharing", "publication"} {
		t, err := a.flowTodo(b.ID, flow, at)
		if err != nil {
			return nil, nil, err
		}
		todos = append(todos, t...)
	}
	return todos, waits, nil
}

// approvers names who could say yes.
func approvers(all map[party.AccountID]account.Account, composer party.AccountID, comma string) string {
	var names []string
	for id, a := range all {
		if id != composer && !a.Disabled && slices.Contains(a.Hats, party.Approver) {
			names = append(names, a.Name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, comma)
}
