package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wakachi/wakachi/internal/fault"
)

// The files of a data directory. SQLite adds -wal and -shm to the database's name.
const (
	databaseFile = "wakachi.db"
	lockFile     = "wakachi.lock"
	keyFile      = "ledger.key"
	publicFile   = "ledger.pub"
)

const private = 0o600

// lockForWriting takes the directory for this process. The lock is the system's and ends
// with the process, however it ends.
func lockForWriting(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, private)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "store.directory", dir)
	}
	if err := lock(f, exclusive); err != nil {
		f.Close()
		if errors.Is(err, errLocked) {
			return nil, fault.Wrap(err, fault.Unavailable, "store.in-use", dir)
		}
		return nil, fault.Wrap(err, fault.Unavailable, "store.directory", dir)
	}
	return f, nil
}

// keepWritersOut takes a share of the lock without writing anything; ok is false if a
// writer is there already. A directory without a lock file, such as a copy, is quiet.
func keepWritersOut(dir string) (release func(), ok bool) {
	f, err := os.Open(filepath.Join(dir, lockFile))
	if err != nil {
		return func() {}, errors.Is(err, fs.ErrNotExist)
	}
	if err := lock(f, shared); err != nil {
		f.Close()
		return func() {}, false
	}
	return func() { f.Close() }, true
}

// makePrivate makes the file if it is missing, so that nobody else can read it from the
// first moment; SQLite gives its side files the same mode.
func makePrivate(name string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, private)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "store.directory", filepath.Dir(name))
	}
	defer f.Close()
	if err := f.Chmod(private); err != nil {
		return fault.Wrap(err, fault.Unavailable, "store.directory", filepath.Dir(name))
	}
	return nil
}

// writeWhole writes a small file so that after a crash it is there whole or not at all.
func writeWhole(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if all went well
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(name))
}
