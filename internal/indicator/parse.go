package indicator

import (
	"errors"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrNotOne is what [Parse] returns for a text that is no value of the type asked
// for. It says nothing of the text, which may be a victim's.
var ErrNotOne = errors.New("indicator: not a value of this type")

// maxFree is the longest value without a shape of its own, in bytes.
const maxFree = 1024

// Parse reads one value of a known type, defanged or not, and gives it in its normal
// form. It is stricter than [Find] about the whole (nothing may stand around the
// value) and milder about the parts: a host may end in a name that nobody has
// delegated, and a wildcard "*.evil.example" is a domain. For every v that Parse
// returns, Parse(v.Type, v.Value) and Parse(v.Type, Defang(v)) are v.
func Parse(t Type, s string) (Value, error) {
	if len(s) > 4*maxURL || !utf8.ValidString(s) {
		return Value{}, ErrNotOne
	}
	read, ok := readers[t]
	if !ok {
		return Value{}, ErrNotOne
	}
	s = strings.TrimSpace(s)
	if t == IPv6 || t == CIDR6 { // "[:][:]1" has nothing before the first bracket
		s = strings.ReplaceAll(s, "[:]", ":")
	}
	if read.refang {
		if s, ok = settle(s); !ok {
			return Value{}, ErrNotOne
		}
	}
	v, ok := read.value(t, s)
	if !ok {
		return Value{}, ErrNotOne
	}
	return v, nil
}

// A reader gives the normal form of a text of its type.
type reader struct {
	refang bool // people defang such values
	value  func(Type, string) (Value, bool)
}

var readers = map[Type]reader{
	IPv4:      {true, readAddress},
	IPv6:      {true, readAddress},
	CIDR4:     {true, readNetwork},
	CIDR6:     {true, readNetwork},
	Domain:    {true, readDomain},
	URL:       {true, readURL},
	Email:     {true, readEmail},
	File:      {false, readFile},
	Cert:      {true, readDigest},
	Imphash:   {true, readDigest},
	JA3:       {true, readDigest},
	JA3S:      {true, readDigest},
	JARM:      {true, readDigest},
	SSDEEP:    {false, readSSDEEP},
	Path:      {false, readPath},
	Registry:  {false, readRegistry},
	CVE:       {true, readVulnerability},
	Technique: {true, readTechnique},
	Coin:      {true, readCoin},
	Mutex:     {false, readFree},
	Service:   {false, readFree},
	Task:      {false, readFree},
	UserAgent: {false, readFree},
	Subject:   {false, readFree},
}

// settle refangs until nothing changes, so that what was refanged once stays.
func settle(s string) (string, bool) {
	var f folding
	for range 4 {
		next := strings.TrimSpace(f.run(s))
		if next == s {
			return s, true
		}
		s = next
	}
	return "", false
}

func readAddress(t Type, s string) (Value, bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	a, err := netip.ParseAddr(s)
	if err != nil || a.Is4() != (t == IPv4) || a.Zone() != "" {
		return Value{}, false
	}
	return Value{Type: t, Value: a.String()}, true
}

func readNetwork(t Type, s string) (Value, bool) {
	p, err := netip.ParsePrefix(s)
	if err != nil || p.Addr().Is4() != (t == CIDR4) {
		return Value{}, false
	}
	return Value{Type: t, Value: p.Masked().String()}, true
}

func readDomain(t Type, s string) (Value, bool) {
	wildcard := ""
	if strings.HasPrefix(s, "*.") {
		wildcard, s = "*.", s[2:]
	}
	name, ok := normalHost(s)
	return Value{Type: t, Value: wildcard + name}, ok
}

func readURL(t Type, s string) (Value, bool) {
	colon := strings.IndexByte(s, ':')
	if colon <= 0 || len(s) > maxURL {
		return Value{}, false
	}
	skip, back := slashesAt(s, colon)
	scheme := lookup(schemes(), s[:colon])
	if skip == 0 || scheme == "" {
		return Value{}, false
	}
	loc := locator{scheme: scheme}
	sc := scanner{s: s, f: &folding{}}
	end, ok := sc.authority(&loc, colon+skip)
	if !ok {
		return Value{}, false
	}
	loc.rest = s[end:]
	if back {
		loc.rest = strings.ReplaceAll(loc.rest, `\`, "/")
	}
	if loc.rest != "" && strings.IndexByte("/?#", loc.rest[0]) < 0 || !printable(loc.rest, `"<>\ `) {
		return Value{}, false
	}
	return Value{Type: t, Value: loc.String()}, true
}

func readEmail(t Type, s string) (Value, bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">")
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at > maxLocal || s[0] == '.' || s[at-1] == '.' || strings.Contains(s[:at], "..") {
		return Value{}, false
	}
	for i := range at {
		if !is(s[i], clToken) && strings.IndexByte("+!#$%&'*/=?^{|}~`", s[i]) < 0 {
			return Value{}, false
		}
	}
	name, ok := normalHost(s[at+1:])
	return Value{Type: t, Value: s[:at] + "@" + name}, ok
}

func readFile(t Type, s string) (Value, bool) {
	if half, err := settleHex(s); err == nil {
		return Value{Type: t, Hash: hashOf(len(half)), Value: half}, true
	}
	return Value{Type: t, Value: s}, validFileName(s)
}

// settleHex reads a digest that names no type but its length.
func settleHex(s string) (string, error) {
	s, ok := settle(s)
	if !ok || hashOf(len(s)) == NoHash || !all(s, clHex) {
		return "", ErrNotOne
	}
	return strings.ToLower(s), nil
}

func readDigest(t Type, s string) (Value, bool) {
	if t == Cert {
		s = strings.NewReplacer(":", "", " ", "").Replace(s)
	}
	s = strings.ToLower(s)
	v := Value{Type: t, Value: s}
	if !all(s, clHex) {
		return v, false
	}
	switch t {
	case Cert:
		v.Hash = hashOf(len(s))
		return v, v.Hash != NoHash
	case JARM:
		return v, len(s) == 62
	}
	return v, len(s) == 32
}

func readSSDEEP(t Type, s string) (Value, bool) {
	return Value{Type: t, Value: s}, s != "" && ssdeepEnd(s, 0) == len(s)
}

func readPath(t Type, s string) (Value, bool) {
	return Value{Type: t, Value: s}, len(s) > 1 && len(s) <= maxPath && strings.ContainsAny(s, `\/`) && printable(s, `"<>|`)
}

func readRegistry(t Type, s string) (Value, bool) {
	hive, p, ok := hiveAt(s, 0)
	if !ok || len(s) > maxPath {
		return Value{}, false
	}
	rest := strings.TrimRight(single(strings.TrimPrefix(s[p:], ":")), `\ `)
	if len(rest) < 2 || rest[0] != '\\' || !printable(rest, "") {
		return Value{}, false
	}
	return Value{Type: t, Value: hive + rest}, true
}

func readVulnerability(t Type, s string) (Value, bool) {
	if s == "" {
		return Value{}, false
	}
	if id, end, ok := jvn(s, 0); ok {
		return Value{Type: t, Value: id}, end == len(s)
	}
	id, a, b, ok := vulnerability(s, 0, len(s))
	return Value{Type: t, Value: id}, ok && a == 0 && b == len(s)
}

func readTechnique(t Type, s string) (Value, bool) {
	return Value{Type: t, Value: strings.ToUpper(s)}, isTechnique(s)
}

func readCoin(t Type, s string) (Value, bool) {
	return Value{Type: t, Value: coinForm(s)}, isCoin(s)
}

// coinForm lowers the case where it carries no meaning.
func coinForm(s string) string {
	if hasFold(s, 0, "bc1") || hasFold(s, 0, "0x") {
		return strings.ToLower(s)
	}
	return s
}

func readFree(t Type, s string) (Value, bool) {
	return Value{Type: t, Value: s}, s != "" && len(s) <= maxFree && printable(s, "")
}

// printable says that s has no control or invisible characters and none of without.
func printable(s, without string) bool {
	i := 0
	for i < len(s) && s[i] >= ' ' && s[i] < 0x7f && strings.IndexByte(without, s[i]) < 0 {
		i++
	}
	if i == len(s) || s[i] < utf8.RuneSelf || !utf8.ValidString(s[i:]) {
		return i == len(s)
	}
	return !strings.ContainsFunc(s[i:], func(r rune) bool {
		return r < ' ' || r == 0x7f || r == utf8.RuneError || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(without, r)
	})
}
