package disguise

// Refused says that the term is not looked for at all, so that nothing protects it. Other
// advice leaves the term in force.
func (a Advice) Refused() bool {
	return a.Code != "disguise.duplicate" && a.Code != "disguise.unknown-class"
}

// Examine says what Compile would advise of one term alone, without deriving anything. ok
// is true if there is nothing to say.
func Examine(t Term) (a Advice, ok bool) {
	a.Term = t
	switch t.Class {
	case Network:
		if _, fine := parseNetwork(t.Text); !fine {
			a.Code = "disguise.not-a-network"
		}
	case Number:
		if v, fine := numberOf(t.Text); !fine {
			a.Code = "disguise.not-a-number"
		} else if v < 10 {
			a.Code = "disguise.too-short"
		}
	default:
		if code := refuse(t); code != "" {
			a.Code = "disguise." + code
		} else if !t.Class.known() {
			a.Code = "disguise.unknown-class"
		}
	}
	return a, a.Code == ""
}
