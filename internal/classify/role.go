package classify

import (
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
)

var attackRoles = map[string]incident.Role{
	"c2": incident.C2, "delivery": incident.Delivery, "exfiltration": incident.Exfil,
	"origin": incident.Origin, "resolved": incident.Resolved, "negotiation": incident.Negotiation,
}

// attackRole gives the part a destination plays: by the nearest word in its own line, its
// column, then the lines it stands under. NoRole if none says.
func (s *sight) attackRole() incident.Role {
	m := s.match()
	if r := roleIn(s.words.cues(s.reading.column(m.Start))); r != incident.NoRole {
		return r
	}
	if r, ok := s.nearestRole(); ok {
		return r
	}
	if s.reading.log && strings.TrimSpace(s.reading.Text[:m.Start]) == "" {
		return incident.Origin // the client of an access log
	}
	for _, p := range s.reading.parents {
		if r := roleIn(p.cues); r != incident.NoRole {
			return r
		}
	}
	return incident.NoRole
}

func roleIn(cues []cue) incident.Role {
	for _, c := range cues {
		if r, ok := attackRoles[c.entry.label]; ok && c.entry.sort == "role" {
			return r
		}
	}
	return incident.NoRole
}

// nearestRole weighs the words of a line by distance: a sentence between counts for much,
// standing behind the value for little.
func (s *sight) nearestRole() (incident.Role, bool) {
	const sentence, after, most = 60, 6, 200
	m, best, role := s.match(), most, incident.NoRole
	for _, c := range s.reading.cues {
		r, ok := attackRoles[c.entry.label]
		if !ok || c.entry.sort != "role" || gap(m, c) > farAway {
			continue
		}
		if c.start < m.End && m.Start < c.end {
			continue // inside the value itself
		}
		between, distance := "", 0
		if c.end <= m.Start {
			between = s.reading.Text[c.end:m.Start]
		} else {
			between, distance = s.reading.Text[m.End:c.start], after
		}
		distance += utf8.RuneCountInString(between) + sentence*strings.Count(between, "。")
		if distance < best {
			best, role = distance, r
		}
	}
	return role, role != incident.NoRole
}
