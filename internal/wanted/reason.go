package wanted

// A Reason is why an entry is not looked for. It is a token whose words are in package
// phrase under "wanted.reason." and the token.
type Reason string

// Why an entry is passed, in the order in which they are asked: the first that holds is the
// one that is told.
const (
	TooLong     Reason = "too-long"         // a line beyond MaxLine; never waived
	Unsound     Reason = "unsound"          // an object or attribute that breaks the rules of its format; never waived
	NotAValue   Reason = "not-a-value"      // no value of the type it claims, or none at all; never waived
	Unsupported Reason = "unsupported-type" // nothing a log could show: Passed.Type says what; never waived
	Compound    Reason = "compound"         // a pattern that is more than a list of values; never waived
	Foreign     Reason = "foreign-pattern"  // a rule in another language: Passed.Type says which; never waived
	Deleted     Reason = "deleted"          // struck out in MISP; never waived
	Revoked     Reason = "revoked"          // its creator took it back; never waived
	Superseded  Reason = "superseded"       // a newer version of the object is in the list; never waived
	OwnSide     Reason = "own-side"         // what was attacked, not what attacked
	SaidBenign  Reason = "said-benign"      // its creator says that it is harmless; never waived
	ToIDsFalse  Reason = "to-ids-false"     // MISP: context, not for detection
	Observed    Reason = "observed-only"    // STIX: seen, and no indicator stands behind it
	Expired     Reason = "expired"          // Until is over
	NotYet      Reason = "not-yet-valid"    // Since is to come
	LowTrust    Reason = "low-confidence"   // below Options.MinConfidence
	Doubtful    Reason = "doubtful"         // found in prose, and as likely something else
	TooWide     Reason = "too-wide"         // would match half of everything; never waived
	SharedHost  Reason = "shared-suffix"    // a name under which anybody can have one: github.io
	Private     Reason = "private-address"  // of one's own network, of no network, or of many
	Benign      Reason = "benign"           // everybody's: a resolver, a search engine, the empty file
	BenignName  Reason = "benign-name"      // a file every computer has: svchost.exe
	TooShort    Reason = "too-short"        // a name of a few letters, which is everywhere
	Duplicate   Reason = "duplicate"        // given already; never waived
)

// Reasons lists all reasons in the order of an [Account].
func Reasons() []Reason {
	return []Reason{
		TooLong, Unsound, NotAValue, Unsupported, Compound, Foreign, Deleted, Revoked, Superseded, OwnSide, SaidBenign, ToIDsFalse,
		Observed, Expired, NotYet, LowTrust, Doubtful, TooWide, SharedHost, Private, Benign, BenignName, TooShort, Duplicate,
	}
}

var waivable = map[Reason]bool{
	OwnSide: true, ToIDsFalse: true, Observed: true, Expired: true, NotYet: true, LowTrust: true, Doubtful: true,
	SharedHost: true, Private: true, Benign: true, BenignName: true, TooShort: true,
}

// Waivable says whether a person may look for what has the reason all the same.
func (r Reason) Waivable() bool { return waivable[r] }
