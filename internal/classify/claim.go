package classify

import (
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

// Whose a value is, as the notes state it. The order is that of care: where two statements
// of one strength disagree, the greater holds.
type whose uint8

const (
	unsaid    whose = iota
	attackers       // the attacker's own
	harmless        // nobody's concern: ordinary traffic, a genuine file
	withdrawn       // named by mistake: what was said of it is taken back
	strangers       // somebody else's, who was hit too or knows nothing of it
	partners        // a customer's, a supplier's
	ours
	unspoken // "do not pass this on", whatever it is
	unclear  // something is said of it that no attacker needs: "X is the warehouse's line"
)

// Strengths of a statement, by how near it stands to the value. The nearer wins.
const (
	vague     = iota // for want of anything else
	inherited        // from a heading or the words that lead up to a list
	remarked         // a remark in the row, or the sentence after
	said             // in the value's own clause, or the answer to a question about it
	marked           // a mark, a bracket or a cell that is there to say it
)

// A claim is the strongest statement about one value in all notes of an incident.
type claim struct {
	whose    whose
	strength int
}

// claims are what the notes say about each value.
type claims map[indicator.Value]claim

// careful says whether a claim holds whatever calls the value the attacker's elsewhere: somebody said outright that it is
// somebody else's, or must not be passed on.
func (c claim) careful() bool {
	return c.whose == unspoken || (c.whose == strangers || c.whose == partners) && c.strength >= said
}

func (c claims) add(v indicator.Value, w whose, strength int) {
	if w == unsaid || v.IsZero() {
		return
	}
	old := c[v]
	if old.careful() && w == attackers {
		return
	}
	if old.whose == attackers && (claim{w, strength}).careful() {
		old = claim{}
	}
	if strength > old.strength || strength == old.strength && w > old.whose {
		c[v] = claim{w, strength}
	}
}

// about gives the claim on a value. What is said of a host that is not the attacker's
// holds for the addresses of web pages on it too.
func (c claims) about(v indicator.Value) claim {
	if own, ok := c[v]; ok {
		return own
	}
	if v.Type != indicator.URL {
		return claim{}
	}
	for _, t := range []indicator.Type{indicator.IPv4, indicator.IPv6, indicator.Domain} {
		if on := c[indicator.Value{Type: t, Value: host(v)}]; on.whose > harmless {
			return on
		}
	}
	return claim{}
}

// collect reads what all notes say about whose the values are.
func (p *proposer) collect(notes []incident.Note, readings [][]*reading) {
	p.claims, p.shown = claims{}, map[indicator.Value]bool{}
	b := &binder{proposer: p, heads: map[string]whose{}, right: map[indicator.Value]bool{}}
	for _, lines := range readings {
		b.legends = append(b.legends, legendsIn(p.words, lines))
	}
	for i, lines := range readings {
		b.note(i, lines)
		if chat := spoken(notes[i]); len(chat) > 0 {
			b.note(i, read(incident.Note{File: notes[i].File, Lines: chat}, p.words))
		}
	}
}

// claimed lets a statement about the value decide what the item is.
func (s *sight) claimed(i *incident.Item) {
	c := s.claims.about(i.Value)
	if c.whose == unsaid || i.Kind == incident.Vulnerability || i.Value.Type == indicator.Technique {
		return
	}
	code := map[whose]string{harmless: "kind.said-benign", withdrawn: "kind.said-withdrawn", partners: "kind.said-partner", ours: "kind.said-own", unspoken: "kind.said-withhold"}[c.whose]
	switch c.whose {
	case attackers:
		s.granted(i)
	case unclear:
		if i.Role == incident.NoRole && (i.Kind == incident.Destination || i.Reason.Code == "kind.file-name" || i.Reason.Code == "kind.path") && !s.shown[i.Value] && !has(s.reading.cues, "role") {
			s.role(i, incident.Doubtful, "kind.said-unclear", "ours")
		}
	case strangers:
		if i.Role != incident.Own {
			i.Marks |= incident.SomeonesOwn
			i.Reason = incident.Reason{Code: "kind.said-not-attacker", Point: "Q24"}
		}
	case harmless, withdrawn:
		if i.Role != incident.Own {
			s.role(i, incident.Benign, code, "ours")
		}
	case partners:
		s.role(i, incident.Own, code, "Q22")
	default:
		s.role(i, incident.Own, code, "Q10")
	}
}

// granted takes a file for the attacker's that only its looks made a document of ours.
func (s *sight) granted(i *incident.Item) {
	switch i.Reason.Code {
	case "kind.document", "kind.evidence", "kind.modified", "kind.own-path", "kind.web-request":
	case "kind.doubtful-address", "kind.correspondent":
		i.Role, i.Reason = incident.Delivery, incident.Reason{Code: "kind.email", Point: "Q27"}
		return
	default:
		return
	}
	if i.Value.Type == indicator.File {
		s.set(i, incident.Malware, "kind.file-name", "Q26")
		i.Role = incident.NoRole
	}
}
