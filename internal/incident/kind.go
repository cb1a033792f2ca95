package incident

// A Kind is one of the twelve kinds of information the guidance divides an incident into.
//
// Guidance: overview, 情報の種類; the marks and classes are those of its simplified check
// sheet, except Actor and Controls, which the sheet leaves out: their classes are ours.
type Kind string

// The twelve kinds, technical ones first. The tokens are kept and written in reports.
const (
	Malware          Kind = "malware"           // マルウェア: files, digests, families, what they leave behind
	Destination      Kind = "destination"       // 不正通信先: where traffic of the attack went or came from
	Method           Kind = "technique"         // その他攻撃手法に関する情報
	Actor            Kind = "actor"             // 攻撃主体に関する情報
	Vulnerability    Kind = "vulnerability"     // 脆弱性関連情報等: an id, or a weakness that has none yet
	AttackTimeline   Kind = "attack-timeline"   // タイムライン（技術情報）
	TargetSystem     Kind = "target-system"     // 攻撃対象システム
	Controls         Kind = "controls"          // 対策状況: measures of defence, and what they lack
	SectorSize       Kind = "sector-size"       // 業種／規模
	Damage           Kind = "damage"            // 被害内容: what was lost, stopped or taken, and how much
	ResponseTimeline Kind = "response-timeline" // タイムライン（対応状況）
	Victim           Kind = "victim"            // 被害組織名: whatever names who it happened to
)

// Kinds lists the twelve in the order of the guidance's picture.
func Kinds() []Kind {
	return []Kind{
		Malware, Destination, Method, Actor, Vulnerability, AttackTimeline,
		TargetSystem, Controls, SectorSize, Damage, ResponseTimeline, Victim,
	}
}

// A Class says which half of the record a kind belongs to.
type Class string

// The guidance's division: what helps others, what hurts its owner, and what is neither plainly.
const (
	Technical Class = "technical" // 攻撃技術情報: shared early
	Between   Class = "between"   // 中間の情報: depends
	Response  Class = "damage"    // 被害内容・対応情報: stays until its owner decides
)

// Class gives the class of a kind. An unknown kind is Response: it stays.
func (k Kind) Class() Class {
	switch k {
	case Malware, Destination, Method, Actor:
		return Technical
	case Vulnerability, AttackTimeline, TargetSystem, Controls:
		return Between
	}
	return Response
}

// A Status says how an item came to be known.
type Status string

// An answer that was not given is Unknown, never a denial.
const (
	Unknown   Status = "unknown"   // 不明: not "no"
	Observed  Status = "observed"  // seen by the organisation itself
	Suspected Status = "suspected" // 可能性, 疑い
	Received  Status = "received"  // told by others, perhaps under conditions
)

// A Role is what a destination or file did in the attack.
type Role string

// Roles of the attacker's side first; from Own on, those that do not go to a community.
const (
	NoRole      Role = ""               // nothing was said
	C2          Role = "c2"             // command and control: 指令、ビーコン
	Delivery    Role = "delivery"       // where tools came from, or what was delivered
	Exfil       Role = "exfiltration"   // where data went
	Origin      Role = "origin"         // 送信元: scans, log-ins, web-shell access came from here
	Resolved    Role = "resolved"       // what a name resolved to
	Negotiation Role = "negotiation"    // ransom contact or leak site
	Own         Role = "own"            // the organisation's side
	Stepping    Role = "stepping-stone" // somebody else's real server, abused: 踏み台
	Benign      Role = "benign"         // known to be harmless or shared by everybody
	Reference   Role = "reference"      // a report or an advisory that was cited
	Doubtful    Role = "doubtful"       // nothing says that it is the attacker's, and it may be somebody's
)

// Statuses lists them in the order in which a page shows them.
func Statuses() []Status { return []Status{Observed, Suspected, Received, Unknown} }

// Roles lists them in the order in which a page shows them.
func Roles() []Role {
	return []Role{NoRole, C2, Delivery, Exfil, Origin, Resolved, Negotiation, Own, Stepping, Benign, Reference, Doubtful}
}
