package web

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/tlp"
)

// effectBody is what became of a parcel.
type effectBody struct {
	parcel.Effect
	Community parcel.Community
	Hub       bool
	Late      bool // answers were asked for by a day that is over
	Fade      []fadeBar
	Labels    []tlp.Label
	Actions   []parcel.Action
	Reasons   []parcel.Reason
	Others    []parcel.ID // of ours, that could replace it
}

// Sooner says how long after it was passed on somebody fetched it, in hours.
func (b effectBody) Sooner(t time.Time) int { return int(t.Sub(b.At).Hours()) }

// A fadeBar is how much of the attack the receivers' logs still hold on a day.
type fadeBar struct {
	At      time.Time
	Percent int
	X, Y, H int
}

func (a *asking) parcelID() parcel.ID { return parcel.ID(a.r.PathValue("parcel")) }

// effect shows who could act on what was shared, and what came back.
func (a *asking) effect() error {
	e, err := a.Relay.Effect(a.ctx(), a.actor, a.parcelID())
	if err != nil {
		return err
	}
	b := effectBody{
		Effect:  e,
		Actions: []parcel.Action{parcel.Retract, parcel.Narrow, parcel.Tighten, parcel.Correct},
		Reasons: []parcel.Reason{parcel.FalsePositive, parcel.WrongValue, parcel.WrongAudience, parcel.Harm, parcel.OwnerRequest, parcel.Other},
		Fade:    fade(windowOf(e), e.At), Late: e.Overdue(a.Now()),
	}
	for _, l := range []tlp.Label{tlp.Green, tlp.Amber, tlp.AmberStrict, tlp.Red} {
		if l > e.Label {
			b.Labels = append(b.Labels, l)
		}
	}
	if b.Community, err = a.Office.Community(a.ctx(), a.actor, e.Community); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	sent, err := a.Relay.Sent(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	b.Hub = true // and not who shared it
	for _, d := range sent {
		if d.Parcel == e.Parcel {
			b.Hub = false
		} else {
			b.Others = append(b.Others, d.Parcel)
		}
	}
	a.show(http.StatusOK, "effect", "web.effect", b)
	return nil
}

// windowOf says when sharing helps, by what the receivers' logs hold.
func windowOf(e parcel.Effect) parcel.Window {
	w := parcel.Window{}
	if first, err := time.Parse(time.DateOnly, e.First); err == nil {
		w.First, w.Last = first, e.At
	}
	for _, r := range e.Receivers {
		w.LogDays = append(w.LogDays, cmp.Or(r.Days, defaultLogDays))
	}
	return w
}

// A reachNote says how much of the attack a community's logs still hold.
type reachNote struct {
	Name           string
	Short, Members int
	Percent        int
	Ends           time.Time
}

// reachNotes looks at the communities whose members' logs do not hold all of the attack any
// more, or will not for long.
func reachNotes(items []incident.Item, all []parcel.Community, now time.Time) []reachNote {
	w := parcel.Window{}
	for _, i := range items {
		if i.Stand != incident.Confirmed || i.Status == incident.Received || i.FirstSeen.IsZero() || i.Class() != incident.Technical {
			continue
		}
		if at := i.FirstSeen.At; w.First.IsZero() || at.Before(w.First) {
			w.First = at
		}
		for _, at := range []time.Time{i.FirstSeen.At, i.LastSeen.At} {
			if at.After(w.Last) {
				w.Last = at
			}
		}
	}
	var out []reachNote
	for _, c := range all {
		w.LogDays = nil
		for _, m := range c.Members {
			w.LogDays = append(w.LogDays, cmp.Or(m.LogDays, c.LogDays, defaultLogDays))
		}
		const soon = 14 * 24 * time.Hour
		short := w.Short(now)
		begins, ends := w.Closes()
		if !begins.IsZero() && (short > 0 || begins.Sub(now) < soon) {
			out = append(out, reachNote{c.Name, short, len(c.Members), int(w.Value(now) * 100), ends})
		}
	}
	return out
}

// defaultLogDays stands where nobody said how long logs are kept.
const defaultLogDays = 90

// fade draws the value of sharing from the day it left to the day nobody's logs reach back.
func fade(w parcel.Window, from time.Time) []fadeBar {
	const bars, step, high = 24, 26, 60
	_, ends := w.Closes()
	if !ends.After(from) {
		return nil
	}
	var out []fadeBar
	for k := range bars {
		at := from.Add(ends.Sub(from) * time.Duration(k) / (bars - 1))
		v := w.Value(at)
		h := int(v * high)
		out = append(out, fadeBar{At: at, Percent: int(v * 100), X: k * step, Y: high - h, H: h})
	}
	return out
}

func (a *asking) recall() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	o := relay.Order{Action: parcel.Action(a.form("action")), Reason: parcel.Reason(a.form("reason")), ReplacedBy: parcel.ID(a.form("replaced-by"))}
	for _, e := range a.r.PostForm["except"] {
		o.Except = append(o.Except, party.OrgID(e))
	}
	var err error
	if o.Action == parcel.Tighten {
		if o.Stricter, err = tlp.Parse(a.form("label")); err != nil {
			return fault.New(fault.Invalid, "relay.recall.stricter")
		}
	}
	if err := a.Relay.Recall(a.ctx(), a.actor, a.parcelID(), o); err != nil {
		return err
	}
	return a.didIt("/parcels/"+string(a.parcelID()), "recalled", 0)
}

// readAnswer lets the sentences of an answer go on to who shared, as the hub.
func (a *asking) readAnswer() error {
	if err := a.Relay.Read(a.ctx(), a.actor, a.parcelID(), a.r.PathValue("answer")); err != nil {
		return err
	}
	return a.didIt("/parcels/"+string(a.parcelID()), "answer-read", 0)
}

// inboxBody is what others shared, for an incident to take from.
type inboxBody struct {
	casework.Record
	Shared   []parcel.Shared
	Arrivals []parcel.Arrival // from servers that are followed
}

func (a *asking) inbox() error {
	var b inboxBody
	var err error
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, a.incidentID()); err != nil {
		return err
	}
	all, err := a.Relay.Shared(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Reading {
			b.Shared = append(b.Shared, s)
		}
	}
	if b.Arrivals, err = a.Relay.Arrivals(a.ctx(), a.actor); err != nil {
		return err
	}
	const most = 100
	b.Arrivals = b.Arrivals[:min(most, len(b.Arrivals))]
	a.show(http.StatusOK, "inbox", "web.inbox", b)
	return nil
}

// takeShared proposes what others shared as items of an incident. The right to write is
// asked first: opening a parcel leaves a receipt.
func (a *asking) takeShared() error {
	if !a.actor.May(party.Write) {
		return fault.New(fault.Forbidden, "casework.right", string(party.Write))
	}
	if _, err := a.Casework.Record(a.ctx(), a.actor, a.incidentID()); err != nil {
		return err
	}
	_, sheet, err := a.Relay.Open(a.ctx(), a.actor, a.parcelID())
	if err != nil {
		return err
	}
	in, err := a.Casework.TakeShared(a.ctx(), a.actor, a.incidentID(), a.parcelID(), sheet)
	if err != nil {
		return err
	}
	return a.didIt("/incidents/"+string(a.incidentID()), "took-shared", in.Items)
}

// heldBody is what members brought to a hub that did not go on.
type heldBody struct {
	Community parcel.Community
	Brought   []parcel.Brought
	Passed    []parcel.Passed
}

func (a *asking) held() error {
	id := parcel.CommunityID(a.r.PathValue("community"))
	c, err := a.Office.Community(a.ctx(), a.actor, id)
	if err != nil {
		return err
	}
	if c.Hub.Org != a.actor.Org {
		return notFound()
	}
	b := heldBody{Community: c}
	if b.Brought, err = a.Relay.Brought(a.ctx(), a.actor, id); err != nil {
		return err
	}
	if b.Passed, err = a.Relay.Passed(a.ctx(), a.actor, id); err != nil {
		return err
	}
	a.show(http.StatusOK, "held", "web.held", b)
	return nil
}

// link connects the organisation to a community whose hub is another wakachi.
func (a *asking) link() error {
	if !a.actor.May(party.Administer) {
		return fault.New(fault.Forbidden, "casework.right", string(party.Administer))
	}
	if a.Courier == nil {
		return fault.New(fault.Unavailable, "web.no-courier")
	}
	id := parcel.CommunityID(strings.TrimSpace(a.form("community")))
	if _, err := a.Relay.Link(a.ctx(), a.actor, a.Courier, strings.TrimSpace(a.form("url")), strings.TrimSpace(a.form("token")), id); err != nil {
		return err
	}
	return a.didIt("/communities", "linked", 0)
}
