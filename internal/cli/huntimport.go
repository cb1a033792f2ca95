package cli

import (
	"bufio"
	"io"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/ruleset"
	"github.com/wakachi/wakachi/internal/sweep"
)

// imported makes the report of a search from what an engine found by rules of ours. Without the key of
// these rules a log without hits says nothing: nobody knows what was looked for.
func (o *huntOrder) imported(env *Env, job sweep.Job, files []string) (*sweep.Report, error) {
	read := map[string]func(io.Reader, ruleset.Key, func(ruleset.Seen) error) (ruleset.Account, error){
		"suricata": ruleset.ReadEVE, "zeek": ruleset.ReadIntel,
	}[o.engine]
	if read == nil {
		return nil, fault.New(fault.Usage, "cli.hunt.bad-import")
	}
	report := &sweep.Report{Done: true, From: job.From, To: job.To}
	var key ruleset.Key
	if o.key != "" {
		f, err := input(env.In, o.key)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if key, err = ruleset.ReadKey(bufio.NewReader(f)); err != nil {
			return nil, err
		}
		report.Values = 1
	}
	for _, name := range files {
		if err := o.importFile(env, report, name, func(in io.Reader, each func(ruleset.Seen) error) (ruleset.Account, error) {
			return read(in, key, each)
		}); err != nil {
			return nil, err
		}
	}
	report.Clip()
	report.Values = max(report.Values, len(report.Found))
	return report, nil
}

// importFile adds one log of an engine to the report.
func (o *huntOrder) importFile(env *Env, report *sweep.Report, name string, read func(io.Reader, func(ruleset.Seen) error) (ruleset.Account, error)) error {
	in, err := input(env.In, name)
	if err != nil {
		return err
	}
	defer in.Close()
	a, err := read(bufio.NewReaderSize(in, 1<<20), func(s ruleset.Seen) error {
		if s.Value.IsZero() {
			return nil // the engine's own words for it; no key says which of our values that is
		}
		if !s.Time.IsZero() && !report.Counts(s.Time) {
			return nil
		}
		report.Hit(sweep.Hit{Wanted: hunt.Wanted{Value: s.Value}, Log: name, Number: int64(s.Line), Time: s.Time})
		return nil
	})
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "sweep.open", name)
	}
	report.Coverage = append(report.Coverage, sweep.Cover{
		Log: name, Kind: o.engine, Lines: int64(a.Lines), First: a.From, Last: a.To, Whole: true,
	})
	if n := a.Bad + a.TooLong; n > 0 {
		report.Troubles = append(report.Troubles, sweep.Trouble{Log: name, Code: "sweep.bad-lines"})
	}
	return nil
}
