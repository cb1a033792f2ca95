package taxii

import (
	"crypto/sha256"
	"encoding/binary"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
)

// A filter is what a question asks for.
type filter struct {
	query   parcel.Query // After is added_after; next is not in it
	since   bool         // added_after was given
	next    string       // as it came; empty: from the beginning
	nothing bool         // spec_version asks for what is not held: nothing matches
	ignored int          // match fields that mean nothing here
	sum     filterSum    // of what the query asks for, without where it begins
}

// A filterSum tells one question from another.
type filterSum [8]byte

// Bounds of a question.
const (
	mostValues = 1000 // of one match field
	maxValue   = maxSegment
)

// The names of what can be asked.
const (
	byAfter   = "added_after"
	byLimit   = "limit"
	byNext    = "next"
	byID      = "match[id]"
	byType    = "match[type]"
	byVersion = "match[version]"
	bySpec    = "match[spec_version]"
)

var allFields = []string{byAfter, byLimit, byNext, byID, byType, byVersion, bySpec}

// fields lists what can be asked of a resource. What else is asked is passed over.
//
// SPEC: TAXII 2.1 §3.4, §5.
func (r resource) fields(removing bool) []string {
	switch {
	case removing:
		return []string{byVersion, bySpec}
	case r == manifest || r == objectList:
		return allFields
	case r == objectOne:
		return []string{byAfter, byLimit, byNext, byVersion, bySpec}
	case r == versionList:
		return []string{byAfter, byLimit, byNext, bySpec}
	}
	return nil
}

// An asked is the values of a URL that mean something at a resource.
type asked map[string]string

// readQuestion takes a query apart. What is given twice may have been judged by somebody in
// between as the other one, and is refused.
func readQuestion(raw string, fields []string) (q asked, ignored int, err error) {
	if len(raw) > mostQuery {
		return nil, 0, fault.New(fault.TooLarge, "taxii.long-query")
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, 0, fault.Wrap(err, fault.Usage, "taxii.query")
	}
	q = asked{}
	for name, given := range values {
		switch {
		case !slices.Contains(allFields, name):
			if strings.HasPrefix(name, "match[") {
				ignored++
			}
		case len(given) > 1:
			return nil, 0, bad(name)
		case !slices.Contains(fields, name):
			ignored++
		case given[0] == "" && name == byNext:
		case given[0] == "" || !utf8.ValidString(given[0]):
			return nil, 0, bad(name)
		default:
			q[name] = given[0]
		}
	}
	return q, ignored, nil
}

func bad(field string) error { return fault.New(fault.Usage, "taxii.field", field) }

// readFilter reads the question put to a place. most is how many entries a page may have.
func readFilter(at place, raw string, removing bool, most int) (filter, error) {
	q, ignored, err := readQuestion(raw, at.resource.fields(removing))
	if err != nil {
		return filter{}, err
	}
	f := filter{ignored: ignored, next: q[byNext]}
	f.query.Limit, f.query.Via = most, "taxii"
	f.query.Bare = at.resource == manifest || at.resource == versionList
	for _, read := range []func(asked) error{f.readAfter, f.readLimit, f.readIDs, f.readTypes, f.readVersions, f.readSpec} {
		if err := read(q); err != nil {
			return filter{}, err
		}
	}
	if at.id != "" {
		f.query.IDs = []string{at.id}
	}
	if at.resource == versionList || removing && q[byVersion] == "" {
		f.query.Versions = parcel.Versions{All: true}
	}
	f.sum = f.digest(at)
	return f, nil
}

func (f *filter) readAfter(q asked) error {
	text, ok := q[byAfter]
	if !ok {
		return nil
	}
	m, ok := readMoment(text)
	if !ok {
		return bad(byAfter)
	}
	f.query.After, f.since = m.time(), true
	return nil
}

// readLimit reads how many entries are wanted. More than a page may have is that many.
func (f *filter) readLimit(q asked) error {
	text, ok := q[byLimit]
	if !ok {
		return nil
	}
	n := 0
	for i := range len(text) {
		d := int(text[i]) - '0'
		if d < 0 || d > 9 {
			return bad(byLimit)
		}
		n = min(10*n+d, f.query.Limit)
	}
	if n == 0 {
		return bad(byLimit)
	}
	f.query.Limit = n
	return nil
}

func (f *filter) readIDs(q asked) (err error) {
	f.query.IDs, err = q.list(byID)
	return err
}

func (f *filter) readTypes(q asked) (err error) {
	f.query.Types, err = q.list(byType)
	return err
}

// list reads values between commas, sorted and each once. No such field is an empty list.
func (q asked) list(field string) ([]string, error) {
	text, ok := q[field]
	if !ok {
		return nil, nil
	}
	out := strings.Split(text, ",")
	if len(out) > mostValues {
		return nil, fault.New(fault.Usage, "taxii.many-values", field)
	}
	for _, v := range out {
		if v == "" || len(v) > maxValue || strings.ContainsAny(v, " \t\r\n\x00") && field != byVersion {
			return nil, bad(field)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// readVersions reads which versions are wanted. What says "all" and something else, or one
// thing twice, is refused.
//
// SPEC: TAXII 2.1 §3.4.1.
func (f *filter) readVersions(q asked) error {
	list, err := q.list(byVersion)
	if err != nil || list == nil {
		return err
	}
	if len(list) != strings.Count(q[byVersion], ",")+1 {
		return bad(byVersion)
	}
	v := &f.query.Versions
	for _, text := range list {
		switch text {
		case "all":
			v.All = true
		case "first":
			v.First = true
		case "last":
			v.Last = true
		default:
			m, ok := readMoment(text)
			if !ok || slices.Contains(v.At, m.instant()) {
				return bad(byVersion)
			}
			v.At = append(v.At, m.instant())
		}
	}
	if v.All && len(list) > 1 {
		return bad(byVersion)
	}
	return nil
}

// readSpec reads which versions of STIX are wanted. Only 2.1 is ever held, so by default, and
// wherever it is among what is asked for, everything is; else nothing.
//
// SPEC: TAXII 2.1 §3.4.1.
func (f *filter) readSpec(q asked) error {
	list, err := q.list(bySpec)
	f.nothing = list != nil && !slices.Contains(list, "2.1")
	return err
}

// digest binds a next to where it was given and to what was asked; how much and from when may
// change on the way.
func (f *filter) digest(at place) filterSum {
	h := sha256.New()
	put := func(values ...string) {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(values)))
		h.Write(n[:])
		for _, v := range values {
			binary.BigEndian.PutUint32(n[:], uint32(len(v)))
			h.Write(n[:])
			h.Write([]byte(v))
		}
	}
	v := f.query.Versions
	h.Write([]byte{byte(at.resource), truth(v.All), truth(v.First), truth(v.Last || !v.All && !v.First && len(v.At) == 0), truth(f.nothing)})
	put(string(at.collection), at.id)
	put(f.query.IDs...)
	put(f.query.Types...)
	put(v.At...)
	return filterSum(h.Sum(nil)[:8])
}

func truth(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// begin says from when on entries are wanted: the later of added_after and next.
func (f *filter) begin(next time.Time) {
	if next.After(f.query.After) {
		f.query.After = next
	}
}
