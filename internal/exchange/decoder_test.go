package exchange_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A reader of drafts that shares no code with package disguise: what this finds decoded in a
// draft, anybody with an afternoon would find.

// readings gives text and everything it decodes to, three encodings deep.
func readings(text string) []string {
	all, seen := []string{text}, map[string]bool{text: true}
	for from, depth := 0, 0; depth < 3; depth++ {
		to := len(all)
		for _, s := range all[from:to] {
			for _, d := range unwrapped(s) {
				if !seen[d] && len(all) < 4000 {
					seen[d] = true
					all = append(all, d)
				}
			}
		}
		from = to
	}
	return all
}

var (
	escapes    = regexp.MustCompile(`\\+u\{?([0-9a-fA-F]{4})\}?`)
	byteEscape = regexp.MustCompile(`\\+x([0-9a-fA-F]{2})`)
	percents   = regexp.MustCompile(`(?:%[0-9a-fA-F]{2})+`)
	base64Runs = regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}`)
	hexRuns    = regexp.MustCompile(`[0-9a-fA-F]{8,}`)
)

func unwrapped(s string) []string {
	var out []string
	add := func(d string) {
		if d != s {
			out = append(out, d)
		}
	}
	add(percents.ReplaceAllStringFunc(s, func(m string) string {
		d, err := url.PathUnescape(m)
		if err != nil {
			return m
		}
		return d
	}))
	add(html.UnescapeString(s))
	add(unicodeEscapes(s))
	for _, run := range base64Runs.FindAllString(s, -1) {
		run = strings.NewReplacer("-", "+", "_", "/").Replace(run)
		for at := range 4 {
			if at+8 <= len(run) {
				cut := run[at : len(run)-(len(run)-at)%4]
				if data, err := base64.StdEncoding.DecodeString(cut); err == nil {
					out = append(out, texts(data)...)
				}
				if data, err := base64.RawStdEncoding.DecodeString(run[at:]); err == nil {
					out = append(out, texts(data)...)
				}
			}
		}
	}
	for _, run := range hexRuns.FindAllString(s, -1) {
		for at := range 2 { // a digit that stood before it shifts the pairs
			if data, err := hex.DecodeString(run[at : len(run)-(len(run)-at)%2]); err == nil {
				out = append(out, texts(data)...)
			}
		}
	}
	return out
}

func unicodeEscapes(s string) string {
	s = byteEscape.ReplaceAllStringFunc(s, func(m string) string {
		n, _ := strconv.ParseUint(m[len(m)-2:], 16, 8)
		return string([]byte{byte(n)})
	})
	return escapes.ReplaceAllStringFunc(s, func(m string) string {
		n, _ := strconv.ParseUint(escapes.FindStringSubmatch(m)[1], 16, 32)
		return string(rune(n))
	})
}

// texts reads bytes as UTF-8 and as UTF-16 of both orders and phases.
func texts(data []byte) []string {
	out := []string{string(data)}
	for _, phase := range []int{0, 1} {
		for _, low := range []int{0, 1} {
			var units []uint16
			for i := phase; i+1 < len(data); i += 2 {
				units = append(units, uint16(data[i+low])|uint16(data[i+1-low])<<8)
			}
			out = append(out, string(utf16.Decode(units)))
		}
	}
	return out
}

// plain folds what a reader's eye folds: width, case, kana, separators, what cannot be seen.
func plain(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\x00")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 'ぁ' <= r && r <= 'ゖ':
			return r + 'ァ' - 'ぁ'
		case unicode.IsLetter(r) && r != 'ー', unicode.IsDigit(r), r == 0:
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

// leaks says which of the secrets a text shows, and in which reading.
func leaks(text string, secrets []string) (secret, reading string) {
	for _, r := range readings(text) {
		folded := plain(r)
		for _, s := range secrets {
			if p := plain(s); p != "" && strings.Contains(folded, p) {
				return s, r
			}
		}
	}
	return "", ""
}

// stringsOf gives every string of a bundle, keys included and ids left out: those are random
// or digests, and a test of their own holds them.
func stringsOf(t testing.TB, body []byte) []string {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("not JSON: %v", err)
	}
	var out []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if !idForm.MatchString(v) {
				out = append(out, v)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for k, e := range v {
				walk(k)
				walk(e)
			}
		}
	}
	walk(v)
	slices.Sort(out)
	return slices.Compact(out)
}

var idForm = regexp.MustCompile(`^[a-z0-9-]+--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// TestDecoderFindsWhatIsThere keeps the tests below honest: a decoder that finds nothing would
// pass every draft.
func TestDecoderFindsWhatIsThere(t *testing.T) {
	for _, spelling := range []string{"kurobane-kaku", "黒羽架空"} {
		for _, one := range encoders() {
			for _, two := range encoders() {
				hidden := "x/" + two.encode(one.encode(spelling)) + "/y"
				if s, _ := leaks(hidden, []string{spelling}); s == "" {
					t.Errorf("%s in %s of %s not found in %q", spelling, two.name, one.name, hidden)
				}
			}
		}
	}
	if s, r := leaks("https://static-kx7q.example.net/jp/a.dat", []string{"kurobane-kaku", "黒羽架空"}); s != "" {
		t.Errorf("found %q in %q", s, r)
	}
}
