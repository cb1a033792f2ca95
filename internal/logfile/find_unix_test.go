//go:build unix

package logfile

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// TestSpecialFiles: pipes, sockets and devices are never opened, also where a file was one when
// it was found.
func TestSpecialFiles(t *testing.T) {
	dir := tree(t, "a.log", "later", "z.log")
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Skip("no pipes here: ", err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Skip("no sockets here: ", err)
	}
	defer l.Close()
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "zero")); err != nil {
		t.Fatal(err)
	}
	want := []string{"a.log", "later", "special pipe", "special s", "z.log", "special zero", "special pipe"}
	if got := seen(t, dir, Options{}, "", "pipe"); !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}

	s := one(t, Options{}, filepath.Join(dir, "later"))
	if err := os.Remove(s.Name); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(s.Name, 0o644); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := s.Open(context.Background())
		done <- err
	}()
	select {
	case err := <-done:
		if tr := mustTrouble(t, err); tr.Code != Special {
			t.Error(tr)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("waits for the other end of a pipe")
	}
}
