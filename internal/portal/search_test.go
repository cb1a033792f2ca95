package portal_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// logs lets the hub's logs be one of which nothing may leave: its name, its host and its lines
// bear a canary.
func logs(t *testing.T, h *wakatest.House, name string, lines ...string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.SearchIn(dir)
}

const squid = "1788000000.000    120 canary-host.internal TCP_MISS/200 4512 GET http://198.51.100.250/canary-path - DIRECT/192.0.2.1 text/html"

// filled reads the answer's form as a browser would send it.
func filled(body string) url.Values {
	_, form, _ := strings.Cut(body, `/answer"`)
	f := url.Values{}
	for _, m := range regexp.MustCompile(`<input [^>]*name="([a-z-]+)"[^>]*?value="([^"]*)"([^>]*)>`).FindAllStringSubmatch(form, -1) {
		if box := strings.Contains(m[0], "radio") || strings.Contains(m[0], "checkbox"); !box || strings.Contains(m[3], "checked") {
			f.Set(m[1], m[2])
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<select name="([a-z-]+)">(.*?)</select>`).FindAllStringSubmatch(form, -1) {
		if s := regexp.MustCompile(`value="([^"]*)" selected`).FindStringSubmatch(m[2]); s != nil {
			f.Set(m[1], s[1])
		}
	}
	return f
}

// A parcel arrives, is searched for and found; the page shows it, the form is filled in, one
// confirmation sends it, and nothing of the logs is in what goes out.
func TestFromSearchToAnswer(t *testing.T) {
	h := wakatest.New(t)
	logs(t, h, "canary-log.log", squid, squid)
	r := h.Share("ransomware", h.ToCommunity())
	b := signedIn(t, h, h.Doors(), "hub-security")
	page := "/shared/" + string(r.Parcel)
	if body := b.get(page).Body.String(); !strings.Contains(body, "検索の順番を待っています") || strings.Contains(body, "検索結果から記入") {
		t.Error("it is not shown as waiting")
	}
	if body := b.get("/shared").Body.String(); !strings.Contains(body, "検索中") {
		t.Error("the list does not show it as waiting")
	}
	h.Searches()
	if body := b.get("/shared").Body.String(); !strings.Contains(body, "見つかりました") {
		t.Error("the list does not show what was found")
	}
	if body := b.get("/").Body.String(); !strings.Contains(body, page+"#search") {
		t.Error("the desk does not tell")
	}
	body := b.get(page).Body.String()
	for _, want := range []string{"ログを自動で調べた結果", "見つかりました", "canary-log.log（1 行目）", "198[.]51[.]100[.]250", "Squid", "検索結果から記入"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not show %s", want)
		}
	}
	if strings.Contains(body, "canary-path") || strings.Contains(body, "canary-host") {
		t.Error("the page shows a line of the log")
	}
	form := filled(body)
	for name, want := range map[string]string{"finding": "found", "logs": "proxy", "count": "2", "from": "2026-08-29", "to": "2026-08-29", "first-seen": "2026-08-29", "last-seen": "2026-08-29", "tool": "", "remark": "", "named": ""} {
		if form.Get(name) != want {
			t.Errorf("%s is filled in as %q", name, form.Get(name))
		}
	}
	if w := b.post(page+"/answer", form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	e := h.As("ransomware-security").Effect(r.Parcel)
	if len(e.Answers) != 1 || e.Answers[0].Finding != parcel.Found || e.Answers[0].Count != 2 || e.Answers[0].Logs != parcel.ProxyLog {
		t.Errorf("%+v", e.Answers)
	}
	sharer := h.As("ransomware-security")
	for _, x := range sharer.Walk(sharer.Shelf("returns").ID, 0) {
		if strings.Contains(string(x.Raw), "canary") {
			t.Errorf("what goes out shows the log: %s", x.Raw)
		}
	}
	if strings.Contains(b.get("/").Body.String(), page) || filled(b.get(page).Body.String()).Get("finding") != "" {
		t.Error("what was answered is still to be answered")
	}
	if w := b.post(page+"/search", nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != page+"?done=search" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if n := h.Searches(); n != 1 {
		t.Errorf("%d were searched for again", n)
	}
}

// Not found comes with the period that was searched, and is an answer as it stands.
func TestNotFoundIsDrawn(t *testing.T) {
	h := wakatest.New(t)
	logs(t, h, "proxy.log", strings.Replace(squid, "198.51.100.250", "www.example.net", 1))
	r := h.Share("ransomware", h.ToCommunity())
	h.Searches()
	b := signedIn(t, h, h.Doors(), "hub-security")
	page := "/shared/" + string(r.Parcel)
	body := b.get(page).Body.String()
	if !strings.Contains(body, "調べた範囲では見つかりません") || strings.Contains(b.get("/").Body.String(), page) {
		t.Error("it is not shown as that")
	}
	if w := b.post(page+"/answer", filled(body)); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if e := h.As("ransomware-security").Effect(r.Parcel); e.Tally.NotFound != 1 {
		t.Errorf("%+v", e.Tally)
	}
}

// What was typed is not overwritten by what was found, and a log's name stays text.
func TestTypedStays(t *testing.T) {
	h := wakatest.New(t)
	logs(t, h, "<img src=x>.log", squid)
	r := h.Share("ransomware", h.ToCommunity())
	h.Searches()
	b := signedIn(t, h, h.Doors(), "hub-security")
	page := "/shared/" + string(r.Parcel)
	w := b.post(page+"/answer", url.Values{"finding": {"not-found"}, "tool": {"typed by hand"}})
	if f := filled(w.Body.String()); w.Code != http.StatusUnprocessableEntity || f.Get("finding") != "not-found" || f.Get("tool") != "typed by hand" || f.Get("count") != "" {
		t.Errorf("%d: %v", w.Code, f)
	}
	if body := b.get(page).Body.String(); strings.Contains(body, "<img") || !strings.Contains(body, "&lt;img") {
		t.Error("a log's name became markup")
	}
}

// Tenants are shown nothing of the hub's logs, whoever of them asks, and cannot have them
// searched; the hub's auditor sees and does not ask.
func TestWhoseLogs(t *testing.T) {
	h := wakatest.New(t)
	logs(t, h, "canary-log.log", squid)
	r := h.Share("ransomware", h.ToCommunity())
	h.Searches()
	doors := h.Doors()
	page := "/shared/" + string(r.Parcel)
	for _, org := range wakatest.Houses()[1:] {
		for _, role := range wakatest.Roles() {
			b := signedIn(t, h, doors, org+"-"+role)
			for _, path := range []string{page, "/shared", "/"} {
				if body := b.get(path).Body.String(); strings.Contains(body, "canary") || strings.Contains(body, "ログを自動で調べた") || strings.Contains(body, "自組織のログ") {
					t.Errorf("%s of %s is shown the hub's logs at %s", role, org, path)
				}
			}
			if w := b.post(page+"/search", nil); w.Code < 400 {
				t.Errorf("%s of %s has them searched: %d", role, org, w.Code)
			}
		}
	}
	b := signedIn(t, h, doors, "hub-auditor")
	if body := b.get(page).Body.String(); !strings.Contains(body, "canary-log.log") || strings.Contains(body, page+"/search") {
		t.Error("the auditor does not see it, or is offered what is refused")
	}
	if w := b.post(page+"/search", nil); w.Code != http.StatusForbidden {
		t.Errorf("the auditor asks: %d", w.Code)
	}
	if n := h.Searches(); n != 0 {
		t.Errorf("%d were searched for again", n)
	}
}
