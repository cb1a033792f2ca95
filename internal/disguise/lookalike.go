package disguise

import (
	"strings"

	"golang.org/x/net/idna"
)

// A brandLabel is a word that a host made to look like the victim's would imitate.
type brandLabel struct {
	label string
	term  int32
}

// A brand is such a word as it looks: letters that resemble one another are one letter.
type brand struct {
	label string // folded
	shape string
	term  int32
}

const (
	minBrand = 5 // letters of a word that is compared
	minEdit  = 6 // letters of a word of which one may differ
)

// appendLabels adds the words among a term's forms that hosts imitate.
func appendLabels(list []brandLabel, t Term, id int32, forms []form) []brandLabel {
	if t.Class != Domain && t.Class != Organisation && t.Class != Name && t.Class != Kana {
		return list
	}
	if t.Class == Domain {
		forms = forms[1:]
	}
	for _, s := range forms {
		if len(s.key) >= minBrand && s.derived != "initials" && asciiKey(s.key) {
			list = append(list, brandLabel{unfold(s.key), id})
		}
	}
	return list
}

func brandsOf(labels []brandLabel) []brand {
	var list []brand
	seen := make(map[string]bool, len(labels))
	for _, l := range labels {
		if s := shapeOf(l.label); !seen[s] {
			seen[s] = true
			list = append(list, brand{l.label, s, l.term})
		}
	}
	return list
}

// shapeOf is what a label looks like at a glance.
func shapeOf(label string) string {
	s := foldString(label)
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if i+1 < len(s) {
			if one := joinedShape(c, s[i+1]); one != 0 {
				out = append(out, one)
				i++
				continue
			}
		}
		out = append(out, singleShape(c))
	}
	return string(out)
}

// joinedShape is the letter that two beside each other look like, or 0.
func joinedShape(a, b byte) byte {
	switch {
	case a == 'r' && b == 'n':
		return 'm'
	case a == 'v' && b == 'v':
		return 'w'
	case a == 'c' && b == 'l':
		return 'd'
	}
	return 0
}

func singleShape(c byte) byte {
	const look, like = "01i345789q", "olleastbgg"
	if i := strings.IndexByte(look, c); i >= 0 {
		return like[i]
	}
	return c
}

// LookAlike reports whether a host is, or was made to resemble, one that a term names. The
// hit's Derived says how: domain (it is one of them or below one), extra-word, homoglyph,
// edit-distance, other-domain (the same word elsewhere, hyphens aside). The span is of the
// label in host.
func (f *Finder) LookAlike(host string) (Hit, bool) {
	if f.empty() {
		return Hit{}, false
	}
	if h, ok := f.ownDomain(host); ok {
		return h, true
	}
	start := 0
	for label := range strings.SplitAfterSeq(host, ".") {
		bare := strings.TrimRight(label, ".[](){}")
		if h, ok := f.labelLikeness(bare); ok {
			h.Start, h.End = start, start+len(bare)
			return h, true
		}
		start += len(label)
	}
	for _, h := range f.Find(host) {
		if h.Term.Class != Network && h.Term.Class != Number {
			return h, true
		}
	}
	return Hit{}, false
}

// ownDomain reports whether host is one of the domains or lies below one; of several, it is
// that of the first term.
func (f *Finder) ownDomain(host string) (Hit, bool) {
	own := int32(-1)
	for name := strings.ToLower(strings.Trim(host, ". ")); ; {
		if id, ok := f.domains[name]; ok && (own < 0 || id < own) {
			own = id
		}
		_, parent, below := strings.Cut(name, ".")
		if !below {
			break
		}
		name = parent
	}
	if own < 0 {
		return Hit{}, false
	}
	return Hit{Term: f.terms[own], End: len(host), Spelling: host, Derived: "domain"}, true
}

// labelLikeness reports whether a label imitates a brand. Most labels are those of many hosts,
// and imitate none.
func (f *Finder) labelLikeness(label string) (Hit, bool) {
	slot := f.memos[labelPieces].slot(label)
	if known := slot.Load(); known != nil && known.piece == label {
		return Hit{}, false
	}
	h, ok := f.compareLabel(label)
	if !ok && len(label) <= maxPiece {
		slot.Store(&barren{piece: strings.Clone(label)})
	}
	return h, ok
}

func (f *Finder) compareLabel(label string) (Hit, bool) {
	plain := label
	var layers []string
	if len(label) > 4 && strings.EqualFold(label[:4], "xn--") {
		if name, err := idna.Punycode.ToUnicode(strings.ToLower(label)); err == nil {
			plain, layers = name, []string{"punycode"}
		}
	}
	if len(plain) > 4*63 {
		return Hit{}, false
	}
	whole := shapeOf(plain)
	parts := strings.FieldsFunc(plain, func(r rune) bool { return hyphenLike(r) })
	shapes := make([]string, len(parts))
	for i, p := range parts {
		shapes[i] = shapeOf(p)
	}
	for _, b := range f.brands {
		how := b.likeness(whole, plain)
		for i := 0; how == "" && len(parts) > 1 && i < len(parts); i++ {
			if how = b.likeness(shapes[i], parts[i]); how != "" && how != "edit-distance" {
				how = "extra-word"
			}
		}
		if how != "" {
			return Hit{Term: f.terms[b.term], Spelling: plain, Layers: layers, Derived: how}, true
		}
	}
	return Hit{}, false
}

// likeness says how a label of the given shape imitates b, or "".
func (b brand) likeness(shape, label string) string {
	switch {
	case shape == b.shape && isASCII(label) && foldString(label) == b.label:
		return "other-domain"
	case shape == b.shape:
		return "homoglyph"
	case len(b.shape) >= minEdit && strings.Contains(shape, b.shape):
		return "extra-word"
	case len(b.shape) >= minEdit && nearly(b.shape, shape):
		return "edit-distance"
	}
	return ""
}

// nearly reports whether a and b differ by one insertion, deletion, replacement or swap of
// neighbours.
func nearly(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) || a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
