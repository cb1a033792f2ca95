package store

import (
	"encoding/json"
	"errors"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// Forms are what the ledger keeps of an act, as JSON. They are apart from the types they
// are made of, so that renaming a Go field cannot change what was written years ago.

type organisationForm struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Created string `json:"created"`
}

type incidentForm struct {
	ID       string `json:"id"`
	Codename string `json:"codename"`
	Opened   string `json:"opened"`
}

type decisionForm struct {
	ID       string `json:"id"`
	Incident string `json:"incident"`
	Item     string `json:"item"`
	Outcome  string `json:"outcome"`
	Code     string `json:"code"`
	Point    string `json:"point"`
	Made     string `json:"made"`
}

type parcelForm struct {
	ID       string `json:"id"`
	Incident string `json:"incident"`
	Media    string `json:"media"`
	Label    string `json:"label"`
	Reach    string `json:"reach"`
	Sender   string `json:"sender"`
	Sealed   string `json:"sealed"`
	Sum      []byte `json:"sum"` // SHA-256 of the body, which the ledger does not repeat
}

type purgeForm struct {
	Seq int64 `json:"seq"`
}

// An itemForm is also the body of a row of items.
type itemForm struct {
	ID         string            `json:"id"`
	Incident   string            `json:"incident"`
	Kind       incident.Kind     `json:"kind"`
	Status     incident.Status   `json:"status,omitempty"`
	Stand      incident.Stand    `json:"stand,omitempty"`
	Into       string            `json:"into,omitempty"`
	Type       indicator.Type    `json:"type,omitempty"`
	Hash       indicator.Hash    `json:"hash,omitempty"`
	Value      string            `json:"value,omitempty"`
	Port       uint16            `json:"port,omitempty"`
	Role       incident.Role     `json:"role,omitempty"`
	Marks      []string          `json:"marks,omitempty"`
	Text       string            `json:"text,omitempty"`
	Technique  string            `json:"technique,omitempty"`
	Family     string            `json:"family,omitempty"`
	Subject    string            `json:"subject,omitempty"`
	Held       []string          `json:"held,omitempty"`
	First      incident.Moment   `json:"first_seen"`
	Last       incident.Moment   `json:"last_seen"`
	Label      tlp.Label         `json:"received_label,omitempty"`
	Promise    bool              `json:"received_promise,omitempty"`
	Reason     incident.Reason   `json:"reason"`
	Sources    []incident.Source `json:"sources,omitempty"`
	Confidence int               `json:"confidence,omitempty"`
}

func formOf(id incident.ID, i incident.Item) itemForm {
	return itemForm{
		ID: string(i.ID), Incident: string(id), Kind: i.Kind, Status: i.Status, Stand: i.Stand, Into: string(i.Into),
		Type: i.Value.Type, Hash: i.Value.Hash, Value: i.Value.Value, Port: i.Port, Role: i.Role,
		Marks: i.Marks.Names(), Text: i.Text, Technique: i.Technique, Family: i.Family,
		Subject: i.Subject, Held: i.Held, First: i.FirstSeen, Last: i.LastSeen,
		Label: i.Conditions.Label, Promise: i.Conditions.Promise,
		Reason: i.Reason, Sources: i.Sources, Confidence: i.Confidence,
	}
}

var errForm = errors.New("store: not a form of an item")

// itemOf reads the body of a row. A mark this version does not know is refused: it would
// be a reason to hold the item back.
func itemOf(body []byte) (itemForm, incident.Item, error) {
	var f itemForm
	if err := json.Unmarshal(body, &f); err != nil {
		return f, incident.Item{}, errForm
	}
	marks, ok := incident.ParseMarks(f.Marks)
	if !ok {
		return f, incident.Item{}, errForm
	}
	return f, incident.Item{
		ID: incident.ItemID(f.ID), Kind: f.Kind, Status: f.Status, Stand: f.Stand, Into: incident.ItemID(f.Into),
		Value: indicator.Value{Type: f.Type, Hash: f.Hash, Value: f.Value}, Port: f.Port, Role: f.Role,
		Marks: marks, Text: f.Text, Technique: f.Technique, Family: f.Family,
		Subject: f.Subject, Held: f.Held, FirstSeen: f.First, LastSeen: f.Last,
		Conditions: incident.Conditions{Label: f.Label, Promise: f.Promise},
		Reason:     f.Reason, Sources: f.Sources, Confidence: f.Confidence,
	}, nil
}

// ItemOf reads an item as the ledger keeps its versions.
func ItemOf(body []byte) (incident.Item, error) {
	_, i, err := itemOf(body)
	if err != nil {
		return i, fault.Wrap(err, fault.Damaged, "store.damaged")
	}
	return i, nil
}

// itemRow gives the body of a row and the columns that derive from it: from the body and
// not from the form, since JSON has no room for bytes that are not UTF-8.
func itemRow(f itemForm) (columns []any, body []byte, err error) {
	if body, err = json.Marshal(f); err != nil {
		return nil, nil, err
	}
	if f, _, err = itemOf(body); err != nil {
		return nil, nil, err
	}
	return []any{string(f.Kind), string(f.Status), string(f.Stand), string(f.Type), string(f.Hash), f.Value}, body, nil
}
