package sweep_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/sweep"
)

// plain is a log that lies in a file.
func plain(file string) sweep.Log {
	log := sweep.Log{Label: filepath.Base(file), OpenPlain: func() (sweep.Plain, error) { return os.Open(file) }}
	if i, err := os.Stat(file); err == nil {
		log.Length = i.Size()
	}
	log.Stamp = fmt.Sprint(log.Length)
	return log
}

// streamed is a log that can only be read from its beginning.
func streamed(name, text string) sweep.Log { return broken(name, text, io.EOF) }

// broken is a stream that ends with an error.
func broken(name, text string, err error) sweep.Log {
	return sweep.Log{Label: name, Length: -1, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(text), failing{err})), nil
	}}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func logs(ls ...sweep.Log) iter.Seq2[sweep.Log, error] {
	return func(yield func(sweep.Log, error) bool) {
		for _, l := range ls {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func packOf(t testing.TB, domains ...string) *hunt.Pack {
	var b hunt.Builder
	for _, d := range domains {
		if err := b.Add(hunt.Wanted{Value: indicator.Value{Type: indicator.Domain, Value: d}}); err != nil {
			t.Fatal(err)
		}
	}
	p, _ := b.Pack()
	return p
}

const morning = 1767225600 // 2026-01-01T00:00:00Z

// squid writes lines in the manner of squid, a second apart; hosts stand where every says so.
func squid(lines, every int, host string) string {
	var b strings.Builder
	r := rand.New(rand.NewPCG(1, uint64(lines)))
	for i := range lines {
		name := fmt.Sprintf("host%d.example", r.IntN(1000))
		if i%every == every-1 {
			name = host
		}
		fmt.Fprintf(&b, "%d.%03d    120 192.0.2.1 TCP_MISS/200 1234 GET http://%s/a - HIER_DIRECT/198.51.100.%d text/html\n", morning+i, i%1000, name, r.IntN(255))
	}
	return b.String()
}

func TestSegmentsAndWorkersMakeNoDifference(t *testing.T) {
	file := filepath.Join(t.TempDir(), "squid.log")
	text := squid(400_000, 1000, "evil.example") // 40 MB: three segments
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text, "\n")
	for _, log := range []sweep.Log{plain(file), streamed("stream", text)} {
		for _, workers := range []int{1, 3} {
			var got []sweep.Hit
			var report sweep.Report
			err := sweep.Run(t.Context(), sweep.Job{Pack: packOf(t, "evil.example"), Workers: workers, Examples: -1, Found: func(h sweep.Hit) error {
				got = append(got, h)
				return nil
			}}, logs(log), &report)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 400 || report.Hits != 400 || len(report.Found) != 1 || report.Found[0].Hits != 400 {
				t.Fatalf("%d hits, the report says %d", len(got), report.Hits)
			}
			for i, h := range got {
				if n := int64(i+1) * 1000; h.Number != n || h.Line != lines[n-1] || !h.Time.Equal(time.Unix(morning+n-1, h.Time.UnixNano()%1e9)) {
					t.Fatalf("hit %d: line %d %q at %v", i, h.Number, h.Line, h.Time)
				}
				if at := text[h.Offset:]; !strings.HasPrefix(at, "evil.example") {
					t.Fatalf("at %d stands %.20s", h.Offset, at)
				}
			}
			c := report.Coverage[0]
			if c.Lines != 400_000 || c.Bytes != int64(len(text)) || !c.Whole || len(report.Coverage) != 1 || len(c.Gaps) > 0 {
				t.Errorf("covered %+v", c)
			}
			if c.First.Unix() != morning || c.Last.Unix() != morning+399_999 {
				t.Errorf("from %v to %v", c.First, c.Last)
			}
		}
	}
}

func TestGoesOnWhereItWasInterrupted(t *testing.T) {
	dir := t.TempDir()
	var all []sweep.Log
	for i := range 3 {
		file := filepath.Join(dir, fmt.Sprintf("%d.log", i))
		os.WriteFile(file, []byte(squid(250_000+i, 500, "evil.example")), 0o600)
		all = append(all, plain(file))
	}
	all = append(all, streamed("stream", squid(3000, 500, "evil.example")))
	pack := packOf(t, "evil.example")

	whole := map[string]int{}
	var want sweep.Report
	if err := sweep.Run(t.Context(), sweep.Job{Pack: pack, Workers: 2, Examples: -1, Found: func(h sweep.Hit) error {
		whole[fmt.Sprint(h.Log, h.Number)]++
		return nil
	}}, logs(all...), &want); err != nil {
		t.Fatal(err)
	}

	got := map[string]int{}
	var report sweep.Report
	for runs := 0; !report.Done; runs++ {
		if runs > 20 {
			t.Fatal("it never gets done")
		}
		ctx, stop := context.WithCancel(t.Context())
		err := sweep.Run(ctx, sweep.Job{Pack: pack, Workers: 2, Examples: -1, Found: func(h sweep.Hit) error {
			got[fmt.Sprint(h.Log, h.Number)]++
			return nil
		}, Progress: func(sweep.Progress) { stop() }}, logs(all...), &report)
		stop()
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if len(got) != len(whole) || report.Hits != want.Hits {
		t.Fatalf("%d places and %d hits, want %d and %d", len(got), report.Hits, len(whole), want.Hits)
	}
	for place, n := range got {
		if n != 1 {
			t.Errorf("%s was handed on %d times", place, n)
		}
	}
	for i, c := range report.Coverage {
		if w := want.Coverage[i]; c.Lines != w.Lines || c.Bytes != w.Bytes || !c.Last.Equal(w.Last) || !c.Whole {
			t.Errorf("covered %+v, want %+v", c, w)
		}
	}
}

func TestATroubleDoesNotStopTheRest(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.log")
	os.WriteFile(good, []byte(squid(10, 5, "evil.example")), 0o600)
	cut := broken("cut.gz", squid(10, 5, "evil.example"), errors.New("unexpected end"))
	var report sweep.Report
	err := sweep.Run(t.Context(), sweep.Job{Pack: packOf(t, "evil.example")},
		func(yield func(sweep.Log, error) bool) {
			_ = yield(plain(filepath.Join(dir, "gone.log")), nil) && yield(sweep.Log{}, os.ErrPermission) && yield(cut, nil) && yield(plain(good), nil)
		}, &report)
	if err != nil {
		t.Fatal(err)
	}
	if report.Hits != 4 {
		t.Errorf("%d hits, want those before the cut and those behind the troubles", report.Hits)
	}
	var codes []string
	for _, x := range report.Troubles {
		codes = append(codes, x.Log+" "+x.Code)
	}
	if got := strings.Join(codes, ", "); got != "gone.log sweep.vanished,  sweep.forbidden, cut.gz sweep.unreadable" {
		t.Error(got)
	}
	for _, c := range report.Coverage {
		if c.Whole != (c.Log == "good.log") {
			t.Errorf("%s whole: %v", c.Log, c.Whole)
		}
	}
}

func TestHotValuesAreCountedNotListed(t *testing.T) {
	var handed int
	var report sweep.Report
	if err := sweep.Run(t.Context(), sweep.Job{Pack: packOf(t, "evil.example"), Examples: 3, Found: func(sweep.Hit) error { handed++; return nil }},
		logs(streamed("a", squid(5000, 1, "evil.example")), streamed("b", squid(10, 1, "evil.example"))), &report); err != nil {
		t.Fatal(err)
	}
	if handed != 6 || report.Hits != 5010 || report.Found[0].Logs[0].Hits != 5000 {
		t.Errorf("%d handed on, %d counted", handed, report.Hits)
	}
}

func TestTimesBoundWhatCounts(t *testing.T) {
	text := squid(100, 10, "evil.example") + "no time here http://evil.example/\n"
	var report sweep.Report
	job := sweep.Job{Pack: packOf(t, "evil.example"), From: time.Unix(morning+30, 0), To: time.Unix(morning+60, 0)}
	if err := sweep.Run(t.Context(), job, logs(streamed("a", text)), &report); err != nil {
		t.Fatal(err)
	}
	if report.Hits != 4 || report.Undated != 1 { // at 39, 49, 59, and the one nobody can date
		t.Errorf("%d hits, %d undated", report.Hits, report.Undated)
	}
}

func TestAnswers(t *testing.T) {
	day := func(d int) time.Time { return time.Unix(morning, 0).AddDate(0, 0, d) }
	run := func(host, text string) *sweep.Report {
		var report sweep.Report
		if err := sweep.Run(t.Context(), sweep.Job{Pack: packOf(t, host), Full: true}, logs(streamed("a", text)), &report); err != nil {
			t.Fatal(err)
		}
		return &report
	}
	text := squid(100, 10, "evil.example")
	for _, c := range []struct {
		report   *sweep.Report
		from, to time.Time
		want     sweep.Answer
	}{
		{run("evil.example", text), time.Time{}, time.Time{}, sweep.Found},
		{run("other.example", text), time.Time{}, time.Time{}, sweep.NotFound},
		{run("other.example", text), day(-3), day(3), sweep.NotFound},
		{run("other.example", text), day(-3), day(-2), sweep.NoLogs},
		{run("other.example", text), day(2), day(3), sweep.NoLogs},
		{run("other.example", "nothing has a time\n"), day(2), day(3), sweep.NoLogs},
		{run("other.example", "nothing has a time\n"), time.Time{}, time.Time{}, sweep.NotFound},
		{run("other.example", ""), time.Time{}, time.Time{}, sweep.CannotSearch},
		{&sweep.Report{}, time.Time{}, time.Time{}, sweep.CannotSearch},
	} {
		if got := c.report.Answer(c.from, c.to); got != c.want {
			t.Errorf("from %v to %v: %s, want %s", c.from, c.to, got, c.want)
		}
	}
}

func TestGapsAreTold(t *testing.T) {
	var text bytes.Buffer
	for _, at := range []int{0, 10, 20, 100_000, 100_010} {
		fmt.Fprintf(&text, "%d.000 x\n", morning+at)
	}
	var report sweep.Report
	if err := sweep.Run(t.Context(), sweep.Job{Pack: packOf(t, "evil.example"), Full: true}, logs(streamed("a", text.String())), &report); err != nil {
		t.Fatal(err)
	}
	if g := report.Coverage[0].Gaps; len(g) != 1 || g[0].From.Unix() != morning+20 || g[0].To.Unix() != morning+100_000 {
		t.Errorf("gaps %v", g)
	}
}

// What lies beyond the bounds was not looked for: neither the coverage nor the answer claims it.
func TestBoundsHoldForWhatIsSaidToo(t *testing.T) {
	at := func(h int) time.Time { return time.Unix(morning, 0).Add(time.Duration(h) * time.Hour) }
	hourly := func(from, to int) string {
		var b strings.Builder
		for h := from; h <= to; h++ {
			fmt.Fprintf(&b, "%d.000    120 192.0.2.1 TCP_MISS/200 1234 GET http://host.example/ - HIER_DIRECT/198.51.100.1 text/html\n", at(h).Unix())
		}
		return b.String()
	}
	gone := hourly(0, 3) + hourly(40, 43)
	for _, c := range []struct {
		what, text  string
		from, to    time.Time
		first, last time.Time
		want        sweep.Answer
	}{
		{"a part", hourly(0, 20), at(5), at(10), at(5), at(10), sweep.NotFound},
		{"its end", hourly(0, 20), at(15), at(50), at(15), at(20), sweep.NotFound},
		{"from then on", hourly(0, 20), at(15), time.Time{}, at(15), at(20), sweep.NotFound},
		{"before it", hourly(0, 20), at(-9), at(-1), time.Time{}, time.Time{}, sweep.NoLogs},
		{"behind it", hourly(0, 20), at(21), time.Time{}, time.Time{}, time.Time{}, sweep.NoLogs},
		{"in a gap", gone, at(10), at(20), time.Time{}, time.Time{}, sweep.NoLogs},
		{"around a gap", gone, at(2), at(41), at(2), at(41), sweep.NotFound},
		{"no times", "no time here\n", at(2), at(41), time.Time{}, time.Time{}, sweep.NoLogs},
		{"no bounds", hourly(0, 20), time.Time{}, time.Time{}, at(0), at(20), sweep.NotFound},
	} {
		job := sweep.Job{Pack: packOf(t, "evil.example"), Full: true, From: c.from, To: c.to}
		var report sweep.Report
		if err := sweep.Run(t.Context(), job, logs(streamed("a", c.text)), &report); err != nil {
			t.Fatal(err)
		}
		first, last := report.Period()
		if !first.Equal(c.first) || !last.Equal(c.last) {
			t.Errorf("%s: from %v to %v", c.what, first, last)
		}
		o := report.Coverage[0]
		if !o.First.Equal(c.first) || !o.Last.Equal(c.last) || o.Outside != (c.want == sweep.NoLogs && o.Dated > 0) {
			t.Errorf("%s: covered %+v", c.what, o)
		}
		for _, g := range o.Gaps {
			if !report.Counts(g.From) || !report.Counts(g.To) {
				t.Errorf("%s: a gap from %v to %v", c.what, g.From, g.To)
			}
		}
		if got := report.Answer(time.Time{}, time.Time{}); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	// Two logs with the time in question between them cover nothing of it.
	var report sweep.Report
	job := sweep.Job{Pack: packOf(t, "evil.example"), From: at(20), To: at(30)}
	if err := sweep.Run(t.Context(), job, logs(streamed("a", hourly(0, 10)), streamed("b", hourly(40, 50))), &report); err != nil {
		t.Fatal(err)
	}
	if got := report.Answer(time.Time{}, time.Time{}); got != sweep.NoLogs {
		t.Errorf("between two logs: %s", got)
	}
}

// Of what lies between the two ends of a block nothing is known unless every line is read: it is no gap.
func TestTheEndsOfABlockAreNoGap(t *testing.T) {
	var text strings.Builder
	for h := range 48 {
		fmt.Fprintf(&text, "%d.000 x\n", morning+h*3600)
	}
	for _, full := range []bool{false, true} {
		var report sweep.Report
		if err := sweep.Run(t.Context(), sweep.Job{Pack: packOf(t, "evil.example"), Full: full}, logs(streamed("a", text.String())), &report); err != nil {
			t.Fatal(err)
		}
		if g := report.Coverage[0].Gaps; len(g) != 0 {
			t.Errorf("every line: %v, gaps %v", full, g)
		}
	}
}

// However often a search is interrupted, each trouble is said once; and what was amiss with a log that can
// be read by then is said no more.
func TestTroublesAreSaidOnceInAllRuns(t *testing.T) {
	dir := t.TempDir()
	later := filepath.Join(dir, "later.log")
	good := streamed("good", squid(10, 5, "evil.example"))
	cut := broken("cut.gz", squid(10, 5, "evil.example"), errors.New("unexpected end"))
	empty := broken("empty.gz", "", errors.New("unexpected end"))
	absent := &sweep.Flaw{Trouble: sweep.Trouble{Log: "absent.log", Code: "logfile.absent"}}
	twice := &sweep.Flaw{Trouble: sweep.Trouble{Log: "good", Code: "logfile.twice"}}
	var report sweep.Report
	for run := 0; !report.Done; run++ {
		if run > 20 {
			t.Fatal("it never gets done")
		}
		if run == 3 {
			if err := os.WriteFile(later, []byte(squid(10, 5, "evil.example")), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		met := 0
		err := sweep.Run(ctx, sweep.Job{Pack: packOf(t, "evil.example"), Progress: func(sweep.Progress) {
			if met++; met > run {
				stop()
			}
		}}, func(yield func(sweep.Log, error) bool) {
			_ = yield(sweep.Log{}, absent) && yield(sweep.Log{}, os.ErrPermission) && yield(sweep.Log{}, os.ErrPermission) && yield(plain(later), nil) &&
				yield(good, nil) && yield(sweep.Log{}, twice) && yield(cut, nil) && yield(empty, nil)
		}, &report)
		stop()
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	counts := map[string]int{}
	for _, x := range report.Troubles {
		counts[x.Log+" "+x.Code]++
	}
	want := map[string]int{
		"absent.log logfile.absent": 1, " sweep.forbidden": 2, "good logfile.twice": 1, "cut.gz sweep.unreadable": 1, "empty.gz sweep.unreadable": 1,
	}
	if !maps.Equal(counts, want) {
		t.Errorf("troubles %v, want %v", counts, want)
	}
	if report.Hits != 6 || len(report.Coverage) != 4 {
		t.Errorf("%d hits, covered %+v", report.Hits, report.Coverage)
	}
}

// shrunk is a plain log that lost its second half while it was read.
func shrunk(file string) sweep.Log {
	log := plain(file)
	log.OpenPlain = func() (sweep.Plain, error) {
		f, err := os.Open(file)
		return half{f, log.Length / 2, log.Label}, err
	}
	return log
}

type half struct {
	sweep.Plain
	size int64
	log  string
}

func (h half) ReadAt(p []byte, at int64) (int, error) {
	n, err := h.Plain.ReadAt(p, at)
	if at+int64(n) > h.size {
		n = int(max(0, h.size-at))
		return n, &sweep.Flaw{Trouble: sweep.Trouble{Log: h.log, Code: "logfile.shrank", At: at + int64(n)}}
	}
	return n, err
}

// What all parts of a log meet is one trouble, told where it was met first.
func TestATroubleOfAllPartsIsSaidOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "long.log")
	text := squid(600_000, 1000, "evil.example") // 60 MB: four segments
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var report sweep.Report
	if err := sweep.Run(t.Context(), sweep.Job{Pack: packOf(t, "evil.example"), Workers: 2}, logs(shrunk(file)), &report); err != nil {
		t.Fatal(err)
	}
	if x := report.Troubles; len(x) != 1 || x[0].Code != "logfile.shrank" || x[0].At != int64(len(text)/2) {
		t.Errorf("troubles %v", x)
	}
}
