package disguise

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// A syllable is one row of romaji.tsv.
type syllable struct {
	kana  string
	latin [3]string // Hepburn, Kunrei, Nihon-shiki
}

const (
	kanaBlock = 0x30a0 // katakana begin here
	kanaCount = 0x60
)

// A syllabary is romaji.tsv, by kana and by letters.
type syllabary struct {
	list   []syllable                   // the first stands for none
	single [kanaCount]uint16            // kana → list
	pair   [kanaCount][kanaCount]uint16 // キャ → list
	nodes  []latinNode                  // the first is the root
}

// A latinNode is where some letters lead that a syllable may begin with.
type latinNode struct {
	next [26]uint16 // node by letter; 0 is none
	kana string     // what the letters so far stand for, or ""
}

var sounds = sync.OnceValue(func() *syllabary {
	s := &syllabary{list: make([]syllable, 1), nodes: make([]latinNode, 1)}
	for _, r := range rows("romaji.tsv") {
		y := syllable{kana: r[0]}
		for i := range y.latin {
			if i+1 < len(r) && r[i+1] != "" {
				y.latin[i] = r[i+1]
			} else if i > 0 {
				y.latin[i] = y.latin[i-1]
			}
		}
		at := uint16(len(s.list))
		s.list = append(s.list, y)
		if k := []rune(y.kana); len(k) == 1 {
			s.single[k[0]-kanaBlock] = at
		} else {
			s.pair[k[0]-kanaBlock][k[1]-kanaBlock] = at
		}
		for _, latin := range y.latin {
			s.learn(latin, y.kana)
		}
	}
	return s
})

// learn keeps the first kana that letters may stand for: the commonest.
func (s *syllabary) learn(latin, kana string) {
	at := uint16(0)
	for _, c := range []byte(latin) {
		if s.nodes[at].next[c-'a'] == 0 {
			s.nodes[at].next[c-'a'] = uint16(len(s.nodes))
			s.nodes = append(s.nodes, latinNode{})
		}
		at = s.nodes[at].next[c-'a']
	}
	if s.nodes[at].kana == "" {
		s.nodes[at].kana = kana
	}
}

// spoken finds the longest syllable that latin begins with, and its length.
func (s *syllabary) spoken(latin string) (kana string, n int) {
	at := uint16(0)
	for i := range len(latin) {
		c := latin[i] - 'a'
		if c >= 26 || s.nodes[at].next[c] == 0 {
			break
		}
		at = s.nodes[at].next[c]
		if s.nodes[at].kana != "" {
			kana, n = s.nodes[at].kana, i+1
		}
	}
	return kana, n
}

// katakana writes s in full-width katakana, keeping small kana and long marks.
func katakana(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'ぁ' && r <= 'ゖ':
			return r + 'ァ' - 'ぁ'
		case r == ' ' || r == '・' || r == '-':
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

// A sound is one syllable of a reading in kana, or one of the signs that have no romaji of
// their own.
type sound struct {
	sign  rune // ッ, ー or ン; 0 for a syllable
	latin *[3]string
	size  int // kana
}

// soundsOf divides a reading into sounds, as far as it is kana; whole is false where it is
// not throughout.
func soundsOf(reading []rune, list []sound) (_ []sound, whole bool) {
	for i := 0; i < len(reading); {
		s, ok := soundAt(reading[i:])
		if !ok {
			return list, false
		}
		list = append(list, s)
		i += s.size
	}
	return list, true
}

func soundAt(r []rune) (sound, bool) {
	switch r[0] {
	case 'ッ', 'ー', 'ン':
		return sound{sign: r[0], size: 1}, true
	}
	t := sounds()
	first := r[0] - kanaBlock
	if first >= 0 && first < kanaCount {
		if len(r) > 1 {
			if second := r[1] - kanaBlock; second >= 0 && second < kanaCount && t.pair[first][second] > 0 {
				return sound{latin: &t.list[t.pair[first][second]].latin, size: 2}, true
			}
		}
		if at := t.single[first]; at > 0 {
			return sound{latin: &t.list[at].latin, size: 1}, true
		}
	}
	if full := foldKana(r[0]); full != r[0] {
		return soundAt([]rune{full})
	}
	return sound{}, false
}

// A romanisation chooses among the ways to write one reading.
type romanisation struct {
	system int // column of romaji.tsv
	long   longVowel
	nasal  nasal
}

// A longVowel is how the second half of a long vowel is written.
type longVowel uint8

const (
	longFull   longVowel = iota // as its kana: ou
	longOmit                    // not at all
	longDouble                  // as the vowel again: oo
	longH                       // oh
)

// A nasal is how ん is written.
type nasal uint8

const (
	nasalN      nasal = iota
	nasalM            // m before b, m and p
	nasalDouble       // nn, as it is typed
)

// variety says which choices of a romanisation make any difference to a reading.
type variety struct{ long, nasal, labial bool }

// write adds a romanisation of sounds to dst.
func (w romanisation) write(dst []byte, list []sound) ([]byte, variety) {
	var v variety
	begin, double := len(dst), false
	for i, s := range list {
		latin := ""
		switch s.sign {
		case 'ッ':
			double = true
			continue
		case 'ー':
			dst = w.lengthen(dst, begin, "")
			v.long = true
			continue
		case 'ン':
			latin = "n"
			v.nasal = true
			if w.labial(list[i+1:]) {
				v.labial = true
				if w.nasal == nasalM {
					latin = "m"
				}
			}
			if w.nasal == nasalDouble {
				latin = "nn"
			}
		default:
			latin = s.latin[w.system]
		}
		if double {
			dst = append(dst, doubled(latin, w.system))
			double = false
		}
		if s.size == 1 && prolongs(dst[begin:], latin) {
			dst = w.lengthen(dst, begin, latin)
			v.long = true
			continue
		}
		dst = append(dst, latin...)
	}
	return dst, v
}

// labial reports whether ん before these sounds may be written m.
func (w romanisation) labial(next []sound) bool {
	for len(next) > 0 && next[0].sign == 'ン' {
		next = next[1:]
	}
	return len(next) > 0 && next[0].sign == 0 && strings.IndexByte("bmp", next[0].latin[w.system][0]) >= 0
}

func doubled(latin string, system int) byte {
	if system == 0 && strings.HasPrefix(latin, "ch") {
		return 't'
	}
	return latin[0]
}

// prolongs reports whether the vowel latin makes what was written so far long.
func prolongs(before []byte, latin string) bool {
	if len(before) == 0 || len(latin) != 1 {
		return false
	}
	switch before[len(before)-1] {
	case 'o':
		return latin == "u" || latin == "o"
	case 'u':
		return latin == "u"
	case 'a':
		return latin == "a"
	}
	return false
}

func (w romanisation) lengthen(dst []byte, begin int, latin string) []byte {
	if len(dst) == begin {
		return dst
	}
	switch w.long {
	case longFull:
		return append(dst, latin...)
	case longDouble:
		return append(dst, dst[len(dst)-1])
	case longH:
		return append(dst, 'h')
	}
	return dst
}

// romajiOf gives the romanisations of a reading in kana.
func romajiOf(reading string) []string {
	var room [32]sound
	r := []rune(katakana(reading))
	list, whole := soundsOf(r, room[:0])
	if !whole {
		return nil
	}
	var out []string
	eachRomaji(r, list, func(latin []byte) {
		if !slices.ContainsFunc(out, func(s string) bool { return s == string(latin) }) {
			out = append(out, string(latin))
		}
	})
	return out
}

// eachRomaji calls yield with each way to write sounds, those of r, in letters. A way may come
// twice.
func eachRomaji(r []rune, list []sound, yield func(latin []byte)) {
	var room [96]byte
	for system := range 3 {
		if system > 0 && !systemDiffers(list, system) {
			continue
		}
		plain, v := romanisation{system: system}.write(room[:0], list)
		if len(plain) == 0 {
			return
		}
		longs, nasals := longFull, nasalN
		if v.long && vowelBehind(r) {
			longs = longH
		}
		if v.nasal {
			nasals = nasalDouble
		}
		for long := longFull; long <= longs; long++ {
			for n := nasalN; n <= nasals; n++ {
				if n == nasalM && !v.labial {
					continue
				}
				latin, _ := romanisation{system, long, n}.write(room[:0], list)
				yield(latin)
			}
		}
	}
}

// vowelBehind reports whether a kana that may lengthen the one before it stands behind another.
func vowelBehind(r []rune) bool {
	return slices.ContainsFunc(r[min(1, len(r)):], func(c rune) bool { return strings.ContainsRune("アイウエオー", c) })
}

// systemDiffers reports whether a system writes any of the sounds otherwise than the one
// before it in romaji.tsv.
func systemDiffers(list []sound, system int) bool {
	return slices.ContainsFunc(list, func(s sound) bool { return s.sign == 0 && s.latin[system] != s.latin[system-1] })
}
