package disguise

// Refused says that the term is not looked for at all, so that nothing protects it. Other
// advice leaves the term in force.
func (a Advice) Refused() bool {
	return a.Code != "disguise.duplicate" && a.Code != "disguise.unknown-class"
}
