package incident

import "time"

// A Case is what people say of an incident as a whole. It is for inside and never leaves.
type Case struct {
	Stage       Stage      `json:"stage,omitempty"`
	Sort        string     `json:"sort,omitempty"`         // what it is, in their words: 侵入型ランサムウェア
	Detected    Moment     `json:"detected"`               // when somebody noticed
	Began       Moment     `json:"began"`                  // when the attack began, as far as known
	LogDays     int        `json:"log_days,omitempty"`     // how long receivers keep logs, in days; 0: DefaultLogDays
	Involved    []Involved `json:"involved,omitempty"`     // the victims and those who run things for them. Guidance Q3
	CommonCause bool       `json:"common_cause,omitempty"` // others were hit through the same product or contractor
}

// CaseSort is under which sort a Case is kept, with the incident's id as its own.
const CaseSort = "case"

// DefaultLogDays is how long receivers are taken to keep logs where nobody said. Ours: a
// proxy's usual ninety days.
const DefaultLogDays = 90

// An Involved is an organisation that takes part in an incident. Each is a third party for
// the gate: its name does not leave.
type Involved struct {
	Name string `json:"name"`
	Part Part   `json:"part"`
}

// A Part is what an organisation has to do with an incident.
//
// Guidance Q3: who is a 被害組織.
type Part string

// The parts. The incident's own organisation has one too.
const (
	Owner    Part = "owner"    // whose data and service it is: 委託元・保有者
	Operator Part = "operator" // who runs the system: 運用保守ベンダ等
	Vendor   Part = "vendor"   // who made the product
	Customer Part = "customer" // whose data it was
	Abused   Part = "abused"   // whose server was used for the attack: 踏み台
)

// Parts lists them in the order in which a page shows them.
func Parts() []Part { return []Part{Owner, Operator, Vendor, Customer, Abused} }

// A Stage is how far the response has come.
type Stage string

// The stages, in their order. The zero Stage is FirstResponse.
const (
	FirstResponse Stage = ""              // 初動対応中
	Investigating Stage = "investigating" // 調査中
	Restored      Stage = "restored"      // 復旧済み
	Closed        Stage = "closed"        // 終結
)

// Stages lists them in their order.
func Stages() []Stage { return []Stage{FirstResponse, Investigating, Restored, Closed} }

// An Answer is what somebody answered to one question of a decision flow.
type Answer struct {
	Question string    `json:"question"`
	Answer   string    `json:"answer"` // yes, no or cannot_tell; empty takes the answer back
	Why      string    `json:"why,omitempty"`
	Rests    []ItemID  `json:"rests,omitempty"` // the items it was given on; a change of one opens it again
	By       string    `json:"-"`
	At       time.Time `json:"-"`
	Open     bool      `json:"-"` // an item it rests on has changed since
}

// A Choice is what was decided after a flow: to share or publish, or not to, and why.
type Choice struct {
	Flow string    `json:"flow"` // "sharing" or "publication"
	Do   bool      `json:"do"`   // false: the decision not to
	Why  string    `json:"why"`
	By   string    `json:"-"`
	At   time.Time `json:"-"`
}
