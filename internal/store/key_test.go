package store_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wakachi/wakachi/internal/store"
)

// A process can be killed between the making of the tables and that of the key. What is
// left is sound; the same loss later, or with a checkpoint to compare, is damage.
func TestOnlyALogThatSaysNothingNeedsNoKey(t *testing.T) {
	for _, c := range []struct {
		name    string
		settled bool
		spoil   func(public string) error
		kept    []byte
		sound   bool
	}{
		{"killed before there was a key", false, os.Remove, nil, true},
		{"a checkpoint kept elsewhere says there was more", false, os.Remove, []byte("kept"), false},
		{"a key that is none", false, func(name string) error { return os.WriteFile(name, []byte("x+1+y"), 0o600) }, nil, false},
		{"the key of a log with entries is gone", true, os.Remove, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			if c.settled {
				settle(t, s, "akamatsu")
			}
			s.Close()
			if err := c.spoil(filepath.Join(dir, "ledger.pub")); err != nil {
				t.Fatal(err)
			}
			r := must(store.Check(t.Context(), dir, c.kept))(t)
			if found := slices.Contains(r.Faults, "check.key ledger.pub"); found == c.sound || c.sound && len(r.Faults) > 0 {
				t.Errorf("check found %q", r.Faults)
			}
		})
	}
}
