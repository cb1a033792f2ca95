package app

import (
	"context"

	"github.com/wakachi/wakachi/internal/cli"
	"github.com/wakachi/wakachi/internal/store"
)

// check looks through a data directory without changing it.
func check(ctx context.Context, dir string) (cli.Checkup, error) {
	r, err := store.Check(ctx, dir, nil)
	if err != nil {
		return cli.Checkup{}, err
	}
	return cli.Checkup{Rows: r.Rows, Entries: r.Entries, Root: r.Root, Faults: append([]string{}, r.Faults...)}, nil
}
