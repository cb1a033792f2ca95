package store

import (
	"context"
	"os"
	"path/filepath"
)

// Pragma sets something of the writing connection, such as a limit that makes the disk full.
func Pragma(ctx context.Context, s *Store, statement string) error {
	_, err := s.writer.ExecContext(ctx, statement)
	return err
}

// PackAsItIs makes a backup of a directory without looking at what is in it, as somebody who
// has its key could.
func PackAsItIs(ctx context.Context, dir, file string) error {
	secret, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		return err
	}
	key, err := readKey(dir, string(secret[:len(secret)-1]))
	if err != nil {
		return err
	}
	m := manifest{program: "test", entries: -1}
	for _, name := range inBackup {
		x, err := sumFile(ctx, filepath.Join(dir, name))
		if err != nil {
			return err
		}
		m.members = append(m.members, x)
	}
	_, err = pack(ctx, file, dir, m, key)
	return err
}

// ReadManifest reads a manifest's text and writes it again.
func ReadManifest(text string) (string, error) {
	m, err := readManifest(text)
	return m.String(), err
}
