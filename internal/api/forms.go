package api

import (
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// Forms are what travels. They are apart from the types they are made of, so that renaming
// a Go field changes nothing for a program that was written last year.

// Incident is the head of a record.
type Incident struct {
	ID          string     `json:"id"`
	Codename    string     `json:"codename" doc:"for inside; never leaves"`
	Opened      time.Time  `json:"opened"`
	Sort        string     `json:"sort,omitempty"`
	Stage       string     `json:"stage" enum:"first-response,investigating,restored,closed"`
	Detected    string     `json:"detected,omitempty"`
	Began       string     `json:"began,omitempty"`
	LogDays     int        `json:"log_days,omitempty"`
	CommonCause bool       `json:"common_cause,omitempty"`
	Involved    []Involved `json:"involved,omitempty"`
	Version     int64      `json:"version" doc:"of the description; 0 before there is one"`
	Counts      *Counts    `json:"counts,omitempty"`
}

// Involved is an organisation that takes part.
type Involved struct {
	Name string `json:"name"`
	Part string `json:"part" enum:"owner,operator,vendor,customer,abused"`
}

// Counts are those of an incident's items.
type Counts struct {
	Items     int `json:"items"`
	Waiting   int `json:"waiting"`
	Technical int `json:"technical"`
	Between   int `json:"between"`
	Damage    int `json:"damage"`
}

func incidentForm(r casework.Record) Incident {
	f := Incident{
		ID: string(r.ID), Codename: r.Codename, Opened: r.Opened, Sort: r.Sort, Stage: stageName(r.Stage), Detected: r.Detected.String(),
		Began: r.Began.String(), LogDays: r.LogDays, CommonCause: r.CommonCause, Version: r.Version,
	}
	for _, i := range r.Involved {
		f.Involved = append(f.Involved, Involved{i.Name, string(i.Part)})
	}
	return f
}

func stageName(s incident.Stage) string {
	if s == incident.FirstResponse {
		return "first-response"
	}
	return string(s)
}

func countsForm(t casework.Tally) *Counts {
	return &Counts{t.Items, t.Waiting, t.Technical, t.Between, t.Damage}
}

// About is what people say of an incident as a whole.
type About struct {
	Sort        string     `json:"sort,omitempty"`
	Stage       string     `json:"stage,omitempty" enum:"first-response,investigating,restored,closed"`
	Detected    string     `json:"detected,omitempty" doc:"a date, a local time, or RFC 3339"`
	Began       string     `json:"began,omitempty"`
	LogDays     int        `json:"log_days,omitempty" minimum:"0" maximum:"3650"`
	CommonCause bool       `json:"common_cause,omitempty"`
	Involved    []Involved `json:"involved,omitempty" maxItems:"100"`
	Version     int64      `json:"version,omitempty" doc:"the one that was seen"`
}

func (f About) value() (incident.Case, error) {
	c := incident.Case{Sort: f.Sort, Stage: incident.Stage(strings.TrimPrefix(f.Stage, "first-response")), LogDays: f.LogDays, CommonCause: f.CommonCause}
	if c.Detected.UnmarshalText([]byte(f.Detected)) != nil || c.Began.UnmarshalText([]byte(f.Began)) != nil {
		return c, fault.New(fault.Invalid, "casework.moment")
	}
	for _, i := range f.Involved {
		c.Involved = append(c.Involved, incident.Involved{Name: i.Name, Part: incident.Part(i.Part)})
	}
	return c, nil
}

// Item is one fact of an incident.
type Item struct {
	ID         string   `json:"id"`
	Version    int64    `json:"version"`
	Kind       string   `json:"kind"`
	Class      string   `json:"class" enum:"technical,between,damage"`
	Stand      string   `json:"stand" enum:"proposed,confirmed,dropped,merged"`
	Status     string   `json:"status"`
	Type       string   `json:"type,omitempty"`
	Hash       string   `json:"hash,omitempty"`
	Value      string   `json:"value,omitempty"`
	Port       int      `json:"port,omitempty"`
	Role       string   `json:"role,omitempty"`
	Technique  string   `json:"technique,omitempty"`
	Text       string   `json:"text,omitempty" doc:"for inside; never leaves"`
	Marks      []string `json:"marks,omitempty"`
	FirstSeen  string   `json:"first_seen,omitempty"`
	LastSeen   string   `json:"last_seen,omitempty"`
	Label      string   `json:"received_label,omitempty"`
	NotPassOn  bool     `json:"not_to_be_passed_on,omitempty"`
	Reason     string   `json:"reason"`
	Into       string   `json:"into,omitempty"`
	Sources    []string `json:"sources,omitempty" doc:"file:line:column"`
	Confidence int      `json:"confidence"`
}

func standName(s incident.Stand) string {
	if s == incident.Proposed {
		return "proposed"
	}
	return string(s)
}

func itemForm(i incident.Item) Item {
	f := Item{
		ID: string(i.ID), Version: i.Version, Kind: string(i.Kind), Class: string(i.Class()), Stand: standName(i.Stand), Status: string(i.Status),
		Type: string(i.Value.Type), Hash: string(i.Value.Hash), Value: i.Value.Value, Port: int(i.Port), Role: string(i.Role), Technique: i.Technique,
		Text: i.Text, Marks: i.Marks.Names(), FirstSeen: i.FirstSeen.String(), LastSeen: i.LastSeen.String(), NotPassOn: i.Conditions.Promise,
		Reason: i.Reason.Code, Into: string(i.Into), Confidence: i.Confidence,
	}
	if i.Conditions.Label != tlp.Unknown {
		f.Label = i.Conditions.Label.String()
	}
	for _, s := range i.Sources {
		f.Sources = append(f.Sources, s.String())
	}
	return f
}

func itemForms(items []incident.Item) []Item {
	out := make([]Item, len(items))
	for k, i := range items {
		out[k] = itemForm(i)
	}
	return out
}

// Edit is an item as somebody writes it down.
type Edit struct {
	Kind      string   `json:"kind"`
	Status    string   `json:"status,omitempty" enum:"observed,suspected,received,unknown"`
	Role      string   `json:"role,omitempty"`
	Type      string   `json:"type,omitempty"`
	Hash      string   `json:"hash,omitempty"`
	Value     string   `json:"value,omitempty" doc:"defanged or not"`
	Port      string   `json:"port,omitempty"`
	Technique string   `json:"technique,omitempty"`
	FirstSeen string   `json:"first_seen,omitempty"`
	LastSeen  string   `json:"last_seen,omitempty"`
	Text      string   `json:"text,omitempty"`
	Marks     []string `json:"marks,omitempty"`
	Label     string   `json:"received_label,omitempty"`
	NotPassOn bool     `json:"not_to_be_passed_on,omitempty"`
	Held      []string `json:"held,omitempty" doc:"words by which an unpatched vulnerability would be recognised"`
	Version   int64    `json:"version,omitempty" doc:"the one that was seen"`
}

func (f Edit) value() casework.Edit {
	return casework.Edit{
		Kind: incident.Kind(f.Kind), Status: incident.Status(f.Status), Role: incident.Role(f.Role), Type: indicator.Type(f.Type),
		Hash: indicator.Hash(f.Hash), Value: f.Value, Port: f.Port, Technique: f.Technique, First: f.FirstSeen, Last: f.LastSeen,
		Text: f.Text, Marks: f.Marks, Label: f.Label, NotPassOn: f.NotPassOn, Vulnerable: f.Held,
	}
}

// Seen is an item in the version somebody looked at.
type Seen struct {
	Item    string `json:"item"`
	Version int64  `json:"version" minimum:"1"`
}

func seenOf(list []Seen) []casework.Seen {
	out := make([]casework.Seen, len(list))
	for k, s := range list {
		out[k] = casework.Seen{Item: incident.ItemID(s.Item), Version: s.Version}
	}
	return out
}

// Proposal is what somebody wants to send.
type Proposal struct {
	Community  string   `json:"community"`
	Reach      string   `json:"reach" enum:"community,hub,coordinator"`
	Group      string   `json:"group,omitempty"`
	Except     []string `json:"except,omitempty" doc:"organisations that do not get it"`
	TLP        string   `json:"tlp" doc:"TLP 2.0 label"`
	PAP        string   `json:"pap,omitempty"`
	Ask        string   `json:"ask,omitempty"`
	AskDue     string   `json:"ask_due,omitempty" format:"date"`
	Conditions string   `json:"conditions,omitempty"`
	Until      string   `json:"until,omitempty" format:"date"`
	Items      []string `json:"items,omitempty" doc:"ids; all that are confirmed if absent"`
}

func (f Proposal) value() (exchange.Proposal, error) {
	p := exchange.Proposal{To: parcel.Audience{Community: parcel.CommunityID(f.Community), Group: f.Group}}
	var err error
	if p.To.Reach, err = party.ParseReach(f.Reach); err != nil {
		return p, fault.New(fault.Invalid, "exchange.nobody")
	}
	if p.Label, err = tlp.Parse(f.TLP); err != nil {
		return p, fault.New(fault.Invalid, "casework.label")
	}
	for _, e := range f.Except {
		p.To.Except = append(p.To.Except, party.OrgID(e))
	}
	p.Letter = parcel.Letter{Ask: f.Ask, Conditions: f.Conditions}
	if f.PAP != "" {
		if p.Letter.PAP, err = tlp.ParsePAP(f.PAP); err != nil {
			return p, fault.New(fault.Invalid, "web.compose.pap")
		}
	}
	for text, into := range map[string]*time.Time{f.AskDue: &p.Letter.AskDue, f.Until: &p.Letter.Until} {
		if text == "" {
			continue
		}
		if *into, err = time.Parse(time.DateOnly, text); err != nil {
			return p, fault.New(fault.Invalid, "casework.moment")
		}
	}
	if f.Items != nil { // an empty list is none, and not all
		p.Items = []incident.ItemID{}
	}
	for _, i := range f.Items {
		p.Items = append(p.Items, incident.ItemID(i))
	}
	return p, nil
}

// Release is one sending on its way.
type Release struct {
	ID         string      `json:"id"`
	Version    int64       `json:"version"`
	Incident   string      `json:"incident"`
	State      string      `json:"state" enum:"composed,sent-back,approved,withdrawn,sealed"`
	Community  string      `json:"community"`
	Reach      string      `json:"reach"`
	TLP        string      `json:"tlp"`
	PAP        string      `json:"pap"`
	Ask        string      `json:"ask,omitempty"`
	Conditions string      `json:"conditions,omitempty"`
	Recipients []Recipient `json:"recipients"`
	Renderings []Rendering `json:"renderings"`
	Facts      int         `json:"facts"`
	Withheld   int         `json:"withheld"`
	ComposedBy string      `json:"composed_by"`
	ComposedAt time.Time   `json:"composed_at"`
	JudgedBy   string      `json:"judged_by,omitempty"`
	JudgedAt   *time.Time  `json:"judged_at,omitempty"`
	LeavesAt   *time.Time  `json:"leaves_at,omitempty"`
	LeftAt     *time.Time  `json:"left_at,omitempty"`
	Why        string      `json:"why,omitempty"`
	Parcel     string      `json:"parcel,omitempty"`
}

// Recipient is who would get it; without a name where the members are not open.
type Recipient struct {
	Organisation string `json:"organisation,omitempty"`
	Name         string `json:"name,omitempty"`
}

// Rendering is one form of what leaves.
type Rendering struct {
	Name   string `json:"name"`
	Media  string `json:"media"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
}

func releaseForm(r exchange.Release) Release {
	f := Release{
		ID: string(r.ID), Version: r.Version, Incident: string(r.Incident), State: string(r.State), Community: string(r.To.Community),
		Reach: r.To.Reach.String(), TLP: r.Label.String(), PAP: r.Letter.PAP.String(), Ask: r.Letter.Ask, Conditions: r.Letter.Conditions,
		Recipients: []Recipient{}, Renderings: []Rendering{}, Facts: r.Facts, Withheld: r.Withheld, ComposedBy: string(r.ComposedBy),
		ComposedAt: r.ComposedAt, JudgedBy: string(r.JudgedBy), Why: r.Why, Parcel: string(r.Parcel),
		JudgedAt: known(r.JudgedAt), LeavesAt: known(r.LeavesAt), LeftAt: known(r.LeftAt),
	}
	for _, m := range r.Recipients {
		f.Recipients = append(f.Recipients, Recipient{string(m.Org), m.Name})
	}
	for _, x := range r.Renderings {
		f.Renderings = append(f.Renderings, Rendering{x.Name, x.Media, x.Size, x.Sum})
	}
	return f
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Account is a person's.
type Account struct {
	ID       string   `json:"id"`
	Login    string   `json:"login"`
	Name     string   `json:"name"`
	Hats     []string `json:"hats"`
	Disabled bool     `json:"disabled,omitempty"`
	Version  int64    `json:"version"`
}

func accountForm(a account.Account) Account {
	f := Account{ID: string(a.ID), Login: a.Login, Name: a.Name, Hats: []string{}, Disabled: a.Disabled, Version: a.Version}
	for _, h := range a.Hats {
		f.Hats = append(f.Hats, string(h))
	}
	return f
}
