package store

import (
	"context"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/party"
)

// Acts that are the store's own; the others are package ledger's.
const (
	organisationCreated ledger.Act = "organisation.created"
	contentPurged       ledger.Act = "content.purged"
)

// querier is what a handle and a transaction have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// A Writing is one transaction in which one organisation acts. It lives no longer than
// the function it is given to, and therefore carries that call's context.
type Writing struct {
	context.Context
	tx     *sql.Tx
	org    party.OrgID
	by     string
	at     time.Time
	moment time.Time // at, as exactly as the clock has it
	random io.Reader
	size   int64 // of the log, with what this transaction added
}

// At gives the time of the acts of this transaction: UTC, to the second.
func (w *Writing) At() time.Time { return w.at }

// Act lets an organisation do several things at once: all of what do does is kept, or, if it
// returns an error, nothing. by is the account that acts. Errors of do that are
// fault.Errors come back as they are.
func (s *Store) Act(ctx context.Context, org party.OrgID, by string, do func(*Writing) error) error {
	return s.write(ctx, org, by, func(w *Writing) error {
		if err := knowOrganisation(w, w.tx, org); err != nil {
			return err
		}
		return do(w)
	})
}

// write runs do in a transaction and signs the log it leaves behind. If do fails, or the
// commit, nothing of it happened.
func (s *Store) write(ctx context.Context, org party.OrgID, by string, do func(*Writing) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fail(err)
	}
	defer tx.Rollback() // does nothing after a commit
	w := &Writing{Context: ctx, tx: tx, org: org, by: by, moment: s.now().UTC(), random: s.random}
	w.at = w.moment.Truncate(time.Second)
	if w.size, err = s.logSize(ctx, tx); err != nil {
		return fail(err)
	}
	before := w.size
	if err := do(w); err != nil {
		return fail(err)
	}
	if w.size > before {
		if err := s.sign(w); err != nil {
			return fail(err)
		}
	}
	return fail(tx.Commit())
}

// logSize gives the number of entries, and refuses to go on from a log whose end is not
// the one that was signed last.
func (s *Store) logSize(ctx context.Context, q querier) (int64, error) {
	var entries, signed int64
	err := q.QueryRowContext(ctx, `SELECT (SELECT COALESCE(MAX(seq) + 1, 0) FROM ledger_entries),
		(SELECT COALESCE(MAX(size), 0) FROM ledger_checkpoints)`).Scan(&entries, &signed)
	if err == nil && entries != signed {
		err = fault.New(fault.Damaged, "store.ledger")
	}
	return entries, err
}

// sign adds the checkpoint of all entries to the transaction.
func (s *Store) sign(w *Writing) error {
	c, err := ledger.At(w.size, w)
	if err != nil {
		return err
	}
	signed, err := ledger.Sign(c, s.signer)
	if err != nil {
		return err
	}
	return w.insert(`INSERT INTO ledger_checkpoints (size, org, signed) VALUES ($1, $2, $3)`, w.size, w.org, signed)
}

// record adds an act to the ledger, with its contents under a new salt, and gives its
// number. scope is the incident, or what else, under whose history it is listed.
func (w *Writing) record(act ledger.Act, subject, scope string, contents []byte) (int64, error) {
	var salt ledger.Salt
	if _, err := io.ReadFull(w.random, salt[:]); err != nil {
		return 0, err
	}
	e := ledger.Entry{Org: w.org, At: w.at, Actor: w.by, Act: act, Subject: subject, Commitment: ledger.Commit(salt, contents)}
	leaf, err := e.Record()
	if err != nil {
		return 0, fault.Wrap(err, fault.Invalid, "store.entry")
	}
	seq := w.size
	hashes, err := ledger.Hashes(seq, leaf, w)
	if err != nil {
		return 0, err
	}
	err = w.insert(`INSERT INTO ledger_entries (seq, org, at, actor, act, subject, commitment) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		seq, e.Org, clock(e.At), e.Actor, e.Act, e.Subject, e.Commitment[:])
	if err != nil {
		return 0, err
	}
	if err := w.insert(`INSERT INTO ledger_contents (seq, org, salt, body) VALUES ($1, $2, $3, $4)`, seq, w.org, salt[:], contents); err != nil {
		return 0, err
	}
	for i, h := range hashes {
		if err := w.insert(`INSERT INTO ledger_hashes (idx, org, hash) VALUES ($1, $2, $3)`, tlog.StoredHashIndex(0, seq)+int64(i), w.org, h[:]); err != nil {
			return 0, err
		}
	}
	if scope != "" {
		if err := w.insert(`INSERT INTO scopes (org, scope, seq) VALUES ($1, $2, $3)`, w.org, scope, seq); err != nil {
			return 0, err
		}
	}
	w.size++
	return seq, nil
}

// recordForm records a form of forms.go.
func (w *Writing) recordForm(act ledger.Act, subject, scope string, form any) (int64, error) {
	contents, err := json.Marshal(form)
	if err != nil {
		return 0, err
	}
	return w.record(act, subject, scope, contents)
}

// insert runs a statement that must change exactly one row; if it changed none, another
// act came first.
func (w *Writing) insert(query string, args ...any) error {
	done, err := w.tx.ExecContext(w, query, args...)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "store.conflict")
	}
	return err
}

// ReadHashes gives stored hashes of the log to package ledger.
func (w *Writing) ReadHashes(at []int64) ([]tlog.Hash, error) { return readHashes(w, w.tx, at) }

func readHashes(ctx context.Context, q querier, at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		var h []byte
		err := q.QueryRowContext(ctx, `SELECT hash FROM ledger_hashes WHERE idx = $1`, n).Scan(&h)
		if errors.Is(err, sql.ErrNoRows) || err == nil && len(h) != tlog.HashSize {
			err = fault.Wrap(err, fault.Damaged, "store.ledger")
		}
		if err != nil {
			return nil, err
		}
		copy(out[i][:], h)
	}
	return out, nil
}

var idText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// newID makes a random id of 128 bits. The word in front says what it names and nothing else.
func newID(word string, random io.Reader) (string, error) {
	var b [16]byte
	_, err := io.ReadFull(random, b[:])
	return word + "-" + idText.EncodeToString(b[:]), err
}

// isID says whether a text can be an id: ids stand in logs and error texts.
func isID(s string) bool {
	return s != "" && len(s) <= 128 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") == ""
}

// clock writes a time as every table has it.
func clock(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

func notFound() error { return fault.New(fault.NotFound, "store.not-found") }
