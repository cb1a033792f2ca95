package ledger_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/wakachi/wakachi/internal/ledger"
)

// A book is a log in memory.
type book struct {
	records [][]byte
	hashes  []tlog.Hash
}

func (b *book) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		if n >= int64(len(b.hashes)) {
			return nil, errors.New("no such hash")
		}
		out[i] = b.hashes[n]
	}
	return out, nil
}

func (b *book) write(t *testing.T, subject string) {
	t.Helper()
	record, err := entry(subject).Record()
	if err != nil {
		t.Fatal(err)
	}
	hashes, err := ledger.Hashes(int64(len(b.records)), record, b)
	if err != nil {
		t.Fatal(err)
	}
	b.records, b.hashes = append(b.records, record), append(b.hashes, hashes...)
}

func (b *book) checkpoint(t *testing.T) ledger.Checkpoint {
	t.Helper()
	c, err := ledger.At(int64(len(b.records)), b)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func entry(subject string) ledger.Entry {
	return ledger.Entry{
		Org: "org-1", At: time.Date(2026, 5, 18, 10, 15, 0, 0, time.UTC), Actor: "local",
		Act: ledger.IncidentOpened, Subject: subject, Commitment: ledger.Commit(ledger.Salt{1}, []byte(subject)),
	}
}

func TestRecordRoundTrip(t *testing.T) {
	record, err := entry("incident-1").Record()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ledger.ParseRecord(record)
	if err != nil || back != entry("incident-1") {
		t.Errorf("got %+v, %v", back, err)
	}
	for _, bad := range []string{"", "a\nb", "a\x00"} {
		if _, err := entry(bad).Record(); err == nil {
			t.Errorf("a subject %q was accepted", bad)
		}
	}
}

func TestEveryRecordIsProvable(t *testing.T) {
	var b book
	for i := range 37 {
		b.write(t, fmt.Sprint("thing-", i))
	}
	c := b.checkpoint(t)
	for n, record := range b.records {
		proof, err := ledger.Prove(c, int64(n), &b)
		if err != nil {
			t.Fatal(err)
		}
		if err := ledger.Verify(proof, c, int64(n), record); err != nil {
			t.Errorf("record %d: %v", n, err)
		}
		if ledger.Verify(proof, c, int64(n), append(record, '!')) == nil {
			t.Errorf("record %d: an altered record was proved", n)
		}
	}
}

func TestAnAlteredLogDidNotGrow(t *testing.T) {
	var b, other book
	for i := range 10 {
		b.write(t, fmt.Sprint("thing-", i))
		other.write(t, fmt.Sprint("thing-", i/9*100+i))
	}
	older := b.checkpoint(t)
	b.write(t, "later")
	if err := ledger.Grew(older, b.checkpoint(t), &b); err != nil {
		t.Errorf("a log that grew: %v", err)
	}
	other.write(t, "later")
	if ledger.Grew(older, other.checkpoint(t), &other) == nil {
		t.Error("a log with another past passed for one that grew")
	}
	if ledger.Grew(b.checkpoint(t), older, &b) == nil {
		t.Error("a shorter log passed for one that grew")
	}
}

func TestCheckpointsAreSigned(t *testing.T) {
	secret, public, err := note.GenerateKey(rand.Reader, "wakachi-test")
	if err != nil {
		t.Fatal(err)
	}
	signer, _ := note.NewSigner(secret)
	verifier, _ := note.NewVerifier(public)
	var b book
	b.write(t, "thing")
	signed, err := ledger.Sign(b.checkpoint(t), signer)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := ledger.Open(signed, verifier); err != nil || c != b.checkpoint(t) {
		t.Errorf("got %v, %v", c, err)
	}
	if _, err := ledger.Open(bytes.Replace(signed, []byte("\n1\n"), []byte("\n2\n"), 1), verifier); err == nil {
		t.Error("an altered checkpoint was opened")
	}
}

func TestCommitmentsHideAndBind(t *testing.T) {
	a := ledger.Commit(ledger.Salt{1}, []byte("yes"))
	if a == ledger.Commit(ledger.Salt{2}, []byte("yes")) || a == ledger.Commit(ledger.Salt{1}, []byte("no")) {
		t.Error("a commitment must depend on salt and contents")
	}
}

func FuzzParseRecord(f *testing.F) {
	record, _ := entry("incident-1").Record()
	f.Add(record)
	f.Add([]byte("wakachi-ledger/1\n\n\n\n\n\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ledger.ParseRecord(b)
		if err != nil {
			return
		}
		if again, err := e.Record(); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%q reads as %+v, which writes %q, %v", b, e, again, err)
		}
	})
}
