// Package ledger chains every act into a log whose alteration shows.
//
// The log is a Merkle tree (RFC 6962) over records. A record holds who did what to which
// thing when, as ids and tokens, and a commitment: SHA-256 over a random salt and the
// contents of the act. Salt and contents are kept apart from the record, so that contents
// can be purged for good while the tree stays whole, and so that one incident's acts can be
// proved to somebody without showing another's.
//
// A Checkpoint is the size and root of the tree, signed as a note. Whoever kept an older
// checkpoint, on paper or in a mail, can prove that the log only grew.
//
// Nothing here keeps anything: package store writes records, hashes and checkpoints in the
// transaction of the act they tell of.
package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/wakachi/wakachi/internal/party"
)

// An Act is a token for what was done, such as "incident.opened". Tokens are never renamed.
type Act string

// The acts that change an incident or let something out of it.
const (
	IncidentOpened Act = "incident.opened"
	ItemsProposed  Act = "items.proposed"
	ItemChanged    Act = "item.changed"
	Decided        Act = "decision.made"
	ParcelSealed   Act = "parcel.sealed"
)

// SaltSize is the length of a salt. It is long enough that contents of few possible values
// cannot be guessed from their commitment.
const SaltSize = 32

// A Salt hides the contents a commitment is made over.
type Salt [SaltSize]byte

// A Commitment binds a record to its contents without showing them.
type Commitment [sha256.Size]byte

// Commit makes the commitment of contents under a salt.
func Commit(salt Salt, contents []byte) Commitment {
	m := hmac.New(sha256.New, salt[:])
	m.Write(contents)
	var c Commitment
	m.Sum(c[:0])
	return c
}

// An Entry is one record of the log.
type Entry struct {
	Org        party.OrgID // the one that acted, and whose record it is
	At         time.Time   // kept to the second, in UTC
	Actor      string      // id of an account; "local" for the command line
	Act        Act         // what was done
	Subject    string      // id of what was acted on
	Commitment Commitment  // of the contents, which may be purged while this stays
}

// ErrEntry is returned for an entry that cannot be written as one record: a field is empty
// or holds a character that would break the record's lines.
var ErrEntry = errors.New("ledger: not an entry")

const recordHeader = "wakachi-ledger/1"

// Record gives the bytes that become a leaf of the tree: a header and one field a line.
func (e Entry) Record() ([]byte, error) {
	fields := []string{
		recordHeader, string(e.Org), e.At.UTC().Format(time.RFC3339), e.Actor, string(e.Act), e.Subject,
		base64.StdEncoding.EncodeToString(e.Commitment[:]),
	}
	for _, f := range fields {
		if f == "" || strings.ContainsAny(f, "\n\r\x00") {
			return nil, ErrEntry
		}
	}
	return []byte(strings.Join(fields, "\n") + "\n"), nil
}

// ParseRecord reads what Record writes, and nothing else.
func ParseRecord(b []byte) (Entry, error) {
	f := strings.Split(string(b), "\n")
	if len(f) != 8 || f[0] != recordHeader || f[7] != "" {
		return Entry{}, ErrEntry
	}
	at, err := time.Parse(time.RFC3339, f[2])
	if err != nil {
		return Entry{}, ErrEntry
	}
	sum, err := base64.StdEncoding.DecodeString(f[6])
	if err != nil || len(sum) != sha256.Size {
		return Entry{}, ErrEntry
	}
	e := Entry{Org: party.OrgID(f[1]), At: at, Actor: f[3], Act: Act(f[4]), Subject: f[5], Commitment: Commitment(sum)}
	if again, err := e.Record(); err != nil || string(again) != string(b) {
		return Entry{}, ErrEntry
	}
	return e, nil
}

// Hashes gives the hashes to store when a record becomes leaf number n, from 0. They
// follow those stored before; read answers for those.
func Hashes(n int64, record []byte, read tlog.HashReader) ([]tlog.Hash, error) {
	return tlog.StoredHashes(n, record, read)
}

// A Checkpoint is a tree's size and root.
type Checkpoint = tlog.Tree

// At gives the checkpoint of the first n leaves.
func At(n int64, read tlog.HashReader) (Checkpoint, error) {
	root, err := tlog.TreeHash(n, read)
	return Checkpoint{N: n, Hash: root}, err
}

// Sign writes a checkpoint as a signed note.
//
// SPEC: c2sp.org/signed-note, golang.org/x/mod/sumdb/tlog FormatTree.
func Sign(c Checkpoint, key note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: string(tlog.FormatTree(c))}, key)
}

// Open reads a signed checkpoint and refuses one that this key did not sign.
func Open(signed []byte, key note.Verifier) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(key))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("ledger: the checkpoint's signature: %w", err)
	}
	return tlog.ParseTree([]byte(n.Text))
}

// Grew checks that the tree of c holds the tree of an older checkpoint unchanged.
func Grew(older, c Checkpoint, read tlog.HashReader) error {
	switch {
	case older.N > c.N:
		return errors.New("ledger: the log is shorter than it was")
	case older.N == 0:
		return nil
	}
	proof, err := tlog.ProveTree(c.N, older.N, read)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, c.N, c.Hash, older.N, older.Hash)
}

// A Proof shows that one record is in a tree, to somebody who has its checkpoint only.
type Proof = tlog.RecordProof

// Prove makes the proof for leaf n of the tree of c.
func Prove(c Checkpoint, n int64, read tlog.HashReader) (Proof, error) {
	return tlog.ProveRecord(c.N, n, read)
}

// Verify checks a proof.
func Verify(p Proof, c Checkpoint, n int64, record []byte) error {
	return tlog.CheckRecord(p, c.N, c.Hash, n, tlog.RecordHash(record))
}
