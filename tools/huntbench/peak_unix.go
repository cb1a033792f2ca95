//go:build unix

package main

import (
	"os"
	"syscall"
)

// peakOf is the largest resident size of a process that ended, in KiB.
func peakOf(s *os.ProcessState) int64 {
	if u, ok := s.SysUsage().(*syscall.Rusage); ok {
		return u.Maxrss
	}
	return 0
}
