package ruleset

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// How much one rule holds. YARA itself stops at 10,000 strings; a shorter rule is easier to
// switch off.
const (
	yaraStrings  = 1000
	yaraDigests  = 500
	yaraShortest = 5 // bytes: shorter strings are in every second file, and slow
)

// writeYARA makes a file of rules: one for each type, more if there are many values.
func writeYARA(s *set) error {
	groups := map[string][]*entry{}
	var order []string
	for i := range s.entries {
		e := &s.entries[i]
		word, ok := s.say(e.value)
		if !ok {
			continue
		}
		if word == "strings" {
			word = string(e.value.Type)
			if len(yaraText(e.value)) < yaraShortest {
				s.miss(e.value.Type, TooShort)
				continue
			}
		}
		if groups[word] == nil {
			order = append(order, word)
		}
		groups[word] = append(groups[word], e)
	}
	out := append(s.head("//"), "\nimport \"hash\"\nimport \"pe\"\n"...)
	for _, word := range order {
		size := yaraStrings
		if strings.Contains(word, ".") {
			size = yaraDigests
		}
		for n := 1; len(groups[word]) > 0; n++ {
			part := groups[word][:min(size, len(groups[word]))]
			groups[word] = groups[word][len(part):]
			out = append(out, s.yaraRule(word, n, part)...)
		}
	}
	s.add(s.fileName("yar"), out)
	return nil
}

func (s *set) yaraRule(word string, n int, part []*entry) string {
	name := s.prefix() + "_" + strings.NewReplacer(".", "_", "-", "_").Replace(word) + "_" + itoa(n)
	var b strings.Builder
	fmt.Fprintf(&b, "\nrule %s {\n  meta:\n    set = %s\n    tlp = %s\n", name, yaraString(s.o.Name), yaraString(partLabel(part).String()))
	if !s.o.At.IsZero() {
		fmt.Fprintf(&b, "    date = \"%s\"\n", s.o.At.Format("2006-01-02"))
	}
	if module, function, ok := strings.Cut(word, "."); ok {
		call := module + "." + function + "(0, filesize)"
		if module == "pe" {
			call = module + "." + function + "()"
		}
		b.WriteString("  condition:\n")
		for i, e := range part {
			or := "\n    or "
			if i == 0 {
				or = "    "
			}
			b.WriteString(or + call + " == " + yaraString(e.value.Value))
		}
		b.WriteString("\n}\n")
		return b.String()
	}
	b.WriteString("  strings:\n")
	for i, e := range part {
		b.WriteString(yaraLines(i+1, e.value))
	}
	b.WriteString("  condition:\n    any of them\n}\n")
	return b.String()
}

// partLabel gives the strictest label among entries.
func partLabel(part []*entry) tlp.Label {
	l := part[0].label
	for _, e := range part[1:] {
		l = tlp.Strictest(l, e.label)
	}
	return l
}

// yaraText gives what of a value stands in a file: a program names a registry key without its
// hive.
func yaraText(v indicator.Value) string {
	if v.Type == indicator.Registry {
		if _, key, ok := strings.Cut(v.Value, `\`); ok {
			return key
		}
	}
	return v.Value
}

// yaraLines writes the strings of a value: as it is in ASCII and in UTF-16; what is not
// ASCII, as the bytes of both encodings.
func yaraLines(n int, v indicator.Value) string {
	text := yaraText(v)
	for i := range len(text) {
		if text[i] >= 0x80 {
			return fmt.Sprintf("    $s%d = { % x }\n    $s%dw = { % x }\n", n, text, n, utf16LE(text))
		}
	}
	more := ""
	if v.Type != indicator.Mutex && v.Type != indicator.UserAgent { // their case is the author's, and kept
		more += " nocase"
	}
	if isAlnum(text[0]) && isAlnum(text[len(text)-1]) {
		more += " fullword"
	}
	return fmt.Sprintf("    $s%d = %s ascii wide%s\n", n, yaraString(text), more)
}

func utf16LE(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// yaraString quotes a text: what could end the string, and all that is not printable ASCII,
// as two hex digits.
//
// Source: YARA 4.2 documentation, Writing YARA rules, text strings.
func yaraString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
