package watch

import (
	"bytes"
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
	p.from, p.to = sheet.InUse()
	p.passed = len(sheet.Lines)
	table, _ := sheet.Wanted()
	if table == nil {
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
