package incident

import (
	"testing"
	"time"
)

func TestMomentsAreReadAsTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		text         string
		exact, zoned bool
		day          string
	}{
		{"", false, false, ""},
		{"2026-05-11", false, false, "2026-05-11"},
		{"2026-05-11T08:52:03", true, false, "2026-05-11"},
		{"2026-05-11T08:52:03Z", true, true, "2026-05-11"},
		{"2026-05-11T08:52:03+09:00", true, true, "2026-05-10"}, // in UTC it was the day before
		{"2026-12-31T23:30:00-05:00", true, true, "2027-01-01"},
	} {
		m := Moment{At: time.Now(), Exact: true} // what was there before is forgotten
		if err := m.UnmarshalText([]byte(c.text)); err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if m.Exact != c.exact || m.Zoned != c.zoned || m.Day() != c.day || m.IsZero() != (c.text == "") {
			t.Errorf("%q is %+v on %q; want exact %v, zoned %v, on %q", c.text, m, m.Day(), c.exact, c.zoned, c.day)
		}
		if back, err := m.MarshalText(); err != nil || string(back) != c.text {
			t.Errorf("%q is written back as %q, %v", c.text, back, err)
		}
	}
}

func TestWhatIsNoMomentIsRefused(t *testing.T) {
	for _, text := range []string{"昨日", "2026-5-11", "2026-02-30", "2026-05-11 08:52", "2026-05-11T08:52", "2026-05-11T25:00:00", "2026-05-11T08:52:03Z ", "\x00"} {
		m := Moment{At: time.Unix(1, 0), Zoned: true}
		if err := m.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read as %v", text, m)
		}
		if m != (Moment{}) {
			t.Errorf("%q left %+v behind", text, m)
		}
	}
}

func FuzzMoment(f *testing.F) {
	for _, s := range []string{"", "2026-05-11", "2026-05-11T08:52:03", "2026-05-11T08:52:03+09:00", "0000-01-01", "0001-01-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var m, again Moment
		if m.UnmarshalText([]byte(s)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(m.String())); err != nil || again.String() != m.String() || again.Day() != m.Day() {
			t.Errorf("%q is %q, then %q: %v", s, m, again, err)
		}
	})
}
