package disguise

import (
	"encoding/ascii85"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func inRadix(s, alphabet string) string {
	n, base := new(big.Int).SetBytes([]byte(s)), big.NewInt(int64(len(alphabet)))
	var out []byte
	for n.Sign() > 0 {
		var digit big.Int
		n.DivMod(n, base, &digit)
		out = append(out, alphabet[digit.Int64()])
	}
	return backwards(string(out))
}

func underKey(s string, key byte) []byte {
	out := []byte(s)
	for i := range out {
		out[i] ^= key
	}
	return out
}

// rare encodings hide a whole token.
func rare() []encoder {
	const digits, upper, lower = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
	return []encoder{
		{"base58", func(s string) string {
			return inRadix(s, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
		}},
		{"base62", func(s string) string { return inRadix(s, digits+upper+lower) }},
		{"base62-lower", func(s string) string { return inRadix(s, digits+lower+upper) }},
		{"base36", func(s string) string { return inRadix(s, digits+lower) }},
		{"reversed-base64", func(s string) string { return backwards(base64.RawURLEncoding.EncodeToString([]byte(s))) }},
		{"reversed-hex", func(s string) string { return backwards(hex.EncodeToString([]byte(s))) }},
		{"xor-hex", func(s string) string { return hex.EncodeToString(underKey(s, 0x5a)) }},
		{"xor-high", func(s string) string { return hex.EncodeToString(underKey(s, 0xab)) }},
		{"xor-base64", func(s string) string { return base64.RawURLEncoding.EncodeToString(underKey(s, 0xab)) }},
		{"binary", func(s string) string { return listed([]byte(s), "%08b", "") }},
		{"decimal-run", func(s string) string { return listed([]byte(s), "%d", "") }},
		{"octal-run", func(s string) string { return listed([]byte(s), "%03o", "") }},
		{"hex-equals", func(s string) string { return listed([]byte(s), "%02x", "=") }},
		{"leet", strings.NewReplacer("o", "0", "i", "1", "e", "3", "a", "4").Replace},
	}
}

func TestRareEncodings(t *testing.T) {
	f := finder(t, manufacturer())
	for _, e := range rare() {
		for _, word := range []string{"shinonome", "takanashi", "mahoroba", "axismate", "mahoroba-kaku"} {
			if e.name == "leet" && strings.Contains(word, "-") {
				continue
			}
			hiding := e.encode(word)
			for _, context := range append(contexts, "%s", "%s.exe", "%s@example.net") {
				if text := fmt.Sprintf(context, hiding); len(hiding) >= minToken && len(hiding) <= maxToken && !f.Contains(text) {
					t.Errorf("%s %q not found in %s", e.name, word, text)
				}
			}
		}
	}
}

func TestBase85(t *testing.T) {
	f := finder(t, manufacturer())
	for _, text := range []string{"b7*O9Z*FgGWd", "F(f9*Df0K1AH", "<~F(f9*Df0K1AH~>", "id=F(f9*Df0K1AH", "/x/b7*O9Z*FgGWd/a.dat"} {
		if !f.Contains(text) {
			t.Errorf("not found in %s", text)
		}
	}
	buf := make([]byte, 64)
	n := ascii85.Encode(buf, []byte("id:takanashi!"))
	if !f.Contains(string(buf[:n])) {
		t.Errorf("not found in %s", buf[:n])
	}
}

// The rare encodings explain nothing to Decode: what it calls readable may leave.
func TestRareEncodingsExplainNothing(t *testing.T) {
	for _, e := range rare()[:9] {
		layers, _ := Decode(e.encode("shinonome"))
		for _, l := range layers {
			if strings.Contains(l.Text, "shinonome") {
				t.Errorf("%s: %v", e.name, l.Encodings)
			}
		}
	}
}

// Random tokens of every shape hold no name of a long profile.
func TestRareEncodingsFindNothingInNoise(t *testing.T) {
	finders := []*Finder{finder(t, manufacturer()), finder(t, hospital()), finder(t, retailer())}
	r := rand.New(rand.NewPCG(5, 85))
	for _, alphabet := range []string{
		"0123456789abcdef", "0123456789", "01", "01234567", "abcdefghijklmnopqrstuvwxyz0123456789",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "!#$%&()*+;<>?@^_`{|}~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
	} {
		for n := range 3000 {
			f := finders[n%len(finders)]
			token := make([]byte, 8+r.IntN(60))
			for i := range token {
				token[i] = alphabet[r.IntN(len(alphabet))]
			}
			for _, h := range f.Find(string(token)) {
				if h.Term.Class != Number { // digits may hold any number
					t.Errorf("%q of %q (%s %v) in %s", h.Spelling, h.Term.Text, h.Derived, h.Layers, token)
				}
			}
		}
	}
}

func TestSpellingsThatHelpersForget(t *testing.T) {
	f := finder(t, manufacturer())
	for _, text := range []string{
		"sinonome", "takanasi", "Ryousuke", "ShinoKaku", "shino-kaku", "skmmfg", "skmgroup", "suwakojo", "suwakoujou",
		"ᴛᴀᴋᴀɴᴀꜱʜɪ", "ꜱʜɪɴᴏɴᴏᴍᴇ", "c000022c", "20010db8005100010000000000000005", "Global\\0a140e34",
	} {
		if !f.Contains(text) {
			t.Errorf("not found in %q", text)
		}
	}
	for _, text := range []string{"skmart", "askmfgx", "c000032c", "c000022c9", "20010db8005200010000000000000005", "shino", "networks", "fireworks"} {
		if hits := f.Find(text); len(hits) > 0 {
			t.Errorf("%q of %q in %q", hits[0].Spelling, hits[0].Term.Text, text)
		}
	}
}
