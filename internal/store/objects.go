package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/party"
)

// A Sort says what an Object is: "account", "release". It is the first half of the acts
// that change one, "release.approved", and never that of another table's.
type Sort string

// Sorts whose bodies the ledger binds by their hash and does not repeat: bytes of files,
// and what opens an account.
const (
	Original   Sort = "original"
	Credential Sort = "credential"
)

// An Object is a record whose fields belong to the package that keeps it.
type Object struct {
	Sort   Sort
	ID     string // made by Put if empty
	Parent string // id of what it belongs to, such as an incident; may be empty
	Lookup string // finds it without an organisation; unique in its sort unless empty
	Body   []byte // JSON, but for an Original; not empty

	Version int64     // number of the act that told of it last; 0 for one not kept yet
	By      string    // who changed it last
	At      time.Time // when that was; UTC, to the second
}

// told is what the ledger keeps of it.
func (o Object) told() ([]byte, error) {
	f := objectForm{ID: o.ID, Parent: o.Parent, Lookup: o.Lookup}
	if o.Sort == Original || o.Sort == Credential {
		sum := sha256.Sum256(o.Body)
		f.Sum = sum[:]
	} else {
		f.Body = o.Body
	}
	return json.Marshal(f)
}

type objectForm struct {
	ID     string          `json:"id"`
	Parent string          `json:"parent,omitempty"`
	Lookup string          `json:"lookup,omitempty"`
	Sum    []byte          `json:"sum,omitempty"` // SHA-256 of a body that is not repeated
	Body   json.RawMessage `json:"body,omitempty"`
}

var reserved = []Sort{"", "organisation", "incident", "item", "decision", "parcel", "content", "shelving", passing}

// passing is the stem of acts that make no row.
const passing = "note"

// Put keeps an object as its Version's successor and gives it its new version; verb is the
// second half of the act, such as "approved".
//
// Errors: fault.Conflict for a version that is not the last any more and for a Lookup that
// is taken, fault.Invalid for a body that is not JSON.
func (w *Writing) Put(o *Object, verb string) error {
	if slices.Contains(reserved, o.Sort) || len(o.Body) == 0 || o.Sort != Original && !json.Valid(o.Body) {
		return fault.New(fault.Invalid, "store.entry")
	}
	if o.ID == "" {
		id, err := newID(string(o.Sort), w.random)
		if err != nil {
			return err
		}
		o.ID = id
	}
	if !isID(o.ID) {
		return fault.New(fault.Invalid, "store.entry")
	}
	if o.Sort != Original { // as the ledger's JSON will have it
		var plain json.RawMessage
		plain, err := json.Marshal(json.RawMessage(o.Body))
		if err != nil {
			return err
		}
		o.Body = plain
	}
	contents, err := o.told()
	if err != nil {
		return err
	}
	seq, err := w.record(ledger.Act(string(o.Sort)+"."+verb), o.ID, o.Parent, contents)
	if err != nil {
		return err
	}
	if o.Version == 0 {
		err = w.insert(`INSERT INTO objects (org, sort, id, parent, lookup, body, first_seq, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
			ON CONFLICT DO NOTHING`, w.org, o.Sort, o.ID, o.Parent, o.Lookup, o.Body, seq)
	} else {
		err = w.insert(`UPDATE objects SET parent = $4, lookup = $5, body = $6, seq = $7
			WHERE org = $1 AND sort = $2 AND id = $3 AND seq = $8
			AND ($5 = '' OR NOT EXISTS (SELECT 1 FROM objects x WHERE x.sort = $2 AND x.lookup = $5 AND (x.org <> $1 OR x.id <> $3)))`,
			w.org, o.Sort, o.ID, o.Parent, o.Lookup, o.Body, seq, o.Version)
	}
	if err != nil {
		return err
	}
	o.Version, o.By, o.At = seq, w.by, w.at
	return nil
}

// PutValue is Put with a value that becomes the body as JSON.
func (w *Writing) PutValue(verb string, o *Object, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "store.internal")
	}
	o.Body = body
	return w.Put(o, verb)
}

// Value reads the body into a value: the inverse of PutValue. A body that is none is
// fault.Damaged.
func (o Object) Value(into any) error {
	if err := json.Unmarshal(o.Body, into); err != nil {
		return fault.Wrap(err, fault.Damaged, "store.damaged")
	}
	return nil
}

// Note records an act that changes no row, such as a log-in. act is a verb: "signed-in".
func (w *Writing) Note(verb, subject string) error {
	_, err := w.recordForm(ledger.Act(passing+"."+verb), subject, "", struct{}{})
	return err
}

const objectColumns = `SELECT o.sort, o.id, o.parent, o.lookup, o.body, o.seq, e.actor, e.at
	FROM objects o JOIN ledger_entries e ON e.org = o.org AND e.seq = o.seq WHERE o.org = $1 AND o.sort = $2 AND length(o.body) > 0 AND `

// Objects lists an organisation's objects of one sort that belong to parent, the oldest
// first. Purged ones are left out.
func (s *Store) Objects(ctx context.Context, org party.OrgID, sort Sort, parent string) ([]Object, error) {
	if err := knowOrganisation(ctx, s.reader, org); err != nil {
		return nil, fail(err)
	}
	return list(ctx, s.reader, scanObject, objectColumns+`o.parent = $3 ORDER BY o.first_seq`, org, sort, parent)
}

// AllObjects lists an organisation's objects of one sort, whatever they belong to.
func (s *Store) AllObjects(ctx context.Context, org party.OrgID, sort Sort) ([]Object, error) {
	if err := knowOrganisation(ctx, s.reader, org); err != nil {
		return nil, fail(err)
	}
	return list(ctx, s.reader, scanObject, objectColumns+`1 = 1 ORDER BY o.first_seq`, org, sort)
}

// Object gives one object of an organisation.
func (s *Store) Object(ctx context.Context, org party.OrgID, sort Sort, id string) (Object, error) {
	return one(ctx, s.reader, scanObject, objectColumns+`o.id = $3`, org, sort, id)
}

func scanObject(rows *sql.Rows) (Object, error) {
	var o Object
	var at string
	if err := rows.Scan(&o.Sort, &o.ID, &o.Parent, &o.Lookup, &o.Body, &o.Version, &o.By, &at); err != nil {
		return o, err
	}
	return o, readClock(at, &o.At)
}

// Find gives the organisation and id of the object that has a lookup. It serves those who
// ask who somebody is, before there is an organisation to ask for.
func (s *Store) Find(ctx context.Context, sort Sort, lookup string) (org party.OrgID, id string, err error) {
	if lookup == "" {
		return "", "", notFound()
	}
	err = s.reader.QueryRowContext(ctx, `SELECT org, id FROM objects WHERE sort = $1 AND lookup = $2`, sort, lookup).Scan(&org, &id)
	return org, id, missing(err)
}

// Organisations lists the ids of all organisations, the oldest first. It serves first runs
// and work that is due for everybody, and shows nothing of them.
func (s *Store) Organisations(ctx context.Context) ([]party.OrgID, error) {
	return list(ctx, s.reader, func(rows *sql.Rows) (id party.OrgID, err error) {
		return id, rows.Scan(&id)
	}, `SELECT id FROM organisations ORDER BY seq`)
}

// A Version is what the ledger keeps of one change to an item or object.
type Version struct {
	Seq  int64
	At   time.Time
	By   string
	Act  ledger.Act
	Body []byte // what stood then, JSON; nil if purged, or if the ledger has its hash only
}

// Versions lists the changes of one item or object, the newest first.
func (s *Store) Versions(ctx context.Context, org party.OrgID, subject string) ([]Version, error) {
	return list(ctx, s.reader, scanVersion, `SELECT e.seq, e.at, e.actor, e.act, c.body FROM ledger_entries e
		LEFT JOIN ledger_contents c ON c.org = e.org AND c.seq = e.seq
		WHERE e.org = $1 AND e.subject = $2 ORDER BY e.seq DESC`, org, subject)
}

func scanVersion(rows *sql.Rows) (Version, error) {
	var v Version
	var at string
	var body []byte
	if err := rows.Scan(&v.Seq, &at, &v.By, &v.Act, &body); err != nil {
		return v, err
	}
	v.Body = body
	if len(body) > 0 && stemOf(v.Act) != "item" {
		var f objectForm
		if json.Unmarshal(body, &f) == nil {
			v.Body = f.Body
		}
	}
	return v, readClock(at, &v.At)
}
