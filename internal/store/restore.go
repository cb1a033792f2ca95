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

	"github.com/wakachi/wakachi/internal/fault"
)

// Restore makes a data directory of a backup, where there is none or an empty one. The
// backup's sums are compared first, then everything in it with everything else, as Check
// does, in a place of its own; only then does it take its name. Whatever goes wrong before,
// nothing is left. It never holds the database in memory.
//
// A backup of an older version is brought up to this one.
//
// What it cannot find: that the backup is older than another, or that somebody who holds
// the key in it made it anew. Its root can be compared with a checkpoint from elsewhere.
//
// Errors: fault.Conflict for a directory that is not empty, fault.Invalid for a file that
// is no backup, fault.Damaged for one that was cut or altered, fault.Unsupported for one of
// a newer version, fault.NotFound and fault.Unavailable.
func Restore(ctx context.Context, file, dir string, o Options) (Copy, error) {
	f, err := os.Open(file)
	if err != nil {
		return Copy{}, openFault(err, file)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return Copy{}, fault.Wrap(err, fault.Invalid, "store.backup-foreign", file)
	}
	b, err := beginBackup(ctx, file, f)
	if err != nil {
		return Copy{}, err
	}
	t, err := takeTarget(dir)
	if err != nil {
		return Copy{}, diskFault(err, "store.restore-write", dir)
	}
	defer t.leave()
	c, err := b.restore(ctx, t.stage, o)
	if err == nil {
		err = t.place()
	}
	if err != nil {
		return Copy{}, diskFault(err, "store.restore-write", dir)
	}
	return c, nil
}

func openFault(err error, file string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.NotFound, "store.backup-open", file)
	}
	return fault.Wrap(err, fault.Unavailable, "store.backup-open", file)
}

// A backup is a file that is being restored, its manifest verified.
type backup struct {
	file     string
	counted  *counted
	tar      *tar.Reader
	manifest manifest
	public   []byte
}

// counted counts what was read, so that a missing end shows.
type counted struct {
	from   io.Reader
	n      int64
	failed error // other than the end
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	if err != nil && err != io.EOF {
		c.failed = err
	}
	return n, err
}

// beginBackup reads as far as the manifest can be trusted. Nothing is written yet.
func beginBackup(ctx context.Context, file string, from io.Reader) (*backup, error) {
	c := &counted{from: heeding{ctx, from}}
	b := &backup{file: file, counted: c, tar: tar.NewReader(c)}
	h, err := b.tar.Next()
	if c.failed != nil {
		return nil, b.broken(err, manifestFile)
	}
	if err != nil || h.Name != manifestFile || h.Typeflag != tar.TypeReg || h.Size > maxManifest {
		return nil, fault.Wrap(err, fault.Invalid, "store.backup-foreign", file)
	}
	signed, err := io.ReadAll(b.tar)
	if err != nil {
		return nil, b.broken(err, manifestFile)
	}
	form, ours := bytes.CutPrefix(signed, []byte(manifestFirst))
	if !ours {
		return nil, fault.New(fault.Invalid, "store.backup-foreign", file)
	}
	if line, _, _ := bytes.Cut(form, []byte("\n")); string(line) != manifestForm && len(line) < 5 {
		return nil, fault.New(fault.Unsupported, "store.backup-form", file)
	}
	if err := b.next(publicFile, maxKey); err != nil {
		return nil, err
	}
	if b.public, err = io.ReadAll(b.tar); err != nil {
		return nil, b.broken(err, publicFile)
	}
	if b.manifest, err = openManifest(signed, b.public); err != nil {
		return nil, b.altered(err, manifestFile)
	}
	if sha256.Sum256(b.public) != b.manifest.members[0].sum {
		return nil, b.altered(nil, publicFile)
	}
	return b, nil
}

func (b *backup) altered(err error, name string) error {
	return fault.Wrap(err, fault.Damaged, "store.backup-altered", b.file, name)
}

// broken says what a failure to read means: a disk that fails, a file that ends too early,
// or one that is no longer as it was.
func (b *backup) broken(err error, name string) error {
	switch {
	case b.counted.failed != nil:
		return diskFault(b.counted.failed, "store.backup-open", b.file)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fault.Wrap(err, fault.Damaged, "store.backup-cut", b.file)
	}
	return b.altered(err, name)
}

// next goes to the member that must come now. A member of another name, wherever it would
// go, is never written.
func (b *backup) next(name string, most int64) error {
	h, err := b.tar.Next()
	if err != nil {
		return b.broken(err, name)
	}
	if h.Name != name || h.Typeflag != tar.TypeReg || h.Size > most {
		return b.altered(nil, name)
	}
	return nil
}

// restore writes the members into an empty directory and looks through what they make.
func (b *backup) restore(ctx context.Context, stage string, o Options) (Copy, error) {
	if err := writeWhole(filepath.Join(stage, publicFile), b.public); err != nil {
		return Copy{}, err
	}
	for _, x := range b.manifest.members[1:] {
		if err := b.unpack(x, filepath.Join(stage, x.name)); err != nil {
			return Copy{}, err
		}
	}
	if err := b.end(); err != nil {
		return Copy{}, err
	}
	secret, err := os.ReadFile(filepath.Join(stage, keyFile))
	if err != nil {
		return Copy{}, err
	}
	if _, err := readKey(stage, strings.TrimSpace(string(secret))); err != nil {
		return Copy{}, b.altered(err, keyFile)
	}
	r, err := b.look(ctx, stage, o)
	if err != nil {
		return Copy{}, err
	}
	c := b.manifest.copied(b.counted.n)
	if c.Looked && (r.Entries != c.Entries || r.Root != c.Root) {
		return Copy{}, b.altered(nil, databaseFile)
	}
	c.Entries, c.Root, c.Looked = r.Entries, r.Root, true
	return c, nil
}

// unpack writes one member and compares its sum.
func (b *backup) unpack(x member, to string) error {
	if err := b.next(x.name, x.size); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, private)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(writing{f}, h), b.tar)
	if failed, ok := errors.AsType[*unwritten](err); ok {
		return failed.err
	}
	if err != nil {
		return b.broken(err, x.name)
	}
	if n != x.size || [sha256.Size]byte(h.Sum(nil)) != x.sum {
		return b.altered(nil, x.name)
	}
	return errors.Join(f.Sync(), f.Close())
}

// writing marks the errors of the disk that is written to, which are not the backup's fault.
type writing struct{ to io.Writer }

type unwritten struct{ err error }

func (e *unwritten) Error() string { return "store: cannot write" }

func (w writing) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	if err != nil {
		err = &unwritten{err}
	}
	return n, err
}

// end wants the archive's end, two empty blocks, and nothing behind it.
func (b *backup) end() error {
	before := b.counted.n
	if _, err := b.tar.Next(); !errors.Is(err, io.EOF) {
		if err == nil {
			return b.altered(nil, manifestFile) // a member that it does not name
		}
		return b.broken(err, databaseFile)
	}
	const trailer = 2 * 512
	if b.counted.n-before < trailer {
		return b.broken(io.ErrUnexpectedEOF, databaseFile)
	}
	if n, err := io.ReadFull(b.counted, make([]byte, 1)); n > 0 || err != io.EOF {
		return b.altered(err, databaseFile)
	}
	return nil
}

// look brings a database of an older version up to this one and checks what there is.
func (b *backup) look(ctx context.Context, stage string, o Options) (Report, error) {
	r, err := Check(ctx, stage, nil)
	if codeOf(err) == "store.older" {
		var s *Store
		if s, err = Open(ctx, stage, o); err == nil {
			err = s.Close()
		}
		if _, there := os.Stat(filepath.Join(stage, databaseFile+"-wal")); err == nil && there == nil {
			err = fault.New(fault.Unavailable, "store.busy") // what stands there would stay behind
		}
		if err == nil {
			r, err = Check(ctx, stage, nil)
		}
	}
	switch {
	case codeOf(err) == "store.no-store": // cannot be: it was just written
		return Report{}, fault.Wrap(err, fault.Internal, "store.internal")
	case err != nil:
		return Report{}, err
	case len(r.Faults) > 0:
		return Report{}, fault.New(fault.Damaged, "store.backup-damaged", b.file, strconv.Itoa(len(r.Faults)))
	}
	return r, nil
}
