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
	if _, errs := member.run(3, "hunt", "--parcel", shared[0].Parcel, log); !strings.Contains(errs, "no logs of that time") {
		t.Errorf("old logs: %s", errs)
	}
}
