// Package app puts the parts together, and is the only place that knows them all.
package app

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/wakachi/wakachi/internal/cli"
)

// Main runs one command line, the program's name first, and gives its exit code.
func Main(args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return cli.Run(ctx, args[1:], cli.Env{
		In: in, Out: out, Err: errs, Getenv: os.Getenv, Now: time.Now, Random: rand.Reader,
		Version: version(), Serve: serve, Check: check,
	})
}

// version is what the build was told, or the module's version.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
