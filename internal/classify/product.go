package classify

import (
	"strings"

	"github.com/wakachi/wakachi/internal/incident"
)

// learnProducts takes note of what a third party's name possesses: "ミドリ社の GreenSync",
// "Midori's GreenSync". The name of a product shows whose it is.
func (p *proposer) learnProducts(readings [][]*reading) {
	if p.finder == nil {
		return
	}
	for _, lines := range readings {
		for _, r := range lines {
			if r.blank || r.log || r.tabular() || len(r.Text) > 2000 || len(p.products) > 50 || !mayOwn(r.Text) {
				continue
			}
			p.search(r)
			for _, h := range r.names {
				if h.Term.Owner == incident.OfThirdParty && len(h.Layers) == 0 && h.End <= len(r.Text) {
					if w := productOf(r.Text[h.End:]); w != "" {
						p.products = append(p.products, strings.ToLower(w))
					}
				}
			}
		}
	}
}

// mayOwn says whether a text has a possessive before a word of ASCII letters.
func mayOwn(text string) bool {
	for _, w := range []string{"の", "製", "'s ", "’s "} {
		for at := 0; ; {
			i := strings.Index(text[at:], w)
			if i < 0 {
				break
			}
			at += i + len(w)
			if productWord(text[at:]) != "" {
				return true
			}
		}
	}
	return false
}

// productOf gives the product that the text behind a name says is theirs.
func productOf(rest string) string {
	for _, w := range []string{"株式会社", "ソフト", "システム", "社", "さん", "様"} {
		rest = strings.TrimPrefix(rest, w)
	}
	for _, w := range []string{"の", "製の", "製", "'s ", "’s "} {
		if after, ok := strings.CutPrefix(rest, w); ok {
			return productWord(after)
		}
	}
	return ""
}

// productWord gives the word of ASCII letters at the beginning of a text, if it can be the
// name of a product.
func productWord(text string) string {
	text = strings.TrimLeft(text, " 　「『\"`*")
	n := 0
	for n < len(text) && isNameRune(rune(text[n])) {
		n++
	}
	w := strings.Trim(text[:n], "-_.")
	if len(w) < 5 || strings.ToLower(w) == w || strings.ToUpper(w) == w || ordinary[strings.ToLower(w)] {
		return ""
	}
	return w
}

// guardProducts marks the values that hold such a name.
func (p *proposer) guardProducts() {
	for k := range p.items {
		low := strings.ToLower(p.items[k].Value.Value)
		for _, w := range p.products {
			if strings.Contains(low, w) {
				p.items[k].Marks |= incident.ThirdParty
			}
		}
	}
}
