package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/wakachi/wakachi/internal/party"
)

// A Session is somebody who has signed in. It is not in the ledger; that they signed in is.
type Session struct {
	Sum     string // hash of the secret the browser holds
	Org     party.OrgID
	Account string
	Until   time.Time // to the second
	Body    []byte    // JSON, for package account
}

// PutSession keeps a session, or changes its end and body.
func (s *Store) PutSession(ctx context.Context, org party.OrgID, x Session) error {
	return s.write(ctx, org, x.Account, func(w *Writing) error {
		if err := knowOrganisation(w, w.tx, org); err != nil {
			return err
		}
		return w.insert(`INSERT INTO sessions (sum, org, account, until, body) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (sum) DO UPDATE SET until = excluded.until, body = excluded.body
			WHERE sessions.org = excluded.org AND sessions.account = excluded.account`,
			x.Sum, org, x.Account, clock(x.Until), x.Body)
	})
}

const sessionColumns = `SELECT sum, org, account, until, body FROM sessions WHERE `

// FindSession gives the session of a secret's hash, also one that has ended.
func (s *Store) FindSession(ctx context.Context, sum string) (Session, error) {
	return one(ctx, s.reader, scanSession, sessionColumns+`sum = $1`, sum)
}

// Sessions lists an account's sessions.
func (s *Store) Sessions(ctx context.Context, org party.OrgID, account string) ([]Session, error) {
	return list(ctx, s.reader, scanSession, sessionColumns+`org = $1 AND account = $2 ORDER BY until`, org, account)
}

func scanSession(rows *sql.Rows) (Session, error) {
	var x Session
	var until string
	if err := rows.Scan(&x.Sum, &x.Org, &x.Account, &until, &x.Body); err != nil {
		return x, err
	}
	return x, readClock(until, &x.Until)
}

// EndSession forgets one session; EndSessions all of an account but the one that is kept,
// which may be empty.
func (s *Store) EndSession(ctx context.Context, org party.OrgID, sum string) error {
	return s.exec(ctx, `DELETE FROM sessions WHERE org = $1 AND sum = $2`, org, sum)
}

// EndSessions forgets all sessions of an account but the one that is kept, which may be empty.
func (s *Store) EndSessions(ctx context.Context, org party.OrgID, account, kept string) error {
	return s.exec(ctx, `DELETE FROM sessions WHERE org = $1 AND account = $2 AND sum <> $3`, org, account, kept)
}

// ForgetSessions removes the sessions that ended before t, everybody's.
func (s *Store) ForgetSessions(ctx context.Context, t time.Time) error {
	return s.exec(ctx, `DELETE FROM sessions WHERE until < $1`, clock(t))
}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

func (s *Store) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fail(err)
	}
	defer tx.Rollback() // does nothing after a commit
	if err := do(tx); err != nil {
		return fail(err)
	}
	return fail(tx.Commit())
}
