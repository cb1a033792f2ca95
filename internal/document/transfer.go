package document

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/incident"
)

// untransfer undoes a Content-Transfer-Encoding. An unknown one is left as it stands.
func untransfer(body []byte, encoding string) []byte {
	encoding, _, _ = strings.Cut(encoding, ";")
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		if !mostlyBase64(body) {
			return body
		}
		return lenientBase64(body)
	case "quoted-printable":
		return unquote(body)
	}
	return body
}

// mostlyBase64 declines bodies that only claim to be: text would be lost in decoding it.
func mostlyBase64(body []byte) bool {
	foreign := 0
	for _, c := range body {
		if base64Digit(c) || c == '=' || c == '\r' || c == '\n' {
			continue
		}
		foreign++
	}
	return foreign <= len(body)/50
}

func base64Digit(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

// lenientBase64 decodes what there is: blanks and foreign characters are passed over,
// padding ends a stretch, a missing end does not matter.
func lenientBase64(b []byte) []byte {
	out := make([]byte, 0, len(b)/4*3+3)
	var group [4]byte
	n := 0
	end := func() {
		if n > 1 {
			var buf [3]byte
			k, _ := base64.RawStdEncoding.Decode(buf[:], group[:n])
			out = append(out, buf[:k]...)
		}
		n = 0
	}
	for _, c := range b {
		switch {
		case base64Digit(c):
			group[n] = c
			if n++; n == 4 {
				end()
			}
		case c == '=':
			end()
		}
	}
	end()
	return out
}

// unquote decodes quoted-printable. An equals sign that encodes nothing stays.
//
// SPEC: RFC 2045 §6.7.
func unquote(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '=' {
			out = append(out, b[i])
			continue
		}
		if i+2 < len(b) {
			if v, err := strconv.ParseUint(string(b[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		window := b[i+1 : min(len(b), i+80)]
		soft := bytes.TrimLeft(window, " \t")
		blanks := len(window) - len(soft)
		switch {
		case bytes.HasPrefix(soft, []byte("\r\n")):
			i += blanks + 2
		case bytes.HasPrefix(soft, []byte("\n")):
			i += blanks + 1
		case i+1 == len(b):
		default:
			out = append(out, '=')
		}
	}
	return out
}

// readFlowed reads format=flowed: soft breaks are undone, so that an address that was
// broken in two is whole again. A joined line has the number of its first.
//
// SPEC: RFC 3676 §4.
func readFlowed(p *page, text string, delSpace bool) {
	var joined strings.Builder
	first, depth := 0, 0
	end := func() {
		if first > 0 {
			p.add(first, joined.String(), incident.Prose)
		}
		joined.Reset()
		first = 0
	}
	eachLine(text, func(n int, line string) bool {
		body := strings.TrimLeft(line, ">")
		quotes := len(line) - len(body)
		stuffed := strings.TrimPrefix(body, " ")
		if first > 0 && quotes != depth {
			end()
		}
		if first == 0 {
			first, depth = n, quotes
			joined.WriteString(line[:quotes])
			if quotes > 0 {
				joined.WriteByte(' ')
			}
		}
		soft := strings.HasSuffix(stuffed, " ") && stuffed != "-- "
		if soft && delSpace {
			stuffed = stuffed[:len(stuffed)-1]
		}
		joined.WriteString(stuffed)
		if !soft {
			end()
		}
		return p.err == nil
	})
	end()
}
