package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Folders of logs are named by flags, or else by the environment; one that is not there is
// said once, after the address, and is no error.
func TestServeLogs(t *testing.T) {
	there, gone := t.TempDir(), filepath.Join(t.TempDir(), "gone")
	for _, c := range []struct {
		what string
		args []string
		env  string
		want []string
	}{
		{"none", nil, "", nil},
		{"flags", []string{"--logs", there, "--logs", gone}, "", []string{there, gone}},
		{"the environment", nil, there + string(os.PathListSeparator) + gone, []string{there, gone}},
		{"flags before the environment", []string{"--logs", there}, gone, []string{there}},
		{"a comma is part of a name", []string{"--logs", "a,b"}, "", []string{"a,b"}},
	} {
		var errs bytes.Buffer
		var got []string
		code := Run(t.Context(), append([]string{"serve"}, c.args...), Env{
			Out: &errs, Err: &errs, Getenv: func(name string) string {
				return map[string]string{"WAKACHI_LOGS": c.env, "WAKACHI_LANG": "en"}[name]
			},
			Serve: func(_ context.Context, o ServeOptions) error {
				got = o.Logs
				o.Started("127.0.0.1:1", "")
				return nil
			},
		})
		if code != 0 || !slices.Equal(got, c.want) {
			t.Errorf("%s: %d, %q", c.what, code, got)
		}
		missing := 0
		for _, name := range c.want {
			if name != there {
				missing++
			}
		}
		if n := strings.Count(errs.String(), "is not there"); n != missing || !strings.Contains(strings.SplitN(errs.String(), "\n", 2)[0], "127.0.0.1:1") {
			t.Errorf("%s: it said %q", c.what, errs.String())
		}
	}
}
