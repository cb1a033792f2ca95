package taxii

import (
	"strings"
	"time"
)

// stampForm is how dates added are written: in UTC with six digits.
//
// SPEC: TAXII 2.1 §2.
const stampForm = "2006-01-02T15:04:05.000000Z"

// stamp writes when something was added.
func stamp(t time.Time) string { return t.UTC().Format(stampForm) }

// A moment is a timestamp somebody else wrote, to whatever fraction of a second.
type moment struct {
	second   time.Time // UTC, whole seconds
	fraction string    // digits behind the point, without zeros at the end
}

const maxFraction = 30

// readMoment reads a timestamp with any offset. A space where the plus of an offset should be
// is taken for it: somebody forgot to escape it.
//
// SPEC: RFC 3339 §5.6.
func readMoment(s string) (moment, bool) {
	const seconds = "2006-01-02T15:04:05"
	if len(s) <= len(seconds) || len(s) > len(seconds)+maxFraction+7 {
		return moment{}, false
	}
	head, fraction, zone := s[:len(seconds)], "", s[len(seconds):]
	if rest, ok := strings.CutPrefix(zone, "."); ok {
		zone = strings.TrimLeft(rest, "0123456789")
		if fraction = rest[:len(rest)-len(zone)]; fraction == "" || len(fraction) > maxFraction {
			return moment{}, false
		}
	}
	if strings.HasPrefix(zone, " ") {
		zone = "+" + zone[1:]
	}
	// time.Parse takes fractions of its own accord, and fields with a digit less.
	if zone == "" || !strings.Contains("Zz+-", zone[:1]) || !shaped(head, seconds) {
		return moment{}, false
	}
	t, err := time.Parse("2006-01-02T15:04:05Z07:00", strings.ToUpper(head+zone))
	if err != nil || t.UTC().Year() < 0 || t.UTC().Year() > 9999 {
		return moment{}, false
	}
	return moment{t.UTC(), strings.TrimRight(fraction, "0")}, true
}

// shaped says whether a text has digits exactly where a form of the same length has them.
func shaped(s, form string) bool {
	for i := range len(form) {
		if ('0' <= s[i] && s[i] <= '9') != ('0' <= form[i] && form[i] <= '9') {
			return false
		}
	}
	return true
}

// time gives the moment to the microsecond, rounded down: nothing that was added at or before
// it is later than it.
func (m moment) time() time.Time {
	micros := 0
	for i := range 6 {
		micros *= 10
		if i < len(m.fraction) {
			micros += int(m.fraction[i] - '0')
		}
	}
	return m.second.Add(time.Duration(micros) * time.Microsecond)
}

// instant gives the moment in the form of parcel.Object.Instant.
func (m moment) instant() string {
	s := m.second.Format("2006-01-02T15:04:05")
	if m.fraction != "" {
		s += "." + m.fraction
	}
	return s
}
