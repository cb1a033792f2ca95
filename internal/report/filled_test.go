package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/phrase"
)

var update = flag.Bool("update", false, "write the filled forms anew")

// A script is a record as package sample has it: what is known at the first report, and what the last adds.
type script struct {
	Now      time.Time
	Declared []string
	Facts    []Fact
	Deeds    []Deed
	Items    []struct {
		Kind        incident.Kind
		Type        indicator.Type
		Hash        indicator.Hash
		Value       string
		Technique   string
		Port        uint16
		Role        incident.Role
		Marks       []string
		Held        []string
		Text        string
		First, Last incident.Moment
	}
	Final struct {
		Now   time.Time
		Facts []Fact
	}
	Later []Deed
}

// scripted reads the record of one sample at the first and at the last report.
func scripted(t testing.TB, name string) (first, final Record, declared []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "sample", "data", name, "said.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s script
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	first = Record{Facts: s.Facts, Deeds: s.Deeds, Now: s.Now, Zone: tokyo}
	for _, i := range s.Items {
		marks, ok := incident.ParseMarks(i.Marks)
		if !ok {
			t.Fatalf("%s: marks %q", name, i.Marks)
		}
		item := incident.Item{
			Kind: i.Kind, Stand: incident.Confirmed, Status: incident.Observed, Port: i.Port, Role: i.Role, Marks: marks,
			Technique: i.Technique, Held: i.Held, Text: i.Text, FirstSeen: i.First, LastSeen: i.Last,
		}
		if i.Value != "" {
			if item.Value, err = indicator.Parse(i.Type, i.Value); err != nil {
				t.Fatalf("%s: %s %s: %v", name, i.Type, i.Value, err)
			}
			if i.Hash != "" && item.Value.Hash != i.Hash {
				t.Fatalf("%s: %s is no %s", name, i.Value, i.Hash)
			}
		}
		first.Items = append(first.Items, item)
	}
	final = first
	final.Now = s.Final.Now
	final.Facts = append(append([]Fact{}, s.Facts...), s.Final.Facts...)
	final.Deeds = append(append([]Deed{}, s.Deeds...), s.Later...)
	return first, final, s.Declared
}

// read writes a filling as somebody reads it aloud.
func read(f Filling, l phrase.Language) string {
	var out strings.Builder
	d := f.Document(l)
	out.WriteString(d.Title + "\n" + d.To + "\n" + d.From + "\n" + d.Date + "\n\n")
	for _, b := range d.Blocks {
		for _, s := range b.Sentences {
			out.WriteString(s.Text + "\n")
		}
		for _, row := range b.Table.Rows {
			out.WriteString(strings.TrimSpace(row[0].Text+" "+row[1].Text) + "\n")
			for line := range strings.SplitSeq(row[2].Text, "\n") {
				out.WriteString(strings.TrimRight("    "+line, " ") + "\n")
			}
			if row[3].Text != "" {
				out.WriteString("    [" + row[3].Text + "]\n")
			}
		}
		out.WriteString("\n")
	}
	for _, c := range f.Concerns {
		mark := "- "
		if c.Blocks {
			mark = "! "
		}
		out.WriteString(mark + l.Text(c.Code, c.Args...) + "\n")
	}
	return out.String()
}

// The three samples, each form that suits them, at the first and the last report, to be read by a lawyer.
// One form of each is in English too.
func TestFormsOfTheSamples(t *testing.T) {
	for _, name := range []string{"ransomware", "webserver", "targeted"} {
		first, final, declared := scripted(t, name)
		for _, id := range Suited(final, declared) {
			form, ok := FormOf(id)
			if !ok {
				t.Fatalf("%s is no form", id)
			}
			for stage, r := range map[string]Record{"first": first, "final": final} {
				golden(t, name+"."+string(id)+"."+stage+".txt", read(Fill(form, stage, r, phrase.Japanese), phrase.Japanese))
			}
		}
		form, _ := FormOf(Suited(final, declared)[0])
		golden(t, name+"."+string(form.ID)+".first.en.txt", read(Fill(form, "first", first, phrase.English), phrase.English))
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "filled", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, []byte(got)) {
		t.Errorf("%s is not as it was; read what -update writes", path)
	}
}

// The samples' documents, from the first report to the final one, to be read aloud.
func TestDraftsOfTheSamples(t *testing.T) {
	for _, name := range []string{"ransomware", "webserver", "targeted"} {
		first, final, _ := scripted(t, name)
		told := Told(Compose(first, Order{Kind: First, Course: true}), first)
		write := func(r Record, o Order, file string) {
			d := Compose(r, o)
			out := d.Title + "\n" + d.To + "\n" + d.From + "\n" + d.Date + "\n\n" + d.Text() + "\n"
			for _, c := range Check(d, r, o, Guard{Reader: o.Language}) {
				mark := "- "
				if c.Blocks {
					mark = "! "
				}
				out += mark + o.Language.Text(c.Code, c.Args...) + " " + c.Text + "\n"
			}
			golden(t, name+"."+file+".txt", out)
		}
		for _, k := range Kinds() {
			switch k {
			case First:
				write(first, Order{Kind: k, Course: true}, "draft-first")
				write(first, Order{Kind: k, Course: true, Language: phrase.English}, "draft-first.en")
			case FollowUp, Final:
				write(final, Order{Kind: k, Number: 2, Course: true, Told: told, ToldOn: toldOn(first, final)}, "draft-"+string(k))
			default:
				write(first, Order{Kind: k}, "draft-"+string(k))
			}
		}
	}
}

// toldOn gives the day on which the first report was published; that of its draft if nobody said when.
func toldOn(first, final Record) string {
	for _, d := range final.Deeds {
		if d.Sort == MadePublic {
			return Day(d.At.At.In(final.Zone), phrase.Japanese)
		}
	}
	return Day(first.Now.In(first.Zone), phrase.Japanese)
}
