package party

import "slices"

// An AccountID names somebody's account inside one wakachi. It is random, and may stand in
// logs and in the ledger.
type AccountID string

// A Hat is what a person does in an organisation. One person may wear several.
type Hat string

// The hats. What each may do stands in rights.
const (
	Security      Hat = "security"      // finds out what happened: セキュリティ
	Legal         Hat = "legal"         // 法務・リスク
	PR            Hat = "pr"            // 広報
	Management    Hat = "management"    // 経営
	Approver      Hat = "approver"      // says the second yes to what leaves: 承認者
	Auditor       Hat = "auditor"       // reads, and changes nothing: 監査
	Administrator Hat = "administrator" // keeps accounts, profile and audiences: 管理者
)

// Hats lists them in the order in which a page shows them.
func Hats() []Hat {
	return []Hat{Security, Legal, PR, Management, Approver, Auditor, Administrator}
}

// A Right is one thing an account may be allowed to do. It is also a scope of a token.
type Right string

// The rights, each needed by the acts that are named after it.
const (
	Read       Right = "read"       // see the organisation's incidents, releases and ledger
	Write      Right = "write"      // open incidents, take notes in, decide on items, answer questions
	Compose    Right = "compose"    // prepare a release
	Approve    Right = "approve"    // approve, or send back, what another composed
	Administer Right = "administer" // keep accounts, profile, communities
)

// Rights lists them in the order in which a page shows them.
func Rights() []Right { return []Right{Read, Write, Compose, Approve, Administer} }

// rights says what each hat may do. Whoever composes may not approve the same release,
// whatever the hats: package exchange sees to that.
func rights(h Hat) []Right {
	switch h {
	case Security, Legal:
		return []Right{Read, Write, Compose}
	case PR, Management:
		return []Right{Read, Write}
	case Approver:
		return []Right{Read, Approve}
	case Auditor:
		return []Right{Read}
	case Administrator:
		return []Right{Administer}
	}
	return nil
}

// An Actor is who asks for something: an account of an organisation, and what it may do
// this time. The zero Actor is nobody and may do nothing.
type Actor struct {
	Account AccountID
	Org     OrgID
	Name    string // for its own organisation's eyes
	Hats    []Hat
	Scope   []Right // of the token it came with; nil for a person who signed in
	Token   bool    // it came with a token, and Scope limits it even when empty
}

// May says whether the actor has a right, through one of its hats and within its scope.
func (a Actor) May(r Right) bool {
	if a.Account == "" || a.Org == "" || a.Token && !slices.Contains(a.Scope, r) {
		return false
	}
	return slices.ContainsFunc(a.Hats, func(h Hat) bool { return slices.Contains(rights(h), r) })
}
