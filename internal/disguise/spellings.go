package disguise

import (
	"slices"
)

// A spelling is one derived form of a term before it is folded.
type spelling struct {
	text    string
	derived string
	edge    edgeRule
}

// A form is a spelling and what it folds to.
type form struct {
	spelling
	key []uint16
}

// A speller derives the needles of one term after another. What it gives holds until the next.
type speller struct {
	keys    keyRoom
	folded  folded
	forms   []form
	needles []needle
	hashes  []uint32 // of the needles' keys
	text    []byte
}

// fold gives the folded form of s, which holds until the next call.
func (d *speller) fold(s string) []uint16 {
	d.folded = fold().add(d.folded.empty(), s, 0)
	return d.folded.chars
}

// A keyRoom holds keys, many in one piece of memory.
type keyRoom []uint16

// keep copies a key to where it stays.
func (k *keyRoom) keep(key []uint16) []uint16 {
	const size = 1 << 13
	if len(*k)+len(key) > cap(*k) {
		*k = make([]uint16, 0, max(size, len(key)))
	}
	at := len(*k)
	*k = append(*k, key...)
	return (*k)[at:len(*k):len(*k)]
}

func (d *speller) form(s spelling) { d.forms = append(d.forms, form{s, d.keys.keep(d.fold(s.text))}) }

// derive lists the forms in which a term may be written, the term itself first.
func (d *speller) derive(t Term) {
	exact := spelling{t.Text, "exact", edgeBySize}
	var list []spelling
	switch t.Class {
	case Organisation:
		list = organisationForms(t.Text)
	case Kana:
		list = kanaForms(t.Text)
	case Person:
		list = personForms(t.Text)
	case Account:
		list = accountForms(t.Text)
	case Domain:
		list = domainForms(t.Text)
	case HostPrefix:
		exact.edge = edgePrefix
	default:
		list = nameForms(t.Text)
	}
	d.form(exact)
	if key := d.forms[0].key; asciiKey(key) && len(key) <= 4 {
		d.forms[0].edge |= oddly(t.Text)
	}
	for _, s := range list {
		if d.useful(d.fold(s.text)) {
			d.form(s)
		}
	}
}

// oddly is edgeAsGiven when text has what a short name is otherwise not allowed: a separator
// between its letters, or capitals behind small letters.
func oddly(text string) edgeRule {
	if p := (place{text: text, end: len(text)}); !p.plainCase() {
		return edgeAsGiven
	}
	seen, gap := false, false
	for _, r := range text {
		switch v := foldRune(r); {
		case v == foldSeparator:
			gap = seen
		case v >= foldRepeat && gap:
			return edgeAsGiven
		case v >= foldRepeat:
			seen = true
		}
	}
	return 0
}

// useful reports whether a derived form is long and distinctive enough to be a needle.
func (d *speller) useful(key []uint16) bool {
	least := 2
	if asciiKey(key) || kanaKey(key) {
		least = 3
	}
	if len(key) < least {
		return false
	}
	d.text = appendFolded(d.text[:0], key)
	return !words().alone[string(d.text)]
}

// formsOf finds every spelling of a term, the term itself first.
func (d *speller) formsOf(t Term) []form {
	d.forms, d.keys = d.forms[:0], d.keys[:0]
	d.derive(t)
	if t.Class != HostPrefix {
		for i := range len(d.forms) {
			d.soundForms(d.forms[i], t.Class != Name)
		}
	}
	return d.forms
}

// needlesOf makes needles of the forms of a term, and of what sound and direction do to them.
func (d *speller) needlesOf(id int32, forms []form) []needle {
	d.needles, d.hashes = d.needles[:0], d.hashes[:0]
	for _, s := range forms {
		n := needle{key: s.key, term: id, derived: s.derived, edge: s.edge}
		d.put(n)
		n.derived = "long-vowel"
		longVowelForms(s.key, func(form []uint16) {
			n.key = form
			d.put(n)
		})
	}
	for _, n := range d.needles {
		if n.edge&edgeBySize == 0 || n.ascii && len(n.key) < 6 || !n.ascii && len(n.key) < 4 {
			continue
		}
		straight := n.key
		n.edge, n.layer = edgeBySize, "reversed"
		n.key = append(d.folded.chars[:0], straight...)
		slices.Reverse(n.key)
		d.folded.chars = n.key
		d.put(n)
		if n.ascii {
			for i, c := range straight {
				n.key[i] = rot13(c)
			}
			n.layer = "rot13"
			d.put(n)
		}
	}
	return d.needles
}

// put adds a needle under a copy of its key, unless the term at hand has one of that key.
func (d *speller) put(n needle) {
	if len(n.key) < 2 {
		return
	}
	h := hashOf(n.key)
	for i, other := range d.hashes {
		if other == h && slices.Equal(d.needles[i].key, n.key) {
			return
		}
	}
	n.key, n.ascii = d.keys.keep(n.key), asciiKey(n.key)
	d.needles, d.hashes = append(d.needles, n), append(d.hashes, h)
}

func hashOf(key []uint16) uint32 {
	h := uint32(len(key))
	for _, c := range key {
		h = (h ^ uint32(c)) * 0x01000193
	}
	return h
}

// soundForms carries a form between kana and romaji; into kana only if toKana.
func (d *speller) soundForms(f form, toKana bool) {
	switch {
	case kanaKey(f.key):
		for _, r := range romajiOf(f.text) {
			if len(r) >= 4 {
				d.form(spelling{r, "romaji", f.edge})
			}
		}
	case asciiKey(f.key):
		latin := unfold(f.key)
		readings := kanaOf(latin)
		d.otherRomaji(f, latin, readings)
		if !toKana {
			return
		}
		for _, kana := range readings {
			s := spelling{kana, "kana", f.edge}
			switch size := len(d.fold(kana)); {
			case size < 3:
				continue
			case size == 3:
				s.edge = edgeStart
			}
			d.form(s)
		}
	}
}

const (
	minRomaji   = 6 // letters of a romanisation that was derived from another
	maxReadings = 4 // of one word that are written again in romaji
)

// otherRomaji gives the other romanisations of what is written in one: sinonome of
// shinonome, ryousuke of ryosuke.
func (d *speller) otherRomaji(f form, latin string, readings []string) {
	if len(latin) < minRomaji-1 {
		return
	}
	var room [32]sound
	for _, reading := range readings[:min(len(readings), maxReadings)] {
		list, whole := soundsOf([]rune(reading), room[:0])
		if !whole {
			continue
		}
		for system := range 2 {
			d.text, _ = romanisation{system: system}.write(d.text[:0], list)
			if len(d.text) >= minRomaji && string(d.text) != latin {
				d.form(spelling{string(d.text), "romaji", f.edge})
			}
		}
	}
}

func rot13(c uint16) uint16 {
	if c >= 'a' && c <= 'z' {
		return 'a' + (c-'a'+13)%26
	}
	return c
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func asciiKey(key []uint16) bool {
	for _, c := range key {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// allKana reports whether a folded string is katakana only.
func allKana(s string) bool {
	for _, r := range s {
		if scriptOf(r) != scriptKatakana {
			return false
		}
	}
	return s != ""
}

func kanaKey(key []uint16) bool {
	for _, c := range key {
		if scriptOf(rune(c)) != scriptKatakana {
			return false
		}
	}
	return len(key) > 0
}
