package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"hash"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
)

// A Receipt says what of a shelf went to whom. It is kept before the page leaves.
type Receipt struct {
	Collection parcel.CollectionID
	Reader     party.OrgID
	Account    party.AccountID
	Via        string            // "taxii", "portal"
	Entries    []time.Time       // what it got, in ascending order
	Sum        [sha256.Size]byte // of the entries' sums, in their order
	At         time.Time         // UTC, to the second
}

// Hand keeps a receipt. It has reached the disk when Hand returns.
func (s *Store) Hand(ctx context.Context, org party.OrgID, r Receipt) error {
	if len(r.Entries) == 0 {
		return fault.New(fault.Invalid, "store.entry")
	}
	at := make([]int64, len(r.Entries))
	for k, t := range r.Entries {
		at[k] = micros(t)
	}
	done, err := s.writer.ExecContext(ctx, `INSERT INTO receipts (org, collection, reader, account, via, since, upto, count, entries, sum, at)
		SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM organisations WHERE id = $1`,
		org, r.Collection, r.Reader, r.Account, r.Via, at[0], at[len(at)-1], len(at), positions(at), r.Sum[:], clock(r.At))
	if err != nil {
		return fail(err)
	}
	if n, err := done.RowsAffected(); err == nil && n == 0 {
		return notFound()
	}
	return nil
}

const receiptColumns = `SELECT n, collection, reader, account, via, entries, sum, at FROM receipts WHERE org = $1 AND `

// ReadersOf gives the receipts of all who got one of these entries of a shelf, the earliest
// first.
func (s *Store) ReadersOf(ctx context.Context, org party.OrgID, c parcel.CollectionID, added []time.Time) ([]Receipt, error) {
	if len(added) == 0 {
		return nil, nil
	}
	want := map[int64]bool{}
	low, high := micros(added[0]), micros(added[0])
	for _, t := range added {
		n := micros(t)
		want[n], low, high = true, min(low, n), max(high, n)
	}
	all, err := list(ctx, s.reader, scanReceipt, receiptColumns+`collection = $2 AND upto >= $3 AND since <= $4 ORDER BY n`, org, c, low, high)
	if err != nil {
		return nil, err
	}
	out := make([]Receipt, 0, len(all))
	for _, r := range all {
		if slices.ContainsFunc(r.Entries, func(t time.Time) bool { return want[micros(t)] }) {
			out = append(out, r.Receipt)
		}
	}
	return out, nil
}

// Receipts gives the receipts of a shelf, the earliest first.
func (s *Store) Receipts(ctx context.Context, org party.OrgID, c parcel.CollectionID) ([]Receipt, error) {
	all, err := list(ctx, s.reader, scanReceipt, receiptColumns+`collection = $2 ORDER BY n`, org, c)
	out := make([]Receipt, len(all))
	for k, r := range all {
		out[k] = r.Receipt
	}
	return out, err
}

type numbered struct {
	Receipt
	n int64
}

func scanReceipt(rows *sql.Rows) (numbered, error) {
	var r numbered
	var entries, sum []byte
	var at string
	if err := rows.Scan(&r.n, &r.Collection, &r.Reader, &r.Account, &r.Via, &entries, &sum, &at); err != nil {
		return r, err
	}
	for _, n := range unpack(entries) {
		r.Entries = append(r.Entries, ofMicros(n))
	}
	copy(r.Sum[:], sum)
	return r, readClock(at, &r.At)
}

// Sealing is the sort of the objects that bind receipts to the ledger.
const sealing Sort = "receipts"

// sealed is the body of such an object: which receipts, and the SHA-256 over them.
type sealed struct {
	From int64  `json:"from"`
	To   int64  `json:"to"`
	Sum  []byte `json:"sum"`
}

// SealReceipts binds an organisation's receipts since the last time to the ledger, and gives
// how many. With none it does nothing.
func (s *Store) SealReceipts(ctx context.Context, org party.OrgID) (int, error) {
	last, err := s.lastSealed(ctx, org)
	if err != nil {
		return 0, err
	}
	sum, n, next := sha256.New(), 0, last
	if err := eachReceipt(ctx, s.reader, org, last+1, func(at int64, line string) {
		n, next = n+1, at
		fmt.Fprint(sum, line)
	}); err != nil || n == 0 {
		return 0, fail(err)
	}
	return n, s.Act(ctx, org, "local", func(w *Writing) error {
		return w.PutValue("sealed", &Object{Sort: sealing}, sealed{last + 1, next, sum.Sum(nil)})
	})
}

func (s *Store) lastSealed(ctx context.Context, org party.OrgID) (int64, error) {
	all, err := s.AllObjects(ctx, org, sealing)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	var last sealed
	err = all[len(all)-1].Value(&last)
	return last.To, err
}

// receiptColumnsAll and receiptTypes are every column, for what binds them.
const (
	receiptColumnsAll = "org, n, collection, reader, account, via, since, upto, count, entries, sum, at"
	receiptTypes      = "tittttiiibbt"
)

// receiptLine writes a row as the sums have it.
func receiptLine(row []any) string {
	return fmt.Sprintf("%q %d %q %q %q %q %d %d %d %x %x %q\n", row...)
}

// eachReceipt gives an organisation's receipts in their order, as the sums have them.
func eachReceipt(ctx context.Context, q querier, org party.OrgID, from int64, do func(n int64, line string)) error {
	rows, err := q.QueryContext(ctx, `SELECT `+receiptColumnsAll+` FROM receipts WHERE org = $1 AND n >= $2 ORDER BY n`, org, from)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row, into := make([]any, len(receiptTypes)), make([]any, len(receiptTypes))
		for k := range row {
			into[k] = &row[k]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		n, ok := row[1].(int64)
		if !ok {
			return fault.New(fault.Damaged, "store.damaged")
		}
		do(n, receiptLine(row))
	}
	return rows.Err()
}

// checkSealings holds the receipts each sealing names against its sum.
func (c *checking) checkSealings() error {
	type kept struct {
		org, id string
		sealed
		got hash.Hash
	}
	all, err := list(c, c.q, func(rows *sql.Rows) (*kept, error) {
		k := &kept{got: sha256.New()}
		var body []byte
		if err := rows.Scan(&k.org, &k.id, &body); err != nil {
			return k, err
		}
		_ = json.Unmarshal(body, &k.sealed) // a body that is none was found when the rows were read
		return k, nil
	}, `SELECT org, id, body FROM objects WHERE sort = $1 ORDER BY org, seq`, sealing)
	if err != nil {
		return c.tolerate(err, "check.unreadable", "objects")
	}
	of := map[string][]*kept{}
	for _, k := range all {
		of[k.org] = append(of[k.org], k)
	}
	err = c.each("receipts", receiptColumnsAll, receiptTypes, "org, n", func(row []any) {
		org, n := row[0].(string), row[1].(int64)
		for len(of[org]) > 0 && n > of[org][0].To {
			of[org] = of[org][1:]
		}
		if len(of[org]) > 0 && n >= of[org][0].From {
			fmt.Fprint(of[org][0].got, receiptLine(row))
		}
	})
	for _, k := range all {
		if string(k.got.Sum(nil)) != string(k.Sum) {
			c.found("check.row", "receipts", k.id)
		}
	}
	return err
}
