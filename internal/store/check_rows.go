package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
)

// A shelf is a table whose rows acts have made. form gives, from a row's columns after
// org, id and seq, the contents its act must have had, nil for a row that was purged; ok
// is false if the columns disagree among themselves.
type shelf struct {
	table, columns, types string
	stem                  string // of its acts; empty for objects, whose sort is the stem
	form                  func(id string, row []any) (contents []byte, ok bool)
}

var shelves = []shelf{
	{"organisations", "id, id, seq, name, created", "ttitt", "organisation", organisationRow},
	{"incidents", "org, id, seq, codename, opened", "ttitt", "incident", incidentRow},
	{"items", "org, id, seq, incident, kind, status, stand, value_type, value_hash, value, body, first_seq", "ttitttttttbi", "item", itemsRow},
	{"decisions", "org, id, seq, incident, item, outcome, code, point, made", "ttitttttt", "decision", decisionRow},
	{"parcels", "org, id, seq, incident, media, label, reach, sender, sealed, sum, body", "ttittttttbb", "parcel", parcelRow},
	{"shelvings", "org, id, seq, kind, collection, parcel, sum", "ttitttb", "shelving", shelvingRow},
	{"objects", "org, id, seq, sort, parent, lookup, body, first_seq", "ttitttbi", "", objectRow},
}

// hasFirst are the tables whose last column is the number of the act that made the row.
var hasFirst = map[string]bool{"items": true, "objects": true}

// readRows holds each row against the act that made it, and notes acts without their row.
func (c *checking) readRows() error {
	for _, s := range shelves {
		err := c.each(s.table, s.columns, s.types, "seq", func(row []any) {
			org, id, seq := row[0].(string), row[1].(string), row[2].(int64)
			stem := s.stem
			if stem == "" {
				stem = row[3].(string)
			}
			t := c.latest[subject{org, id, stem}]
			if t == nil {
				c.found("check.no-entry", s.table, id)
				return
			}
			t.kept = true
			contents, ok := s.form(id, row[3:])
			if !ok || t.seq != seq || !t.agrees(contents) || hasFirst[s.table] && row[len(row)-1] != t.first {
				c.found("check.row", s.table, id)
			}
		})
		if err != nil {
			return err
		}
	}
	c.missingRows()
	return nil
}

// agrees says whether these are the contents of the act, or were purged with it.
func (t *told) agrees(contents []byte) bool {
	if t.contents == nil || contents == nil {
		return t.contents == nil && contents == nil
	}
	sum := sha256.Sum256(contents)
	return bytes.Equal(sum[:], t.contents)
}

func organisationRow(id string, row []any) ([]byte, bool) {
	return form(organisationForm{id, row[0].(string), row[1].(string)})
}

func incidentRow(id string, row []any) ([]byte, bool) {
	return form(incidentForm{id, row[0].(string), row[1].(string)})
}

func decisionRow(id string, row []any) ([]byte, bool) {
	return form(decisionForm{
		id, row[0].(string), row[1].(string), row[2].(string), row[3].(string), row[4].(string), row[5].(string),
	})
}

func itemsRow(id string, row []any) ([]byte, bool) {
	body := row[7].([]byte)
	if len(body) == 0 {
		return nil, blank(row[1:7])
	}
	f, _, err := itemOf(body)
	if err != nil {
		return nil, false
	}
	columns, _, err := itemRow(f)
	same := err == nil && f.ID == id && f.Incident == row[0]
	for i, want := range columns {
		same = same && row[1+i] == want
	}
	return body, same
}

func parcelRow(id string, row []any) ([]byte, bool) {
	sum, body := row[6].([]byte), row[7].([]byte)
	if len(body) == 0 {
		return nil, blank(row[1:6]) && len(sum) == 0
	}
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return nil, false
	}
	return form(parcelForm{
		id, row[0].(string), row[1].(string), row[2].(string), row[3].(string), row[4].(string), row[5].(string), sum,
	})
}

func shelvingRow(id string, row []any) ([]byte, bool) {
	return form(shelvingForm{id, row[0].(string), row[1].(string), row[2].(string), row[3].([]byte)})
}

func objectRow(id string, row []any) ([]byte, bool) {
	o := Object{Sort: Sort(row[0].(string)), ID: id, Parent: row[1].(string), Lookup: row[2].(string), Body: row[3].([]byte)}
	if len(o.Body) == 0 {
		return nil, o.Lookup == ""
	}
	contents, err := o.told()
	return contents, err == nil
}

func blank(columns []any) bool {
	for _, c := range columns {
		if c != "" {
			return false
		}
	}
	return true
}

func form(f any) ([]byte, bool) {
	b, err := json.Marshal(f)
	return b, err == nil
}
