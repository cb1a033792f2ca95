package app_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/wakachi/wakachi/internal/app"
)

const bareRoot = "WAKACHI_TEST_BARE_ROOT"

// TestBareChild is the process of TestZonesWithoutFiles: it sees nothing but one folder, and searches there.
func TestBareChild(t *testing.T) {
	root := os.Getenv(bareRoot)
	if root == "" {
		t.Skip("runs as the child of TestZonesWithoutFiles only")
	}
	if err := syscall.Chroot(root); err != nil {
		t.Fatal(err)
	}
	args := []string{"wakachi", "hunt", "--summary", "--zone", "Asia/Tokyo", "--indicators", "/list.txt", "/a.log"}
	if code := app.Main(args, strings.NewReader(""), os.Stdout, os.Stderr); code != 0 {
		t.Errorf("exit %d", code)
	}
}

// TestZonesWithoutFiles: the program brings the zones of the world with it, for machines that have none.
func TestZonesWithoutFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"list.txt": "evil.example\n", "a.log": "2026-01-02 09:00:00 evil.example\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(os.Args[0], "-test.run=^TestBareChild$")
	c.Env = append(os.Environ(), bareRoot+"="+dir, "WAKACHI_LANG=en")
	if os.Geteuid() != 0 { // chroot is for root, if only of a name space of one's own
		c.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		}
	}
	out, err := c.CombinedOutput()
	if os.Geteuid() != 0 && err != nil && (errors.Is(err, syscall.EPERM) || strings.Contains(string(out), syscall.EPERM.Error())) {
		t.Skip("this user may not have a name space of its own: ", err)
	}
	if err != nil || !strings.Contains(string(out), "2026-01-02T00:00:00Z") {
		t.Errorf("%v: %s", err, out)
	}
}
