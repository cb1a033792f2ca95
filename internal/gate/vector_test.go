package gate_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wakachi/wakachi/internal/gate"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A vector is one case of testdata/vectors/gate, as its README describes it.
type vector struct {
	Name    string
	To, TLP string
	Outage  bool
	Item    item
	Expect  struct {
		Treatment, Reason string
		Leaves            bool
		Facts             []fact
	}
}

type item struct {
	Kind, Status, Type, Hash, Value, Role, Technique, Family string
	FirstSeen                                                incident.Moment `json:"first_seen"`
	Marks, Held                                              []string
	Conditions                                               struct {
		TLP     string
		Promise bool
	}
}

type fact struct {
	Type, Value, First string
	Like               []string
}

// TestVectors runs the neutral vectors. Another implementation of the gate can run the
// same files.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("../../testdata/vectors/gate/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Profile incident.Profile
			Vectors []vector
		}
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		g, err := gate.New(file.Profile)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range file.Vectors {
			t.Run(filepath.Base(name)+"/"+v.Name, func(t *testing.T) { v.run(t, g) })
		}
	}
}

func (v vector) run(t *testing.T, g *gate.Gate) {
	reach, err := party.ParseReach(v.To)
	if err != nil {
		t.Fatal(err)
	}
	label, err := tlp.Parse(v.TLP)
	if err != nil {
		t.Fatal(err)
	}
	got, err := g.Clear(gate.Request{Items: []incident.Item{v.Item.item(t)}, Reach: reach, Label: label, Outage: v.Outage})
	if err != nil {
		t.Fatal(err)
	}
	d := got.Decisions[0]
	if string(d.Treatment) != v.Expect.Treatment || d.Reason.Code != v.Expect.Reason || d.Leaves != v.Expect.Leaves {
		t.Errorf("decided %s, %s, leaves %v; want %s, %s, %v",
			d.Treatment, d.Reason.Code, d.Leaves, v.Expect.Treatment, v.Expect.Reason, v.Expect.Leaves)
	}
	if d.Leaves == (d.Frees != "") {
		t.Errorf("an item that stays says what would free it, one that leaves does not: %v, %q", d.Leaves, d.Frees)
	}
	var facts []fact
	for _, f := range got.Cleared.Facts() {
		facts = append(facts, fact{string(f.Value.Type), f.Value.Value, f.First, f.Like})
	}
	if !slices.EqualFunc(facts, v.Expect.Facts, func(a, b fact) bool {
		return a.Type == b.Type && a.Value == b.Value && slices.Equal(a.Like, b.Like) && (b.First == "" || a.First == b.First)
	}) {
		t.Errorf("facts %+v\nwant  %+v", facts, v.Expect.Facts)
	}
}

func (i item) item(t *testing.T) incident.Item {
	t.Helper()
	out := incident.Item{
		Kind: incident.Kind(i.Kind), Status: incident.Status(i.Status), Role: incident.Role(i.Role),
		Value:     indicator.Value{Type: indicator.Type(i.Type), Hash: indicator.Hash(i.Hash), Value: i.Value},
		Technique: i.Technique, Family: i.Family, FirstSeen: i.FirstSeen, LastSeen: i.FirstSeen, Held: i.Held,
		Text: "not for others",
	}
	if i.Conditions.TLP != "" {
		label, err := tlp.Parse(i.Conditions.TLP)
		if err != nil {
			t.Fatal(err)
		}
		out.Conditions.Label = label
	}
	out.Conditions.Promise = i.Conditions.Promise
	for bit := incident.Marks(1); bit != 0; bit <<= 1 {
		for _, n := range bit.Names() {
			if slices.Contains(i.Marks, n) {
				out.Marks |= bit
			}
		}
	}
	if len(out.Marks.Names()) != len(i.Marks) {
		t.Fatalf("a mark of %v is unknown", i.Marks)
	}
	return out
}
