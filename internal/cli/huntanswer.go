package cli

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/sweep"
	"github.com/wakachi/wakachi/internal/tlp"
)

// answer tells whoever shared a parcel what the search came to, once a person has said yes. What
// goes out is what the desk would draft: the answer and, if there is one, the sorts of logs, the days that
// were covered and, if something was found, how often, and on which days first and last: no line, no name
// of a log, no host.
func (o *huntOrder) answer(ctx context.Context, r *remote, v voice, s *huntSummary) error {
	found := parcel.Search{
		Finding: parcel.Finding(s.Answer), LogKind: parcel.LogKind(sortOfLogs(s.Coverage)), First: s.First, Last: s.Last, Hits: s.Hits,
	}
	for _, c := range s.Found {
		if found.FirstSeen.IsZero() || !c.First.IsZero() && c.First.Before(found.FirstSeen) {
			found.FirstSeen = c.First
		}
		if c.Last.After(found.LastSeen) {
			found.LastSeen = c.Last
		}
	}
	draft := found.Draft()
	body := map[string]any{"finding": string(draft.Finding), "tool": "wakachi hunt"}
	if draft.Logs != "" {
		body["logs"] = draft.Logs
	}
	if draft.Count > 0 {
		body["count"] = draft.Count
	}
	for field, t := range map[string]time.Time{"from": draft.From, "to": draft.To, "first_seen": draft.FirstSeen, "last_seen": draft.LastSeen} {
		if !t.IsZero() {
			body[field] = t.Format(time.DateOnly)
		}
	}
	v.say("cli.hunt.answer-would", v.lang.Text("cli.hunt.answer."+string(s.Answer)), o.parcel)
	for _, field := range []string{"logs", "from", "to", "count", "first_seen", "last_seen"} {
		if value, ok := body[field]; ok {
			v.say("cli.hunt.answer-field", field, fmt.Sprint(value))
		}
	}
	if !o.send {
		v.say("cli.hunt.answer-ask")
		reply, _ := bufio.NewReader(r.env.In).ReadString('\n')
		if reply = strings.ToLower(strings.TrimSpace(reply)); reply != "y" && reply != "yes" && reply != "はい" {
			v.say("cli.hunt.answer-kept")
			return nil
		}
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	if _, _, err := fetch[sharedLine](ctx, r, http.MethodPost, "/shared"+piece(o.parcel)+"/answers", body); err != nil {
		return err
	}
	v.say("cli.hunt.answer-sent")
	return nil
}

// sortOfLogs is the one word an answer has for what was looked through; empty if nothing was.
func sortOfLogs(covers []sweep.Cover) (sort string) {
	for _, c := range covers {
		switch s := sweep.SortOfLog(c.Kind); {
		case c.Lines == 0 || c.Outside:
		case sort == "":
			sort = s
		case sort != s:
			return "other"
		}
	}
	return sort
}

// maxSightings is how many found values become items at once; more are a list, not items.
const maxSightings = 200

// keep puts what was found into an incident, one item a value: what it is, when it was seen first and
// last, how often, under the label the value came under. It leaves the organisation only as any item
// does, through a release.
func (o *huntOrder) keep(ctx context.Context, r *remote, v voice, s *huntSummary, label tlp.Label) error {
	if len(s.Found) == 0 {
		return nil
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	for i, c := range s.Found {
		if i == maxSightings {
			v.say("cli.hunt.incident-more", fmt.Sprint(len(s.Found)-i))
			break
		}
		kind := "destination"
		if t := indicator.Type(c.Type); c.Hash != "" || !slices.Contains(places, t) {
			kind = "malware"
		}
		body := map[string]any{
			"kind": kind, "type": c.Type, "value": c.Value,
			"text":           v.lang.Text("cli.hunt.sighting", fmt.Sprint(c.Hits), fmt.Sprint(len(c.Logs))),
			"received_label": label.String(),
		}
		for field, value := range map[string]string{"hash": c.Hash, "first_seen": stamp(c.First), "last_seen": stamp(c.Last)} {
			if value != "" {
				body[field] = value
			}
		}
		if _, _, err := fetch[map[string]any](ctx, r, http.MethodPost, "/incidents"+piece(o.incident)+"/items", body); err != nil {
			return err
		}
	}
	v.say("cli.hunt.incident-kept", fmt.Sprint(min(len(s.Found), maxSightings)), o.incident)
	return nil
}

// places are the types that say where something went, not what it was.
var places = []indicator.Type{indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6, indicator.Domain, indicator.URL, indicator.Email}
