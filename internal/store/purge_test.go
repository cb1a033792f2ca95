package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/store"
)

// seqs gives the numbers of an organisation's acts of one sort.
func seqs(t testing.TB, s *store.Store, x tenant, act ledger.Act) []int64 {
	t.Helper()
	var out []int64
	for _, a := range must(s.History(t.Context(), x.org))(t) {
		if a.Act == act {
			out = append(out, a.Seq)
		}
	}
	return out
}

func holds(t testing.TB, dir, text string) bool {
	t.Helper()
	for _, e := range must(os.ReadDir(dir))(t) {
		if bytes.Contains(must(os.ReadFile(filepath.Join(dir, e.Name())))(t), []byte(text)) {
			return true
		}
	}
	return false
}

// TestPurge takes one item and one parcel away for good. Their bytes are in no file, the
// log still proves that they were, and Check is content.
func TestPurge(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx := t.Context()
	x := settle(t, s, "akamatsu")
	secret := item("secret-of-the-patient.example")
	secret.Text = strings.Repeat("患者様のお名前 ", 2000) // over several pages
	put := must(s.PutItems(ctx, x.org, "local", x.incident.ID, []incident.Item{secret}))(t)[0]
	body := `{"released":"too early"}`
	if err := s.SealParcel(ctx, x.org, "local", x.incident.ID, sealed("parcel-early", body)); err != nil {
		t.Fatal(err)
	}
	for range 20 { // move pages about
		must(s.PutItems(ctx, x.org, "local", x.incident.ID, []incident.Item{item("filler.example")}))(t)
	}
	before := must(s.Checkpoint(ctx, x.org))(t)
	for _, text := range []string{"secret-of-the-patient", "患者様のお名前", body} {
		if !holds(t, dir, text) {
			t.Fatalf("%.30s was never there", text)
		}
	}
	items, parcels := seqs(t, s, x, ledger.ItemChanged), seqs(t, s, x, ledger.ParcelSealed)
	for _, seq := range []int64{items[2], parcels[1]} {
		if err := s.Purge(ctx, x.org, "local", seq); err != nil {
			t.Fatal(err)
		}
		if err := s.Purge(ctx, x.org, "local", seq); err != nil {
			t.Errorf("purging again: %v", err)
		}
	}
	for _, text := range []string{"secret-of-the-patient", "患者様のお名前", body} {
		if holds(t, dir, text) {
			t.Errorf("%.30s is still in a file", text)
		}
	}
	_, err := s.Item(ctx, x.org, put.ID)
	wantKind(t, "the item", err, fault.NotFound)
	_, err = s.ReadParcel(ctx, x.org, "parcel-early")
	wantKind(t, "the parcel", err, fault.NotFound)
	if n := len(must(s.Items(ctx, x.org, x.incident.ID))(t)); n != 22 {
		t.Errorf("%d items are left, want 22", n)
	}
	purged := 0
	for _, a := range must(s.History(ctx, x.org))(t) {
		if a.Purged {
			purged++
		}
	}
	if purged != 2 {
		t.Errorf("history says %d were purged", purged)
	}
	if r := must(store.Check(ctx, dir, before))(t); len(r.Faults) > 0 {
		t.Errorf("check found %q", r.Faults)
	}
	for _, act := range []ledger.Act{"organisation.created", ledger.IncidentOpened, ledger.Decided, "content.purged"} {
		wantKind(t, string(act), s.Purge(ctx, x.org, "local", seqs(t, s, x, act)[0]), fault.Conflict)
	}
	wantKind(t, "what never was", s.Purge(ctx, x.org, "local", 4711), fault.NotFound)
	if again := must(s.PutItems(ctx, x.org, "local", x.incident.ID, []incident.Item{put}))(t); again[0].ID != put.ID {
		t.Errorf("kept anew as %s", again[0].ID)
	}
	wantSound(t, dir)
}

// An item's earlier version goes alone; what stands now stays.
func TestPurgeOfAnEarlierVersion(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx := t.Context()
	x := settle(t, s, "akamatsu")
	i := x.items[0]
	i.Text = "only in the first version"
	i = must(s.PutItems(ctx, x.org, "local", x.incident.ID, []incident.Item{i}))(t)[0]
	i.Text = "clean"
	must(s.PutItems(ctx, x.org, "local", x.incident.ID, []incident.Item{i}))(t)
	if err := s.Purge(ctx, x.org, "local", seqs(t, s, x, ledger.ItemChanged)[2]); err != nil {
		t.Fatal(err)
	}
	if holds(t, dir, "only in the first version") {
		t.Error("it is still in a file")
	}
	if got := must(s.Item(ctx, x.org, i.ID))(t); got.Text != "clean" {
		t.Errorf("now: %+v", got)
	}
	wantSound(t, dir)
}

// A row whose contents were purged cannot come back unseen, nor contents vanish.
func TestPurgeIsNotUndone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	x := settle(t, s, "akamatsu")
	seq := seqs(t, s, x, ledger.ItemChanged)[0]
	s.Close()
	kept := copyOf(t, dir)
	s = open(t, dir)
	if err := s.Purge(t.Context(), x.org, "local", seq); err != nil {
		t.Fatal(err)
	}
	s.Close()
	tamper(t, dir, `ATTACH '`+filepath.Join(kept, "wakachi.db")+`' AS kept`,
		`INSERT INTO ledger_contents SELECT * FROM kept.ledger_contents WHERE seq = 2`,
		`UPDATE items SET body = (SELECT body FROM kept.items k WHERE k.id = items.id) WHERE seq = 2`)
	r := check(t, dir)
	if got := strings.Join(r.Faults, "\n"); !strings.Contains(got, "check.not-purged 2") || !strings.Contains(got, "check.row items") {
		t.Errorf("found %q", r.Faults)
	}
}
