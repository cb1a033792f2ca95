package hunt

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/indicator"
)

// A vector is one row of testdata/vectors/hunt/meaning.tsv.
type vector struct {
	want Wanted
	text string
	form string
	row  int
}

func vectors(t testing.TB) (vs []vector) {
	t.Helper()
	f, err := os.Open("../../testdata/vectors/hunt/meaning.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for row := 1; sc.Scan(); row++ {
		if strings.HasPrefix(sc.Text(), "#") {
			continue
		}
		c := strings.Split(sc.Text(), "\t")
		if len(c) != 5 {
			t.Fatalf("row %d has %d columns", row, len(c))
		}
		typ, port, _ := strings.Cut(c[0], "/")
		typ, hash, _ := strings.Cut(typ, ":")
		v := vector{form: c[3], row: row}
		v.want.Value = indicator.Value{Type: indicator.Type(typ), Hash: indicator.Hash(hash), Value: unquote(t, c[1])}
		v.text = unquote(t, c[2])
		if port != "" {
			n, err := strconv.ParseUint(port, 10, 16)
			if err != nil {
				t.Fatalf("row %d: port %q", row, port)
			}
			v.want.Port = uint16(n)
		}
		if typ != "ja3" {
			norm, err := indicator.Parse(v.want.Type, v.want.Value.Value)
			if err != nil {
				t.Errorf("row %d: package indicator reads no %s in %q", row, typ, v.want.Value.Value)
			}
			v.want.Value = norm
		}
		vs = append(vs, v)
	}
	if len(vs) < 100 {
		t.Fatalf("only %d vectors", len(vs))
	}
	return vs
}

func unquote(t testing.TB, s string) string {
	t.Helper()
	u, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return u
}

func packOf(t testing.TB, ws ...Wanted) *Pack {
	t.Helper()
	var b Builder
	for _, w := range ws {
		if err := b.Add(w); err != nil {
			t.Fatalf("%v: %v", w, err)
		}
	}
	p, _ := b.Pack()
	return p
}

// forms hunts through one text in pieces of size and lists the forms of the hits.
func hunting(p *Pack, k kernel, text string, size int) (hits []string) {
	h := newWith(p, Rules{}, k)
	h.Start(0, -1)
	for done := false; !done; {
		n := copy(h.Room(), text[:min(size, len(text))])
		text = text[n:]
		done = h.Take(n, text == "", func(x Hit) {
			w, _ := p.Wanted(x.ID)
			hits = append(hits, fmt.Sprintf("%s %s at %d line %d", x.Form, w.Value.Value, x.Offset, x.Number))
		}).Done
	}
	return hits
}

func TestMeaning(t *testing.T) {
	for _, v := range vectors(t) {
		p := packOf(t, v.want)
		for _, k := range kernels() {
			var got string
			for _, x := range hunting(p, k, v.text, 1<<20) {
				form, _, _ := strings.Cut(x, " ")
				got += form + " "
			}
			if got = strings.TrimSpace(got); got == "" {
				got = "none"
			}
			if got != v.form {
				t.Errorf("row %d: %s in %q: %s, want %s (%s)", v.row, v.want.Value.Value, v.text, got, v.form, k)
			}
		}
	}
}
