// Package tlp holds the Traffic Light Protocol 2.0 and PAP labels and their order.
//
// Labels are ordered from the widest to the strictest. Where two meet, the strictest
// wins. The zero Label is Unknown, which permits nothing: a text without a label has
// not been released to anybody.
package tlp

import (
	"errors"
	"strings"
)

// A Label is one of the five labels of TLP 2.0, in order of strictness.
//
// SPEC: FIRST TLP 2.0 (August 2022).
type Label uint8

// Labels in order of strictness, so that < means "may go further"; Unknown stands outside
// the order and goes nowhere.
const (
	Unknown     Label = iota // no label, or one that is not TLP: goes to nobody
	Clear                    // TLP:CLEAR, and the WHITE of TLP 1.0 when read
	Green                    // TLP:GREEN: peers and partners, never a public channel
	Amber                    // TLP:AMBER: the recipient's organisation and its clients
	AmberStrict              // TLP:AMBER+STRICT: the recipient's organisation only
	Red                      // TLP:RED: the named persons only
)

var names = [...]string{"", "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"}

// ErrLabel is returned for a text that is no TLP label.
var ErrLabel = errors.New("tlp: not a label of TLP 2.0")

// String gives the label as TLP 2.0 writes it, empty for Unknown.
func (l Label) String() string {
	if int(l) < len(names) {
		return names[l]
	}
	return ""
}

// Parse reads a label in any case, with or without "TLP:", with '-', '_' or a space for
// '+'. WHITE is read as CLEAR. Anything else is ErrLabel.
func Parse(s string) (Label, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(s, "TLP:"), "TLP "))
	switch s {
	case "CLEAR", "WHITE":
		return Clear, nil
	case "GREEN":
		return Green, nil
	case "AMBER":
		return Amber, nil
	case "AMBER+STRICT", "AMBER-STRICT", "AMBER_STRICT", "AMBER STRICT":
		return AmberStrict, nil
	case "RED":
		return Red, nil
	}
	return Unknown, ErrLabel
}

// Strictest gives the label under which a thing marked with both goes on. Unknown is
// stricter than all others, because it has been released to nobody.
func Strictest(a, b Label) Label {
	if a == Unknown || b == Unknown {
		return Unknown
	}
	return max(a, b)
}

// MarshalText writes the label as String does.
func (l Label) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what Parse reads, and an empty text as Unknown.
func (l *Label) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*l = Unknown
		return nil
	}
	v, err := Parse(string(b))
	*l = v
	return err
}

// Mention finds the strictest label written in a text, as "TLP:AMBER", "ＴＬＰ：ＲＥＤ" or
// "TLP AMBER+STRICT". ok is false if there is none; a "TLP:" followed by an unknown word
// is a mention of Unknown.
func Mention(text string) (l Label, ok bool) {
	fold := strings.ToUpper(narrow(text))
	for {
		i := strings.Index(fold, "TLP")
		if i < 0 {
			return l, ok
		}
		bounded := i == 0 || !isLetter(fold[i-1])
		fold = fold[i+len("TLP"):]
		rest, sep := strings.CutPrefix(strings.TrimLeft(fold, " \"'"), ":")
		if !bounded || !sep && !strings.HasPrefix(fold, " ") && !strings.HasPrefix(fold, "-") {
			continue
		}
		word := leadingWord(strings.TrimLeft(rest, " -\"'"))
		found, err := Parse(word)
		if err != nil && !sep {
			continue // "TLP 2.0", "TLP について": not a label
		}
		if ok {
			found = Strictest(l, found)
		}
		l, ok = found, true
	}
}

func leadingWord(s string) string {
	for _, w := range []string{"AMBER+STRICT", "AMBER STRICT", "AMBER-STRICT", "AMBER_STRICT"} {
		if strings.HasPrefix(s, w) {
			return w
		}
	}
	n := 0
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	return s[:n]
}

func isLetter(c byte) bool { return 'A' <= c && c <= 'Z' }

// narrow turns full-width ASCII into ASCII.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case '！' <= r && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		}
		return r
	}, s)
}

// A PAP is a label of the Permissible Actions Protocol: what a receiver may do with a
// value, while Label says to whom it may be shown. The zero PAP allows nothing to be seen
// by the attacker, as PAP:RED.
type PAP uint8

// From the most careful on.
const (
	PAPRed   PAP = iota // only passive acts on one's own, isolated data
	PAPAmber            // passive look-ups at third parties
	PAPGreen            // active acts such as blocking
	PAPClear            // no limit
)

// String gives "PAP:AMBER" and the like.
func (p PAP) String() string {
	switch p {
	case PAPAmber:
		return "PAP:AMBER"
	case PAPGreen:
		return "PAP:GREEN"
	case PAPClear:
		return "PAP:CLEAR"
	}
	return "PAP:RED"
}

// ErrPAP is returned for a text that is no PAP label.
var ErrPAP = errors.New("tlp: not a PAP label")

// ParsePAP reads a label with or without "PAP:", in any case.
func ParsePAP(s string) (PAP, error) {
	word := strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "PAP:")
	for p := PAPRed; p <= PAPClear; p++ {
		if p.String() == "PAP:"+word {
			return p, nil
		}
	}
	return PAPRed, ErrPAP
}

// MarshalText writes the label as String does. It never fails.
func (p PAP) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what ParsePAP reads, and an empty text as PAPRed.
func (p *PAP) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*p = PAPRed
		return nil
	}
	v, err := ParsePAP(string(b))
	*p = v
	return err
}
