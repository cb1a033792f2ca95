package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/sweep"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wanted"
)

// wantedFlags say which values of a list are looked for.
type wantedFlags struct {
	all           bool
	keep          []string
	minConfidence int
}

func (w *wantedFlags) flags(f *pflag.FlagSet, v voice) {
	f.BoolVar(&w.all, "all", false, v.lang.Text("cli.wanted.all"))
	f.StringSliceVar(&w.keep, "keep", nil, v.lang.Text("cli.wanted.keep"))
	f.IntVar(&w.minConfidence, "min-confidence", 0, v.lang.Text("cli.wanted.min-confidence"))
}

// options are the flags as package wanted takes them.
func (w *wantedFlags) options(now time.Time) (wanted.Options, error) {
	o := wanted.Options{At: now, All: w.all, MinConfidence: w.minConfidence}
	for _, k := range w.keep {
		r := wanted.Reason(k)
		if !r.Waivable() {
			return o, fault.New(fault.Usage, "cli.wanted.bad-keep")
		}
		o.Keep = append(o.Keep, r)
	}
	return o, nil
}

// A listReport says what became of the values of the lists.
type listReport struct {
	Read   int          `json:"read"`
	Given  int          `json:"given"`
	Twice  int          `json:"twice"`  // given more than once
	Cannot int          `json:"cannot"` // nothing to find them by
	Passed []passedLine `json:"passed"` // not looked for
}

type passedLine struct {
	List   string `json:"list"`
	Reason string `json:"reason"`
	Type   string `json:"type,omitempty"`
	Count  int    `json:"count"`
	First  string `json:"first,omitempty"` // where the first of them stands
}

// A huntList is what is looked for.
type huntList struct {
	pack     *hunt.Pack
	report   listReport
	from, to time.Time         // when the values were in use, as far as somebody said
	last     map[time.Time]int // how many were last seen on the day that ends then
	release  func()
	label    tlp.Label // the strictest under which a value came; Unknown if none says
	unsaid   bool      // a value came without one
}

func (l *huntList) close() { l.release() }

// list reads what is wanted: packs as they lie, lists, what was shared.
func (o *huntOrder) list(ctx context.Context, r *remote, v voice) (*huntList, error) {
	if len(o.lists) == 0 && o.parcel == "" {
		return nil, fault.New(fault.Usage, "cli.hunt.no-indicators")
	}
	if len(o.lists) > 0 && o.parcel != "" { // the answer to a parcel is about its values, and no others
		return nil, fault.New(fault.Usage, "cli.hunt.two-lists")
	}
	options, err := o.wanted.options(r.env.Now())
	if err != nil {
		return nil, err
	}
	l := &huntList{last: map[time.Time]int{}, release: func() {}}
	if len(o.lists) == 1 && o.lists[0] != "-" {
		pack, release, err := sweep.OpenPack(o.lists[0])
		if err != nil {
			return nil, err
		}
		if pack != nil {
			l.pack, l.release, l.unsaid = pack, release, true
			l.report.Given = pack.Len()
			return l, nil
		}
	}
	var b hunt.Builder
	for _, name := range o.lists {
		err := l.open(r.env.In, name, options, func(e wanted.Entry) {
			l.under(e.TLP)
			ref := e.Ref
			if e.Line > 0 {
				ref = "" // the line says it
			}
			l.add(&b, hunt.Wanted{Value: e.Value, Port: e.Port, Ref: ref, Line: e.Line}, e.Since, endOf(e.LastSeen))
		})
		if err != nil {
			return nil, err
		}
	}
	if o.parcel != "" {
		if err := l.shared(ctx, r, &b, o.parcel, options); err != nil {
			return nil, err
		}
	}
	l.pack, l.report.Twice = b.Pack()
	if l.pack.Len() == 0 {
		l.tell(v)
		return nil, fault.New(fault.Invalid, "cli.hunt.nothing-wanted")
	}
	return l, nil
}

// open reads one list and remembers what of it is not looked for.
func (l *huntList) open(stdin io.Reader, name string, o wanted.Options, each func(wanted.Entry)) error {
	in, err := input(stdin, name)
	if err != nil {
		return err
	}
	defer in.Close()
	return l.read(bufio.NewReaderSize(in, 1<<20), name, o, each)
}

// read is open for a list that is open already.
func (l *huntList) read(in io.Reader, name string, o wanted.Options, each func(wanted.Entry)) error {
	a, err := wanted.Read(in, name, o, func(e wanted.Entry) error {
		each(e)
		return nil
	})
	if err != nil {
		return err
	}
	l.report.Read += a.Read
	l.report.Given += a.Given
	for _, p := range a.Passed {
		line := passedLine{List: name, Reason: string(p.Reason), Type: p.Type, Count: p.Count}
		if len(p.Examples) > 0 {
			line.First = p.Examples[0].Ref
		}
		l.report.Passed = append(l.report.Passed, line)
	}
	return nil
}

// add puts one value in, and when it was in use: from a first time to the end of the last, zero for what
// nobody says. Values nothing can be found by are counted.
func (l *huntList) add(b *hunt.Builder, w hunt.Wanted, since, end time.Time) {
	if b.Add(w) != nil {
		l.report.Cannot++
		return
	}
	l.use(since, end)
	if !end.IsZero() {
		l.last[endOf(end.UTC().Add(-time.Nanosecond).Truncate(24*time.Hour))]++
	}
}

// use widens the time in which the values were in use.
func (l *huntList) use(from, to time.Time) {
	if !from.IsZero() && (l.from.IsZero() || from.Before(l.from)) {
		l.from = from
	}
	if to.After(l.to) {
		l.to = to
	}
}

// endOf is the end of the time in which a value was seen last: of the day, if that is all its list says.
func endOf(last time.Time) time.Time {
	if last = last.UTC(); last.Equal(last.Truncate(24*time.Hour)) && !last.IsZero() {
		return last.AddDate(0, 0, 1)
	}
	return last
}

// under remembers that a value came under a label.
func (l *huntList) under(label tlp.Label) {
	switch {
	case label == tlp.Unknown:
		l.unsaid = true
	case l.label == tlp.Unknown:
		l.label = label
	default:
		l.label = tlp.Strictest(l.label, label)
	}
}

// labelled adds the label that the command line says the list came under, the strictest being the one
// that holds. What nobody named a label for cannot become items: they would go further than what they
// came from may.
func (o *huntOrder) labelled(l *huntList) error {
	if o.label != "" {
		label, err := tlp.Parse(o.label)
		if err != nil {
			return fault.New(fault.Usage, "cli.share.bad-label")
		}
		l.unsaid = false
		l.under(label)
	}
	if o.incident != "" && l.unsaid {
		return fault.New(fault.Usage, "cli.hunt.no-label")
	}
	return nil
}

// olderThan counts the values that were last seen before the logs begin.
func (l *huntList) olderThan(first time.Time) (n int) {
	for end, count := range l.last {
		if !first.IsZero() && end.Before(first) {
			n += count
		}
	}
	return n
}

// shared takes what others shared as the list.
func (l *huntList) shared(ctx context.Context, r *remote, b *hunt.Builder, id string, o wanted.Options) error {
	if err := r.open(ctx); err != nil {
		return err
	}
	got, _, err := fetch[struct {
		sharedLine
		Sheet parcel.Sheet
	}](ctx, r, http.MethodGet, "/shared"+piece(id), nil)
	if err != nil {
		return err
	}
	if got.Recall != nil {
		return fault.New(fault.Withheld, "cli.hunt.recalled")
	}
	label, err := tlp.Parse(got.Label)
	if err != nil {
		return err
	}
	l.under(label)
	return l.sheet(b, got.Sheet, id, o)
}

// sheet takes what a parcel asks to look for as the list, as package watch does.
func (l *huntList) sheet(b *hunt.Builder, s parcel.Sheet, id string, o wanted.Options) error {
	table, patterns := s.Wanted()
	if n := len(patterns); n > 0 {
		l.report.Read += n
		l.report.Passed = append(l.report.Passed, passedLine{List: id, Reason: string(wanted.Compound), Count: n, First: patterns[0]})
	}
	if table != nil {
		err := l.read(bytes.NewReader(table), id, o, func(e wanted.Entry) {
			var line parcel.Line
			if n, err := strconv.Atoi(strings.TrimPrefix(e.Ref, "line ")); err == nil && n > 0 && n <= len(s.Lines) {
				line = s.Lines[n-1]
			}
			since, end := line.InUse()
			l.add(b, hunt.Wanted{Value: e.Value, Port: e.Port, Ref: id}, since, end)
		})
		if err != nil {
			return err
		}
	}
	from, to := s.InUse()
	l.use(from, to)
	return nil
}

// tell says on standard error what is not looked for, and why.
func (l *huntList) tell(v voice) {
	for _, p := range l.report.Passed {
		v.say("cli.wanted.passed", strconv.Itoa(p.Count), p.List, v.lang.Text("wanted.reason."+p.Reason), p.First)
	}
	if l.report.Cannot > 0 {
		v.say("cli.wanted.cannot", strconv.Itoa(l.report.Cannot))
	}
}

// writePack keeps a pack in a file.
func writePack(name string, p *hunt.Pack) error {
	return writeStream(name, func(w io.Writer) error {
		_, err := p.WriteTo(w)
		return err
	})
}

// clockSkews are the errors of the clocks of logs, by a part of their names.
type clockSkews []struct {
	part string
	skew time.Duration
}

// clockOffsets reads NAME=DURATION: what to add to the times of logs with NAME in their names.
func clockOffsets(args []string) (skews clockSkews, err error) {
	for _, a := range args {
		part, d, ok := strings.Cut(a, "=")
		skew, err := time.ParseDuration(d)
		if !ok || err != nil {
			return nil, fault.New(fault.Usage, "cli.hunt.bad-clock-offset")
		}
		skews = append(skews, struct {
			part string
			skew time.Duration
		}{part, skew})
	}
	return skews, nil
}

// of is the error of one log's clock: of the last part that its name has.
func (s clockSkews) of(label string) (skew time.Duration) {
	for _, x := range s {
		if strings.Contains(label, x.part) {
			skew = x.skew
		}
	}
	return skew
}
