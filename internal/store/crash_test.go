package store_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

const crashDirectory = "WAKACHI_TEST_CRASH_DIRECTORY"

// TestCrashChild is the process that TestKill kills: it acts without end and says what
// was confirmed to it.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(crashDirectory)
	if dir == "" {
		t.Skip("runs as the child of TestKill only")
	}
	err := actForEver(context.Background(), dir)
	fmt.Println("failed", err)
}

func actForEver(ctx context.Context, dir string) error {
	s, err := store.Open(ctx, dir, store.Options{Now: time.Now, Random: rand.Reader})
	if err != nil {
		return err
	}
	fmt.Println("open")
	for {
		o, err := s.CreateOrganisation(ctx, "local", "akamatsu")
		if err != nil {
			return err
		}
		fmt.Println("org", o.ID)
		for n := range 20 {
			i, err := s.OpenIncident(ctx, o.ID, "local", "kestrel")
			if err != nil {
				return err
			}
			fmt.Println("incident", o.ID, i.ID)
			put, err := s.PutItems(ctx, o.ID, "local", i.ID, []incident.Item{item("a.example"), item("b.example"), item("c.example")})
			if err != nil {
				return err
			}
			for _, x := range put {
				fmt.Println("item", o.ID, x.ID)
			}
			id := fmt.Sprintf("parcel-%d", n)
			if err := s.SealParcel(ctx, o.ID, "local", i.ID, sealed(id, strings.Repeat("x", n*500+1))); err != nil {
				return err
			}
			fmt.Println("parcel", o.ID, id)
		}
	}
}

// TestKill kills a process at work, again and again on one directory, at moments of
// chance, the first of them while the directory is being made. Whatever it was told had
// been kept must be there, and nothing half-done.
func TestKill(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 6
	}
	dir := filepath.Join(t.TempDir(), "data")
	confirmed := map[string]bool{}
	for round := 0; round < rounds || len(confirmed) < 20 && round < 10*rounds; round++ { // a slow machine confirms little
		wait := time.Duration(mathrand.IntN(250)) * time.Millisecond
		if round < 3 {
			wait = time.Duration(round*15) * time.Millisecond
		}
		for _, line := range killAfter(t, dir, wait, round < 3) {
			if strings.HasPrefix(line, "failed") {
				t.Fatalf("round %d: %s", round, line)
			}
			confirmed[line] = true
		}
		if _, err := os.Stat(filepath.Join(dir, "wakachi.db")); err != nil {
			continue // killed before there was anything
		}
		if r, err := store.Check(t.Context(), dir, nil); err == nil && len(r.Faults) > 0 {
			t.Fatalf("round %d, before it was opened: %q", round, r.Faults)
		}
		s := open(t, dir)
		for line := range confirmed {
			wantThere(t, s, line)
		}
		s.Close()
		wantSound(t, dir)
	}
	t.Logf("%d confirmed acts survived %d kills", len(confirmed), rounds)
	if len(confirmed) < 20 {
		t.Errorf("only %d acts were confirmed: the test tests nothing", len(confirmed))
	}
}

// killAfter starts the child and kills it that long after it opened its store, or, early,
// after it was started; it gives what the child had said by then.
func killAfter(t *testing.T, dir string, wait time.Duration, early bool) []string {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestCrashChild$", "-test.count=1")
	child.Env = append(os.Environ(), crashDirectory+"="+dir)
	out := must(child.StdoutPipe())(t)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { child.Process.Kill() }
	if early {
		defer time.AfterFunc(wait, kill).Stop()
	}
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "open" && !early {
			defer time.AfterFunc(wait, kill).Stop()
		}
		if word, _, _ := strings.Cut(lines.Text(), " "); strings.Contains(" org incident item parcel failed ", " "+word+" ") {
			said = append(said, lines.Text())
		}
	}
	child.Wait()
	return said
}

func wantThere(t *testing.T, s *store.Store, line string) {
	t.Helper()
	f := strings.Fields(line)
	org, ctx := party.OrgID(f[1]), t.Context()
	var err error
	switch f[0] {
	case "org":
		_, err = s.Organisation(ctx, org)
	case "incident":
		_, err = s.Incident(ctx, org, incident.ID(f[2]))
	case "item":
		_, err = s.Item(ctx, org, incident.ItemID(f[2]))
	case "parcel":
		_, err = s.ReadParcel(ctx, org, parcel.ID(f[2]))
	}
	if err != nil {
		t.Fatalf("confirmed and lost: %s: %v", line, err)
	}
}

// TestFullDisk fills the file to a limit in the middle of acts of several sizes.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx := t.Context()
	x := settle(t, s, "akamatsu")
	limit := func(pages string) {
		if err := store.Pragma(ctx, s, "PRAGMA max_page_count = "+pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("90")
	kept, refused := 0, 0
	for n := range 200 {
		err := s.SealParcel(ctx, x.org, "local", x.incident.ID, sealed(fmt.Sprintf("parcel-%d", n), strings.Repeat("x", 1+n%7*900)))
		switch {
		case err == nil:
			kept++
		default:
			refused++
			wantKind(t, "a full disk", err, fault.Unavailable)
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != "store.full" {
				t.Fatalf("a full disk: %v", err)
			}
		}
	}
	if kept == 0 || refused == 0 {
		t.Fatalf("%d kept, %d refused", kept, refused)
	}
	if err := s.Ready(ctx); err != nil {
		t.Errorf("reading while the disk is full: %v", err)
	}
	if n := len(must(s.Parcels(ctx, x.org, x.incident.ID))(t)); n != kept+1 {
		t.Errorf("%d parcels are there, %d were confirmed", n, kept+1)
	}
	wantSound(t, dir)
	limit("1000000")
	if err := s.SealParcel(ctx, x.org, "local", x.incident.ID, sealed("parcel-later", "x")); err != nil {
		t.Errorf("with room again: %v", err)
	}
	s.Close()
	wantSound(t, dir)
}

// An act that fails in its middle, or whose caller goes away, leaves nothing behind.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	x := settle(t, s, "akamatsu")
	many := make([]incident.Item, 300)
	for i := range many {
		many[i] = item("x.example")
	}
	for wait := time.Duration(0); wait < 20*time.Millisecond; wait += time.Millisecond {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		_, err := s.PutItems(ctx, x.org, "local", x.incident.ID, many)
		cancel()
		if err != nil {
			wantKind(t, "an interrupted act", err, fault.Unavailable)
		}
	}
	if n := len(must(s.Items(t.Context(), x.org, x.incident.ID))(t)); (n-2)%300 != 0 {
		t.Errorf("%d items: half an act is there", n)
	}
	wantSound(t, dir)
}

// While one wakachi has the directory, a second is told so; afterwards it may.
func TestSecondOpen(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	_, err := store.Open(t.Context(), dir, options())
	wantKind(t, "a second open", err, fault.Unavailable)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != "store.in-use" || f.Args[0] != dir {
		t.Errorf("it says %v", err)
	}
	s.Close()
	open(t, dir).Close()
}

// A foreign lock on the database itself is a clear error too.
func TestBusy(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := store.Pragma(t.Context(), s, "PRAGMA busy_timeout = 100"); err != nil { // five seconds otherwise
		t.Fatal(err)
	}
	db := must(sql.Open("sqlite", filepath.Join(dir, "wakachi.db")+"?_txlock=immediate"))(t)
	defer db.Close()
	tx := must(db.Begin())(t)
	_, err := s.CreateOrganisation(t.Context(), "local", "akamatsu")
	wantKind(t, "a busy database", err, fault.Unavailable)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	must(s.CreateOrganisation(t.Context(), "local", "akamatsu"))(t)
}

// What was made is for this user alone, and the key is made once.
func TestDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	s := open(t, dir)
	settle(t, s, "akamatsu")
	want := map[string]os.FileMode{".": os.ModeDir | 0o700}
	for _, name := range []string{"wakachi.db", "wakachi.db-wal", "wakachi.db-shm", "wakachi.lock", "ledger.key", "ledger.pub"} {
		want[name] = 0o600
	}
	for name, mode := range want {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode() != mode {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	s.Close()
	key := must(os.ReadFile(filepath.Join(dir, "ledger.key")))(t)
	public := must(os.ReadFile(filepath.Join(dir, "ledger.pub")))(t)
	os.Remove(filepath.Join(dir, "ledger.pub")) // as if killed between the two
	open(t, dir).Close()
	if string(must(os.ReadFile(filepath.Join(dir, "ledger.key")))(t)) != string(key) ||
		string(must(os.ReadFile(filepath.Join(dir, "ledger.pub")))(t)) != string(public) {
		t.Error("the key changed")
	}
	file := filepath.Join(dir, "ledger.key")
	_, err := store.Open(t.Context(), file, options())
	wantKind(t, "a file for a directory", err, fault.Unavailable)
}
