package report

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/phrase"
)

// A Publication is one report on its way out, from the draft to the day it was made public: the third
// door, beside parcels and filings.
type Publication struct {
	ID       string          `json:"-"`
	Kind     Kind            `json:"kind"`
	Language phrase.Language `json:"language,omitempty"`
	Number   int             `json:"number,omitempty"` // of the report
	Course   bool            `json:"course,omitempty"`
	Act      string          `json:"act,omitempty"`     // which act of the flow it carries out, such as "prompt-notice-event"
	Through  string          `json:"through,omitempty"` // the specialist organisation that publishes; empty: ourselves
	Text     string          `json:"text"`              // the body as edited; see Document.Text
	Title    string          `json:"title"`
	Composed Document        `json:"composed"` // what the record said when Text was last taken from it
	Told     []Fact          `json:"told,omitempty"`

	Embargo   time.Time  `json:"embargo,omitzero"` // it must not be public before; zero for none
	Approvals []Approval `json:"approvals,omitempty"`
	Holds     []Hold     `json:"holds,omitempty"`
	Withdrawn string     `json:"withdrawn,omitempty"` // why it will not be published; empty while it may
	Published time.Time  `json:"published,omitzero"`  // when it was made public, as somebody said
	Place     string     `json:"place,omitempty"`     // where: an address, TDnet, a press room

	Author  party.AccountID `json:"author"` // who changed the text last
	Changed time.Time       `json:"changed"`
	Version int64           `json:"-"`
}

// An Approval is one person's yes to exactly one text.
type Approval struct {
	Hat    party.Hat       `json:"hat"`
	By     party.AccountID `json:"by"`
	Name   string          `json:"name"`
	At     time.Time       `json:"at"`
	Digest string          `json:"digest"` // of the text that was approved
	Note   string          `json:"note,omitempty"`
}

// A Hold keeps a publication back until a named person releases it, as the police may ask.
type Hold struct {
	Why      string    `json:"why"`
	For      string    `json:"for"` // who asked for it: 長野県警
	By       string    `json:"by"`  // name of who entered it
	At       time.Time `json:"at"`
	Released time.Time `json:"released,omitzero"`
	Releaser string    `json:"releaser,omitempty"` // name of who released it
	Reason   string    `json:"reason,omitempty"`
}

// A Progress says how far a publication is.
type Progress string

// The progress of a publication.
const (
	Drafted   Progress = "draft"     // 作成中
	Approving Progress = "approving" // 承認待ち: some have approved
	Ready     Progress = "ready"     // 公表待ち: all have
	Out       Progress = "published" // 公表済み
	Stood     Progress = "withdrawn" // 取り下げ
)

// Order gives what the text was composed by.
func (p Publication) Order() Order {
	return Order{Kind: p.Kind, Language: p.Language, Course: p.Course, Number: p.Number}
}

// Document gives the text as it stands, for setting or for checking. Its label says what it is until
// everybody has approved.
func (p Publication) Document(order []party.Hat) Document {
	d, _ := Parse(p.Text, p.Composed)
	d.Title, d.Language = p.Title, p.Language
	d.Label = p.Language.Text("report.label.draft")
	if done := p.Progress(order); done == Ready || done == Out {
		d.Label = ""
		if p.Kind == Internal || p.Kind == Answers {
			d.Label = p.Language.Text("report.label.internal")
		}
	}
	return d
}

// Digest names the text exactly: title, body, kind, language, and when and through whom it goes out.
func (p Publication) Digest() string {
	h := sha256.New()
	for _, s := range []string{string(p.Kind), strconv.Itoa(int(p.Language)), p.Through, p.Composed.From, p.Composed.Date, p.Composed.To, p.Embargo.UTC().Format(time.RFC3339), p.Title, p.Text} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Progress says how far it is, given whose approval it takes. With nobody in order it is never Ready.
func (p Publication) Progress(order []party.Hat) Progress {
	switch {
	case p.Withdrawn != "":
		return Stood
	case !p.Published.IsZero():
		return Out
	}
	_, open := p.Next(order)
	switch {
	case !open && len(order) > 0:
		return Ready
	case len(p.valid()) > 0:
		return Approving
	}
	return Drafted
}

// valid lists the approvals of the text as it stands. An edit makes the earlier ones void.
func (p Publication) valid() []Approval {
	digest := p.Digest()
	var out []Approval
	for _, a := range p.Approvals {
		if a.Digest == digest {
			out = append(out, a)
		}
	}
	return out
}

// Next gives the hat whose approval comes next; open is false if none is missing.
func (p Publication) Next(order []party.Hat) (hat party.Hat, open bool) {
	given := p.valid()
	for _, hat := range order {
		if !slices.ContainsFunc(given, func(a Approval) bool { return a.Hat == hat }) {
			return hat, true
		}
	}
	return "", false
}

// Approve adds an approval of the text as the approver saw it. Whoever changed the text last cannot
// approve it, whatever their hats.
func (p *Publication) Approve(order []party.Hat, who party.Actor, seen, note string, now time.Time) error {
	next, open := p.Next(order)
	switch {
	case p.Withdrawn != "" || !p.Published.IsZero():
		return fault.New(fault.Conflict, "report.over")
	case seen != p.Digest():
		return fault.New(fault.Conflict, "report.other-text")
	case !open:
		return fault.New(fault.Conflict, "report.approved-already")
	case who.Account == p.Author:
		return fault.New(fault.Forbidden, "report.own-text")
	case !slices.Contains(who.Hats, next):
		return fault.New(fault.Forbidden, "report.not-your-turn", string(next))
	}
	p.Approvals = append(p.Approvals, Approval{next, who.Account, who.Name, now, seen, note})
	return nil
}

// Release ends a hold. It takes a name and a reason.
func (p *Publication) Release(hold int, who, reason string, now time.Time) error {
	if hold < 0 || hold >= len(p.Holds) || !p.Holds[hold].Released.IsZero() {
		return fault.New(fault.NotFound, "report.no-hold")
	}
	if strings.TrimSpace(reason) == "" || strings.TrimSpace(who) == "" {
		return fault.New(fault.Invalid, "report.why")
	}
	h := &p.Holds[hold]
	h.Released, h.Releaser, h.Reason = now, who, strings.TrimSpace(reason)
	return nil
}

// Held says whether a hold keeps it back.
func (p Publication) Held() bool {
	return slices.ContainsFunc(p.Holds, func(h Hold) bool { return h.Released.IsZero() })
}

// Clear says whether the text may leave the house now: approved by all, not held, and not before its
// time. The error says what is missing and is fault.Withheld.
func (p Publication) Clear(order []party.Hat, now time.Time) error {
	switch progress := p.Progress(order); {
	case progress == Stood || progress == Out:
		return fault.New(fault.Conflict, "report.over")
	case p.Held():
		return fault.New(fault.Withheld, "report.held")
	case progress != Ready:
		next, _ := p.Next(order)
		return fault.New(fault.Withheld, "report.not-approved", string(next))
	case now.Before(p.Embargo):
		return fault.New(fault.Withheld, "report.embargo", p.Embargo.Format(time.RFC3339))
	}
	return nil
}

// MarkPublished records that it was made public. It does not publish: people do. Errors are those of Clear, and
// fault.Invalid for a time before it could be, or in the future.
func (p *Publication) MarkPublished(order []party.Hat, at time.Time, place string, now time.Time) error {
	if err := p.Clear(order, now); err != nil {
		return err
	}
	last := p.Embargo
	for _, a := range p.valid() {
		if a.At.After(last) {
			last = a.At
		}
	}
	// An approval is kept to the second, and a time is entered by the minute.
	if at.After(now) || at.Before(last.Truncate(time.Minute)) {
		return fault.New(fault.Invalid, "report.published-when")
	}
	if strings.TrimSpace(place) == "" {
		return fault.New(fault.Invalid, "report.published-where")
	}
	p.Published, p.Place = at, strings.TrimSpace(place)
	return nil
}
