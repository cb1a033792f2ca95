package logline

import (
	"bytes"
	_ "embed"
	"strings"
	"sync"
)

// kindOf says which kind a single line looks like, "" if none.
func kindOf(line []byte) Kind {
	switch {
	case line[0] == '{':
		return objectKind(line)
	case bytes.HasPrefix(line, []byte("<Event")) || bytes.HasPrefix(line, []byte("<?xml")) && bytes.Contains(line, []byte("<Event")):
		return EventXML
	case isDigit(line[0]) || line[0] == ' ':
		if k := numberKind(bytes.TrimLeft(line, " ")); k != "" {
			return k
		}
	case line[0] == '[':
		if r, n, ok := stamp(line[1:], unknownOrder); ok && r.counted && bytes.HasPrefix(line[1+n:], []byte("] unbound")) {
			return Unbound
		}
	}
	if k := payloadKind(line); k != "" {
		return k
	}
	if webKind(line) {
		if bytes.Count(line, []byte{'"'}) >= 6 {
			return Combined
		}
		return CLF
	}
	return syslogKind(line)
}

// numberKind tells logs apart whose lines begin with a count of seconds or a day.
func numberKind(line []byte) Kind {
	if r, n, ok := stamp(line, unknownOrder); ok && n < len(line) {
		switch rest := line[n:]; {
		case r.counted && rest[0] == '\t' && bytes.Count(rest, []byte{'\t'}) >= 3:
			return ZeekTSV
		case r.counted && rest[0] == ' ' && squidRest(rest):
			return Squid
		case !r.counted && queryOfBIND(rest):
			return BIND
		}
	}
	return ""
}

// squidRest says whether duration, client and CODE/status follow.
func squidRest(rest []byte) bool {
	f := bytes.Fields(clip(rest, 256))
	if len(f) < 3 || digits(f[0]) != len(f[0]) {
		return false
	}
	code, status, ok := bytes.Cut(f[2], []byte{'/'})
	return ok && len(code) >= 3 && isLetter(code[0]) && digits(status) == 3 && len(status) == 3
}

func queryOfBIND(rest []byte) bool {
	i := bytes.Index(rest, []byte("client "))
	return i >= 0 && bytes.Contains(rest[i:], []byte("query"))
}

// payloadKind tells the formats that are carried by syslog or stand alone.
func payloadKind(line []byte) Kind {
	head := clip(line, 512)
	switch {
	case bytes.Contains(head, []byte("CEF:0|")) || bytes.Contains(head, []byte("CEF:1|")):
		return CEF
	case bytes.Contains(head, []byte("LEEF:1.0|")) || bytes.Contains(head, []byte("LEEF:2.0|")):
		return LEEF
	case paloAltoLine(head):
		return PaloAlto
	case pairs(head) >= 4:
		return KeyValue
	}
	return ""
}

// paloAltoLine says whether a line has PAN-OS' first columns: something, the time of receipt, the
// serial number and the type.
func paloAltoLine(head []byte) bool {
	when, _ := column(head, ',', 1)
	if _, ok := whole(when, unknownOrder); !ok {
		return false
	}
	what, _ := column(head, ',', 3)
	switch string(what) {
	case "TRAFFIC", "THREAT", "SYSTEM", "CONFIG", "HIPMATCH", "HIP-MATCH", "GLOBALPROTECT", "USERID", "DECRYPTION", "AUTHENTICATION", "CORRELATION", "URL", "DATA", "WILDFIRE", "TUNNEL":
		return true
	}
	return false
}

// pairs counts name=value where a name stands after a blank or comma.
func pairs(line []byte) int {
	n := 0
	for i := 1; i < len(line); i++ {
		if line[i] != '=' {
			continue
		}
		j := i
		for j > 0 && (isLetter(line[j-1]) || isDigit(line[j-1]) || line[j-1] == '_') {
			j--
		}
		if j < i && isLetter(line[j]) && (j == 0 || parts(line[j-1])) {
			n++
		}
	}
	return n
}

func webKind(line []byte) bool {
	if _, ok := readBracket(clip(line, 1024)); !ok {
		return false
	}
	return bytes.IndexByte(line, '"') > 0
}

// syslogKind tells what syslog carries.
func syslogKind(line []byte) Kind {
	rest := afterPriority(line)
	priority := len(rest) < len(line)
	if priority && len(rest) > 2 && rest[0] == '1' && rest[1] == ' ' && (isDigit(rest[2]) || rest[2] == '-') {
		return Syslog5424
	}
	f := Format{Kind: Syslog3164}
	// Without priority a line is of syslog if it begins with the name of a month.
	_, ok := f.readSyslog(rest)
	if named := month(bytes.TrimLeft(rest, "*. ")) > 0; !ok || !priority && !named {
		return ""
	}
	switch head := clip(rest, 128); {
	case bytes.Contains(head, []byte(" dnsmasq")):
		return Dnsmasq
	case bytes.Contains(head, []byte(" unbound")):
		return Unbound
	case bytes.Contains(head, []byte(" named[")) && queryOfBIND(rest):
		return BIND
	}
	return Syslog3164
}

//go:embed data/objects.tsv
var objectsTable string

// An objectSign is a set of keys that only objects of one kind have together.
type objectSign struct {
	kind Kind
	keys [][]byte // in quotes
}

var objectSigns = sync.OnceValue(func() []objectSign {
	var out []objectSign
	for line := range strings.Lines(objectsTable) {
		kind, keys, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		if strings.HasPrefix(line, "#") || !ok {
			continue
		}
		sign := objectSign{kind: Kind(kind)}
		for key := range strings.FieldsSeq(keys) {
			sign.keys = append(sign.keys, []byte(`"`+key+`"`))
		}
		out = append(out, sign)
	}
	return out
})

// objectKind tells objects apart by the keys they have.
func objectKind(line []byte) Kind {
	for _, s := range objectSigns() {
		if s.in(line) {
			return s.kind
		}
	}
	return JSON
}

// in says whether an object has all the keys.
func (s objectSign) in(line []byte) bool {
	for _, key := range s.keys {
		i := bytes.Index(line, key)
		if i < 0 {
			return false
		}
		if _, ok := afterColon(line, i+len(key)); !ok {
			return false
		}
	}
	return true
}
