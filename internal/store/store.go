// Package store keeps everything, in one SQLite file or in PostgreSQL.
//
// A Store is a data directory: wakachi.db, the key ledger.key that signs the ledger's
// checkpoints, its public half ledger.pub, and a lock file. One process writes at a time.
// PostgreSQL is still to come; the SQL is written so that it can.
//
// Three promises hold for every method:
//
//   - It takes the organisation that asks and sees that organisation's rows only. Another
//     organisation's id is fault.NotFound, exactly as an id that never was.
//   - An act and its entry in the ledger are one transaction: both are there or neither,
//     after a crash as after an error. A method that returned nil has reached the disk.
//   - Its errors are fault.Errors with codes "store.…" that tell ids, sizes and paths and
//     never contents.
//
// Contents stand twice: in the tables that are asked, and in the ledger as they were when
// somebody acted. [Check] compares the two, and both with the tree. [Store.Purge] removes
// both for good and leaves the tree as it is.
//
// What Check cannot find without a checkpoint kept elsewhere: a whole data directory
// replaced by an older copy of itself; the last acts cut off together with all their rows;
// and a log written anew by somebody who holds ledger.key.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/wakachi/wakachi/internal/fault"
)

// Options are what a Store takes from the world. Now and Random are needed.
type Options struct {
	Now    func() time.Time // of acts; read once an act
	Random io.Reader        // of ids, salts and the signing key; crypto/rand outside tests

	// Driver is the name of SQLite's driver in database/sql; empty is the usual one. A test
	// may put another in front of it.
	Driver string
}

// A Store is an open data directory. Its methods may be called from several goroutines.
type Store struct {
	now    func() time.Time
	random io.Reader
	lock   *os.File
	signer note.Signer
	driver string
	writer *sql.DB // one connection, so that writers queue here and not in SQLite
	reader *sql.DB
}

// Open opens a data directory for reading and writing and makes what is missing of it,
// for this user alone. It brings an older database up to this version.
//
// Errors: fault.Unavailable for a directory that another process has open or that cannot
// be written, fault.Unsupported for a database of a newer version, fault.Damaged for one
// that is not what was written, as far as a glance at the ledger's end shows.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "store.directory", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "store.directory", dir)
	}
	lock, err := lockForWriting(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{now: o.Now, random: o.Random, lock: lock, driver: cmp.Or(o.Driver, "sqlite")}
	if err := s.open(ctx, dir); err != nil {
		s.Close()
		return nil, fail(err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, dir string) error {
	name := filepath.Join(dir, databaseFile)
	if err := makePrivate(name); err != nil {
		return err
	}
	var err error
	if s.writer, err = openWriter(s.driver, name); err != nil {
		return err
	}
	if err := migrate(ctx, s.writer); err != nil {
		return err
	}
	if s.reader, err = openReader(s.driver, name); err != nil {
		return err
	}
	last, err := lastCheckpoint(ctx, s.writer)
	if err != nil {
		return err
	}
	if s.signer, err = signingKey(dir, s.random, last == nil); err != nil {
		return err
	}
	return s.glance(ctx, dir, last)
}

// Close lets go of the directory. Acts under way are waited for.
func (s *Store) Close() error {
	var first error
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db != nil {
			if err := db.Close(); err != nil && first == nil {
				first = err
			}
		}
	}
	if s.lock != nil {
		s.lock.Close() // the lock ends with the file
	}
	return fail(first)
}

// Ready says whether the store answers.
func (s *Store) Ready(ctx context.Context) error {
	var n int
	return fail(s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM organisations LIMIT 1) AS one`).Scan(&n))
}
