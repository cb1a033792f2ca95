package wanted

import (
	"cmp"
	"encoding/json"
	"time"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/stix"
)

// An object is what is asked of every object of STIX before package stix reads it: whether
// it counts, from when to when, and what it says of others.
type object struct {
	Type       string   `json:"type"`
	ID         string   `json:"id"`
	Modified   stamp    `json:"modified"`
	Revoked    bool     `json:"revoked"`
	ValidFrom  stamp    `json:"valid_from"`
	ValidUntil stamp    `json:"valid_until"`
	Confidence *float64 `json:"confidence"`
	Language   string   `json:"pattern_type"`
	Pattern    string   `json:"pattern"`
	Name       string   `json:"name"`
	Describe   string   `json:"description"`
	Value      string   `json:"value"`

	Relation   string   `json:"relationship_type"`
	Source     string   `json:"source_ref"`
	Target     string   `json:"target_ref"`
	From       string   `json:"src_ref"`
	To         string   `json:"dst_ref"`
	ToPort     float64  `json:"dst_port"`
	Recipients []string `json:"to_refs"`
	Copies     []string `json:"cc_refs"`
	Blind      []string `json:"bcc_refs"`
	Objects    []string `json:"object_refs"`
	Samples    []string `json:"sample_refs"`

	raw   json.RawMessage
	wrong bool // not readable so far
}

// objectOf reads what is asked of an object.
func objectOf(raw json.RawMessage) object {
	o := object{raw: raw}
	o.wrong = jsonv2.Unmarshal(raw, &o) != nil
	return o
}

// A stamp is a point in time of STIX; the zero Time where there is none that is sound.
type stamp struct{ time.Time }

// UnmarshalText reads a timestamp and takes what is none as not said: package stix judges
// the object as a whole.
func (s *stamp) UnmarshalText(b []byte) error {
	if t, err := time.Parse(time.RFC3339Nano, string(b)); err == nil {
		s.Time = t.UTC()
	}
	return nil
}

// A web is what objects say of each other.
type web struct {
	latest   map[string]version
	revoked  map[string]bool
	victims  map[string]bool          // observables on the side that was attacked
	backed   map[string]bool          // observables some object says are the attacker's
	observed map[string]bool          // observables somebody saw
	bases    map[string]string        // observables, and an indicator that is based on them
	asked    map[indicator.Value]bool // values an indicator asks for, whatever became of it
	ports    map[string]uint16        // of observables traffic goes to; 0 if to several
	open     map[string]uint16        // the same by value
	markings stix.Markings
}

// A version is the last of an object: which it is in the list, and when it was made.
type version struct {
	index int
	at    time.Time
}

func newWeb() *web {
	return &web{
		latest: map[string]version{}, revoked: map[string]bool{}, victims: map[string]bool{}, backed: map[string]bool{}, observed: map[string]bool{},
		bases: map[string]string{}, asked: map[indicator.Value]bool{}, ports: map[string]uint16{}, open: map[string]uint16{},
	}
}

// bundle reads the objects of a bundle or an envelope. It goes through them three times, so
// that it need not keep more of them than their text.
func (r *reader) bundle(raws []json.RawMessage) error {
	r.given.whole = true
	w := newWeb()
	var definitions []json.RawMessage
	for i, raw := range raws {
		o := objectOf(raw)
		w.note(&o, i)
		if o.Type == "marking-definition" {
			definitions = append(definitions, raw)
		}
	}
	w.markings = stix.ReadMarkings(definitions)
	// Indicators first: what they ask for is said with times and trust, which observables lack.
	var later []int
	for i, raw := range raws {
		o := objectOf(raw)
		if observable[o.Type] {
			w.reached(&o)
			later = append(later, i)
		}
	}
	next := 0
	for i, raw := range raws {
		if next < len(later) && later[next] == i {
			next++
			continue
		}
		o := objectOf(raw)
		if err := r.object(&o, i, w); err != nil {
			return err
		}
	}
	for _, i := range later {
		o := objectOf(raws[i])
		if err := r.object(&o, i, w); err != nil {
			return err
		}
	}
	return nil
}

// reached notes the port of a value.
func (w *web) reached(o *object) {
	if port := w.ports[o.ID]; port != 0 && o.Value != "" {
		w.open[o.Value] = port
	}
}

// note keeps what an object says of others, and which version of it is the last.
//
// SPEC: STIX 2.1 §3.6, §6.
func (w *web) note(o *object, i int) {
	if last, ok := w.latest[o.ID]; !ok || last.at.Before(o.Modified.Time) {
		w.latest[o.ID] = version{i, o.Modified.Time}
	}
	if o.Revoked {
		w.revoked[o.ID] = true
	}
	switch o.Type {
	case "network-traffic":
		w.victims[o.From] = true
		w.traffic(o)
	case "email-message":
		for _, side := range [][]string{o.Recipients, o.Copies, o.Blind} {
			mark(w.victims, side)
		}
	case "observed-data":
		mark(w.observed, o.Objects)
	case "malware":
		mark(w.backed, o.Samples)
	case "relationship":
		switch o.Relation {
		case "based-on":
			w.backed[o.Target], w.bases[o.Target] = true, o.Source
		case "consists-of":
			w.backed[o.Target] = true
		}
	}
}

// traffic notes the port at which an observable is reached.
func (w *web) traffic(o *object) {
	if o.ToPort < 1 || o.ToPort >= 1<<16 || o.ToPort != float64(uint16(o.ToPort)) {
		return
	}
	port := uint16(o.ToPort)
	if before, known := w.ports[o.To]; known && before != port {
		port = 0
	}
	w.ports[o.To] = port
}

func mark(set map[string]bool, ids []string) {
	for _, id := range ids {
		set[id] = true
	}
}

// observable are the Cyber-observables that are values to look for.
var observable = map[string]bool{
	"ipv4-addr": true, "ipv6-addr": true, "domain-name": true, "url": true, "email-addr": true, "mutex": true, "file": true,
	"directory": true, "windows-registry-key": true, "email-message": true, "x509-certificate": true,
}

// unlooked are the objects that say something of an attack and are nothing one can look for.
var unlooked = map[string]bool{
	"vulnerability": true, "attack-pattern": true, "artifact": true, "autonomous-system": true, "mac-addr": true, "process": true,
	"software": true, "user-account": true,
}

// object reads one object.
func (r *reader) object(o *object, i int, w *web) error {
	if o.Type != "indicator" && !observable[o.Type] {
		switch {
		case o.wrong:
			r.tally.pass(Unsound, "", o.ID, "")
		case unlooked[o.Type]:
			r.tally.pass(Unsupported, o.Type, o.ID, o.shown())
		default:
			r.tally.sum.Framed++
		}
		return nil
	}
	if why := o.standing(i, w); why != "" {
		r.tally.pass(why, "", o.ID, o.shown())
		return nil
	}
	// Read as of the beginning of time nothing has expired: that is judged here.
	in, err := stix.Read([]json.RawMessage{o.raw}, time.Time{})
	if err != nil {
		return err
	}
	m, err := w.markings.Of(o.raw)
	if err != nil {
		r.tally.pass(Unsound, "", o.ID, o.shown())
		return nil
	}
	r.tally.label(m.Label)
	e := Entry{Ref: o.ID, Confidence: NotSaid, TLP: m.Label}
	if o.Type != "indicator" {
		return r.observable(o, e, in, w)
	}
	e.Name, e.Comment = oneLine(o.Name, maxNote), oneLine(o.Describe, maxNote)
	e.Since, e.Until = o.ValidFrom.Time, o.ValidUntil.Time
	if o.Confidence != nil {
		e.Confidence = int(*o.Confidence)
	}
	return r.received(o, e, in, w)
}

// shown gives what a person knows an object by.
func (o *object) shown() string {
	return cmp.Or(o.Name, o.Pattern, o.Value)
}

// standing gives why an object does not count, whatever is in it.
func (o *object) standing(i int, w *web) Reason {
	switch {
	case o.wrong:
		return Unsound
	case w.revoked[o.ID]:
		return Revoked
	case o.ID == "", w.latest[o.ID].index == i:
		return ""
	case w.latest[o.ID].at.Equal(o.Modified.Time):
		return Duplicate
	}
	return Superseded
}

// received judges the values an indicator asks for.
func (r *reader) received(o *object, e Entry, in stix.Received, w *web) error {
	for _, l := range in.Sheet.Lines {
		if len(l.Like) > 0 {
			r.tally.pass(Compound, "", o.ID, o.shown())
			continue
		}
		e.Value = valueOf(l)
		w.asked[e.Value] = true
		if e.Port = 0; reachable(e.Value.Type) {
			e.Port = w.open[l.Value]
		}
		if err := r.judge(&e, l.Value); err != nil {
			return err
		}
	}
	for _, l := range in.Losses {
		why, ok := losses[l.Why]
		if !ok || l.Property != "" {
			continue
		}
		language := ""
		if why == Foreign {
			language = o.Language
		}
		r.tally.pass(why, language, o.ID, o.shown())
	}
	return nil
}

// losses are the reasons for which package stix leaves out a whole object.
var losses = map[stix.Why]Reason{
	stix.Unsound: Unsound, stix.Revoked: Revoked, stix.Benign: SaidBenign, stix.Foreign: Foreign, stix.Compound: Compound, stix.NoValue: NotAValue,
}

func valueOf(l parcel.Line) indicator.Value {
	return indicator.Value{Type: indicator.Type(l.Type), Hash: indicator.Hash(l.Hash), Value: l.Value}
}

// reachable says whether a port can belong to a value of the type.
func reachable(t indicator.Type) bool {
	return t == indicator.IPv4 || t == indicator.IPv6 || t == indicator.Domain
}

// observable judges the values of a Cyber-observable. What an indicator asks for, that
// indicator has said, and whether it still holds; what was attacked, and what was merely
// seen, is not looked for.
func (r *reader) observable(o *object, e Entry, in stix.Received, w *web) error {
	_, spoken := w.latest[w.bases[o.ID]]
	e.Port = w.ports[o.ID]
	said := 0
	for _, l := range in.Sheet.Lines {
		e.Value = valueOf(l)
		if spoken || w.asked[e.Value] {
			said++
			continue
		}
		if why := w.stance(o.ID); r.held(why) {
			r.tally.pass(why, "", o.ID, l.Value)
			continue
		}
		if err := r.judge(&e, l.Value); err != nil {
			return err
		}
	}
	switch {
	case len(in.Sheet.Lines) == 0 && o.Type != "email-message":
		r.tally.pass(noValue(o.Value), "", o.ID, o.Value)
	case said == len(in.Sheet.Lines): // or a message that holds sender and receivers together
		r.tally.sum.Framed++
	}
	return nil
}

// stance gives why an observable is not the attacker's, as far as others say.
func (w *web) stance(id string) Reason {
	switch {
	case w.backed[id]:
		return ""
	case w.victims[id]:
		return OwnSide
	case w.observed[id]:
		return Observed
	}
	return ""
}
