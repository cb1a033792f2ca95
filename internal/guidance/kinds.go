package guidance

import "slices"

// A Tier is a group of the simplified check list. Words: "guidance.tier." + the tier.
type Tier string

// The tokens are those of incident.Class.
const (
	Technical Tier = "technical" // 攻撃技術情報
	Between   Tier = "between"   // 中間の情報
	Damage    Tier = "damage"    // 被害内容・対応情報
)

// A Sign is the simplified list's verdict on sharing or publishing a kind. Words:
// "guidance.sign." + the sign.
type Sign string

// The order is from yes to no.
const (
	Main    Sign = "main"    // 〇 main content
	Depends Sign = "depends" // △ depends on content and situation
	Out     Sign = "out"     // ― basically out of scope
)

// Glyph gives the sign as the list prints it. Beside it a page shows the words too: a
// glyph alone is not read aloud.
func (s Sign) Glyph() string {
	switch s {
	case Main:
		return "〇"
	case Depends:
		return "△"
	}
	return "―"
}

// A Kind is one of the twelve kinds of information and what the guidance says of it.
type Kind struct {
	Token       Token      `json:"token"` // that of incident.Kind
	Name        Text       `json:"name"`
	NameFrom    Provenance `json:"name_from"`
	Tier        Tier       `json:"tier"`
	TierFrom    Provenance `json:"tier_from"` // Design for the two kinds the list leaves out
	Share       Sign       `json:"share"`
	ShareFrom   Provenance `json:"share_from"`
	Publish     Sign       `json:"publish"`
	PublishFrom Provenance `json:"publish_from"`
	Found       Statement  `json:"found"` // when in a response it usually turns up
	First       Statement  `json:"first"` // to whom it is told first
}

// Kinds lists the twelve, technical ones first, in the order of incident.Kinds.
// Guidance: overview, 情報の種類 and the simplified check list.
func Kinds() []Kind { return slices.Clone(tables().kinds) }

// KindOf looks up a kind by its token.
func KindOf(token Token) (Kind, bool) {
	i := slices.IndexFunc(tables().kinds, func(k Kind) bool { return k.Token == token })
	if i < 0 {
		return Kind{}, false
	}
	return tables().kinds[i], true
}
