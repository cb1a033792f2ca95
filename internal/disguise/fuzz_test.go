package disguise

import "testing"

func FuzzFind(f *testing.F) {
	for _, s := range []string{"", "東雲架空製作所", "%e6%9d%b1%e9%9b%b2", "U2hpbm9ub21l", "=?UTF-8?B?5p2x6Zuy?=", "\\u6771\\u96f2",
		"10[.]20[.]14[.]52", "xn--7rv807h", "H4sIAAAAAAAA/6qoUHg2d+PL2Z", "8 万人、一億千二百万", "\xff\x93\x8c\x89_", "\x1b$BElbb\x1b(B"} {
		f.Add(s)
	}
	finders := []*Finder{finder(f, manufacturer()), finder(f, hospital()), finder(f, retailer())}
	f.Fuzz(func(t *testing.T, text string) {
		for _, x := range finders {
			hits, complete := x.FindAll(text)
			for _, h := range hits {
				if h.Start < 0 || h.End < h.Start || h.End > len(text) || h.Spelling == "" || h.Derived == "" {
					t.Fatalf("hit %+v in %q", h, text)
				}
			}
			if got := x.Contains(text); got != (len(hits) > 0 || !complete) {
				t.Fatalf("Contains says %v, Find gave %d hits", got, len(hits))
			}
			x.LookAlike(text)
		}
		Opaque(text)
		layers, _ := Decode(text)
		total := 0
		for _, l := range layers {
			total += len(l.Text)
			if l.Start < 0 || l.End < l.Start || l.End > len(text) {
				t.Fatalf("layer %+v of %q", l, text)
			}
		}
		if total > workFactor*len(text)+workAllowance {
			t.Fatalf("%d bytes decoded from %d", total, len(text))
		}
	})
}

func FuzzCompile(f *testing.F) {
	f.Add("株式会社東雲架空製作所", "organisation")
	f.Add("髙梨 亮介", "person")
	f.Add("10.0.0.0/8", "network")
	f.Add("シノノメ", "kana")
	f.Add("adm_takanashi", "account")
	f.Add("shop.例え.example", "domain")
	f.Fuzz(func(t *testing.T, text, class string) {
		if len(text) > 200 {
			return
		}
		term := Term{text, Class(class), "victim"}
		x, advice := Compile([]Term{term})
		x.Spellings(term)
		refused := false
		for _, a := range advice {
			refused = refused || a.Code != "disguise.unknown-class"
		}
		if !refused && term.Class != Network && term.Class != Number && term.Class != HostPrefix && !x.Contains(text) {
			t.Fatalf("%s %q does not find itself", class, text)
		}
	})
}

// FuzzDisguised hides a spelling under a chain of encodings among other text.
func FuzzDisguised(f *testing.F) {
	for i := range uint8(12) {
		f.Add(uint8(i), i*3, i*5, i*7, "https://cdn.example.net/", "?x=1")
	}
	type hiding struct {
		found *Finder
		words []string
	}
	var all []hiding
	for _, terms := range [][]Term{manufacturer(), hospital(), retailer()} {
		h := hiding{found: finder(f, terms)}
		for _, term := range terms {
			for _, s := range h.found.Spellings(term) {
				if len(s) >= 8 || !isASCII(s) {
					h.words = append(h.words, s)
				}
			}
		}
		all = append(all, h)
	}
	chains := append(nested(), encoder{"", func(s string) string { return s }})
	f.Fuzz(func(t *testing.T, word, a, b, c uint8, before, after string) {
		if len(before)+len(after) > 4096 {
			return
		}
		h := all[int(word)%len(all)]
		w := h.words[(int(word)*7+int(a))%len(h.words)]
		text := w
		for _, i := range []uint8{a, b, c} {
			text = chains[int(i)%len(chains)].encode(text)
		}
		// A space on both sides: what touches a short name decides whether it is one.
		if whole := before + " " + text + " " + after; !h.found.Contains(whole) {
			t.Fatalf("%q not found in %q", w, whole)
		}
	})
}
