package logfile

import (
	"bufio"
	"compress/bzip2"
	"context"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/mikelolasagasti/xz"
)

// maxWindow bounds the memory a decoder may ask for: what "zstd --ultra -22 --long=27" and
// "xz -9" need.
const maxWindow = 128 << 20

// unpacker gives the decoder of a compression.
func unpacker(c content, src *bufio.Reader) (io.Reader, func(), error) {
	switch c {
	case gzipped:
		r, err := newGzip(src)
		return r, func() {}, err
	case zstandard:
		r, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, err
		}
		return r, r.Close, nil
	case bzipped:
		return bzip2.NewReader(src), func() {}, nil
	case xzipped:
		r, err := xz.NewReader(src, maxWindow)
		return r, func() {}, err
	}
	return nil, nil, errors.New("not packed")
}

// A gzipReader reads all members of a gzip file, and the zeros with which tapes and some
// programs fill up behind them.
type gzipReader struct {
	src *bufio.Reader
	z   *gzip.Reader
}

func newGzip(src *bufio.Reader) (io.Reader, error) {
	z, err := gzip.NewReader(src)
	if err != nil {
		return nil, early(err)
	}
	z.Multistream(false)
	return &gzipReader{src, z}, nil
}

func (g *gzipReader) Read(p []byte) (int, error) {
	for {
		n, err := g.z.Read(p)
		if n > 0 || err == nil {
			if err == io.EOF {
				err = nil
			}
			return n, err
		}
		if err != io.EOF {
			return 0, err
		}
		if err := g.next(); err != nil {
			return 0, err
		}
	}
}

// errTrailing is what stands behind the last member and is none.
var errTrailing = errors.New("something else behind the data")

// next goes to the next member, or gives io.EOF if there is none.
func (g *gzipReader) next() error {
	for {
		head, err := g.src.Peek(1)
		if err != nil {
			return err
		}
		if head[0] != 0 {
			break
		}
		if _, err := g.src.Discard(1); err != nil {
			return err
		}
	}
	if head, err := g.src.Peek(2); err == nil && (head[0] != 0x1F || head[1] != 0x8B) {
		return errTrailing
	}
	if err := g.z.Reset(g.src); err != nil {
		return early(err)
	}
	g.z.Multistream(false)
	return nil
}

// early turns the end of a header that is not all there into what it is.
func early(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// A guard watches what comes out of a decoder: its errors become Troubles, and too much of it
// ends it.
type guard struct {
	ctx  context.Context
	name string
	r    io.Reader
	in   supply
	lim  limits
	out  int64
}

func (g *guard) Read(p []byte) (int, error) {
	if err := g.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := g.r.Read(p)
	g.out += int64(n)
	switch {
	case g.lim.exceeded(g.out, g.in.weight()):
		return n, trouble(TooLarge, g.name, nil)
	case err == nil || err == io.EOF:
		return n, err
	case g.ctx.Err() != nil:
		return n, g.ctx.Err()
	}
	return n, unpackTrouble(g.name, err)
}

// A sticky ends once: who asks again gets the same answer. Decoders may say something else the
// second time, and bufio.Reader forgets what it was told.
type sticky struct {
	r   io.Reader
	err error
}

func (s *sticky) Read(p []byte) (n int, err error) {
	if s.err != nil {
		return 0, s.err
	}
	n, s.err = s.r.Read(p)
	return n, s.err
}
