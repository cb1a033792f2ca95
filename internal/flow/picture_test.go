package flow_test

import (
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/flow"
	"github.com/wakachi/wakachi/internal/phrase"
)

var languages = []phrase.Language{phrase.Japanese, phrase.English}

func overlap(ax, ay, aw, ah, bx, by, bw, bh int) bool {
	return ax < bx+bw && bx < ax+aw && ay < by+bh && by < ay+ah
}

// Whatever the answers: everything is on the page, no box lies on another, every question
// has its three answers, and every outcome has a box and a way to it.
func TestAPictureIsWhole(t *testing.T) {
	for _, name := range flow.Names() {
		f := of(t, name)
		for _, lang := range languages {
			for given := range assignments(f, flow.Yes, flow.No, flow.CannotTell, "") {
				p := flow.Draw(f, given, lang)
				type box struct{ x, y, w, h int }
				var boxes []box
				for _, n := range p.Nodes {
					boxes = append(boxes, box{n.X, n.Y, n.W, n.H})
				}
				for _, c := range p.Choices {
					boxes = append(boxes, box{c.X, c.Y, c.W, c.H})
				}
				for i, a := range boxes {
					if a.x < 0 || a.y < 0 || a.x+a.w > p.Width || a.y+a.h > p.Height {
						t.Fatalf("%s %v: box %d is off the page", name, given, i)
					}
					for _, b := range boxes[i+1:] {
						if overlap(a.x, a.y, a.w, a.h, b.x, b.y, b.w, b.h) {
							t.Fatalf("%s %v: %v lies on %v", name, given, a, b)
						}
					}
				}
				if len(p.Choices) != 3*len(f.Questions()) {
					t.Fatalf("%s: %d choices", name, len(p.Choices))
				}
			}
		}
	}
}

// Lines are level or upright, stay on the page, and end where their outcome's box begins.
func TestLinesLeadToTheirBoxes(t *testing.T) {
	for _, name := range flow.Names() {
		f := of(t, name)
		p := flow.Draw(f, nil, phrase.Japanese)
		led := map[flow.Outcome]bool{}
		for _, e := range p.Edges {
			for i, at := range e.Points {
				if at.X < 0 || at.Y < 0 || at.X > p.Width || at.Y > p.Height {
					t.Errorf("%s: %v is off the page", name, at)
				}
				if i > 0 && at.X != e.Points[i-1].X && at.Y != e.Points[i-1].Y {
					t.Errorf("%s: a slanting line in %v", name, e.Points)
				}
			}
			if e.Outcome == "" {
				continue
			}
			led[e.Outcome] = true
			end := e.Points[len(e.Points)-1]
			if !slices.ContainsFunc(p.Nodes, func(n flow.Node) bool {
				return n.Outcome == e.Outcome && n.X == end.X && n.Y < end.Y && end.Y < n.Y+n.H
			}) {
				t.Errorf("%s: the line to %s ends at %v", name, e.Outcome, end)
			}
		}
		for _, o := range f.Outcomes() {
			if !led[o] {
				t.Errorf("%s: no way to %s", name, o)
			}
		}
	}
}

// The picture says the same as the walk.
func TestAPictureShowsTheResult(t *testing.T) {
	for _, name := range flow.Names() {
		f := of(t, name)
		for given := range assignments(f, flow.Yes, flow.No, flow.CannotTell, "") {
			p, r := flow.Draw(f, given, phrase.English), flow.Walk(f, given)
			for _, o := range f.Outcomes() {
				chosen, open := false, false
				for _, n := range p.Nodes {
					if n.Outcome == o {
						chosen, open = chosen || n.State == flow.Chosen, open || n.State == flow.Open
					}
				}
				arrow := slices.ContainsFunc(p.Edges, func(e flow.Edge) bool { return e.Outcome == o && e.State == flow.Chosen })
				if want := slices.Contains(r.Outcomes(), o); chosen != want || arrow != want {
					t.Fatalf("%s %v: %s is drawn %v, arrow %v, walked %v", name, given, o, chosen, arrow, want)
				}
				if want := slices.Contains(r.Possible, o); !chosen && o != flow.NotRequired && open != want {
					t.Fatalf("%s %v: %s is drawn open %v, walked %v", name, given, o, open, want)
				}
			}
			for _, c := range p.Choices {
				want := flow.Open
				if a := given[c.Question]; a == c.Answer {
					want = flow.Chosen
				} else if a != "" {
					want = flow.Off
				}
				if c.State != want {
					t.Fatalf("%s %v: %s %s is %s", name, given, c.Question, c.Answer, c.State)
				}
			}
		}
	}
}

func svg(t *testing.T, name flow.Name, given flow.Answers, lang phrase.Language, link func(flow.Question, flow.Answer) string) string {
	t.Helper()
	return flow.SVG(flow.Draw(of(t, name), given, lang), func(token string) string { return lang.Text(token) }, link)
}

func plainLink(q flow.Question, a flow.Answer) string { return "?q=" + string(q) + "&a=" + string(a) }

// Well-formed; every class has its rule in the style sheet; nothing a strict policy forbids.
func TestSVGIsFitForAStrictPage(t *testing.T) {
	class := regexp.MustCompile(`class="([^"]*)"`)
	for _, name := range flow.Names() {
		for _, lang := range languages {
			text := svg(t, name, flow.Answers{flow.Unknown: flow.Yes, flow.Outage: flow.No}, lang, plainLink)
			links, titles := 0, 0
			for d := xml.NewDecoder(strings.NewReader(text)); ; {
				token, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				start, ok := token.(xml.StartElement)
				if !ok {
					continue
				}
				switch start.Name.Local {
				case "a":
					links++
				case "title":
					titles++
				case "script", "style", "image", "use", "foreignObject", "animate":
					t.Errorf("%s has the element %s", name, start.Name.Local)
				}
				for _, a := range start.Attr {
					if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "url(") {
						t.Errorf("%s has the attribute %s=%q", name, a.Name.Local, a.Value)
					}
				}
			}
			if want := 3 * len(of(t, name).Questions()); links != want || titles != 1 {
				t.Errorf("%s: %d links, want %d; %d titles", name, links, want, titles)
			}
			for _, m := range class.FindAllStringSubmatch(text, -1) {
				first, _, _ := strings.Cut(m[1], " ")
				if !strings.Contains(flow.StyleSheet(), "."+first) {
					t.Errorf("class %s has no style", first)
				}
			}
			if !strings.Contains(text, `role="group"`) || !strings.Contains(text, `aria-labelledby="flow-`+string(name)+`-title"`) {
				t.Errorf("%s: a reader is not told what it is: %.300s", name, text)
			}
		}
	}
}

// Words and links come from outside: neither can break out of its place.
func TestSVGEscapes(t *testing.T) {
	p := flow.Draw(of(t, flow.Sharing), nil, phrase.English)
	evil := `"><script>alert(1)</script>&'` + "\x00\x1b\xff"
	text := flow.SVG(p, func(string) string { return evil }, func(flow.Question, flow.Answer) string { return "/" + evil })
	if strings.Contains(text, "<script") || strings.ContainsAny(text, "\x00\x1b") || !utf8.ValidString(text) {
		t.Error("something broke out")
	}
	if err := xml.Unmarshal([]byte(text), new(struct{})); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", " javascript:x", "vbscript:x"} {
		if text := svg(t, flow.Sharing, nil, phrase.English, func(flow.Question, flow.Answer) string { return bad }); strings.Contains(text, "href=") {
			t.Errorf("%s became a link", bad)
		}
	}
	for _, good := range []string{"/i/1?at=10:30", "#q:1", "https://desk.example/x", "?a:b"} {
		if text := svg(t, flow.Sharing, nil, phrase.English, func(flow.Question, flow.Answer) string { return good }); !strings.Contains(text, "href=") {
			t.Errorf("%s is no link", good)
		}
	}
}

// For paper: no links, and then it is one image to a reader.
func TestSVGWithoutLinks(t *testing.T) {
	for _, link := range []func(flow.Question, flow.Answer) string{nil, func(flow.Question, flow.Answer) string { return "" }} {
		text := svg(t, flow.Publication, nil, phrase.Japanese, link)
		if strings.Contains(text, "<a ") || !strings.Contains(text, `role="img"`) {
			t.Errorf("%.200s", text)
		}
	}
}

// A state shows without colour: the mark, the words for a reader, the current answer.
func TestSVGShowsStatesWithoutColour(t *testing.T) {
	text := svg(t, flow.Sharing, flow.Answers{flow.Unknown: flow.Yes}, phrase.English, plainLink)
	for _, want := range []string{
		`aria-label="Share, for the sake of other victims – applies"`, `class="flow-mark"`,
		`aria-label="Sharing is not necessarily required – does not apply"`,
		`aria-current="true" aria-label="Is the attack unknown so far? Yes"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
	// Consulting is reached by one of two boxes; the other does not deny it.
	text = svg(t, flow.Sharing, flow.Answers{flow.Unknown: flow.No, flow.NotWidespread: flow.CannotTell}, phrase.English, plainLink)
	if !strings.Contains(text, "Consult a specialist organisation – applies") || strings.Contains(text, "Consult a specialist organisation – does not apply") {
		t.Error("the second box denies the first")
	}
}
