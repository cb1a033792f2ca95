package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
)

// Under is an incident's id in an address.
type Under struct {
	Incident string `path:"incident" maxLength:"128"`
}

func (u Under) id() incident.ID { return incident.ID(u.Incident) }

// Page says which part of a list.
type Page struct {
	Skip  int `query:"skip" minimum:"0"`
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

// List is a part of a list and the length of the whole.
type List[T any] struct {
	Items []T `json:"items"`
	All   int `json:"all"`
}

func (h *handler) incidents(api huma.API) {
	operation(api, http.MethodGet, "/incidents", "list-incidents", "The organisation's incidents, the newest first",
		func(ctx context.Context, a party.Actor, in *Page) (*Answer[List[Incident]], error) {
			lines, all, err := h.Casework.Board(ctx, a, in.Skip, in.Limit)
			out := List[Incident]{Items: []Incident{}, All: all}
			for _, l := range lines {
				f := incidentForm(l.Record)
				f.Counts = countsForm(l.Tally)
				out.Items = append(out.Items, f)
			}
			return answer(out, err)
		})
	operation(api, http.MethodPost, "/incidents", "open-incident", "Open an incident",
		func(ctx context.Context, a party.Actor, in *struct{ Body About }) (*Answer[Incident], error) {
			c, err := in.Body.value()
			if err != nil {
				return nil, err
			}
			i, err := h.Casework.Open(ctx, a, c)
			if err != nil {
				return nil, err
			}
			return h.incident(ctx, a, i.ID)
		})
	operation(api, http.MethodGet, "/incidents/{incident}", "get-incident", "One incident",
		func(ctx context.Context, a party.Actor, in *Under) (*Answer[Incident], error) {
			return h.incident(ctx, a, in.id())
		})
	operation(api, http.MethodPut, "/incidents/{incident}/about", "describe-incident", "Say what the incident is as a whole",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Body About
		}) (*Answer[Incident], error) {
			c, err := in.Body.value()
			if err == nil {
				err = h.Casework.Describe(ctx, a, in.id(), in.Body.Version, c)
			}
			if err != nil {
				return nil, err
			}
			return h.incident(ctx, a, in.id())
		})
	operation(api, http.MethodGet, "/incidents/{incident}/history", "get-history", "Who did what in an incident, the newest first",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Back
		}) (*Answer[[]Act], error) {
			acts, err := h.Casework.History(ctx, a, in.id(), in.Before, in.Limit)
			return answer(actForms(acts), err)
		})
	operation(api, http.MethodPost, "/incidents/{incident}/papers", "take-in", "Take notes, a mail or a file in; its items are proposed",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Name    string `query:"name" default:"notes.md" maxLength:"255" doc:"file name; its ending helps to tell what it is"`
			RawBody []byte `contentType:"application/octet-stream"`
		}) (*Answer[Intake], error) {
			x, err := h.Casework.TakeIn(ctx, a, in.id(), in.Name, in.RawBody)
			return answer(intakeForm(x), err)
		})
}

func (h *handler) incident(ctx context.Context, a party.Actor, id incident.ID) (*Answer[Incident], error) {
	r, err := h.Casework.Record(ctx, a, id)
	if err != nil {
		return nil, err
	}
	t, err := h.Casework.Tally(ctx, a, id)
	f := incidentForm(r)
	f.Counts = countsForm(t)
	return answer(f, err)
}

// Back says which part of a history.
type Back struct {
	Before int64 `query:"before" minimum:"0" doc:"acts before this number; 0 for the newest"`
	Limit  int   `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

// Act is one entry of the ledger.
type Act struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Act     string    `json:"act"`
	Subject string    `json:"subject"`
	Purged  bool      `json:"purged,omitempty"`
}

func actForms(acts []casework.Act) []Act {
	out := make([]Act, len(acts))
	for k, x := range acts {
		out[k] = Act{x.Seq, x.At, x.Actor, string(x.Act), x.Subject, x.Purged}
	}
	return out
}

// Intake is what became of a paper.
type Intake struct {
	Paper    string `json:"paper"`
	Name     string `json:"name"`
	SHA256   string `json:"sha256"`
	Proposed []Item `json:"proposed"`
	Again    int    `json:"again" doc:"items the incident had already"`
	Skipped  []Part `json:"skipped,omitempty" doc:"parts that were not read"`
	Doubts   []Part `json:"doubts,omitempty" doc:"parts that were read, with a reservation"`
}

// Part is a part of a paper and what is to be said of it.
type Part struct {
	File string   `json:"file"`
	Code string   `json:"code"`
	Args []string `json:"args,omitempty"`
}

func intakeForm(x casework.Intake) Intake {
	f := Intake{Paper: x.ID, Name: x.Name, SHA256: x.Sum, Proposed: itemForms(x.Proposed), Again: x.Again}
	part := func(file string, e *fault.Error) Part { return Part{file, e.Code, e.Args} }
	for _, s := range x.Skipped {
		f.Skipped = append(f.Skipped, part(s.File, s.Err))
	}
	for _, s := range x.Doubts {
		f.Doubts = append(f.Doubts, part(s.File, s.Err))
	}
	return f
}
