package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/flow"
	"github.com/wakachi/wakachi/internal/guidance"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/phrase"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed assets/*
var assetFiles embed.FS

// assets are files under names that hold their hash, so that a browser keeps them for good.
type assets map[string][]byte

func readAssets() (assets, error) {
	out := assets{}
	files, err := fs.Glob(assetFiles, "assets/*")
	for _, name := range files {
		data, err := assetFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		out[path.Base(name)] = data
	}
	out["picture.css"] = []byte(flow.StyleSheet())
	return out, err
}

// url gives the address of a file.
func (a assets) url(name string) string {
	sum := sha256.Sum256(a[name])
	ext := path.Ext(name)
	return "/assets/" + strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:6]) + ext
}

func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, data := range a {
		if r.URL.Path == a.url(name) {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
			return
		}
	}
	http.NotFound(w, r)
}

// pages are the templates by name, each with the frame around it.
type pages map[string]*template.Template

func readPages(a assets) (pages, error) {
	frame, err := template.New("frame").Funcs(template.FuncMap{
		"asset": a.url,
		"list":  func(v ...any) []any { return v },
	}).ParseFS(templateFiles, "templates/frame.html", "templates/parts.html")
	if err != nil {
		return nil, err
	}
	out := pages{}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	for _, name := range files {
		base := strings.TrimSuffix(path.Base(name), ".html")
		if base == "frame" || base == "parts" {
			continue
		}
		t, err := frame.Clone()
		if err != nil {
			return nil, err
		}
		if out[base], err = t.ParseFS(templateFiles, name); err != nil {
			return nil, err
		}
	}
	return out, err
}

// A view is what a template is given.
type view struct {
	*asking
	Page  string // name of the template
	Title string
	Body  any
	Note  *notice // what was just done
}

// A notice says what was just done.
type notice struct {
	Token string
	Args  []string
}

// takeNotice reads what the address says was done. Only sentences made for that are shown.
func (a *asking) takeNotice() *notice {
	q := a.r.URL.Query()
	token := "web.done." + q.Get("done")
	if _, ok := a.lang.Lookup(token); !ok {
		return nil
	}
	n := q.Get("n")
	if len(n) > 8 || strings.Trim(n, "0123456789") != "" {
		n = ""
	}
	return &notice{Token: token, Args: []string{n}}
}

// didIt goes to a page that says what was done.
func (a *asking) didIt(to, token string, n int) error {
	sep := "?"
	if strings.Contains(to, "?") {
		sep = "&"
	}
	a.redirect(to + sep + "done=" + token + "&n=" + strconv.Itoa(n))
	return nil
}

// show answers with a page. It is made whole before the first byte leaves.
func (a *asking) show(status int, page, title string, body any) {
	v := view{asking: a, Page: page, Title: a.lang.Text(title), Body: body}
	if f, ok := body.(*fault.Error); ok {
		v.Title = a.lang.Text(f.Code, f.Args...)
	}
	v.Note = a.takeNotice()
	var out bytes.Buffer
	t := a.pages[page]
	if t == nil {
		http.Error(a.w, "page", http.StatusInternalServerError)
		return
	}
	if err := t.ExecuteTemplate(&out, "frame", v); err != nil {
		a.Log.Error("page failed", "page", page) // what a template says of an error may hold contents
		http.Error(a.w, a.lang.Text("web.internal"), http.StatusInternalServerError)
		return
	}
	a.send(status, "text/html; charset=utf-8", out.Bytes())
}

// send writes an answer, compressed where the browser takes that. Pages hold no secret a
// guesser could put beside text of his own, and no token at all.
func (a *asking) send(status int, media string, body []byte) {
	h := a.w.Header()
	h.Set("Content-Type", media)
	h.Add("Vary", "Accept-Encoding, Cookie")
	if len(body) > 1400 && strings.Contains(a.r.Header.Get("Accept-Encoding"), "gzip") {
		var small bytes.Buffer
		z, _ := gzip.NewWriterLevel(&small, gzip.BestSpeed)
		z.Write(body) //nolint:errcheck // a bytes.Buffer takes everything
		z.Close()     //nolint:errcheck
		h.Set("Content-Encoding", "gzip")
		body = small.Bytes()
	}
	a.w.WriteHeader(status)
	a.w.Write(body) //nolint:errcheck // the browser went away
}

// T puts a token into the reader's words.
func (v view) T(token string, args ...any) string {
	words := make([]string, len(args))
	for i, x := range args {
		words[i] = fmt.Sprint(x)
	}
	return v.lang.Text(token, words...)
}

// Has says whether a token has words.
func (v view) Has(token string) bool { _, ok := v.lang.Lookup(token); return ok }

// Lang is the page's language.
func (v view) Lang() string { return v.tongue() }

// Other is the address of the same page in the other language.
func (v view) Other() string {
	other := "en"
	if v.lang == phrase.English {
		other = "ja"
	}
	if v.r.Method != http.MethodGet {
		return "/?lang=" + other
	}
	u := *v.r.URL
	q := u.Query()
	q.Set("lang", other)
	u.RawQuery = q.Encode()
	return u.RequestURI()
}

// May says whether the reader may do something; a page does not offer what would be refused.
func (v view) May(right string) bool { return v.actor.May(party.Right(right)) }

// Actor is the reader.
func (v view) Actor() party.Actor { return v.actor }

// SignedIn says whether somebody is.
func (v view) SignedIn() bool { return v.actor.Account != "" }

// Here says whether the page is under a heading of the menu.
func (v view) Here(prefix string) bool {
	p := v.r.URL.Path
	if prefix == "/" {
		return p == "/" || strings.HasPrefix(p, "/incidents") || strings.HasPrefix(p, "/releases") || strings.HasPrefix(p, "/publications")
	}
	return strings.HasPrefix(p, prefix)
}

// When shows a time where the organisation is: "8/30 05:41", with the year if it is not this.
func (v view) When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(v.Zone)
	if t.Year() != v.Now().In(v.Zone).Year() {
		return t.Format("2006/1/2 15:04")
	}
	return t.Format("1/2 15:04")
}

// Moment shows when something was seen, as precisely as it is known.
func (v view) Moment(m incident.Moment) string {
	switch {
	case m.IsZero():
		return ""
	case !m.Exact:
		return m.At.Format("2006/1/2")
	case m.Zoned:
		return m.At.In(v.Zone).Format("2006/1/2 15:04")
	}
	return m.At.Format("2006/1/2 15:04")
}

// Defang shows a value so that no one follows it by mistake.
func (v view) Defang(x indicator.Value) string { return indicator.Defang(x) }

// Kind is the name of a kind of information.
func (v view) Kind(k incident.Kind) string { return kindName(k, v.lang) }

func kindName(k incident.Kind, l phrase.Language) string {
	if g, ok := guidance.KindOf(guidance.Token(k)); ok {
		return g.Name.In(l)
	}
	return string(k)
}

// Word is the name of a token under a heading: Word "role" "c2".
func (v view) Word(heading string, token any) string {
	s := fmt.Sprint(token)
	if s == "" {
		s = "none"
	}
	return v.lang.Text("word." + heading + "." + s)
}

// Path builds an address of ours out of pieces, each escaped.
func (v view) Path(pieces ...any) string {
	var out strings.Builder
	for _, p := range pieces {
		out.WriteString("/" + url.PathEscape(fmt.Sprint(p)))
	}
	return out.String()
}

func queryEscape(s string) string { return url.QueryEscape(s) }
