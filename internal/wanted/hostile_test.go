package wanted_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/wanted"
)

// repeat reads the same text n times and then tail.
func repeat(text string, n int, tail string) io.Reader {
	r := make([]io.Reader, 0, n+1)
	for range n {
		r = append(r, strings.NewReader(text))
	}
	return io.MultiReader(append(r, strings.NewReader(tail))...)
}

func TestBadInput(t *testing.T) {
	for _, c := range []struct{ name, list, want string }{
		{"nothing", "", "error wanted.empty: list.txt\n"},
		{"blanks", " \n\r\n\t\n", "error wanted.empty: list.txt\n"},
		{"comments", "# a\n; b\n", "error wanted.empty: list.txt\n"},
		{"a mark alone", "\ufeff", "error wanted.empty: list.txt\n"},
		{"a heading alone", "type,value\n", "error wanted.empty: list.txt\n"},
		{"prose without a value", "何も見つかりませんでした。\n以上です。\n", "error wanted.empty: list.txt\n"},
		{"a program", "\x7fELF\x02\x01\x01\x00\x00\x00", "error wanted.binary: list.txt\n"},
		{"an archive", "PK\x03\x04\x14\x00\x06\x00", "error wanted.binary: list.txt\n"},
		{"noise", strings.Repeat("\x03\x04\xff\x81evil", 100), "error wanted.binary: list.txt\n"},
		{"a list in JSON that breaks off", `["evil.example",`, "domain-name evil.example\nerror wanted.json: list.txt\n"},
		{"a mark and a value", "\ufeffevil.example\n", "domain-name evil.example\n"},
		{"bytes that are no UTF-8", "evil.example\nbad\xff.example\n203.0.113.7\n", "domain-name evil.example\nipv4-addr 203.0.113.7\n- not-a-value: bad�.example\n"},
		{"a line that is too long", "evil.example\n" + strings.Repeat("a", wanted.MaxLine+1) + "\n203.0.113.7\n", "domain-name evil.example\nipv4-addr 203.0.113.7\n- too-long:\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.ReplaceAll(read(t, c.list, wanted.Options{}), ": \n", ":\n")
			if got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestOneLineOfMoreThanMemoryShouldHold(t *testing.T) {
	var given []string
	a, err := wanted.Read(io.MultiReader(strings.NewReader("evil.example\n"), repeat(strings.Repeat("a", 1<<20), 300, "\nlast.example\n")), "list", wanted.Options{}, func(e wanted.Entry) error {
		given = append(given, e.Value.Value+" "+e.Ref)
		return nil
	})
	if err != nil || a.Count(wanted.TooLong) != 1 || strings.Join(given, ",") != "evil.example line 1,last.example line 3" {
		t.Errorf("got %q, %+v, %v", given, a, err)
	}
}

func TestReadersThatFail(t *testing.T) {
	broken := errors.New("the disk")
	list := strings.Repeat("evil.example\n", 10)
	n := 0
	count := func(wanted.Entry) error { n++; return nil }
	a, err := wanted.Read(io.MultiReader(strings.NewReader(list), iotest.ErrReader(broken)), "list", wanted.Options{}, count)
	if !errors.Is(err, broken) || fault.KindOf(err) != fault.Unavailable || n != 1 || a.Given != 1 || a.Count(wanted.Duplicate) != 9 {
		t.Errorf("a reader that breaks: %+v, %v", a, err)
	}
	if _, err := wanted.Read(iotest.ErrReader(broken), "list", wanted.Options{}, count); !errors.Is(err, broken) {
		t.Errorf("one that never works: %v", err)
	}
	if _, err := wanted.Read(io.MultiReader(strings.NewReader("{"), iotest.ErrReader(broken)), "list", wanted.Options{}, count); !errors.Is(err, broken) {
		t.Errorf("one that breaks in JSON: %v", err)
	}
	if a, err := wanted.Read(iotest.OneByteReader(strings.NewReader(list)), "list", wanted.Options{}, count); err != nil || a.Read != 10 {
		t.Errorf("one byte at a time: %+v, %v", a, err)
	}
	if _, err := wanted.Read(lazy{}, "list", wanted.Options{}, count); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("one that gives nothing: %v", err)
	}
	enough := errors.New("enough")
	if a, err := wanted.Read(strings.NewReader(list), "list", wanted.Options{}, func(wanted.Entry) error { return enough }); !errors.Is(err, enough) || a.Read != 1 {
		t.Errorf("a receiver that has enough: %+v, %v", a, err)
	}
	if _, err := wanted.Read(repeat(`[ `+strings.Repeat(" ", 1<<20), 129, ""), "list", wanted.Options{}, count); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("JSON without end: %v", err)
	}
}

type lazy struct{}

func (lazy) Read([]byte) (int, error) { return 0, nil }

func TestOtherEncodings(t *testing.T) {
	const list = "種別,値,備考\nドメイン,evil.example,銀行を騙る\nIPアドレス,203.0.113.7,通信先\n"
	const want = "domain-name evil.example\nipv4-addr 203.0.113.7\n"
	sjis, _ := japanese.ShiftJIS.NewEncoder().String(list)
	little, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(list)
	big, _ := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(list)
	for name, text := range map[string]string{"UTF-8": list, "Shift_JIS": sjis, "UTF-16LE": little, "UTF-16BE": big} {
		if got := read(t, text, wanted.Options{}); got != want {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestExamplesAreFewAndShort(t *testing.T) {
	var list strings.Builder
	for range 1000 {
		list.WriteString("ip\t" + strings.Repeat("見", 2000) + "\u202e\x1b[31m\n")
	}
	a, err := wanted.Read(strings.NewReader(list.String()), "list", wanted.Options{}, nil)
	if err != nil || len(a.Passed) != 1 || a.Passed[0].Count != 1000 || len(a.Passed[0].Examples) != 5 {
		t.Fatalf("%+v, %v", a, err)
	}
	if text := a.Passed[0].Examples[0].Text; len(text) > 124 || strings.ContainsAny(text, "\x1b\u202e\n") {
		t.Errorf("%q", text)
	}
}

func TestEveryReasonHasAPlace(t *testing.T) {
	seen := map[wanted.Reason]bool{}
	for _, r := range wanted.Reasons() {
		if seen[r] || r == "" {
			t.Errorf("%q twice", r)
		}
		seen[r] = true
	}
	if wanted.TooWide.Waivable() || !wanted.Expired.Waivable() || wanted.Reason("x").Waivable() {
		t.Error("what may be waived")
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"evil.example\n203.0.113.7\nhttp://evil.example/a\n", "type,value\nip,\"203.0.113.7\"\n", "evil.example,a\n203.0.113.7,b\n", "ip\t203.0.113.7\nmutex\tx\n",
		bundle(asked(1, "[domain-name:value = 'evil.example']", ""), observed("ipv4-addr", 2, "value", "203.0.113.7")),
		`{"Event":{"info":"","Attribute":[{"type":"ip-dst|port","value":"203.0.113.7|443","to_ids":true}]}}`, `["evil.example",1]`,
		"0.0.0.0/0\n.\ncom\nco.jp\n*\n", "\xff\xfee\x00v\x00", "種別;値\nハッシュ;d41d8cd98f00b204e9800998ecf8427e\n", "見つけた evil[.]example です\nと 203.0.113.7\n", "[::1]\n", "#a,url\n1,http://a.example/\n",
	} {
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, list []byte, all bool) {
		given := 0
		a, err := wanted.Read(bytes.NewReader(list), "list", wanted.Options{At: now, MinConfidence: 30, All: all}, func(e wanted.Entry) error {
			given++
			if e.Value.Type != indicator.PDB {
				if v, err := indicator.Parse(e.Value.Type, e.Value.Value); err != nil || v != e.Value {
					t.Fatalf("%v is read as %v, %v", e.Value, v, err)
				}
			}
			if e.Confidence < wanted.NotSaid || e.Confidence > 100 || len(e.Name) > 210 || len(e.Comment) > 210 || strings.ContainsAny(e.Name+e.Comment+e.Ref, "\n\r") {
				t.Fatalf("%+v", e)
			}
			return nil
		})
		passed := 0
		for _, p := range a.Passed {
			passed += p.Count
		}
		if a.Given != given || a.Read != given+passed {
			t.Fatalf("%d given, %d passed, %+v", given, passed, a)
		}
		if err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatal(err)
		}
	})
}
