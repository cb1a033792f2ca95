// Package sample holds the three invented incidents of the demonstration.
//
// They are those of testdata/incidents with the same names; a test holds the copies to them.
package sample

import "embed"

//go:embed data
var files embed.FS

// An Incident is what one organisation wrote down, and what would identify it.
type Incident struct {
	Name    string // "targeted"
	Notes   []byte // Markdown
	Profile []byte // YAML
	Said    []byte // JSON: what was said of it for forms and publications, at the first and the last report
}

// Incidents gives the three: a targeted attack, a web server, a ransomware.
func Incidents() ([]Incident, error) {
	var out []Incident
	for _, name := range []string{"targeted", "webserver", "ransomware"} {
		notes, err := files.ReadFile("data/" + name + "/notes.md")
		if err != nil {
			return nil, err
		}
		profile, err := files.ReadFile("data/" + name + "/profile.yaml")
		if err != nil {
			return nil, err
		}
		said, err := files.ReadFile("data/" + name + "/said.json")
		if err != nil {
			return nil, err
		}
		out = append(out, Incident{name, notes, profile, said})
	}
	return out, nil
}
