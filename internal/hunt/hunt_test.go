package hunt

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/indicator"
)

// everything is the pack of all the vectors' values.
func everything(t testing.TB) *Pack {
	var ws []Wanted
	for _, v := range vectors(t) {
		ws = append(ws, v.want)
	}
	var b Builder
	for _, w := range ws {
		if err := b.Add(w); err != nil {
			t.Fatal(w, err)
		}
	}
	p, twice := b.Pack()
	if p.Len()+twice != len(ws) {
		t.Fatalf("%d values and %d dropped of %d", p.Len(), twice, len(ws))
	}
	return p
}

// A log of lines put together from the vectors' texts, values and other bytes.
func jumble(t testing.TB, r *rand.Rand, lines int) string {
	vs := vectors(t)
	glue := []string{" ", "\t", ",", `"`, "=", "%2F", `\n`, ".", "x", "[", "]", ":", "/", "\r\n", "\x00", "\xff", "株式会社", "%", `\u00`, "-", "|"}
	var b strings.Builder
	for range lines {
		for range 1 + r.IntN(6) {
			v := vs[r.IntN(len(vs))]
			switch r.IntN(4) {
			case 0:
				b.WriteString(v.text)
			case 1:
				b.WriteString(v.want.Value.Value)
			case 2:
				s := v.text
				b.WriteString(s[r.IntN(len(s)):])
			}
			b.WriteString(glue[r.IntN(len(glue))])
		}
		if r.IntN(40) == 0 {
			b.WriteString(strings.Repeat("evil.example ", r.IntN(2000)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestPiecesAndKernelsMakeNoDifference(t *testing.T) {
	p := everything(t)
	r := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		text := jumble(t, r, 60)
		want := hunting(p, kernels()[0], text, len(text))
		if len(want) < 20 {
			t.Fatal("the jumble holds too few hits to prove anything")
		}
		for _, k := range kernels() {
			for _, size := range []int{1, 7, 64, 1000, 8192, 100000} {
				if got := hunting(p, k, text, size); !slices.Equal(got, want) {
					t.Fatalf("%s, pieces of %d: %s", k, size, difference(got, want))
				}
			}
		}
	}
}

func difference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return "lacks " + want[i]
		case i >= len(want):
			return "has too much: " + got[i]
		case got[i] != want[i]:
			return got[i] + ", want " + want[i]
		}
	}
	return "no difference"
}

func TestPartsOfATextFindWhatTheWholeFinds(t *testing.T) {
	p := everything(t)
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		text := jumble(t, r, 80)
		type place struct {
			id ID
			at int64
		}
		gather := func(from, limit int64, to []place) []place {
			h := New(p, Rules{})
			h.Start(from, limit)
			rest := text[max(0, from-1):]
			for done := false; !done; {
				n := copy(h.Room(), rest[:min(len(rest), 3000)])
				rest = rest[n:]
				done = h.Take(n, rest == "", func(x Hit) { to = append(to, place{x.ID, x.Offset}) }).Done
			}
			return to
		}
		want := gather(0, -1, nil)
		var got []place
		for from := int64(0); from < int64(len(text)); {
			next := from + 1 + int64(r.IntN(2500))
			got = gather(from, next, got)
			from = next
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%d hits in parts, %d in the whole", len(got), len(want))
		}
	}
}

// oracle finds names, quads and digests the slow way: token by token, without escapes.
func oracle(ws []Wanted, line string) (found []string) {
	isPart := func(c rune) bool { return c < 0x80 && isToken(byte(c)) }
	for _, token := range strings.FieldsFunc(line, func(c rune) bool { return !isPart(c) }) {
		// two dots in a row, or a dot at the end, part names too
		for _, name := range strings.Split(strings.ReplaceAll(token, "..", " "), " ") {
			name = strings.ToLower(strings.Trim(name, "."))
			for _, w := range ws {
				v := strings.ToLower(w.Value.Value)
				switch w.Type {
				case indicator.Domain:
					if name == v || strings.HasSuffix(name, "."+v) {
						found = append(found, v)
					}
				case indicator.IPv4:
					if name == v {
						found = append(found, v)
					}
				case indicator.File:
					for _, run := range strings.FieldsFunc(name, func(c rune) bool { return c == '.' || c == '-' || c == '_' }) {
						if run == v {
							found = append(found, v)
						}
					}
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestOracleAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	label := func() string {
		return pick("a", "evil", "x-1", "www", "cdn", "co", "jp", "example", "long-label-of-many-letters", "1", "22", "203", "0", "113")
	}
	name := func() string {
		s := label()
		for range 1 + r.IntN(4) {
			s += "." + label()
		}
		return s
	}
	hexes := []string{strings.Repeat("ab12", 8), strings.Repeat("00ff", 10), strings.Repeat("dead", 16)}
	hashOf := map[int]indicator.Hash{32: indicator.MD5, 40: indicator.SHA1, 64: indicator.SHA256}
	for range 300 {
		var ws []Wanted
		for range 20 {
			if v, err := indicator.Parse(indicator.Domain, name()); err == nil {
				ws = append(ws, Wanted{Value: v})
			}
			if v, err := indicator.Parse(indicator.IPv4, fmt.Sprintf("%s.%s.%s.%s", pick("1", "203"), pick("0", "22"), pick("113", "1"), pick("1", "22"))); err == nil {
				ws = append(ws, Wanted{Value: v})
			}
		}
		for _, x := range hexes {
			ws = append(ws, Wanted{Value: indicator.Value{Type: indicator.File, Hash: hashOf[len(x)], Value: x}})
		}
		p := packOf(t, ws...)
		for range 20 {
			var line string
			for range 8 {
				line += pick(name(), strings.ToUpper(name()), hexes[r.IntN(3)], strings.ToUpper(hexes[r.IntN(3)]), hexes[r.IntN(3)]+"a", "203.0.113.22", "1.22.1.1", "12:30") +
					pick(" ", ",", "/", "=", ":", "\t", "@", "..", ".", "'", "日")
			}
			want := oracle(ws, line)
			var got []string
			h := New(p, Rules{})
			h.Take(copy(h.Room(), line), true, func(x Hit) {
				w, _ := p.Wanted(x.ID)
				got = append(got, strings.ToLower(w.Value.Value))
			})
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, want) {
				t.Fatalf("%q: %s", line, difference(got, want))
			}
		}
	}
}

func TestPackSurvivesBeingWritten(t *testing.T) {
	p := everything(t)
	var file, again bytes.Buffer
	if _, err := p.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	everything(t).WriteTo(&again)
	if !bytes.Equal(file.Bytes(), again.Bytes()) {
		t.Error("the same values in the same order give other bytes")
	}
	q, err := Open(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	text := jumble(t, rand.New(rand.NewPCG(1, 1)), 50)
	if got, want := hunting(q, kernels()[0], text, 5000), hunting(p, kernels()[0], text, 5000); !slices.Equal(got, want) {
		t.Error("a pack read back finds other things")
	}
	if q.Len() != p.Len() {
		t.Errorf("%d values read back of %d", q.Len(), p.Len())
	}
}

func TestDamagedPacksDoNoHarm(t *testing.T) {
	var file bytes.Buffer
	everything(t).WriteTo(&file)
	text := jumble(t, rand.New(rand.NewPCG(1, 1)), 20)
	for n := 0; n < file.Len(); n += 1 + n/3 {
		if p, err := Open(file.Bytes()[:n]); err == nil {
			hunting(p, kernels()[0], text, 1<<20)
		} else if !strings.Contains(err.Error(), "hunt.not-a-pack") {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
	r := rand.New(rand.NewPCG(9, 9))
	for range 60 {
		b := bytes.Clone(file.Bytes())
		for range 40 {
			at := r.IntN(len(b))
			if r.IntN(2) == 0 {
				at = r.IntN(200)
			}
			b[at] = byte(r.Uint32())
		}
		if p, err := Open(b); err == nil {
			hunting(p, kernels()[0], text, 1<<20)
		}
	}
}

func TestLineWithoutEnd(t *testing.T) {
	p := packOf(t, Wanted{Value: indicator.Value{Type: indicator.Domain, Value: "evil.example"}})
	h := New(p, Rules{})
	unit := []byte(strings.Repeat("x", 997) + " evil.example y")
	hits, fed := 0, 0
	const total = 20 << 20
	for fed < total {
		room := h.Room()
		if len(room) == 0 {
			t.Fatal("no room left")
		}
		n := 0
		for n < len(room) && fed < total {
			k := copy(room[n:], unit[fed%len(unit):])
			n, fed = n+k, fed+k
		}
		h.Take(n, fed >= total, func(x Hit) {
			hits++
			if x.Number != 1 || string(x.Line[x.Within:x.Within+x.Length]) != "evil.example" {
				t.Fatalf("line %d, %q", x.Number, x.Line[x.Within:x.Within+x.Length])
			}
		})
	}
	if want := fed / len(unit); hits != want {
		t.Errorf("%d hits, want %d", hits, want)
	}
}

// A part of a text in which no line begins is over at its limit, not at the end of the text.
func TestPartWithinALineIsShort(t *testing.T) {
	h := New(packOf(t, Wanted{Value: indicator.Value{Type: indicator.Domain, Value: "evil.example"}}), Rules{})
	h.Start(1000, 300_000)
	taken := 0
	for done := false; !done; {
		room := h.Room()
		for i := range room {
			room[i] = 'x'
		}
		if taken += len(room); taken > 1_000_000 {
			t.Fatal("it goes on behind its limit")
		}
		done = h.Take(len(room), false, func(Hit) {}).Done
	}
}

func TestCannotBeLookedFor(t *testing.T) {
	var b Builder
	for _, v := range []indicator.Value{
		{}, {Type: indicator.Domain, Value: "."}, {Type: indicator.Mutex, Value: "%%%%"}, {Type: indicator.Mutex, Value: "é"},
		{Type: indicator.CIDR4, Value: "x"}, {Type: indicator.Mutex, Value: strings.Repeat("a", 1<<17)},
		{Type: indicator.File, Hash: indicator.MD5, Value: "zz"}, {Type: indicator.Email, Value: "@"},
	} {
		if err := b.Add(Wanted{Value: v}); err == nil {
			t.Errorf("%.40v was taken", v)
		}
	}
	p, _ := b.Pack()
	if got := hunting(p, kernels()[0], "nothing evil.example 1.2.3.4\n", 100); len(got) > 0 {
		t.Errorf("an empty pack finds %v", got)
	}
}

func FuzzHunt(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add([]byte(v.text), 100)
	}
	f.Add([]byte(jumble(f, rand.New(rand.NewPCG(1, 2)), 10)), 333)
	p := everything(f)
	f.Fuzz(func(t *testing.T, text []byte, size int) {
		size = max(1, min(size, 1<<16))
		want := hunting(p, kernels()[0], string(text), 1<<20)
		for _, k := range kernels() {
			if got := hunting(p, k, string(text), size); !slices.Equal(got, want) {
				t.Fatalf("%s, pieces of %d: %s", k, size, difference(got, want))
			}
		}
	})
}

func FuzzOpen(f *testing.F) {
	var file bytes.Buffer
	packOf(f, Wanted{Value: indicator.Value{Type: indicator.Domain, Value: "evil.example"}}).WriteTo(&file)
	f.Add(file.Bytes(), 0, byte(0))
	f.Add(file.Bytes(), 90, byte(7))
	f.Fuzz(func(t *testing.T, b []byte, at int, c byte) {
		b = bytes.Clone(b)
		if at >= 0 && at < len(b) {
			b[at] = c
		}
		if p, err := Open(b); err == nil {
			hunting(p, kernels()[0], "a evil.example b www.evil.example 1.2.3.4\n", 1<<20)
		}
	})
}
