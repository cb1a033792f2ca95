package wakatest_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/wakatest"
)

// Taking the same in again makes nothing twice and writes over nothing a person wrote.
func TestClass24_28_TakingInAgain(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("webserver-security")
	id := p.Open()
	first := p.Paste(id, "C2 は c2-one.example")
	if len(first) != 1 {
		t.Fatalf("%+v", first)
	}
	e := domain("c2-one.example")
	e.Role, e.Text, e.Marks = first[0].Role, "by hand", []string{"one-off"}
	i, err := h.Casework.Correct(t.Context(), p.Actor, id, seen(first[0]), e)
	if err != nil {
		t.Fatal(err)
	}
	in, err := h.Casework.TakeIn(t.Context(), p.Actor, id, "again.md", []byte("追記。C2 は c2-one.example"))
	if err != nil || len(in.Proposed) != 0 || in.Again != 1 {
		t.Errorf("again: %+v, %v", in, err)
	}
	if got := p.Items(id); len(got) != 1 || got[0].Version != i.Version || got[0].Text != "by hand" {
		t.Errorf("it is %+v", got)
	}
	_, err = h.Casework.TakeIn(t.Context(), p.Actor, id, "other.md", []byte("C2 は c2-one.example"))
	h.Refused("the same paper", err, fault.Conflict, "")
}

// What is everybody's, inside, or the organisation's own is not shared as an indicator, even
// confirmed in bulk.
func TestClass62_FalsePositivesStay(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("ransomware-security")
	id := p.Open()
	p.Paste(id, "通信先:\n- c2-one.example (C2)\n- 8.8.8.8\n- 192.168.1.5\n- 127.0.0.1\n- 169.254.169.254\n- fe80::1\n- www.google.com\n- login.microsoftonline.com\n- www.aoba-kaku-hp.example\n- d41d8cd98f00b204e9800998ecf8427e\n")
	p.ConfirmAll(id)
	for form, body := range forms(t, h, p, p.Compose(id, h.ToCommunity())) {
		for _, v := range []string{"8.8.8.8", "192.168.1.5", "127.0.0.1", "169.254", "fe80", "google", "microsoftonline", "aoba"} {
			if strings.Contains(body, v) {
				t.Errorf("%s holds %s", form, v)
			}
		}
		if !strings.Contains(body, "c2-one.example") {
			t.Errorf("%s does not hold what it should", form)
		}
	}
}

// A sentence with the victim's name in an encoding is refused, in either field of the letter.
func TestClass05_EncodedNamesInSentences(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("ransomware-security")
	id := p.Open()
	add(t, p, h, id, domain("c2-one.example"))
	name := "青葉架空総合病院"
	entities := ""
	for _, r := range name {
		entities += "&#" + strconv.Itoa(int(r)) + ";"
	}
	for what, text := range map[string]string{
		"percent": url.QueryEscape(name), "base64": base64.StdEncoding.EncodeToString([]byte("x" + name)), "URL base64": base64.RawURLEncoding.EncodeToString([]byte(name)),
		"hex": hex.EncodeToString([]byte(name)), "entities": entities, "zero width": strings.Join(strings.Split(name, ""), "\u200b"), "spaces": strings.Join(strings.Split(name, ""), " "),
		"JSON escapes": strings.Trim(strconv.QuoteToASCII(name), `"`), "twice": base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(name))), "defanged": "aoba-kaku-hp[.]example", "capitals": "AOBA-KAKU-HP.EXAMPLE",
		"wide": "ａｏｂａ－ｋａｋｕ－ｈｐ．ｅｘａｍｐｌｅ", "turned": "\u202e院病合総空架葉青", "in a word": "件名:【至急】" + name + "様の件",
	} {
		for _, l := range []parcel.Letter{{Ask: "お知らせください " + text}, {Conditions: text}} {
			proposal := h.ToCommunity()
			proposal.Letter = l
			if _, err := h.Office.Compose(t.Context(), p.Actor, id, proposal); fault.KindOf(err) != fault.Withheld {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	proposal := h.ToCommunity()
	proposal.Letter.Ask, proposal.Letter.Conditions = "見ましたか", "自動転送しない"
	p.Compose(id, proposal)
}

// Words a person types into fields of an item reach nothing that leaves but through the gate.
func TestClass05_FieldsOfAnItem(t *testing.T) {
	h := wakatest.New(t)
	p := h.As("ransomware-security")
	id := p.Open()
	add(t, p, h, id, domain("c2-one.example"))
	name := "青葉架空総合病院"
	for _, e := range []casework.Edit{
		{Kind: incident.Method, Technique: name, Text: name}, {Kind: incident.Method, Technique: "T1486 " + name}, {Kind: incident.Malware, Type: "mutex", Value: `Global\` + name},
		{Kind: incident.Malware, Type: "email-subject", Value: "【重要】" + name}, {Kind: incident.Malware, Type: "file-name", Value: name + ".exe"}, {Kind: incident.Destination, Type: "url", Value: "http://c2-two.example/" + name},
		{Kind: incident.Destination, Type: "user-agent", Value: "Mozilla/5.0 " + name}, {Kind: incident.Vulnerability, Text: name + " CVE-2026-0001"}, {Kind: incident.AttackTimeline, Text: name, First: "2026-08-30"},
	} {
		e.Status = incident.Observed
		_, _ = h.Casework.Add(t.Context(), p.Actor, id, e) // some are refused, which is as good
	}
	for form, body := range forms(t, h, p, p.Compose(id, h.ToCommunity())) {
		if plain, err := url.PathUnescape(body); strings.Contains(body, "青葉") || err == nil && strings.Contains(plain, "青葉") || strings.Contains(body, `\u9752`) {
			t.Errorf("%s shows it: %s", form, body)
		}
	}
}

// Nothing of the program asks another machine for anything but the command line for its own
// server, package taxii, which judges each address at the moment it connects, and package post, for the operator's own
// mail server and, through taxii's judgement, for webhooks; nothing runs another program, or makes objects out of bytes.
func TestClass32_33_38_60_WhatIsNotThere(t *testing.T) {
	imports := map[string]string{"os/exec": "", "plugin": "", "encoding/gob": "", "text/template": "", "net/smtp": "post", "net/rpc": "", "unsafe": "", "C": ""}
	calls := map[string]string{
		"http.Get": "", "http.Post": "", "http.PostForm": "", "http.Head": "", "http.DefaultClient": "", "http.DefaultTransport": "", "net.Dial": "", "net.Dialer": "taxii post", "net.Resolver": "",
		"net.LookupHost": "", "net.LookupIP": "", "http.Client": "cli taxii", "http.NewRequest": "", "http.NewRequestWithContext": "cli taxii post",
	}
	files := 0
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			if only, bad := imports[path]; err != nil || bad && only != filepath.Base(filepath.Dir(name)) {
				t.Errorf("%s imports %s", name, path)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok {
				if only, bad := calls[x.Name+"."+s.Sel.Name]; bad && !slices.Contains(strings.Fields(only), filepath.Base(filepath.Dir(name))) {
					t.Errorf("%s has %s.%s", name, x.Name, s.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || files < 100 {
		t.Errorf("%d files, %v", files, err)
	}
}

// A draft is kept in one act before the page says so: another process finds it as it was.
func TestClass57_NothingTypedIsLost(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	id := p.Open()
	if w := a.post("/incidents/"+string(id)+"/add", url.Values{"kind": {"destination"}, "type": {"ipv4-addr"}, "value": {"no address"}, "text": {"typed-text"}, "status": {"observed"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "typed-text") {
		t.Errorf("a form that was refused: %d", w.Code)
	}
	add(t, p, h, id, domain("c2-one.example"))
	if w := a.post("/incidents/"+string(id)+"/share", url.Values{"community": {"community-none"}, "reach": {"community"}, "label": {"TLP:AMBER"}, "pap": {"PAP:AMBER"}, "ask": {"typed-ask"}}); !strings.Contains(w.Body.String(), "typed-ask") && w.Code < 400 {
		t.Errorf("a release that was refused: %d", w.Code)
	}
	r := p.Compose(id, h.ToCommunity())
	h.Wait(13 * time.Hour) // the session has ended
	if w := a.get("/releases/" + string(r.ID)); w.Code != http.StatusSeeOther || !strings.Contains(w.Header().Get("Location"), url.QueryEscape("/releases/"+string(r.ID))) {
		t.Errorf("an ended session: %d to %s", w.Code, w.Header().Get("Location"))
	}
	again := exchange.NewOffice(h.Store, h.Now, zeroes{}, h.Guard)
	if err := again.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := again.Waiting(t.Context(), p.Actor); err != nil || len(got) != 1 || got[0].ID != r.ID {
		t.Errorf("another process finds %+v, %v", got, err)
	}
}

// Huge, many and tangled: refused in time, with a reason, and the rest goes on.
func TestClass58_60_HugeForms(t *testing.T) {
	h := wakatest.New(t)
	p, a := h.As("webserver-security"), as(t, h, "webserver-security")
	id := p.Open()
	at := "/incidents/" + string(id)
	i := add(t, p, h, id, domain("c2-one.example"))
	ref := fmt.Sprintf("%s.%d", i.ID, i.Version)
	for what, w := range map[string]int{
		"100k ticks":  a.post(at+"/judge", url.Values{"do": {"drop"}, "item": slices.Repeat([]string{ref}, 100000)}).Code,
		"5 MB":        a.post(at+"/add", url.Values{"kind": {"damage"}, "text": {strings.Repeat("あ", 2<<20)}}).Code,
		"1 MB text":   a.post(at+"/add", url.Values{"kind": {"damage"}, "text": {strings.Repeat("あ", 1<<18)}}).Code,
		"1 MB why":    a.post(at+"/flow/sharing", url.Values{"q": {"unknown"}, "a": {"yes"}, "why": {strings.Repeat("x", 1<<20)}}).Code,
		"1 MB value":  a.post(at+"/add", url.Values{"kind": {"destination"}, "type": {"url"}, "value": {"http://x.example/" + strings.Repeat("a", 1<<20)}}).Code,
		"long login":  (&asker{t: t, h: h}).post("/sign-in", url.Values{"login": {strings.Repeat("x", 3<<20)}, "password": {"y"}}).Code,
		"many splits": a.post(at+"/items/"+string(i.ID)+"/split", url.Values{"seen": {ref}, "parts": {strings.Repeat("a\n", 200000)}}).Code,
		"bad escape":  a.post(at+"/judge?x=%zz", url.Values{"do": {"drop"}}).Code,
	} {
		if w < 400 || w >= 500 {
			t.Errorf("%s: %d", what, w)
		}
	}
	files := map[string]string{}
	for n := range 1500 {
		files[fmt.Sprint(n, ".md")] = "x"
	}
	if w := a.papers(id, files); w.Code < 400 || w.Code >= 500 {
		t.Errorf("1500 papers: %d", w.Code)
	}
	if got := p.Items(id); len(got) != 1 || got[0].Stand != incident.Confirmed {
		t.Errorf("items: %+v", got)
	}
}
