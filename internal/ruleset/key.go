package ruleset

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
)

// A Key says which values were looked for, and under which number. Write makes one beside
// the files of Suricata and Zeek, with the set's name and ".key.ndjson"; it holds the values,
// so it is under the same label as they. The zero Key knows none.
type Key struct {
	set    string
	bySID  map[uint32][]indicator.Value
	lists  map[uint32]map[indicator.Value]bool // of the numbers that stand for more than one
	forms  map[string][]indicator.Value        // by Zeek's kind and the text in lower case
	values map[indicator.Value]bool
	nets   []network // sorted by address
}

// keyLine is one line of a key. The first has the set, the others a value each.
type keyLine struct {
	Set    string         `json:"set,omitempty"`
	Label  string         `json:"tlp,omitempty"`
	Engine Target         `json:"engine,omitempty"`
	SID    uint32         `json:"sid,omitempty"`
	Type   indicator.Type `json:"type,omitempty"`
	Hash   indicator.Hash `json:"hash,omitempty"`
	Value  string         `json:"value,omitempty"`
}

type keyWriter struct {
	set *set
	out bytes.Buffer
}

func (w *keyWriter) add(sid uint32, values ...indicator.Value) {
	for _, v := range values {
		w.line(keyLine{SID: sid, Type: v.Type, Hash: v.Hash, Value: v.Value})
	}
}

func (w *keyWriter) line(l keyLine) {
	enc := json.NewEncoder(&w.out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(l) // a struct of strings and numbers, into memory
}

func (w *keyWriter) bytes() []byte {
	values := w.out.Bytes()
	w.out = bytes.Buffer{}
	w.line(keyLine{Set: w.set.o.Name, Label: w.set.label.String(), Engine: w.set.target})
	return append(w.out.Bytes(), values...)
}

// ReadKey reads a key that Write made. Errors are fault.Invalid with the number of the line;
// those of r come back as they are.
func ReadKey(r io.Reader) (Key, error) {
	k := Key{
		bySID: map[uint32][]indicator.Value{}, lists: map[uint32]map[indicator.Value]bool{},
		forms: map[string][]indicator.Value{}, values: map[indicator.Value]bool{},
	}
	in := newLineReader(r)
	for in.next() {
		var l keyLine
		if in.tooLong || json.Unmarshal(in.line, &l) != nil || !k.take(l, in.number) {
			return Key{}, fault.New(fault.Invalid, "ruleset.key", itoa(in.number))
		}
	}
	if in.err != nil {
		return Key{}, in.err
	}
	if k.set == "" {
		return Key{}, fault.New(fault.Invalid, "ruleset.key", "1")
	}
	k.sortNets()
	return k, nil
}

func (k *Key) take(l keyLine, number int) bool {
	if number == 1 {
		k.set = l.Set
		return plainName(l.Set)
	}
	v := indicator.Value{Type: l.Type, Hash: l.Hash, Value: l.Value}
	if !normal(v) {
		return false
	}
	if l.SID != 0 {
		k.number(l.SID, v)
	}
	if k.values[v] {
		return true
	}
	k.values[v] = true
	e, reason := newEntry(Item{Value: v})
	if reason != "" {
		return false // such a value is never written
	}
	if e.net.IsValid() {
		k.nets = append(k.nets, network{e.net, v})
	}
	if say := sayings()[Zeek][kindOf(v)]; say.word != "" {
		form := zeekKey(say.word, zeekForm(&e))
		k.forms[form] = append(k.forms[form], v)
	}
	return true
}

// number adds a value to those of a rule. Only rules on lists have more than one.
func (k *Key) number(sid uint32, v indicator.Value) {
	k.bySID[sid] = append(k.bySID[sid], v)
	all := k.bySID[sid]
	if len(all) < 2 {
		return
	}
	if k.lists[sid] == nil {
		k.lists[sid] = map[indicator.Value]bool{all[0]: true}
	}
	k.lists[sid][v] = true
}

// zeekKey is under what Key.forms has a value: Zeek compares in lower case.
func zeekKey(kind, text string) string { return kind + "\x00" + strings.ToLower(text) }
