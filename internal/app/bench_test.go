package app_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/app"
	"github.com/wakachi/wakachi/internal/gate"
	"github.com/wakachi/wakachi/internal/profile"
)

// BenchmarkShare shares 100 KB of notes with profiles of 50 and 5,000 terms, from the files to
// the bundle, and reports the processor time of one run, of all cores together. "compile" is
// the part that reads the profile and derives its spellings.
func BenchmarkShare(b *testing.B) {
	for _, terms := range []int{50, 5000} {
		dir := benchFiles(b, terms)
		b.Run(fmt.Sprintf("terms=%d", terms), func(b *testing.B) { spend(b, func() { shareOnce(b, dir) }) })
		b.Run(fmt.Sprintf("terms=%d/compile", terms), func(b *testing.B) {
			spend(b, func() { compileOnce(b, filepath.Join(dir, "profile.yaml")) })
		})
	}
}

// BenchmarkShareGrowth reports how much dearer 5,000 terms are than 50: "ratio" for the whole
// run, "ratio-after-compile" without the time to read and compile the profile, which a desk
// that stays open pays once.
func BenchmarkShareGrowth(b *testing.B) {
	few, many := benchFiles(b, 50), benchFiles(b, 5000)
	var whole, compile [2]time.Duration
	for b.Loop() {
		for i, dir := range []string{few, many} {
			whole[i] += spent(func() { shareOnce(b, dir) })
			compile[i] += spent(func() { compileOnce(b, filepath.Join(dir, "profile.yaml")) })
		}
	}
	if whole[0] > 0 && whole[0] > compile[0] {
		b.ReportMetric(float64(whole[1])/float64(whole[0]), "ratio")
		b.ReportMetric(float64(whole[1]-compile[1])/float64(whole[0]-compile[0]), "ratio-after-compile")
	}
}

// BenchmarkExtract reports how many megabytes of notes are read for indicators in a second.
func BenchmarkExtract(b *testing.B) {
	name := filepath.Join(b.TempDir(), "notes.md")
	text := benchNotes(b, 1<<20)
	if err := os.WriteFile(name, text, 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	spend(b, func() {
		if code := app.Main([]string{"wakachi", "extract", "--json", name}, strings.NewReader(""), io.Discard, os.Stderr); code != 0 {
			b.Fatalf("exit %d", code)
		}
	})
}

// spend runs one operation again and again and reports its processor time.
func spend(b *testing.B, operation func()) {
	b.Helper()
	b.ReportAllocs()
	before, known := cpuTime()
	for b.Loop() {
		operation()
	}
	if after, _ := cpuTime(); known {
		b.ReportMetric(float64((after-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
	}
}

func spent(operation func()) time.Duration {
	before, _ := cpuTime()
	operation()
	after, _ := cpuTime()
	return after - before
}

func shareOnce(b *testing.B, dir string) {
	b.Helper()
	args := []string{
		"wakachi", "share", filepath.Join(dir, "notes.md"), "--profile", filepath.Join(dir, "profile.yaml"),
		"--tlp", "amber", "--auto", "-o", filepath.Join(dir, "out.json"),
	}
	var said bytes.Buffer
	if code := app.Main(args, strings.NewReader(""), io.Discard, &said); code != 0 {
		b.Fatalf("exit %d: %s", code, &said)
	}
}

func compileOnce(b *testing.B, name string) {
	b.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	p, err := profile.Read(name, bytes.NewReader(data))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := gate.New(p); err != nil {
		b.Fatal(err)
	}
}

func benchFiles(b *testing.B, terms int) string {
	b.Helper()
	dir := b.TempDir()
	for name, data := range map[string][]byte{"notes.md": benchNotes(b, 100<<10), "profile.yaml": benchProfile(terms)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

var benchValue = regexp.MustCompile(`(?:203\.0\.113|198\.51\.100)\.\d+|[0-9a-f]{32,64}|kx7q|mzlock|KRG|igfxsvc|CVE-20\d\d-\d{5}`)

// benchNotes is the three sample incidents and a few lines of English over and over, each time
// with other addresses, digests and names, as a long investigation has them.
func benchNotes(b *testing.B, size int) []byte {
	b.Helper()
	var sample strings.Builder
	for _, name := range []string{"targeted", "webserver", "ransomware"} {
		data, err := os.ReadFile(filepath.Join("../../testdata/incidents", name, "notes.md"))
		if err != nil {
			b.Fatal(err)
		}
		sample.Write(data)
	}
	sample.WriteString(`
- 2026-05-12 03:10 EDR saw mzlock.exe beaconing to C2 203.0.113.77:443 every ten minutes; hxxps://kx7q-cdn[.]example.net/jp/a.dat was fetched by PowerShell.
- 2026-05-12 The operator used RDP from 198.51.100.23 and dumped LSASS. We have not found out yet how the account was taken.
- SHA256 6f1c7e0c1b3a8f5f8f0b9f4b1d2a3c4e5f60718293a4b5c6d7e8f90112233445, CVE-2024-21762 was open until the day after.
`)
	r := rand.New(rand.NewPCG(100, 1))
	var out bytes.Buffer
	for out.Len() < size {
		out.WriteString(benchValue.ReplaceAllStringFunc(sample.String(), func(m string) string {
			switch {
			case strings.Count(m, ".") == 3:
				return fmt.Sprintf("%s.%d.%d", []string{"203.0", "198.51"}[r.IntN(2)], r.IntN(256), r.IntN(256))
			case strings.HasPrefix(m, "CVE-"):
				return fmt.Sprintf("CVE-20%02d-%05d", 15+r.IntN(11), r.IntN(50000))
			case len(m) >= 32:
				return fmt.Sprintf("%016x%016x%016x%016x", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())[:len(m)]
			}
			return fmt.Sprintf("%s%x", m, r.IntN(4096))
		}))
	}
	cut := bytes.LastIndexByte(out.Bytes()[:size], '\n')
	return out.Bytes()[:cut+1]
}

// benchProfile is an organisation of a number of terms: names, readings, people, hosts, places.
func benchProfile(terms int) []byte {
	var (
		front   = []string{"青葉", "東雲", "黒羽", "白瀬", "鷺沼", "若松", "霧島", "椿丘", "弓削", "榛名", "水上", "御影", "葛城", "音羽", "諏訪"}
		romaji  = []string{"aoba", "shinonome", "kurobane", "shirase", "saginuma", "wakamatsu", "kirishima", "tsubakioka", "yuge", "haruna", "minakami", "mikage", "katsuragi", "otowa", "suwa"}
		reading = []string{"アオバ", "シノノメ", "クロバネ", "シラセ", "サギヌマ", "ワカマツ", "キリシマ", "ツバキオカ", "ユゲ", "ハルナ", "ミナカミ", "ミカゲ", "カツラギ", "オトワ", "スワ"}
	)
	r := rand.New(rand.NewPCG(uint64(terms), 2))
	fields := map[string][]string{}
	add := func(field, format string, args ...any) {
		fields[field] = append(fields[field], fmt.Sprintf("%q", fmt.Sprintf(format, args...)))
	}
	for n := 0; n < terms; n++ {
		i, j := r.IntN(len(front)), r.IntN(len(front))
		switch n % 10 {
		case 0:
			add("names", "%s%s架空製作所%d", front[i], front[j], n)
		case 1:
			add("kana", "%s%sカクウ", reading[i], reading[j]+reading[n%15]+reading[n/150%15])
		case 2:
			add("domains", "%s-%s%d.example", romaji[i], romaji[j], n)
		case 3:
			add("networks", "10.%d.%d.0/24", n/256%256, n%256)
		case 4:
			add("host_prefixes", "%.4s%d-", strings.ToUpper(romaji[i]), n)
		case 5, 6:
			add("people", "%s.%s%d", romaji[i][:1], romaji[j], n)
		default:
			add("terms", "%s%s工場%d", front[i], front[j], n)
		}
	}
	var out strings.Builder
	out.WriteString("organization:\n")
	for _, field := range []string{"names", "kana", "domains", "networks", "host_prefixes", "people", "terms"} {
		fmt.Fprintf(&out, "  %s: [%s]\n", field, strings.Join(fields[field], ", "))
	}
	return []byte(out.String())
}
