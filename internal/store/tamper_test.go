package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/store"
)

// settled is a closed data directory with two tenants, a changed item and a purged one.
func settled(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	x := settle(t, s, "akamatsu")
	settle(t, s, "birch")
	changed := x.items[1]
	changed.Role = incident.Delivery
	must(s.PutItems(t.Context(), x.org, "local", x.incident.ID, []incident.Item{changed}))(t)
	stock(t, s, x.org)
	s.Close()
	return dir
}

// columns lists the tables that hold anything of ours and their columns, from the
// database itself, so that a new column cannot be left out here.
func columns(t testing.TB, db *sql.DB) map[string][]string {
	t.Helper()
	rows := must(db.Query(`SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%'
		AND m.name NOT LIKE 'search_%' AND m.name NOT IN ('sessions', 'scopes')`))(t) // those two are not of the record
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		out[table] = append(out[table], column)
	}
	return out
}

func rowids(t testing.TB, db *sql.DB, table string) []int64 {
	t.Helper()
	rows := must(db.Query(`SELECT rowid FROM ` + table + ` ORDER BY rowid`))(t)
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		out = append(out, id)
	}
	return out
}

// alterations gives other values a cell could be made to hold: nearly the same, the same
// of another type, and nothing.
func alterations(v any) []any {
	switch v := v.(type) {
	case string:
		out := []any{v + "x", strings.ToUpper(v) + " ", []byte(v)}
		if strings.HasSuffix(v, "Z") && len(v) == len("2026-05-18T10:15:00Z") {
			out = append(out, strings.TrimSuffix(v, "Z")+"+00:00") // the same moment
		}
		if v != "" {
			out = append(out, "")
		}
		return out
	case int64:
		return []any{v + 1000, -v - 1}
	case []byte:
		if len(v) == 0 {
			return []any{[]byte("x")}
		}
		flipped := slices.Clone(v)
		flipped[len(v)/2] ^= 1
		return []any{flipped, append(slices.Clone(v), 0), v[:len(v)-1], []byte{}, string(v)}
	}
	return nil
}

// TestTampering changes every column of every row of every table, each in a copy of its
// own, and deletes every row. Check must find each.
func TestTampering(t *testing.T) {
	dir := settled(t)
	before := wantSound(t, dir)
	name := filepath.Join(copyOf(t, dir), "wakachi.db")
	pristine := must(os.ReadFile(name))(t)
	db := must(sql.Open("sqlite", name))(t)
	tables := columns(t, db)
	ids := map[string][]int64{}
	cells := map[string]any{}
	for table, cols := range tables {
		ids[table] = rowids(t, db, table)
		if len(ids[table]) != before.Rows[table] {
			t.Errorf("%s has %d rows, Check saw %d", table, len(ids[table]), before.Rows[table])
		}
		for _, id := range ids[table] {
			for _, col := range cols {
				var v any
				if err := db.QueryRow(fmt.Sprintf(`SELECT %s FROM %s WHERE rowid = %d`, col, table, id)).Scan(&v); err != nil {
					t.Fatal(err)
				}
				cells[fmt.Sprint(table, col, id)] = v
			}
		}
	}
	db.Close()
	if len(tables) != 14 {
		t.Fatalf("tables: %v", tables)
	}
	tried := 0
	wantFound := func(what, query string, args ...any) {
		t.Helper()
		if err := os.WriteFile(name, pristine, 0o600); err != nil {
			t.Fatal(err)
		}
		db := must(sql.Open("sqlite", name+"?_pragma=journal_mode(MEMORY)&_pragma=synchronous(OFF)"))(t)
		_, err := db.Exec(query, args...)
		db.Close()
		if err != nil {
			if strings.Contains(err.Error(), "constraint") {
				return // two rows cannot have one key: SQLite itself refused
			}
			t.Fatal(err)
		}
		tried++
		if r := check(t, filepath.Dir(name)); len(r.Faults) == 0 {
			t.Errorf("%s was not found", what)
		}
	}
	for table, cols := range tables {
		for k, id := range ids[table] {
			for _, col := range cols {
				for n, v := range alterations(cells[fmt.Sprint(table, col, id)]) {
					if testing.Short() && n > 0 {
						break
					}
					wantFound(fmt.Sprintf("%s.%s of row %d, alteration %d", table, col, id, n),
						fmt.Sprintf(`UPDATE %s SET %s = $1 WHERE rowid = %d`, table, col, id), v)
				}
			}
			if table == "ledger_checkpoints" && k < len(ids[table])-1 {
				continue // a later one says the same and more
			}
			wantFound(fmt.Sprintf("%s: row %d deleted", table, id), fmt.Sprintf(`DELETE FROM %s WHERE rowid = %d`, table, id))
		}
	}
	t.Logf("%d alterations found", tried)
	if tried < 250 {
		t.Errorf("only %d alterations were tried", tried)
	}
}

// Alterations that fit together as far as somebody without the key can make them.
func TestTamperingWithCare(t *testing.T) {
	dir := settled(t)
	for _, c := range []struct {
		name       string
		statements []string
		found      string
	}{
		{"an item put back to what it was before", []string{
			`UPDATE items SET (body, seq) = (SELECT c.body, c.seq FROM ledger_contents c WHERE c.seq = items.first_seq)
				WHERE seq <> first_seq`}, "check.row items"},
		{"an item taken away with its last act's contents", []string{
			`DELETE FROM ledger_contents WHERE seq = (SELECT MAX(seq) FROM items)`,
			`DELETE FROM items WHERE seq = (SELECT MAX(seq) FROM items)`}, "check.no-contents"},
		{"contents taken away as if purged", []string{
			`DELETE FROM ledger_contents WHERE seq = 2`,
			`INSERT INTO ledger_entries SELECT MAX(seq) + 1, MIN(org), '2026-05-18T10:15:00Z', 'local', 'content.purged', '2', MIN(commitment) FROM ledger_entries`},
			"check.checkpoint-missing"},
		{"two parcels' bodies exchanged with their sums", []string{
			`UPDATE parcels SET (sum, body) = (SELECT p.sum, p.body FROM parcels p WHERE p.rowid <> parcels.rowid) WHERE rowid = 1`}, "check.row parcels"},
		{"a row nobody made", []string{
			`INSERT INTO incidents SELECT org, 'inc-forged', codename, opened, seq FROM incidents LIMIT 1`}, "check.no-entry incidents inc-forged"},
		{"an act given to another organisation", []string{
			`UPDATE incidents SET org = (SELECT MAX(id) FROM organisations)`}, "check."},
		{"a checkpoint signed by others as well", []string{
			`UPDATE ledger_checkpoints SET signed = CAST(CAST(signed AS TEXT) || '— else AAAAAAAA' || char(10) AS BLOB)`}, "check.checkpoint"},
		{"an index emptied", []string{`PRAGMA writable_schema = 1`,
			`UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'parcels_by_incident') WHERE name = 'items_by_incident'`},
			"check.file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			copied := copyOf(t, dir)
			tamper(t, copied, c.statements...)
			r := check(t, copied)
			if !slices.ContainsFunc(r.Faults, func(f string) bool { return strings.HasPrefix(f, c.found) }) {
				t.Errorf("found %q, want %q", r.Faults, c.found)
			}
			for _, f := range r.Faults {
				if strings.Contains(f, "evil") || strings.Contains(f, "kestrel") {
					t.Errorf("contents in %q", f)
				}
			}
		})
	}
}

// Somebody who cuts off the last acts with all that belongs to them leaves a sound store
// behind; only a checkpoint kept elsewhere tells.
func TestCutEnd(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	x := settle(t, s, "akamatsu")
	early := must(s.Checkpoint(t.Context(), x.org))(t)
	must(s.OpenIncident(t.Context(), x.org, "local", "heron"))(t)
	kept := must(s.Checkpoint(t.Context(), x.org))(t)
	s.Close()
	for _, k := range [][]byte{early, kept} {
		if r := must(store.Check(t.Context(), dir, k))(t); len(r.Faults) > 0 {
			t.Errorf("with a checkpoint of its own: %q", r.Faults)
		}
	}
	// Entry 9 is the last; its hashes begin behind those of entries 0 to 8, sixteen in number.
	tamper(t, dir, `DELETE FROM incidents WHERE seq = 9`, `DELETE FROM ledger_contents WHERE seq = 9`,
		`DELETE FROM ledger_entries WHERE seq = 9`, `DELETE FROM ledger_hashes WHERE idx >= 16`, `DELETE FROM ledger_checkpoints WHERE size = 10`)
	if r := must(store.Check(t.Context(), dir, early))(t); len(r.Faults) > 0 {
		t.Errorf("with an older checkpoint: %q", r.Faults)
	}
	if r := must(store.Check(t.Context(), dir, kept))(t); !slices.Equal(r.Faults, []string{"check.kept-checkpoint 10"}) {
		t.Errorf("with the newer checkpoint: %q", r.Faults)
	}
	other := open(t, t.TempDir())
	foreign := must(other.Checkpoint(t.Context(), settle(t, other, "birch").org))(t)
	if r := must(store.Check(t.Context(), dir, foreign))(t); len(r.Faults) != 1 {
		t.Errorf("with another store's checkpoint: %q", r.Faults)
	}
}

// A store whose log's end is wrong is not written to.
func TestOpenRefusesDamage(t *testing.T) {
	dir := settled(t)
	for name, harm := range map[string]func(dir string){
		"the last hash": func(d string) { tamper(t, d, `UPDATE ledger_hashes SET hash = zeroblob(32)`) },
		"the last checkpoint": func(d string) {
			tamper(t, d, `DELETE FROM ledger_checkpoints WHERE size = (SELECT MAX(size) FROM ledger_checkpoints)`)
		},
		"the signature": func(d string) {
			tamper(t, d, `UPDATE ledger_checkpoints SET signed = replace(signed, 'wakachi', 'wakache')`)
		},
		"the key lost":    func(d string) { os.Remove(filepath.Join(d, "ledger.key")) },
		"the key another": func(d string) { os.WriteFile(filepath.Join(d, "ledger.pub"), []byte("x+1+y"), 0o600) },
		"the key no key":  func(d string) { os.WriteFile(filepath.Join(d, "ledger.key"), []byte("x"), 0o600) },
		"no database": func(d string) {
			os.WriteFile(filepath.Join(d, "wakachi.db"), []byte(strings.Repeat("not a database ", 1000)), 0o600)
		},
	} {
		copied := copyOf(t, dir)
		harm(copied)
		_, err := store.Open(t.Context(), copied, options())
		wantKind(t, name, err, fault.Damaged)
	}
}

// Nor is one whose log was cut while it was at work.
func TestActRefusesDamage(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	x := settle(t, s, "akamatsu")
	tamper(t, dir, `DELETE FROM ledger_checkpoints WHERE size = 9`)
	_, err := s.OpenIncident(t.Context(), x.org, "local", "heron")
	wantKind(t, "an act", err, fault.Damaged)
	if got := must(s.Incidents(t.Context(), x.org))(t); len(got) != 1 {
		t.Errorf("it was kept: %+v", got)
	}
}

func TestCheckOfWhatIsNoStore(t *testing.T) {
	_, err := store.Check(t.Context(), filepath.Join(t.TempDir(), "nothing"), nil)
	wantKind(t, "no directory", err, fault.NotFound)
	_, err = store.Check(t.Context(), t.TempDir(), nil)
	wantKind(t, "an empty directory", err, fault.NotFound)
	dir := settled(t)
	tamper(t, dir, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	_, err = store.Check(t.Context(), dir, nil)
	wantKind(t, "a newer store", err, fault.Unsupported)
	_, err = store.Open(t.Context(), dir, options())
	wantKind(t, "opening a newer store", err, fault.Unsupported)

	name := filepath.Join(dir, "wakachi.db")
	whole := must(os.ReadFile(name))(t)
	for _, n := range []int{1, 50, 100, 4096, len(whole) / 2, len(whole) - 1} {
		if err := os.WriteFile(name, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := store.Check(t.Context(), dir, nil); err == nil && len(r.Faults) == 0 {
			t.Errorf("a file cut to %d bytes was found sound", n)
		}
	}
}

// Check leaves every file as it was, also of a store that was killed, and beside one that
// is at work.
func TestCheckWritesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	settle(t, s, "akamatsu")
	killed := copyOf(t, dir) // with its -wal, as after a power cut
	os.Remove(filepath.Join(killed, "wakachi.db-shm"))
	wantSound(t, dir)
	s.Close()
	for _, d := range []string{dir, killed} {
		before := contents(t, d)
		wantSound(t, d)
		after := contents(t, d)
		delete(after, "wakachi.db-shm")
		if len(before) != len(after) {
			t.Errorf("files before: %d, after: %d", len(before), len(after))
		}
		for name, data := range before {
			if after[name] != data {
				t.Errorf("%s changed", name)
			}
		}
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, e := range must(os.ReadDir(dir))(t) {
		out[e.Name()] = string(must(os.ReadFile(filepath.Join(dir, e.Name())))(t))
	}
	return out
}
