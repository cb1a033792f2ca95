package disguise

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"io"
	"strings"
	"sync"

	"golang.org/x/net/idna"
)

// mimeDecoder reads encoded-words; neighbours are joined, for a name may be cut between them.
// SPEC: RFC 2047 §2, §6.2
func mimeDecoder(p *peeler, l *layer) {
	s := l.text
	if !strings.Contains(s, "=?") {
		return
	}
	w := splice{l: l, p: p, kind: "mime"}
	for i, after := 0, -1; i < len(s); {
		j := strings.Index(s[i:], "=?")
		if j < 0 {
			break
		}
		j += i
		data, n := encodedWord(s[j:])
		if n == 0 {
			i = j + 2
			continue
		}
		if after >= 0 && strings.TrimSpace(s[after:j]) == "" && after < j {
			w.replace(after, j-after, nil)
		}
		w.replace(j, n, data)
		i, after = j+n, j+n
	}
	w.flush()
}

func encodedWord(s string) ([]byte, int) {
	parts := strings.SplitN(s[2:min(len(s), 2048)], "?", 4)
	if len(parts) < 4 || len(parts[0]) == 0 || len(parts[0]) > 40 || !strings.HasPrefix(parts[3], "=") {
		return nil, 0
	}
	n := 2 + len(parts[0]) + 1 + len(parts[1]) + 1 + len(parts[2]) + 2
	switch parts[1] {
	case "b", "B":
		data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(parts[2], "="))
		if err != nil && len(data) == 0 {
			return nil, 0
		}
		return data, n
	case "q", "Q":
		var out []byte
		for i := 0; i < len(parts[2]); {
			c := parts[2][i]
			if c == '=' {
				if b, size := hexByte(parts[2][i:], 1); size > 0 {
					out = append(out, b...)
					i += size
					continue
				}
			}
			if c == '_' {
				c = ' '
			}
			out = append(out, c)
			i++
		}
		return out, n
	}
	return nil, 0
}

// punycodeDecoder reads the labels of internationalised names.
func punycodeDecoder(p *peeler, l *layer) {
	s := l.text
	if !strings.Contains(s, "--") {
		return
	}
	w := splice{l: l, p: p, kind: "punycode"}
	for i := 0; i+4 < len(s); i++ {
		j := strings.Index(s[i:], "--")
		if j < 0 {
			break
		}
		if i += j; i < 2 || !strings.EqualFold(s[i-2:i], "xn") {
			i++
			continue
		}
		lo, hi := i-2, i+2
		for hi < len(s) && hi-lo < 63 && (s[hi] == '-' || isAlnum(s[hi])) {
			hi++
		}
		if name, err := idna.Punycode.ToUnicode(strings.ToLower(s[lo:hi])); err == nil && name != s[lo:hi] {
			w.replace(lo, hi-lo, []byte(name))
		}
		i = hi - 1
	}
	w.flush()
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

const (
	minDeflated = 16
	maxAttempts = 4   // places in one run of bytes where compressed data may begin
	attemptCost = 512 // of the bound on work, for each
)

// deflaters spares each attempt the 40 KB a reader takes.
var deflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// inflate looks into bytes that hold gzip or zlib, wherever it begins, or that are bare
// deflate, as PowerShell droppers write it.
func (p *peeler) inflate(parent *layer, kind string, data []byte, from source) {
	attempts := 0
	for i := 0; i+minDeflated <= len(data) && attempts < maxAttempts; i++ {
		var r io.Reader
		name := "gzip"
		switch {
		case data[i] == 0x1f && data[i+1] == 0x8b && data[i+2] == 8:
			if z, err := gzip.NewReader(bytes.NewReader(data[i:])); err == nil {
				z.Multistream(false) // what is glued behind it is not its business
				r = z
			}
		case data[i] == 0x78 && (int(data[i])<<8|int(data[i+1]))%31 == 0 && data[i+1]&0x20 == 0:
			name = "zlib"
			if z, err := zlib.NewReader(bytes.NewReader(data[i:])); err == nil {
				r = z
			}
		case i == 0 && (data[0]&6 == 2 || data[0]&6 == 4) && 4*high(data) > len(data):
			name = "deflate"
			z := deflaters.Get().(io.ReadCloser) // the pool holds nothing else
			defer deflaters.Put(z)
			if err := z.(flate.Resetter).Reset(bytes.NewReader(data), nil); err == nil {
				r = z
			}
		}
		if r != nil {
			attempts++
			p.spend(attemptCost)
			p.inflated(parent, []string{kind, name}, r, from.origin(i), from.origin(len(data)))
		}
	}
}

// inflated reads what r unpacks, as far as the bound lets it, and emits it.
func (p *peeler) inflated(parent *layer, kinds []string, r io.Reader, start, end int32) {
	text, err := io.ReadAll(io.LimitReader(r, maxInflated+1))
	if len(text) < minStretch || err != nil && len(text) < 4*minDeflated {
		return
	}
	if len(text) > maxInflated {
		p.cut = true
		text = text[:maxInflated]
	}
	span := make([]int32, len(text)+1)
	for i := range span {
		span[i] = start
	}
	span[len(text)] = end
	out := stretches{data: text, from: source{list: span}}
	if out.utf8() {
		out.at[len(out.at)-1] = end
		p.emit(parent, kinds, out.text, out.at, parent.depth+1, true)
	}
	p.charsets(parent, text, source{list: span}, kinds, parent.depth+1)
}
