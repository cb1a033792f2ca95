// Package app puts the parts together, and is the only place that knows them all.
package app

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"
	"time"
	_ "time/tzdata" // hunt --zone also where the system has no zones

	"github.com/wakachi/wakachi/internal/cli"
)

// Main runs one command line, the program's name first, and gives its exit code.
func Main(args []string, in io.Reader, out, errs io.Writer) int {
	tune(args)
	ctx := context.Background()
	if len(args) > 1 && slices.Contains(stoppable, args[1]) { // other commands end at once, and leave no half-written file
		var stop context.CancelFunc
		ctx, stop = signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
		defer stop()
	}
	return cli.Run(ctx, args[1:], cli.Env{
		In: in, Out: out, Err: errs, Getenv: os.Getenv, Now: time.Now, Random: rand.Reader,
		Version: version(), Serve: serve, Check: check, Local: local,
		Backup: backup, Restore: restore,
	})
}

// stoppable are the commands that tidy up when they are asked to end: they have secrets
// beside the file they write.
var stoppable = []string{"serve", "backup", "restore"}

// tune lets commands that end by themselves collect garbage less often, up to a ceiling
// that a laptop under attack can spare. A server keeps Go's defaults.
func tune(args []string) {
	const percent, ceiling = 400, 512 << 20
	if len(args) > 1 && args[1] != "serve" && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(ceiling)
	}
}

// version is what the build was told, or the module's version.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
