package stix

import (
	"slices"
	"testing"
	"unicode/utf16"
)

func FuzzCompareUTF16(f *testing.F) {
	for _, s := range [][2]string{{"", "a"}, {"a", "b"}, {"é", "z"}, {"\U0001f600", "\ufb01"}, {"\U0001f600", "\ud7ff"}, {"\U0001f600", "\U00100000"}, {"x\U0001f600", "x\U0001f601"}} {
		f.Add(s[0], s[1])
		f.Add(s[1], s[0])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = string([]rune(a)), string([]rune(b)) // UTF-8
		if got, want := compareUTF16(a, b), slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b))); got != want {
			t.Errorf("%q, %q: %d, not %d", a, b, got, want)
		}
	})
}
