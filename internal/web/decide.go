package web

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/flow"
	"github.com/wakachi/wakachi/internal/guidance"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
)

type flowBody struct {
	casework.Record
	Flow     flow.Flow
	Result   flow.Result
	Picture  template.HTML // made by package flow, which escapes every text in it
	Answers  []answered
	Choices  []incident.Choice
	Names    map[string]string
	Question flow.Question // being answered; empty if none is
	Answer   flow.Answer
	Why      string
	Items    []incident.Item // that the answer could rest on
}

// answered is one question with what was answered to it, if anything was.
type answered struct {
	Question flow.Question
	incident.Answer
	Given bool
}

func (a *asking) theFlow() (flow.Flow, error) {
	f, ok := flow.Of(flow.Name(a.r.PathValue("flow")))
	if !ok {
		return f, notFound()
	}
	return f, nil
}

// given gives the answers that count, and all that were kept.
func (a *asking) given(id incident.ID, name flow.Name) (flow.Answers, []incident.Answer, error) {
	kept, err := a.Casework.Answers(a.ctx(), a.actor, id, string(name))
	out := flow.Answers{}
	for _, k := range kept {
		if !k.Open {
			out[flow.Question(k.Question)] = flow.Answer(k.Answer)
		}
	}
	return out, kept, err
}

func (a *asking) flow() error {
	f, err := a.theFlow()
	if err != nil {
		return err
	}
	b := flowBody{Flow: f, Question: flow.Question(a.form("q")), Answer: flow.Answer(a.form("a"))}
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, a.incidentID()); err != nil {
		return err
	}
	given, kept, err := a.given(b.ID, f.Name())
	if err != nil {
		return err
	}
	for _, q := range f.Questions() {
		x := answered{Question: q}
		if at := slices.IndexFunc(kept, func(k incident.Answer) bool { return k.Question == string(q) }); at >= 0 {
			x.Answer, x.Given = kept[at], true
			if q == b.Question {
				b.Why = kept[at].Why
			}
		}
		b.Answers = append(b.Answers, x)
	}
	if b.Question != "" {
		if !slices.Contains(f.Questions(), b.Question) || !b.Answer.Known() {
			return notFound()
		}
		items, err := a.Casework.Items(a.ctx(), a.actor, b.ID)
		if err != nil {
			return err
		}
		b.Items = restable(items)
	}
	if b.Choices, err = a.Casework.Choices(a.ctx(), a.actor, b.ID); err != nil {
		return err
	}
	b.Choices = slices.DeleteFunc(b.Choices, func(c incident.Choice) bool { return c.Flow != string(f.Name()) })
	if b.Names, err = a.names(); err != nil {
		return err
	}
	b.Result = flow.Walk(f, given)
	b.Picture = a.draw(f, given, a.r.URL.Path)
	a.show(http.StatusOK, "flow", f.Name().Token(), b)
	return nil
}

// draw makes the picture; its answers are links to the form where the reader may answer.
func (a *asking) draw(f flow.Flow, given flow.Answers, at string) template.HTML {
	link := func(q flow.Question, x flow.Answer) string {
		return at + "?q=" + queryEscape(string(q)) + "&a=" + queryEscape(string(x)) // no fragment: it would take the focus from the form
	}
	if !a.actor.May(party.Write) {
		link = func(flow.Question, flow.Answer) string { return "" }
	}
	words := func(token string) string { return a.lang.Text(token) }
	return template.HTML(flow.SVG(flow.Draw(f, given, a.lang), words, link)) //nolint:gosec // see Picture
}

// restable are the items an answer could rest on: those that say something of the whole.
func restable(items []incident.Item) []incident.Item {
	const most = 60
	var out []incident.Item
	for _, i := range items {
		if i.Stand != incident.Dropped && i.Stand != incident.Merged && i.Kind != incident.Destination && len(out) < most {
			out = append(out, i)
		}
	}
	return out
}

func (a *asking) answer() error {
	f, err := a.theFlow()
	if err != nil {
		return err
	}
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	q, x := flow.Question(a.form("q")), flow.Answer(a.form("a"))
	if !slices.Contains(f.Questions(), q) || x != "" && !x.Known() {
		return fault.New(fault.Usage, "web.form")
	}
	given := incident.Answer{Question: string(q), Answer: string(x), Why: a.form("why")}
	for _, i := range a.r.PostForm["rests"] {
		given.Rests = append(given.Rests, incident.ItemID(i))
	}
	if err := a.Casework.Give(a.ctx(), a.actor, a.incidentID(), string(f.Name()), given); err != nil {
		return err
	}
	return a.didIt("/incidents/"+string(a.incidentID())+"/flow/"+string(f.Name()), "answered", 1)
}

func (a *asking) chooseFlow() error {
	f, err := a.theFlow()
	if err != nil {
		return err
	}
	c := incident.Choice{Flow: string(f.Name()), Do: a.form("do") == "yes", Why: a.form("why")}
	if err := a.Casework.Choose(a.ctx(), a.actor, a.incidentID(), c); err != nil {
		return err
	}
	return a.didIt("/incidents/"+string(a.incidentID())+"/flow/"+string(f.Name()), "chosen", 1)
}

// flowTodo says what a flow leads to, or that it is still to be walked.
func (a *asking) flowTodo(id incident.ID, name, at string) ([]todo, error) {
	f, ok := flow.Of(flow.Name(name))
	if !ok {
		return nil, notFound()
	}
	given, kept, err := a.given(id, f.Name())
	if err != nil {
		return nil, err
	}
	href := at + "/flow/" + name
	if len(given) == 0 {
		token := "web.todo.flow." + name
		if len(kept) > 0 {
			token = "web.todo.flow-reopened"
		}
		return []todo{{Token: token, Href: href, Why: map[string]string{"sharing": "8", "publication": "15"}[name]}}, nil
	}
	r := flow.Walk(f, given)
	var out []todo
	for _, x := range r.Reached {
		t := todo{Token: x.Outcome.Token(), Href: href}
		for _, c := range x.Cited {
			if len(c) > 1 && c[0] == 'Q' {
				t.Why = c[1:]
				break
			}
		}
		out = append(out, t)
	}
	if len(r.Open) > 0 {
		out = append(out, todo{Token: "web.todo.flow-open", Args: []any{len(r.Open)}, Href: href})
	}
	return out, nil
}

type sheetBody struct {
	casework.Record
	Sheet guidance.CheckSheet
	Rows  []sheetRow
	Steps []sheetStep
	Done  int
	Names map[string]string
}

type sheetRow struct {
	guidance.Row
	Items, Confirmed int
}

type sheetStep struct {
	guidance.Step
	casework.Tick
	ByRecord bool // what is kept shows that it is done
}

// Checked says whether the step is done, by the record or by a person.
func (s sheetStep) Checked() bool { return s.ByRecord || s.Done }

func (a *asking) sheet() error {
	b := sheetBody{Sheet: guidance.Sheet(guidance.SheetName(a.r.PathValue("sheet")))}
	if len(b.Sheet.Rows) == 0 {
		return notFound()
	}
	var err error
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, a.incidentID()); err != nil {
		return err
	}
	items, err := a.Casework.Items(a.ctx(), a.actor, b.ID)
	if err != nil {
		return err
	}
	for _, r := range b.Sheet.Rows {
		row := sheetRow{Row: r}
		for _, i := range items {
			if string(i.Kind) != string(r.Kind) || i.Stand == incident.Dropped || i.Stand == incident.Merged {
				continue
			}
			row.Items++
			if i.Stand == incident.Confirmed {
				row.Confirmed++
			}
		}
		b.Rows = append(b.Rows, row)
	}
	ticks, err := a.Casework.Ticks(a.ctx(), a.actor, b.ID, string(b.Sheet.Name))
	if err != nil {
		return err
	}
	shown, err := a.shows(b.Record, items)
	if err != nil {
		return err
	}
	for _, s := range b.Sheet.Steps {
		x := sheetStep{Step: s, Tick: ticks[string(s.Token)], ByRecord: shown[s.Record]}
		if x.Checked() {
			b.Done++
		}
		b.Steps = append(b.Steps, x)
	}
	if b.Names, err = a.names(); err != nil {
		return err
	}
	a.show(http.StatusOK, "sheet", "web.sheet."+string(b.Sheet.Name), b)
	return nil
}

// everyRelease are the facts no release is approved without.
const everyRelease = "tlp.set gate.clean audience.set approval.second third-party.held stepping-stone.held vulnerability.coordinated received.respected"

// shows says which facts of guidance.Records the record holds. What it cannot tell is left
// for a person to tick.
func (a *asking) shows(r casework.Record, items []incident.Item) (map[guidance.Token]bool, error) {
	out := map[guidance.Token]bool{}
	confirmed, dated, responses := 0, 0, map[string]bool{}
	for _, i := range items {
		if i.Stand != incident.Confirmed {
			continue
		}
		confirmed++
		if !i.FirstSeen.IsZero() {
			dated++
		}
		if i.Kind == incident.ResponseTimeline {
			responses[i.Reason.Code] = true
		}
	}
	out["items.divided"] = confirmed > 0 && confirmed == len(items)
	out["items.dated"] = dated > 0
	out["police.contacted"] = responses["kind.response-timeline.police"]
	out["ministry.contacted"] = responses["kind.response-timeline.report"]
	for _, name := range flow.Names() {
		f, _ := flow.Of(name)
		given, _, err := a.given(r.ID, name)
		if err != nil {
			return nil, err
		}
		out[guidance.Token("flow."+string(name))] = len(given) == len(f.Questions())
	}
	releases, err := a.Office.Releases(a.ctx(), a.actor, r.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range releases {
		if x.State != exchange.Approved && x.State != exchange.Sealed {
			continue
		}
		for t := range strings.FieldsSeq(everyRelease) {
			out[guidance.Token(t)] = true
		}
		out["ask.due"] = out["ask.due"] || x.Letter.Ask != "" && !x.Letter.AskDue.IsZero()
		out["ledger.release"] = out["ledger.release"] || x.State == exchange.Sealed
	}
	return out, nil
}

func (a *asking) tick() error {
	sheet := guidance.Sheet(guidance.SheetName(a.r.PathValue("sheet")))
	step := a.form("step")
	if !slices.ContainsFunc(sheet.Steps, func(s guidance.Step) bool { return string(s.Token) == step }) {
		return notFound()
	}
	t := casework.Tick{Sheet: string(sheet.Name), Step: step, Done: a.form("done") != "", Note: a.form("note")}
	if err := a.Casework.SetTick(a.ctx(), a.actor, a.incidentID(), t); err != nil {
		return err
	}
	return a.didIt("/incidents/"+string(a.incidentID())+"/sheet/"+string(sheet.Name), "ticked", 1)
}

type guidanceBody struct {
	Questions []guidance.Question
	Points    []guidance.Point
	Kinds     []guidance.Kind
	Sections  []guidance.Section
}

func (a *asking) guidance() error {
	a.show(http.StatusOK, "guidance", "guidance.title", guidanceBody{Questions: guidance.Questions(), Points: guidance.Points(), Kinds: guidance.Kinds()})
	return nil
}

func (a *asking) explanation() error {
	a.show(http.StatusOK, "explanation", "web.explanation", guidanceBody{Sections: guidance.Explanation()})
	return nil
}

func (a *asking) question() error {
	n, err := strconv.Atoi(a.r.PathValue("question"))
	q, ok := guidance.QuestionOf(n)
	if err != nil || !ok {
		return notFound()
	}
	a.show(http.StatusOK, "question", "web.question", q)
	return nil
}

// OpenQuestions names the questions of a flow that nobody has answered.
func (v view) OpenQuestions() string {
	b, _ := v.Body.(flowBody)
	var names []string
	for _, q := range b.Result.Open {
		names = append(names, v.lang.Text(q.Token()))
	}
	return strings.Join(names, v.lang.Text("web.comma"))
}

// Say gives one of the guidance's texts in the reader's language.
func (v view) Say(t guidance.Text) string { return t.In(v.lang) }

// Source says where a statement is from.
func (v view) Source(p guidance.Provenance) string {
	if s, ok := guidance.SourceOf(p.Source); ok {
		return v.Say(s.Title)
	}
	return p.Source
}

// Rule gives the guidance's questions for a place of the product.
func (v view) Rule(place string) []guidance.Question { return guidance.For(guidance.Token(place)) }
