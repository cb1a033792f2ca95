package store

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/wakachi/wakachi/internal/fault"
)

// A backup is a tar file: a signed manifest, the two halves of the ledger's key, and the
// database as it was at one moment. Whoever has it can read everything and sign as the
// ledger does.

// BackupOptions are what a backup takes from the world.
type BackupOptions struct {
	Now     time.Time // the time it bears
	Program string    // the version it bears
	Replace bool      // whether a file that is there gives way
}

// A Copy tells of a backup that was made or restored.
type Copy struct {
	Made    time.Time // when the backup was made, UTC, to the second
	Program string    // the version that made it
	Bytes   int64     // of the backup's file
	Entries int64     // of the ledger; -1 if Looked is false
	Root    string    // of the ledger, base64; empty if it has no entries or Looked is false

	// Looked says that Check found nothing. It is false only for a backup of a store that an
	// older version wrote: its tables are brought up to date, and looked through, when it is
	// restored.
	Looked bool
}

// Backup writes a data directory into one file, as it is at one moment, also while a server
// has the directory open; that server goes on writing. The file appears whole or not at
// all, readable for this user alone. It needs room for two copies of the database beside
// the file, for a while, and keeps none of it in memory.
//
// What is damaged is not backed up: the error says so, since an older backup is worth more
// than a fresh one that cannot be restored.
//
// Errors: fault.NotFound for a directory without a store, fault.Conflict for a file that is
// there, fault.Usage for one inside the data directory, fault.Damaged, fault.Unsupported
// for a store of a newer version, fault.Unavailable.
func Backup(ctx context.Context, dir, file string, o BackupOptions) (Copy, error) {
	if err := mayWrite(dir, file, o.Replace); err != nil {
		return Copy{}, err
	}
	failed := func(err error) (Copy, error) {
		return Copy{}, diskFault(err, "store.backup-write", file)
	}
	work, err := os.MkdirTemp(filepath.Dir(file), ".wakachi-backup-*") // mode 0700
	if err != nil {
		return failed(err)
	}
	defer os.RemoveAll(work)
	if work, err = filepath.Abs(work); err != nil {
		return failed(err)
	}
	m, key, err := copyStore(ctx, dir, work, o)
	if err != nil {
		return failed(err)
	}
	whole := filepath.Join(work, "whole")
	size, err := pack(ctx, whole, work, m, key)
	if err == nil {
		err = os.Rename(whole, file)
	}
	if err == nil {
		err = syncDirectory(filepath.Dir(file))
	}
	if err != nil {
		return failed(err)
	}
	return m.copied(size), nil
}

func (m manifest) copied(size int64) Copy {
	return Copy{Made: m.made, Program: m.program, Bytes: size, Entries: m.entries, Root: m.root, Looked: m.entries >= 0}
}

// mayWrite refuses before anything is read what could not be written, or should not.
func mayWrite(dir, file string, replace bool) error {
	in, err := os.Stat(dir)
	if err != nil {
		return unreadable(err, dir)
	}
	out, err := os.Stat(filepath.Dir(file))
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "store.backup-write", file)
	}
	if os.SameFile(in, out) {
		return fault.New(fault.Usage, "store.backup-inside", file)
	}
	there, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fault.Wrap(err, fault.Unavailable, "store.backup-write", file)
	case !there.Mode().IsRegular():
		return fault.New(fault.Usage, "store.backup-special", file)
	case !replace:
		return fault.New(fault.Conflict, "store.backup-exists", file)
	}
	return nil
}

func unreadable(err error, dir string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.NotFound, "store.no-store", dir)
	}
	return fault.Wrap(err, fault.Unavailable, "store.unreadable", dir)
}

// diskFault says of an error that is not a fault yet, SQLite's or a stop, that a disk failed.
func diskFault(err error, code string, args ...string) error {
	if f, ok := errors.AsType[*fault.Error](fail(err)); ok && f.Code != "store.internal" {
		return f
	}
	return fault.Wrap(err, fault.Unavailable, code, args...)
}

// copyStore puts a whole data directory into an empty one and looks through it there.
func copyStore(ctx context.Context, dir, into string, o BackupOptions) (manifest, note.Signer, error) {
	if err := copyDatabase(ctx, dir, into); err != nil {
		return manifest{}, nil, err
	}
	key, err := copyKey(dir, into)
	if err != nil {
		return manifest{}, nil, err
	}
	m := manifest{made: o.Now.UTC().Truncate(time.Second), program: word(o.Program), entries: -1}
	switch r, err := Check(ctx, into, nil); {
	case codeOf(err) == "store.older": // a backup before an update is when one is wanted most
	case err != nil:
		return manifest{}, nil, err
	case len(r.Faults) > 0:
		return manifest{}, nil, fault.New(fault.Damaged, "store.backup-source", dir, strconv.Itoa(len(r.Faults)))
	default:
		m.entries, m.root = r.Entries, r.Root
	}
	for _, name := range inBackup {
		x, err := sumFile(ctx, filepath.Join(into, name))
		if err != nil {
			return manifest{}, nil, err
		}
		m.members = append(m.members, x)
	}
	return m, key, nil
}

func codeOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Code
	}
	return ""
}

// copyDatabase has SQLite write one moment of the database anew. What was deleted is not in
// the copy. The reader holds nobody up: who writes meanwhile writes to the log file.
func copyDatabase(ctx context.Context, dir, into string) error {
	from, err := filepath.Abs(filepath.Join(dir, databaseFile))
	if err == nil {
		_, err = os.Stat(from)
	}
	if err != nil {
		return unreadable(err, dir)
	}
	release, alone := keepWritersOut(dir)
	defer release()
	_, wal := os.Stat(from + "-wal")
	db, err := openForCopy(from, alone && errors.Is(wal, fs.ErrNotExist))
	if err != nil {
		return fail(err)
	}
	defer db.Close()
	to := filepath.Join(into, databaseFile)
	if err := makePrivate(to); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, to)
	if err = fail(err); codeOf(err) == "store.unwritable" { // only reading was asked of the directory
		return unreadable(err, dir)
	}
	return err
}

// copyKey copies the secret half and derives the public one, which a crash may have left
// unwritten.
func copyKey(dir, into string) (note.Signer, error) {
	secret, err := os.ReadFile(filepath.Join(dir, keyFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.Damaged, "store.key-missing", filepath.Join(dir, keyFile))
	case err != nil:
		return nil, unreadable(err, dir)
	}
	public, err := publicHalf(strings.TrimSpace(string(secret)))
	if err != nil {
		return nil, fault.Wrap(err, fault.Damaged, "store.key", filepath.Join(dir, keyFile))
	}
	there, err := os.ReadFile(filepath.Join(dir, publicFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unreadable(err, dir)
	}
	if err == nil && strings.TrimSpace(string(there)) != public {
		return nil, fault.New(fault.Damaged, "store.key", filepath.Join(dir, publicFile))
	}
	if err := os.WriteFile(filepath.Join(into, keyFile), secret, private); err != nil {
		return nil, err
	}
	return readKey(into, strings.TrimSpace(string(secret)))
}

// sumFile reads a file once.
func sumFile(ctx context.Context, name string) (member, error) {
	f, err := os.Open(name)
	if err != nil {
		return member{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, heeding{ctx, f})
	return member{filepath.Base(name), n, [sha256.Size]byte(h.Sum(nil))}, err
}

// heeding is a reader that stops when somebody asks.
type heeding struct {
	ctx  context.Context
	from io.Reader
}

func (r heeding) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

// pack writes the backup and sees it to the disk.
func pack(ctx context.Context, file, from string, m manifest, key note.Signer) (int64, error) {
	signed, err := m.sign(key)
	if err != nil {
		return 0, err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, private)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	w := tar.NewWriter(f)
	err = packMember(w, m, member{name: manifestFile, size: int64(len(signed))}, bytes.NewReader(signed))
	for _, x := range m.members {
		if err == nil {
			err = packFile(ctx, w, m, x, from)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return 0, err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	return size, errors.Join(err, f.Close())
}

func packFile(ctx context.Context, w *tar.Writer, m manifest, x member, from string) error {
	f, err := os.Open(filepath.Join(from, x.name))
	if err != nil {
		return err
	}
	defer f.Close()
	return packMember(w, m, x, heeding{ctx, f})
}

func packMember(w *tar.Writer, m manifest, x member, from io.Reader) error {
	if err := w.WriteHeader(&tar.Header{Name: x.name, Mode: private, Size: x.size, ModTime: m.made, Typeflag: tar.TypeReg}); err != nil {
		return err
	}
	_, err := io.Copy(w, from)
	return err
}
