package parcel

import (
	"strings"
	"testing"
	"time"
)

func TestInUse(t *testing.T) {
	for _, c := range []struct {
		what     string
		lines    []Line
		from, to string
	}{
		{"days", []Line{{First: "2026-05-11", Last: "2026-05-13"}, {First: "2026-05-09", Last: "2026-05-10"}, {}}, "2026-05-09", "2026-05-14"},
		{"months: some day of them", []Line{{First: "2026-05-01", Last: "2026-05-01"}}, "2026-05-01", "2026-06-01"},
		{"nothing", []Line{{}, {First: "soon", Last: "2026-13-01"}}, "", ""},
		{"no end", []Line{{First: "2026-05-11"}}, "2026-05-11", ""},
	} {
		from, to := Sheet{Lines: c.lines}.InUse()
		show := func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.Format(time.DateOnly)
		}
		if show(from) != c.from || show(to) != c.to {
			t.Errorf("%s: %s to %s", c.what, show(from), show(to))
		}
	}
}

// What a sheet asks for is written so that a table reads it back, whatever stands in the values.
func TestWanted(t *testing.T) {
	table, patterns := Sheet{Lines: []Line{
		{Sort: "technique", Value: "T1486"}, {Sort: "indicator", Type: "mutex", Value: "a,\"b\""},
		{Sort: "indicator", Type: "url", Like: []string{"https://a/", "/b"}}, {Sort: "indicator", Type: "url"},
		{Sort: "indicator", Type: "file", Hash: "MD5", Value: "00"}, {Sort: "indicator", Type: "ipv4-addr", Value: "203.0.113.5", Port: 8443},
	}}.Wanted()
	want := "ref,type,value,port\nline 2,mutex,\"a,\"\"b\"\"\",\nline 5,MD5,00,\nline 6,ipv4-addr,203.0.113.5,8443\n"
	if string(table) != want || strings.Join(patterns, " ") != "line 3" {
		t.Errorf("%q, patterns %q", table, patterns)
	}
	if table, patterns := (Sheet{Lines: []Line{{Sort: "malware"}}}).Wanted(); table != nil || patterns != nil {
		t.Errorf("of nothing: %q, %q", table, patterns)
	}
}
