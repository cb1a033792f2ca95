package disguise

import "testing"

func TestTheNameAloneTellsTheProject(t *testing.T) {
	f, _ := Compile([]Term{{Text: "Matter 77-Ambergris", Class: Name}, {Text: "Project Fallow", Class: Name}, {Text: "Blue Harbour", Class: Name}, {Text: "Case 12", Class: Name}})
	for text, want := range map[string]bool{
		"Ambergris_completion.pdf.iso": true, "the ambergris files": true, "FALLOW instalment 2": true,
		"a harbour": false, "in case of fire": false, "project plan": false,
	} {
		if got := len(f.Find(text)) > 0; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
