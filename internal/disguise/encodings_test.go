package disguise

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/net/idna"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// An encoder hides text; "" when it cannot say it.
type encoder struct {
	name   string
	encode func(string) string
}

func percentAll(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02x", c)
	}
	return b.String()
}

func utf16Bytes(s string, order binary.AppendByteOrder) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

func charset(e encoding.Encoding, s string) string {
	out, err := e.NewEncoder().String(s)
	if err != nil {
		return ""
	}
	return out
}

func zipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func zlibbed(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return hex.EncodeToString(b.Bytes())
}

func each(s string, format func(r rune) string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(format(r))
	}
	return b.String()
}

func listed(data []byte, format, between string) string {
	var parts []string
	for _, c := range data {
		parts = append(parts, fmt.Sprintf(format, c))
	}
	return strings.Join(parts, between)
}

func jsonUnits(s string) string {
	return each(s, func(r rune) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, u)
		}
		return b.String()
	})
}

// glued puts text that is base64 too on both sides, so that the alignment is lost.
func glued(n int) func(string) string {
	return func(s string) string { return "aB3xQ"[:n] + base64.RawStdEncoding.EncodeToString([]byte(s)) + "Zz9" }
}

func nested() []encoder {
	return []encoder{
		{"percent", percentAll},
		{"query", url.QueryEscape},
		{"percent-u", func(s string) string { return strings.ReplaceAll(jsonUnits(s), `\u`, "%u") }},
		{"base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
		{"base64url", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
		{"glued-1", glued(1)}, {"glued-2", glued(2)}, {"glued-3", glued(3)},
		{"base32", func(s string) string { return base32.StdEncoding.EncodeToString([]byte(s)) }},
		{"hex", func(s string) string { return hex.EncodeToString([]byte(s)) }},
		{"hex-x", func(s string) string { return listed([]byte(s), `\x%02X`, "") }},
		{"hex-0x", func(s string) string { return listed([]byte(s), "0x%02x", " ") }},
		{"hex-colon", func(s string) string { return listed([]byte(s), "%02x", ":") }},
		{"utf16le", func(s string) string {
			return base64.StdEncoding.EncodeToString(utf16Bytes(s, binary.LittleEndian))
		}},
		{"utf16be-hex", func(s string) string { return hex.EncodeToString(utf16Bytes(s, binary.BigEndian)) }},
		{"json", jsonUnits},
		{"js", func(s string) string { return each(s, func(r rune) string { return fmt.Sprintf(`\u{%x}`, r) }) }},
		{"entity", func(s string) string { return each(s, func(r rune) string { return fmt.Sprintf("&#%d;", r) }) }},
		{"entity-hex", func(s string) string { return each(s, func(r rune) string { return fmt.Sprintf("&#x%X;", r) }) }},
		{"quoted-printable", func(s string) string { return listed([]byte(s), "=%02X", "") }},
		{"octal", func(s string) string { return listed([]byte(s), `\%03o`, "") }},
	}
}

// outermost encoders make sense once, around text.
func outermost() []encoder {
	return []encoder{
		{"utf-7", func(s string) string {
			return "+" + base64.RawStdEncoding.EncodeToString(utf16Bytes(s, binary.BigEndian)) + "-"
		}},
		{"mime-b", func(s string) string { return "=?UTF-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?=" }},
		{"mime-q", func(s string) string { return "=?UTF-8?Q?" + listed([]byte(s), "=%02X", "") + "?=" }},
		{"mime-jis", func(s string) string {
			return "=?ISO-2022-JP?B?" + base64.StdEncoding.EncodeToString([]byte(charset(japanese.ISO2022JP, s))) + "?="
		}},
		{"punycode", func(s string) string {
			out, err := idna.Punycode.ToASCII(strings.ReplaceAll(strings.ToLower(s), " ", ""))
			if err != nil {
				return ""
			}
			return out + ".example"
		}},
		{"decimal", func(s string) string { return listed([]byte(s), "%d", ",") }},
		{"char", func(s string) string { return listed([]byte(s), "chr(%d)", "&") }},
		{"octal-list", func(s string) string { return listed([]byte(s), "%03o", " ") }},
		{"u+", func(s string) string { return each(s, func(r rune) string { return fmt.Sprintf("U+%04X ", r) }) }},
		{"cp932-percent", func(s string) string { return percentAll(charset(japanese.ShiftJIS, s)) }},
		{"cp932-base64", func(s string) string {
			return base64.StdEncoding.EncodeToString([]byte(charset(japanese.ShiftJIS, s)))
		}},
		{"euc-hex", func(s string) string { return hex.EncodeToString([]byte(charset(japanese.EUCJP, s))) }},
		{"jis-base64", func(s string) string {
			return base64.StdEncoding.EncodeToString([]byte(charset(japanese.ISO2022JP, s)))
		}},
		{"latin-1", func(s string) string {
			var b strings.Builder
			for _, c := range []byte(s) {
				b.WriteRune(rune(c))
			}
			return b.String()
		}},
		{"gzip", func(s string) string { return zipped("xx " + s + " the rest of a script that is long enough") }},
		{"zlib", func(s string) string { return zlibbed("xx " + s + " the rest of a script that is long enough") }},
	}
}

var contexts = []string{"%s", "https://cdn.example.net/a/%s/b?x=1", "sid=%s; path=/", `{"id":"%s"}`,
	"powershell -enc %s", `Global\%s`, "CN=%s,O=x", `D:\work\%s\a.pdb`}

// hidden lists what the table tests hide: the profile's own words and some derived ones.
func hiddenWords(terms []Term) []string {
	var list []string
	for _, t := range terms {
		if t.Class != Network && t.Class != Number {
			list = append(list, t.Text)
		}
	}
	return list
}

// bare reports whether a word is too short to be told from chance inside other base64.
func bare(e encoder, word string) bool {
	return strings.HasPrefix(e.name, "glued") && len(word) <= 5
}

func TestEveryTermUnderEveryEncoding(t *testing.T) {
	for _, terms := range [][]Term{manufacturer(), hospital(), retailer()} {
		f := finder(t, terms)
		for _, word := range hiddenWords(terms) {
			for _, e := range append(nested(), outermost()...) {
				hiding := e.encode(word)
				if hiding == "" || bare(e, word) {
					continue
				}
				for _, context := range contexts {
					if text := fmt.Sprintf(context, hiding); !f.Contains(text) {
						t.Errorf("%s %q not found in %s", e.name, word, text)
					}
				}
			}
		}
	}
}

func TestChainsOfEncodings(t *testing.T) {
	words := []string{"東雲架空製作所", "SKM-PC0412", "takanashi", "まほろば", "高梨亮介", "shinonome-kaku.example", "髙梨", "諏訪", "AxisMate"}
	f := finder(t, manufacturer())
	for _, word := range words {
		for _, a := range nested() {
			for _, b := range nested() {
				text := "id=" + b.encode(a.encode(word)) + "&x"
				if !f.Contains(text) {
					t.Errorf("%s in %s: %q not found in %s", a.name, b.name, word, text)
				}
			}
		}
	}
}

func TestChainsOfThree(t *testing.T) {
	f := finder(t, manufacturer())
	for i, word := range []string{"東雲架空", "takanashi", "SKM-PC0412"} {
		for j, a := range nested() {
			for k, b := range nested() {
				for l, c := range nested() {
					if (i+j+k+l)%7 != 0 { // a seventh of them, spread evenly
						continue
					}
					text := "q=" + c.encode(b.encode(a.encode(word)))
					if !f.Contains(text) {
						t.Errorf("%s in %s in %s: %q not found in %.200s", a.name, b.name, c.name, word, text)
					}
				}
			}
		}
	}
}
