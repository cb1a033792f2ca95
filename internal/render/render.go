// Package render turns what was composed into Word, Excel, HTML and Markdown.
//
// Each function writes one Document, or one filled form, whole: the same bytes for the same input,
// without names of people, machines or times of its own. Text is text whatever it holds: nothing in
// it becomes markup, a formula or a link. Characters that a format cannot hold are left out.
//
// Word and Excel files carry nothing hidden: no comments, no revisions, no custom properties.
package render

import (
	"strings"

	"github.com/wakachi/wakachi/internal/phrase"
)

// printable leaves out what XML 1.0 does not allow, and what would be invisible or reverse the reading of a
// line.
//
// SPEC: XML 1.0 §2.2
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return r
		case r < 0x20 || 0x7F <= r && r < 0xA0, r == 0xFFFE || r == 0xFFFF, 0xD800 <= r && r < 0xE000:
			return -1
		case 0x202A <= r && r <= 0x202E, 0x2066 <= r && r <= 0x2069, r == 0x200B, r == 0xFEFF:
			return -1
		case r == 0x2028 || r == 0x2029:
			return '\n'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// tag is a language as documents name it.
func tag(l phrase.Language) string {
	if l == phrase.English {
		return "en"
	}
	return "ja"
}
