//go:build browser

package wakatest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/wakachi/wakachi/internal/wakatest"
)

// A screen is one person's browser window on a House. Every click, paste, submission and
// typed field is counted.
type screen struct {
	t     *testing.T
	ctx   context.Context
	url   string
	lang  string
	count int

	mu     sync.Mutex
	amiss  []string // what the console complained of, and requests to elsewhere
	axe    string
	images string
}

// chromium starts one browser for a test; windows are opened in it.
func chromium(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.Flag("lang", "ja"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium: %v (make test installs it)", err)
	}
	return ctx
}

func serve(t *testing.T, h *wakatest.House) string {
	t.Helper()
	s := httptest.NewServer(h.Web)
	t.Cleanup(s.Close)
	return s.URL
}

// open opens a window with cookies of its own.
func open(t *testing.T, parent context.Context, url, lang string) *screen {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	s := &screen{t: t, ctx: ctx, url: url, lang: lang, images: t.ArtifactDir()}
	axe, err := os.ReadFile("../../build/axe.min.js")
	if err != nil {
		t.Fatalf("%v (make test fetches it)", err)
	}
	s.axe = string(axe)
	if err := chromedp.Do(ctx); err != nil { // the window lives as long as this context
		t.Fatal(err)
	}
	s.do(chromedp.EmulateViewport(1440, 900))
	if err := chromedp.Listen(ctx, func(e any) {
		switch e := e.(type) {
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, url) && !strings.HasPrefix(u, "data:") {
				s.complain("asked for " + u)
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError {
				s.complain("log: " + e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			s.complain("script: " + e.ExceptionDetails.Text)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *screen) complain(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.amiss = append(s.amiss, what)
}

func (s *screen) do(steps ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		s.shot("failed")
		s.t.Fatalf("at %s: %v", s.at(), err)
	}
}

func value[T any](s *screen, script string) T {
	s.t.Helper()
	v, err := chromedp.Run(s.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		s.t.Fatalf("%s: %v", script, err)
	}
	return v
}

func (s *screen) at() string {
	v, _ := chromedp.Run(s.ctx, chromedp.Location())
	return v
}

// go to an address is not an interaction: a person gets there by a link or a bookmark.
func (s *screen) goTo(path string) {
	s.t.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	if strings.Contains(path, "lang=") {
		s.do(chromedp.Navigate(s.url + path))
		return
	}
	s.do(chromedp.Navigate(s.url + path + sep + "lang=" + s.lang))
}

// click clicks what leads to another page and waits for it.
func (s *screen) click(selector string) {
	s.t.Helper()
	s.count++
	s.leave(func() { s.do(chromedp.Click(chromedp.CSS(selector))) })
}

// leave does something after which another page stands there.
func (s *screen) leave(do func()) {
	s.t.Helper()
	value[bool](s, `window.stays = true`)
	do()
	for range 300 {
		time.Sleep(20 * time.Millisecond)
		v, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool](`!window.stays && document.readyState === "complete"`))
		if err == nil && v {
			return
		}
	}
	s.shot("stays")
	s.t.Fatalf("the page did not change: %s", s.at())
}

// put types into a field.
func (s *screen) put(selector, text string) {
	s.t.Helper()
	s.count++
	s.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// paste puts a long text into a field as pasting does.
func (s *screen) paste(selector, text string) {
	s.t.Helper()
	s.count++
	quoted, _ := json.Marshal(text)
	value[bool](s, fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.focus(); f.value = %s; f.dispatchEvent(new Event("input", {bubbles: true})); return true })()`, selector, quoted))
}

// typed is what stands in a field.
func (s *screen) typed(selector string) string {
	s.t.Helper()
	return value[string](s, fmt.Sprintf(`(document.querySelector(%q)?.value ?? "")`, selector))
}

func (s *screen) text(selector string) string {
	s.t.Helper()
	return value[string](s, fmt.Sprintf(`(document.querySelector(%q)?.innerText ?? "")`, selector))
}

func (s *screen) signIn(login string) {
	s.t.Helper()
	s.goTo("/sign-in")
	s.put("[name=login]", login)
	s.put("[name=password]", wakatest.Password)
	s.click("button.main")
}

// shot keeps a picture of the whole page.
func (s *screen) shot(name string) {
	s.t.Helper()
	if data, err := chromedp.Run(s.ctx, chromedp.FullScreenshot(100)); err == nil {
		if err := os.WriteFile(filepath.Join(s.images, name+"-"+s.lang+".png"), data, 0o600); err != nil {
			s.t.Error(err)
		}
	}
}

// accessible lets axe look at the page. Serious and critical findings fail.
func (s *screen) accessible(name string) {
	s.t.Helper()
	value[bool](s, s.axe+"; true")
	type finding struct {
		ID, Impact, Help, Where string
	}
	found, err := chromedp.Run(s.ctx, chromedp.Evaluate[[]finding](`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help, Where: v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(", ")})))`,
		func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }))
	if err != nil {
		s.t.Fatalf("axe on %s: %v", name, err)
	}
	for _, f := range found {
		if f.Impact == "serious" || f.Impact == "critical" {
			s.t.Errorf("%s %s: %s: %s (%s)", name, s.lang, f.ID, f.Help, f.Where)
		}
	}
}

// quiet says that nothing was asked of elsewhere and nothing complained of.
func (s *screen) quiet() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.amiss {
		s.t.Errorf("%s", a)
	}
}

func (s *screen) dark() {
	s.t.Helper()
	s.emulate(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return err
	})
}

func (s *screen) withoutScript() {
	s.t.Helper()
	s.emulate(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

func (s *screen) emulate(do func(context.Context) error) {
	s.t.Helper()
	if err := do(s.ctx); err != nil {
		s.t.Fatal(err)
	}
}
