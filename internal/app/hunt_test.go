package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHuntAnswersWhatWasShared goes a member's way: what a community shared is looked for in its own logs,
// the answer goes back on one word, and what was found becomes items of the member's own incident.
func TestHuntAnswersWhatWasShared(t *testing.T) {
	t.Setenv("WAKACHI_LANG", "en")
	dir := filepath.Join(t.TempDir(), "data")
	r := startServe(t, dir, "--demo")
	defer r.stop(t)
	t.Setenv("WAKACHI_URL", r.url)
	var demo demonstration
	decode(t, read(t, filepath.Join(dir, "demo.json")), &demo)
	people := map[string]user{}
	for _, a := range demo.Accounts {
		people[a.Login] = user{t, a.Token}
	}
	member := people["member-b"]
	var shared []struct{ Parcel string }
	member.json(&shared, "feedback", "list")
	if len(shared) == 0 {
		t.Fatal("nothing was shared in the demonstration")
	}
	var sheet struct {
		Sheet struct {
			Lines []struct{ Sort, Type, Value, Last string }
		}
	}
	member.json(&sheet, "feedback", "show", shared[0].Parcel)
	var wanted, day string
	for _, l := range sheet.Sheet.Lines {
		if l.Last != "" && (l.Type == "domain-name" || l.Type == "ipv4-addr") {
			wanted, day = l.Value, l.Last
		}
	}
	if wanted == "" || day == "" {
		t.Fatalf("the demonstration shares no dated destination: %+v", sheet)
	}
	const canary = "fujisan-canary.internal"
	log := filepath.Join(t.TempDir(), canary+".log")
	var lines strings.Builder
	for i := range 7 {
		fmt.Fprintf(&lines, "%sT0%d:00:00Z %s GET http://%s/\n", day, i, canary, wanted)
	}
	if err := os.WriteFile(log, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}

	// Without the word nothing goes out.
	_, errs := member.run(0, "hunt", "--parcel", shared[0].Parcel, log)
	if !strings.Contains(errs, "not sent") || !strings.Contains(errs, "  count: 7") {
		t.Errorf("asked: %s", errs)
	}
	sharer := people["ransomware-security"]
	if out, _ := sharer.run(0, "feedback", "effect", shared[0].Parcel, "--json"); strings.Contains(out, `"count":7`) {
		t.Errorf("an answer went out without the word: %s", out)
	}
	var opened struct{ ID string }
	member.json(&opened, "incident", "open", "--sort", "hunt")
	_, errs = member.run(0, "hunt", "--parcel", shared[0].Parcel, "--send", "--incident", opened.ID, log)
	if !strings.Contains(errs, "\nsent\n") || !strings.Contains(errs, "1 sightings were added") {
		t.Errorf("sent: %s", errs)
	}
	out, _ := member.run(0, "item", "list", opened.ID, "--json")
	if !strings.Contains(out, wanted) || !strings.Contains(out, `"received_label":"TLP:`) || strings.Contains(out, canary) {
		t.Errorf("the sighting: %s", out)
	}
	// Whoever shared it reads that somebody found it, and nothing of the member's own.
	out, _ = sharer.run(0, "feedback", "effect", shared[0].Parcel, "--json")
	if !strings.Contains(out, `"count":7`) || strings.Contains(out, canary) {
		t.Errorf("the effect: %s", out)
	}

	// Logs of another time are no answer "not found".
	os.WriteFile(log, []byte("2020-01-01T00:00:00Z nothing\n2020-01-02T00:00:00Z nothing\n"), 0o600)
	if _, errs := member.run(3, "hunt", "--parcel", shared[0].Parcel, log); !strings.Contains(errs, "no logs of that time") || strings.Contains(errs, "  from: ") {
		t.Errorf("old logs: %s", errs)
	}
}

// TestWhatIsFoundKeepsItsLabel: of the label a list names and the one it is said to have come under, the
// stricter goes with what was found, also by way of a pack or of another engine.
func TestWhatIsFoundKeepsItsLabel(t *testing.T) {
	t.Setenv("WAKACHI_LANG", "en")
	dir := t.TempDir()
	r := startServe(t, filepath.Join(dir, "data"), "--demo")
	defer r.stop(t)
	t.Setenv("WAKACHI_URL", r.url)
	var demo demonstration
	decode(t, read(t, filepath.Join(dir, "data", "demo.json")), &demo)
	var member user
	for _, a := range demo.Accounts {
		if a.Login == "member-b" {
			member = user{t, a.Token}
		}
	}
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := file("plain.txt", "c2.evil.example\n")
	green := file("green.csv", "type,value,tlp\ndomain-name,c2.evil.example,green\n")
	red := file("red.csv", "type,value,tlp\ndomain-name,c2.evil.example,red\n")
	log := file("proxy.log", "2026-01-02T00:00:00Z GET http://c2.evil.example/\n")
	intel := file("intel.log", `{"ts":1767225601.0,"uid":"C","seen.indicator":"c2.evil.example","seen.indicator_type":"Intel::DOMAIN","matched":["Intel::DOMAIN"],"sources":["wakachi/wakachi"]}`+"\n")
	pack := filepath.Join(dir, "list.pack")
	member.run(0, "hunt", "--indicators", red, "--compile", pack)
	member.run(0, "rules", "--for", "zeek", "--indicators", green, "-o", filepath.Join(dir, "out"))
	key := filepath.Join(dir, "out", "wakachi.green.zeek.key.ndjson")
	for _, c := range []struct {
		want string
		args []string
	}{
		{"TLP:GREEN", []string{"--indicators", green, log}},
		{"TLP:AMBER", []string{"--indicators", plain, "--tlp", "amber", log}},
		{"TLP:AMBER+STRICT", []string{"--indicators", green, "--tlp", "amber+strict", log}},
		{"TLP:RED", []string{"--indicators", red, "--tlp", "clear", log}},
		{"TLP:RED", []string{"--indicators", red, "--indicators", green, log}},
		{"TLP:RED", []string{"--indicators", pack, "--tlp", "red", log}},
		{"TLP:GREEN", []string{"--import", "zeek", "--key", key, "--tlp", "green", intel}},
	} {
		var opened struct{ ID string }
		member.json(&opened, "incident", "open", "--sort", "hunt")
		member.run(0, append([]string{"hunt", "--incident", opened.ID}, c.args...)...)
		if out, _ := member.run(0, "item", "list", opened.ID, "--json"); !strings.Contains(out, `"received_label":"`+c.want+`"`) {
			t.Errorf("%q, want %s: %s", c.args, c.want, out)
		}
	}
	if _, errs := member.run(2, "hunt", "--incident", "INC", "--indicators", plain, log); !strings.Contains(errs, "--tlp") {
		t.Errorf("without a label: %s", errs)
	}
}
