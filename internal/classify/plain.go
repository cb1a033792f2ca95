package classify

import (
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

// punctuated writes the comma and the full stop of horizontal Japanese, ， and ．, as 、 and 。, which the rules know, and
// the mark of somebody who is excited as a full stop. Every byte keeps its place. Those of numbers and addresses stay.
func punctuated(text string) string {
	if !strings.ContainsAny(text, "，．！!") {
		return text
	}
	out := []byte(text)
	for i, r := range text {
		switch r {
		case '，', '．':
		case '！':
			copy(out[i:], "。")
			continue
		case '!':
			if i > 0 && text[i-1] != '!' && text[i-1] != ' ' && (i+1 == len(text) || text[i+1] == ' ') {
				out[i] = '.'
			}
			continue
		default:
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		behind, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		if !eastern(before) && !eastern(behind) || wideDigit(before) || r == '．' && strings.Trim(text[:i], " 　\t0123456789") == "" {
			continue // 「3．…」 numbers a section
		}
		mark := "、"
		if r == '．' {
			mark = "。"
		}
		copy(out[i:], mark)
	}
	return string(out)
}

// eastern says whether a character is one of Japanese text: a letter, or a bracket or mark of it.
func eastern(r rune) bool { return r >= 0x3001 && r < 0xff00 && r != utf8.RuneError }

func wideDigit(r rune) bool { return '０' <= r && r <= '９' }

// unstressed writes the asterisks of emphasis around a value as the quotes of code, which mean as little: every byte keeps
// its place.
func unstressed(text string, matches []indicator.Match) string {
	const most = 3
	var out []byte
	for _, m := range matches {
		n := 0
		for n < min(most, m.Start, len(text)-m.End) && text[m.Start-n-1] == '*' && text[m.End+n] == '*' {
			n++
		}
		if n > 0 && out == nil {
			out = []byte(text)
		}
		for i := range n {
			out[m.Start-i-1], out[m.End+i] = '`', '`'
		}
	}
	if out == nil {
		return text
	}
	return string(out)
}

// unquote takes the signs of quotation off the front of a line, counts them, and measures how far in the line stands.
func (r *reading) unquote() {
	n := 0
	for i, c := range r.Text {
		if c == '>' || c == '＞' {
			r.quote++
			n = i + utf8.RuneLen(c)
		} else if c != ' ' && c != '　' {
			break
		}
	}
	r.indent = indentOf(r.Text)
	if n == 0 || r.Kind == incident.Code {
		r.quote = 0
		return
	}
	if n < len(r.Text) && r.Text[n] == ' ' {
		n++
	}
	r.pieces = []piece{{0, n, r.Line}}
	before, text := r.Text[:n], r.Text[n:]
	r.Text = text
	r.indent = max(0, columns(before)-2*r.quote) + indentOf(text)
}

// rewrite gives a reading another text in which every byte has kept its place.
func (r *reading) rewrite(text string) {
	if text == r.Text {
		return
	}
	if r.pieces == nil {
		r.pieces = []piece{{0, 0, r.Line}}
	}
	if r.written == "" {
		r.written = r.Text
	}
	r.Text = text
}

// asWritten gives a stretch of the text as somebody wrote it.
func (r *reading) asWritten(from, to int) string {
	if r.written == "" {
		return r.Text[from:to]
	}
	return r.written[from:to]
}

// find finds the values of a reading. They are as they were written, whatever was rewritten around them.
func (r *reading) find(f *indicator.Finder) {
	r.matches = f.Line(nil, r.Text)
	for i := range r.matches {
		m := &r.matches[i]
		raw := r.asWritten(m.Start, m.End)
		if raw == r.Text[m.Start:m.End] {
			continue
		}
		if v, err := indicator.Parse(m.Type, raw); err == nil {
			m.Value, m.Raw = v, raw
		}
	}
}
