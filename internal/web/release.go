package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

type composeBody struct {
	casework.Record
	Communities []parcel.Community
	Form        composeForm
	Labels      []tlp.Label
	PAPs        []tlp.PAP
	Reaches     []party.Reach
	Confirmed   int
	Waiting     int
	Reach       []reachNote
	Failed      *fault.Error
}

// Groups lists the groups of the communities one can choose.
func (b composeBody) Groups() []parcel.Group {
	var out []parcel.Group
	for _, c := range b.Communities {
		out = append(out, c.Groups...)
	}
	return out
}

// composeForm is what was typed, so that nothing typed is lost.
type composeForm struct {
	Community, Group, Reach, Label, PAP, Ask, AskDue, Conditions, Until string
	Except                                                              []string
}

func (f composeForm) Excepts(id party.OrgID) bool { return slices.Contains(f.Except, string(id)) }

func (a *asking) composePage() error {
	now := a.Now().In(a.Zone)
	return a.showCompose(http.StatusOK, composeForm{
		Reach: party.Community.String(), Label: tlp.Amber.String(), PAP: tlp.PAPAmber.String(),
		Ask: a.lang.Text("web.ask.default"), AskDue: now.AddDate(0, 0, 7).Format(time.DateOnly),
		Conditions: a.lang.Text("web.conditions.default"), Until: now.AddDate(0, 3, 0).Format(time.DateOnly),
	}, nil)
}

func (a *asking) showCompose(status int, f composeForm, failed *fault.Error) error {
	b := composeBody{
		Form: f, Failed: failed, Labels: []tlp.Label{tlp.Clear, tlp.Green, tlp.Amber, tlp.AmberStrict, tlp.Red},
		PAPs: []tlp.PAP{tlp.PAPRed, tlp.PAPAmber, tlp.PAPGreen, tlp.PAPClear}, Reaches: []party.Reach{party.Community, party.Hub, party.Coordinator},
	}
	var err error
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, a.incidentID()); err != nil {
		return err
	}
	if b.Communities, err = a.Office.Communities(a.ctx(), a.actor); err != nil {
		return err
	}
	items, err := a.Casework.Items(a.ctx(), a.actor, b.ID)
	if err != nil {
		return err
	}
	for _, i := range items {
		switch i.Stand {
		case incident.Confirmed:
			b.Confirmed++
		case incident.Proposed:
			b.Waiting++
		}
	}
	b.Reach = reachNotes(items, b.Communities, a.Now())
	a.show(status, "compose", "web.compose", b)
	return nil
}

func (a *asking) compose() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	f := composeForm{
		Community: a.form("community"), Group: a.form("group"), Reach: a.form("reach"), Label: a.form("label"), PAP: a.form("pap"),
		Ask: a.form("ask"), AskDue: a.form("ask-due"), Conditions: a.form("conditions"), Until: a.form("until"), Except: a.r.PostForm["except"],
	}
	p, err := f.proposal()
	if err == nil {
		var r exchange.Release
		if r, err = a.Office.Compose(a.ctx(), a.actor, a.incidentID(), p); err == nil {
			return a.didIt("/releases/"+string(r.ID), "composed", r.Facts)
		}
	}
	switch fl := asFault(err); fl.Kind {
	case fault.Invalid, fault.Usage, fault.Withheld, fault.TooLarge:
		return a.showCompose(fl.Kind.Status(), f, fl)
	}
	return err
}

func (f composeForm) proposal() (exchange.Proposal, error) {
	var p exchange.Proposal
	var err error
	bad := func(what string) error { return fault.New(fault.Invalid, "web.compose."+what) }
	p.To = parcel.Audience{Community: parcel.CommunityID(f.Community), Group: f.Group}
	if p.To.Reach, err = party.ParseReach(f.Reach); err != nil {
		return p, fault.New(fault.Invalid, "exchange.nobody")
	}
	for _, e := range f.Except {
		p.To.Except = append(p.To.Except, party.OrgID(e))
	}
	if p.Label, err = tlp.Parse(f.Label); err != nil {
		return p, bad("label")
	}
	p.Letter = parcel.Letter{Ask: f.Ask, Conditions: f.Conditions}
	if p.Letter.PAP, err = tlp.ParsePAP(f.PAP); err != nil {
		return p, bad("pap")
	}
	if p.Letter.AskDue, err = date(f.AskDue); err != nil {
		return p, bad("ask-due")
	}
	if p.Letter.Until, err = date(f.Until); err != nil {
		return p, bad("until")
	}
	return p, nil
}

func date(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, s)
}

type releaseBody struct {
	casework.Record
	Release   exchange.Release
	Community parcel.Community
	Sheet     parcel.Sheet
	Groups    []lineGroup
	Stays     []stayGroup
	Names     map[string]string
	Mine      bool // the reader composed it
	Deputy    bool // it is another organisation's, which named the reader its deputy
	People    int
	Approvers string
	Puppet    bool // whoever judges it has an account that the composer made
}

// A lineGroup is the lines of a sheet under one heading.
type lineGroup struct {
	Heading string
	Lines   []parcel.Line
}

// A stayGroup is what stays for one reason.
type stayGroup struct {
	Code, Point, Frees string
	Items              []exchange.Withheld
	More               int
}

func (a *asking) releaseID() exchange.ReleaseID { return exchange.ReleaseID(a.r.PathValue("release")) }

func (a *asking) release() error {
	r, err := a.Office.Release(a.ctx(), a.actor, a.releaseID())
	if err != nil {
		return err
	}
	b := releaseBody{Release: r, Mine: r.ComposedBy == a.actor.Account}
	b.Record, err = a.Casework.Record(a.ctx(), a.actor, r.Incident)
	if b.Deputy = err != nil && fault.KindOf(err) == fault.NotFound; err != nil && !b.Deputy {
		return err
	}
	if b.Sheet, err = a.Office.Sheet(a.ctx(), a.actor, r.ID); err != nil {
		return err
	}
	var stays []exchange.Withheld
	if !b.Deputy {
		if stays, err = a.Office.Stays(a.ctx(), a.actor, r.ID); err != nil {
			return err
		}
	}
	if b.Names, err = a.names(); err != nil {
		return err
	}
	if b.Community, err = a.Office.Community(a.ctx(), a.actor, r.To.Community); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	all, err := a.Accounts.Colleagues(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	judge := r.JudgedBy
	if judge == "" {
		judge = a.actor.Account
	}
	maker, err := a.Accounts.MadeBy(a.ctx(), a.actor, judge)
	if err != nil {
		return err
	}
	b.Puppet = maker == r.ComposedBy
	b.Approvers = approvers(all, r.ComposedBy, a.lang.Text("web.comma"))
	for _, m := range r.Recipients {
		b.People += m.People
	}
	b.Groups, b.Stays = groupLines(b.Sheet.Lines), groupStays(stays)
	a.show(http.StatusOK, "release", "web.release", b)
	return nil
}

// headings says under which heading a line of a sheet is read.
func heading(l parcel.Line) string {
	switch l.Sort {
	case "vulnerability", "technique":
		return l.Sort
	case "malware":
		return "malware"
	}
	switch l.Type {
	case "ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr", "user-agent", "ja3", "jarm", "x509-certificate":
		return "destination"
	case "email-subject":
		return "lure"
	}
	return "malware"
}

func groupLines(lines []parcel.Line) []lineGroup {
	out := []lineGroup{{Heading: "destination"}, {Heading: "malware"}, {Heading: "lure"}, {Heading: "technique"}, {Heading: "vulnerability"}}
	for _, l := range lines {
		at := slices.IndexFunc(out, func(g lineGroup) bool { return g.Heading == heading(l) })
		out[at].Lines = append(out[at].Lines, l)
	}
	return slices.DeleteFunc(out, func(g lineGroup) bool { return len(g.Lines) == 0 })
}

// stayShown is how many items of one reason are shown.
const stayShown = 6

func groupStays(stays []exchange.Withheld) []stayGroup {
	var out []stayGroup
	for _, s := range stays {
		at := slices.IndexFunc(out, func(g stayGroup) bool { return g.Code == s.Reason.Code })
		if at < 0 {
			at = len(out)
			out = append(out, stayGroup{Code: s.Reason.Code, Point: s.Reason.Point, Frees: s.Frees})
		}
		if len(out[at].Items) < stayShown {
			out[at].Items = append(out[at].Items, s)
		} else {
			out[at].More++
		}
	}
	// What would betray somebody first: it is what the reader has to see.
	slices.SortStableFunc(out, func(x, y stayGroup) int {
		return boolOrder(len(x.Items[0].Betrayed) > 0, len(y.Items[0].Betrayed) > 0)
	})
	return out
}

// A piece is a stretch of a text, marked if it would betray somebody.
type piece struct {
	Text   string
	Marked bool
}

// Pieces cuts a text at the spellings that would betray somebody.
func (v view) Pieces(text string, spellings []string) []piece {
	out := []piece{{Text: text}}
	for _, s := range spellings {
		if s == "" {
			continue
		}
		var next []piece
		for _, p := range out {
			if p.Marked {
				next = append(next, p)
				continue
			}
			next = append(next, cutAt(p.Text, s)...)
		}
		out = next
	}
	return out
}

func cutAt(text, s string) []piece {
	var out []piece
	low, want := strings.ToLower(text), strings.ToLower(s)
	if len(low) != len(text) { // a letter whose small form has another length: leave case alone
		low, want = text, s
	}
	for {
		at := strings.Index(low, want)
		if at < 0 || want == "" {
			return append(out, piece{Text: text})
		}
		out = append(out, piece{Text: text[:at]}, piece{Text: text[at : at+len(want)], Marked: true})
		text, low = text[at+len(want):], low[at+len(want):]
	}
}

// rendering gives the bytes of one form, as a file.
func (a *asking) rendering() error {
	x, body, err := a.Office.Rendered(a.ctx(), a.actor, a.releaseID(), a.r.PathValue("name"))
	if err != nil {
		return err
	}
	ext := map[string]string{"stix": "json", "sheet": "json", "csv": "csv", "list": "txt"}[x.Name]
	a.w.Header().Set("Content-Disposition", `attachment; filename="parcel-`+x.Sum[:8]+"."+ext+`"`)
	a.send(http.StatusOK, x.Media, body)
	return nil
}

func (a *asking) approve() error {
	version, err := strconv.ParseInt(a.form("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Usage, "web.form")
	}
	r, err := a.Office.Approve(a.ctx(), a.actor, a.releaseID(), version)
	if err != nil {
		return err
	}
	return a.didIt("/releases/"+string(r.ID), "approved", int(exchange.UndoWindow/time.Minute))
}

func (a *asking) sendBack() error {
	version, err := strconv.ParseInt(a.form("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Usage, "web.form")
	}
	r, err := a.Office.SendBack(a.ctx(), a.actor, a.releaseID(), version, a.form("why"))
	if err != nil {
		return err
	}
	return a.didIt("/releases/"+string(r.ID), "sent-back", 0)
}

func (a *asking) withdraw() error {
	r, err := a.Office.Withdraw(a.ctx(), a.actor, a.releaseID(), a.form("why"))
	if err != nil {
		return err
	}
	return a.didIt("/releases/"+string(r.ID), "withdrawn", 0)
}
