package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
)

// Bounds of one page.
const (
	pageRows  = 1000    // entries, if the asker names no number or a larger one
	pageBytes = 8 << 20 // of objects; a page has one at least
	pageLook  = 20_000  // rows that are looked at, whoever they are for
)

// Entries gives part of a shelf: what is for one of these audiences, in ascending order of
// when it was added. The cost depends on the page and not on the shelf. A page may be short,
// and even empty, with More: then Next says how far was looked. No audience is an empty page.
func (s *Store) Entries(ctx context.Context, org party.OrgID, c parcel.CollectionID, to []parcel.AudienceID, q parcel.Query) (parcel.Page, error) {
	page := parcel.Page{Next: q.After}
	if len(to) == 0 {
		return page, nil
	}
	limit := q.Limit
	if limit <= 0 || limit > pageRows {
		limit = pageRows
	}
	text, args := pageQuery(org, c, to, q)
	rows, err := s.reader.QueryContext(ctx, text, args...)
	if err != nil {
		return page, fail(err)
	}
	defer rows.Close()
	size, looked := 0, 0
	for rows.Next() {
		e, ok, err := scanEntry(rows)
		if err != nil {
			return page, fail(err)
		}
		looked++
		if !ok {
			page.Next = e.Added
			continue
		}
		if len(page.Entries) == limit || len(page.Entries) > 0 && size+len(e.Raw) > pageBytes {
			page.More = true
			break
		}
		size += len(e.Raw)
		page.Entries, page.Next = append(page.Entries, e), e.Added
	}
	if err := rows.Err(); err != nil {
		return page, fail(err)
	}
	page.More = page.More || looked == pageLook
	if len(q.IDs) == 1 {
		if page.Known = len(page.Entries) > 0; !page.Known {
			page.Known, err = s.knows(ctx, org, c, to, q.IDs[0])
		}
	}
	return page, err
}

// scanEntry reads a row of pageQuery; ok is false for one that is not wanted, of which only
// Added is there.
func scanEntry(rows *sql.Rows) (e parcel.Entry, ok bool, err error) {
	var added int64
	var id, kind, version, instant sql.NullString
	var sum []byte
	var raw sql.RawBytes
	if err := rows.Scan(&added, &id, &kind, &version, &instant, &sum, &raw); err != nil {
		return e, false, err
	}
	if e.Added = ofMicros(added); !id.Valid {
		return e, false, nil
	}
	e.ID, e.Type, e.Version, e.Instant = id.String, kind.String, version.String, instant.String
	if copy(e.Sum[:], sum) != sha256.Size {
		return e, false, fault.New(fault.Damaged, "store.damaged")
	}
	if raw != nil {
		e.Raw = append([]byte(nil), raw...)
	}
	return e, true, nil
}

// knows says whether a shelf has any version of an object for some audience.
func (s *Store) knows(ctx context.Context, org party.OrgID, c parcel.CollectionID, to []parcel.AudienceID, id string) (bool, error) {
	in, args := marks(4, to)
	var n int
	err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM entries WHERE org = $1 AND collection = $2 AND id = $3 AND gone = '' AND audience IN (`+in+`) LIMIT 1) AS found`,
		append([]any{org, c, id}, args...)...).Scan(&n)
	return n > 0, fail(err)
}

// pageQuery writes the question. Rows come out of an index in the order of added; whether one
// is wanted is said in its columns, and not in the condition, so that the number of rows that
// are looked at is bounded, and those that are not wanted are never fetched.
func pageQuery(org party.OrgID, c parcel.CollectionID, to []parcel.AudienceID, q parcel.Query) (string, []any) {
	args := []any{org, c, micros(q.After)}
	in := func(column string, values []any) string {
		text, more := marks(len(args)+1, values)
		args = append(args, more...)
		return column + " IN (" + text + ")"
	}
	// A plus before a column keeps the planner from choosing its index: what is asked for by
	// id is found by id, and sorted.
	base, order, plus := "org = $1 AND collection = $2 AND added > $3", "added", ""
	if len(q.IDs) > 0 {
		base, order, plus = "org = $1 AND collection = $2 AND +added > $3", "+added", "+"
	}
	wanted := []string{in("audience", anys(to))}
	switch v := q.Versions; {
	case v.All || len(v.At) > 0:
		wanted = append(wanted, "gone = ''")
	case v.First && v.Last:
		wanted = append(wanted, "(is_first = 1 OR is_last = 1)")
	case v.First:
		wanted = append(wanted, "is_first = 1")
	default:
		base += " AND " + plus + "is_last = 1"
	}
	if at := q.Versions; len(at.At) > 0 {
		also := in("instant", anys(at.At))
		if added := moments(at.At); len(added) > 0 { // of an object without a version it is when it came
			also += " OR instant = '' AND " + in("added", added)
		}
		if at.First {
			also += " OR is_first = 1"
		}
		if at.Last {
			also += " OR is_last = 1"
		}
		wanted = append(wanted, "("+also+")")
	}
	switch {
	case len(q.IDs) > 0:
		base += " AND " + in("id", anys(q.IDs))
		if len(q.Types) > 0 {
			wanted = append(wanted, in("type", anys(q.Types)))
		}
	case len(q.Types) == 1:
		base += " AND " + in("type", anys(q.Types))
	case len(q.Types) > 1:
		wanted = append(wanted, in("type", anys(q.Types)))
	}
	ok := strings.Join(wanted, " AND ")
	columns := []string{"added"}
	for _, name := range []string{"id", "type", "version", "instant", "sum", "raw"} {
		if name == "raw" && q.Bare {
			columns = append(columns, "NULL")
			continue
		}
		columns = append(columns, "CASE WHEN "+ok+" THEN "+name+" END")
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM entries WHERE " + base + " ORDER BY " + order + " LIMIT " + strconv.Itoa(pageLook), args
}

// moments reads instants as the cursor has them.
func moments(instants []string) []any {
	var out []any
	for _, s := range instants {
		if t, err := time.Parse("2006-01-02T15:04:05.999999", s); err == nil {
			out = append(out, micros(t))
		}
	}
	return out
}

func anys[T any](values []T) []any {
	out := make([]any, len(values))
	for k, v := range values {
		out[k] = v
	}
	return out
}

// Highest gives when the last entry of a shelf was added; zero for an empty one.
func (s *Store) Highest(ctx context.Context, org party.OrgID, c parcel.CollectionID) (time.Time, error) {
	var n sql.NullInt64
	err := s.reader.QueryRowContext(ctx, `SELECT MAX(added) FROM entries WHERE org = $1 AND collection = $2`, org, c).Scan(&n)
	return ofMicros(n.Int64), fail(err)
}
