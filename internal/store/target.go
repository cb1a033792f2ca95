package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wakachi/wakachi/internal/fault"
)

// A target is the place of a data directory that is to come. Until place, what is written
// stands in stage, on the same disk.
//
// A directory that is missing is made by one rename. One that is there and empty stays what
// it is, since it may be a disk of its own or have an owner; its files are moved in with the
// database last: without that there is no store.
type target struct {
	dir   string
	stage string
	lock  *os.File // of an empty directory, held so that no server starts in it; nil for a missing one
	moved []string
	done  bool
}

// takeTarget makes the stage. The directory above must be there: one that was made would
// have to be removed again.
func takeTarget(dir string) (*target, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	t := &target{dir: dir}
	switch empty, err := emptyDirectory(dir); {
	case errors.Is(err, fs.ErrNotExist):
		t.stage, err = os.MkdirTemp(filepath.Dir(dir), ".wakachi-restore-*")
		return t, err
	case err != nil:
		return nil, err
	case !empty:
		return nil, fault.New(fault.Conflict, "store.restore-target", dir)
	}
	if t.lock, err = lockForWriting(dir); err != nil {
		return nil, err
	}
	if t.stage, err = os.MkdirTemp(dir, ".wakachi-restore-*"); err != nil {
		t.leave()
		return nil, err
	}
	return t, nil
}

// emptyDirectory says whether nothing is in it. What is no directory is not empty.
func emptyDirectory(dir string) (bool, error) {
	info, err := os.Stat(dir)
	if err != nil {
		if _, link := os.Lstat(dir); link == nil && errors.Is(err, fs.ErrNotExist) {
			return false, nil // a link to nowhere
		}
		return false, err
	}
	if !info.IsDir() {
		return false, nil
	}
	in, err := os.ReadDir(dir)
	return len(in) == 0, err
}

// place gives the directory its name, or its files theirs.
func (t *target) place() error {
	if err := syncDirectory(t.stage); err != nil {
		return err
	}
	if t.lock == nil {
		if err := os.Rename(t.stage, t.dir); err != nil {
			if _, there := os.Lstat(t.dir); there == nil {
				return fault.Wrap(err, fault.Conflict, "store.restore-target", t.dir)
			}
			return err
		}
		t.done = true
		return syncDirectory(filepath.Dir(t.dir))
	}
	for _, name := range inBackup {
		to := filepath.Join(t.dir, name)
		if _, err := os.Lstat(to); err == nil {
			return fault.New(fault.Conflict, "store.restore-target", t.dir)
		}
		if err := os.Rename(filepath.Join(t.stage, name), to); err != nil {
			return err
		}
		t.moved = append(t.moved, to)
	}
	t.done = true
	return syncDirectory(t.dir)
}

// leave removes what is not to stay.
func (t *target) leave() {
	if t.stage != "" {
		os.RemoveAll(t.stage)
	}
	if t.lock == nil {
		return
	}
	if !t.done {
		for _, name := range t.moved {
			os.Remove(name)
		}
		os.Remove(filepath.Join(t.dir, lockFile))
	}
	t.lock.Close()
}
