package parcel

import (
	"crypto/sha256"
	"time"
)

// A CollectionID names a collection: a UUIDv4, here and over TAXII.
//
// SPEC: TAXII 2.1 §5.2.1.
type CollectionID string

// A Collection is objects in the order in which they came, as one asker may use it.
type Collection struct {
	ID          CollectionID
	Title       string
	Description string
	CanRead     bool
	CanWrite    bool
}

// An AudienceID numbers an audience inside one wakachi. The zero AudienceID is nobody.
type AudienceID int64

// An Object is one version of a STIX object, in the bytes in which it came.
type Object struct {
	ID      string            // "indicator--…"
	Type    string            // "indicator"
	Version string            // its modified, else its created, as it is written; empty if it has neither
	Instant string            // Version in a form that sorts: "2026-09-01T00:30:00.5", UTC, without trailing zeros
	Sum     [sha256.Size]byte // SHA-256 of the canonical JSON
	Raw     []byte            // served unchanged; nil where only the rest was asked for
}

// An Entry is an object in a collection.
type Entry struct {
	Object
	Added time.Time // to the microsecond, UTC; no two entries of a collection have the same
}

// A Query asks for part of a collection. The zero Query asks for the last version of
// everything, as much as a page takes.
type Query struct {
	After    time.Time // only what was added later
	Limit    int       // at most so many; 0: the server's own limit
	IDs      []string  // one of these; empty: any
	Types    []string  // likewise
	Versions Versions
	Bare     bool   // without Raw
	Via      string // through which door it leaves, for the receipt: "taxii", "portal"
}

// Versions says which versions of an object are wanted. The zero Versions is the last.
type Versions struct {
	All, First, Last bool
	At               []string // Instants
}

// A Page is an answer to a Query, in ascending order of Added.
type Page struct {
	Entries []Entry
	More    bool
	Next    time.Time // After of the query that goes on; not before the last entry's Added
	Known   bool      // of a query for one id: the asker may see some version of it here
}

// A Status tells what became of objects somebody brought.
type Status struct {
	ID      string // UUIDv4
	At      time.Time
	Results []Result // one for each object, in their order
}

// A Result is what became of one object.
type Result struct {
	ID      string // as the object gave it; empty if it gave none
	Version string
	Failure string // why it was not taken, in words that may be shown; empty if it was
}
