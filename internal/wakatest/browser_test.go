//go:build browser

package wakatest_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/reporting"
	"github.com/wakachi/wakachi/internal/sample"
	"github.com/wakachi/wakachi/internal/wakatest"
)

func notesOf(t *testing.T, name string) string {
	t.Helper()
	all, err := sample.Incidents()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Name == name {
			return string(s.Notes)
		}
	}
	t.Fatalf("no sample %s", name)
	return ""
}

// A ransomware morning, a legal person's first time: from the paste to the approved release
// in at most twelve interactions of both people, in each language.
func TestBrowserMorning(t *testing.T) {
	window := chromium(t)
	for _, lang := range []string{"ja", "en"} {
		t.Run(lang, func(t *testing.T) {
			h := wakatest.New(t)
			url := serve(t, h)
			legal, approver := open(t, window, url, lang), open(t, window, url, lang)
			legal.signIn("ransomware-legal")
			legal.click(".bar button.main") // a new incident
			legal.count = 0
			legal.paste("#intake-form textarea", notesOf(t, "ransomware"))
			legal.click("#intake-form button")
			legal.shot("1-proposed")
			legal.click("#confirm-all")
			legal.shot("2-confirmed")
			legal.click(".now li.main a")
			legal.shot("3-compose")
			legal.click("#compose button.main")
			legal.shot("4-preview")
			if stays := legal.text(".stays"); !strings.Contains(stays, "AKGH") {
				t.Errorf("the word that would have betrayed us is not shown: %s", stays)
			}
			if what := legal.text(".what"); strings.Contains(what, "AKGH") || !strings.Contains(what, "198[.]51[.]100[.]250") {
				t.Errorf("what leaves: %s", what)
			}
			if to := legal.text(".to"); !strings.Contains(to, "member-a") {
				t.Errorf("recipients: %s", to)
			}
			if legal.text("#approve") != "" {
				t.Error("who composed it is offered to approve it")
			}
			approver.signIn("ransomware-approver")
			approver.click("section.panel .rows a")
			approver.shot("5-approval")
			approver.click("#approve")
			approver.shot("6-approved")
			if n := legal.count + approver.count; n > 12 {
				t.Errorf("%d interactions", n)
			} else {
				t.Logf("%d interactions of two people, %d of them to sign in", n, 3)
			}
			h.Wait(exchange.UndoWindow + time.Second)
			all, err := h.Office.Releases(t.Context(), h.As("ransomware-legal").Actor, incident.ID(strings.Split(strings.TrimPrefix(legal.lastIncident(h), "/"), "?")[0]))
			if err != nil || len(all) != 1 || all[0].State != exchange.Sealed {
				t.Errorf("releases: %+v, %v", all, err)
			}
			legal.quiet()
			approver.quiet()
		})
	}
}

// lastIncident is the id of the newest incident of the legal person's organisation.
func (s *screen) lastIncident(h *wakatest.House) string {
	s.t.Helper()
	lines, _, err := h.Casework.Board(s.t.Context(), h.As("ransomware-legal").Actor, 0, 1)
	if err != nil || len(lines) != 1 {
		s.t.Fatalf("board: %v", err)
	}
	return string(lines[0].ID)
}

// pages are those a reader meets, filled.
func pages(t *testing.T, h *wakatest.House) map[string]string {
	t.Helper()
	p := h.As("ransomware-security")
	id := p.PasteSample("ransomware")
	p.ConfirmAll(id)
	for flow, answers := range map[string]map[string]string{
		"sharing":     {"unknown": "no", "not_widespread": "cannot_tell", "unclear": "yes"},
		"publication": {"secondary_damage": "yes", "outage": "yes", "may_become_known": "yes", "required_by_law": "yes"},
	} {
		for q, a := range answers {
			if err := h.Casework.Give(t.Context(), p.Actor, id, flow, incident.Answer{Question: q, Answer: a, Why: "朝の会議で決めた"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	r := p.Compose(id, h.ToCommunity())
	h.As("ransomware-security").Paste(id, "追加: C2 は 203.0.113.99、様子を見ている")
	at := "/incidents/" + string(id)
	p.Say(id, told()...)
	p.Say(id, report.Fact{Field: "entry", Standing: report.Investigating}, report.Fact{Field: "whose", Standing: report.Suspected, Value: "会員", Hold: "捜査に支障"})
	p.Enter(id, report.Deed{Sort: report.PoliceTold, At: moment(t, "2026-08-30T10:00:00+09:00"), With: "所轄警察署", Channel: "来署"})
	p.Declares(id, "jp.appi", "eu.gdpr", "jp.police")
	draft := p.Draft(id, report.First)
	if err := h.Reporting.Hold(t.Context(), p.Actor, draft.ID, draft.Version, "所轄警察署", "捜査に支障"); err != nil {
		t.Fatal(err)
	}
	if err := h.Reporting.SetStakeholder(t.Context(), p.Actor, id, reporting.Stakeholder{Name: "主要取引先", Place: 1, Before: true, Channel: "電話"}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"facts": at + "/facts", "clocks": at + "/deadlines", "course": at + "/course", "filings": at + "/filings", "filing": at + "/filings/ppc", "publications": at + "/publications",
		"publication": "/publications/" + draft.ID, "deadlines": "/deadlines",
		"board": "/", "desk": at, "lane": at + "/lane/technical", "item": at + "/items/" + string(p.Items(id)[0].ID), "add": at + "/add", "about": at + "/about",
		"history": at + "/history", "flow-sharing": at + "/flow/sharing", "flow-publication": at + "/flow/publication", "flow-answer": at + "/flow/publication?q=outage&a=yes", "sheet": at + "/sheet/sharing",
		"sheet-publication": at + "/sheet/publication", "compose": at + "/share", "release": "/releases/" + string(r.ID), "guidance": "/guidance",
		"question": "/guidance/26", "explanation": "/guidance/explanation", "profile": "/profile", "communities": "/communities", "people": "/people", "me": "/me",
		"ledger": "/ledger", "search": "/search?q=mzlock", "error": "/nothing-here",
	}
}

// A notice's way by hand: facts typed in, a draft, an edit that blocks, its repair, the approval of legal, and the
// file in every format.
func TestBrowserPublication(t *testing.T) {
	window := chromium(t)
	h := wakatest.New(t)
	url := serve(t, h)
	if err := h.Reporting.SetSigning(t.Context(), h.As("webserver-security").Actor, []party.Hat{party.Legal}); err != nil {
		t.Fatal(err)
	}
	id := h.As("webserver-security").Open()
	at := "/incidents/" + string(id)
	security, legal := open(t, window, url, "ja"), open(t, window, url, "ja")
	security.signIn("webserver-security")
	security.goTo(at + "/facts")
	for field, value := range map[string]string{"organisation": "株式会社ハレノヒ架空商店", "noticed_at": "令和8年8月31日 14:20", "overview": "決済画面が改ざんされていました。", "leak": "カード情報", "contact_phone": "03-0000-0000"} {
		security.paste(`[name="`+field+`.value"]`, value)
		security.paste(`[name="`+field+`.standing"]`, "confirmed")
	}
	security.click(".verdict button.main")
	if said := security.text(".notice"); !strings.Contains(said, "保存") {
		t.Fatalf("saved: %q", said)
	}
	security.goTo(at + "/publications")
	security.click(`form[action$="/publications"] button.main`)
	text := security.typed("textarea.body")
	if !strings.Contains(text, "カード情報が外部に漏えいしたことを確認しました。") || !strings.Contains(text, "2026年8月31日14時20分") {
		t.Fatalf("drafted: %s", text)
	}
	security.paste("textarea.body", text+"\n二次被害は確認されていません。\n")
	security.click(`button[value="save"]`)
	if why := security.text(".concerns .blocks"); !strings.Contains(why, "二次被害") {
		t.Errorf("what blocks: %s", why)
	}
	security.paste("textarea.body", text+"\n引き続き₹を調査します。\n")
	security.click(`button[value="save"]`)
	if why := security.text(".concerns .blocks"); why != "" {
		t.Errorf("what still blocks: %s", why)
	}
	if lacks := security.text(".warn"); !strings.HasSuffix(lacks, "：₹") {
		t.Errorf("what the PDF cannot show: %q", lacks)
	}
	path, _, _ := strings.Cut(strings.TrimPrefix(security.at(), url), "?")
	legal.signIn("webserver-legal")
	legal.goTo(path)
	legal.shot("publication-to-approve")
	legal.click(`button[value="approve"]`)
	if state := legal.text(".tag.progress"); !strings.Contains(state, "公表待ち") {
		t.Errorf("after the approval it is %q", state)
	}
	security.quiet()
	legal.quiet()
}

// Every page in both languages, light and dark: axe has nothing serious to say, and a picture
// is kept.
func TestBrowserPagesAreAccessible(t *testing.T) {
	window := chromium(t)
	h := wakatest.New(t)
	url := serve(t, h)
	all := pages(t, h)
	for _, lang := range []string{"ja", "en"} {
		for _, dark := range []bool{false, true} {
			s := open(t, window, url, lang)
			suffix := ""
			if dark {
				s.dark()
				suffix = "-dark"
			}
			s.goTo("/sign-in")
			s.accessible("sign-in" + suffix)
			s.signIn("ransomware-security")
			for name, path := range all {
				s.goTo(path)
				s.accessible(name + suffix)
				s.shot(name + suffix)
			}
			if !dark {
				s.mu.Lock()
				s.amiss = deleteFunc(s.amiss, "404") // the page that is not there
				s.mu.Unlock()
				s.quiet()
			}
		}
	}
}

func deleteFunc(all []string, holding string) []string {
	var out []string
	for _, a := range all {
		if !strings.Contains(a, holding) {
			out = append(out, a)
		}
	}
	return out
}

// A flow prints on one A4 page, the release and the desk on few.
func TestBrowserPrint(t *testing.T) {
	window := chromium(t)
	h := wakatest.New(t)
	url := serve(t, h)
	all := pages(t, h)
	for _, lang := range []string{"ja", "en"} {
		s := open(t, window, url, lang)
		s.signIn("ransomware-legal")
		for name, most := range map[string]int{"flow-sharing": 1, "release": 5, "flow-publication": 1, "sheet": 3, "desk": 8, "explanation": 3} {
			s.goTo(all[name])
			pdf, err := chromedp.Run(s.ctx, chromedp.PrintToPDF())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(s.images, name+"-"+lang+".pdf"), pdf, 0o600); err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(pdf, []byte("/Type /Page\n")) + bytes.Count(pdf, []byte("/Type /Page/")) + bytes.Count(pdf, []byte("/Type /Page ")); n < 1 || n > most {
				t.Errorf("%s %s prints on %d pages, want at most %d", name, lang, n, most)
			}
		}
	}
}

// The keyboard alone: sign in, paste, confirm, drop, undo, answer a question.
func TestBrowserKeyboard(t *testing.T) {
	window := chromium(t)
	h := wakatest.New(t)
	url := serve(t, h)
	id := h.As("targeted-security").PasteSample("targeted")
	s := open(t, window, url, "ja")
	s.goTo("/sign-in")
	for n := 0; n < 100 && value[string](s, `document.activeElement.name ?? ""`) != "login"; n++ {
		time.Sleep(20 * time.Millisecond)
	}
	s.do(chromedp.KeyEvent("targeted-security" + kb.Tab + wakatest.Password))
	s.leave(func() { s.do(chromedp.KeyEvent(kb.Enter)) })
	s.goTo("/incidents/" + string(id))
	key := func(k string) { s.t.Helper(); s.do(chromedp.KeyEvent(k)) }
	stand := func(want incident.Stand) int {
		n := 0
		for _, i := range h.As("targeted-security").Items(id) {
			if i.Stand == want {
				n++
			}
		}
		return n
	}
	all := stand(incident.Proposed)
	key("j")
	key("j")
	s.leave(func() { key("x") })
	if stand(incident.Dropped) != 1 {
		t.Errorf("%d dropped", stand(incident.Dropped))
	}
	h.Wait(time.Minute)
	s.leave(func() { key("u") })
	if stand(incident.Proposed) != all {
		t.Errorf("%d of %d after the undo", stand(incident.Proposed), all)
	}
	h.Wait(time.Minute)
	s.leave(func() { key("a") })
	if stand(incident.Confirmed) != all {
		t.Errorf("%d of %d confirmed", stand(incident.Confirmed), all)
	}
	key("p")
	if v := value[string](s, `document.activeElement.name`); v != "text" {
		t.Errorf("p leads to %q", v)
	}
	key("C2 は 203.0.113.201")
	key(kb.Tab + kb.Tab)
	s.leave(func() { key(kb.Enter) })
	if stand(incident.Proposed) == 0 {
		t.Error("what was typed was not taken in")
	}
	s.goTo("/incidents/" + string(id) + "/flow/sharing")
	// Tab reaches the answers of the picture.
	for n := 0; n < 60 && !value[bool](s, `document.activeElement.matches("a.flow-answer")`); n++ {
		key(kb.Tab)
	}
	s.leave(func() { key(kb.Enter) })
	if v := value[string](s, `document.activeElement.tagName + document.activeElement.textContent`); !strings.HasPrefix(v, "BUTTON") {
		t.Errorf("the answer's button has not the focus: %.60q", v)
	}
	s.leave(func() { key(kb.Enter) })
	if answers, err := h.Casework.Answers(t.Context(), h.As("targeted-security").Actor, id, "sharing"); err != nil || len(answers) != 1 {
		t.Errorf("answers: %+v, %v", answers, err)
	}
	s.quiet()
}

// A card drawn into another lane changes its kind.
func TestBrowserDrag(t *testing.T) {
	window := chromium(t)
	h := wakatest.New(t)
	url := serve(t, h)
	id := h.As("targeted-security").PasteSample("targeted")
	s := open(t, window, url, "ja")
	s.signIn("targeted-security")
	s.goTo("/incidents/" + string(id))
	moved := value[string](s, `document.querySelector(".lane.technical .card").dataset.item`)
	s.leave(func() {
		value[bool](s, `(() => {
			const card = document.querySelector(".lane.technical .card"), lane = document.querySelector(".lane.damage"), data = new DataTransfer();
			card.dispatchEvent(new DragEvent("dragstart", {dataTransfer: data, bubbles: true}));
			lane.dispatchEvent(new DragEvent("dragover", {dataTransfer: data, bubbles: true, cancelable: true}));
			lane.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
			return true;
		})()`)
	})
	i, _, err := h.Casework.Item(t.Context(), h.As("targeted-security").Actor, incident.ItemID(strings.Split(moved, ".")[0]))
	if err != nil || i.Kind != incident.Damage {
		t.Errorf("it is %s, %v", i.Kind, err)
	}
}

// The line goes down while papers are sent: the draft is still there, and says so.
func TestBrowserConnectionLost(t *testing.T) {
	window := chromium(t)
	h := wakatest.New(t)
	var down atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
				c.Close()
			}
			return
		}
		h.Web.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	id := h.As("targeted-security").Open()
	s := open(t, window, server.URL, "ja")
	s.signIn("targeted-security")
	s.goTo("/incidents/" + string(id))
	s.paste("#intake-form textarea", "C2 は 203.0.113.5")
	down.Store(true)
	s.do(chromedp.Click(chromedp.CSS("#intake-form button")))
	for n := 0; n < 100 && s.text(".said") == ""; n++ {
		time.Sleep(50 * time.Millisecond)
	}
	if said := s.text(".said"); !strings.Contains(said, "接続が切れました") {
		t.Errorf("it said %q", said)
	}
	s.shot("connection-lost")
	down.Store(false)
	s.goTo("/incidents/" + string(id)) // even after another page
	if kept := value[string](s, `document.querySelector("#intake-form textarea").value`); kept != "C2 は 203.0.113.5" {
		t.Errorf("the draft is %q", kept)
	}
	s.click("#intake-form button")
	if len(h.As("targeted-security").Items(id)) == 0 {
		t.Error("it was not taken in the second time")
	}
	if kept := value[string](s, `document.querySelector("#intake-form textarea").value`); kept != "" {
		t.Errorf("the draft stays after it was taken in: %q", kept)
	}
}

// A giant dropped on the page is refused at once, without sending it, and the draft stays.
func TestBrowserGiantFile(t *testing.T) {
	window := chromium(t)
	h := wakatest.New(t)
	url := serve(t, h)
	id := h.As("targeted-security").Open()
	s := open(t, window, url, "ja")
	s.signIn("targeted-security")
	s.goTo("/incidents/" + string(id))
	s.paste("#intake-form textarea", "下書き")
	value[bool](s, `(() => {
		const data = new DataTransfer();
		data.items.add(new File([new ArrayBuffer(40 << 20)], "huge.log"));
		document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
		return true;
	})()`)
	if said := s.text(".said"); !strings.Contains(said, "huge.log") || !strings.Contains(said, "32 MB") {
		t.Errorf("it said %q", said)
	}
	if kept := value[string](s, `document.querySelector("#intake-form textarea").value`); kept != "下書き" {
		t.Errorf("the draft is %q", kept)
	}
	if papers, err := h.Casework.Papers(t.Context(), h.As("targeted-security").Actor, id); err != nil || len(papers) != 0 {
		t.Errorf("papers: %+v, %v", papers, err)
	}
	s.quiet()
}

// Without script the same forms do the same.
func TestBrowserWithoutScript(t *testing.T) {
	window := chromium(t)
	h := wakatest.New(t)
	url := serve(t, h)
	id := h.As("targeted-security").PasteSample("targeted")
	s := open(t, window, url, "ja")
	s.signIn("targeted-security")
	s.withoutScript()
	s.do(chromedp.Navigate(url + "/incidents/" + string(id)))
	s.do(chromedp.Click(chromedp.CSS("#confirm-all")))
	for n := 0; n < 100; n++ {
		time.Sleep(50 * time.Millisecond)
		if h.As("targeted-security").Items(id)[0].Stand == incident.Confirmed {
			return
		}
	}
	t.Error("nothing was confirmed")
}
