package classify

import (
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

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

// negative looks for words next to the value, in a cell of its row or in the title of its
// list that say it is not the attacker's.
func (s *sight) negative(i *incident.Item) bool {
	if c := s.claims.about(i.Value); c.whose == attackers && c.strength > inherited {
		return false
	}
	switch s.said() {
	case "":
		return s.besideBenign(i)
	case "recipient":
		if i.Value.Type != indicator.Email || has(s.reading.cues, "role") {
			return false // 宛先 of a connection is where the attacker sat
		}
		s.role(i, incident.Own, "kind.said-own", "Q10")
	case "not-attacker":
		i.Marks |= incident.SomeonesOwn
		s.set(i, incident.Destination, "kind.said-not-attacker", "Q24")
	case "reference":
		s.role(i, incident.Reference, "kind.reference", "ours")
	default:
		s.role(i, incident.Benign, "kind.said-benign", "ours")
	}
	return true
}

// said gives the label of the words that say a value is no indicator, beside what the
// claims say of its owner; the title of the list last. Empty if nothing says.
func (s *sight) said() string {
	if s.referred() {
		return "reference"
	}
	if c, ok := s.adjacent("negative"); ok && !(c.entry.label == "legitimate" && has(s.reading.cues, "fake")) {
		return c.entry.label
	}
	if s.innocent() {
		return "legitimate"
	}
	if c, ok := s.titled("negative"); ok && c.entry.label != "recipient" {
		return c.entry.label
	}
	return ""
}

// sentence gives the sentence the value stands in, and where in it.
func (s *sight) sentence() (text string, at int) {
	const reach = 400 // bytes on either side: a sentence longer than that is none
	m, line := s.match(), s.reading.Text
	from, to := max(0, m.Start-reach), min(len(line), m.End+reach)
	for from < m.Start && !utf8.RuneStart(line[from]) {
		from++
	}
	for to < len(line) && !utf8.RuneStart(line[to]) {
		to++
	}
	for _, end := range []string{"。", ". ", "; ", "；"} {
		if i := strings.LastIndex(line[from:m.Start], end); i >= 0 {
			from += i + len(end)
		}
		if i := strings.Index(line[m.End:to], end); i >= 0 {
			to = min(to, m.End+i)
		}
	}
	return line[from:to], m.Start - from
}

func head(s string, runes int) string {
	n := 0
	for i := range s {
		if n == runes {
			return s[:i]
		}
		n++
	}
	return s
}

// innocent says whether the sentence calls the value harmless: it is the nearest value to
// such a word, and nothing says that the look deceives.
func (s *sight) innocent() bool {
	sentence, at := s.sentence()
	start := s.match().Start - at
	for _, c := range s.reading.cues {
		if c.entry.sort != "innocent" || c.start < start || c.end > start+len(sentence) {
			continue
		}
		around := s.reading.Text[max(0, c.start-24):min(len(s.reading.Text), c.end+30)]
		title := strings.HasPrefix(s.reading.Text[c.end:], ":") || strings.HasPrefix(s.reading.Text[c.end:], "：")
		if title && c.end <= s.match().Start {
			return true
		}
		if !has(s.words.cues(strings.ToValidUTF8(around, "")), "fake") && s.nearestTo(c, start, start+len(sentence)) {
			return true
		}
	}
	return false
}

// nearestTo says whether no other value between two offsets is nearer to a cue.
func (s *sight) nearestTo(c cue, from, to int) bool {
	mine := gap(s.match(), c)
	for k, m := range s.reading.matches {
		if k != s.at && m.Start >= from && m.End <= to && gap(m, c) < mine && m.Type != indicator.Technique {
			return false
		}
	}
	return true
}

// farAway is the distance in bytes beyond which words and values have nothing to do with
// one another. It keeps a line of thousands of values from costing their square.
const farAway = 400

func gap(m indicator.Match, c cue) int {
	switch {
	case c.end <= m.Start:
		return m.Start - c.end
	case m.End <= c.start:
		return c.start - m.End
	}
	return 0
}

// referred says whether a cell is nothing but a word such as 参考.
func (s *sight) referred() bool {
	if !s.reading.tabular() {
		return false
	}
	for _, c := range s.reading.cells() {
		if s.words.listed["cell"][strings.ToLower(c)] == "reference" {
			return true
		}
	}
	return false
}

// besideBenign takes an address for harmless that a machine logged together with harmless
// names only: what a browser or an update resolved.
func (s *sight) besideBenign(i *incident.Item) bool {
	if i.Value.Type != indicator.IPv4 && i.Value.Type != indicator.IPv6 {
		return false
	}
	innocent := has(s.reading.cues, "innocent") || has(s.reading.cues, "negative", "legitimate")
	names, harmless := 0, 0
	for _, m := range s.reading.matches {
		if m.Type == indicator.Domain || m.Type == indicator.URL {
			names++
			if s.words.hasHost("benign", host(m.Value)) {
				harmless++
			}
		}
	}
	if harmless < names || !innocent && (names == 0 || !s.reading.log) || names == 0 && !s.reading.log {
		return false
	}
	s.role(i, incident.Benign, "kind.benign", "ours")
	return true
}

// adjacent finds a cue whose words belong to the value: before it with nothing but
// connecting words between, or in the bracket or predicate right behind it.
func (s *sight) adjacent(sort string) (cue, bool) {
	m := s.match()
	text := s.reading.Text
	for _, c := range s.reading.cues {
		if c.entry.sort != sort || gap(m, c) > farAway {
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
	return strings.HasPrefix(after, "へ") || strings.HasPrefix(after, "に") || strings.HasPrefix(after, "との通信")
}

// behind says whether words after a value speak of it: in its bracket, or as "は正規の通信".
func behind(label, between string) bool {
	if label == "not-attacker" && utf8.RuneCountInString(between) <= 60 && !strings.Contains(between, "。") {
		return true
	}
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
