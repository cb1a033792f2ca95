package classify

import (
	"encoding/json"
	"strings"

	"github.com/wakachi/wakachi/internal/incident"
)

// Where the exports of chats keep what was said, and by whom.
var (
	textKeys   = []string{"text", "message", "body", "content", "msg"}
	authorKeys = []string{"display_name", "real_name", "user_name", "username", "author", "name", "from", "sender", "user"}
)

// spoken gives the messages of a chat that was exported as records of JSON, as lines of a chat: what people write there
// is speech, whatever stands around it. A note that is no such export has none.
func spoken(n incident.Note) []incident.Line {
	var out []incident.Line
	for _, l := range n.Lines {
		if !strings.HasPrefix(l.Text, "{") || len(l.Text) > 20_000 {
			continue
		}
		var record map[string]any
		if json.Unmarshal([]byte(l.Text), &record) != nil {
			continue
		}
		text, who := textOf(record, textKeys), textOf(record, authorKeys)
		for _, part := range record {
			if inner, ok := part.(map[string]any); ok && strings.Contains(text, " ") {
				if name := textOf(inner, authorKeys); name != "" {
					who = name
				}
			}
		}
		if who == "" || text == "" {
			continue
		}
		for i, line := range strings.Split(text, "\n") {
			if i == 0 {
				line = "00:00 " + who + ": " + line // as chats are written: the time decides nothing
			}
			out = append(out, incident.Line{Number: l.Number, Text: line, Kind: incident.Prose})
		}
	}
	return out
}

// textOf gives the first of the keys that has a text.
func textOf(record map[string]any, keys []string) string {
	for _, k := range keys {
		if s, ok := record[k].(string); ok && s != "" {
			return s
		}
	}
	return ""
}
