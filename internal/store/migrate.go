package store

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"strconv"

	"github.com/pressly/goose/v3"

	"github.com/wakachi/wakachi/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is goose's own; Check reads it as well.
const versionTable = "goose_db_version"

func provider(db *sql.DB) (*goose.Provider, error) {
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, steps, goose.WithDisableGlobalRegistry(true))
}

// migrate brings the database to this version, a transaction a step. A newer database is
// left alone: this program does not know what its tables mean.
func migrate(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return tooNew(have, want)
	}
	_, err = p.Up(ctx)
	return err
}

// requireVersion refuses a database of another version than this program's.
func requireVersion(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	want := sources[len(sources)-1].Version
	var have int64
	err = db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+versionTable).Scan(&have)
	if noSuchTable(err) {
		have, err = 0, nil // a first start that was cut short
	}
	switch {
	case err != nil:
		return err
	case have > want:
		return tooNew(have, want)
	case have < want:
		return fault.New(fault.Unsupported, "store.older", strconv.FormatInt(have, 10), strconv.FormatInt(want, 10))
	}
	return nil
}

func tooNew(have, want int64) error {
	return fault.New(fault.Unsupported, "store.newer", strconv.FormatInt(have, 10), strconv.FormatInt(want, 10))
}
