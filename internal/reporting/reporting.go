// Package reporting keeps what an organisation says of its incidents to offices and to the public.
//
// A Reporting is the second half of the desk: facts with their standing, deeds with their receipts,
// the clocks that run, filings that were made, and publications on their way through approval. It
// composes nothing itself (package report does) and sends nothing: people file and publish, and
// record here that they did.
//
// Every method takes the actor who asks and looks into that actor's organisation only. Whoever
// changes something says which version they saw; if somebody else was first, the answer is
// fault.Conflict and nothing is changed.
package reporting

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/store"
)

// A Reporting keeps the facts and reports of a store. It may be used by several goroutines.
type Reporting struct {
	store *store.Store
	now   func() time.Time
	zone  *time.Location
}

// New makes a Reporting. zone is the organisation's, in which times are written and days counted.
func New(s *store.Store, now func() time.Time, zone *time.Location) *Reporting {
	return &Reporting{store: s, now: now, zone: zone}
}

// Sorts of the objects kept here.
const (
	sortFact        store.Sort = "fact"
	sortDeed        store.Sort = report.KeptDeed
	sortFiling      store.Sort = "filing"
	sortPublication store.Sort = "publication"
	sortDeclaration store.Sort = "declaration"
	sortRules       store.Sort = "deadline-rules"
	sortSigning     store.Sort = "signing-order"
	sortListener    store.Sort = "stakeholder"
	sortReminding   store.Sort = "reminding"
	sortReminded    store.Sort = "reminder"
)

// Limits of what is kept.
const (
	maxText = 20_000 // characters of a fact
	maxLine = 500    // of a line
	maxList = 1000   // deeds, filings or publications of an incident
)

func (r *Reporting) allow(ctx context.Context, a party.Actor, right party.Right, id incident.ID) error {
	if !a.May(right) {
		return fault.New(fault.Forbidden, "casework.right", string(right))
	}
	_, err := r.store.Incident(ctx, a.Org, id)
	return err
}

// keep puts one object with a value as its body.
func (r *Reporting) keep(ctx context.Context, a party.Actor, verb string, o *store.Object, value any) error {
	return r.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error { return w.PutValue(verb, o, value) })
}

// Facts lists what was said of an incident, in the order of the questions.
func (r *Reporting) Facts(ctx context.Context, a party.Actor, id incident.ID) ([]report.Fact, error) {
	if err := r.allow(ctx, a, party.Read, id); err != nil {
		return nil, err
	}
	return r.facts(ctx, a, id)
}

func (r *Reporting) facts(ctx context.Context, a party.Actor, id incident.ID) ([]report.Fact, error) {
	all, err := r.store.Objects(ctx, a.Org, sortFact, string(id))
	if err != nil {
		return nil, err
	}
	out := make([]report.Fact, len(all))
	for k, o := range all {
		if err := o.Value(&out[k]); err != nil {
			return nil, err
		}
		out[k].By, out[k].At, out[k].Version = o.By, o.At, o.Version
	}
	order := map[report.Field]int{}
	for k, q := range report.Questions() {
		order[q.Field] = k
	}
	slices.SortStableFunc(out, func(a, b report.Fact) int { return order[a.Field] - order[b.Field] })
	return out, nil
}

// A Said is a fact to be kept, and the version of it that was seen.
type Said struct {
	report.Fact
	Seen int64 // 0 for one nobody had said anything of
}

// Say keeps several facts at once, all or none. What is as it was is left alone.
//
// Errors: fault.Invalid for a field nobody knows and a value that is not of its sort; the first
// argument of the error is the field.
func (r *Reporting) Say(ctx context.Context, a party.Actor, id incident.ID, said []Said) error {
	if err := r.allow(ctx, a, party.Write, id); err != nil {
		return err
	}
	had, err := r.facts(ctx, a, id)
	if err != nil {
		return err
	}
	before := report.Record{Facts: had}
	return r.store.Act(ctx, a.Org, string(a.Account), func(w *store.Writing) error {
		for _, s := range said {
			f, err := tidy(s.Fact, r.zone)
			if err != nil {
				return err
			}
			old := before.Fact(f.Field)
			if same(old, f) {
				continue
			}
			if old.Version != s.Seen {
				return fault.New(fault.Conflict, "reporting.fact-changed", string(f.Field))
			}
			for _, item := range f.Rests {
				if of, err := r.store.IncidentOf(ctx, a.Org, item); err != nil || of != id {
					return fault.New(fault.NotFound, "store.not-found")
				}
			}
			o := store.Object{Sort: sortFact, ID: string(id) + "." + string(f.Field), Parent: string(id), Version: old.Version}
			if err := w.PutValue("said", &o, f); err != nil {
				return err
			}
		}
		return nil
	})
}

func same(a, b report.Fact) bool {
	return a.Standing == b.Standing && a.Value == b.Value && a.Basis == b.Basis && a.Changed == b.Changed && a.Hold == b.Hold &&
		a.English == b.English && a.BasisEnglish == b.BasisEnglish && a.ChangedEnglish == b.ChangedEnglish && slices.Equal(a.Rests, b.Rests)
}

// tidy brings a fact into the form that is kept, or says what is wrong with it.
func tidy(f report.Fact, zone *time.Location) (report.Fact, error) {
	q, ok := report.QuestionOf(f.Field)
	if !ok {
		return f, fault.New(fault.Invalid, "reporting.no-field", string(f.Field))
	}
	if !slices.Contains(report.Standings(), f.Standing) {
		return f, fault.New(fault.Invalid, "reporting.standing", string(f.Field))
	}
	for _, s := range []*string{&f.Value, &f.Basis, &f.Changed, &f.Hold, &f.English, &f.BasisEnglish, &f.ChangedEnglish} {
		*s = strings.TrimSpace(strings.ReplaceAll(*s, "\r\n", "\n"))
		if utf8.RuneCountInString(*s) > maxText || !utf8.ValidString(*s) {
			return f, fault.New(fault.TooLarge, "reporting.long", string(f.Field), strconv.Itoa(maxText))
		}
	}
	value, err := tidyValue(q, f.Value, zone)
	if err != nil {
		return f, err
	}
	f.Value = value
	if asserts := f.Standing == report.Confirmed || f.Standing == report.Suspected; asserts && f.Value == "" {
		return f, fault.New(fault.Invalid, "reporting.empty", string(f.Field))
	}
	if f.Standing == report.FoundNone && f.Basis == "" {
		return f, fault.New(fault.Invalid, "reporting.basis", string(f.Field))
	}
	return f, nil
}

func tidyValue(q report.Question, value string, zone *time.Location) (string, error) {
	wrong := fault.New(fault.Invalid, "reporting.value."+string(q.Sort), string(q.Field))
	if value == "" {
		return "", nil
	}
	switch q.Sort {
	case report.Line:
		if strings.ContainsAny(value, "\n\r") || utf8.RuneCountInString(value) > maxLine {
			return "", wrong
		}
	case report.Number:
		digits := strings.Map(func(c rune) rune {
			switch {
			case '０' <= c && c <= '９':
				return c - '０' + '0'
			case c == ',' || c == '，' || c == '名' || c == '人':
				return -1
			}
			return c
		}, value)
		n, err := strconv.ParseUint(digits, 10, 40)
		if err != nil {
			return "", wrong
		}
		return strconv.FormatUint(n, 10), nil
	case report.Time:
		m, ok := Moment(value, zone)
		if !ok {
			return "", wrong
		}
		return m.String(), nil
	case report.Choice:
		if !slices.Contains(q.Choices, value) {
			return "", wrong
		}
	case report.YesNo:
		if value != "yes" && value != "no" {
			return "", wrong
		}
	}
	return value, nil
}
