package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/party"
)

// An Act is one entry of an organisation's history.
type Act struct {
	Seq int64 // its number in the log; numbers between are other organisations'
	ledger.Entry
	Purged bool // its contents are gone
}

// History lists an organisation's acts, the oldest first.
func (s *Store) History(ctx context.Context, org party.OrgID) ([]Act, error) {
	if err := knowOrganisation(ctx, s.reader, org); err != nil {
		return nil, fail(err)
	}
	return list(ctx, s.reader, scanAct, `SELECT e.seq, e.org, e.at, e.actor, e.act, e.subject, e.commitment, c.seq IS NULL
		FROM ledger_entries e LEFT JOIN ledger_contents c ON c.org = e.org AND c.seq = e.seq
		WHERE e.org = $1 ORDER BY e.seq`, org)
}

// HistoryOf lists an incident's acts before the number before, the newest first, at most
// limit; 0 is after the last.
func (s *Store) HistoryOf(ctx context.Context, org party.OrgID, id incident.ID, before int64, limit int) ([]Act, error) {
	if err := knowIncident(ctx, s.reader, org, id); err != nil {
		return nil, fail(err)
	}
	if before <= 0 {
		before = math.MaxInt64
	}
	return list(ctx, s.reader, scanAct, `SELECT e.seq, e.org, e.at, e.actor, e.act, e.subject, e.commitment, c.seq IS NULL
		FROM scopes s JOIN ledger_entries e ON e.org = s.org AND e.seq = s.seq
		LEFT JOIN ledger_contents c ON c.org = e.org AND c.seq = e.seq
		WHERE s.org = $1 AND s.scope = $2 AND s.seq < $3 ORDER BY s.seq DESC LIMIT $4`, org, id, before, limit)
}

// HistoryPage lists an organisation's acts before the number before, as HistoryOf does.
func (s *Store) HistoryPage(ctx context.Context, org party.OrgID, before int64, limit int) ([]Act, error) {
	if err := knowOrganisation(ctx, s.reader, org); err != nil {
		return nil, fail(err)
	}
	if before <= 0 {
		before = math.MaxInt64
	}
	return list(ctx, s.reader, scanAct, `SELECT e.seq, e.org, e.at, e.actor, e.act, e.subject, e.commitment, c.seq IS NULL
		FROM ledger_entries e LEFT JOIN ledger_contents c ON c.org = e.org AND c.seq = e.seq
		WHERE e.org = $1 AND e.seq < $2 ORDER BY e.seq DESC LIMIT $3`, org, before, limit)
}

func scanAct(rows *sql.Rows) (Act, error) {
	var a Act
	var at string
	var commitment []byte
	if err := rows.Scan(&a.Seq, &a.Org, &at, &a.Actor, &a.Act, &a.Subject, &commitment, &a.Purged); err != nil {
		return a, err
	}
	if copy(a.Commitment[:], commitment) != len(a.Commitment) {
		return a, fault.New(fault.Damaged, "store.ledger")
	}
	return a, readClock(at, &a.At)
}

// Checkpoint gives the signed size and root of the log. Kept elsewhere, on paper or in a
// mail, it lets Check find that the end of the log was cut off, or all of it replaced.
func (s *Store) Checkpoint(ctx context.Context, org party.OrgID) ([]byte, error) {
	if err := knowOrganisation(ctx, s.reader, org); err != nil {
		return nil, fail(err)
	}
	signed, err := lastCheckpoint(ctx, s.reader)
	return signed, fail(err)
}

// lastCheckpoint gives the newest checkpoint, nil for a log without acts.
func lastCheckpoint(ctx context.Context, q querier) ([]byte, error) {
	var signed []byte
	err := q.QueryRowContext(ctx, `SELECT signed FROM ledger_checkpoints ORDER BY size DESC LIMIT 1`).Scan(&signed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return signed, err
}

// glance holds the end of the log against its last checkpoint, so that nothing is added
// to a log that is known to be wrong.
func (s *Store) glance(ctx context.Context, dir string, last []byte) error {
	size, err := s.logSize(ctx, s.writer)
	if err != nil || size == 0 {
		return err
	}
	key, err := verifyingKey(dir)
	if err != nil {
		return err
	}
	want, err := ledger.Open(last, key)
	if err != nil {
		return fault.Wrap(err, fault.Damaged, "store.ledger")
	}
	have, err := ledger.At(size, tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) { return readHashes(ctx, s.writer, at) }))
	if err != nil {
		return err
	}
	if have != want {
		return fault.New(fault.Damaged, "store.ledger")
	}
	return nil
}

// What a purged row holds where contents stood.
const purgedKind = ""

// Purge removes the contents of one act for good: from the ledger's contents, from the row
// they made if that still shows them, and from the file. The act itself stays in the log,
// and that its contents were purged, and by whom, is an act of its own. An item's earlier
// versions are acts of their own. Purging what was purged makes sure of the file again.
//
// What a backup, a snapshot or a disk's spare blocks hold is out of reach.
//
// Errors: fault.Conflict for an act that tells nothing but names and tokens the log needs:
// organisations, incidents, decisions and purges stay. fault.Unavailable with the code
// "store.purge-file" says that the purge stands, but that the file may hold remains until
// Purge is called again: it needs room for a second copy of the database.
func (s *Store) Purge(ctx context.Context, org party.OrgID, by string, seq int64) error {
	err := s.write(ctx, org, by, func(w *Writing) error {
		var act ledger.Act
		var subject string
		err := w.tx.QueryRowContext(w, `SELECT act, subject FROM ledger_entries WHERE org = $1 AND seq = $2`, org, seq).Scan(&act, &subject)
		if err != nil {
			return missing(err)
		}
		blank, ok := blanks[act]
		if !ok {
			if keptForGood[act] {
				return fault.New(fault.Conflict, "store.purge-kept")
			}
			blank = blankObject
		}
		done, err := w.tx.ExecContext(w, `DELETE FROM ledger_contents WHERE org = $1 AND seq = $2`, org, seq)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if _, err := w.tx.ExecContext(w, blank, org, subject, seq, []byte{}); err != nil {
			return err
		}
		if act == ledger.ItemChanged {
			if err := w.reindex(subject); err != nil {
				return err
			}
		}
		_, err = w.recordForm(contentPurged, strconv.FormatInt(seq, 10), "", purgeForm{seq})
		return err
	})
	if err != nil {
		return err
	}
	if err := forget(ctx, s.writer); err != nil {
		return fault.Wrap(err, fault.Unavailable, "store.purge-file")
	}
	return nil
}

// keptForGood are the acts whose contents are names and tokens the log needs.
var keptForGood = map[ledger.Act]bool{
	organisationCreated: true, ledger.IncidentOpened: true, ledger.Decided: true, contentPurged: true,
}

const blankObject = `UPDATE objects SET lookup = '', body = $4 WHERE org = $1 AND id = $2 AND seq = $3`

// blanks empties the row an act made, if no later act has changed it since.
var blanks = map[ledger.Act]string{
	ledger.ItemChanged: `UPDATE items SET kind = '', status = '', stand = '', value_type = '', value_hash = '', value = '', body = $4
		WHERE org = $1 AND id = $2 AND seq = $3`,
	ledger.ParcelSealed: `UPDATE parcels SET media = '', label = '', reach = '', sender = '', sealed = '', sum = $4, body = $4
		WHERE org = $1 AND id = $2 AND seq = $3`,
}
