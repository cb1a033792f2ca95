package sweep

import (
	"context"
	"errors"
	"iter"
	"os"
	"slices"
	"sync"

	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/logline"
)

// segmentBytes is how much of a plain log one goroutine takes at a time.
const segmentBytes = 16 << 20

// Run looks through the logs in their order and adds to report, which is new or what an earlier run
// of the same job left: logs that are in it are not read again. An error that comes with a log is a
// trouble, and the rest goes on. Run ends early with the error of ctx or of Found; report then holds
// what was handed on before, and Done is false.
func Run(ctx context.Context, job Job, logs iter.Seq2[Log, error], report *Report) error {
	if job.Examples == 0 {
		job.Examples = DefaultExamples
	}
	job.Workers = max(1, job.Workers)
	if job.Clock == nil {
		job.Clock = func(l Log) logline.Clock { return logline.Clock{Near: l.Written} }
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	report.Values, report.Done, report.From, report.To = job.Pack.Len(), false, job.From, job.To
	report.retry()
	r := &runner{job: &job, report: report, tally: newTally(job.Pack, report), told: map[Trouble]int{},
		work: make(chan *segment), order: make(chan *segment, 2*job.Workers)}
	for _, t := range report.Troubles {
		r.told[Trouble{Log: t.Log, Code: t.Code}]++
	}
	var workers sync.WaitGroup
	for range job.Workers {
		workers.Go(func() {
			s := &searcher{job: &job, hunt: hunt.New(job.Pack, job.Rules)}
			for g := range r.work {
				g.result <- s.search(ctx, g)
			}
		})
	}
	begun := begunIn(report)
	workers.Go(func() {
		defer close(r.order)
		defer close(r.work)
		r.divide(ctx, logs, begun)
	})
	err := r.collect(ctx)
	cancel()
	for g := range r.order { // what was begun and is not wanted any more
		r.drop(g)
	}
	workers.Wait()
	if err == nil {
		report.Done = true
		report.Clip()
	}
	return err
}

// A runner divides logs into segments and puts what was found together again.
type runner struct {
	job    *Job
	report *Report
	tally  *tally
	work   chan *segment   // for whoever is free
	order  chan *segment   // the same, in their order
	told   map[Trouble]int // troubles in the report, without their places; of unnamed logs those of an earlier run not met again yet
}

// content is what a log held when it was read.
type content struct{ log, stamp string }

// retry forgets the logs of which an earlier run could read nothing, and what it said of them: they are tried
// again, and whatever keeps them from being read still is said again.
func (r *Report) retry() {
	r.Coverage = slices.DeleteFunc(r.Coverage, func(c Cover) bool { return !c.Whole && c.Bytes == 0 })
	known := make(map[string]bool, len(r.Coverage))
	for _, c := range r.Coverage {
		known[c.Log] = true
	}
	r.Troubles = slices.DeleteFunc(r.Troubles, func(t Trouble) bool { return !known[t.Log] })
}

// begunIn lists how far an earlier run read each log; -1: it need not be read again.
func begunIn(report *Report) map[content]int64 {
	begun := make(map[content]int64, len(report.Coverage))
	troubled := make(map[string]bool, len(report.Troubles))
	for _, t := range report.Troubles {
		troubled[t.Log] = true
	}
	for _, c := range report.Coverage {
		at := c.Bytes
		if c.Whole || troubled[c.Log] {
			at = -1
		}
		begun[content{c.Log, c.Stamp}] = at
	}
	return begun
}

// divide makes segments until the logs or the context end.
func (r *runner) divide(ctx context.Context, logs iter.Seq2[Log, error], begun map[content]int64) {
	for log, err := range logs {
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			r.pass(ctx, &segment{result: answered(&found{trouble: err})}, false)
			continue
		}
		from := begun[content{log.Label, log.Stamp}]
		if from >= 0 && !r.divideLog(ctx, log, from) {
			return
		}
	}
}

// divideLog makes the segments of one log, from a byte on at which a line begins.
func (r *runner) divideLog(ctx context.Context, log Log, from int64) bool {
	clock := r.job.Clock(log)
	if log.OpenPlain == nil {
		return r.pass(ctx, &segment{log: &log, clock: clock, last: true, result: make(chan *found, 1)}, true)
	}
	f, err := log.OpenPlain()
	if err != nil {
		return r.pass(ctx, &segment{log: &log, last: true, result: answered(&found{cover: Cover{Log: log.Label, Stamp: log.Stamp}, trouble: err})}, false)
	}
	head := make([]byte, 64<<10)
	n, _ := f.ReadAt(head, 0)
	format := logline.Recognise(head[:n])
	for size := log.Length; ; from += segmentBytes {
		g := &segment{log: &log, format: format, clock: clock, at: f, from: from, limit: from + segmentBytes, result: make(chan *found, 1)}
		if g.limit >= size { // also what has been written since
			g.limit, g.last, g.close = size, true, f.Close
			if size <= from {
				g.limit = from
			}
		}
		if !r.pass(ctx, g, true) {
			return false
		}
		if g.last {
			return true
		}
	}
}

func answered(f *found) chan *found {
	c := make(chan *found, 1)
	c <- f
	return c
}

// pass hands a segment on; false if the run is over.
func (r *runner) pass(ctx context.Context, g *segment, search bool) bool {
	select {
	case r.order <- g:
	case <-ctx.Done():
		if g.close != nil {
			g.close()
		}
		return false
	}
	if !search {
		return true
	}
	select {
	case r.work <- g:
		return true
	case <-ctx.Done():
		g.result <- &found{trouble: ctx.Err()}
		return false
	}
}

// drop waits for a segment nobody wants any more.
func (r *runner) drop(g *segment) {
	<-g.result
	if g.close != nil {
		g.close()
	}
}

// collect puts the results into the report, in their order.
func (r *runner) collect(ctx context.Context) error {
	var bytes, lying int64
	for g := range r.order {
		f := <-g.result
		if g.close != nil {
			if err := g.close(); err != nil && f.trouble == nil {
				f.trouble = err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if g.log != nil {
			if err := r.merge(g, f); err != nil {
				return err
			}
			bytes += f.cover.Bytes
			lying += g.length()
		}
		if f.trouble != nil {
			for _, err := range apart(f.trouble) {
				r.tell(trouble(g.log, err))
			}
		}
		if r.job.Progress != nil && g.log != nil {
			r.job.Progress(Progress{Log: g.log.Label, Bytes: bytes, Done: lying, Hits: r.report.Hits})
		}
	}
	return ctx.Err()
}

// tell adds a trouble to the report: of a named log each once, where it was met first, and of others those
// that an earlier run did not tell of.
func (r *runner) tell(t Trouble) {
	about := Trouble{Log: t.Log, Code: t.Code}
	if r.told[about] > 0 {
		if t.Log == "" {
			r.told[about]--
		}
		return
	}
	if t.Log != "" {
		r.told[about] = 1
	}
	r.report.Troubles = append(r.report.Troubles, t)
}

// apart gives the errors that were joined to one.
func apart(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// trouble tells an error as a token.
func trouble(log *Log, err error) Trouble {
	t := Trouble{Code: "sweep.unreadable"}
	var flaw *Flaw
	switch {
	case errors.As(err, &flaw):
		t = flaw.Trouble
	case errors.Is(err, os.ErrNotExist):
		t.Code = "sweep.vanished"
	case errors.Is(err, os.ErrPermission):
		t.Code = "sweep.forbidden"
	}
	if log != nil {
		t.Log = log.Label
	}
	return t
}

// isNote says that what came with a log did not keep it from being looked through as a whole.
func isNote(err error) bool {
	for _, err := range apart(err) {
		var flaw *Flaw
		if !errors.As(err, &flaw) || !flaw.Note {
			return false
		}
	}
	return true
}

// merge adds what one segment gave.
func (r *runner) merge(g *segment, f *found) error {
	c := r.cover(f.cover)
	lines := c.Lines
	shown := make(map[hunt.ID]int64, len(f.order))
	for _, id := range f.order {
		n := f.counts[id]
		shown[id] = r.report.add(r.tally.count(r.report, id), c.Log, lines+n.number, n)
	}
	for _, h := range f.handed {
		if shown[h.id]++; r.job.Examples >= 0 && shown[h.id] > int64(r.job.Examples) {
			continue
		}
		h.hit.Wanted, _ = r.job.Pack.Wanted(h.id)
		h.hit.Number += lines
		if r.job.Found != nil {
			if err := r.job.Found(h.hit); err != nil {
				return err
			}
		}
	}
	joined := *c
	if f.cover.Dated > 0 {
		if !c.Last.IsZero() && f.start.Sub(c.Last) > gapAfter && len(c.Gaps) < maxGaps {
			joined.Gaps = append(joined.Gaps, Gap{c.Last, f.start})
		}
		if c.First.IsZero() || f.cover.First.Before(c.First) {
			joined.First = f.cover.First
		}
		if f.cover.Last.After(c.Last) {
			joined.Last = f.cover.Last
		}
		joined.Gaps = append(joined.Gaps, f.cover.Gaps...)
	}
	joined.Kind = f.cover.Kind
	joined.Bytes += f.cover.Bytes
	joined.Lines += f.cover.Lines
	joined.Dated += f.cover.Dated
	joined.Whole = g.last && (f.cover.Whole || isNote(f.trouble))
	*c = joined
	return nil
}

// cover finds the log's own place in the report.
func (r *runner) cover(of Cover) *Cover {
	all := r.report.Coverage
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Log == of.Log && all[i].Stamp == of.Stamp {
			return &all[i]
		}
	}
	r.report.Coverage = append(all, Cover{Log: of.Log, Stamp: of.Stamp, Kind: of.Kind, Exact: of.Exact})
	return &r.report.Coverage[len(all)]
}
