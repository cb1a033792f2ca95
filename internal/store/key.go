package store

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/wakachi/wakachi/internal/fault"
)

// keyName stands in front of every signature. It is the product's, not the
// organisation's: checkpoints are mailed and printed.
const keyName = "wakachi"

// signingKey reads the ledger's key. A fresh ledger gets a new one; for any other a
// missing key is damage, since a new one would make all that was signed look forged.
func signingKey(dir string, random io.Reader, fresh bool) (note.Signer, error) {
	name := filepath.Join(dir, keyFile)
	secret, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && fresh {
		var text string
		if text, _, err = note.GenerateKey(random, keyName); err != nil {
			return nil, err
		}
		secret = []byte(text + "\n")
		err = writeWhole(name, secret)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.Damaged, "store.key-missing", name)
	case err != nil:
		return nil, fault.Wrap(err, fault.Unavailable, "store.directory", dir)
	}
	return readKey(dir, strings.TrimSpace(string(secret)))
}

// readKey makes the signer and sees to it that the public half stands beside it.
func readKey(dir, secret string) (note.Signer, error) {
	name := filepath.Join(dir, keyFile)
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "store.key", name)
	}
	public, err := publicHalf(secret)
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "store.key", name)
	}
	beside := filepath.Join(dir, publicFile)
	there, err := os.ReadFile(beside)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = writeWhole(beside, []byte(public+"\n"))
	case err == nil && strings.TrimSpace(string(there)) != public:
		return nil, fault.New(fault.Damaged, "store.key", beside)
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "store.directory", dir)
	}
	return signer, nil
}

// publicHalf derives the verifier's text from the signer's, so that a crash between the
// writing of the two files loses nothing.
// The text is PRIVATE+KEY+<name>+<hash>+<base64 of 1 and the seed>, as package note has it.
func publicHalf(secret string) (string, error) {
	parts := strings.SplitN(secret, "+", 5) // the base64 may hold a '+' of its own
	if len(parts) != 5 {
		return "", errors.New("store: not a note's key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(key) != 1+ed25519.SeedSize {
		return "", errors.New("store: not an Ed25519 key")
	}
	private := ed25519.NewKeyFromSeed(key[1:])
	return note.NewEd25519VerifierKey(keyName, private.Public().(ed25519.PublicKey))
}

// verifyingKey reads the public half.
func verifyingKey(dir string) (note.Verifier, error) {
	text, err := os.ReadFile(filepath.Join(dir, publicFile))
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(strings.TrimSpace(string(text)))
}

// Derive gives 32 secret bytes for one use, the same as long as the store has its key: what
// a use learns of its own bytes tells nothing of another's.
func (s *Store) Derive(use string) ([]byte, error) {
	text, err := s.signer.Sign([]byte("wakachi derived key\n" + use + "\n"))
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "store.internal")
	}
	sum := sha256.Sum256(text)
	return sum[:], nil
}
