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

// labelsOf gives the words among a term's forms that hosts imitate.
func labelsOf(t Term, id int32, forms []form) []brandLabel {
	if t.Class != Domain && t.Class != Organisation && t.Class != Name && t.Class != Kana {
		return nil
	}
	if t.Class == Domain {
		forms = forms[1:]
	}
	var list []brandLabel
	for _, s := range forms {
		key := s.key
		if len(key) >= minBrand && s.derived != "initials" && isASCII(key) {
			list = append(list, brandLabel{key, id})
		}
	}
	return list
}

func brandsOf(labels []brandLabel) []brand {
	var list []brand
	seen := map[string]bool{}
	for _, l := range labels {
		if s := shapeOf(l.label); !seen[s] {
			seen[s] = true
			list = append(list, brand{l.label, s, l.term})
		}
	}
	return list
}

var lookSame = strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "3", "e",
	"4", "a", "5", "s", "7", "t", "8", "b", "9", "g", "q", "g", "$", "s", "|", "l")

// shapeOf is what a label looks like at a glance.
func shapeOf(label string) string { return lookSame.Replace(foldString(label)) }

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

// ownDomain reports whether host is one of the domains or lies below one.
func (f *Finder) ownDomain(host string) (Hit, bool) {
	name := strings.ToLower(strings.Trim(host, ". "))
	for _, t := range f.terms {
		if t.Class != Domain || t.Text == "" {
			continue
		}
		if own := strings.ToLower(t.Text); name == own || strings.HasSuffix(name, "."+own) {
			return Hit{Term: t, End: len(host), Spelling: host, Derived: "domain"}, true
		}
	}
	return Hit{}, false
}

func (f *Finder) labelLikeness(label string) (Hit, bool) {
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
