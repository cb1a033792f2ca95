package app_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/app"
)

// A running is a wakachi that serves in this process; it stops on the signal a service
// manager would send.
type running struct {
	url  string
	exit chan int
}

func startServe(t *testing.T, dir string, more ...string) *running {
	t.Helper()
	read, write := io.Pipe()
	r := &running{exit: make(chan int, 1)}
	go func() {
		r.exit <- app.Main(append([]string{"wakachi", "serve", "--data", dir, "--listen", "127.0.0.1:0"}, more...), strings.NewReader(""), io.Discard, write)
		write.Close()
	}()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, read)
	for word := range strings.FieldsSeq(line) {
		if strings.HasPrefix(word, "http://") {
			r.url = word
		}
	}
	if r.url == "" {
		t.Fatalf("it said %q", line)
	}
	return r
}

func signalSelf() error {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	return self.Signal(syscall.SIGTERM)
}

// stop gives the exit code.
func (r *running) stop(t *testing.T) int {
	t.Helper()
	if err := signalSelf(); err != nil {
		t.Fatal(err)
	}
	select {
	case code := <-r.exit:
		return code
	case <-time.After(20 * time.Second):
		t.Fatal("it did not stop")
		return -1
	}
}

func get(t *testing.T, url string) (int, string, http.Header) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body), answer.Header
}

// run runs one command line in English.
func run(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	t.Setenv("WAKACHI_LANG", "en")
	var o, e bytes.Buffer
	code = app.Main(append([]string{"wakachi"}, args...), strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// TestServe goes the way of whoever runs a wakachi: start, ask, stop, check.
func TestServe(t *testing.T) {
	t.Setenv("WAKACHI_LANG", "en")
	dir := filepath.Join(t.TempDir(), "data")
	r := startServe(t, dir)
	for _, c := range []struct {
		path   string
		status int
		body   string // what it holds
	}{
		{"/healthz", 200, "ok\n"}, {"/readyz", 200, "ok\n"}, {"/", 200, `action="/setup"`},
		{"/healthz/x", 404, "<h1>"}, {"/../ledger.key", 404, "<h1>"},
	} {
		status, body, header := get(t, r.url+c.path)
		if status != c.status || !strings.Contains(body, c.body) || strings.Contains(body, "PRIVATE") {
			t.Errorf("%s: %d %q", c.path, status, body)
		}
		for _, h := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control", "X-Frame-Options"} {
			if header.Get(h) == "" {
				t.Errorf("%s has no %s", c.path, h)
			}
		}
	}
	answer, err := http.Post(r.url+"/healthz", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if answer.Body.Close(); answer.StatusCode == 200 {
		t.Error("POST /healthz was accepted")
	}
	if code, _, errs := run(t, "serve", "--data", dir, "--listen", "127.0.0.1:0"); code != 1 || !strings.Contains(errs, "in use by another wakachi") {
		t.Errorf("a second serve: exit %d, %s", code, errs)
	}
	if code, _, errs := run(t, "check", "--data", dir); code != 0 {
		t.Errorf("check beside a running server: exit %d, %s", code, errs)
	}
	if code := r.stop(t); code != 0 {
		t.Errorf("exit %d after SIGTERM", code)
	}
	if _, err := http.Get(r.url + "/healthz"); err == nil {
		t.Error("it still answers")
	}
	for name, mode := range map[string]os.FileMode{"": os.ModeDir | 0o700, "wakachi.db": 0o600, "ledger.key": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode() != mode {
			t.Errorf("%q: %v, %v", name, info.Mode(), err)
		}
	}
	if code, _, errs := run(t, "check", "--data", dir); code != 0 || !strings.Contains(errs, "is sound") {
		t.Errorf("check: exit %d, %s", code, errs)
	}
	if r := startServe(t, dir); r.stop(t) != 0 {
		t.Error("it did not start again on the same directory")
	}
}

func TestCheckSpeaksOfDamage(t *testing.T) {
	t.Setenv("WAKACHI_LANG", "en")
	dir := t.TempDir()
	startServe(t, dir).stop(t)
	db, err := sql.Open("sqlite", filepath.Join(dir, "wakachi.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const secret = "山田商店"
	if _, err := db.Exec(`INSERT INTO organisations (id, name, created, seq) VALUES ('org-x', $1, $1, 0)`, secret); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(t, "check", "--data", dir)
	if code != 1 || !strings.Contains(out, "check.no-entry organisations org-x\n") || !strings.Contains(errs, "fault") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if strings.Contains(out+errs, secret) {
		t.Error("it repeats contents")
	}
	code, out, _ = run(t, "check", "--data", dir, "--json")
	var found struct {
		Rows    map[string]int
		Entries int64
		Faults  []string
	}
	if err := json.Unmarshal([]byte(out), &found); err != nil || code != 1 || len(found.Faults) == 0 || found.Rows["organisations"] != 1 {
		t.Errorf("exit %d, %v: %s", code, err, out)
	}
}

func TestServeRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "nothing")
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"a database URL", []string{"serve", "--database", "postgres://u:hunter2@h/d"}, 2, "PostgreSQL"},
		{"a port in use", []string{"serve", "--data", t.TempDir(), "--listen", taken.Addr().String()}, 1, "in use by another program"},
		{"no address", []string{"serve", "--data", t.TempDir(), "--listen", "8420"}, 2, "no address"},
		{"a file for a directory", []string{"serve", "--data", file}, 1, "cannot use the data directory"},
		{"nothing to check", []string{"check", "--data", missing}, 1, "no store"},
	} {
		code, _, errs := run(t, c.args...)
		if code != c.code || !strings.Contains(errs, c.says) || !strings.Contains(errs, "hint:") || strings.Contains(errs, "hunter2") {
			t.Errorf("%s: exit %d, want %d: %s", c.name, code, c.code, errs)
		}
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("check made a directory")
	}
}
