package web

import (
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

func notFound() error { return fault.New(fault.NotFound, "store.not-found") }

// takeIn reads what was pasted and dropped. Each paper is an act of its own: one that cannot
// be read does not keep the others out, and the page says which it was.
func (a *asking) takeIn() error {
	id := a.incidentID()
	if err := a.r.ParseMultipartForm(8 << 20); err != nil {
		return formFault(err)
	}
	var reports []intakeReport
	proposed := 0
	take := func(name string, data []byte) {
		in, err := a.Casework.TakeIn(a.ctx(), a.actor, id, name, data)
		r := intakeReport{Name: name, Intake: in}
		if err != nil {
			r.Failed = asFault(err)
		}
		proposed += len(in.Proposed)
		reports = append(reports, r)
	}
	if text := a.r.FormValue("text"); strings.TrimSpace(text) != "" {
		name := a.Now().In(a.Zone).Format(a.lang.Text("web.pasted-name"))
		take(name+".md", []byte(text))
	}
	if a.r.MultipartForm != nil {
		for _, f := range a.r.MultipartForm.File["files"] {
			data, err := readFile(f)
			if err != nil {
				reports = append(reports, intakeReport{Name: f.Filename, Failed: asFault(err)})
				continue
			}
			if len(data) > 0 || f.Filename != "" {
				take(f.Filename, data)
			}
		}
	}
	at := "/incidents/" + string(id)
	if len(reports) == 0 {
		return fault.New(fault.Usage, "web.nothing-pasted")
	}
	if slices.ContainsFunc(reports, func(r intakeReport) bool { return r.Failed != nil || len(r.Skipped) > 0 || len(r.Doubts) > 0 }) {
		status := http.StatusOK
		if proposed == 0 && len(reports) == 1 && reports[0].Failed != nil {
			status = reports[0].Failed.Kind.Status()
		}
		rec, err := a.Casework.Record(a.ctx(), a.actor, id)
		if err != nil {
			return err
		}
		a.show(status, "intake", "web.intake", intakeBody{rec, reports, a.r.FormValue("text")})
		return nil
	}
	return a.didIt(at, "taken-in", proposed)
}

func readFile(h *multipart.FileHeader) ([]byte, error) {
	if h.Size > casework.MaxPaper {
		return nil, fault.New(fault.TooLarge, "casework.paper-size", h.Filename, "32 MB")
	}
	f, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, casework.MaxPaper+1))
}

type intakeReport struct {
	Name string
	casework.Intake
	Failed *fault.Error
}

type intakeBody struct {
	casework.Record
	Reports []intakeReport
	Text    string
}

// seen reads "item.version" fields.
func (a *asking) seen(field string) ([]casework.Seen, error) {
	if err := a.r.ParseForm(); err != nil {
		return nil, formFault(err)
	}
	var out []casework.Seen
	for _, s := range a.r.PostForm[field] {
		id, version, ok := strings.Cut(s, ".")
		n, err := strconv.ParseInt(version, 10, 64)
		if !ok || err != nil {
			return nil, fault.New(fault.Usage, "web.form")
		}
		out = append(out, casework.Seen{Item: incident.ItemID(id), Version: n})
	}
	return out, nil
}

// judge does one thing to the cards that are ticked: confirm, drop, wait, a kind, or merge.
func (a *asking) judge() error {
	id := a.incidentID()
	seen, err := a.seen("item")
	if err != nil {
		return err
	}
	var changed []incident.Item
	what := a.form("do")
	switch what {
	case "confirm":
		changed, err = a.Casework.Judge(a.ctx(), a.actor, id, incident.Confirmed, seen...)
	case "drop":
		changed, err = a.Casework.Judge(a.ctx(), a.actor, id, incident.Dropped, seen...)
	case "wait":
		changed, err = a.Casework.Judge(a.ctx(), a.actor, id, incident.Proposed, seen...)
	case "merge":
		if len(seen) < 2 {
			return fault.New(fault.Usage, "web.merge-two")
		}
		changed, err = a.Casework.Merge(a.ctx(), a.actor, id, seen[0], seen[1:]...)
	case "reclass":
		changed, err = a.Casework.Reclass(a.ctx(), a.actor, id, incident.Kind(a.form("kind")), seen...)
	default:
		return fault.New(fault.Usage, "web.form")
	}
	if err != nil {
		return err
	}
	return a.didIt(a.back(), what, len(changed))
}

// back is the page a form was on, which it names itself.
func (a *asking) back() string {
	if to := a.form("back"); to != "" {
		return local(to)
	}
	return "/incidents/" + string(a.incidentID())
}

func (a *asking) confirmAll() error {
	upto, err := strconv.ParseInt(a.form("upto"), 10, 64)
	if err != nil {
		return fault.New(fault.Usage, "web.form")
	}
	changed, err := a.Casework.ConfirmAll(a.ctx(), a.actor, a.incidentID(), upto)
	if err != nil {
		return err
	}
	return a.didIt(a.back(), "confirm", len(changed))
}

func (a *asking) undo() error {
	act, err := strconv.ParseInt(a.form("act"), 10, 64)
	if err != nil {
		return fault.New(fault.Usage, "web.form")
	}
	changed, err := a.Casework.Undo(a.ctx(), a.actor, a.incidentID(), act)
	if err != nil {
		return err
	}
	return a.didIt(a.back(), "undo", len(changed))
}

type itemBody struct {
	ID incident.ID // of the incident
	casework.Record
	card
	Seen     string
	Passages []passage
	Versions []casework.Version
	Was      []incident.Item
	Names    map[string]string
	itemWords
	Failed *fault.Error
}

// itemWords are what the form of an item offers.
type itemWords struct {
	Kinds    []incident.Kind
	Statuses []incident.Status
	Roles    []incident.Role
	Types    []indicator.Type
	Marks    []string
}

type passage struct {
	incident.Source
	Lines []incident.Line
}

func words() itemWords {
	return itemWords{
		Kinds:    incident.Kinds(),
		Statuses: incident.Statuses(),
		Roles:    incident.Roles(),
		Types:    indicator.Types(),
		Marks:    incident.Marks(1<<16 - 1).Names(),
	}
}

// HasMark says whether the item has a mark, by its name.
func (b itemBody) HasMark(name string) bool { return slices.Contains(b.Item.Marks.Names(), name) }

func (a *asking) item() error {
	item, id, err := a.Casework.Item(a.ctx(), a.actor, incident.ItemID(a.r.PathValue("item")))
	if err != nil {
		return err
	}
	if id != a.incidentID() {
		return notFound()
	}
	return a.showItem(http.StatusOK, item, nil)
}

func (a *asking) showItem(status int, item incident.Item, failed *fault.Error) error {
	id := a.incidentID()
	b := itemBody{ID: id, Seen: string(item.ID) + "." + strconv.FormatInt(item.Version, 10), itemWords: words(), Failed: failed, Names: map[string]string{}}
	var err error
	if b.Record, err = a.Casework.Record(a.ctx(), a.actor, id); err != nil {
		return err
	}
	items, err := a.Casework.Items(a.ctx(), a.actor, id)
	if err != nil {
		return err
	}
	looks, err := a.Office.Outlook(a.ctx(), a.actor, id, items)
	if err != nil {
		return err
	}
	look, known := looks[item.ID]
	b.card = card{item, look, known}
	for k, s := range item.Sources {
		if k == 5 {
			break
		}
		lines, err := a.Casework.Passage(a.ctx(), a.actor, id, s, 3)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		b.Passages = append(b.Passages, passage{s, lines})
	}
	if b.Versions, b.Was, err = a.Casework.Versions(a.ctx(), a.actor, item.ID); err != nil {
		return err
	}
	if b.Names, err = a.names(); err != nil {
		return err
	}
	a.show(status, "item", "web.item", b)
	return nil
}

// names gives the names of one's colleagues by account.
func (a *asking) names() (map[string]string, error) {
	all, err := a.Accounts.Colleagues(a.ctx(), a.actor)
	out := map[string]string{"local": a.lang.Text("web.local")}
	for id, x := range all {
		out[string(id)] = x.Name
	}
	return out, err
}

func (a *asking) edit() casework.Edit {
	e := casework.Edit{
		Kind: incident.Kind(a.form("kind")), Status: incident.Status(a.form("status")), Role: incident.Role(a.form("role")),
		Type: indicator.Type(a.form("type")), Value: a.form("value"), Port: a.form("port"), Technique: a.form("technique"),
		First: a.form("first"), Last: a.form("last"), Text: a.form("text"), Marks: a.r.PostForm["mark"],
		Label: a.form("label"), NotPassOn: a.form("promise") != "",
	}
	for line := range strings.Lines(a.form("held")) {
		if line = strings.TrimSpace(line); line != "" {
			e.Vulnerable = append(e.Vulnerable, line)
		}
	}
	return e
}

func (a *asking) correct() error {
	seen, err := a.seen("seen")
	if err != nil {
		return err
	}
	if len(seen) != 1 || string(seen[0].Item) != a.r.PathValue("item") {
		return fault.New(fault.Usage, "web.form")
	}
	_, err = a.Casework.Correct(a.ctx(), a.actor, a.incidentID(), seen[0], a.edit())
	if err == nil {
		return a.didIt(a.back(), "corrected", 1)
	}
	f := asFault(err)
	if f.Kind != fault.Invalid && f.Kind != fault.TooLarge {
		return err
	}
	item, id, err := a.Casework.Item(a.ctx(), a.actor, seen[0].Item)
	if err != nil || id != a.incidentID() {
		return notFound()
	}
	return a.showItem(f.Kind.Status(), item, f)
}

func (a *asking) split() error {
	seen, err := a.seen("seen")
	if err != nil {
		return err
	}
	if len(seen) != 1 || string(seen[0].Item) != a.r.PathValue("item") {
		return fault.New(fault.Usage, "web.form")
	}
	made, err := a.Casework.Split(a.ctx(), a.actor, a.incidentID(), seen[0], strings.Split(strings.ReplaceAll(a.r.FormValue("parts"), "\r\n", "\n"), "\n"))
	if err != nil {
		return err
	}
	return a.didIt("/incidents/"+string(a.incidentID()), "split", len(made)-1)
}

type addBody struct {
	casework.Record
	itemWords
	casework.Edit
	Failed *fault.Error
}

func (a *asking) addPage() error { return a.showAdd(http.StatusOK, casework.Edit{}, nil) }

func (a *asking) showAdd(status int, e casework.Edit, failed *fault.Error) error {
	r, err := a.Casework.Record(a.ctx(), a.actor, a.incidentID())
	if err != nil {
		return err
	}
	a.show(status, "add", "web.add", addBody{r, words(), e, failed})
	return nil
}

func (a *asking) add() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	e := a.edit()
	if _, err := a.Casework.Add(a.ctx(), a.actor, a.incidentID(), e); err != nil {
		if f := asFault(err); f.Kind == fault.Invalid || f.Kind == fault.TooLarge {
			return a.showAdd(f.Kind.Status(), e, f)
		}
		return err
	}
	return a.didIt("/incidents/"+string(a.incidentID()), "added", 1)
}

type historyBody struct {
	casework.Record
	Acts  []casework.Act
	Names map[string]string
	Next  int64
}

func (a *asking) history() error {
	r, err := a.Casework.Record(a.ctx(), a.actor, a.incidentID())
	if err != nil {
		return err
	}
	acts, err := a.Casework.History(a.ctx(), a.actor, r.ID, int64(a.number("before")), pageSize)
	if err != nil {
		return err
	}
	names, err := a.names()
	if err != nil {
		return err
	}
	b := historyBody{r, acts, names, 0}
	if len(acts) == pageSize {
		b.Next = acts[len(acts)-1].Seq
	}
	a.show(http.StatusOK, "history", "web.history", b)
	return nil
}
