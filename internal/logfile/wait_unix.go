//go:build unix

package logfile

import "syscall"

// doNotWait keeps opening a pipe from waiting for its other end.
const doNotWait = syscall.O_NONBLOCK
