package parcel

import (
	"crypto/ed25519"
	"crypto/sha256"
	"time"

	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A Key is the public half of the Ed25519 key a paper is signed with. Who holds it is known
// to whoever was told out of band; the zero Key is nobody's.
type Key [ed25519.PublicKeySize]byte

// A Paper is what the papers that go with parcels have in common: the Waybill, the Recall,
// the Answer and the Acknowledgement. They are values; package stix writes, signs and
// verifies them.
type Paper struct {
	ID       string          // of the object that carries it: "wakachi-seal--…", made at random
	By       party.Pseudonym // who vouches for it
	Created  time.Time       // UTC, to the millisecond
	Modified time.Time       // likewise, not before Created; the version
	Label    tlp.Label       // under which the paper itself is handled; Unknown is refused
	Key      Key             // what it was signed with
}

// A Piece is one version of one object as a manifest names it.
type Piece struct {
	Ref     string            // "indicator--…"
	Version string            // as Object.Version
	Sum     [sha256.Size]byte // as Object.Sum
}

// Addressed says whom a sender means, in words its hub understands. The zero Addressed says
// nothing beyond what the channel says.
type Addressed struct {
	Reach  party.Reach
	Group  string   // of the community; empty: all members
	Except []string // who is not to get it, as the hub's directory names them
}

// A Waybill lists what a parcel holds and how it is to be handled. Signed it is the seal on
// the parcel, "wakachi-seal".
type Waybill struct {
	Paper
	Parcel   ID
	To       Addressed
	Until    time.Time // the facts are not to be used after it; zero if not said
	AskDue   time.Time // by when an answer is asked for; zero if none is
	Manifest []Piece   // what the seal covers; at least one
}

// An Action is what a recall does.
type Action string

// The actions of a recall.
const (
	Retract Action = "retract" // it is wrong or should not have gone out: nobody uses it
	Narrow  Action = "narrow"  // those who are told no longer have it
	Tighten Action = "tighten" // it goes on under a stricter label
	Correct Action = "correct" // another parcel holds what is right
)

// A Reason says why something is recalled, or why a recall was not carried out.
type Reason string

// The reasons of a recall, and after them those for which one is not done.
const (
	FalsePositive Reason = "false-positive" // it harms nobody
	WrongValue    Reason = "wrong-value"    // it is not what was meant
	WrongAudience Reason = "wrong-audience" // it went to somebody it was not for
	Harm          Reason = "harm"           // using or keeping it does damage
	OwnerRequest  Reason = "owner-request"  // whose fact it is wants it back
	Other         Reason = "other"          // something else, said elsewhere

	NotHeld     Reason = "not-held"     // it never came, or is gone already
	PassedOn    Reason = "passed-on"    // it went on to others, who are being told
	KeptByLaw   Reason = "kept-by-law"  // it must be kept, and is not used
	NotPossible Reason = "not-possible" // a copy is out of reach
)

// A Recall takes back, or narrows, what a parcel gave.
type Recall struct {
	Paper
	Action     Action
	Parcel     ID
	Manifest   []Piece   // what is withdrawn or tightened; empty: the whole parcel
	Stricter   tlp.Label // of Tighten: the label from now on; Unknown with other actions
	ReplacedBy ID        // of Correct: the parcel that stands in its place; empty otherwise
	Reason     Reason
	Due        time.Time // acknowledge by; zero if not said
}

// A Finding is what a receiver found in its own logs. The last three are three different
// answers, and none of them is silence.
type Finding string

// The findings.
const (
	Found        Finding = "found"
	NotFound     Finding = "not-found"     // searched, and it is not there
	NoLogs       Finding = "no-logs"       // nothing is left of that time
	CannotSearch Finding = "cannot-search" // there may be logs, and nobody can search them
)

// A LogKind says what was searched.
type LogKind string

// The kinds of logs.
const (
	ProxyLog    LogKind = "proxy"
	DNSLog      LogKind = "dns"
	FirewallLog LogKind = "firewall"
	EndpointLog LogKind = "endpoint"
	MailLog     LogKind = "mail"
	CloudLog    LogKind = "cloud"
	OtherLog    LogKind = "other"
)

// An Answer tells a sender what became of what it shared.
type Answer struct {
	Paper
	Parcel    ID
	Finding   Finding
	About     []string  // ids of objects of the parcel; empty: all of it
	Logs      LogKind   // empty if not said
	From, To  time.Time // the period that was searched; zero if not said
	Coverage  int       // percent of the systems that were searched, 0–100, if Covered
	Covered   bool      // Coverage was said
	Tool      string    // what was searched with; empty if not said
	Count     int       // how often it was Found; 0 with every other finding
	FirstSeen time.Time // of Found; zero if not said
	LastSeen  time.Time // likewise, not before FirstSeen
	Remarks   []Remark
}

// A RemarkKind says what a remark is for.
type RemarkKind string

// The kinds of remarks.
const (
	FurtherIndicators RemarkKind = "further-indicators"
	IsFalsePositive   RemarkKind = "false-positive"
	Mitigation        RemarkKind = "mitigation"
	Correction        RemarkKind = "correction"
)

// A Remark is a sentence that comes with an answer, or points to objects that do.
type Remark struct {
	Kind RemarkKind
	Text string   // empty if the objects say it all
	Refs []string // ids of objects; may be empty if there is Text
}

// An Acknowledgement tells who recalled something that it was done, or why not.
type Acknowledgement struct {
	Paper
	Recall string // id of the recall: "wakachi-recall--…"
	Done   bool
	Reason Reason // why not; empty if Done
}
