package logfile

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// bound runs f as a user whom the permissions of files bind, which root is not: on a thread that has given
// up the two capabilities by which it is not, and that ends with f.
func bound(t *testing.T, f func()) {
	t.Helper()
	failed := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: nothing else may run on this thread any more
		err := giveUp(unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH)
		if err == nil {
			f()
		}
		failed <- err
	}()
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
}

func giveUp(capabilities ...int) error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&head, &data[0]); err != nil {
		return err
	}
	for _, c := range capabilities {
		data[c/32].Effective &^= 1 << (c % 32)
	}
	return unix.Capset(&head, &data[0])
}
