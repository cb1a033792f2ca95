package indicator

import (
	"os"
	"strings"
	"testing"
)

// kindOf gives the type column of testdata/defang.tsv for a value.
func kindOf(v Value) string {
	switch v.Type {
	case IPv4, IPv6:
		return "ip"
	case Domain:
		return "domain"
	case URL:
		return "url"
	case Email:
		return "email"
	case CVE:
		return "cve"
	case File:
		return map[Hash]string{MD5: "md5", SHA1: "sha1", SHA256: "sha256"}[v.Hash]
	}
	return ""
}

func TestFormsPeopleWrite(t *testing.T) {
	data, err := os.ReadFile("testdata/defang.tsv")
	if err != nil {
		t.Fatal(err)
	}
	forms := 0
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 3 {
			continue
		}
		forms++
		text, unwanted := strings.CutPrefix(f[0], "NEG ")
		found := false
		matches := Find(text)
		for _, m := range matches {
			found = found || kindOf(m.Value) == f[1] && strings.EqualFold(m.Value.Value, f[2])
		}
		switch {
		case unwanted && found:
			t.Errorf("%q: must not give %s %s", text, f[1], f[2])
		case !unwanted && !found:
			t.Errorf("%q: want %s %s, got %v", text, f[1], f[2], matches)
		case !unwanted && len(matches) != 1:
			t.Errorf("%q: want one match, got %v", text, matches)
		}
	}
	if forms != 58 {
		t.Errorf("read %d forms, want 58", forms)
	}
}
