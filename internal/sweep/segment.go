package sweep

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/logline"
)

// A segment is a part of one log that one goroutine looks through.
type segment struct {
	log         *Log
	format      logline.Format
	clock       logline.Clock
	at          io.ReaderAt // of a plain log
	from, limit int64
	last        bool // of its log
	result      chan *found
	close       func() error
}

// length is the segment's share of the log as it lies.
func (g *segment) length() int64 {
	if g.at != nil {
		return g.limit - g.from
	}
	return max(0, g.log.Length)
}

// counted is how often one value stands in one segment.
type counted struct {
	hits, undated int64
	first, last   time.Time
	number        int64 // of the first line
}

// found is what looking through one segment gave.
type found struct {
	cover   Cover
	before  time.Time // the last time seen
	start   time.Time // the first
	counts  map[hunt.ID]*counted
	order   []hunt.ID // of first hits
	handed  []handed
	trouble error
}

// handed is a hit that may be handed on. Its line number counts from the segment's beginning.
type handed struct {
	id  hunt.ID
	hit Hit
}

// A searcher looks through segments, one after the other.
type searcher struct {
	job  *Job
	hunt *hunt.Hunt
}

// search looks through one segment.
func (s *searcher) search(ctx context.Context, g *segment) *found {
	f := &found{counts: map[hunt.ID]*counted{}, cover: Cover{Log: g.log.Label, Stamp: g.log.Stamp, Exact: s.job.Full}}
	if g.at != nil {
		s.hunt.Start(g.from, g.limit)
		f.trouble = s.read(ctx, g, f, io.NewSectionReader(g.at, max(0, g.from-1), 1<<62))
		return f
	}
	in, err := g.log.Open(ctx)
	if err != nil {
		f.trouble = err
		return f
	}
	defer in.Close()
	ahead := readAhead(in)
	defer ahead.stop()
	s.hunt.Start(0, -1)
	f.trouble = s.read(ctx, g, f, ahead)
	return f
}

// read takes a text through the hunt. What came before an error has been looked through.
func (s *searcher) read(ctx context.Context, g *segment, f *found, in io.Reader) error {
	for {
		n, err := readFull(in, s.room())
		if ctx.Err() != nil {
			return ctx.Err()
		}
		end := err != nil
		if g.format.Kind == "" && n > 0 {
			g.format = logline.Recognise(s.hunt.Room()[:n])
		}
		f.cover.Kind = string(g.format.Kind)
		p := s.hunt.Take(n, end, func(h hunt.Hit) { s.hit(g, f, h) })
		s.cover(g, f, p)
		switch {
		case end && err != io.EOF && err != io.ErrUnexpectedEOF:
			return err
		case p.Done:
			f.cover.Whole = true
			return nil
		}
	}
}

// readFull is io.ReadFull in steps: a system call of more than twenty microseconds has the runtime take the processor
// away, and its watchman wake again and again, which costs more than the calls.
func readFull(in io.Reader, room []byte) (n int, err error) {
	for err == nil && n < len(room) {
		var k int
		k, err = io.ReadFull(in, room[n:min(len(room), n+stepBytes)])
		n += k
	}
	return n, err
}

const stepBytes = 64 << 10

// room is as much room as is read at once: no more than a piece, so that what was read is still near
// when it is looked at.
func (s *searcher) room() []byte {
	room := s.hunt.Room()
	return room[:min(len(room), readBytes)]
}

const readBytes = 256 << 10

// cover learns from a piece which times it spans.
func (s *searcher) cover(g *segment, f *found, p hunt.Piece) {
	f.cover.Bytes += int64(len(p.Text))
	if len(p.Text) == 0 {
		return
	}
	f.cover.Lines += int64(p.Lines)
	see := func(line []byte, next bool) bool {
		t, ok := g.format.Time(bytes.TrimRight(line, "\r\n"), g.clock)
		if ok {
			if f.start.IsZero() {
				f.start = t
			}
			f.cover.see(t, &f.before, next)
		}
		return ok
	}
	if s.job.Full {
		for line := range bytes.Lines(p.Text) {
			see(line, true)
		}
		return
	}
	// The first and the last line that have a time: a head, or the rest of an event, has none.
	tries := 0
	for line := range bytes.Lines(p.Text) {
		if tries++; see(line, true) || tries == endLines {
			break
		}
	}
	text := bytes.TrimRight(p.Text, "\r\n")
	for tries = 0; tries < endLines; tries++ {
		i := bytes.LastIndexByte(text, '\n')
		if i < 0 || see(text[i+1:], false) { // the first line was seen from the other end
			break
		}
		text = text[:i]
	}
}

const endLines = 16

// hit counts a hit, and keeps it if it may be handed on.
func (s *searcher) hit(g *segment, f *found, h hunt.Hit) {
	t, dated := g.format.Time(h.Line, g.clock)
	if dated && !within(t, s.job.From, s.job.To) {
		return
	}
	c := f.counts[h.ID]
	if c == nil {
		c = &counted{number: h.Number}
		f.counts[h.ID] = c
		f.order = append(f.order, h.ID)
	}
	c.hits++
	if dated {
		if c.first.IsZero() || t.Before(c.first) {
			c.first = t
		}
		if t.After(c.last) {
			c.last = t
		}
	} else {
		c.undated++
	}
	if s.job.Examples < 0 || c.hits <= int64(s.job.Examples) {
		from := max(0, min(h.Within-maxLine/4, len(h.Line)-maxLine))
		f.handed = append(f.handed, handed{h.ID, Hit{
			Form: h.Form, Log: f.cover.Log, Number: h.Number, Offset: h.Offset, Time: t,
			Line: string(h.Line[from:min(len(h.Line), from+maxLine)]),
		}})
	}
}
