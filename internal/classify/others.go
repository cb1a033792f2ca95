package classify

import (
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

// near finds a cue at most so many characters before the value, or in the bracket behind.
func (s *sight) near(sort string, reach int) (cue, bool) {
	m := s.match()
	for _, c := range s.reading.cues {
		if c.entry.sort != sort || gap(m, c) > farAway {
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

// saidVictim says whether the words right after a host name say that its owner was hit
// too: "（…）も同じ被害", "… was also hit". An address is not somebody's name.
func (s *sight) saidVictim() bool {
	m := s.match()
	if m.Type != indicator.Domain && m.Type != indicator.Email && m.Type != indicator.URL {
		return false
	}
	for _, c := range s.reading.cues {
		if c.entry.sort != "third-party" || c.start < m.End || utf8.RuneCountInString(s.reading.Text[m.End:c.start]) > 25 {
			continue
		}
		rest := strings.TrimLeft(s.reading.Text[m.End:c.end], "）)」』 ,、さん社")
		for _, p := range []string{"も", "が", "は", "was ", "were ", "is ", "are ", "has ", "have ", "also ", "同"} {
			if strings.HasPrefix(rest, p) {
				return true
			}
		}
	}
	return false
}

// ofThirdParty says whether the sentence names a third party of the profile and tells that
// it was broken into.
func (s *sight) ofThirdParty() bool {
	if s.finder == nil {
		return false
	}
	sentence, _ := s.sentence()
	hit := false
	for _, w := range []string{"改ざん", "侵害", "踏み台", "乗っ取", "被害", "compromised", "hacked", "stepping stone"} {
		hit = hit || strings.Contains(sentence, w)
	}
	if !hit {
		return false
	}
	for _, h := range s.finder.Find(sentence) {
		if h.Term.Owner == incident.OfThirdParty {
			return true
		}
	}
	return false
}

// onVictimList says whether the line is an entry of a list of those who were hit, which
// the line above it tells of.
func (s *sight) onVictimList() bool {
	r := s.reading
	return len(r.parents) > 0 && len(r.matches) == 1 && has(r.parents[0].cues, "third-party") && !has(r.cues, "role")
}

// ofOrganisation says whether a host name stands behind an organisation's name, in a
// bracket or after words such as "のサイト": it is theirs, not the attacker's.
func (s *sight) ofOrganisation() bool {
	m := s.match()
	for _, c := range s.reading.cues {
		if c.entry.sort != "org" || c.end > m.Start || utf8.RuneCountInString(s.reading.Text[c.end:m.Start]) > 16 {
			continue
		}
		between := s.reading.Text[c.end:m.Start]
		bracket, site := strings.ContainsAny(between, "（(＜<"), false
		for _, w := range []string{"公式", "ウェブサイト", "ホームページ", "サイト", "サーバ", "website", "web site", "homepage", "site", "'s", "の", "Web", "WEB", "HP"} {
			rest := strings.ReplaceAll(between, w, "")
			site = site || len(w) > 3 && rest != between
			between = rest
		}
		if strings.Trim(between, " .（(「」『』[<＜`'\"　") == "" && (bracket || site) {
			return true
		}
	}
	return false
}

// titled says whether a heading or introduction above the line is about something: a
// short line that names what is listed under it.
func (s *sight) titled(sort string) (cue, bool) {
	for _, p := range s.reading.parents {
		if p.Kind != incident.Heading && !(introduces(p.Text) && utf8.RuneCountInString(p.Text) <= 60 && len(p.matches) == 0) {
			continue
		}
		if c, ok := first(p.cues, sort); ok && !(sort == "negative" && has(p.cues, "role")) {
			return c, true
		}
	}
	return cue{}, false
}

// stepping says whether words about somebody else's server speak of this value: it is the
// host nearest to them in the sentence, or goes on a list that begins with that host.
func (s *sight) stepping() bool {
	if _, ok := s.titled("stepping"); ok {
		return true
	}
	for _, c := range s.reading.cues {
		if c.entry.sort == "stepping" && !s.ofAttacker(c) && !begins(s.reading.Text[c.end:], "our-own") && s.listed(s.nearestHost(c)) {
			return true
		}
	}
	return false
}

// ofAttacker says whether the words before a cue make it the attacker's: "the attacker's
// server".
func (s *sight) ofAttacker(c cue) bool {
	before := strings.ToLower(s.reading.Text[max(0, c.start-12):c.start])
	for _, w := range []string{"attacker", "actor", "adversary", "operator", "攻撃者", "犯人"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// nearestHost gives the index of the destination nearest to a cue in its sentence, -1 if
// there is none.
func (s *sight) nearestHost(c cue) int {
	best, at := 1<<30, -1
	for k, m := range s.reading.matches {
		if !isHost(m.Type) {
			continue
		}
		gap := ""
		switch {
		case c.end <= m.Start:
			gap = s.reading.Text[c.end:m.Start]
		case m.End <= c.start:
			gap = s.reading.Text[m.End:c.start]
		}
		distance := len(gap)
		if sentences := strings.Count(gap, "。") + strings.Count(gap, ". "); sentences > 1 || sentences == 1 && m.Start > c.start {
			continue
		} else if sentences == 1 {
			distance += 1000 // only if the cue's own sentence names no host
		}
		if distance < best {
			best, at = distance, k
		}
	}
	return at
}

// listed says whether the value is match k, or stands in one list with it.
func (s *sight) listed(k int) bool {
	if k < 0 {
		return false
	}
	for to := max(k, s.at); min(k, s.at) < to; to-- {
		between := ""
		if s.reading.matches[to-1].End < s.reading.matches[to].Start {
			between = s.reading.Text[s.reading.matches[to-1].End:s.reading.matches[to].Start]
		}
		if !onlyJoins(between) {
			return false
		}
	}
	return true
}

// onlyJoins says whether a text is nothing but what stands between the things of a list.
func onlyJoins(text string) bool {
	for _, w := range []string{"および", "及び", "と", "and"} {
		text = strings.ReplaceAll(text, w, "")
	}
	return strings.Trim(text, " 　、，,/・&「」`'\"") == ""
}

func isHost(t indicator.Type) bool {
	switch t {
	case indicator.IPv4, indicator.IPv6, indicator.Domain, indicator.URL:
		return true
	}
	return false
}
