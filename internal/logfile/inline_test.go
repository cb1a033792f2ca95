package logfile

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

const trail = `{"Records":[{"eventTime":"2026-11-23T01:54:56Z","a":[1,2,{"b":3}],"s":"x,]}\"\\"},{"eventTime":"2026-11-23T01:54:57Z"}],"c":[1,2]}`

// TestListInOneLine: a list of records in one line is given one a line, each byte in its place;
// other text is left alone.
func TestListInOneLine(t *testing.T) {
	dir := t.TempDir()
	for _, tc := range []struct{ in, want string }{
		{trail, "{\"Records\":\n" + `{"eventTime":"2026-11-23T01:54:56Z","a":[1,2,{"b":3}],"s":"x,]}\"\\"}` + "\n" + `{"eventTime":"2026-11-23T01:54:57Z"}],"c":[1,2]}`},
		{`[{"a":1,"b":[{},{}]}, {"a":2}]` + "\n", "\n" + `{"a":1,"b":[{},{}]}` + "\n" + ` {"a":2}]` + "\n"},
		{"[" + strings.Repeat(`{"a":"b"},`, 20000) + `{}]`, "\n" + strings.Repeat(`{"a":"b"}`+"\n", 20000) + `{}]`},
		{`{"answers":[{"a":1},{"a":2}],"ts":1795398896.1}`, ""},
		{"[{\"a\":1},\n{\"a\":2}]", ""},
		{"[1,2,3]", ""},
		{"[Mon Nov 23 01:54:56 2026] x, y", ""},
		{`{"Records"`, ""},
	} {
		s := one(t, Options{}, write(t, dir, "a.json", []byte(tc.in)))
		want := tc.want
		if want == "" {
			want = tc.in
		}
		if s.Plain != (tc.want == "") {
			t.Errorf("%.60s: plain %v", tc.in, s.Plain)
		}
		for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, func(r io.Reader) io.Reader { return r }} {
			st, err := s.Open(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(wrap(st))
			if err != nil || string(got) != want {
				t.Errorf("%.200q, want %.200q, %v", got, want, err)
			}
			if n := st.Notes(); (len(n) == 1 && n[0].Code == Relined) != (tc.want != "") {
				t.Errorf("%.60s: notes %v", tc.in, n)
			}
			st.Close()
		}
	}
}

func tarOf(t testing.TB, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		h := &tar.Header{Name: pairs[i], Mode: 0o644, Size: int64(len(pairs[i+1])), Format: tar.FormatGNU}
		if strings.HasSuffix(pairs[i], "/") {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTape: the members of a tape archive are read one after the other, each unpacked; a broken
// one is noted, and it can be asked in which one a place is.
func TestTape(t *testing.T) {
	bad := gz(t, squid(50))
	bad[len(bad)-6] ^= 0xFF
	tape := tarOf(t, "d/", "", "d/a.log", "first", "b.gz", string(gz(t, sample)), "empty", "", "bad.gz", string(bad),
		"in.zip", string(zipOf(t, "x", "y")), "wide", string(utf16Of(t, sample, false, true)), "in.tar", string(tarOf(t, "x", "y")))
	want := "first\n" + sample + squid(50) + sample
	for name, data := range map[string][]byte{"a.tar": tape, "a.tar.gz": gz(t, string(tape)), "a.tar.zst": zst(t, string(tape))} {
		s := one(t, Options{}, write(t, t.TempDir(), name, data))
		st, err := s.Open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		got, err := io.ReadAll(st)
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		for place, member := range map[int]string{0: "d/a.log", 5: "d/a.log", 6: "b.gz", 6 + len(sample): "bad.gz", len(want) - 1: "wide"} {
			if m, _ := st.Member(int64(place)); m != member {
				t.Errorf("%s: byte %d is in %q, want %q", name, place, m, member)
			}
		}
		var notes []string
		for _, n := range st.Notes() {
			notes = append(notes, string(n.Code)+" "+strings.TrimPrefix(n.Source, s.Name))
		}
		if wantNotes := []string{"as-one ", "corrupt !/bad.gz", "nested !/in.zip", "nested !/in.tar"}; !slices.Equal(notes, wantNotes) {
			t.Errorf("%s: notes %q", name, notes)
		}
	}
}

// TestTapeCut: what came before the cut is read, also where the tape was packed.
func TestTapeCut(t *testing.T) {
	tape := tarOf(t, "a.log", squid(4000), "b.log", squid(4000))
	want := squid(4000)
	for name, data := range map[string][]byte{"cut.tar": tape[:len(tape)-100_000], "cut.tar.gz": gz(t, string(tape))[:60_000]} {
		got, tr := text(t, one(t, Options{}, write(t, t.TempDir(), name, data)))
		if tr == nil || tr.Code != Truncated || tr.Offset != int64(len(got)) || !strings.HasPrefix(want+want, got) || len(got) < 100_000 {
			t.Errorf("%s: %d bytes, %v", name, len(got), tr)
		}
	}
	if _, tr := text(t, one(t, Options{Expanded: 1 << 16}, write(t, t.TempDir(), "a.tar.gz", gz(t, string(tape))))); tr == nil || tr.Code != TooLarge {
		t.Errorf("too large: %v", tr)
	}
}
