package indicator

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func seeds(f *testing.F) {
	data, err := os.ReadFile("testdata/defang.tsv")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		f.Add(strings.SplitN(line, "\t", 2)[0])
	}
	for _, s := range []string{
		"| MD5 | mutex |\n|---|---|\n| d41d8cd98f00b204e9800998ecf8427e | Global\\x |",
		"ミューテックス:\n- `Global\\KRG-77aa`\n", "# Mutex names\n\nqDJsxrGpPacRndLdsdIoqesGBv\n",
		`{"user_agent":"KRG/1.2","path":"C:\\Users\\m\\a.exe","u":"http:\/\/evil.com\/a"}`,
		"\\\\203.0.113.5\\c$\\見積書.exe を HKLM\\SOFTWARE\\x y\\Run に",
		"添付の見積依頼書_0511.zip、「請求書 5月.docx」 件名「x http://evil.com」",
		"3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C aa:bb:cc 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
		"a[[.]]b [[.].] hxxp[:]//a[.]com/x(at)y[.]z evil\\.com\\/ \\u002e %TEMP%\\x ~/.ssh/a /etc/x/y.sh",
		"http://[2001:db8::1]:80/ [::1]:53 2001:db8::/32 203.0.113.0/24 http://日本語.jp/ bücher.de",
	} {
		f.Add(s)
	}
}

// checkMatches verifies what Find promises of every text.
func checkMatches(t *testing.T, text string, got []Match) {
	t.Helper()
	if len(got) > len(text) {
		t.Fatalf("%d matches in %d bytes", len(got), len(text))
	}
	for i, m := range got {
		if m.Start < 0 || m.End > len(text) || m.Start >= m.End || m.Raw != text[m.Start:m.End] {
			t.Fatalf("%q: bad span of %+v", text, m)
		}
		if i > 0 && got[i-1].Start > m.Start {
			t.Fatalf("%q: not sorted: %+v", text, got)
		}
		if m.Confidence <= 0 || m.Confidence > 100 {
			t.Fatalf("%q: confidence of %+v", text, m)
		}
		v, err := Parse(m.Type, m.Value.Value)
		if err != nil || v != m.Value {
			t.Fatalf("%q: %+v parses as %+v, %v", text, m.Value, v, err)
		}
	}
}

func FuzzFind(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		got := Find(text)
		checkMatches(t, text, got)
		if again := Find(text); !slices.Equal(got, again) {
			t.Fatalf("%q: %+v, then %+v", text, got, again)
		}
	})
}

func FuzzParse(f *testing.F) {
	seeds(f)
	for _, s := range roundTripValues {
		f.Add(s.text)
	}
	types := make([]Type, 0, len(readers))
	for t := range readers {
		types = append(types, t)
	}
	slices.Sort(types)
	f.Fuzz(func(t *testing.T, text string) {
		for _, typ := range types {
			v, err := Parse(typ, text)
			if err != nil {
				if err != ErrNotOne {
					t.Fatalf("%v", err)
				}
				continue
			}
			if v.Type != typ || v.Value == "" {
				t.Fatalf("%s %q gives %+v", typ, text, v)
			}
			if again, err := Parse(typ, v.Value); err != nil || again != v {
				t.Fatalf("%s %q: %+v, then %+v, %v", typ, text, v, again, err)
			}
			if back, err := Parse(typ, Defang(v)); err != nil || back != v {
				t.Fatalf("%s %q: %+v defangs to %q, back %+v, %v", typ, text, v, Defang(v), back, err)
			}
		}
	})
}

func FuzzRefang(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		text, back := Refang(s)
		if back == nil {
			if text != s {
				t.Fatalf("%q changed to %q without a map", s, text)
			}
			return
		}
		if len(back) != len(text)+1 || back[len(text)] != len(s) || !slices.IsSorted(back) {
			t.Fatalf("%q: map %v for %q", s, back, text)
		}
	})
}
