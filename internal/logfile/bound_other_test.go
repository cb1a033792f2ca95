//go:build !linux

package logfile

import (
	"os"
	"testing"
)

// bound runs f as a user whom the permissions of files bind.
func bound(t *testing.T, f func()) {
	t.Helper()
	if os.Getuid() <= 0 {
		t.Skip("nothing is unreadable for this user")
	}
	f()
}
