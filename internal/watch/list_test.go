package watch

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
)

func indicatorLine(kind indicator.Type, text string) parcel.Line {
	return parcel.Line{Sort: "indicator", Type: string(kind), Value: text}
}

// What a parcel from elsewhere asks for and nobody should look for is left out and counted; the
// rest is looked for, with its type and port.
func TestWhatIsWorthLookingFor(t *testing.T) {
	const sha = "a94f0c3de1b2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d"
	sheet := parcel.Sheet{Lines: []parcel.Line{
		indicatorLine(indicator.Domain, "evil-one.example.org"), indicatorLine(indicator.Domain, "com"), indicatorLine(indicator.Domain, "."),
		indicatorLine(indicator.CIDR4, "0.0.0.0/0"), indicatorLine(indicator.IPv4, "127.0.0.1"), indicatorLine(indicator.IPv4, "not an address"),
		indicatorLine(indicator.Mutex, "Global\\KRG-77aa,\"x\"\nanother"), indicatorLine("no-such-type", "something"), indicatorLine(indicator.URL, strings.Repeat("x", 1<<20)),
		{Sort: "indicator", Type: "file", Hash: "SHA-256", Value: sha}, {Sort: "indicator", Type: "ipv4-addr", Value: "203.0.113.5", Port: 8443},
		{Sort: "indicator", Type: "url", Like: []string{"https://a/", "/b"}}, {Sort: "technique", Value: "T1486"}, {Sort: "malware", Family: "ransomware"}, {},
		indicatorLine(indicator.Task, "MzUpdateCheck"), indicatorLine(indicator.Path, `C:\ProgramData\mz\mzlock.exe`), indicatorLine(indicator.Domain, "evil-one.example.org"),
	}}
	l := &list{byWant: map[hunt.Wanted]int{}}
	var p asker
	if err := l.add(0, &p, sheet); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range l.values {
		got = append(got, v.want.Value.Value)
		if v.want.Value.Value == "203.0.113.5" && v.want.Port != 8443 {
			t.Errorf("its port is %d", v.want.Port)
		}
	}
	slices.Sort(got)
	want := []string{"203.0.113.5", `C:\ProgramData\mz\mzlock.exe`, "MzUpdateCheck", sha, "evil-one.example.org"}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("%s is not looked for", w)
		}
	}
	for _, bad := range []string{"com", ".", "0.0.0.0/0", "127.0.0.1", "T1486"} {
		if slices.Contains(got, bad) {
			t.Errorf("%s is looked for", bad)
		}
	}
	if p.values != len(l.values) || p.values+p.passed != len(sheet.Lines) {
		t.Errorf("%d looked for, %d passed, of %d lines: %q", p.values, p.passed, len(sheet.Lines), got)
	}
}

// A parcel without anything to look for is no error.
func TestNothingToLookFor(t *testing.T) {
	for _, sheet := range []parcel.Sheet{{}, {Lines: []parcel.Line{{Sort: "technique", Value: "T1486"}}}, {Lines: []parcel.Line{indicatorLine(indicator.Domain, ".")}}} {
		l := &list{byWant: map[hunt.Wanted]int{}}
		var p asker
		if err := l.add(0, &p, sheet); err != nil || p.values != 0 || p.passed != len(sheet.Lines) {
			t.Errorf("%+v: %+v, %v", sheet, p, err)
		}
	}
}

// A parcel asks for the same, whether the server looks for it or a person does: package cli is held to
// the same vector.
func TestASheetAsksForTheSameEverywhere(t *testing.T) {
	raw, err := os.ReadFile("../../testdata/vectors/hunt/sheet.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Sheet    parcel.Sheet
		Wanted   []string
		From, To string
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	l := &list{byWant: map[hunt.Wanted]int{}}
	var p asker
	if err := l.add(0, &p, v.Sheet); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range l.values {
		found := x.want.Value.Value
		if x.want.Port != 0 {
			found += " " + strconv.Itoa(int(x.want.Port))
		}
		got = append(got, found)
	}
	slices.Sort(got)
	if !slices.Equal(got, v.Wanted) {
		t.Errorf("looked for: %q, want %q", got, v.Wanted)
	}
	if from, to := p.from.Format(time.DateOnly), p.to.Format(time.DateOnly); from != v.From || to != v.To {
		t.Errorf("in use from %s to %s, want %s to %s", from, to, v.From, v.To)
	}
}

// Logs of several kinds are other logs; of none nothing is said.
func TestSortOf(t *testing.T) {
	for text, want := range map[string]parcel.LogKind{
		"squid": parcel.ProxyLog, "bind-query unbound": parcel.DNSLog, "bind-query squid": parcel.OtherLog, "text": parcel.OtherLog, "": "",
	} {
		if got := sortOf(strings.Fields(text)); got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}
