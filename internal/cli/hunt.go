package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/logfile"
	"github.com/wakachi/wakachi/internal/logline"
	"github.com/wakachi/wakachi/internal/sweep"
)

// A huntLine is one line of hunt --json. Its time is left out where the line has none.
type huntLine struct {
	Indicator string `json:"indicator"`
	Type      string `json:"type"`
	Hash      string `json:"hash,omitempty"`
	File      string `json:"file"`
	Line      int64  `json:"line"`
	Offset    int64  `json:"offset"`
	Time      string `json:"time,omitempty"`
	Form      string `json:"form"`
	Ref       string `json:"ref,omitempty"`
	Text      string `json:"text"`
}

// A huntSummary is what hunt --summary says: the answer, and what it rests on.
type huntSummary struct {
	Answer sweep.Answer `json:"answer"`
	First  time.Time    `json:"first,omitzero"` // of the logs
	Last   time.Time    `json:"last,omitzero"`
	Older  int          `json:"older"` // values last seen before the logs begin
	List   listReport   `json:"list"`
	sweep.Report
}

// A huntOrder is the command line of hunt.
type huntOrder struct {
	lists            []string
	parcel           string
	send             bool
	incident, label  string
	engine, key      string
	exact, every     bool
	url              string
	from, to, zone   string
	offsets          []string
	summary          string
	compile, state   string
	include, exclude []string
	hidden           bool
	workers          int
	wanted           wantedFlags
}

func huntCommand(env *Env, v voice) *cobra.Command {
	var o huntOrder
	r := &remote{env: env}
	c := &cobra.Command{
		Use: "hunt --indicators FILE LOG...", Short: v.lang.Text("cli.hunt"),
		RunE: func(c *cobra.Command, logs []string) error { return o.run(c.Context(), r, v, logs) },
	}
	r.flags(c, v)
	f := c.Flags()
	f.StringArrayVarP(&o.lists, "indicators", "i", nil, v.lang.Text("cli.hunt.indicators"))
	f.StringVar(&o.parcel, "parcel", "", v.lang.Text("cli.hunt.parcel"))
	f.BoolVar(&o.send, "send", false, v.lang.Text("cli.hunt.send"))
	f.StringVar(&o.incident, "incident", "", v.lang.Text("cli.hunt.incident"))
	f.StringVar(&o.label, "tlp", "", v.lang.Text("cli.hunt.tlp"))
	f.StringVar(&o.engine, "import", "", v.lang.Text("cli.hunt.import"))
	f.StringVar(&o.key, "key", "", v.lang.Text("cli.hunt.key"))
	f.BoolVar(&o.exact, "exact", false, v.lang.Text("cli.hunt.exact"))
	f.BoolVar(&o.every, "every", false, v.lang.Text("cli.hunt.every"))
	f.StringVar(&o.url, "match-url", "prefix", v.lang.Text("cli.hunt.match-url"))
	f.StringVar(&o.from, "from", "", v.lang.Text("cli.hunt.from"))
	f.StringVar(&o.to, "to", "", v.lang.Text("cli.hunt.to"))
	f.StringVar(&o.zone, "zone", "UTC", v.lang.Text("cli.hunt.zone"))
	f.StringArrayVar(&o.offsets, "clock-offset", nil, v.lang.Text("cli.hunt.clock-offset"))
	f.StringVar(&o.summary, "summary", "", v.lang.Text("cli.hunt.summary"))
	f.Lookup("summary").NoOptDefVal = "ends"
	f.StringVar(&o.compile, "compile", "", v.lang.Text("cli.hunt.compile"))
	f.StringVar(&o.state, "state", "", v.lang.Text("cli.hunt.state"))
	f.StringArrayVar(&o.include, "include", nil, v.lang.Text("cli.hunt.include"))
	f.StringArrayVar(&o.exclude, "exclude", nil, v.lang.Text("cli.hunt.exclude"))
	f.BoolVar(&o.hidden, "hidden", false, v.lang.Text("cli.hunt.hidden"))
	f.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), v.lang.Text("cli.hunt.workers"))
	o.wanted.flags(f, v)
	return c
}

// run looks for the values in the logs, or only makes the pack.
func (o *huntOrder) run(ctx context.Context, r *remote, v voice, logs []string) error {
	job, err := o.job(r.env)
	if err != nil {
		return err
	}
	if o.engine != "" {
		list := &huntList{unsaid: true}
		if err := o.labelled(list); err != nil {
			return err
		}
		report, err := o.imported(r.env, job, logs)
		if err != nil {
			return err
		}
		return o.conclude(ctx, r, v, list, report)
	}
	list, err := o.list(ctx, r, v)
	if err != nil {
		return err
	}
	defer list.close()
	list.tell(v)
	if o.compile != "" {
		return writePack(o.compile, list.pack)
	}
	if len(logs) == 0 {
		return fault.New(fault.Usage, "cli.hunt.no-logs-given")
	}
	if err := o.labelled(list); err != nil {
		return err
	}
	job.Pack = list.pack
	report, err := o.search(ctx, r, v, job, logs)
	if err != nil {
		return err
	}
	return o.conclude(ctx, r, v, list, report)
}

// job reads what the flags say of how to look.
func (o *huntOrder) job(env *Env) (j sweep.Job, err error) {
	j.Workers, j.Rules.Exact = o.workers, o.exact
	if o.every {
		j.Examples = -1
	}
	switch o.url {
	case "prefix":
	case "exact":
		j.Rules.URL = hunt.URLExact
	case "host":
		j.Rules.URL = hunt.URLHost
	default:
		return j, fault.New(fault.Usage, "cli.hunt.bad-match-url")
	}
	switch o.summary {
	case "", "ends":
	case "full":
		j.Full = true
	default:
		return j, fault.New(fault.Usage, "cli.hunt.bad-summary")
	}
	zone, err := time.LoadLocation(o.zone)
	if err != nil {
		return j, fault.Wrap(err, fault.Usage, "cli.hunt.bad-zone")
	}
	if j.From, err = moment(o.from, zone, false); err != nil {
		return j, err
	}
	if j.To, err = moment(o.to, zone, true); err != nil {
		return j, err
	}
	offsets, err := clockOffsets(o.offsets)
	if err != nil {
		return j, err
	}
	j.Clock = func(l sweep.Log) logline.Clock {
		near := l.Written
		if near.IsZero() {
			near = env.Now() // standard input
		}
		return logline.Clock{Zone: zone, Offset: offsets.of(l.Label), Near: near}
	}
	return j, nil
}

// moment reads a date or a time; of a date that ends a period, its end.
func moment(s string, zone *time.Location, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil {
		return t, fault.Wrap(err, fault.Usage, "cli.hunt.bad-time")
	}
	if end {
		t = t.AddDate(0, 0, 1).Add(-time.Nanosecond)
	}
	return t, nil
}

// search takes the logs through the hunt, from where an interrupted search stopped if there is one.
func (o *huntOrder) search(ctx context.Context, r *remote, v voice, job sweep.Job, logs []string) (*sweep.Report, error) {
	state, err := openState(o.state, job)
	if err != nil {
		return nil, err
	}
	out := json.NewEncoder(r.env.Out)
	out.SetEscapeHTML(false)
	quiet := o.summary != "" && !r.asJSON
	job.Found = func(h sweep.Hit) error {
		switch {
		case quiet:
			return nil
		case r.asJSON:
			return wrapOutput(out.Encode(lineOf(h)))
		}
		_, err := fmt.Fprintf(r.env.Out, "%s\t%s:%d\t%s\t%s\t%s\n", h.Wanted.Value.Value, h.Log, h.Number, stamp(h.Time), h.Form, v.plain([]string{h.Line})[0])
		return wrapOutput(err)
	}
	sources, length := o.sources(ctx, r.env, logs)
	progress := newProgress(r.env, v, length)
	job.Progress = progress.show
	err = sweep.Run(ctx, job, sources, &state.Report)
	progress.end()
	if ctx.Err() != nil {
		if o.state == "" {
			return nil, fault.Wrap(ctx.Err(), fault.Unavailable, "cli.hunt.interrupted")
		}
		if err := state.save(); err != nil {
			return nil, err
		}
		return nil, fault.Wrap(ctx.Err(), fault.Unavailable, "cli.hunt.interrupted-kept", o.state)
	}
	if err != nil {
		return nil, err
	}
	return &state.Report, state.done()
}

func wrapOutput(err error) error {
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.output")
	}
	return nil
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func lineOf(h sweep.Hit) huntLine {
	ref := h.Wanted.Ref
	if h.Wanted.Line > 0 {
		ref = "line " + strconv.Itoa(h.Wanted.Line)
	}
	return huntLine{
		Indicator: h.Wanted.Value.Value, Type: string(h.Wanted.Type), Hash: string(h.Wanted.Hash),
		File: h.Log, Line: h.Number, Offset: h.Offset, Time: stamp(h.Time), Form: h.Form.String(), Ref: ref, Text: h.Line,
	}
}

// sources lists the logs behind the arguments, and how long they are together.
func (o *huntOrder) sources(ctx context.Context, env *Env, paths []string) (logs iter.Seq2[sweep.Log, error], length int64) {
	type found struct {
		log sweep.Log
		err error
	}
	var all []found
	options := logfile.Options{Stdin: env.In, Include: o.include, Exclude: o.exclude, SkipHidden: !o.hidden}
	for log, err := range Logs(ctx, paths, options) {
		all = append(all, found{log, err})
		length += max(0, log.Length)
	}
	return func(yield func(sweep.Log, error) bool) {
		for _, f := range all {
			if !yield(f.log, f.err) {
				return
			}
		}
	}, length
}

// conclude says what it came to, and answers who asked.
func (o *huntOrder) conclude(ctx context.Context, r *remote, v voice, list *huntList, report *sweep.Report) error {
	s := huntSummary{Report: *report, List: list.report, Answer: report.Answer(list.from, list.to)}
	s.First, s.Last = report.Period()
	s.Older = list.olderThan(s.First)
	if o.summary != "" {
		if err := s.write(r, v); err != nil {
			return err
		}
	}
	s.speak(v)
	if o.incident != "" {
		if err := o.keep(ctx, r, v, &s, list.label); err != nil {
			return err
		}
	}
	if o.parcel != "" {
		if err := o.answer(ctx, r, v, &s); err != nil {
			return err
		}
	}
	if s.Answer == sweep.NoLogs || s.Answer == sweep.CannotSearch {
		return fault.New(fault.Withheld, "cli.hunt."+string(s.Answer))
	}
	return nil
}

// write puts the summary on standard output.
func (s *huntSummary) write(r *remote, v voice) error {
	if r.asJSON {
		out := json.NewEncoder(r.env.Out)
		out.SetEscapeHTML(false)
		return wrapOutput(out.Encode(s))
	}
	w := r.env.Out
	fmt.Fprintf(w, "%s\n", v.lang.Text("cli.hunt.answer."+string(s.Answer)))
	for _, c := range s.Found {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s:%d\n", c.Value, c.Hits, stamp(c.First), stamp(c.Last), c.Logs[0].Log, c.Logs[0].Number)
	}
	for _, c := range s.Coverage {
		whole := ""
		switch {
		case c.Outside:
			whole = v.lang.Text("cli.hunt.outside")
		case !c.Whole:
			whole = v.lang.Text("cli.hunt.partly")
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n", c.Log, c.Kind, c.Lines, stamp(c.First), stamp(c.Last), whole)
		for _, g := range c.Gaps {
			fmt.Fprintf(w, "\t%s\t%s\t%s\n", v.lang.Text("cli.hunt.gap"), stamp(g.From), stamp(g.To))
		}
	}
	return nil
}

// speak says on standard error what nobody should overlook.
func (s *huntSummary) speak(v voice) {
	for _, t := range s.Troubles {
		v.say("cli.hunt.trouble", t.Log, v.lang.Text(t.Code, t.Log))
	}
	var lines int64
	for _, c := range s.Coverage {
		lines += c.Lines
	}
	n := func(i int64) string { return strconv.FormatInt(i, 10) }
	v.say("cli.hunt.covered", n(int64(len(s.Coverage))), n(lines), stamp(s.First), stamp(s.Last), n(s.Hits), n(int64(len(s.Found))), n(int64(s.Values)))
	if s.Undated > 0 {
		v.say("cli.hunt.undated", n(s.Undated))
	}
	if s.Older > 0 {
		v.say("cli.hunt.older", n(int64(s.Older)))
	}
}

// A progress line is rewritten in place on a terminal, and not shown elsewhere.
type progress struct {
	w     io.Writer
	v     voice
	now   func() time.Time
	begun time.Time
	shown time.Time
	total int64
}

func newProgress(env *Env, v voice, total int64) *progress {
	p := &progress{v: v, now: env.Now, begun: env.Now(), total: total}
	if f, ok := env.Err.(*os.File); ok {
		if i, err := f.Stat(); err == nil && i.Mode()&os.ModeCharDevice != 0 {
			p.w = f
		}
	}
	return p
}

func (p *progress) show(s sweep.Progress) {
	now := p.now()
	if p.w == nil || now.Sub(p.shown) < time.Second/4 {
		return
	}
	p.shown = now
	gone := max(now.Sub(p.begun), time.Millisecond)
	left := "?"
	if s.Done > 0 && p.total > s.Done {
		left = time.Duration(float64(gone) * float64(p.total-s.Done) / float64(s.Done)).Round(time.Second).String()
	}
	rate := int(float64(s.Bytes) / gone.Seconds() / 1e6)
	fmt.Fprintf(p.w, "\r\x1b[K%s", p.v.lang.Text("cli.hunt.progress", strconv.FormatInt(s.Bytes/1e6, 10), strconv.Itoa(rate), strconv.FormatInt(s.Hits, 10), left))
}

func (p *progress) end() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
