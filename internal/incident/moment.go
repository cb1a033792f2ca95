package incident

import (
	"fmt"
	"time"
)

// A Moment is a time as it was written: to the day or finer, with a zone or without.
// The zero Moment is "not known".
type Moment struct {
	At    time.Time // in its zone; UTC if the text named none
	Exact bool      // finer than a day
	Zoned bool      // the text named its zone
}

// IsZero says that the time is not known.
func (m Moment) IsZero() bool { return m.At.IsZero() }

// Day gives the date, "2026-05-11": in UTC if the text named a zone, else as it was
// written. It is empty if not known.
func (m Moment) Day() string {
	switch {
	case m.IsZero():
		return ""
	case m.Zoned:
		return m.At.UTC().Format(time.DateOnly)
	}
	return m.At.Format(time.DateOnly)
}

// String gives the moment as precisely as it is known: a date, a local time without a
// zone, or RFC 3339.
func (m Moment) String() string {
	switch {
	case m.IsZero():
		return ""
	case !m.Exact:
		return m.At.Format(time.DateOnly)
	case !m.Zoned:
		return m.At.Format("2006-01-02T15:04:05")
	}
	return m.At.Format(time.RFC3339)
}

// MarshalText makes a Moment a JSON string, empty for one that is not known. It never fails.
func (m Moment) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what String writes, and leaves the zero Moment where it gives an error.
// Fractions of a second are not written back.
func (m *Moment) UnmarshalText(b []byte) error {
	s := string(b)
	*m = Moment{}
	if s == "" {
		return nil
	}
	for _, f := range []struct {
		layout       string
		exact, zoned bool
	}{{time.RFC3339, true, true}, {"2006-01-02T15:04:05", true, false}, {time.DateOnly, false, false}} {
		if t, err := time.Parse(f.layout, s); err == nil {
			*m = Moment{At: t, Exact: f.exact, Zoned: f.zoned}
			return nil
		}
	}
	return fmt.Errorf("incident: not a moment: %d characters", len(s))
}
