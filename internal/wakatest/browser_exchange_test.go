//go:build browser

package wakatest_test

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/tlp"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// exchanged fills a House with what was shared, answered and taken back, and gives the pages
// a member and a sharer meet.
func exchanged(t *testing.T, h *wakatest.House) (members, sharers map[string]string) {
	t.Helper()
	what := h.ToCommunity()
	what.Letter = parcel.Letter{Ask: "2026年5月以降の通信があるか、プロキシのログで確かめてください。", AskDue: wakatest.Morning.AddDate(0, 0, 7), Conditions: "自動転送しない", Until: wakatest.Morning.AddDate(0, 6, 0), PAP: tlp.PAPAmber}
	stands := h.Share("ransomware", what)
	gone := h.Share("ransomware", h.ToCommunity())
	for _, org := range []string{"member-b", "webserver", "targeted"} {
		h.As(org+"-security").Answer(stands.Parcel, parcel.Answer{Finding: parcel.NoLogs, Logs: parcel.ProxyLog})
	}
	h.As("member-b-security").Walk(h.As("member-b-security").Shelf("members").ID, 0)
	h.As("ransomware-security").Recall(gone.Parcel, relay.Order{Action: parcel.Retract, Reason: parcel.WrongValue})
	h.Share("webserver", h.ToCommunity()) // which lies in the inbox of the ransomware's desk
	id := h.As("ransomware-security").Open()
	return map[string]string{"portal": "/shared", "portal-parcel": "/shared/" + string(stands.Parcel), "portal-recalled": "/shared/" + string(gone.Parcel), "portal-none": "/shared/none"},
		map[string]string{"effect": "/parcels/" + string(stands.Parcel), "effect-recalled": "/parcels/" + string(gone.Parcel), "inbox": "/incidents/" + string(id) + "/shared"}
}

func serveDoors(t *testing.T, h *wakatest.House) string {
	t.Helper()
	s := httptest.NewServer(h.Doors())
	t.Cleanup(s.Close)
	return s.URL
}

// The portal and the desk's pages of the exchange, in both languages, light and dark: axe has
// nothing serious to say, the console is quiet, and nothing is asked of elsewhere.
func TestBrowserExchangeIsAccessible(t *testing.T) {
	window := chromium(t)
	h := wakatest.New(t)
	members, sharers := exchanged(t, h)
	logs := t.TempDir()
	line := "1788000000.000 1 10.0.0.7 TCP_MISS/200 1 GET http://198.51.100.250/ - DIRECT/- -\n"
	if err := os.WriteFile(filepath.Join(logs, strings.Repeat("gateway-of-the-branch-office-", 5)+"access.log"), []byte(strings.Repeat(line, 9)), 0o600); err != nil {
		t.Fatal(err)
	}
	h.SearchIn(logs)
	h.Searches()
	searched := map[string]string{"portal-found": members["portal-parcel"], "portal-searched": "/shared", "board-found": "/"}
	url := serveDoors(t, h)
	for _, lang := range []string{"ja", "en"} {
		for _, dark := range []bool{false, true} {
			for login, pages := range map[string]map[string]string{"member-a-security": members, "ransomware-security": sharers, "hub-security": searched} {
				s := open(t, window, url, lang)
				suffix := ""
				if dark {
					s.dark()
					suffix = "-dark"
				}
				s.signIn(login)
				for name, path := range pages {
					s.goTo(path)
					if title := value[string](s, `document.querySelector("h1")?.innerText ?? ""`); title == "" {
						t.Errorf("%s has no heading", name)
					}
					s.accessible(name + suffix)
					s.shot(name + suffix)
					if wide := value[bool](s, `document.documentElement.scrollWidth > window.innerWidth`); wide {
						t.Errorf("%s %s is wider than the window", name, lang)
					}
				}
				s.mu.Lock()
				s.amiss = deleteFunc(s.amiss, "404") // the page that is not there
				s.mu.Unlock()
				s.quiet()
			}
		}
	}
}

// A member answers and acknowledges with the keyboard alone.
func TestBrowserPortalByKeyboard(t *testing.T) {
	window := chromium(t)
	h := wakatest.New(t)
	members, _ := exchanged(t, h)
	s := open(t, window, serveDoors(t, h), "ja")
	s.signIn("member-a-security")
	key := func(k string) { s.t.Helper(); s.do(chromedp.KeyEvent(k)) }
	tab := func(until string) {
		t.Helper()
		for range 80 {
			if value[bool](s, until) {
				return
			}
			key(kb.Tab)
		}
		t.Fatalf("Tab does not reach %s", until)
	}
	s.goTo(members["portal"])
	tab(`document.activeElement.matches("table.sheet a")`)
	s.leave(func() { key(kb.Enter) })
	s.goTo(members["portal-parcel"])
	tab(`document.activeElement.name === "finding"`)
	key(kb.ArrowDown + kb.ArrowDown) // from the first choice on
	choice := value[string](s, `document.querySelector("[name=finding]:checked")?.value ?? ""`)
	tab(`document.activeElement.matches("form[action$=answer] button")`)
	if choice != string(parcel.NoLogs) {
		t.Fatalf("the keyboard chose %q", choice)
	}
	s.leave(func() { key(kb.Enter) })
	if said := s.text(".notice"); said == "" {
		t.Error("that it was answered is not said")
	}
	s.goTo(members["portal-recalled"])
	tab(`document.activeElement.matches("form[action$=acknowledge] button")`)
	s.leave(func() { key(kb.Enter) })
	id := parcel.ID(strings.TrimPrefix(members["portal-recalled"], "/shared/"))
	got, err := h.Relay.Look(t.Context(), h.As("member-a-security").Actor, id)
	if err != nil || got.Recall == nil || !got.Recall.Done {
		t.Errorf("%+v, %v", got, err)
	}
	s.quiet()
}

// What was shared prints on few pages, without the form.
func TestBrowserPortalPrints(t *testing.T) {
	window := chromium(t)
	h := wakatest.New(t)
	members, sharers := exchanged(t, h)
	url := serveDoors(t, h)
	for login, pages := range map[string]map[string]string{"member-a-security": members, "ransomware-security": sharers} {
		s := open(t, window, url, "ja")
		s.signIn(login)
		for name, path := range pages {
			s.goTo(path)
			time.Sleep(50 * time.Millisecond)
			pdf, err := chromedp.Run(s.ctx, chromedp.PrintToPDF())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(s.images, name+".pdf"), pdf, 0o600); err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(pdf, []byte("/Type /Page\n")) + bytes.Count(pdf, []byte("/Type /Page/")) + bytes.Count(pdf, []byte("/Type /Page ")); n < 1 || n > 3 {
				t.Errorf("%s prints on %d pages", name, n)
			}
		}
	}
}
