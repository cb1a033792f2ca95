package stix

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/tlp"
)

// Relabel gives a new version of an object of ours under a stricter label: the label in
// object_marking_refs is replaced, modified is raised, and every other byte stays. An object
// without any label is given one. A Cyber-observable has no versions and keeps none.
//
// A weaker label, and a version that is not later, are fault.Invalid "stix.rule"; a marking
// definition and what is signed cannot be relabelled and are fault.Forbidden
// "stix.relabel".
//
// SPEC: STIX 2.1 §3.6, §7.2.
func Relabel(raw json.RawMessage, label tlp.Label, modified time.Time) (json.RawMessage, error) {
	t, err := scan(raw, maxDepth)
	if err != nil {
		return nil, err
	}
	o, err := t.object()
	if err != nil {
		return nil, err
	}
	root := t.root()
	if _, signed := ours[o.Type]; signed || o.Type == "marking-definition" {
		return nil, fault.New(fault.Forbidden, "stix.relabel")
	}
	now := labels(root)
	if label == tlp.Unknown || label < now {
		return nil, invalid("stix.rule", "object_marking_refs")
	}
	edits := markWith(root, markings[label].id)
	if m, ok := root.member("modified"); ok {
		stamp := milliseconds(modified)
		if later, _ := instant(stamp); later <= o.Instant {
			return nil, invalid("stix.rule", "modified")
		}
		edits = append(edits, edit{m.cell().from, m.cell().to, strconv.Quote(stamp)})
	}
	return splice(raw, edits), nil
}

// labels gives the strictest label of an object and its parts, Unknown if there is none.
func labels(root node) tlp.Label {
	out := tlp.Unknown
	if refs, ok := root.member("object_marking_refs"); ok {
		for r := range refs.each {
			out = max(out, labelOf(r.text()))
		}
	}
	if parts, ok := root.member("granular_markings"); ok {
		for p := range parts.each {
			out = max(out, labelOf(p.say("marking_ref")))
		}
	}
	return out
}

// An edit puts text in the place of some bytes.
type edit struct {
	from, to int32
	text     string
}

// markWith gives the edits that make id the only label of an object as a whole.
func markWith(root node, id string) []edit {
	quoted := `"` + id + `"`
	refs, ok := root.member("object_marking_refs")
	if !ok {
		end := root.cell().to - 1
		return []edit{{end, end, `,"object_marking_refs":[` + quoted + `]`}}
	}
	text := "[" + quoted
	for r := range refs.each {
		if labelOf(r.text()) == tlp.Unknown {
			text += "," + string(r.raw())
		}
	}
	return []edit{{refs.cell().from, refs.cell().to, text + "]"}}
}

func splice(raw []byte, edits []edit) []byte {
	slices.SortFunc(edits, func(a, b edit) int { return int(a.from - b.from) })
	out := make([]byte, 0, len(raw)+128)
	at := int32(0)
	for _, e := range edits {
		out = append(append(out, raw[at:e.from]...), e.text...)
		at = e.to
	}
	return append(out, raw[at:]...)
}
