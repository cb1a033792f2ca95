package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/party"
)

// A tree holds the hashes of the log as they follow from its records alone. What the
// store has kept of them is compared with it and never believed.
type tree struct {
	hashes []tlog.Hash
	size   int64
}

var errNoHash = errors.New("store: no such hash")

// ReadHashes answers package ledger.
func (t *tree) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		if n < 0 || n >= int64(len(t.hashes)) {
			return nil, errNoHash
		}
		out[i] = t.hashes[n]
	}
	return out, nil
}

func (t *tree) grow(record []byte) error {
	more, err := ledger.Hashes(t.size, record, t)
	if err != nil {
		return err
	}
	t.hashes = append(t.hashes, more...)
	t.size++
	return nil
}

// number writes a seq as an id.
func number(n int64) string { return strconv.FormatInt(n, 10) }

// readPurges notes which contents may be missing. Whether the purges themselves are
// genuine shows when their entries are read.
func (c *checking) readPurges() error {
	c.purged = map[int64]bool{}
	rows, err := c.q.QueryContext(c, `SELECT subject FROM ledger_entries WHERE act = $1`, contentPurged)
	if err != nil {
		return c.tolerate(err, "check.unreadable", "ledger_entries")
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return c.tolerate(err, "check.unreadable", "ledger_entries")
		}
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && number(n) == text {
			c.purged[n] = true
		}
	}
	return c.tolerate(rows.Err(), "check.unreadable", "ledger_entries")
}

// readEntries grows the tree from the records and notes what they tell of.
func (c *checking) readEntries() error {
	var failed error
	err := c.each("ledger_entries", "seq, org, at, actor, act, subject, commitment", "itttttb", "seq", func(row []any) {
		seq := row[0].(int64)
		if seq != c.tree.size {
			c.found("check.sequence", number(seq))
		}
		at, err := time.Parse(time.RFC3339, row[2].(string))
		e := ledger.Entry{
			Org: party.OrgID(row[1].(string)), At: at, Actor: row[3].(string), Act: ledger.Act(row[4].(string)), Subject: row[5].(string),
		}
		sound := err == nil && clock(at) == row[2] && copy(e.Commitment[:], row[6].([]byte)) == len(row[6].([]byte)) && len(row[6].([]byte)) == sha256.Size
		record, err := e.Record()
		if !sound || err != nil {
			c.found("check.record", number(seq))
		}
		if err := c.tree.grow(record); err != nil {
			failed = err
		}
		c.orgs = append(c.orgs, string(e.Org))
		s := subject{string(e.Org), e.Subject, stemOf(e.Act)}
		if t := c.latest[s]; t == nil {
			c.latest[s] = &told{first: seq, seq: seq}
		} else {
			t.seq, t.contents = seq, nil
		}
	})
	c.report.Entries = c.tree.size
	if err == nil {
		err = failed
	}
	return err
}

// readContents holds each act's contents against the commitment in its record.
func (c *checking) readContents() error {
	next := int64(0)
	gone := func(to int64) {
		for ; next < to; next++ {
			if !c.purged[next] {
				c.found("check.no-contents", number(next))
			}
		}
	}
	const both = `ledger_contents AS c LEFT JOIN ledger_entries AS e ON e.seq = c.seq AND e.org = c.org`
	rows, err := c.q.QueryContext(c, `SELECT c.seq, c.org, c.salt, c.body, e.act, e.subject, e.commitment FROM `+both+` ORDER BY c.seq`)
	if err != nil {
		return c.tolerate(err, "check.unreadable", "ledger_contents")
	}
	defer rows.Close()
	for rows.Next() {
		row := make([]any, 7)
		if err := rows.Scan(&row[0], &row[1], &row[2], &row[3], &row[4], &row[5], &row[6]); err != nil {
			return c.tolerate(err, "check.unreadable", "ledger_contents")
		}
		c.report.Rows["ledger_contents"]++
		seq, _ := row[0].(int64)
		if !typed(row, "itbbttb") {
			c.found("check.contents", number(seq))
			continue
		}
		gone(seq)
		next = max(next, seq+1)
		c.compare(seq, row)
	}
	gone(c.tree.size)
	return c.tolerate(rows.Err(), "check.unreadable", "ledger_contents")
}

func (c *checking) compare(seq int64, row []any) {
	var salt ledger.Salt
	body := row[3].([]byte)
	whole := copy(salt[:], row[2].([]byte)) == ledger.SaltSize && len(row[2].([]byte)) == ledger.SaltSize
	want := ledger.Commit(salt, body)
	if !whole || !bytes.Equal(want[:], row[6].([]byte)) {
		c.found("check.contents", number(seq))
		return
	}
	if c.purged[seq] {
		c.found("check.not-purged", number(seq))
	}
	s := subject{row[1].(string), row[5].(string), stemOf(ledger.Act(row[4].(string)))}
	if t := c.latest[s]; t != nil && t.seq == seq {
		sum := sha256.Sum256(body)
		t.contents = sum[:]
	}
}

// readHashes compares the tree that was kept with the one that follows from the records.
func (c *checking) readHashes() error {
	next, entry := int64(0), int64(0)
	err := c.each("ledger_hashes", "idx, org, hash", "itb", "idx", func(row []any) {
		idx := row[0].(int64)
		for entry+1 < c.tree.size && tlog.StoredHashIndex(0, entry+1) <= idx {
			entry++
		}
		if idx != next || idx >= int64(len(c.tree.hashes)) ||
			!bytes.Equal(row[2].([]byte), c.tree.hashes[idx][:]) || row[1] != c.orgs[entry] {
			c.found("check.hash", number(idx))
		}
		next = idx + 1
	})
	if err == nil && next < int64(len(c.tree.hashes)) {
		c.found("check.hash", number(next))
	}
	return err
}

// readCheckpoints verifies signatures, and that each checkpoint's tree is the beginning
// of this one. The last must be of the whole log. kept is a checkpoint from elsewhere,
// nil for none.
func (c *checking) readCheckpoints(dir string, kept []byte) error {
	key, err := verifyingKey(dir)
	if err != nil {
		return c.withoutKey(err, kept)
	}
	now, err := ledger.At(c.tree.size, &c.tree)
	if err != nil {
		return err
	}
	if c.tree.size > 0 {
		c.report.Root = now.Hash.String()
	}
	// leadsHere says that a checkpoint is signed and its tree has grown into this one.
	leadsHere := func(signed []byte) (ledger.Checkpoint, bool) {
		then, err := ledger.Open(signed, key)
		return then, err == nil && ledger.Grew(then, now, &c.tree) == nil
	}
	if err := c.eachCheckpoint(leadsHere); err != nil {
		return err
	}
	if kept != nil {
		if then, ok := leadsHere(kept); !ok {
			c.found("check.kept-checkpoint", number(then.N))
		}
	}
	return nil
}

// eachCheckpoint compares the rows with what is signed in them and with the log.
func (c *checking) eachCheckpoint(leadsHere func([]byte) (ledger.Checkpoint, bool)) error {
	last := int64(0)
	err := c.each("ledger_checkpoints", "size, org, signed", "itb", "size", func(row []any) {
		size, signed := row[0].(int64), row[2].([]byte)
		last = size
		then, ok := leadsHere(signed)
		if !ok || then.N != size || size < 1 || !plain(signed, then) || row[1] != c.orgs[size-1] {
			c.found("check.checkpoint", number(size))
		}
	})
	if err == nil && last != c.tree.size {
		c.found("check.checkpoint-missing", number(c.tree.size))
	}
	return err
}

// withoutKey counts the checkpoints that err leaves unverified. A directory that was
// killed before it had a key has none and no entries, and there is nothing to find.
func (c *checking) withoutKey(err error, kept []byte) error {
	if errors.Is(err, fs.ErrPermission) {
		return err
	}
	unread := c.each("ledger_checkpoints", "size, org, signed", "itb", "size", func([]any) {})
	never := errors.Is(err, fs.ErrNotExist) && c.tree.size == 0 && c.report.Rows["ledger_checkpoints"] == 0
	if !never || kept != nil {
		c.found("check.key", publicFile)
	}
	return unread
}

// plain says that a note is as Sign writes it: its text, one signature, and no spelling
// of that signature but the usual. Open would overlook additions.
func plain(signed []byte, c ledger.Checkpoint) bool {
	rest, ok := strings.CutPrefix(string(signed), string(tlog.FormatTree(c))+"\n— "+keyName+" ")
	sig, end, _ := strings.Cut(rest, "\n")
	_, err := base64.StdEncoding.Strict().DecodeString(sig)
	return ok && end == "" && err == nil
}
