package classify

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

// A sight is one value where it was seen, with everything that may tell what it is.
type sight struct {
	*proposer
	reading *reading
	at      int
}

func (s *sight) match() indicator.Match { return s.reading.matches[s.at] }

// kind sets kind, role, marks and reason of an item by its type.
func (s *sight) kind(i *incident.Item) {
	switch i.Value.Type {
	case indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6, indicator.Domain, indicator.URL:
		s.destination(i)
	case indicator.Email:
		s.email(i)
	case indicator.JA3, indicator.JARM, indicator.Cert:
		s.set(i, incident.Destination, "kind.fingerprint", "Q27")
		i.Role = incident.C2
	case indicator.Coin:
		s.set(i, incident.Destination, "kind.payment", "Q27")
		i.Role = incident.Negotiation
	case indicator.UserAgent:
		s.agent(i)
	case indicator.Subject:
		s.mailSubject(i)
	case indicator.CVE:
		s.cve(i)
	case indicator.Technique:
		s.set(i, incident.Method, "kind.technique", "Q28")
		i.Technique, i.Role = i.Value.Value, incident.NoRole
	case indicator.File:
		s.file(i)
	case indicator.Path:
		s.path(i)
	default:
		s.set(i, incident.Malware, "kind."+string(i.Value.Type), "Q26")
	}
	s.circumstances(i)
}

func (s *sight) set(i *incident.Item, k incident.Kind, code, point string) {
	i.Kind, i.Reason = k, incident.Reason{Code: code, Point: point}
}

// circumstances sets the marks that do not depend on a value's type.
func (s *sight) circumstances(i *incident.Item) {
	if has(s.reading.cues, "label", "oneoff") && i.Kind == incident.Malware {
		i.Marks |= incident.OneOff
	}
	if i.Kind == incident.Malware || i.Kind == incident.Destination {
		if c, ok := s.near("third-party", 40); ok && !s.attackBetween(c) {
			i.Marks |= incident.ThirdParty
		}
	}
	if has(s.reading.cues, "status", "notfound") && i.Status == incident.Observed {
		i.Status = incident.Unknown
	}
}

// host gives the host name or address of a destination.
func host(v indicator.Value) string {
	switch v.Type {
	case indicator.URL:
		if u, err := url.Parse(v.Value); err == nil {
			return u.Hostname()
		}
	case indicator.Email:
		return v.Value[strings.LastIndexByte(v.Value, '@')+1:]
	}
	return v.Value
}

// destination decides between the attacker's, our own, somebody else's and harmless hosts.
func (s *sight) destination(i *incident.Item) {
	s.set(i, incident.Destination, "kind.destination", "Q27")
	h := host(i.Value)
	switch {
	case s.own(i, h):
		return
	case s.words.hasHost("shared-host", h):
		if i.Value.Type != indicator.URL {
			s.role(i, incident.Benign, "kind.shared-host", "ours")
			return
		}
		i.Marks |= incident.SharedHost
	case s.words.hasHost("benign", h):
		s.role(i, incident.Benign, "kind.benign", "ours")
		return
	}
	if s.negative(i) {
		return
	}
	i.Role = s.attackRole()
	if strings.HasSuffix(h, ".onion") && i.Role != incident.C2 {
		i.Role = incident.Negotiation
	}
	if _, ok := first(s.reading.cues, "stepping"); ok && s.stepping() {
		i.Marks |= incident.SomeonesOwn
	}
}

func (s *sight) role(i *incident.Item, r incident.Role, code, point string) {
	i.Role, i.Reason = r, incident.Reason{Code: code, Point: point}
}

// own recognises our side and third parties by the profile, and hosts that only resolve
// inside some network.
func (s *sight) own(i *incident.Item, h string) bool {
	for _, zone := range []string{".local", ".internal", ".lan", ".corp", ".home", ".intra", ".localdomain", ".intranet", ".home.arpa"} {
		if strings.HasSuffix(h, zone) {
			s.role(i, incident.Own, "kind.internal-name", "Q10")
			return true
		}
	}
	if s.finder == nil {
		return false
	}
	for _, hit := range s.finder.Find(h) {
		switch hit.Term.Class {
		case disguise.Network:
			s.role(i, incident.Own, "kind.own-network", "Q10")
			return true
		case disguise.Domain:
			if h == hit.Term.Text || strings.HasSuffix(h, "."+hit.Term.Text) {
				s.role(i, incident.Own, "kind.own-domain", "Q10")
				return true
			}
		}
	}
	return false
}

// negative looks for words next to the value that say it is not the attacker's.
func (s *sight) negative(i *incident.Item) bool {
	c, ok := s.adjacent("negative")
	if !ok {
		return false
	}
	switch c.entry.label {
	case "own", "recipient":
		s.role(i, incident.Own, "kind.said-own", "Q10")
	case "partner":
		s.role(i, incident.Own, "kind.said-partner", "Q22")
	case "reference":
		s.role(i, incident.Reference, "kind.reference", "ours")
	default:
		s.role(i, incident.Benign, "kind.said-benign", "ours")
	}
	return true
}

// adjacent finds a cue whose words belong to the value: before it with nothing but
// connecting words between, or in the bracket or predicate right behind it.
func (s *sight) adjacent(sort string) (cue, bool) {
	m := s.match()
	text := s.reading.Text
	for _, c := range s.reading.cues {
		if c.entry.sort != sort {
			continue
		}
		switch {
		case c.end <= m.Start && connects(text[c.end:m.Start]) && !directs(text[m.End:]):
			return c, true
		case c.start >= m.End && behind(c.entry.label, text[m.End:c.start]):
			return c, true
		}
	}
	if column := s.reading.column(m.Start); column != "" {
		for _, c := range s.words.cues(column) {
			if c.entry.sort == sort {
				return c, true
			}
		}
	}
	return cue{}, false
}

// connects says whether the text between a word and a value only joins them.
func connects(between string) bool {
	if utf8.RuneCountInString(between) > 24 || strings.ContainsAny(between, "。;；|") {
		return false
	}
	for _, stop := range []string{"から", "が", "は", "、", "へ", "を", "に", " from ", " to ", ", ", " that ", "connected", "contacted"} {
		if strings.Contains(between, stop) {
			return false
		}
	}
	return true
}

// directs says whether a value is where something went: "当社端末から X へ".
func directs(after string) bool {
	after = strings.TrimLeft(after, "」』）)]\"'` :0123456789")
	return strings.HasPrefix(after, "へ") || strings.HasPrefix(after, "に") || strings.HasPrefix(after, "から") || strings.HasPrefix(after, "との通信")
}

// behind says whether words after a value speak of it: in its bracket, or as "は正規の通信".
func behind(label, between string) bool {
	if utf8.RuneCountInString(between) > 10 {
		return false
	}
	open := strings.TrimLeft(between, " :0123456789」')`\"")
	inBracket := strings.HasPrefix(open, "（") || strings.HasPrefix(open, "(")
	if inBracket {
		return !strings.ContainsAny(open, "）)、")
	}
	return (label == "legitimate" || label == "reference") && !strings.ContainsAny(between, "。、|")
}

// near finds a cue at most so many characters before the value, or in the bracket behind.
func (s *sight) near(sort string, reach int) (cue, bool) {
	m := s.match()
	for _, c := range s.reading.cues {
		if c.entry.sort != sort {
			continue
		}
		if c.end <= m.Start && utf8.RuneCountInString(s.reading.Text[c.end:m.Start]) <= reach &&
			!strings.Contains(s.reading.Text[c.end:m.Start], "。") {
			return c, true
		}
		if c.start >= m.End && behind("", s.reading.Text[m.End:c.start]) {
			return c, true
		}
	}
	return cue{}, false
}

// attackBetween says whether a word of the attacker's side stands between a cue and the
// value, so that the cue speaks of something else.
func (s *sight) attackBetween(c cue) bool {
	m := s.match()
	for _, o := range s.reading.cues {
		if o.entry.sort == "role" && o.start >= c.end && o.end <= m.Start {
			return true
		}
	}
	return false
}

// stepping says whether the words of somebody else's server speak of this value: in the
// same sentence, and no other host nearer to them.
func (s *sight) stepping() bool {
	m := s.match()
	for _, c := range s.reading.cues {
		if c.entry.sort != "stepping" {
			continue
		}
		low, high := min(c.start, m.Start), max(c.end, m.End)
		if strings.Contains(s.reading.Text[low:high], "。") || strings.Contains(s.reading.Text[low:high], ". ") {
			continue
		}
		return true
	}
	return false
}
