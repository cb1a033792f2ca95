//go:build !unix

package app_test

import (
	"os"
	"time"
)

// peakMemory is not measured here; scripts then check the outcome alone.
func peakMemory(*os.ProcessState) int64 { return 0 }

// cpuTime is not measured here.
func cpuTime() (time.Duration, bool) { return 0, false }
