package store

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/parcel"
)

// An Addressed is an object on its way to a shelf.
type Addressed struct {
	Object   parcel.Object
	Audience parcel.AudienceID
	Added    time.Time // zero: now. An import that keeps dates gives them in rising order
}

// An Outcome is what became of an Addressed.
type Outcome struct {
	Added    time.Time // of the entry that holds it; zero with Conflict
	Same     bool      // it was there already
	Conflict bool      // the same version is there with other contents, and stays
}

// A Shelved is an entry with what only its keeper knows.
type Shelved struct {
	parcel.Entry
	Audience parcel.AudienceID
	Parcels  []parcel.ID // it came with; filled by OfParcel
}

// What a shelving is.
const (
	laid  = "laid"
	taken = "taken"
)

type shelvingForm struct {
	ID         string `json:"id"`
	Kind       string `json:"kind"`
	Collection string `json:"collection"`
	Parcel     string `json:"parcel,omitempty"`
	Sum        []byte `json:"sum"` // SHA-256 over its rows
}

// shelve records a shelving whose rows have a sum.
func (w *Writing) shelve(f *shelvingForm, sum hash.Hash) error {
	f.Sum = sum.Sum(nil)
	seq, err := w.recordForm(ledger.Act("shelving."+f.Kind), f.ID, f.Parcel, f)
	if err != nil {
		return err
	}
	return w.insert(`INSERT INTO shelvings (org, id, kind, collection, parcel, sum, seq) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		w.org, f.ID, f.Kind, f.Collection, f.Parcel, f.Sum, seq)
}

// hashRow adds what never changes of an entry to a shelving's sum.
func hashRow(h hash.Hash, added, audience int64, id, kind, version, instant string, sum, raw []byte) {
	fmt.Fprintf(h, "row %d %d %q %q %q %q %x %x\n", added, audience, id, kind, version, instant, sum, raw)
}

func hashSupport(h hash.Hash, added int64) { fmt.Fprintf(h, "support %d\n", added) }

// micros is a time as the cursor has it.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func ofMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// Shelve lays objects on a shelf, in their order, and gives what became of each. Every entry
// is later than all that were there, whatever the clock says. An object that is there with
// the same contents for the same audience is not added again; it came with one parcel more.
//
// Errors: fault.Invalid for a date that does not rise.
func (w *Writing) Shelve(c parcel.CollectionID, of parcel.ID, in []Addressed) ([]Outcome, error) {
	if !isID(string(c)) || of != "" && !isID(string(of)) {
		return nil, fault.New(fault.Invalid, "store.entry")
	}
	if len(in) == 0 {
		return nil, nil
	}
	l, err := w.newLaying(c, of, in)
	if err != nil {
		return nil, err
	}
	out := make([]Outcome, len(in))
	for k, x := range in {
		if out[k], err = l.lay(x); err != nil {
			return nil, err
		}
	}
	if l.fresh == 0 && l.supported == 0 {
		return out, nil
	}
	if err := l.flag(); err != nil {
		return nil, err
	}
	return out, l.finish()
}

// A laying is a Shelve under way.
type laying struct {
	w         *Writing
	form      shelvingForm
	sum       hash.Hash
	next      int64 // the least that the next entry may have
	rows      map[line][]*version
	fresh     int
	supported int
	rowsIn    []rowIn
	supports  []int64
}

type rowIn struct {
	added int64
	x     Addressed
}

// A line is the versions of one object for one audience.
type line struct {
	audience parcel.AudienceID
	id       string
}

type version struct {
	added       int64
	instant     string
	sum         [sha256.Size]byte
	first, last bool
	mine        bool // laid or supported in this act
	is          bool // fresh: not in the table yet
}

func (w *Writing) newLaying(c parcel.CollectionID, of parcel.ID, in []Addressed) (*laying, error) {
	l := &laying{w: w, sum: sha256.New(), rows: map[line][]*version{}}
	id, err := newID("shelving", w.random)
	if err != nil {
		return nil, err
	}
	l.form = shelvingForm{ID: id, Kind: laid, Collection: string(c), Parcel: string(of)}
	var highest int64
	if err := w.tx.QueryRowContext(w, `SELECT COALESCE(MAX(added), 0) FROM entries WHERE org = $1 AND collection = $2`, w.org, c).Scan(&highest); err != nil {
		return nil, err
	}
	l.next = highest + 1
	var ids []string
	for _, x := range in {
		ids = append(ids, x.Object.ID)
	}
	rows, err := w.holding(c, ids)
	for _, r := range rows {
		key := line{r.Audience, r.ID}
		l.rows[key] = append(l.rows[key], &version{added: r.Added.UnixMicro(), instant: r.Instant, sum: r.Sum, first: r.first, last: r.last})
	}
	return l, err
}

func (l *laying) lay(x Addressed) (Outcome, error) {
	key := line{x.Audience, x.Object.ID}
	for _, v := range l.rows[key] {
		if v.instant != x.Object.Instant {
			continue
		}
		if v.sum == x.Object.Sum {
			if !v.mine {
				v.mine = true
				l.supported++
				l.supports = append(l.supports, v.added)
			}
			return Outcome{Added: ofMicros(v.added), Same: true}, nil
		}
		if x.Object.Instant != "" { // what has no version may come in another form
			return Outcome{Conflict: true}, nil
		}
	}
	added := max(l.next, micros(l.w.moment))
	if !x.Added.IsZero() {
		if added = micros(x.Added); added < l.next {
			return Outcome{}, fault.New(fault.Invalid, "store.date-added")
		}
	}
	l.next = added + 1
	l.rows[key] = append(l.rows[key], &version{added: added, instant: x.Object.Instant, sum: x.Object.Sum, mine: true, is: true})
	l.rowsIn = append(l.rowsIn, rowIn{added, x})
	l.fresh++
	return Outcome{Added: ofMicros(added)}, nil
}

// flag says of each line which version is the first and which the last.
func (l *laying) flag() error {
	for key, versions := range l.rows {
		if !slices.ContainsFunc(versions, func(v *version) bool { return v.is }) {
			continue
		}
		if err := l.w.flag(l.form.Collection, key, versions); err != nil {
			return err
		}
	}
	return nil
}

// flag sets is_first and is_last of rows that are in the table, and notes them for those that
// are not yet. Of versions that have none, the one that came last is the last.
func (w *Writing) flag(collection string, key line, versions []*version) error {
	slices.SortFunc(versions, func(a, b *version) int {
		if c := strings.Compare(a.instant, b.instant); c != 0 {
			return c
		}
		return int(min(1, max(-1, a.added-b.added)))
	})
	for k, v := range versions {
		first, last := k == 0, k == len(versions)-1
		if !v.is && (v.first != first || v.last != last) {
			if err := w.insert(`UPDATE entries SET is_first = $4, is_last = $5 WHERE org = $1 AND collection = $2 AND added = $3`,
				w.org, collection, v.added, bit(first), bit(last)); err != nil {
				return err
			}
		}
		v.first, v.last = first, last
	}
	return nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// finish writes the rows: the shelving first, which they refer to.
func (l *laying) finish() error {
	w := l.w
	for _, r := range l.rowsIn {
		o := r.x.Object
		raw := sha256.Sum256(o.Raw)
		hashRow(l.sum, r.added, int64(r.x.Audience), o.ID, o.Type, o.Version, o.Instant, o.Sum[:], raw[:])
	}
	slices.Sort(l.supports)
	for _, added := range l.supports {
		hashSupport(l.sum, added)
	}
	if err := w.shelve(&l.form, l.sum); err != nil {
		return err
	}
	insert, err := w.tx.PrepareContext(w, `INSERT INTO entries (org, collection, added, audience, id, type, version, instant, is_first, is_last, laid, gone, sum, raw_sum, raw)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $12, $13, $14)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	support, err := w.tx.PrepareContext(w, `INSERT INTO supports (org, collection, added, shelving) VALUES ($1, $2, $3, $4)`)
	if err != nil {
		return err
	}
	defer support.Close()
	for _, r := range l.rowsIn {
		o := r.x.Object
		var v *version
		for _, x := range l.rows[line{r.x.Audience, o.ID}] {
			if x.added == r.added {
				v = x
			}
		}
		raw := sha256.Sum256(o.Raw)
		if _, err := insert.ExecContext(w, w.org, l.form.Collection, r.added, r.x.Audience, o.ID, o.Type, o.Version, o.Instant,
			bit(v.first), bit(v.last), l.form.ID, o.Sum[:], raw[:], o.Raw); err != nil {
			return err
		}
		l.supports = append(l.supports, r.added)
	}
	for _, added := range l.supports {
		if _, err := support.ExecContext(w, w.org, l.form.Collection, added, l.form.ID); err != nil {
			return err
		}
	}
	return nil
}

// held is a row of entries that is not gone.
type held struct {
	Shelved
	first, last bool
}

const heldColumns = `SELECT added, audience, id, type, version, instant, sum, is_first, is_last FROM entries WHERE org = $1 AND collection = $2 AND gone = '' AND `

// atOnce is how many ids one question names.
const atOnce = 400

func (w *Writing) holding(c parcel.CollectionID, ids []string) ([]held, error) {
	var out []held
	for part := range slices.Chunk(ids, atOnce) {
		in, args := marks(3, part)
		got, err := list(w, w.tx, scanHeld, heldColumns+`id IN (`+in+`)`, append([]any{w.org, c}, args...)...)
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	return out, nil
}

// marks gives "$3, $4, …" for values, and the values.
func marks[T any](from int, values []T) (string, []any) {
	var text strings.Builder
	args := make([]any, len(values))
	for k, v := range values {
		if k > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "$%d", from+k)
		args[k] = v
	}
	return text.String(), args
}

func scanHeld(rows *sql.Rows) (held, error) {
	var h held
	var added int64
	var sum []byte
	var first, last int
	err := rows.Scan(&added, &h.Audience, &h.ID, &h.Type, &h.Version, &h.Instant, &sum, &first, &last)
	h.Added, h.first, h.last = ofMicros(added), first == 1, last == 1
	if err == nil && copy(h.Sum[:], sum) != sha256.Size {
		err = fault.New(fault.Damaged, "store.damaged")
	}
	return h, err
}

// Holding gives what a shelf has of some objects, in every version and for every audience,
// without their bytes.
func (w *Writing) Holding(c parcel.CollectionID, ids []string) ([]Shelved, error) {
	rows, err := w.holding(c, slices.Compact(slices.Sorted(slices.Values(ids))))
	out := make([]Shelved, len(rows))
	for k, r := range rows {
		out[k] = r.Shelved
	}
	return out, err
}

// OfParcel gives what a shelf has that came with a parcel, with its bytes and with all the
// parcels each entry came with, in ascending order.
func (w *Writing) OfParcel(c parcel.CollectionID, of parcel.ID) ([]Shelved, error) {
	out, err := list(w, w.tx, scanShelved, `SELECT DISTINCT e.added, e.audience, e.id, e.type, e.version, e.instant, e.sum, e.raw FROM shelvings s
		JOIN supports p ON p.org = s.org AND p.shelving = s.id
		JOIN entries e ON e.org = p.org AND e.collection = p.collection AND e.added = p.added
		WHERE s.org = $1 AND s.collection = $2 AND s.parcel = $3 AND e.gone = '' ORDER BY e.added`, w.org, c, of)
	if err != nil {
		return nil, err
	}
	for k := range out {
		out[k].Parcels, err = list(w, w.tx, func(rows *sql.Rows) (id parcel.ID, err error) { return id, rows.Scan(&id) },
			`SELECT DISTINCT s.parcel FROM supports p JOIN shelvings s ON s.org = p.org AND s.id = p.shelving
			WHERE p.org = $1 AND p.collection = $2 AND p.added = $3 AND s.parcel <> '' ORDER BY s.parcel`, w.org, c, out[k].Added.UnixMicro())
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scanShelved(rows *sql.Rows) (Shelved, error) {
	var s Shelved
	var added int64
	var sum []byte
	err := rows.Scan(&added, &s.Audience, &s.ID, &s.Type, &s.Version, &s.Instant, &sum, &s.Raw)
	s.Added = ofMicros(added)
	copy(s.Sum[:], sum)
	return s, err
}

// Take takes entries off a shelf: their bytes are gone, their hashes stay, and where one was
// the last version of its object, the one before it is again. Entries that are gone already
// are left as they are.
func (w *Writing) Take(c parcel.CollectionID, of parcel.ID, added []time.Time) error {
	var at []int64
	for _, t := range added {
		at = append(at, micros(t))
	}
	slices.Sort(at)
	at = slices.Compact(at)
	var rows []held
	for part := range slices.Chunk(at, atOnce) {
		in, args := marks(3, part)
		got, err := list(w, w.tx, scanHeld, heldColumns+`added IN (`+in+`) ORDER BY added`, append([]any{w.org, c}, args...)...)
		if err != nil {
			return err
		}
		rows = append(rows, got...)
	}
	if len(rows) == 0 {
		return nil
	}
	id, err := newID("shelving", w.random)
	if err != nil {
		return err
	}
	f := shelvingForm{ID: id, Kind: taken, Collection: string(c), Parcel: string(of)}
	sum := sha256.New()
	for _, r := range rows {
		hashSupport(sum, r.Added.UnixMicro())
	}
	if err := w.shelve(&f, sum); err != nil {
		return err
	}
	touched := map[line]bool{}
	var ids []string
	for _, r := range rows {
		touched[line{r.Audience, r.ID}] = true
		ids = append(ids, r.ID)
		if err := w.insert(`UPDATE entries SET gone = $4, raw = $5, is_first = 0, is_last = 0 WHERE org = $1 AND collection = $2 AND added = $3`,
			w.org, c, r.Added.UnixMicro(), id, []byte{}); err != nil {
			return err
		}
	}
	left, err := w.holding(c, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return err
	}
	lines := map[line][]*version{}
	for _, r := range left {
		if key := (line{r.Audience, r.ID}); touched[key] {
			lines[key] = append(lines[key], &version{added: r.Added.UnixMicro(), instant: r.Instant, first: r.first, last: r.last})
		}
	}
	for key, versions := range lines {
		if err := w.flag(string(c), key, versions); err != nil {
			return err
		}
	}
	return nil
}

// positions packs times into bytes, and unpack reads them back.
func positions(at []int64) []byte {
	out := make([]byte, 0, 8*len(at))
	for _, n := range at {
		out = binary.BigEndian.AppendUint64(out, uint64(n))
	}
	return out
}

func unpack(b []byte) []int64 {
	var out []int64
	for ; len(b) >= 8; b = b[8:] {
		out = append(out, int64(binary.BigEndian.Uint64(b)))
	}
	return out
}
