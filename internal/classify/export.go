package classify

import (
	"strings"

	"github.com/wakachi/wakachi/internal/incident"
)

// Where the exports of chats keep what was said, and by whom: the first that is there counts.
var (
	textKeys   = []string{"text", "message", "body", "content", "msg"}
	authorKeys = []string{"display_name", "real_name", "user_name", "username", "author", "from", "sender", "user", "name"}
)

// maxMessage is the length of the longest record that is read as a message, in bytes.
const maxMessage = 20_000

// spoken gives the messages of a chat that was exported as records of JSON, as lines of a chat: what people write there
// is speech, whatever stands around it. A note that is no such export has none.
func spoken(n incident.Note) []incident.Line {
	var out []incident.Line
	for _, r := range messages(n.Lines) {
		text, who := keyed(r.Text, textKeys), keyed(r.Text, authorKeys)
		if text != "" && who != "" {
			// as chats are written: the time decides nothing
			out = append(out, incident.Line{Number: r.Number, Text: "00:00 " + who + ": " + text, Kind: incident.Prose})
		}
	}
	return out
}

// messages gives the objects of a JSON text, one to a line: those that have a line of their own, and those that were
// spread over several, each field indented below its brace.
func messages(lines []incident.Line) []incident.Line {
	var out []incident.Line
	open, indent := false, "" // of an object that is spread
	for _, l := range lines {
		text := strings.TrimLeft(l.Text, " \t")
		before := l.Text[:len(l.Text)-len(text)]
		switch {
		case open && strings.HasPrefix(text, "}") && before == indent:
			open = false
		case open:
			if last := &out[len(out)-1]; len(last.Text)+len(text) <= maxMessage {
				last.Text += text
			}
		case strings.TrimRight(text, " ") == "{":
			open, indent = true, before
			out = append(out, l)
		case strings.HasPrefix(strings.TrimLeft(text, "["), "{") && len(text) <= maxMessage:
			out = append(out, l)
		}
	}
	return out
}

// keyed gives the text that the first of the keys has in a record whose strings were unescaped: it ends at a quotation
// mark behind which the record goes on or ends.
func keyed(record string, keys []string) string {
	for _, key := range keys {
		_, rest, _ := strings.Cut(record, `"`+key+`"`)
		rest, ok := strings.CutPrefix(strings.TrimLeft(rest, " "), ":")
		if rest = strings.TrimLeft(rest, " "); !ok || !strings.HasPrefix(rest, `"`) {
			continue
		}
		rest = rest[1:]
		for at := 0; ; at++ {
			end := strings.IndexByte(rest[at:], '"')
			if end < 0 {
				break
			}
			at += end
			behind := strings.TrimLeft(rest[at+1:], " ")
			if after, more := strings.CutPrefix(behind, ","); more {
				behind = strings.TrimLeft(after, " ")
			}
			if behind == "" || strings.IndexByte(`"}]`, behind[0]) >= 0 {
				if at > 0 {
					return rest[:at]
				}
				break
			}
		}
	}
	return ""
}
