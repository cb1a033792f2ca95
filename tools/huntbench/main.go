// Huntbench measures wakachi hunt against ripgrep and cat on the same logs, one after the other in each
// round, so that what the machine does meanwhile falls on all of them. It checks the answers first: every
// planted value must be found, and nothing that only looks alike.
//
//	make build && go run ./tools/huntbench -mb 1024 -lists 1000,100000,1000000 -rounds 5
//
// It prints a row for each list. GB/s is gigabytes of logs in a second of CPU time, user and system, the
// median of the rounds; hunt/cat is how many times the CPU time of cat the hunt took, rg/hunt how many times
// that of the hunt ripgrep took (– if it refused, or ran out of memory or time). Beside them: the CPU seconds
// that making the pack took, its size, and the most memory a hunt held. The first line says for which
// processors the program was built, since that is a part of every figure.
package main

import (
	"bufio"
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "huntbench:", err)
		os.Exit(1)
	}
}

// A bench is what is measured, and how.
type bench struct {
	wakachi, rg   string
	rounds, cores int
	rgTime        time.Duration
	rgMemory      int // KiB
	files         []string
	bytes         int64
	planted       map[place]bool // true: must be found; false: only looks alike, and must not be
}

func run() error {
	b := bench{}
	mb := flag.Int("mb", 256, "megabytes of logs")
	lists := flag.String("lists", "1000,100000,1000000", "sizes of the lists, 1000 or more: the first thousand values are planted")
	seed := flag.String("seed", "", "another number is another world")
	dir := flag.String("dir", "", "where to keep logs and lists; empty: a temporary folder")
	flag.StringVar(&b.wakachi, "wakachi", "bin/wakachi", "the program")
	flag.StringVar(&b.rg, "rg", "rg", "ripgrep; empty: do without")
	flag.IntVar(&b.rounds, "rounds", 5, "rounds")
	flag.IntVar(&b.cores, "cores", 1, "cores each may use")
	flag.DurationVar(&b.rgTime, "rg-time", 3*time.Minute, "how long ripgrep may take before it counts as not running")
	flag.IntVar(&b.rgMemory, "rg-memory", 12<<20, "KiB of memory ripgrep may take")
	flag.Parse()

	where := *dir
	if where == "" {
		temp, err := os.MkdirTemp("", "huntbench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		where = temp
	}
	loggen := filepath.Join(where, "loggen")
	if err := tool("", "go", "-C", "tools/loggen", "build", "-o", loggen, "."); err != nil {
		return err
	}
	if err := tool(*seed, loggen, "logs", "-mb", strconv.Itoa(*mb), "-dir", where); err != nil {
		return err
	}
	if err := b.logs(where); err != nil {
		return err
	}
	fmt.Printf("%.2f GB of logs, %d places planted, %d core(s), %s\n", float64(b.bytes)/1e9, len(b.planted), b.cores, builtFor(b.wakachi))
	fmt.Println("values      ready s  pack MB   hunt GB/s  peak MB   cat GB/s  hunt/cat    rg GB/s  rg/hunt")
	for size := range strings.SplitSeq(*lists, ",") {
		list := filepath.Join(where, "list-"+size+".txt")
		if err := tool(*seed, loggen, "iocs", "-n", size, "-o", list); err != nil {
			return err
		}
		if err := b.measure(size, list); err != nil {
			return err
		}
	}
	return nil
}

// builtFor says for which processors a program was built, as far as it tells.
func builtFor(program string) string {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return "of unknown build"
	}
	said := info.GoVersion
	for _, s := range info.Settings {
		if s.Key == "GOARCH" || s.Key == "GOAMD64" || s.Key == "GOEXPERIMENT" {
			said += " " + s.Key + "=" + s.Value
		}
	}
	return said
}

// tool runs a tool that has to succeed.
func tool(seed, program string, args ...string) error {
	c := exec.Command(program, args...)
	c.Env, c.Stderr = os.Environ(), os.Stderr
	if seed != "" {
		c.Env = append(c.Env, "LOGGEN_SEED="+seed)
	}
	return c.Run()
}

// A place is where a value was planted.
type place struct {
	log   string
	line  int64
	value string
}

// logs reads what loggen wrote and planted.
func (b *bench) logs(where string) error {
	raw, err := os.ReadFile(filepath.Join(where, "planted.tsv"))
	if err != nil {
		return err
	}
	b.planted = map[place]bool{}
	for line := range strings.Lines(string(raw)) {
		c := strings.Split(strings.TrimSpace(line), "\t")
		n, err := strconv.ParseInt(c[1], 10, 64)
		if err != nil {
			return err
		}
		file := filepath.Join(where, c[0])
		b.planted[place{file, n, c[4]}] = c[3] != "near"
		if !slices.Contains(b.files, file) {
			b.files = append(b.files, file)
		}
	}
	for _, f := range b.files {
		i, err := os.Stat(f)
		if err != nil {
			return err
		}
		b.bytes += i.Size()
	}
	return nil
}

// stands says that a value that was planted nowhere is in the log by chance, as one of millions can be.
func (b *bench) stands(at place) bool {
	for p := range b.planted {
		if p.value == at.value {
			return false
		}
	}
	f, err := os.Open(at.log)
	if err != nil {
		return false
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := int64(1); lines.Scan(); n++ {
		if n == at.line {
			return bytes.Contains(lines.Bytes(), []byte(at.value))
		}
	}
	return false
}

// check holds what hunt --json printed against what was planted.
func (b *bench) check(out []byte) error {
	missing := 0
	for _, must := range b.planted {
		if must {
			missing++
		}
	}
	for line := range bytes.Lines(out) {
		var hit struct {
			Indicator, File string
			Line            int64
		}
		if err := json.Unmarshal(line, &hit); err != nil {
			return err
		}
		at := place{hit.File, hit.Line, hit.Indicator}
		switch must, planted := b.planted[at]; {
		case !planted && b.stands(at):
			continue
		case !planted:
			return fmt.Errorf("%v was found and not planted", at)
		case !must:
			return fmt.Errorf("%v only looks alike, and was found", at)
		}
		missing--
	}
	if missing != 0 {
		return fmt.Errorf("%d planted values were not found", missing)
	}
	return nil
}

// measure prints one row.
func (b *bench) measure(size, list string) error {
	pack := strings.TrimSuffix(list, ".txt") + ".pack"
	made := b.take(context.Background(), nil, b.wakachi, "hunt", "--indicators", list, "--compile", pack)
	if made.err != nil {
		return fmt.Errorf("making the pack: %w: %s", made.err, made.speech)
	}
	info, err := os.Stat(pack)
	if err != nil {
		return err
	}
	hunt := append([]string{"hunt", "--json", "--every", "--indicators", pack, "--workers", strconv.Itoa(b.cores)}, b.files...)
	grep := append([]string{"-c", "ulimit -v " + strconv.Itoa(b.rgMemory) + `; exec "$0" "$@"`, b.rg, "-j" + strconv.Itoa(b.cores), "-F", "-f", list}, b.files...)
	var ours, cats, rgs []time.Duration
	var peak int64
	rg := b.rg != ""
	for range b.rounds {
		cats = append(cats, b.take(context.Background(), nil, "cat", b.files...).cpu)
		var out bytes.Buffer
		t := b.take(context.Background(), &out, b.wakachi, hunt...)
		if t.err != nil {
			return fmt.Errorf("hunting: %w: %s", t.err, t.speech)
		}
		if err := b.check(out.Bytes()); err != nil {
			return err
		}
		ours, peak = append(ours, t.cpu), max(peak, t.peak)
		if rg {
			ctx, stop := context.WithTimeout(context.Background(), b.rgTime)
			t := b.take(ctx, new(bytes.Buffer), "sh", grep...)
			stop()
			if t.err != nil {
				rg = false // it refused, ran out of memory, or of time
				continue
			}
			rgs = append(rgs, t.cpu)
		}
	}
	rate := func(ds []time.Duration) float64 { return float64(b.bytes) / 1e9 / median(ds).Seconds() }
	fmt.Printf("%-10s %8.2f %8.1f %11.2f %8d %10.2f %9.2f", size, made.cpu.Seconds(), float64(info.Size())/1e6, rate(ours), peak>>10, rate(cats),
		median(ours).Seconds()/median(cats).Seconds())
	if rg {
		fmt.Printf(" %10.3f %8.1f\n", rate(rgs), median(rgs).Seconds()/median(ours).Seconds())
	} else {
		fmt.Printf(" %10s %8s\n", "–", "–")
	}
	return nil
}

// A taken is what one run of a program took.
type taken struct {
	cpu    time.Duration
	peak   int64 // KiB
	speech string
	err    error
}

// take runs a program on b.cores cores.
func (b *bench) take(ctx context.Context, out *bytes.Buffer, program string, args ...string) taken {
	c := exec.CommandContext(ctx, program, args...)
	c.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(b.cores), "WAKACHI_LANG=en")
	var speech bytes.Buffer
	c.Stderr = &speech
	if out != nil {
		c.Stdout = out
	}
	err := c.Run()
	t := taken{speech: speech.String(), err: err}
	if c.ProcessState != nil {
		t.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
		t.peak = peakOf(c.ProcessState)
	}
	return t
}

func median(ds []time.Duration) time.Duration {
	ds = slices.Sorted(slices.Values(ds))
	return ds[len(ds)/2]
}
