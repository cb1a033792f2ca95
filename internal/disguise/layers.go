package disguise

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of one decoding. What they cut off makes the answer incomplete, never silent.
const (
	maxDepth      = 3       // encodings inside one another
	workFactor    = 48      // decoded bytes for each byte of input
	workAllowance = 1 << 20 // and this many besides
	maxInflated   = 64 << 10
)

// A Layer is one piece of text that stands decoded inside another.
type Layer struct {
	Text       string   // decoded text; NUL bytes stand for what did not decode to text
	Encodings  []string // from the outside in, such as ["percent","base64"]
	Start, End int      // byte span in the original text that Text was decoded from
}

// Decode unwraps every encoding that text, or a part of it, may be in, up to three deep,
// the original text left out. Guesses that decode to readable text are among them, so a
// layer is a possible reading, not a fact. complete is false when the text asked for more
// work than the bounds allow; the caller must then treat it as not understood.
func Decode(text string) (layers []Layer, complete bool) {
	p := peeler{}
	complete = p.walk(text, func(l *layer) bool {
		if l.at != nil {
			layers = append(layers, Layer{l.text, l.chain, l.root(0), l.root(len(l.text))})
		}
		return true
	})
	return layers, complete
}

// A layer is text with the offsets of its bytes in the original.
type layer struct {
	text  string
	at    []int32 // one more than text has bytes; nil: the original itself
	chain []string
	depth int
	guess bool   // decoded at a guessed place: readable stretches between NUL bytes
	trial *trial // the piece it came from, if that may be remembered
}

func (l *layer) root(i int) int {
	if l.at == nil {
		return i
	}
	return int(l.at[i])
}

// A peeler walks the layers of one text, nearest first.
type peeler struct {
	finder   *Finder // when set, guesses that hold no term and lead to nothing are not followed
	thorough bool    // no shortcut is taken: how the shortcuts are tested
	decoders [16]decoder
	queue    []*layer
	seen     map[uint64]*trial // texts at their places, and which led there first
	seed     maphash.Seed
	left     int // of the bound on work
	cut      bool
	trial    *trial   // what is decoded at present, of which the layers are below
	trials   []*trial // those that led to layers
	buf      []byte   // scratch of the base-N decoders
	six      []byte
	// scratch is reused for every supposed character set.
	scratch reading
	found   stretches
}

// walk visits text and everything decoded from it. It stops when visit says false, and
// returns false when the bounds cut something off.
func (p *peeler) walk(text string, visit func(*layer) bool) bool {
	p.left = workFactor*len(text) + workAllowance
	root := &layer{text: text}
	p.queue = append(p.queue[:0], root)
	if !utf8.ValidString(text) {
		p.charsets(root, []byte(text), source{}, nil, 0)
	}
	for len(p.queue) > 0 {
		l := p.queue[0]
		p.queue = p.queue[1:]
		p.trial = l.trial
		if !visit(l) {
			return true
		}
		if l.depth >= maxDepth {
			continue
		}
		for _, decode := range decodersFor(p.survey(l.text), p.decoders[:0]) {
			decode(p, l)
		}
	}
	if !p.cut {
		for _, t := range p.trials {
			t.remember()
		}
	}
	return !p.cut
}

// emit queues text decoded from parent. from holds, for each byte of text and for its
// end, the offset in parent; it is copied.
func (p *peeler) emit(parent *layer, kinds []string, text []byte, from []int32, depth int, guess bool) {
	if len(text) == 0 {
		return
	}
	if !p.charge(len(text)+16) || guess && p.idle(text, depth) {
		return
	}
	l := &layer{text: string(text), depth: depth, guess: guess, at: make([]int32, len(text)+1)}
	for i := range l.at {
		l.at[i] = int32(parent.root(int(from[i])))
	}
	if p.seen == nil {
		p.seen, p.seed = map[uint64]*trial{}, maphash.MakeSeed()
	}
	key := maphash.String(p.seed, l.text) ^ uint64(l.at[0])*0x9e3779b97f4a7c15
	if first, known := p.seen[key]; known {
		if first != p.trial {
			p.trial.bearsFruit() // the other piece might
		}
		return
	}
	p.seen[key] = p.trial
	if l.trial = p.trial; l.trial != nil {
		l.trial.layers++
	}
	l.chain = append(slices.Clip(slices.Clone(parent.chain)), kinds...)
	p.queue = append(p.queue, l)
}

// plain is for decoders that know where their encoding begins: the bytes are text as they
// stand, or text in an older character set.
func (p *peeler) plain(parent *layer, kind string, text []byte, from []int32) {
	p.emit(parent, []string{kind}, text, from, parent.depth+1, false)
	if !utf8.Valid(text) || slices.Contains(text, 0) {
		p.charsets(parent, text, source{list: from}, []string{kind}, parent.depth+1)
	}
}

// guessed is for decoders that only suppose an encoding: readable stretches are kept.
func (p *peeler) guessed(parent *layer, kind string, data []byte, from source) {
	p.readableUTF8(parent, kind, data, from)
	p.charsets(parent, data, from, []string{kind}, parent.depth+1)
	p.inflate(parent, kind, data, from)
}

// readableUTF8 emits the stretches of data that are UTF-8.
func (p *peeler) readableUTF8(parent *layer, kind string, data []byte, from source) {
	if !mayRead(data) {
		return
	}
	out := &p.found
	out.data, out.from, out.text, out.at = data, from, out.text[:0], out.at[:0]
	if out.utf8() {
		p.emit(parent, []string{kind}, out.text, out.at, parent.depth+1, true)
	}
}

// stretches collects the readable parts of bytes, with NUL between them.
type stretches struct {
	data []byte
	from source
	text []byte
	at   []int32
}

func (s *stretches) separate(i int) {
	if len(s.text) > 0 {
		s.text, s.at = append(s.text, 0), append(s.at, s.from.origin(i))
	}
}

func (s *stretches) close(i int) bool {
	s.at = append(s.at, s.from.origin(i))
	return len(s.text) > 0
}

const minStretch = 4 // shorter readable stretches are noise, unless they are all there is

// mayRead is false when data certainly has no readable stretch: bytes that can be no part of a
// readable character, or not behind what is before them, come too often.
func mayRead(data []byte) bool {
	t := runs()
	last, before := -1, runReadable // the last such byte, and the class of the byte before
	for i, c := range data {
		class := t.class[c] & (runReadable | runLead | runTrail)
		broken := last
		switch {
		case class == 0, class == runTrail && before&(runLead|runTrail) == 0:
			broken = i
		case class != runTrail && before == runLead:
			broken = i - 1
		}
		if broken-last > minStretch {
			return true
		}
		last, before = broken, class
	}
	return len(data)-last > minStretch || last < 0 && len(data) > 2
}

// utf8 keeps the stretches of printable UTF-8.
func (s *stretches) utf8() bool {
	end := 0
	for i := 0; i < len(s.data); {
		j := i
		for j < len(s.data) {
			n := printable(s.data[j:])
			if n == 0 {
				break
			}
			j += n
		}
		if j-i >= minStretch || j-i == len(s.data) && j > 2 {
			s.separate(i)
			for k := i; k < j; k++ {
				s.text, s.at = append(s.text, s.data[k]), append(s.at, s.from.origin(k))
			}
			end = j
		}
		i = j + 1
	}
	return s.close(end)
}

// printable is the length of the readable character that b begins with, or 0.
func printable(b []byte) int {
	c := b[0]
	switch {
	case c >= 0x20 && c < 0x7f || c == '\t' || c == '\n' || c == '\r':
		return 1
	case c < 0xc2:
		return 0
	}
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError || r < 0xa0 || r >= 0xe000 && r < 0xf900 {
		return 0
	}
	return n
}

// tagDecoder takes markup out, so that a name with tags in it reads on.
func tagDecoder(p *peeler, l *layer) {
	i := strings.IndexByte(l.text, '<')
	if i < 0 {
		return
	}
	w := splice{l: l, p: p, kind: "tags"}
	for i >= 0 && i < len(l.text) {
		if n := tagLength(l.text[i:]); n > 0 {
			w.replace(i, n, nil)
			i += n
		} else {
			i++
		}
		j := strings.IndexByte(l.text[i:], '<')
		if j < 0 {
			break
		}
		i += j
	}
	w.flush()
}

func tagLength(s string) int {
	if len(s) < 3 || s[1] != '/' && s[1] != '!' && (s[1]|0x20 < 'a' || s[1]|0x20 > 'z') {
		return 0
	}
	if len(s) > 256 {
		s = s[:256]
	}
	return strings.IndexByte(s, '>') + 1
}

// splice rewrites escapes inside text and emits the neighbourhood of each, joined where
// neighbourhoods touch, so that its output is never longer than the text.
type splice struct {
	l    *layer
	p    *peeler
	kind string
	out  []byte
	from []int32
	done int // end of what was copied from l.text
	last int // end of the last escape
	open bool
}

const neighbourhood = 96

func (w *splice) replace(i, n int, with []byte) {
	text := w.l.text
	if w.open && i-w.last > 2*neighbourhood {
		w.flush()
	}
	if !w.open {
		start := max(w.done, i-neighbourhood)
		for start < i && !utf8.RuneStart(text[start]) {
			start++
		}
		w.done, w.open = start, true
	}
	w.copyTo(i)
	for range with {
		w.from = append(w.from, int32(i))
	}
	w.out = append(w.out, with...)
	w.done, w.last = i+n, i+n
}

func (w *splice) copyTo(end int) {
	for k := w.done; k < end; k++ {
		w.out, w.from = append(w.out, w.l.text[k]), append(w.from, int32(k))
	}
	w.done = end
}

func (w *splice) flush() {
	if !w.open {
		return
	}
	end := min(len(w.l.text), w.last+neighbourhood)
	for end < len(w.l.text) && !utf8.RuneStart(w.l.text[end]) {
		end++
	}
	w.copyTo(end)
	w.from = append(w.from, int32(end))
	w.p.plain(w.l, w.kind, w.out, w.from)
	w.out, w.from, w.open = w.out[:0], w.from[:0], false
}
