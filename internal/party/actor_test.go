package party

import "testing"

func TestWhoMayDoWhat(t *testing.T) {
	all := Rights()
	for hat, want := range map[Hat][]Right{
		Security: {Read, Write, Compose}, Legal: {Read, Write, Compose}, PR: {Read, Write}, Management: {Read, Write},
		Approver: {Read, Approve}, Auditor: {Read}, Administrator: {Administer}, "": nil, "root": nil, "SECURITY": nil,
	} {
		a := Actor{Account: "account-1", Org: "org-1", Hats: []Hat{hat}}
		may := map[Right]bool{}
		for _, r := range want {
			may[r] = true
		}
		for _, r := range all {
			if a.May(r) != may[r] {
				t.Errorf("%s may %s: %v", hat, r, a.May(r))
			}
		}
	}
}

func TestATokenNarrowsAndNeverWidens(t *testing.T) {
	a := Actor{Account: "account-1", Org: "org-1", Hats: []Hat{Security}, Token: true}
	if a.May(Read) {
		t.Error("a token without a scope reads")
	}
	a.Scope = []Right{Read, Approve}
	if !a.May(Read) || a.May(Write) || a.May(Approve) {
		t.Error("the scope is not the meet of token and hats")
	}
}

func TestNobodyMayNothing(t *testing.T) {
	for _, a := range []Actor{{}, {Hats: Hats()}, {Account: "account-1", Hats: Hats()}, {Org: "org-1", Hats: Hats()}, {Account: "account-1", Org: "org-1"}} {
		for _, r := range Rights() {
			if a.May(r) {
				t.Errorf("%+v may %s", a, r)
			}
		}
	}
}
