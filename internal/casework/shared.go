package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
)

// TakeShared proposes what others shared as items of an incident: each received, under the
// sender's label and conditions, from the parcel as its paper. Nothing the incident has is
// touched, and nothing is confirmed.
//
// Errors: fault.Conflict for a parcel that was taken in before.
func (c *Casework) TakeShared(ctx context.Context, a party.Actor, id incident.ID, of parcel.ID, s parcel.Sheet) (Intake, error) {
	if err := allow(a, party.Write); err != nil {
		return Intake{}, err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return Intake{}, fault.Wrap(err, fault.Internal, "store.internal")
	}
	return c.propose(ctx, a, id, Intake{Paper: Paper{Name: string(of), Size: len(body)}}, body, s)
}

// isBundle says whether a paper is meant to be a STIX bundle, whole or broken: a broken one
// must not be read as somebody's own notes.
func isBundle(data []byte) bool {
	head := bytes.TrimSpace(data[:min(len(data), 4096)])
	return bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(`"bundle--`))
}

// maxBundle is how many objects of a bundle are read.
const maxBundle = 100_000

// takeBundle proposes what a STIX bundle says. What of it became no item is counted among
// what was passed over, each with its reason.
func (c *Casework) takeBundle(ctx context.Context, a party.Actor, id incident.ID, name string, data []byte) (Intake, error) {
	objects, err := stix.Split(data, maxBundle)
	if err != nil {
		return Intake{}, err
	}
	in, err := stix.Read(objects, c.now())
	if err != nil {
		return Intake{}, err
	}
	sum := sha256.Sum256(data)
	out := Intake{Paper: Paper{Name: name, Size: len(data), Sum: hex.EncodeToString(sum[:])}}
	for _, l := range in.Losses {
		if l.Property == "" {
			out.Passed = append(out.Passed, "stix.loss."+string(l.Why))
		}
	}
	return c.propose(ctx, a, id, out, data, in.Sheet)
}

// propose keeps a paper as it is and proposes the lines of a sheet.
func (c *Casework) propose(ctx context.Context, a party.Actor, id incident.ID, in Intake, body []byte, s parcel.Sheet) (Intake, error) {
	had, err := c.items(ctx, a, id)
	if err != nil {
		return Intake{}, err
	}
	papers, err := c.Papers(ctx, a, id)
	if err != nil {
		return Intake{}, err
	}
	names := map[string]bool{}
	for _, p := range papers {
		if in.Sum == "" && p.Name == in.Name || in.Sum != "" && p.Sum == in.Sum {
			return Intake{}, fault.New(fault.Conflict, "casework.paper-again", p.Name)
		}
		names[p.Name] = true
	}
	in.Name = unused(in.Name, names)
	var found []incident.Item
	for n, l := range s.Lines {
		i, ok := receivedItem(l)
		if !ok {
			in.Passed = append(in.Passed, "casework.not-a-value")
			continue
		}
		i.Conditions = incident.Conditions{Label: s.Label, Promise: s.Conditions != ""}
		i.Sources = []incident.Source{{File: in.Name, Line: n + 1, Column: 1}}
		found = append(found, i)
	}
	fresh := in.fresh(found, had)
	in.Items = len(fresh)
	return c.keepPaper(ctx, a, id, in, body, fresh)
}

// receivedItem makes an item of a line of a sheet; ok is false where its value is none.
func receivedItem(l parcel.Line) (i incident.Item, ok bool) {
	i = incident.Item{
		Status: incident.Received, Port: l.Port, FirstSeen: onDay(l.First), LastSeen: onDay(l.Last),
		Reason: incident.Reason{Code: "kind.shared", Point: "Q30"}, Confidence: 80,
	}
	if l.Suspected {
		i.Confidence = 50
	}
	for _, r := range incident.Roles() {
		if string(r) == l.Role {
			i.Role = r
		}
	}
	switch l.Sort {
	case "technique":
		i.Kind, i.Technique, i.Text = incident.Method, l.Value, strings.TrimSpace(l.Value+" "+l.Name)
		return i, l.Value != ""
	case "malware":
		i.Kind, i.Family, i.Text = incident.Malware, l.Family, l.Family
		return i, l.Family != ""
	case "vulnerability":
		i.Kind = incident.Vulnerability
	case "indicator":
		i.Kind = incident.Malware
		if slices.Contains([]indicator.Type{indicator.IPv4, indicator.IPv6, indicator.Domain, indicator.URL, indicator.Email}, indicator.Type(l.Type)) {
			i.Kind = incident.Destination
		}
	default:
		return i, false
	}
	if l.Like != nil { // a pattern is nothing to look for as it stands: it is kept as text
		i.Text = strings.Join(l.Like, "…")
		return i, true
	}
	v, err := indicator.Parse(indicator.Type(l.Type), l.Value)
	if err != nil {
		return i, false
	}
	if l.Hash != "" {
		v.Hash = indicator.Hash(l.Hash)
	}
	i.Value, i.Text = v, l.Value
	return i, true
}

func onDay(s string) incident.Moment {
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return incident.Moment{}
	}
	return incident.Moment{At: at}
}
