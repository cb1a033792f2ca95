package logfile

import (
	"archive/zip"
	"compress/bzip2"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"github.com/mikelolasagasti/xz"
	"golang.org/x/text/encoding/japanese"
)

// Ways in which members may be packed besides deflate.
//
// SPEC: APPNOTE §4.4.5.
const (
	methodBzip2 = 12
	methodZstd  = 93
	methodXZ    = 95
)

// archive takes the members of an archive.
func (w *walk) archive(p place, info fs.FileInfo) {
	box := &box{path: p.path, info: info}
	if err := box.hold(p.path); err != nil {
		w.complain(asTrouble(p.path, err))
		return
	}
	defer box.release()
	z, err := zip.NewReader(box, info.Size())
	if err != nil {
		w.complain(trouble(damage(err), p.path, err))
		return
	}
	register(z)
	if overlaps(z.File, info.Size()) {
		w.complain(trouble(TooLarge, p.path, nil))
		return
	}
	for _, f := range z.File {
		if w.over() {
			return
		}
		w.member(p, box, f)
	}
}

// damage tells an archive that was cut from one that is broken: without its end there is no
// directory.
func damage(err error) Code {
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Truncated
	}
	return Corrupt
}

// overlaps says whether members together take more bytes than the archive has, which only one
// made to unpack without end does.
func overlaps(files []*zip.File, size int64) bool {
	var sum uint64
	for _, f := range files {
		if sum += f.CompressedSize64; f.CompressedSize64 > uint64(size) || sum > uint64(size) {
			return true
		}
	}
	return false
}

// member takes one member.
func (w *walk) member(p place, b *box, f *zip.File) {
	name := memberName(f)
	if strings.HasSuffix(name, "/") || !w.wantedMember(name) {
		return
	}
	full := p.path + "!/" + name
	switch {
	case f.Flags&1 != 0:
		w.complain(trouble(Encrypted, full, nil))
	case !f.Mode().IsRegular():
		w.complain(trouble(Special, full, nil))
	case f.Method != zip.Store && f.Method != zip.Deflate && f.Method != methodBzip2 && f.Method != methodZstd && f.Method != methodXZ:
		w.complain(trouble(Unsupported, full, nil))
	default:
		w.give(Source{
			Name: full, Size: int64(min(f.UncompressedSize64, 1<<62)), ModTime: f.Modified, Compression: Zip, Member: name,
			origin: boxed{b, f, w.o.limits()}, limits: w.o.limits(),
		})
	}
}

func (w *walk) wantedMember(name string) bool {
	if !w.wanted(name) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if w.o.SkipHidden && strings.HasPrefix(part, ".") {
			return false
		}
	}
	return true
}

// memberName gives the name of a member as it can be shown: of the code page of Japanese Windows
// if it is no UTF-8.
func memberName(f *zip.File) string {
	name := f.Name
	if !utf8.ValidString(name) {
		if s, err := japanese.ShiftJIS.NewDecoder().String(name); err == nil {
			name = s
		}
	}
	return shown(strings.ReplaceAll(name, `\`, "/"))
}

// shown makes a name of characters that no terminal obeys.
func shown(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
}

func register(z *zip.Reader) {
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	z.RegisterDecompressor(methodBzip2, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	z.RegisterDecompressor(methodZstd, func(r io.Reader) io.ReadCloser {
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return failing{err}
		}
		return d.IOReadCloser()
	})
	z.RegisterDecompressor(methodXZ, func(r io.Reader) io.ReadCloser {
		d, err := xz.NewReader(r, maxWindow)
		if err != nil {
			return failing{err}
		}
		return io.NopCloser(d)
	})
}

// A failing is a decoder that could not begin.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
func (f failing) Close() error             { return nil }

// A box is the file of an archive, whose directory was read once. It is open while somebody
// holds it, so that thousands of members do not need thousands of files.
type box struct {
	path string
	info fs.FileInfo

	mu      sync.Mutex
	f       *os.File
	holders int
}

// hold opens the file, or shares it if it is open. A file that is another than the one whose
// directory was read is Vanished.
func (b *box) hold(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.holders == 0 {
		f, info, err := openRegular(b.path, name)
		if err != nil {
			return err
		}
		if !os.SameFile(info, b.info) || info.Size() != b.info.Size() {
			f.Close()
			return trouble(Vanished, name, nil)
		}
		b.f = f
	}
	b.holders++
	return nil
}

func (b *box) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.holders--; b.holders == 0 {
		b.f.Close()
		b.f = nil
	}
}

// ReadAt reads the archive. Only who holds the box calls it.
func (b *box) ReadAt(p []byte, off int64) (int, error) {
	b.mu.Lock()
	f := b.f
	b.mu.Unlock()
	if f == nil {
		return 0, fs.ErrClosed
	}
	return f.ReadAt(p, off)
}

// boxed is the origin of a member.
type boxed struct {
	box *box
	f   *zip.File
	lim limits
}

func (o boxed) open(ctx context.Context, name string) (supply, error) {
	if err := o.box.hold(name); err != nil {
		return nil, err
	}
	r, err := o.f.Open()
	if err != nil {
		o.box.release()
		return nil, trouble(Corrupt, name, err)
	}
	return &memberSupply{ctx: ctx, name: name, r: r, o: o, packed: int64(o.f.CompressedSize64)}, nil
}

// A memberSupply reads a member, unpacked. Its weight is what it takes in the archive.
type memberSupply struct {
	ctx    context.Context
	name   string
	r      io.ReadCloser
	o      boxed
	packed int64
	out    int64
	closed bool
}

func (s *memberSupply) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	s.out += int64(n)
	switch {
	case s.o.lim.exceeded(s.out, s.packed):
		return n, trouble(TooLarge, s.name, nil)
	case err == nil || err == io.EOF:
		return n, err
	}
	return n, unpackTrouble(s.name, err)
}

func (s *memberSupply) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.o.box.release()
	s.r.Close() // says again what reading said
	return nil
}

func (s *memberSupply) weight() int64    { return s.packed }
func (s *memberSupply) settle() *Trouble { return nil }
