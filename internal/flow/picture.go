package flow

import (
	"slices"

	"github.com/wakachi/wakachi/internal/phrase"
)

// A Picture is a flow laid out as a value: questions in a column, outcomes to their right,
// answers on the lines between. Lengths are in units of which a line of text is 14 high;
// the origin is at the top left.
type Picture struct {
	Flow     Name
	Version  int
	Date     string          // of the flow's version, "2026-11-22"
	Language phrase.Language // whose words the boxes were measured for
	Width    int
	Height   int
	Nodes    []Node   // questions first, then outcomes, then notes
	Edges    []Edge   // in the order they are to be drawn
	Choices  []Choice // in the order of reading; each lies on an edge
}

// A Role says what a node is.
type Role string

// Notes are text without a box.
const (
	QuestionNode Role = "question"
	OutcomeNode  Role = "outcome"
	NoteNode     Role = "note"
)

// A Node is a box with words in it.
type Node struct {
	Role       Role
	Question   Question // of a QuestionNode
	Outcome    Outcome  // of an OutcomeNode; may stand twice, where two ways lead to it
	Token      string   // of the words
	X, Y, W, H int      // top left corner and size
	State      State    // a question is Chosen once answered; a note is always Open
}

// An Edge is a line with an arrow at its last point.
type Edge struct {
	Question Question // the question it leaves
	Answer   Answer   // the answer it stands for; empty on the way from question to question
	Outcome  Outcome  // what it leads to; empty if to the next question
	Points   []Point  // two or more; each segment is level or upright
	Arrow    bool     // false where another edge goes on from its end
	Label    string   // token of words above its last segment, or empty
	LabelAt  Point    // where those words begin, on their base line
	State    State
}

// A Point is a place in a picture.
type Point struct{ X, Y int }

// A Choice is an answer to click on.
type Choice struct {
	Question   Question
	Answer     Answer
	Token      string // of the answer's words
	X, Y, W, H int
	State      State // Chosen: it is the answer given; Off: another one is
}

// Measures of a picture, chosen so that both flows fit the width of an A4 page at a size
// one can read (820 units on 180 mm: text of 9 points).
const (
	em         = 14
	lineHigh   = 20
	margin     = 12
	questionW  = 290
	outcomeW   = 300
	boxPad     = 14
	choiceH    = 28
	choicePad  = 12
	choiceGap  = 10 // between choices, and from a box to them
	laneGap    = 14 // between upright lines
	arrowRoom  = 44 // from choices to outcomes
	rowGap     = 26 // from a merge to the next question
	endRow     = 74 // from one end to the next
	minOutcome = 62
)

// A plan is a picture in the making.
type plan struct {
	flow    Flow
	given   Answers
	lang    phrase.Language
	pic     Picture
	choiceW int
	lanes   int
	home    map[Outcome]int // index of its node
	y       int
}

// Draw lays out a flow with the answers given, for words of one language. It is a pure
// function of its arguments: the same page every time.
func Draw(f Flow, given Answers, lang phrase.Language) Picture {
	p := &plan{flow: f, given: given, lang: lang, home: map[Outcome]int{}, y: margin}
	p.pic = Picture{Flow: f.name, Version: f.version, Date: f.date.Format("2006-01-02"), Language: lang}
	for _, q := range f.questions {
		for _, a := range []Answer{Yes, No, CannotTell} {
			p.choiceW = max(p.choiceW, widthOf(lang.Text(q.AnswerToken(a)))+2*choicePad)
		}
	}
	p.pic.Width = p.outcomeX() + outcomeW + margin
	p.note("flow.picture.note")
	for i, q := range f.questions {
		p.row(i, q)
	}
	p.ends()
	p.note("flow.picture.reading")
	p.pic.Height = p.y + margin
	p.sort()
	return p.pic
}

func (p *plan) choiceX() int  { return margin + questionW + 24 }
func (p *plan) outcomeX() int { return p.choiceX() + p.choiceW + arrowRoom }
func (p *plan) spine() int    { return margin + questionW/2 }

func (p *plan) note(token string) {
	w := p.pic.Width - 2*margin
	h := lineHigh * len(wrap(p.lang.Text(token), w))
	p.pic.Nodes = append(p.pic.Nodes, Node{Role: NoteNode, Token: token, X: margin, Y: p.y, W: w, H: h, State: Open})
	p.y += h + choiceGap
}

// arrows gives the rules drawn from a question's answer: those it is the last condition of.
func (p *plan) arrows(q Question, a Answer) []Rule {
	var out []Rule
	for _, r := range p.flow.rules {
		if !p.flow.final(r) && r.last().Question == q && r.last().allows(a) {
			out = append(out, r)
		}
	}
	return out
}

// row lays out one question, the answers to its right that lead to outcomes, and below it
// those that do not.
func (p *plan) row(i int, q Question) {
	var right, down []Answer
	for _, a := range []Answer{Yes, No, CannotTell} {
		if len(p.arrows(q, a)) > 0 {
			right = append(right, a)
		} else {
			down = append(down, a)
		}
	}
	text := lineHigh*len(wrap(p.lang.Text(q.Token()), questionW-2*boxPad)) + 2*boxPad
	stack := len(right)*(choiceH+choiceGap) - choiceGap
	h := max(text, stack, minOutcome)
	state := Open
	if p.given[q].Known() {
		state = Chosen
	}
	p.pic.Nodes = append(p.pic.Nodes, Node{Role: QuestionNode, Question: q, Token: q.Token(), X: margin, Y: p.y, W: questionW, H: h, State: state})
	middle := p.y + h/2
	top := middle - stack/2
	for n, a := range right {
		y := top + n*(choiceH+choiceGap)
		p.choice(q, a, p.choiceX(), y)
		for _, r := range p.arrows(q, a) {
			p.toOutcome(q, a, r, y+choiceH/2, middle)
		}
	}
	below := p.y + h
	for _, n := range p.pic.Nodes {
		below = max(below, n.Y+n.H)
	}
	p.downwards(q, down, p.y+h, i == len(p.flow.questions)-1)
	p.y = max(p.y, below+choiceGap)
}

func (p *plan) choice(q Question, a Answer, x, y int) {
	p.pic.Choices = append(p.pic.Choices, Choice{q, a, q.AnswerToken(a), x, y, p.choiceW, choiceH, p.chosen(q, a)})
}

func (p *plan) chosen(q Question, a Answer) State {
	switch given := p.given[q]; {
	case given == a:
		return Chosen
	case given.Known():
		return Off
	}
	return Open
}

// toOutcome draws question → choice → outcome. The first arrow to an outcome gives it its
// place beside the question; later ones come from below, each on a lane of its own.
func (p *plan) toOutcome(q Question, a Answer, r Rule, y, middle int) {
	state := r.state(p.given)
	if p.chosen(q, a) == Off {
		state = Off
	}
	edge := Edge{Question: q, Answer: a, Outcome: r.Outcome, Arrow: true, State: state}
	edge.Points = []Point{{margin + questionW, y}, {p.outcomeX(), y}}
	at, there := p.home[r.Outcome]
	if !there {
		h := p.outcomeHigh(r.Outcome)
		p.outcome(r.Outcome, p.free(middle-h/2), h, p.outcomeState(r.Outcome))
		at = p.home[r.Outcome]
	}
	if n := p.pic.Nodes[at]; y < n.Y+6 || y > n.Y+n.H-6 {
		lane := p.outcomeX() - arrowRoom + 10 + p.lanes*laneGap
		p.lanes++
		port := min(max(y, n.Y+12), n.Y+n.H-12)
		edge.Points = []Point{{margin + questionW, y}, {lane, y}, {lane, port}, {p.outcomeX(), port}}
	}
	p.pic.Edges = append(p.pic.Edges, edge)
}

// free moves a box down until it is clear of the outcomes above it.
func (p *plan) free(y int) int {
	for _, n := range p.pic.Nodes {
		if n.Role == OutcomeNode {
			y = max(y, n.Y+n.H+choiceGap)
		}
	}
	return y
}

func (p *plan) outcomeHigh(o Outcome) int {
	return max(lineHigh*len(wrap(p.lang.Text(o.Token()), outcomeW-2*boxPad-em))+2*boxPad, minOutcome)
}

func (p *plan) outcome(o Outcome, y, h int, state State) {
	if _, there := p.home[o]; !there {
		p.home[o] = len(p.pic.Nodes)
	}
	p.pic.Nodes = append(p.pic.Nodes, Node{Role: OutcomeNode, Outcome: o, Token: o.Token(), X: p.outcomeX(), Y: y, W: outcomeW, H: h, State: state})
}

// outcomeState is that of a box beside the questions: what the end leads to has its own.
func (p *plan) outcomeState(o Outcome) State {
	state := Off
	for _, r := range p.flow.rules {
		if r.Outcome != o || p.flow.final(r) {
			continue
		}
		switch r.state(p.given) {
		case Chosen:
			return Chosen
		case Open:
			state = Open
		}
	}
	return state
}

// downwards draws the answers that lead to no outcome by themselves, and the way on. It is
// open, not off, behind an answer that leads elsewhere: all questions are asked.
func (p *plan) downwards(q Question, answers []Answer, bottom int, last bool) {
	on := Open
	if slices.Contains(answers, p.given[q]) {
		on = Chosen
	}
	total := len(answers)*(p.choiceW+choiceGap) - choiceGap
	x, y := p.spine()-total/2, bottom+choiceGap
	merge := y + choiceH + choiceGap
	for _, a := range answers {
		center := x + p.choiceW/2
		p.choice(q, a, x, y)
		points := []Point{{center, bottom}, {center, merge}}
		if center != p.spine() {
			points = append(points, Point{p.spine(), merge})
		}
		p.pic.Edges = append(p.pic.Edges, Edge{Question: q, Answer: a, Points: points, State: p.chosen(q, a)})
		x += p.choiceW + choiceGap
	}
	p.y = merge
	if !last {
		p.pic.Edges = append(p.pic.Edges, Edge{Question: q, Points: []Point{{p.spine(), merge}, {p.spine(), merge + rowGap}}, Arrow: true, State: on})
		p.y = merge + rowGap
	}
}

// ends draws what follows from all answers together.
func (p *plan) ends() {
	from := p.y - choiceGap
	for _, e := range slices.Backward(p.pic.Edges) {
		if e.Outcome == "" {
			from = e.Points[len(e.Points)-1].Y
			break
		}
	}
	y := p.y
	for _, r := range p.flow.rules {
		if !p.flow.final(r) {
			continue
		}
		h := p.outcomeHigh(r.Outcome)
		top := p.free(max(y, from+endRow/2-h/2))
		middle := top + h/2
		p.outcome(r.Outcome, top, h, r.state(p.given))
		p.pic.Edges = append(p.pic.Edges, Edge{
			Outcome: r.Outcome, Arrow: true, State: r.state(p.given),
			Points: []Point{{p.spine(), from}, {p.spine(), middle}, {p.outcomeX(), middle}},
			Label:  "flow.end." + string(r.Outcome), LabelAt: Point{p.spine() + em, middle - 7},
		})
		y = top + h + choiceGap
	}
	p.y = max(p.y, y) + choiceGap
}

// sort puts what is read and drawn into its order: questions, outcomes, notes; lines that
// are off under those that are open, and those under what is chosen.
func (p *plan) sort() {
	roles := []Role{QuestionNode, OutcomeNode, NoteNode}
	slices.SortStableFunc(p.pic.Nodes, func(a, b Node) int { return slices.Index(roles, a.Role) - slices.Index(roles, b.Role) })
	states := []State{Off, Open, Chosen}
	slices.SortStableFunc(p.pic.Edges, func(a, b Edge) int { return slices.Index(states, a.State) - slices.Index(states, b.State) })
	answers := []Answer{Yes, No, CannotTell}
	slices.SortStableFunc(p.pic.Choices, func(a, b Choice) int {
		if a.Question != b.Question {
			return slices.Index(p.flow.questions, a.Question) - slices.Index(p.flow.questions, b.Question)
		}
		return slices.Index(answers, a.Answer) - slices.Index(answers, b.Answer)
	})
}
