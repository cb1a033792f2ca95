package disguise

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// In this file each shortcut is compared with the plain way to the same answer.

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// A plainWriter writes a reading as romaji.tsv says, one choice at a time.
type plainWriter struct {
	byKana  map[string][3]string
	system  int
	long, n string
	out     string
}

func (w *plainWriter) syllable(r []rune) (string, int) {
	if r[0] == 'ン' {
		next := ""
		if len(r) > 1 {
			next, _ = w.syllable(r[1:])
		}
		if w.n == "m" && (next == "" || !strings.ContainsAny(next[:1], "bmp")) {
			return "n", 1
		}
		return w.n, 1
	}
	for size := min(2, len(r)); size > 0; size-- {
		if latin, ok := w.byKana[string(r[:size])]; ok {
			return latin[w.system], size
		}
	}
	if full := foldKana(r[0]); full != r[0] && full != 'ツ' {
		return w.syllable([]rune{full})
	}
	return "", 0
}

func (w *plainWriter) lengthen(latin string) {
	if w.out != "" {
		w.out += map[string]string{"full": latin, "double": w.out[len(w.out)-1:], "h": "h"}[w.long]
	}
}

func (w *plainWriter) prolongs(latin string) bool {
	return w.out != "" && slices.Contains([]string{"ou", "oo", "uu", "aa"}, w.out[len(w.out)-1:]+latin)
}

func (w *plainWriter) write(r []rune) string {
	w.out = ""
	double := false
	for i := 0; i < len(r); {
		latin, size := w.syllable(r[i:])
		switch {
		case r[i] == 'ッ':
			double = true
			i++
			continue
		case r[i] == 'ー':
			w.lengthen("")
			i++
			continue
		case size == 0:
			return ""
		}
		if double {
			w.out += string(doubled(latin, w.system))
			double = false
		}
		if size == 1 && w.prolongs(latin) {
			w.lengthen(latin)
		} else {
			w.out += latin
		}
		i += size
	}
	return w.out
}

// plainRomaji makes every choice in turn.
func plainRomaji(reading string) []string {
	w := plainWriter{byKana: map[string][3]string{}}
	for _, y := range sounds().list[1:] {
		w.byKana[y.kana] = y.latin
	}
	r := []rune(katakana(reading))
	longs := []string{"full", "omit", "double", "h"}
	if !vowelBehind(r) {
		longs = longs[:1]
	}
	var list []string
	for w.system = range 3 {
		for _, w.long = range longs {
			for _, w.n = range []string{"n", "m", "nn"} {
				if s := w.write(r); s != "" && !slices.Contains(list, s) {
					list = append(list, s)
				}
			}
		}
	}
	return list
}

var kanaPieces = strings.Fields("ア イ ウ エ オ ー ッ ン ン シャ チ チェ ティ バ ブ ミ マ ァ ョ ヴ ヴァ か き ぁ っ ツ ト コ ソ ゥ ・ ゙ ﾞ ｶ ヅ ヂャ ヰ ャ x")

func joinSome(r *rand.Rand, pieces []string, most int) string {
	var b strings.Builder
	for range 1 + r.IntN(most) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func TestRomajiAsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 5000 {
		compareRomaji(t, joinSome(r, kanaPieces, 8))
	}
}

func FuzzRomaji(f *testing.F) {
	for _, s := range []string{"シノノメ", "トウキョウ", "ッッーア", "ンンバ", "サッチー", "ハァイ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, reading string) {
		if len(reading) < 120 {
			compareRomaji(t, reading)
		}
	})
}

func compareRomaji(t *testing.T, reading string) {
	t.Helper()
	if got, want := romajiOf(reading), plainRomaji(reading); !slices.Equal(got, want) {
		t.Fatalf("%q: %q, plainly %q", reading, got, want)
	}
	var got []string
	kana := []rune(katakana(reading))
	words := []string{"aaaa", "shinonome"} // and those that this reading divides at
	for n := 3; n < len(kana); n += 2 {
		words = append(words, plainRomaji(string(kana[:n]))...)
	}
	slices.Sort(words)
	divide(kana, words, func(kana []rune, latin string) { got = append(got, string(kana)+" "+latin) })
	var want []string
	for n := 3; n < len(kana); n++ {
		if list, whole := soundsOf(kana[:n], nil); !whole || len(list) == 0 {
			continue
		}
		for _, latin := range plainRomaji(string(kana[:n])) {
			if slices.Contains(words, latin) {
				want = append(want, string(kana[:n])+" "+latin)
				break
			}
		}
	}
	if isKana(kana) && !slices.Equal(got, want) {
		t.Fatalf("%q divides at %q, plainly at %q", reading, got, want)
	}
}

// isKana is false of readings whose marks would join what stands before them.
func isKana(r []rune) bool {
	return !slices.ContainsFunc(r, func(c rune) bool { return c < 'ァ' || c > 'ー' })
}

// Guesses that are left out, decoders that are not asked and pieces that are remembered change
// no answer.
func TestShortcutsChangeNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	encoders := append(nested(), outermost()...)
	found := 0
	for _, terms := range [][]Term{manufacturer(), hospital(), retailer()} {
		f := finder(t, terms)
		var spellings []string
		for _, term := range terms {
			spellings = append(spellings, append(f.Spellings(term), term.Text)...)
		}
		values := append(innocent()[:60], strings.Fields(english(r, 400))...)
		for range 1200 {
			var b strings.Builder
			for range 1 + r.IntN(5) {
				piece := values[r.IntN(len(values))]
				if r.IntN(3) == 0 {
					piece = spellings[r.IntN(len(spellings))]
				}
				for range r.IntN(4) {
					piece = encoders[r.IntN(len(encoders))].encode(piece)
				}
				b.WriteString(piece + []string{" ", "", "\n", "=", "　", "\xff"}[r.IntN(6)])
			}
			found += compareFind(t, f, b.String())
		}
	}
	if found == 0 {
		t.Error("nothing was found at all")
	}
}

// What is remembered is shared by all who ask.
func TestManyAskAtOnce(t *testing.T) {
	f := finder(t, manufacturer())
	text := english(rand.New(rand.NewPCG(19, 20)), 300) + strings.Join(innocent()[:60], " ") + " c2hpbm9ub21lLWtha3U= " + "東雲架空製作所"
	want := f.Find(text)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 3 {
				if got := f.Find(text); len(want) == 0 || !reflect.DeepEqual(got, want) {
					t.Errorf("found %v, alone %v", got, want)
				}
				f.LookAlike("www.kx7q-cdn.example")
			}
		})
	}
	all.Wait()
}

func FuzzShortcuts(f *testing.F) {
	for _, s := range []string{"", "東雲架空製作所", "U2hpbm9ub21l", "The attacker moved laterally", "c2tt YzJ0dA", "10.20.14.52 ::1", "736b6d"} {
		f.Add(s)
	}
	finders := []*Finder{finder(f, manufacturer()), finder(f, hospital()), finder(f, retailer())}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1000 {
			return
		}
		for _, x := range finders {
			compareFind(t, x, text)
		}
	})
}

func compareFind(t *testing.T, f *Finder, text string) int {
	t.Helper()
	want, whole := f.findAll(text, &peeler{finder: f, thorough: true})
	for range 2 { // the second time pieces are known
		if got, complete := f.FindAll(text); complete != whole || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: found %v %v, plainly %v %v", text, got, complete, want, whole)
		}
	}
	return len(want)
}

func TestIndexFindsEveryPrefix(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	letters := strings.Fields("a b c ア イ 東 雲")
	for range 300 {
		var set needleSet
		plain := map[string]edgeRule{}
		for id := range 1 + r.IntN(200) {
			key := joinSome(r, letters, 5)
			if utf8.RuneCountInString(key) < 2 {
				continue
			}
			var d speller
			n := needle{key: d.fold(key), term: int32(id), derived: "head", edge: edgeRule(1 << r.IntN(5))}
			plain[unfold(n.key)] |= n.edge
			set.add(n, hashOf(n.key))
		}
		x := buildIndex(set.sorted())
		if len(x.needles) != len(plain) {
			t.Fatalf("%d needles of %d keys", len(x.needles), len(plain))
		}
		text := fold().add(folded{}, joinSome(r, letters, 60), 0).chars
		for i := range text {
			var got, want []string
			x.at(text[i:], func(n *needle) {
				got = append(got, unfold(n.key))
				if n.edge != plain[unfold(n.key)] {
					t.Fatalf("%s: rules %b, plainly %b", unfold(n.key), n.edge, plain[unfold(n.key)])
				}
			})
			for end := i + 2; end <= len(text); end++ {
				if _, ok := plain[unfold(text[i:end])]; ok {
					want = append(want, unfold(text[i:end]))
				}
			}
			if !slices.Equal(got, want) || len(want) > 0 && x.candidate(text, i) != i {
				t.Fatalf("%q: %q, plainly %q", unfold(text[i:]), got, want)
			}
		}
	}
}

func TestSourcesTellWhereBytesCameFrom(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		data := make([]byte, 4+r.IntN(60))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		for _, c := range []struct {
			grouping grouping
			bits     int
			digits   string
		}{
			{twoToOne, 4, hex.EncodeToString(data)}, {fourToThree, 6, base64.RawStdEncoding.EncodeToString(data)},
			{eightToFive, 5, base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(data)},
		} {
			from := source{grouping: c.grouping, lo: 10, size: len(data), end: 10 + len(c.digits)}
			for i := range data {
				last := (8*(i+1) + c.bits - 1) / c.bits // digits that complete the byte
				if got, want := from.origin(i), int32(10+last-2); got != want {
					t.Fatalf("byte %d of %s: %d, want %d", i, c.digits, got, want)
				}
			}
			if from.origin(len(data)) != int32(from.end) {
				t.Fatal("the end")
			}
		}
		digits := base64.RawStdEncoding.EncodeToString(data)
		if got := unbase64(digits, nil); len(digits) <= maxToken && string(got) != string(data) {
			t.Fatalf("%s: %x, want %x", digits, got, data)
		}
	}
}

func TestMayReadIsNeverWronglyFalse(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 20000 {
		data := make([]byte, r.IntN(24))
		for i := range data {
			data[i] = "ab \xe6\x9d\xb1\xc3\xa9\x00\x01\xff"[r.IntN(11)]
		}
		if out := (stretches{data: data}); out.utf8() && !mayRead(data) {
			t.Fatalf("%q reads %q", data, out.text)
		}
	}
}

func TestNetworksByLength(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	address := func() netip.Addr {
		if r.IntN(3) == 0 {
			return netip.AddrFrom16([16]byte{0x20, 1, byte(r.IntN(3)), 15: byte(r.IntN(3))})
		}
		return netip.AddrFrom4([4]byte{10, byte(r.IntN(3)), byte(r.IntN(3)), byte(r.IntN(4))})
	}
	for range 500 {
		var x networkIndex
		var list []network
		for id := range r.IntN(12) {
			p, _ := address().Prefix(8 + r.IntN(25))
			list = append(list, network{p, int32(id)})
			x.add(list[id])
		}
		for range 50 {
			a := address()
			p := netip.PrefixFrom(a, a.BitLen()-r.IntN(9))
			at := slices.IndexFunc(list, func(n network) bool { return n.prefix.Bits() <= p.Bits() && n.prefix.Contains(p.Addr()) })
			if id, ok := x.within(p); ok != (at >= 0) || ok && int(id) != at {
				t.Fatalf("%s in %v: %d %v, plainly %d", p, list, id, ok, at)
			}
		}
	}
}

func TestOwnDomainsAsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	labels := strings.Fields("aaa.example bbb AAA.Example ccc.co example www .")
	for range 2000 {
		var terms []Term
		for range 1 + r.IntN(4) {
			terms = append(terms, Term{joinSome(r, labels, 1) + "." + joinSome(r, labels, 2), Domain, "victim"})
		}
		f, _ := Compile(terms)
		host := joinSome(r, labels, 2) + "." + joinSome(r, labels, 3)
		name := strings.ToLower(strings.Trim(host, ". "))
		at := slices.IndexFunc(f.terms, func(t Term) bool {
			own := strings.ToLower(t.Text)
			return name == own || strings.HasSuffix(name, "."+own)
		})
		if h, ok := f.ownDomain(host); ok != (at >= 0) || ok && h.Term != f.terms[at] {
			t.Fatalf("%q among %q: %v %v, plainly %d", host, terms, h, ok, at)
		}
	}
}

func TestFoldingRunesIsFoldingText(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	signs := []rune("aA㍿ｶﾞ゙々゚ー𠮷東\u200bé\ufffdゝＡ　𝐚")
	for range 3000 {
		list := make([]rune, r.IntN(20))
		for i := range list {
			list[i] = signs[r.IntN(len(signs))]
		}
		text, runes := fold().add(folded{}, string(list), 0), fold().addRunes(folded{}, list)
		if !slices.Equal(text.chars, runes.chars) || foldString(string(list)) != unfold(text.chars) {
			t.Fatalf("%q: %q, as text %q", string(list), unfold(runes.chars), unfold(text.chars))
		}
	}
	for c := range rune(0x80) {
		if s := string(c); foldsToItself(s) && unfold(fold().add(folded{}, s, 0).chars) != s {
			t.Errorf("%q folds to something else", s)
		}
	}
}

func TestShapesAsReplaced(t *testing.T) {
	plain := strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "3", "e",
		"4", "a", "5", "s", "7", "t", "8", "b", "9", "g", "q", "g")
	r := rand.New(rand.NewPCG(15, 16))
	for range 5000 {
		label := joinSome(r, strings.Split("rnvclmwd0123456789iqgox-", ""), 14)
		if got, want := shapeOf(label), plain.Replace(foldString(label)); got != want {
			t.Fatalf("%s: %s, plainly %s", label, got, want)
		}
	}
}

// english is text of words that are made up, some often and some once, as in prose.
func english(r *rand.Rand, words int) string {
	syllables := strings.Fields("at tack er mo ved la ter al ly with sto len cre den tials and sta ged files for up load the pro cess was seen on host")
	var common []string
	for range 200 {
		common = append(common, joinSome(r, syllables, 4))
	}
	var b strings.Builder
	for i := range words {
		word := common[r.IntN(1+r.IntN(len(common)))]
		if r.IntN(4) == 0 {
			word = joinSome(r, syllables, 4)
		}
		if i%12 == 0 {
			word = fmt.Sprintf("%s%s", strings.ToUpper(word[:1]), word[1:])
		}
		b.WriteString(word + " ")
	}
	return b.String()
}
