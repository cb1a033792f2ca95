package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/gate"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A ReleaseID names a release inside. What leaves has a parcel id of its own.
type ReleaseID string

// A State is how far a release has come. docs/states.md has the ways between them.
type State string

// The states. From SentBack, Withdrawn and Sealed nothing leads on.
const (
	Composed  State = "composed"  // waits for a second person
	SentBack  State = "sent-back" // the second person said no
	Approved  State = "approved"  // leaves when the undo window closes
	Withdrawn State = "withdrawn" // taken back before it left
	Sealed    State = "sealed"    // has left
)

// UndoWindow is how long an approved release waits before it leaves: long enough to see a
// slip, short against the hour in which the technical half should be out.
const UndoWindow = 10 * time.Minute

// A Proposal is what somebody wants to send.
type Proposal struct {
	To     parcel.Audience   `json:"to"`
	Label  tlp.Label         `json:"label"`
	Letter parcel.Letter     `json:"letter"`
	Items  []incident.ItemID `json:"items,omitempty"` // nil: all that are confirmed
}

// A Release is one sending on its way: what was proposed, what the gate made of it, who
// would get it, and how far it has come.
type Release struct {
	ID       ReleaseID   `json:"-"`
	Version  int64       `json:"-"`
	Incident incident.ID `json:"incident"`
	Proposal
	State      State           `json:"state"`
	Recipients []parcel.Member `json:"recipients"` // as the composer may see them
	Audience   string          `json:"audience"`   // SHA-256 of who they are, also of those the composer does not see
	Renderings []Rendering     `json:"renderings"`
	Sender     party.Pseudonym `json:"sender"`
	Facts      int             `json:"facts"`    // how many leave
	Withheld   int             `json:"withheld"` // how many items do not
	Basis      []basis         `json:"basis"`    // the items it was made of, as they were
	Profile    string          `json:"profile"`  // version of the profile it was cleared under

	ComposedBy party.AccountID `json:"composed_by"`
	ComposedAt time.Time       `json:"composed_at"`
	JudgedBy   party.AccountID `json:"judged_by,omitempty"` // who approved it or sent it back
	JudgedAt   time.Time       `json:"judged_at,omitzero"`
	LeavesAt   time.Time       `json:"leaves_at,omitzero"`
	LeftAt     time.Time       `json:"left_at,omitzero"`
	Why        string          `json:"why,omitempty"` // of sending back or withdrawing
	Parcel     parcel.ID       `json:"parcel,omitempty"`
}

type basis struct {
	Item    incident.ItemID `json:"item"`
	Version int64           `json:"version"`
}

// A Rendering is one form of what leaves. All forms of a release are made of the same facts
// at the same moment, and approved by their hashes.
type Rendering struct {
	Name  string `json:"name"` // "stix", "sheet", "csv", "list"
	Media string `json:"media"`
	Size  int    `json:"size"`
	Sum   string `json:"sum"` // SHA-256, hexadecimal
}

// WithheldName is the rendering that is for inside: what stays, and why.
const WithheldName = "withheld"

// Compose asks the gate for the confirmed items of an incident, renders what it cleared, and
// keeps the result for a second person to look at. Nothing has left.
//
// Errors: fault.Withheld if nothing may leave, or if a sentence would show whose it is, with
// the words that would; fault.Invalid for an organisation without a profile, for nobody as
// the audience, and for a label the community does not handle.
func (o *Office) Compose(ctx context.Context, a party.Actor, id incident.ID, p Proposal) (Release, error) {
	if err := allow(a, party.Compose); err != nil {
		return Release{}, err
	}
	community, err := o.community(ctx, a.Org, p.To.Community)
	if err != nil {
		return Release{}, err
	}
	r := Release{Incident: id, Proposal: p, State: Composed, ComposedBy: a.Account, ComposedAt: o.now().UTC().Truncate(time.Second)}
	if err := r.address(community, a.Org); err != nil {
		return Release{}, err
	}
	bodies, err := o.render(ctx, a, &r)
	if err != nil {
		return Release{}, err
	}
	name, err := o.drawn("release")
	if err != nil {
		return Release{}, err
	}
	x := store.Object{Sort: sortRelease, ID: name, Parent: string(id), Lookup: name}
	err = o.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error {
		if err := w.PutValue("composed", &x, r); err != nil {
			return err
		}
		for name, body := range bodies {
			if err := w.Put(&store.Object{Sort: store.Original, ID: x.ID + "." + name, Parent: x.ID, Body: body}, "rendered"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Release{}, err
	}
	r.ID, r.Version = ReleaseID(x.ID), x.Version
	o.remember(a.Org, r)
	return r, nil
}

// address says who would get it.
func (r *Release) address(c parcel.Community, sender party.OrgID) error {
	r.Recipients = c.Recipients(r.To, sender)
	hidden := func(o party.OrgID) bool { return o != c.Hub.Org && o != sender }
	switch {
	case !c.Visible && c.Hub.Org != sender && slices.ContainsFunc(r.To.Except, hidden): // the number left would tell who is a member
		return fault.New(fault.Invalid, "exchange.except-hidden")
	case len(r.Recipients) == 0:
		return fault.New(fault.Invalid, "exchange.nobody")
	case r.Label == tlp.Unknown:
		return fault.New(fault.Usage, "gate.no-label")
	case !c.Handles(r.Label):
		return fault.New(fault.Invalid, "exchange.ceiling", r.Label.String(), c.Ceiling.String())
	case !r.Letter.Until.IsZero() && !r.Letter.Until.After(r.ComposedAt):
		return fault.New(fault.Invalid, "exchange.until")
	case !r.Letter.AskDue.IsZero() && !r.Letter.AskDue.After(r.ComposedAt.Add(-24*time.Hour)):
		return fault.New(fault.Invalid, "exchange.ask-due")
	case len(r.Letter.Ask) > maxSentence || len(r.Letter.Conditions) > maxSentence:
		return fault.New(fault.TooLarge, "exchange.sentence", "4000")
	}
	r.Audience, r.Recipients = sumOf(r.Recipients), c.Shown(r.Recipients, sender)
	return nil
}

// sumOf gives a number that changes when somebody joins or leaves. Their ids are random: it
// tells nobody who they are.
func sumOf(to []parcel.Member) string {
	h := sha256.New()
	for _, m := range to {
		io.WriteString(h, string(m.Org)+"\n") //nolint:errcheck // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil))
}

// maxSentence is how long an ask or a condition may be, in bytes.
const maxSentence = 4000

// render clears the items and makes every form of what leaves.
func (o *Office) render(ctx context.Context, a party.Actor, r *Release) (map[string][]byte, error) {
	profile, version, err := o.guard(ctx, a.Org, r.Incident)
	if err != nil {
		return nil, err
	}
	g, err := gate.New(profile)
	if err != nil {
		return nil, err
	}
	all, err := o.store.Items(ctx, a.Org, r.Incident)
	if err != nil {
		return nil, err
	}
	chosen := r.choose(all)
	if err := betrays(g, all, r.Letter.Ask, r.Letter.Conditions); err != nil {
		return nil, err
	}
	result, err := g.Clear(gate.Request{Items: chosen, Reach: r.To.Reach, Label: r.Label, Outage: outage(all)})
	if err != nil {
		return nil, err
	}
	if result.Cleared.Empty() || !valued(result.Cleared) {
		return nil, fault.New(fault.Withheld, "exchange.nothing")
	}
	m := newMint(o.random, avoid(profile, all))
	sender, err := o.taken(ctx, a.Org, r.To.Community)
	if fault.KindOf(err) == fault.NotFound {
		sender, err = o.take(ctx, a.Org, a.Account, r.To.Community, m)
	}
	if err != nil {
		return nil, err
	}
	r.Sender = sender.Name
	bundle, err := encode(g, result.Cleared, stix.Meta{Sender: r.Sender, Since: sender.Since, At: r.ComposedAt, Mint: m.id, Letter: r.Letter}, m)
	if err != nil {
		return nil, err
	}
	sheet := parcel.Lay(result.Cleared, r.Letter)
	for k, l := range sheet.Lines {
		if l.Sort == "technique" {
			sheet.Lines[k].Name = stix.TechniqueName(l.Value)
		}
	}
	bodies := map[string][]byte{"stix": bundle}
	if bodies["sheet"], err = json.Marshal(sheet); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "exchange.encode")
	}
	bodies["csv"], bodies["list"] = sheet.CSV(), sheet.List()
	if bodies[WithheldName], err = json.Marshal(withheld(g, chosen, result.Decisions)); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "exchange.encode")
	}
	r.Profile, r.Facts = version, len(sheet.Lines)
	for _, d := range result.Decisions {
		if !d.Leaves {
			r.Withheld++
		}
	}
	for _, i := range chosen {
		r.Basis = append(r.Basis, basis{i.ID, i.Version})
	}
	r.list(bodies)
	return bodies, nil
}

func (r *Release) choose(all []incident.Item) []incident.Item {
	var out []incident.Item
	for _, i := range all {
		if i.Stand == incident.Confirmed && (r.Items == nil || slices.Contains(r.Items, i.ID)) {
			out = append(out, i)
		}
	}
	return out
}

var medias = []struct{ name, media string }{
	{"sheet", "application/json"}, {"stix", stix.MediaType}, {"csv", "text/csv; charset=utf-8"}, {"list", "text/plain; charset=utf-8"},
}

func (r *Release) list(bodies map[string][]byte) {
	r.Renderings = nil
	for _, m := range medias {
		sum := sha256.Sum256(bodies[m.name])
		r.Renderings = append(r.Renderings, Rendering{m.name, m.media, len(bodies[m.name]), hex.EncodeToString(sum[:])})
	}
}

// betrays asks the gate about what a person wrote.
func betrays(g *gate.Gate, items []incident.Item, texts ...string) error {
	var betrayed []string
	for _, text := range texts {
		hits, err := g.Sentence(text, items)
		if err != nil {
			return err
		}
		for _, h := range hits {
			if !slices.Contains(betrayed, h.Spelling) {
				betrayed = append(betrayed, h.Spelling)
			}
		}
	}
	if len(betrayed) > 0 {
		return fault.New(fault.Withheld, "exchange.sentence-betrays", strings.Join(betrayed, "、"))
	}
	return nil
}

// Said looks through sentences an organisation sends otherwise than in a release, such as in
// an answer. unread says that it has no profile: nobody could look.
//
// Errors: fault.Withheld with the words that would show whose they are.
func (o *Office) Said(ctx context.Context, org party.OrgID, texts []string) (unread bool, err error) {
	profile, _, err := o.guard(ctx, org, "")
	if err != nil {
		return false, err
	}
	if profile.IsZero() {
		return true, nil
	}
	g, err := gate.New(profile)
	if err != nil {
		return false, err
	}
	return false, betrays(g, nil, texts...)
}

// Pseudonym gives an organisation's name in a community and since when it has it: random,
// one for each pair of organisation and community, and kept.
func (o *Office) Pseudonym(ctx context.Context, org party.OrgID, c parcel.CommunityID) (party.Pseudonym, time.Time, error) {
	p, err := o.taken(ctx, org, c)
	if fault.KindOf(err) != fault.NotFound {
		return p.Name, p.Since, err
	}
	profile, _, err := o.guard(ctx, org, "")
	if err != nil {
		return "", time.Time{}, err
	}
	p, err = o.take(ctx, org, nobody, c, newMint(o.random, avoid(profile, nil)))
	return p.Name, p.Since, err
}

type pseudonym struct {
	Name  party.Pseudonym `json:"name"`
	Since time.Time       `json:"since"`
}

func (o *Office) taken(ctx context.Context, org party.OrgID, c parcel.CommunityID) (pseudonym, error) {
	x, err := o.store.Object(ctx, org, sortPseudonym, string(c))
	if err != nil {
		return pseudonym{}, err
	}
	var p pseudonym
	if err := x.Value(&p); err != nil { // of an earlier build: the name alone
		p = pseudonym{Since: x.At}
		return p, x.Value(&p.Name)
	}
	return p, nil
}

// take keeps a new name. Of two who take one at once, both get the first.
func (o *Office) take(ctx context.Context, org party.OrgID, by party.AccountID, c parcel.CommunityID, m *mint) (pseudonym, error) {
	p := pseudonym{party.Pseudonym(m.id("identity")), o.now().UTC().Truncate(time.Second)}
	if m.err != nil {
		return p, fault.Wrap(m.err, fault.Internal, "exchange.encode")
	}
	x := store.Object{Sort: sortPseudonym, ID: string(c)}
	err := o.store.Act(ctx, org, string(by), func(w *store.Writing) error { return w.PutValue("taken", &x, p) })
	if fault.KindOf(err) == fault.Conflict {
		return o.taken(ctx, org, c)
	}
	return p, err
}

// A Withheld is an item that stays, for the organisation's own eyes.
type Withheld struct {
	Item      incident.ItemID `json:"item"`
	Kind      incident.Kind   `json:"kind"`
	Shown     string          `json:"shown"` // its value, or how its text begins
	Treatment string          `json:"treatment"`
	Reason    incident.Reason `json:"reason"`
	Frees     string          `json:"frees,omitempty"`
	Betrayed  []string        `json:"betrayed,omitempty"` // spellings in it that would show whose it is
	Partly    bool            `json:"partly,omitempty"`   // it leaves, but not as it stands
}

// withheld lists what stays or leaves in another form. Each is looked through for the words
// that would have shown whose it is, whatever the reason it stays for.
func withheld(g *gate.Gate, items []incident.Item, decisions []gate.Decision) []Withheld {
	out := []Withheld{}
	for k, d := range decisions {
		if d.Leaves && d.Treatment == gate.Share {
			continue
		}
		w := Withheld{
			Item: items[k].ID, Kind: items[k].Kind, Shown: glimpse(items[k]), Treatment: string(d.Treatment),
			Reason: d.Reason, Frees: d.Frees, Partly: d.Leaves,
		}
		hits, _ := g.Finder().FindAll(w.Shown) // what it would not finish is shown unmarked
		for _, h := range slices.Concat(d.Betrayed, hits) {
			if !slices.Contains(w.Betrayed, h.Spelling) {
				w.Betrayed = append(w.Betrayed, h.Spelling)
			}
		}
		out = append(out, w)
	}
	return out
}

// glimpse shows an item in a line.
func glimpse(i incident.Item) string {
	const most = 110
	s := i.Value.Value
	if s == "" {
		s = strings.Trim(strings.ReplaceAll(i.Technique+" "+i.Text, " | ", "  "), "|#-*・ \t　")
	}
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}
