package app

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/wakachi/wakachi/internal/cli"
	"github.com/wakachi/wakachi/internal/store"
)

// backup writes a data directory into one file.
func backup(ctx context.Context, o cli.BackupOptions) (cli.BackupDone, error) {
	c, err := store.Backup(ctx, o.Data, o.File, store.BackupOptions{Now: time.Now(), Program: version(), Replace: o.Force})
	return done(c), err
}

// restore makes a data directory of a backup.
func restore(ctx context.Context, file, data string) (cli.BackupDone, error) {
	c, err := store.Restore(ctx, file, data, store.Options{Now: time.Now, Random: rand.Reader})
	return done(c), err
}

func done(c store.Copy) cli.BackupDone {
	return cli.BackupDone{Made: c.Made, Program: c.Program, Bytes: c.Bytes, Entries: c.Entries, Root: c.Root, Checked: c.Looked}
}
