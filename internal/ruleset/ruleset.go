// Package ruleset writes indicators as rules and queries for engines people already run.
//
// It also reads back what those found.
//
// Logs that are too large for one machine are hunted by the engines that hold them: Suricata
// and Zeek on the wire, a resolver with a response policy zone, DuckDB and ClickHouse over
// columns, Splunk and Elasticsearch over indices, YARA over files, and whatever Sigma is
// converted to. [Write] makes the files for one of them from a list of items; [ReadEVE] and
// [ReadIntel] read what Suricata and Zeek then wrote, and say which indicators were seen.
//
// Three things hold for every engine:
//
//   - Meaning, not substrings. A domain finds itself and the names below it, cut at label
//     boundaries; an address finds itself and never a longer one that begins alike; a URL finds
//     its host and what begins with its path, cut where a part of the path ends; a digest is
//     found in any case. What an engine cannot say, or can say only in part, is counted in
//     [Output.Unsaid] and never written as something else.
//   - A value comes from outside. It is read again with [indicator.Parse] before anything is
//     made of it, and quoted by the one function of its engine.
//   - The same items, in any order, give the same bytes.
//
// A port that was seen with an address is written beside it for people and never narrows
// what is looked for. The label of the strictest item stands at the head of each file; a file
// whose format has no comments carries it in its name. An item without a label goes nowhere.
package ruleset

import (
	"strconv"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// MaxItems is how many items one set can hold; lists beyond it are for a feed, not for files
// that a person carries to an engine.
const MaxItems = 1_000_000

// A Target names an engine, or a language that is converted to those of others.
type Target string

// The targets.
const (
	Suricata   Target = "suricata"   // rules, with lists beside them
	Zeek       Target = "zeek"       // a file for the Intelligence Framework, and a script
	RPZ        Target = "rpz"        // a DNS response policy zone
	DuckDB     Target = "duckdb"     // a table and views that join it with logs
	ClickHouse Target = "clickhouse" // likewise
	Sigma      Target = "sigma"      // rules, one file for each sort of log
	YARA       Target = "yara"       // rules over files and memory
	Splunk     Target = "splunk"     // lookups and searches
	Elastic    Target = "elastic"    // threat-intelligence documents in ECS and queries
)

// An Item is one indicator to look for. Nothing in it says who looks or who was attacked.
type Item struct {
	Value indicator.Value
	Port  uint16    // seen with the value; 0: none. For people to read
	Ref   string    // opaque id of where it came from; may be empty
	Since time.Time // first known to be used; zero: not known
	Until time.Time // from then on it is stale; zero: no end known
	TLP   tlp.Label // Unknown: the item is not written
	Note  string    // one line for people; may be empty. Control characters are dropped
}

// Options say how the files are made. The zero Options are usable.
type Options struct {
	Name string    // of the set: a–z, 0–9, - and _, at most 40, a letter first. Default: wakachi
	At   time.Time // stands in headers as the time of writing, and decides what has expired; zero: neither

	BaseSID uint32 // Suricata: the first rule id. Default: DefaultBaseSID
	SIDs    uint32 // Suricata: how many ids there are from BaseSID on. Default: DefaultSIDs
	Lists   int    // Suricata: from how many domains or addresses on a data set takes the place of rules. Default: DefaultLists

	Zone string // RPZ: name of the zone. Default: NAME.rpz.invalid

	Table  string  // SQL: table of indicators; Splunk: lookup; Elastic: index. Default: one from the name of the set
	Places []Place // SQL, Splunk, Elastic: where to look. Default: DefaultPlaces(target)
}

// Defaults of Options. The ids are the upper half of those kept for local use, so that a
// site's own rules, which usually begin at 1000001, are not met.
//
// Source: sidallocation.org, 1000000–1999999.
const (
	DefaultName    = "wakachi"
	DefaultBaseSID = 1_500_000
	DefaultSIDs    = 500_000
	DefaultLists   = 20_000
)

// An Output is what Write made.
type Output struct {
	Files  []File
	Unsaid []Unsaid // sorted by type, then reason; empty if all was said in full
}

// A File is one of those an engine takes.
type File struct {
	Name  string // without a directory; ASCII, safe in every file system
	Bytes []byte
}

// Unsaid counts values that an engine cannot look for, or only for a part of what they mean.
type Unsaid struct {
	Type   indicator.Type
	Reason Reason
	Count  int  // values, not items: the same value twice counts once
	Partly bool // a rule was written; it finds less than the value means
}

// A Reason is a token for why a value was not said in full.
type Reason string

// The reasons. Those from ExactOnly on leave a part standing.
const (
	NotAValue  Reason = "ruleset.not-a-value"  // it is no value of its type in normal form
	NoLabel    Reason = "ruleset.no-label"     // nobody has said to whom it may go
	TooWide    Reason = "ruleset.too-wide"     // it would find half the internet: co.jp, 0.0.0.0/0
	NotRouted  Reason = "ruleset.not-routed"   // an address that means another machine in each network
	Expired    Reason = "ruleset.expired"      // stale at the time of writing, and the engine looks only ahead
	NoField    Reason = "ruleset.no-field"     // the engine has no field in which it would show
	NoPlace    Reason = "ruleset.no-place"     // no table, index or column was named for it
	Algorithm  Reason = "ruleset.algorithm"    // the engine does not compute this digest
	Scheme     Reason = "ruleset.scheme"       // the engine does not read this protocol
	Version    Reason = "ruleset.version"      // only a later version than the one assumed can
	TooLong    Reason = "ruleset.too-long"     // longer than the engine takes
	TooShort   Reason = "ruleset.too-short"    // so short that it would be found everywhere
	Wildcard   Reason = "ruleset.wildcard"     // the engine cannot leave out the name itself
	ExactOnly  Reason = "ruleset.exact-only"   // found only as it stands: no longer URL that begins with it
	Encrypted  Reason = "ruleset.encrypted"    // seen only where the traffic is opened before the sensor
	PrefixOnly Reason = "ruleset.network-part" // written as part of a network the engine can hold
)

// Write makes the files that let an engine look for items. What cannot be written is counted
// in Output.Unsaid; it is no error, and the rest is written. Files have no order among
// themselves but their names', and their bytes depend on nothing but the items and options.
//
// Errors are fault.Unsupported for an unknown target, fault.Invalid for options that are no
// names, fault.TooLarge for more than MaxItems or more rules than there are ids.
func Write(target Target, items []Item, o Options) (Output, error) {
	write, ok := writers()[target]
	if !ok {
		return Output{}, fault.New(fault.Unsupported, "ruleset.target")
	}
	if len(items) > MaxItems {
		return Output{}, fault.New(fault.TooLarge, "ruleset.items", strconv.Itoa(MaxItems))
	}
	set, err := prepare(target, items, o)
	if err != nil {
		return Output{}, err
	}
	if err := write(set); err != nil {
		return Output{}, err
	}
	return set.output(), nil
}

// Targets lists the targets, in the order in which a form offers them.
func Targets() []Target {
	return []Target{Suricata, Zeek, RPZ, Sigma, YARA, DuckDB, ClickHouse, Splunk, Elastic}
}
