// Package flow walks the decision flows for sharing and for publication.
//
// A Flow is dated data under data/: questions, outcomes, and rules that say which answers
// lead to which outcome. All questions are asked and the result is a set: an attack can be
// new to others and unclear to us at once. The overview's text gives nodes and labels; the
// arrows are our reading of it and say so (Verify).
//
// Unknown is not no. 判別できない (CannotTell) never leads to NotRequired, and a walk with
// questions still open says what is certain, what is possible, and never NotRequired.
//
// A Decision is one answer as a person gave it, resting on facts; Reopen says which answers
// a changed fact opens again. A Resolution is what was decided about an outcome. Picture
// lays a flow out for a page to click through or to print, and SVG draws it.
package flow

import (
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/guidance"
)

// A Name is the token of a flow.
type Name string

// The two flow sheets of the overview.
const (
	Sharing     Name = "sharing"     // 情報共有判断のためのフロー
	Publication Name = "publication" // 被害公表判断のためのフロー
)

// Names lists the flows.
func Names() []Name { return []Name{Sharing, Publication} }

// Token gives the key of the flow's title in package phrase.
func (n Name) Token() string { return "flow.title." + string(n) }

// A Question is the token of one question. No two flows share one.
type Question string

// Guidance: overview, the nodes of the simplified flow sheets.
const (
	Unknown         Question = "unknown"          // 未知の攻撃か
	NotWidespread   Question = "not_widespread"   // 広く発生していないと思われる攻撃か
	Unclear         Question = "unclear"          // 原因特定など不明な点があるか
	SecondaryDamage Question = "secondary_damage" // 二次被害発生の有無、おそれ
	Outage          Question = "outage"           // 対外向けサービス停止や業務影響の有無
	MayBecomeKnown  Question = "may_become_known" // 被害情報を不特定の第三者が知る可能性
	RequiredByLaw   Question = "required_by_law"  // 法令等に基づく公表が必要か
)

// Token gives the key of the question's words in package phrase; with ".help" behind it,
// that of what to consider.
func (q Question) Token() string { return "flow.question." + dashed(string(q)) }

// AnswerToken gives the key of an answer's words, which differ: はい or ある.
func (q Question) AnswerToken(a Answer) string { return q.Token() + "." + dashed(string(a)) }

// Tokens of package phrase have no underscores; those of answers files do.
func dashed(token string) string { return strings.ReplaceAll(token, "_", "-") }

// An Answer is one of three. The empty Answer is none: the question is open.
type Answer string

// CannotTell is an answer, unlike none: somebody looked and could not tell.
const (
	Yes        Answer = "yes"
	No         Answer = "no"
	CannotTell Answer = "cannot_tell" // 判別できない
)

// Known says whether an answer is one of the three.
func (a Answer) Known() bool { return a == Yes || a == No || a == CannotTell }

// Answers are what is answered so far. Questions that are absent are open.
type Answers map[Question]Answer

// An Outcome is the token of one result of a flow.
type Outcome string

// Guidance: overview, the ends of the simplified flow sheets. The sheet's 速やかな公表 is two
// here, since a warning and the explanation of an event differ in audience and contents.
const (
	HelpOthers         Outcome = "help-others"           // 他の被害組織のための情報共有
	Consult            Outcome = "consult"               // 専門組織に相談する
	Obtain             Outcome = "obtain"                // 調査のために不足している情報入手のための情報共有
	NotRequired        Outcome = "not-required"          // 必ずしも情報共有は必要ない
	PromptWarning      Outcome = "prompt-notice-warning" // 速やかな公表（速報）: 注意喚起
	PromptEvent        Outcome = "prompt-notice-event"   // 速やかな公表（速報）: 発生事象の説明
	Explanation        Outcome = "explanation"           // 対外説明／広報戦略としての公表
	AsRequiredByLaw    Outcome = "as-required-by-law"    // 法令等に基づく公表
	AfterInvestigation Outcome = "after-investigation"   // ある程度調査を終えた後の公表
)

// Token gives the key of the outcome's words in package phrase.
func (o Outcome) Token() string { return "flow.outcome." + string(o) }

// A Rule says which answers lead to an outcome: all its conditions must hold. An outcome is
// reached if one of its rules holds.
type Rule struct {
	Outcome Outcome
	When    []Condition // in the order of the flow's questions; at least one
	From    guidance.Provenance
}

// A Condition holds if the question's answer is one of those listed.
type Condition struct {
	Question Question
	Answers  []Answer
}

// A Flow is one flow sheet. The zero Flow has no questions and reaches nothing.
type Flow struct {
	name      Name
	version   int
	date      time.Time
	questions []Question
	outcomes  []Outcome
	rules     []Rule
	acts      map[Outcome]Act
	cited     map[Outcome][]string
	from      map[string]guidance.Provenance // of questions and outcomes
}

// Of gives the current version of a flow; ok is false if there is none of that name.
func Of(name Name) (f Flow, ok bool) {
	f, ok = flows()[name]
	return f, ok
}

// Name gives the flow's token.
func (f Flow) Name() Name { return f.name }

// Version counts from 1; a decision made under another version is open again.
func (f Flow) Version() int { return f.version }

// Date is the day this version was written, at 0:00 UTC.
func (f Flow) Date() time.Time { return f.date }

// Verify says that some rule is a reading nobody has held against the primary text yet.
func (f Flow) Verify() bool {
	return slices.ContainsFunc(f.rules, func(r Rule) bool { return r.From.Verify })
}

// Questions lists the questions in the order they are asked.
func (f Flow) Questions() []Question { return slices.Clone(f.questions) }

// Outcomes lists everything the flow can lead to, the first to do first.
func (f Flow) Outcomes() []Outcome { return slices.Clone(f.outcomes) }

// Rules lists the rules in the order of their table.
func (f Flow) Rules() []Rule {
	out := slices.Clone(f.rules)
	for i := range out {
		out[i].When = slices.Clone(out[i].When)
		for j := range out[i].When {
			out[i].When[j].Answers = slices.Clone(out[i].When[j].Answers)
		}
	}
	return out
}

// Cited lists the points ("1-1") and questions ("Q8") of the guidance behind an outcome.
func (f Flow) Cited(o Outcome) []string { return slices.Clone(f.cited[o]) }

// QuestionFrom says where a question's words are from.
func (f Flow) QuestionFrom(q Question) guidance.Provenance { return f.from[string(q)] }

// OutcomeFrom says where an outcome's words are from; how it is reached is in its rules.
func (f Flow) OutcomeFrom(o Outcome) guidance.Provenance { return f.from[string(o)] }

// An Act is what an outcome of the publication flow asks for. Its tokens have words under
// "flow.purpose.", "flow.audience.", "flow.latest.", "flow.by." and "flow.content.".
type Act struct {
	Outcome  Outcome             `json:"act"`
	Purpose  string              `json:"purpose"`  // event, law, warning or publicity: the overview's four
	Audience string              `json:"audience"` // who is addressed
	Latest   string              `json:"latest"`   // the latest sensible time, relative to what is known
	By       string              `json:"by"`       // ourselves, or either: by us or through a specialist organisation
	Contents []string            `json:"contents"` // in the order of a report
	From     guidance.Provenance `json:"from"`     // of all of these
}

// Act gives what an outcome asks for; ok is false for the outcomes of the sharing flow.
func (f Flow) Act(o Outcome) (a Act, ok bool) {
	a, ok = f.acts[o]
	a.Contents = slices.Clone(a.Contents)
	return a, ok
}
