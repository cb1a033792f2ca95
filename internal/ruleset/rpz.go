package ruleset

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
)

// Longest names, in octets as written. A trigger is a name below the zone.
//
// SPEC: RFC 1035 §2.3.4.
const (
	maxOwner = 253
	maxZone  = 180
)

// writeRPZ makes a zone that answers "no such name" for listed names, the names below them,
// and answers that hold listed addresses. Whether it blocks or only logs is said where the
// zone is named in the server's configuration, which the head of the file shows.
func writeRPZ(s *set) error {
	out := s.head(";")
	out = append(out, lines(";",
		"記録だけにする / log only:  response-policy { zone \""+s.o.Zone+"\" policy disabled; };",
		"遮断する / block:           response-policy { zone \""+s.o.Zone+"\"; };")...)
	out = fmt.Appendf(out, "$TTL 300\n$ORIGIN %s.\n@ IN SOA localhost. nobody.invalid. ( %d 3600 600 604800 300 )\n@ IN NS localhost.\n", s.o.Zone, serial(s.o.At))
	for i := range s.entries {
		e := &s.entries[i]
		word, ok := s.say(e.value)
		if !ok {
			continue
		}
		owner := e.name
		if word == "rpz-ip" {
			owner = rpzAddress(e.net)
		}
		if len("*.")+len(owner)+1+len(s.o.Zone) > maxOwner {
			s.miss(e.value.Type, TooLong)
			continue
		}
		if !e.below {
			out = append(out, owner+" IN CNAME .\n"...)
		}
		if e.value.Type == indicator.Domain {
			out = append(out, "*."+owner+" IN CNAME .\n"...)
		}
	}
	s.add(s.fileName("rpz", "zone"), out)
	return nil
}

// serial gives a number that rises with the time of writing: seconds, until 2106.
//
// SPEC: RFC 1982.
func serial(at time.Time) uint32 {
	if at.IsZero() {
		return 1
	}
	return uint32(at.Unix())
}

// rpzAddress writes a network as the owner of a trigger: length of the prefix, then the
// address backwards; of IPv6 in words, the longest run of zeros as zz.
//
// SPEC: draft-vixie-dnsop-dns-rpz-00 §4.1.1.
func rpzAddress(p netip.Prefix) string {
	p = p.Masked()
	out := []string{strconv.Itoa(p.Bits())}
	a := p.Addr()
	if a.Is4() {
		b := a.As4()
		for i := range b {
			out = append(out, strconv.Itoa(int(b[len(b)-1-i])))
		}
		return strings.Join(out, ".") + ".rpz-ip"
	}
	b := a.As16()
	start, length := zeroRun(b)
	for i := 7; i >= 0; i-- {
		if i == start+length-1 && length > 1 {
			out = append(out, "zz")
			i = start
			continue
		}
		out = append(out, strconv.FormatUint(uint64(b[2*i])<<8|uint64(b[2*i+1]), 16))
	}
	return strings.Join(out, ".") + ".rpz-ip"
}

// zeroRun gives the first of the longest runs of zero words.
func zeroRun(b [16]byte) (start, length int) {
	for i := 0; i < 8; {
		j := i
		for j < 8 && b[2*j] == 0 && b[2*j+1] == 0 {
			j++
		}
		if j-i > length {
			start, length = i, j-i
		}
		i = max(j, i+1)
	}
	return start, length
}
