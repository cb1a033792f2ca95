package app

import (
	"context"

	"github.com/wakachi/wakachi/internal/cli"
	"github.com/wakachi/wakachi/internal/fault"
)

func serve(context.Context, cli.ServeOptions) error { return fault.New(fault.Unsupported, "cli.internal") }

func check(context.Context, string) (cli.Checkup, error) {
	return cli.Checkup{}, fault.New(fault.Unsupported, "cli.internal")
}
