package store_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/store"
)

func wantCode(t testing.TB, what string, err error, code string) {
	t.Helper()
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// names lists a directory, hidden files too.
func names(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	for _, e := range must(os.ReadDir(dir))(t) {
		out = append(out, e.Name())
	}
	return out
}

// backedUp makes a settled directory and a backup of it.
func backedUp(t testing.TB) (dir, file string) {
	t.Helper()
	dir, file = settled(t), filepath.Join(t.TempDir(), "b.tar")
	must(store.Backup(t.Context(), dir, file, store.BackupOptions{Now: day, Program: "v1"}))(t)
	return dir, file
}

// TestBackupBesideAWriter backs up a store while acts go on: each backup holds what had been
// confirmed when it began, is sound, and opens as the store it was.
func TestBackupBesideAWriter(t *testing.T) {
	dir, out := filepath.Join(t.TempDir(), "data"), t.TempDir()
	s := open(t, dir)
	x := settle(t, s, "akamatsu")
	stop, ended := make(chan bool), make(chan error)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				ended <- nil
				return
			default:
			}
			if err := s.SealParcel(context.Background(), x.org, "local", x.incident.ID, sealed(fmt.Sprintf("parcel-%d", n), strings.Repeat("x", n%5*3000+1))); err != nil {
				ended <- err
				return
			}
		}
	}()
	var last int64
	for n := range 6 {
		before := len(must(s.Parcels(t.Context(), x.org, x.incident.ID))(t))
		file, to := filepath.Join(out, fmt.Sprint(n, ".tar")), filepath.Join(out, fmt.Sprint(n))
		made := must(store.Backup(t.Context(), dir, file, store.BackupOptions{Now: day, Program: "v1 beta"}))(t)
		if !made.Looked || made.Entries < last || !made.Made.Equal(day) || made.Program != "v1_beta" {
			t.Errorf("made %+v after %d entries", made, last)
		}
		last = made.Entries
		if info := must(os.Stat(file))(t); info.Mode() != 0o600 || info.Size() != made.Bytes {
			t.Errorf("%v, %d bytes; it says %d", info.Mode(), info.Size(), made.Bytes)
		}
		if got := must(store.Restore(t.Context(), file, to, options()))(t); got != made {
			t.Errorf("restored %+v\nmade %+v", got, made)
		}
		if r := wantSound(t, to); r.Root != made.Root || r.Entries != made.Entries {
			t.Errorf("the root is %s at %d", r.Root, r.Entries)
		}
		again := open(t, to)
		if after := len(must(again.Parcels(t.Context(), x.org, x.incident.ID))(t)); after < before {
			t.Errorf("%d parcels were confirmed, %d are in the backup", before, after)
		}
		settle(t, again, "birch")
		if a, b := must(s.Derive("x"))(t), must(again.Derive("x"))(t); !bytes.Equal(a, b) {
			t.Error("the key is another")
		}
		again.Close()
		wantSound(t, to)
	}
	close(stop)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := names(t, out); len(got) != 12 {
		t.Errorf("left beside the backups: %q", got)
	}
	wantSound(t, dir)
}

// A backup leaves its source as it was, whether its server ended or was killed.
func TestBackupLeavesTheSource(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	settle(t, s, "akamatsu")
	killed := copyOf(t, dir) // with its -wal, as after a power cut
	os.Remove(filepath.Join(killed, "wakachi.db-shm"))
	s.Close()
	var roots []string
	for _, d := range []string{dir, killed} {
		before := contents(t, d)
		file := filepath.Join(t.TempDir(), "b.tar")
		made := must(store.Backup(t.Context(), d, file, store.BackupOptions{Now: day}))(t)
		roots = append(roots, made.Root)
		after := contents(t, d)
		delete(after, "wakachi.db-shm")
		if fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("the source changed: %d files before, %d after", len(before), len(after))
		}
	}
	if roots[0] != roots[1] || roots[0] == "" {
		t.Errorf("what the log file held is missing: %q", roots)
	}
}

// What cannot be backed up is refused in plain words, and nothing is left beside the file.
func TestBackupRefuses(t *testing.T) {
	damaged := settled(t)
	tamper(t, damaged, `UPDATE items SET body = replace(body, 'evil', 'nice')`)
	newer := settled(t)
	tamper(t, newer, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	noKey, otherKey, badKey, good := settled(t), settled(t), settled(t), settled(t)
	os.Remove(filepath.Join(noKey, "ledger.key"))
	os.WriteFile(filepath.Join(badKey, "ledger.key"), []byte("PRIVATE+KEY+x"), 0o600)
	os.WriteFile(filepath.Join(otherKey, "ledger.pub"), must(os.ReadFile(filepath.Join(good, "ledger.pub")))(t), 0o600)
	cut := settled(t)
	if err := os.Truncate(filepath.Join(cut, "wakachi.db"), 5000); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	there := filepath.Join(out, "there.tar")
	os.WriteFile(there, []byte("precious"), 0o600)
	link := filepath.Join(out, "link.tar")
	os.Symlink(there, link)
	file := filepath.Join(out, "b.tar")
	for _, c := range []struct {
		what, dir, file, code string
		replace               bool
	}{
		{"no directory", filepath.Join(out, "gone"), file, "store.no-store", false},
		{"an empty directory", t.TempDir(), file, "store.no-store", false},
		{"a damaged store", damaged, file, "store.backup-source", false},
		{"a cut store", cut, file, "store.damaged", false},
		{"a newer store", newer, file, "store.newer", false},
		{"no key", noKey, file, "store.key-missing", false},
		{"a broken key", badKey, file, "store.key", false},
		{"halves of two keys", otherKey, file, "store.key", false},
		{"a file that is there", good, there, "store.backup-exists", false},
		{"damage, over a good backup", damaged, there, "store.backup-source", true},
		{"a directory for a file", good, out, "store.backup-special", true},
		{"a link for a file", good, link, "store.backup-special", true},
		{"over the store itself", good, filepath.Join(good, "wakachi.db"), "store.backup-inside", true},
		{"no directory for the file", good, filepath.Join(out, "gone", "b.tar"), "store.backup-write", false},
	} {
		_, err := store.Backup(t.Context(), c.dir, c.file, store.BackupOptions{Now: day, Replace: c.replace})
		wantCode(t, c.what, err, c.code)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := store.Backup(ctx, good, file, store.BackupOptions{Now: day})
	wantCode(t, "a stop", err, "store.stopped")
	if got := names(t, out); !slices.Equal(got, []string{"link.tar", "there.tar"}) {
		t.Errorf("left behind: %q", got)
	}
	if got := must(os.ReadFile(there))(t); string(got) != "precious" {
		t.Errorf("the file that was there: %q", got)
	}
	must(store.Backup(t.Context(), good, there, store.BackupOptions{Now: day, Replace: true}))(t)
	must(store.Restore(t.Context(), there, filepath.Join(out, "to"), options()))(t)
	wantSound(t, good)
}

// TestRestoreTarget restores where nothing is, and nowhere else.
func TestRestoreTarget(t *testing.T) {
	_, file := backedUp(t)
	up := t.TempDir()
	full, afile, link, empty := filepath.Join(up, "full"), filepath.Join(up, "file"), filepath.Join(up, "link"), filepath.Join(up, "empty")
	os.Mkdir(full, 0o700)
	os.WriteFile(filepath.Join(full, "note"), []byte("x"), 0o600)
	os.WriteFile(afile, []byte("x"), 0o600)
	os.Symlink(filepath.Join(up, "nowhere"), link)
	for what, dir := range map[string]string{"a directory with something in it": full, "a file": afile, "a link to nowhere": link} {
		_, err := store.Restore(t.Context(), file, dir, options())
		wantCode(t, what, err, "store.restore-target")
	}
	_, err := store.Restore(t.Context(), file, filepath.Join(up, "gone", "data"), options())
	wantCode(t, "no directory above", err, "store.restore-write")
	if got := names(t, up); !slices.Equal(got, []string{"file", "full", "link"}) || len(names(t, full)) != 1 {
		t.Errorf("left behind: %q, %q", got, names(t, full))
	}
	os.Mkdir(empty, 0o750)
	must(store.Restore(t.Context(), file, empty, options()))(t)
	wantSound(t, empty)
	if info := must(os.Stat(empty))(t); info.Mode().Perm() != 0o750 {
		t.Errorf("the empty directory is another: %v", info.Mode())
	}
	if got := names(t, empty); !slices.Equal(got, []string{"ledger.key", "ledger.pub", "wakachi.db", "wakachi.lock"}) {
		t.Errorf("in the empty directory: %q", got)
	}
	open(t, empty).Close()
	_, err = store.Restore(t.Context(), file, empty, options())
	wantCode(t, "a second time", err, "store.restore-target")
	used := filepath.Join(up, "used")
	os.Mkdir(used, 0o700)
	s := open(t, used)
	_, err = store.Restore(t.Context(), file, used, options())
	wantCode(t, "under a server", err, "store.restore-target")
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

// A parted is a member of a tar file that a test makes.
type parted struct {
	tar.Header
	body []byte
}

func parts(t testing.TB, file string) (out []parted) {
	t.Helper()
	r := tar.NewReader(bytes.NewReader(must(os.ReadFile(file))(t)))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, parted{*h, must(io.ReadAll(r))(t)})
	}
}

func joined(t testing.TB, in ...parted) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, p := range in {
		p.Size = int64(len(p.body))
		if err := w.WriteHeader(&p.Header); err != nil {
			t.Fatal(err)
		}
		w.Write(p.body)
	}
	w.Close()
	return buf.Bytes()
}

func renamed(p parted, name string) parted { p.Name = name; return p }

// TestRestoreRefuses: what is not exactly what Backup wrote leaves nothing behind.
func TestRestoreRefuses(t *testing.T) {
	_, file := backedUp(t)
	_, another := backedUp(t)
	whole := must(os.ReadFile(file))(t)
	p, q := parts(t, file), parts(t, another)
	manifest, public, key, db := p[0], p[1], p[2], p[3]
	linked := key
	linked.Typeflag, linked.Linkname, linked.body = tar.TypeSymlink, "/etc/passwd", nil
	changed := func(from, to string) parted {
		m := manifest
		m.body = bytes.Replace(m.body, []byte(from), []byte(to), 1)
		if bytes.Equal(m.body, manifest.body) {
			t.Fatalf("the manifest has no %q", from)
		}
		return m
	}
	up := t.TempDir()
	bad, to := filepath.Join(t.TempDir(), "bad.tar"), filepath.Join(up, "data")
	for _, c := range []struct {
		what string
		data []byte
		code string
	}{
		{"an empty file", nil, "store.backup-foreign"},
		{"a text", []byte("not a backup"), "store.backup-foreign"},
		{"a long text", bytes.Repeat([]byte("not a backup\n"), 1000), "store.backup-foreign"},
		{"zeros", make([]byte, 10240), "store.backup-foreign"},
		{"a foreign tar", joined(t, renamed(db, "../../evil")), "store.backup-foreign"},
		{"a database", db.body, "store.backup-foreign"},
		{"a foreign manifest", joined(t, parted{manifest.Header, []byte("himitsu")}, public, key, db), "store.backup-foreign"},
		{"an endless manifest", joined(t, parted{manifest.Header, bytes.Repeat([]byte("x"), 1<<20)}, public, key, db), "store.backup-foreign"},
		{"a newer form", joined(t, changed("backup 1\n", "backup 2\n"), public, key, db), "store.backup-form"},
		{"another time", joined(t, changed("made 2026", "made 2025"), public, key, db), "store.backup-altered"},
		{"another program", joined(t, changed("program v1", "program v2"), public, key, db), "store.backup-altered"},
		{"no signature", joined(t, changed("— wakachi", "- wakachi"), public, key, db), "store.backup-altered"},
		{"a way out", joined(t, manifest, public, renamed(key, "../ledger.key"), db), "store.backup-altered"},
		{"an absolute way out", joined(t, manifest, public, renamed(key, "/tmp/ledger.key"), db), "store.backup-altered"},
		{"a link", joined(t, manifest, public, linked, db), "store.backup-altered"},
		{"another order", joined(t, manifest, key, public, db), "store.backup-altered"},
		{"one more", joined(t, manifest, public, key, db, renamed(key, "authorized_keys")), "store.backup-altered"},
		{"the database twice", joined(t, manifest, public, key, db, db), "store.backup-altered"},
		{"something behind", append(slices.Clone(whole), 'x'), "store.backup-altered"},
		{"another backup's key", joined(t, manifest, public, q[2], db), "store.backup-altered"},
		{"another backup's pair", joined(t, manifest, q[1], q[2], db), "store.backup-altered"},
		{"another backup's database", joined(t, manifest, public, key, q[3]), "store.backup-altered"},
		{"no database", joined(t, manifest, public, key), "store.backup-cut"},
		{"no end", whole[:len(whole)-1024], "store.backup-cut"},
		{"half an end", whole[:len(whole)-512], "store.backup-cut"},
		{"one byte less", whole[:len(whole)-1], "store.backup-cut"},
		{"half of it", whole[:len(whole)/2], "store.backup-cut"},
		{"half a manifest", whole[:600], "store.backup-cut"},
		{"a manifest only", whole[:1024], "store.backup-cut"},
	} {
		if err := os.WriteFile(bad, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := store.Restore(t.Context(), bad, to, options())
		wantCode(t, c.what, err, c.code)
		if got := names(t, up); len(got) > 0 {
			t.Fatalf("%s leaves %q", c.what, got)
		}
	}
	_, err := store.Restore(t.Context(), up, to, options())
	wantCode(t, "a directory for a file", err, "store.backup-foreign")
	_, err = store.Restore(t.Context(), filepath.Join(up, "gone"), to, options())
	wantKind(t, "no file", err, fault.NotFound)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = store.Restore(ctx, file, to, options())
	wantCode(t, "a stop", err, "store.stopped")
	empty := t.TempDir()
	os.WriteFile(bad, whole[:len(whole)-1], 0o600)
	_, err = store.Restore(t.Context(), bad, empty, options())
	wantCode(t, "a cut file for an empty directory", err, "store.backup-cut")
	if got := append(names(t, up), names(t, empty)...); len(got) > 0 {
		t.Errorf("left behind: %q", got)
	}
}

// An altered byte anywhere is refused, or stands where tar keeps nothing of the contents.
func TestRestoreAlteredByte(t *testing.T) {
	_, file := backedUp(t)
	whole := must(os.ReadFile(file))(t)
	up := t.TempDir()
	bad, to := filepath.Join(t.TempDir(), "bad.tar"), filepath.Join(up, "data")
	must(store.Restore(t.Context(), file, to, options()))(t)
	want := contents(t, to)
	refused := 0
	for n, step := 0, 1; n < 200; n++ {
		at := n * 17 // the manifest and the keys closely, the database here and there
		if at > 3500 {
			at = mathrand.IntN(len(whole))
		}
		data := slices.Clone(whole)
		data[at] ^= byte(step)
		step = step%255 + 1
		if err := os.WriteFile(bad, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(to); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Restore(t.Context(), bad, to, options()); err != nil {
			refused++
			if got := names(t, up); len(got) > 0 {
				t.Fatalf("byte %d: left %q", at, got)
			}
			continue
		}
		if fmt.Sprint(contents(t, to)) != fmt.Sprint(want) {
			t.Errorf("byte %d changed what was restored", at)
		}
	}
	if refused < 60 {
		t.Errorf("only %d of 200 were refused", refused)
	}
}

// A backup whose sums are right and whose contents are not, as who has the key could make
// one, is found by the check and leaves nothing behind.
func TestRestoreChecks(t *testing.T) {
	for what, statement := range map[string]string{
		"an altered item": `UPDATE items SET body = replace(body, 'evil', 'nice')`,
		"a missing act":   `DELETE FROM ledger_contents WHERE seq = 3`,
	} {
		dir, up := settled(t), t.TempDir()
		tamper(t, dir, statement)
		file := filepath.Join(t.TempDir(), "b.tar")
		if err := store.PackAsItIs(t.Context(), dir, file); err != nil {
			t.Fatal(err)
		}
		_, err := store.Restore(t.Context(), file, filepath.Join(up, "data"), options())
		wantCode(t, what, err, "store.backup-damaged")
		if got := names(t, up); len(got) > 0 {
			t.Errorf("%s leaves %q", what, got)
		}
	}
	dir := settled(t)
	tamper(t, dir, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	file := filepath.Join(t.TempDir(), "b.tar")
	if err := store.PackAsItIs(t.Context(), dir, file); err != nil {
		t.Fatal(err)
	}
	_, err := store.Restore(t.Context(), file, filepath.Join(t.TempDir(), "data"), options())
	wantCode(t, "a newer store", err, "store.newer")
}

// A store of an older version is backed up as it is, before an update, and brought up to
// date when it is restored.
func TestBackupOfAnOlderStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	x := settle(t, s, "akamatsu")
	s.Close()
	root := wantSound(t, dir).Root
	tamper(t, dir, `DROP TABLE supports`, `DROP TABLE receipts`, `DROP TABLE entries`, `DROP TABLE shelvings`,
		`DELETE FROM goose_db_version WHERE version_id > 2`)
	_, err := store.Check(t.Context(), dir, nil)
	wantCode(t, "check", err, "store.older")
	file := filepath.Join(t.TempDir(), "b.tar")
	made := must(store.Backup(t.Context(), dir, file, store.BackupOptions{Now: day, Program: "v1"}))(t)
	if made.Looked || made.Entries != -1 || made.Root != "" {
		t.Errorf("made %+v", made)
	}
	_, err = store.Check(t.Context(), dir, nil)
	wantCode(t, "the source afterwards", err, "store.older")
	for _, to := range []string{filepath.Join(t.TempDir(), "to"), t.TempDir()} {
		got := must(store.Restore(t.Context(), file, to, options()))(t)
		if !got.Looked || got.Root != root || wantSound(t, to).Root != root {
			t.Errorf("restored %+v, want %s", got, root)
		}
		if again := open(t, to); len(must(again.Items(t.Context(), x.org, x.incident.ID))(t)) != 2 {
			t.Error("items are missing")
		}
	}
}

const (
	crashBackup  = "WAKACHI_TEST_CRASH_BACKUP"
	crashRestore = "WAKACHI_TEST_CRASH_RESTORE"
)

// TestBackupChild is the process that TestKilledBackup kills.
func TestBackupChild(t *testing.T) {
	dir, file := os.Getenv(crashDirectory), os.Getenv(crashBackup)
	to := os.Getenv(crashRestore)
	if file == "" {
		t.Skip("runs as the child of TestKilledBackup only")
	}
	fmt.Println("open")
	for n := 0; to == "" || n < 1; n++ {
		var err error
		if to == "" {
			_, err = store.Backup(t.Context(), dir, file, store.BackupOptions{Now: day, Replace: true})
		} else {
			_, err = store.Restore(t.Context(), file, to, options())
		}
		if err != nil {
			fmt.Println("failed", err)
			return
		}
	}
}

func killBackup(t *testing.T, wait time.Duration, env ...string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestBackupChild$", "-test.count=1")
	child.Env = append(os.Environ(), env...)
	out := must(child.StdoutPipe())(t)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 4)
	if _, err := io.ReadFull(out, said); err != nil || string(said) != "open" {
		t.Fatalf("it says %q, %v", said, err)
	}
	timer := time.AfterFunc(wait, func() { child.Process.Kill() })
	rest := must(io.ReadAll(out))(t)
	timer.Stop()
	child.Wait()
	if strings.Contains(string(rest), "failed") {
		t.Fatalf("%s", rest)
	}
}

// TestKilledBackup kills backups and restores at moments of chance: the backup is absent or
// whole, the directory is absent or sound, and the source is as it was.
func TestKilledBackup(t *testing.T) {
	rounds := 10
	if testing.Short() {
		rounds = 4
	}
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	x := settle(t, s, "akamatsu")
	for n := range 20 {
		if err := s.SealParcel(t.Context(), x.org, "local", x.incident.ID, sealed(fmt.Sprint("parcel-", n), strings.Repeat("x", 200_000))); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	root, whole, made, absent := wantSound(t, dir).Root, filepath.Join(t.TempDir(), "whole.tar"), 0, 0
	must(store.Backup(t.Context(), dir, whole, store.BackupOptions{Now: day}))(t)
	for range rounds {
		file := filepath.Join(t.TempDir(), "b.tar")
		wait := time.Duration(mathrand.IntN(200)) * time.Millisecond
		killBackup(t, wait, crashDirectory+"="+dir, crashBackup+"="+file)
		if _, err := os.Stat(file); err == nil {
			made++
			if got := must(store.Restore(t.Context(), file, filepath.Join(t.TempDir(), "to"), options()))(t); got.Root != root {
				t.Errorf("the backup of a killed process has root %s", got.Root)
			}
		}
		to := filepath.Join(t.TempDir(), "to")
		killBackup(t, wait, crashRestore+"="+to, crashBackup+"="+whole)
		if _, err := os.Stat(to); err != nil {
			absent++
			must(store.Restore(t.Context(), whole, to, options()))(t) // what was left does not stand in the way
		}
		if wantSound(t, to).Root != root {
			t.Error("half a directory")
		}
	}
	if wantSound(t, dir).Root != root {
		t.Error("the source changed")
	}
	t.Logf("%d rounds: %d backups whole, %d directories absent", rounds, made, absent)
}

// FuzzRestore: no file makes anything but a sound directory or nothing.
func FuzzRestore(f *testing.F) {
	_, file := backedUp(f)
	whole := must(os.ReadFile(file))(f)
	f.Add(whole[:4096])
	f.Add([]byte{})
	f.Add(joined(f, parts(f, file)[:3]...))
	bad := filepath.Join(f.TempDir(), "bad.tar")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(bad, data, 0o600); err != nil {
			t.Fatal(err)
		}
		up := t.TempDir()
		to := filepath.Join(up, "data")
		_, err := store.Restore(t.Context(), bad, to, options())
		if err == nil {
			wantSound(t, to)
		} else if _, ok := errors.AsType[*fault.Error](err); !ok || fault.KindOf(err) == fault.Internal || len(names(t, up)) > 0 {
			t.Errorf("%v, left %q", err, names(t, up))
		}
	})
}

// FuzzManifest: what is read comes out as it went in.
func FuzzManifest(f *testing.F) {
	_, file := backedUp(f)
	text, _, _ := strings.Cut(string(parts(f, file)[0].body), "\n\n")
	f.Add(text + "\n")
	f.Add(strings.Replace(text, "entries ", "entries +", 1) + "\n")
	f.Add("wakachi backup 1\n\n\n\n\n\n\n\n")
	if _, err := store.ReadManifest(text + "\n"); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if again, err := store.ReadManifest(text); err == nil && again != text {
			t.Errorf("%q\n%q", text, again)
		}
	})
}
