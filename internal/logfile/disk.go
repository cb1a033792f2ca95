package logfile

import (
	"context"
	"errors"
	"io"
	"os"
)

// onDisk is the origin of a source that is a file.
type onDisk struct{ path string }

func (d onDisk) open(ctx context.Context, name string) (supply, error) {
	f, info, err := openRegular(d.path, name)
	if err != nil {
		return nil, err
	}
	return &fileSupply{ctx: ctx, f: f, name: name, size: info.Size()}, nil
}

// openRegular opens a file that is one. Should it have become a pipe since it was looked at,
// opening does not wait for its other end.
func openRegular(path, name string) (*os.File, os.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|doNotWait, 0)
	if err != nil {
		return nil, nil, diskTrouble(name, err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, nil, diskTrouble(name, err)
	}
	if !info.Mode().IsRegular() {
		f.Close()
		return nil, nil, trouble(Special, name, nil)
	}
	return f, info, nil
}

// A fileSupply reads a file up to the size it had when it was opened.
type fileSupply struct {
	ctx  context.Context
	f    *os.File
	name string
	size int64
	at   int64
	lost bool // it ended before that size
}

func (s *fileSupply) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if s.at >= s.size {
		return 0, io.EOF
	}
	n, err := s.f.Read(p[:min(int64(len(p)), s.size-s.at)])
	s.at += int64(n)
	switch {
	case err == io.EOF && n == 0:
		s.lost = true
		return 0, io.EOF
	case err != nil && err != io.EOF:
		return n, diskTrouble(s.name, err)
	}
	return n, nil
}

func (s *fileSupply) Close() error  { return s.f.Close() }
func (s *fileSupply) weight() int64 { return s.at }

func (s *fileSupply) settle() *Trouble {
	if s.lost {
		return trouble(Shrank, s.name, nil)
	}
	return sizeTrouble(s.f, s.name, s.size)
}

// sizeTrouble says whether a file has another size than when it was opened.
func sizeTrouble(f *os.File, name string, size int64) *Trouble {
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil
	case info.Size() < size:
		return trouble(Shrank, name, nil)
	case info.Size() > size:
		return trouble(Grew, name, nil)
	}
	return nil
}

// A File is a plain source, open to be read at any offset by several goroutines at once.
type File struct {
	f    *os.File
	name string
	size int64
}

// OpenAt opens a plain source. Its errors are *Trouble; a source that is not Plain gives one
// with the code Unsupported.
func (s Source) OpenAt() (*File, error) {
	d, ok := s.origin.(onDisk)
	if !ok || !s.Plain {
		return nil, trouble(Unsupported, s.Name, errors.New("not plain"))
	}
	f, info, err := openRegular(d.path, s.Name)
	if err != nil {
		return nil, err
	}
	return &File{f: f, name: s.Name, size: info.Size()}, nil
}

// Size gives the size when it was opened. What is added later is not read.
func (f *File) Size() int64 { return f.size }

// ReadAt reads as io.ReaderAt does, up to Size. Its errors but io.EOF are *Trouble: Shrank where
// there is nothing any more before that.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= f.size {
		return 0, io.EOF
	}
	short := int64(len(p)) > f.size-off
	n, err := f.f.ReadAt(p[:min(int64(len(p)), f.size-off)], off)
	switch {
	case err == io.EOF && off+int64(n) < f.size:
		t := trouble(Shrank, f.name, nil)
		t.Offset = off + int64(n)
		return n, t
	case err != nil && err != io.EOF:
		t := diskTrouble(f.name, err)
		t.Offset = off + int64(n)
		return n, t
	case short:
		return n, io.EOF
	}
	return n, nil
}

// Settle says, when all was read, whether the file changed its size since it was opened: Grew,
// Shrank, or nil.
func (f *File) Settle() *Trouble { return sizeTrouble(f.f, f.name, f.size) }

// Close closes the file.
func (f *File) Close() error { return f.f.Close() }

// standardInput is the origin of "-". It can be read once.
type standardInput struct{ r io.Reader }

func (s standardInput) open(ctx context.Context, _ string) (supply, error) {
	return &pipeSupply{ctx: ctx, r: s.r}, nil
}

// A pipeSupply reads until the other side is done.
type pipeSupply struct {
	ctx context.Context
	r   io.Reader
	at  int64
}

func (s *pipeSupply) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	s.at += int64(n)
	return n, err
}

func (s *pipeSupply) Close() error     { return nil }
func (s *pipeSupply) weight() int64    { return s.at }
func (s *pipeSupply) settle() *Trouble { return nil }
