package classify

import (
	"net/url"
	"strings"

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
	case indicator.JA3, indicator.JA3S, indicator.JARM, indicator.Cert:
		s.set(i, incident.Destination, "kind.fingerprint", "Q27")
		i.Role = incident.C2
	case indicator.Coin:
		s.set(i, incident.Destination, "kind.payment", "Q27")
		if !s.negative(i) {
			i.Role = incident.Negotiation
		}
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
	case indicator.Registry:
		s.registry(i)
	default:
		s.set(i, incident.Malware, "kind."+string(i.Value.Type), "Q26")
	}
	s.claimed(i)
	s.circumstances(i)
}

// registry: a key that every Windows has is no sign of anything.
func (s *sight) registry(i *incident.Item) {
	s.set(i, incident.Malware, "kind.windows-registry-key", "Q26")
	if last := i.Value.Value[strings.LastIndexByte(i.Value.Value, '\\')+1:]; s.words.has("common-key", last) {
		i.Role = incident.Benign
	}
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
		c, near := s.near("third-party", 40)
		_, titled := s.titled("third-party")
		if near && !s.attackBetween(c) && !begins(s.reading.Text[c.end:], "also-there") || titled || s.saidVictim() || s.onVictimList() {
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
	case s.reading.Kind == incident.Header && !s.lureMail:
		s.role(i, incident.Own, "kind.correspondent", "Q10")
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
	if s.stepping() || s.ofThirdParty() || i.Value.Type != indicator.IPv4 && s.ofOrganisation() {
		i.Marks |= incident.SomeonesOwn
	}
}

func (s *sight) role(i *incident.Item, r incident.Role, code, point string) {
	i.Role, i.Reason = r, incident.Reason{Code: code, Point: point}
}
