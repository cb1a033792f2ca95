package flow

import (
	_ "embed"
	"fmt"
	"html"
	"strings"
)

//go:embed data/picture.css
var sheet string

// StyleSheet gives the CSS for the classes of SVG, for a page to serve as a file of its own:
// a strict content security policy takes no styles from inside a picture.
func StyleSheet() string { return sheet }

// SVG draws a picture as one element to stand in a page or a file.
//
// It has classes and no styles, no scripts and no references to anything outside; without
// StyleSheet it is plain black lines. Each answer is a link to link(question, answer), or
// mere text if that is empty or has a scheme other than http and https. words puts tokens
// into the language the picture was laid out for. Every text is escaped. A state is shown by
// a mark and by the weight of a line, never by colour alone, and is read aloud.
func SVG(p Picture, words func(token string) string, link func(Question, Answer) string) string {
	d := &drawing{words: words, reached: map[Outcome]bool{}}
	for _, n := range p.Nodes {
		if n.Role == OutcomeNode && n.State == Chosen {
			d.reached[n.Outcome] = true
		}
	}
	for _, e := range p.Edges {
		d.edge(e)
	}
	for _, n := range p.Nodes {
		d.node(n, p)
		if n.Role == QuestionNode {
			for _, c := range p.Choices {
				if c.Question == n.Question {
					d.choice(c, link)
				}
			}
		}
	}
	role := "img"
	if d.linked { // what is inside an image is not offered to readers
		role = "group"
	}
	id := "flow-" + string(p.Flow) + "-title"
	lang := [...]string{"ja", "en"}[min(int(p.Language), 1)]
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="flow-picture" viewBox="0 0 %d %d" width="%d" height="%d" role="%s" aria-labelledby="%s" lang="%s" font-family="sans-serif" font-size="%d"><title id="%s">%s</title>`,
		p.Width, p.Height, p.Width, p.Height, role, text(id), lang, em, text(id), text(words(p.Flow.Token()))) + d.out.String() + "</svg>"
}

type drawing struct {
	out     strings.Builder
	words   func(string) string
	reached map[Outcome]bool
	linked  bool // some answer is a link
}

func (d *drawing) edge(e Edge) {
	var path strings.Builder
	for i, p := range e.Points {
		fmt.Fprintf(&path, "%s%d %d", map[bool]string{true: "M", false: "L"}[i == 0], p.X, p.Y)
	}
	fmt.Fprintf(&d.out, `<path class="flow-line %s" d="%s" fill="none" stroke="currentColor"%s aria-hidden="true"/>`, e.State, path.String(), outline(e.State, false))
	if n := len(e.Points); e.Arrow && n > 1 {
		to, before := e.Points[n-1], e.Points[n-2]
		tip := fmt.Sprintf("M%d %dL%d %dL%d %dZ", to.X, to.Y, to.X-8, to.Y-4, to.X-8, to.Y+4)
		if to.X == before.X {
			tip = fmt.Sprintf("M%d %dL%d %dL%d %dZ", to.X, to.Y, to.X-4, to.Y-8, to.X+4, to.Y-8)
		}
		fmt.Fprintf(&d.out, `<path class="flow-tip %s" d="%s" fill="currentColor" aria-hidden="true"/>`, e.State, tip)
	}
	if e.Label != "" {
		fmt.Fprintf(&d.out, `<text class="flow-label %s" x="%d" y="%d" fill="currentColor">%s</text>`, e.State, e.LabelAt.X, e.LabelAt.Y, text(d.words(e.Label)))
	}
}

func (d *drawing) node(n Node, p Picture) {
	said := ""
	inner := n.W - 2*boxPad
	x := n.X + boxPad
	switch n.Role {
	case NoteNode:
		inner, x = n.W, n.X
	case OutcomeNode:
		if n.State == Chosen || !d.reached[n.Outcome] { // the second box of what is reached by the first says nothing
			said = d.words("flow.state." + string(n.State))
		}
		inner, x = inner-em, x+em
	}
	fmt.Fprintf(&d.out, `<g class="flow-%s %s"`, n.Role, n.State)
	if said != "" {
		fmt.Fprintf(&d.out, ` role="img" aria-label="%s"`, text(d.words(n.Token)+" – "+said))
	}
	d.out.WriteString(">")
	lines := wrap(d.words(n.Token), inner)
	if n.Role != NoteNode {
		radius := map[Role]int{QuestionNode: 4, OutcomeNode: 10}[n.Role]
		fmt.Fprintf(&d.out, `<rect x="%d" y="%d" width="%d" height="%d" rx="%d" fill="none" stroke="currentColor"%s/>`, n.X, n.Y, n.W, n.H, radius, outline(n.State, n.Role == OutcomeNode))
	} else if n.Token == "flow.picture.reading" {
		lines[len(lines)-1] += fmt.Sprintf(" (%s.%d, %s)", p.Flow, p.Version, p.Date)
	}
	if n.Role == OutcomeNode && n.State == Chosen {
		fmt.Fprintf(&d.out, `<path class="flow-mark" d="M%d %dl4 5l8 -10" fill="none" stroke="currentColor"/>`, n.X+8, n.Y+n.H/2)
	}
	d.lines(lines, x, n.Y+n.H/2)
	d.out.WriteString("</g>")
}

// outline shows a state by the weight of a line, and what is off by dashes: also on paper,
// and where the style sheet is missing.
func outline(s State, box bool) string {
	switch {
	case s == Chosen && box:
		return ` stroke-width="3"`
	case s == Chosen:
		return ` stroke-width="2"`
	case s == Off && box:
		return ` stroke-dasharray="4 3"`
	}
	return ""
}

// lines writes text around a middle, one line below the other.
func (d *drawing) lines(lines []string, x, middle int) {
	first := middle - lineHigh*(len(lines)-1)/2 + em*36/100
	d.out.WriteString(`<text fill="currentColor">`)
	for i, l := range lines {
		fmt.Fprintf(&d.out, `<tspan x="%d" y="%d">%s</tspan>`, x, first+i*lineHigh, text(l))
	}
	d.out.WriteString("</text>")
}

func (d *drawing) choice(c Choice, link func(Question, Answer) string) {
	target := ""
	if link != nil {
		target = link(c.Question, c.Answer)
	}
	open, end := `<g class="flow-answer %s">`, "</g>"
	args := []any{string(c.State)}
	if target != "" && harmless(target) {
		open, end = `<a class="flow-answer %s" href="%s"%s aria-label="%s">`, "</a>"
		current := ""
		if c.State == Chosen {
			current = ` aria-current="true"`
		}
		args = append(args, text(target), current, text(d.words(c.Question.Token())+" "+d.words(c.Token)))
		d.linked = true
	}
	fmt.Fprintf(&d.out, open, args...)
	fmt.Fprintf(&d.out, `<rect x="%d" y="%d" width="%d" height="%d" rx="%d" fill="#fff" stroke="currentColor"%s/>`, c.X, c.Y, c.W, c.H, c.H/2, outline(c.State, true))
	fmt.Fprintf(&d.out, `<text x="%d" y="%d" text-anchor="middle" fill="currentColor">%s</text>`, c.X+c.W/2, c.Y+c.H/2+em*36/100, text(d.words(c.Token)))
	d.out.WriteString(end)
}

// harmless says whether a link stays within http: a scheme such as javascript does not.
func harmless(target string) bool {
	before, _, found := strings.Cut(target, ":")
	if !found || strings.ContainsAny(before, "/?#") {
		return true
	}
	scheme := strings.ToLower(before)
	return scheme == "http" || scheme == "https"
}

// text escapes for element content and quoted attributes, and leaves out what XML forbids.
func text(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' || r == 0xfffe || r == 0xffff || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd")))
}
