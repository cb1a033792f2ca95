package wanted_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wanted"
)

// TestAParcelOfOurs: what one wakachi shares, another looks for: each value once, with its
// port and its label.
func TestAParcelOfOurs(t *testing.T) {
	var facts []parcel.Fact
	var want []string
	for kind, text := range map[indicator.Type]string{
		indicator.IPv4: "203.0.113.77", indicator.IPv6: "2001:db8::1", indicator.CIDR4: "203.0.113.0/24", indicator.Domain: "evil.example", indicator.URL: "https://evil.example/a?b=1&c=2",
		indicator.Email: "a@evil.example", indicator.File: "mzlock.dll", indicator.Path: `C:\ProgramData\mz\mzlock.exe`, indicator.Registry: `HKEY_CURRENT_USER\Software\Mz`,
		indicator.Mutex: `Global\KRG-77aa`, indicator.Service: "MzUpdSvc", indicator.Task: "MzUpdTask", indicator.UserAgent: "KRG/1.2", indicator.Subject: "【至急】請求書", indicator.JA3: md5,
		indicator.PDB: `D:\work\mz\mz.pdb`,
	} {
		v := indicator.Value{Type: kind, Value: text}
		if kind != indicator.PDB {
			var err error
			if v, err = indicator.Parse(kind, text); err != nil {
				t.Fatal(kind, err)
			}
		}
		f := parcel.Fact{Sort: parcel.Indicator, Value: v}
		line := fmt.Sprint(v, " ")
		if kind == indicator.IPv4 {
			f.Port, f.Role, f.First, f.Last = 8443, "c2", "2026-05-11", "2026-05-18"
			line += "port 8443 "
		}
		facts, want = append(facts, f), append(want, line+"TLP:AMBER")
	}
	v, _ := indicator.Parse(indicator.File, sha256)
	cve, _ := indicator.Parse(indicator.CVE, "CVE-2024-21762")
	facts = append(facts, parcel.Fact{Sort: parcel.Indicator, Value: v}, parcel.Fact{Sort: parcel.Vulnerability, Value: cve})
	want = append(want, fmt.Sprint(v, " TLP:AMBER"))
	n := 0
	mint := func(kind string) string { n++; return stix.ID(kind, [16]byte{14: byte(n >> 8), 15: byte(n)}) }
	body, err := stix.Encode(parcel.Clear(facts, tlp.Amber, party.Community), stix.Meta{Sender: party.Pseudonym(mint("identity")), At: now, Mint: mint})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	a, err := wanted.Read(bytes.NewReader(body), "parcel", wanted.Options{At: now}, func(e wanted.Entry) error {
		line := fmt.Sprint(e.Value, " ")
		if e.Port != 0 {
			line += fmt.Sprintf("port %d ", e.Port)
		}
		got = append(got, line+e.TLP.String())
		return nil
	})
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) || len(a.Passed) != 1 || a.Passed[0].Type != "vulnerability" {
		t.Errorf("got  %q\nwant %q\n%+v, %v", got, want, a, err)
	}
}
