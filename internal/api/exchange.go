package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/tlp"
)

// exchange registers what goes between organisations.
func (h *handler) exchange(api huma.API) {
	h.receiving(api)
	h.sharing(api)
	h.linking(api)
}

// ParcelPath names a parcel in an address.
type ParcelPath struct {
	Parcel string `path:"parcel"`
}

// receiving is what a receiver does.
func (h *handler) receiving(api huma.API) {
	operation(api, http.MethodGet, "/shared", "list-shared", "What others shared with the organisation, the newest first",
		func(ctx context.Context, a party.Actor, _ *struct{}) (*Answer[[]Shared], error) {
			all, err := h.Relay.Shared(ctx, a)
			out := []Shared{}
			for _, s := range all {
				out = append(out, sharedForm(s))
			}
			return answer(out, err)
		})
	operation(api, http.MethodGet, "/shared/{parcel}", "get-shared", "One of them, as people read it; that it was read is noted",
		func(ctx context.Context, a party.Actor, in *ParcelPath) (*Answer[SharedSheet], error) {
			s, sheet, err := h.Relay.Open(ctx, a, parcel.ID(in.Parcel))
			return answer(SharedSheet{sharedForm(s), sheet}, err)
		})
	operation(api, http.MethodPost, "/shared/{parcel}/answers", "answer-shared", "Tell what was found: found, not found, no logs, or unable to search",
		func(ctx context.Context, a party.Actor, in *struct {
			ParcelPath
			Body Feedback
		}) (*Answer[Shared], error) {
			reply, err := in.Body.reply()
			if err != nil {
				return nil, err
			}
			if err := h.Relay.Answer(ctx, a, parcel.ID(in.Parcel), reply); err != nil {
				return nil, err
			}
			s, err := h.Relay.Look(ctx, a, parcel.ID(in.Parcel))
			return answer(sharedForm(s), err)
		})
	operation(api, http.MethodGet, "/shared/{parcel}/search", "get-search", "What a search in the organisation's own logs came to; absent where none are searched",
		func(ctx context.Context, a party.Actor, in *ParcelPath) (*Answer[parcel.Search], error) {
			return answer(h.searched(ctx, a, parcel.ID(in.Parcel)))
		})
	operation(api, http.MethodPost, "/shared/{parcel}/search", "search-again", "Search the organisation's own logs again, soon",
		func(ctx context.Context, a party.Actor, in *ParcelPath) (*Answer[parcel.Search], error) {
			if err := h.Watch.Search(ctx, a, parcel.ID(in.Parcel)); err != nil {
				return nil, err
			}
			return answer(h.searched(ctx, a, parcel.ID(in.Parcel)))
		})
	operation(api, http.MethodPost, "/shared/{parcel}/acknowledgement", "acknowledge-recall", "Say that what was recalled was deleted, or why it cannot be",
		func(ctx context.Context, a party.Actor, in *struct {
			ParcelPath
			Body struct {
				Done   bool   `json:"done"`
				Reason string `json:"reason,omitempty" doc:"not-held, passed-on, kept-by-law, not-possible, other"`
			}
		}) (*Answer[Shared], error) {
			if err := h.Relay.Acknowledge(ctx, a, parcel.ID(in.Parcel), in.Body.Done, parcel.Reason(in.Body.Reason)); err != nil {
				return nil, err
			}
			s, err := h.Relay.Look(ctx, a, parcel.ID(in.Parcel))
			return answer(sharedForm(s), err)
		})
	operation(api, http.MethodGet, "/shared/{parcel}/tally", "get-tally", "How many found it, once three have answered; absent before",
		func(ctx context.Context, a party.Actor, in *ParcelPath) (*Answer[Numbers], error) {
			t, ok, err := h.Relay.Tally(ctx, a, parcel.ID(in.Parcel))
			if !ok {
				return answer(Numbers{}, err)
			}
			return answer(Numbers{&t}, err)
		})
	operation(api, http.MethodPost, "/incidents/{incident}/shared/{parcel}", "take-shared", "Propose what others shared as items of an incident",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			ParcelPath
		}) (*Answer[TakenIn], error) {
			_, sheet, err := h.Relay.Open(ctx, a, parcel.ID(in.Parcel))
			if err != nil {
				return nil, err
			}
			got, err := h.Casework.TakeShared(ctx, a, in.id(), parcel.ID(in.Parcel), sheet)
			return answer(TakenIn{got.Items, got.Again, len(got.Passed)}, err)
		})
}

// searched gives what was found in the logs of the actor's organisation.
func (h *handler) searched(ctx context.Context, a party.Actor, id parcel.ID) (parcel.Search, error) {
	s, err := h.Relay.Look(ctx, a, id)
	if err != nil {
		return parcel.Search{}, err
	}
	found, err := h.Watch.Results(ctx, a, s)
	if err != nil {
		return parcel.Search{}, err
	}
	x, ok := found[id]
	if !ok {
		return x, fault.New(fault.NotFound, "store.not-found")
	}
	return x, nil
}

// sharing is what a sharer does after a release, and its hub.
func (h *handler) sharing(api huma.API) {
	operation(api, http.MethodGet, "/parcels/{parcel}/effect", "get-effect", "Who could read it, who fetched it, what came back",
		func(ctx context.Context, a party.Actor, in *ParcelPath) (*Answer[Effect], error) {
			e, err := h.Relay.Effect(ctx, a, parcel.ID(in.Parcel))
			return answer(effectForm(e), err)
		})
	operation(api, http.MethodPost, "/parcels/{parcel}/recall", "recall-parcel", "Take it back, from everybody or from some",
		func(ctx context.Context, a party.Actor, in *struct {
			ParcelPath
			Body Recall
		}) (*Answer[Effect], error) {
			o, err := in.Body.order()
			if err != nil {
				return nil, err
			}
			if err := h.Relay.Recall(ctx, a, parcel.ID(in.Parcel), o); err != nil {
				return nil, err
			}
			e, err := h.Relay.Effect(ctx, a, parcel.ID(in.Parcel))
			if fault.KindOf(err) == fault.Conflict { // it goes to a hub elsewhere
				e, err = parcel.Effect{Parcel: parcel.ID(in.Parcel), State: parcel.Waiting}, nil
			}
			return answer(effectForm(e), err)
		})
	operation(api, http.MethodPost, "/parcels/{parcel}/answers/{answer}/read", "read-answer", "As the hub, let the sentences of an answer go on",
		func(ctx context.Context, a party.Actor, in *struct {
			ParcelPath
			Answer string `path:"answer"`
		}) (*Answer[Effect], error) {
			if err := h.Relay.Read(ctx, a, parcel.ID(in.Parcel), in.Answer); err != nil {
				return nil, err
			}
			e, err := h.Relay.Effect(ctx, a, parcel.ID(in.Parcel))
			return answer(effectForm(e), err)
		})
}

// CommunityPath names a community in an address.
type CommunityPath struct {
	Community string `path:"community"`
}

// linking is what one wakachi says to another, and how a person connects them.
func (h *handler) linking(api huma.API) {
	operation(api, http.MethodGet, "/communities/{community}/circle", "get-circle", "What a member's own wakachi must know of a community",
		func(ctx context.Context, a party.Actor, in *CommunityPath) (*Answer[json.RawMessage], error) {
			return h.circle(ctx, a, parcel.CommunityID(in.Community))
		})
	operation(api, http.MethodPut, "/communities/{community}/key", "register-key", "Register the key and the pseudonym under which the member's own wakachi seals",
		func(ctx context.Context, a party.Actor, in *struct {
			CommunityPath
			Body struct {
				Hub      string `json:"hub"`
				Key      string `json:"key" doc:"Ed25519 public key, base64"`
				Identity string `json:"identity" doc:"identity--UUIDv4"`
			}
		}) (*Answer[json.RawMessage], error) {
			id := parcel.CommunityID(in.Community)
			if err := h.Relay.Register(ctx, a, party.OrgID(in.Body.Hub), id, in.Body.Key, party.Pseudonym(in.Body.Identity)); err != nil {
				return nil, err
			}
			return h.circle(ctx, a, id)
		})
	operation(api, http.MethodGet, "/communities/{community}/held", "list-held", "As the hub: what members brought that did not go on, and why",
		func(ctx context.Context, a party.Actor, in *CommunityPath) (*Answer[[]Held], error) {
			all, err := h.Relay.Brought(ctx, a, parcel.CommunityID(in.Community))
			out := []Held{}
			for _, b := range all {
				out = append(out, Held{string(b.Parcel), b.From, b.At, b.Waiting, b.Held})
			}
			return answer(out, err)
		})
}

// circle is what one wakachi tells another, in the form both know.
func (h *handler) circle(ctx context.Context, a party.Actor, id parcel.CommunityID) (*Answer[json.RawMessage], error) {
	c, err := h.Relay.Circle(ctx, a, id)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(c)
	return answer(json.RawMessage(body), err)
}

// Shared is a parcel as one of its receivers may know it.
type Shared struct {
	Parcel     string     `json:"parcel"`
	Community  string     `json:"community"`
	Name       string     `json:"name" doc:"of the community"`
	At         time.Time  `json:"at"`
	Label      string     `json:"label"`
	Facts      int        `json:"facts"`
	Readable   bool       `json:"readable"`
	Ask        string     `json:"ask,omitempty"`
	AskDue     string     `json:"ask_due,omitempty"`
	Until      string     `json:"until,omitempty"`
	Conditions string     `json:"conditions,omitempty"`
	Answered   *time.Time `json:"answered,omitempty"`
	Recall     *Notice    `json:"recall,omitempty"`
}

// Notice tells that something was taken back.
type Notice struct {
	Recall       string     `json:"recall"`
	Action       string     `json:"action"`
	Reason       string     `json:"reason"`
	At           time.Time  `json:"at"`
	Due          *time.Time `json:"due,omitempty"`
	ReplacedBy   string     `json:"replaced_by,omitempty"`
	Acknowledged *time.Time `json:"acknowledged,omitempty"`
	Done         bool       `json:"done,omitempty"`
}

// SharedSheet is a parcel with its contents.
type SharedSheet struct {
	Shared
	Sheet parcel.Sheet `json:"sheet"`
}

// TakenIn counts what was proposed.
type TakenIn struct {
	Proposed int `json:"proposed"`
	Again    int `json:"again" doc:"the incident had them"`
	Passed   int `json:"passed" doc:"lines that are no value"`
}

// Numbers are how many found it; null until three have answered.
type Numbers struct {
	Tally *parcel.Tally `json:"tally"`
}

func sharedForm(s parcel.Shared) Shared {
	return Shared{
		Parcel: string(s.Parcel), Community: string(s.Community), Name: s.Name, At: s.At, Label: s.Label.String(), Facts: s.Facts, Readable: s.Reading,
		Ask: s.Letter.Ask, AskDue: dayForm(s.Letter.AskDue), Until: dayForm(s.Letter.Until), Conditions: s.Letter.Conditions,
		Answered: instant(s.Answered), Recall: noticeForm(s.Recall),
	}
}

func noticeForm(n *parcel.Notice) *Notice {
	if n == nil {
		return nil
	}
	return &Notice{n.ID, string(n.Action), string(n.Reason), n.At, instant(n.Due), string(n.ReplacedBy), instant(n.Acknowledged), n.Done}
}

// instant gives a time that may be absent.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func dayForm(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// Feedback is an answer to what was shared.
type Feedback struct {
	Finding   string    `json:"finding" enum:"found,not-found,no-logs,cannot-search"`
	About     []string  `json:"about,omitempty" doc:"ids of objects; absent: the whole parcel"`
	Logs      string    `json:"logs,omitempty" enum:"proxy,dns,firewall,endpoint,mail,cloud,other"`
	From      string    `json:"from,omitempty" doc:"of the period that was searched: a date or RFC 3339"`
	To        string    `json:"to,omitempty"`
	Coverage  *int      `json:"coverage,omitempty" minimum:"0" maximum:"100" doc:"percent of the systems that were searched"`
	Tool      string    `json:"tool,omitempty"`
	Count     int       `json:"count,omitempty"`
	FirstSeen string    `json:"first_seen,omitempty"`
	LastSeen  string    `json:"last_seen,omitempty"`
	Remarks   []Remark  `json:"remarks,omitempty"`
	Named     bool      `json:"named,omitempty" doc:"who shared may learn whose answer it is"`
	At        time.Time `json:"at,omitzero" readOnly:"true"`
	ID        string    `json:"id,omitempty" readOnly:"true"`
	Name      string    `json:"name,omitempty" readOnly:"true"`
	Unread    bool      `json:"unread,omitempty" readOnly:"true" doc:"its sentences wait for the hub to read them"`
}

// Remark is a sentence that comes with an answer.
type Remark struct {
	Kind string   `json:"kind" enum:"further-indicators,false-positive,mitigation,correction"`
	Text string   `json:"text,omitempty"`
	Refs []string `json:"refs,omitempty"`
}

func (f Feedback) reply() (parcel.Reply, error) {
	x := parcel.Reply{Named: f.Named, Answer: parcel.Answer{
		Finding: parcel.Finding(f.Finding), About: f.About, Logs: parcel.LogKind(f.Logs), Tool: f.Tool, Count: f.Count,
	}}
	if f.Coverage != nil {
		x.Coverage, x.Covered = *f.Coverage, true
	}
	for _, r := range f.Remarks {
		x.Remarks = append(x.Remarks, parcel.Remark{Kind: parcel.RemarkKind(r.Kind), Text: r.Text, Refs: r.Refs})
	}
	for _, t := range []struct {
		text string
		into *time.Time
	}{{f.From, &x.From}, {f.To, &x.To}, {f.FirstSeen, &x.FirstSeen}, {f.LastSeen, &x.LastSeen}} {
		at, err := dateOrTime(t.text)
		if err != nil {
			return x, err
		}
		*t.into = at
	}
	return x, nil
}

func dateOrTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fault.New(fault.Invalid, "relay.answer.period")
	}
	return t.UTC(), nil
}

func feedbackForm(r parcel.Returned) Feedback {
	f := Feedback{
		Finding: string(r.Finding), About: r.About, Logs: string(r.Logs), From: timeForm(r.From), To: timeForm(r.To), Tool: r.Tool, Count: r.Count,
		FirstSeen: timeForm(r.FirstSeen), LastSeen: timeForm(r.LastSeen), At: r.At, ID: r.ID, Name: r.Name, Unread: r.Unread,
	}
	if r.Covered {
		f.Coverage = &r.Coverage
	}
	for _, m := range r.Remarks {
		f.Remarks = append(f.Remarks, Remark{string(m.Kind), m.Text, m.Refs})
	}
	return f
}

func timeForm(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// Recall is what is taken back of a parcel.
type Recall struct {
	Action     string   `json:"action" enum:"retract,narrow,tighten,correct"`
	Reason     string   `json:"reason" enum:"false-positive,wrong-value,wrong-audience,harm,owner-request,other"`
	Except     []string `json:"except,omitempty" doc:"of narrow: organisations that are to have it no longer"`
	Label      string   `json:"label,omitempty" doc:"of tighten"`
	ReplacedBy string   `json:"replaced_by,omitempty" doc:"of correct: the parcel that stands in its place"`
	Due        string   `json:"due,omitempty" doc:"acknowledge by: a date; absent: in a week"`
}

func (f Recall) order() (relay.Order, error) {
	o := relay.Order{Action: parcel.Action(f.Action), Reason: parcel.Reason(f.Reason), ReplacedBy: parcel.ID(f.ReplacedBy)}
	for _, e := range f.Except {
		o.Except = append(o.Except, party.OrgID(e))
	}
	var err error
	if f.Label != "" {
		if o.Stricter, err = tlp.Parse(f.Label); err != nil {
			return o, fault.New(fault.Invalid, "relay.recall.stricter")
		}
	}
	if o.Due, err = dateOrTime(f.Due); err != nil {
		return o, fault.New(fault.Invalid, "relay.recall.due")
	}
	return o, nil
}

// Effect is what became of a parcel.
type Effect struct {
	Parcel    string       `json:"parcel"`
	At        *time.Time   `json:"at,omitempty"`
	State     string       `json:"state" doc:"waiting, standing, narrowed, retracted, expired"`
	Due       string       `json:"due,omitempty"`
	Tally     parcel.Tally `json:"tally"`
	Receivers []Receiver   `json:"receivers"`
	Answers   []Feedback   `json:"answers"`
	Recall    *Notice      `json:"recall,omitempty"`
}

// Receiver is one who could read a parcel.
type Receiver struct {
	Name         string     `json:"name,omitempty" doc:"absent where members are not shown"`
	Fetched      *time.Time `json:"fetched,omitempty"`
	Via          string     `json:"via,omitempty"`
	Times        int        `json:"times"`
	Told         *time.Time `json:"told,omitempty" doc:"that something was taken back"`
	Acknowledged *time.Time `json:"acknowledged,omitempty"`
	Done         bool       `json:"done,omitempty"`
	Why          string     `json:"why,omitempty"`
}

func effectForm(e parcel.Effect) Effect {
	f := Effect{Parcel: string(e.Parcel), At: instant(e.At), State: e.State, Due: dayForm(e.Due), Tally: e.Tally, Receivers: []Receiver{}, Answers: []Feedback{}, Recall: noticeForm(e.Recall)}
	for _, r := range e.Receivers {
		f.Receivers = append(f.Receivers, Receiver{r.Name, instant(r.Fetched), r.Via, r.Times, instant(r.Told), instant(r.Acknowledged), r.Done, string(r.Why)})
	}
	for _, r := range e.Answers {
		f.Answers = append(f.Answers, feedbackForm(r))
	}
	return f
}

// Held is a parcel that came to a hub and did not go on whole.
type Held struct {
	Parcel  string            `json:"parcel"`
	From    string            `json:"from"`
	At      time.Time         `json:"at"`
	Waiting bool              `json:"waiting,omitempty" doc:"not all that its seal covers has come"`
	Held    []parcel.HeldBack `json:"held,omitempty"`
}
