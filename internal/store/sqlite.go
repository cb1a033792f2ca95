package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/wakachi/wakachi/internal/fault"
)

// What SQLite alone needs to know stands in this file.

// address gives the URI of a database file, whatever characters its path has.
func address(name string, settings ...string) string {
	path := filepath.ToSlash(name)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: strings.Join(settings, "&")}
	return u.String()
}

// openWriter gives the only handle that writes. With synchronous=FULL a commit has
// reached the disk when it returns; secure_delete overwrites what is deleted.
func openWriter(driver, name string) (*sql.DB, error) {
	db, err := sql.Open(driver, address(name, "_txlock=immediate", "_defensive=1",
		"_pragma=busy_timeout(5000)", "_pragma=cache_size(-16000)", "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)",
		"_pragma=foreign_keys(1)", "_pragma=secure_delete(1)", "_pragma=trusted_schema(0)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// openReader gives a pool that cannot write.
func openReader(driver, name string) (*sql.DB, error) {
	db, err := sql.Open(driver, address(name, "_defensive=1",
		"_pragma=busy_timeout(5000)", "_pragma=query_only(1)", "_pragma=trusted_schema(0)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	return db, nil
}

// openForCheck gives a handle that leaves the files as they are. A quiet database, one
// without a log file and with no writer about, is read without even a lock. Of one that
// was killed, SQLite makes the index -shm anew; that file holds nothing of its own.
func openForCheck(name string, quiet bool) (*sql.DB, error) {
	return openUntouched(name, quiet, "_pragma=query_only(1)")
}

// openForCopy is openForCheck for VACUUM INTO, which query_only would keep from writing its
// new file. The old one is open for reading only.
func openForCopy(name string, quiet bool) (*sql.DB, error) {
	return openUntouched(name, quiet, "_pragma=cache_size(-16000)")
}

func openUntouched(name string, quiet bool, more string) (*sql.DB, error) {
	settings := []string{"mode=ro", "_defensive=1", more, "_pragma=busy_timeout(5000)", "_pragma=trusted_schema(0)"}
	if quiet {
		settings = append(settings, "immutable=1")
	}
	db, err := sql.Open("sqlite", address(name, settings...))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // one connection, so that a temporary setting would hold for all
	return db, nil
}

// integrity asks SQLite to look through its own structures.
func integrity(ctx context.Context, q querier) (sound bool, err error) {
	var answer string
	if err := q.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&answer); err != nil {
		return false, err
	}
	if answer != "ok" {
		return false, nil
	}
	rows, err := q.QueryContext(ctx, `PRAGMA foreign_key_check`)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return !rows.Next(), rows.Err()
}

// forget rewrites the file without what was deleted from it, and empties the log file.
func forget(ctx context.Context, db *sql.DB) error {
	if _, err := db.ExecContext(ctx, `VACUUM`); err != nil {
		return err
	}
	var busy, log, done int
	if err := db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &done); err != nil {
		return err
	}
	if busy != 0 {
		return fault.New(fault.Unavailable, "store.busy")
	}
	return nil
}

// noSuchTable says that a statement does not fit the database: all that SQLITE_ERROR can
// mean for a statement that is not wrong in itself.
func noSuchTable(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code() == sqlite3.SQLITE_ERROR
}

// failures is the one table from SQLite's primary result codes to faults.
var failures = map[int]struct {
	kind fault.Kind
	code string
}{
	sqlite3.SQLITE_INTERRUPT: {fault.Unavailable, "store.stopped"},
	sqlite3.SQLITE_BUSY:      {fault.Unavailable, "store.busy"},
	sqlite3.SQLITE_LOCKED:    {fault.Unavailable, "store.busy"},
	sqlite3.SQLITE_FULL:      {fault.Unavailable, "store.full"},
	sqlite3.SQLITE_IOERR:     {fault.Unavailable, "store.disk"},
	sqlite3.SQLITE_NOMEM:     {fault.Unavailable, "store.disk"},
	sqlite3.SQLITE_READONLY:  {fault.Unavailable, "store.unwritable"},
	sqlite3.SQLITE_CANTOPEN:  {fault.Unavailable, "store.unwritable"},
	sqlite3.SQLITE_PERM:      {fault.Unavailable, "store.unwritable"},
	sqlite3.SQLITE_AUTH:      {fault.Unavailable, "store.unwritable"},
	sqlite3.SQLITE_CORRUPT:   {fault.Damaged, "store.damaged"},
	sqlite3.SQLITE_NOTADB:    {fault.Damaged, "store.damaged"},
	sqlite3.SQLITE_TOOBIG:    {fault.TooLarge, "store.too-large"},
}

// fail makes a fault of any error; nil stays nil and faults stay what they are.
func fail(err error) error {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	// A caller that goes away ends the transaction, which the next statement in it may be the first to notice.
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, sql.ErrTxDone) {
		return fault.Wrap(err, fault.Unavailable, "store.stopped")
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		if f, ok := failures[e.Code()&0xff]; ok { // the low byte is the primary code
			return fault.Wrap(err, f.kind, f.code)
		}
	}
	return fault.Wrap(err, fault.Internal, "store.internal")
}
