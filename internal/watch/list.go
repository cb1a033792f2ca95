package watch

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/wanted"
)

// A list is what several parcels ask for together: each value once, whoever asks for it.
type list struct {
	builder hunt.Builder
	values  []value
	byWant  map[hunt.Wanted]int // index into values; Ref is empty
}

// A value is looked for once, and its hits count for every parcel that asks for it.
type value struct {
	want    hunt.Wanted
	parcels []int
	places  []parcel.Place
}

// An asker is a parcel that is searched for.
type asker struct {
	parcel.Shared
	from, to time.Time // of use
	values   int
	passed   int // lines that logs are not searched for
}

// add puts the values of a parcel in, as far as they are worth looking for.
func (l *list) add(k int, p *asker, sheet parcel.Sheet) error {
	p.from, p.to = use(sheet)
	indicators, table := tableOf(sheet)
	p.passed = len(sheet.Lines)
	if indicators == 0 {
		return nil
	}
	_, err := wanted.Read(bytes.NewReader(table), string(p.Parcel), wanted.Options{}, func(e wanted.Entry) error {
		if l.want(k, hunt.Wanted{Value: e.Value, Port: e.Port}) {
			p.values++
		}
		return nil
	})
	p.passed = max(0, len(sheet.Lines)-p.values)
	return err
}

// want puts one value in. It is false for one that cannot be looked for.
func (l *list) want(k int, w hunt.Wanted) bool {
	at, ok := l.byWant[w]
	if !ok {
		at = len(l.values)
		named := w
		named.Ref = strconv.Itoa(at)
		if l.builder.Add(named) != nil {
			return false
		}
		l.byWant[w] = at
		l.values = append(l.values, value{want: w})
	}
	v := &l.values[at]
	if n := len(v.parcels); n == 0 || v.parcels[n-1] != k {
		v.parcels = append(v.parcels, k)
	}
	return true
}

// tableOf writes what a sheet asks to look for as a table that package wanted reads: there
// it is decided what is worth looking for. Patterns are left out; logs are not searched for them.
func tableOf(s parcel.Sheet) (indicators int, table []byte) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Write([]string{"type", "value", "port"}) //nolint:errcheck // a bytes.Buffer takes everything
	for _, l := range s.Lines {
		if l.Sort != "indicator" || l.Like != nil || l.Value == "" {
			continue
		}
		kind, port := l.Type, ""
		if l.Hash != "" && l.Type == "file" {
			kind = l.Hash
		}
		if l.Port != 0 {
			port = strconv.Itoa(int(l.Port))
		}
		w.Write([]string{kind, l.Value, port}) //nolint:errcheck // likewise
		indicators++
	}
	w.Flush()
	return indicators, out.Bytes()
}

// use gives the time in which the values of a sheet were in use, as far as its lines say: from
// the first day to the end of the last; zero for what no line says. The gate writes the first of
// a month for some day of it, so that a last day which is a first may be any of its month: that
// logs do not reach back is said only where it is sure.
func use(s parcel.Sheet) (from, to time.Time) {
	for _, l := range s.Lines {
		if t, err := time.Parse(time.DateOnly, l.First); err == nil && (from.IsZero() || t.Before(from)) {
			from = t
		}
		t, err := time.Parse(time.DateOnly, l.Last)
		if err != nil {
			continue
		}
		if t.Day() == 1 {
			to = later(to, t.AddDate(0, 1, 0))
		}
		to = later(to, t.AddDate(0, 0, 1))
	}
	return from, to
}
