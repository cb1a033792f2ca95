package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/ledger"
)

// A Report is what Check found. Faults are tokens and ids, such as
// "check.contents 17" or "check.row parcels parcel-…"; never contents.
type Report struct {
	Rows    map[string]int // by table
	Entries int64          // of the ledger
	Root    string         // of the ledger, base64
	Faults  []string       // nil if all is as it was written; at most maxFaults and one more
}

// maxFaults keeps the report of a wrecked store readable.
const maxFaults = 1000

// Check looks through a data directory and compares everything in it with everything
// else: the file's structure, each record with the tree, each checkpoint with its
// signature and the tree, each act's contents with their commitment, each row with the
// act that made it, each parcel with its sum. kept is a checkpoint from elsewhere that
// the log must have grown from; nil if there is none. See the package comment for what
// cannot be found without.
//
// It changes nothing, needs no key but the public one, and works on a copy as on a
// directory that is in use.
//
// Errors: fault.NotFound for a directory without a store, fault.Unsupported for one of
// another version, fault.Unavailable if it cannot be read.
func Check(ctx context.Context, dir string, kept []byte) (Report, error) {
	name := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(name); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return Report{}, fault.Wrap(err, fault.NotFound, "store.no-store", dir)
		}
		return Report{}, fault.Wrap(err, fault.Unavailable, "store.unreadable", dir)
	}
	name, err := filepath.Abs(name)
	if err != nil {
		return Report{}, fault.Wrap(err, fault.Unavailable, "store.unreadable", dir)
	}
	release, ok := keepWritersOut(dir)
	defer release()
	_, wal := os.Stat(name + "-wal")
	db, err := openForCheck(name, ok && errors.Is(wal, fs.ErrNotExist))
	if err != nil {
		return Report{}, fail(err)
	}
	defer db.Close()
	return checkDatabase(ctx, db, dir, kept)
}

// checkDatabase looks at one moment of the database, so that a writer does not disturb.
func checkDatabase(ctx context.Context, db *sql.DB, dir string, kept []byte) (Report, error) {
	c := &checking{Context: ctx, report: Report{Rows: map[string]int{}}, latest: map[subject]*told{}}
	if err := requireVersion(ctx, db); err != nil {
		if fault.KindOf(fail(err)) == fault.Damaged {
			c.found("check.file")
			return c.report, nil
		}
		return Report{}, fail(err)
	}
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Report{}, fail(err)
	}
	defer tx.Rollback()
	c.q = tx
	if err := c.run(dir, kept); err != nil {
		return Report{}, fail(err)
	}
	return c.report, nil
}

// A checking is one run of Check.
type checking struct {
	context.Context
	q      querier
	report Report
	tree   tree
	orgs   []string          // of the entries, by number
	latest map[subject]*told // what the ledger says last about each thing
	purged map[int64]bool    // numbers that a purge speaks of
}

func (c *checking) run(dir string, kept []byte) error {
	sound, err := integrity(c, c.q)
	if err := c.tolerate(err, "check.file"); err != nil {
		return err
	}
	if err == nil && !sound {
		c.found("check.file")
	}
	for _, step := range []func() error{
		c.readPurges, c.readEntries, c.readContents, c.readHashes,
		func() error { return c.readCheckpoints(dir, kept) },
		c.readRows, c.checkShelves, c.checkSealings,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// found notes a fault. Words that could not be ids are not repeated.
func (c *checking) found(token string, ids ...string) {
	for _, id := range ids {
		if !isID(id) {
			id = "?"
		}
		token += " " + id
	}
	switch n := len(c.report.Faults); {
	case n < maxFaults:
		c.report.Faults = append(c.report.Faults, token)
	case n == maxFaults:
		c.report.Faults = append(c.report.Faults, "check.more")
	}
}

// tolerate turns damage into a finding and lets other errors pass.
func (c *checking) tolerate(err error, token string, ids ...string) error {
	if err != nil && fault.KindOf(fail(err)) == fault.Damaged {
		c.found(token, ids...)
		return nil
	}
	return err
}

// each reads a table in order and counts its rows. types has a letter a column, t for
// text, i for an integer, b for bytes: SQLite would keep anything anywhere. A row of other
// types is a fault and is not shown to see.
func (c *checking) each(table, columns, types, order string, see func(row []any)) error {
	// The rows are put in order by number alone: SQLite would sort them in memory, bodies and all.
	rows, err := c.q.QueryContext(c, `SELECT `+columns+` FROM (SELECT rowid AS row_of FROM `+table+` ORDER BY `+order+` LIMIT -1) AS o CROSS JOIN `+
		table+` AS t ON t.rowid = o.row_of`)
	if err != nil {
		return c.tolerate(err, "check.unreadable", table)
	}
	defer rows.Close()
	for rows.Next() {
		row := make([]any, len(types))
		into := make([]any, len(types))
		for i := range row {
			into[i] = &row[i]
		}
		c.report.Rows[table]++
		if err := rows.Scan(into...); err != nil || !typed(row, types) {
			c.found("check.type", table)
			continue
		}
		see(row)
	}
	return c.tolerate(rows.Err(), "check.unreadable", table)
}

func typed(row []any, types string) bool {
	for i, v := range row {
		ok := false
		switch types[i] {
		case 't':
			_, ok = v.(string)
		case 'i':
			_, ok = v.(int64)
		case 'b':
			_, ok = v.([]byte)
		}
		if !ok {
			return false
		}
	}
	return true
}

// A subject is a thing the ledger tells of; told is the last it says.
type subject struct {
	org, id string
	stem    string // of the act: "item" of "item.changed"
}

// stemOf gives what an act is done to: "item" of "item.changed".
func stemOf(act ledger.Act) string {
	stem, _, _ := strings.Cut(string(act), ".")
	return stem
}

type told struct {
	first, seq int64
	contents   []byte // SHA-256 of them; nil while they have not been seen
	kept       bool   // whether a row was found that agrees
}

// missingRows notes what the ledger tells of and no row shows.
func (c *checking) missingRows() {
	bySeq := func(a, b subject) int { return int(c.latest[a].seq - c.latest[b].seq) }
	for _, s := range slices.SortedFunc(maps.Keys(c.latest), bySeq) {
		if t := c.latest[s]; !t.kept && s.stem != stemOf(contentPurged) && s.stem != passing {
			c.found("check.no-row", s.stem, s.id)
		}
	}
}
