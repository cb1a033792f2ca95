package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
)

// Verdict does one thing to items, to all or none.
type Verdict struct {
	Do    string `json:"do" enum:"confirm,drop,wait,merge,reclass"`
	Items []Seen `json:"items" minItems:"1" maxItems:"5000" doc:"of merge, the first stands for the others"`
	Kind  string `json:"kind,omitempty" doc:"of reclass"`
}

func (h *handler) items(api huma.API) {
	operation(api, http.MethodGet, "/incidents/{incident}/items", "list-items", "An incident's items, in the order in which they came",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Stand string `query:"stand" enum:"proposed,confirmed,dropped,merged" doc:"these only"`
			Class string `query:"class" enum:"technical,between,damage" doc:"these only"`
		}) (*Answer[[]Item], error) {
			items, err := h.Casework.Items(ctx, a, in.id())
			out := []Item{}
			for _, i := range items {
				f := itemForm(i)
				if (in.Stand == "" || in.Stand == f.Stand) && (in.Class == "" || in.Class == f.Class) {
					out = append(out, f)
				}
			}
			return answer(out, err)
		})
	operation(api, http.MethodPost, "/incidents/{incident}/items", "add-item", "Write an item down",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Body Edit
		}) (*Answer[Item], error) {
			i, err := h.Casework.Add(ctx, a, in.id(), in.Body.value())
			return answer(itemForm(i), err)
		})
	operation(api, http.MethodPost, "/incidents/{incident}/judge", "judge-items", "Confirm, drop, merge or re-class items",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Body Verdict
		}) (*Answer[[]Item], error) {
			items, err := h.judge(ctx, a, in.id(), in.Body)
			return answer(itemForms(items), err)
		})
	operation(api, http.MethodPost, "/incidents/{incident}/confirm-all", "confirm-all", "Confirm everything that waits and was there when one looked",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Body struct {
				Upto int64 `json:"upto" doc:"the newest version that was seen"`
			}
		}) (*Answer[[]Item], error) {
			items, err := h.Casework.ConfirmAll(ctx, a, in.id(), in.Body.Upto)
			return answer(itemForms(items), err)
		})
	operation(api, http.MethodPost, "/incidents/{incident}/undo", "undo", "Take one's own last change of items back",
		func(ctx context.Context, a party.Actor, in *Under) (*Answer[[]Item], error) {
			_, act, err := h.Casework.LastChange(ctx, a, in.id())
			if err != nil {
				return nil, err
			}
			items, err := h.Casework.Undo(ctx, a, in.id(), act)
			return answer(itemForms(items), err)
		})
	operation(api, http.MethodGet, "/items/{item}", "get-item", "One item",
		func(ctx context.Context, a party.Actor, in *OneItem) (*Answer[Item], error) {
			i, _, err := h.Casework.Item(ctx, a, incident.ItemID(in.Item))
			return answer(itemForm(i), err)
		})
	operation(api, http.MethodPut, "/items/{item}", "correct-item", "Say what an item is; it is confirmed by that",
		func(ctx context.Context, a party.Actor, in *struct {
			OneItem
			Body Edit
		}) (*Answer[Item], error) {
			id, of := incident.ItemID(in.Item), incident.ID("")
			_, of, err := h.Casework.Item(ctx, a, id)
			if err != nil {
				return nil, err
			}
			i, err := h.Casework.Correct(ctx, a, of, casework.Seen{Item: id, Version: in.Body.Version}, in.Body.value())
			return answer(itemForm(i), err)
		})
	operation(api, http.MethodPost, "/items/{item}/split", "split-item", "Make several items of one in prose",
		func(ctx context.Context, a party.Actor, in *struct {
			OneItem
			Body struct {
				Version int64    `json:"version"`
				Parts   []string `json:"parts" minItems:"2" maxItems:"200"`
			}
		}) (*Answer[[]Item], error) {
			id := incident.ItemID(in.Item)
			_, of, err := h.Casework.Item(ctx, a, id)
			if err != nil {
				return nil, err
			}
			items, err := h.Casework.Split(ctx, a, of, casework.Seen{Item: id, Version: in.Body.Version}, in.Body.Parts)
			return answer(itemForms(items), err)
		})
	operation(api, http.MethodGet, "/search", "search", "Items that hold a text, the last to come first",
		func(ctx context.Context, a party.Actor, in *struct {
			Q string `query:"q" required:"true" maxLength:"200"`
		}) (*Answer[[]Found], error) {
			found, err := h.Casework.Search(ctx, a, in.Q, 100)
			out := []Found{}
			for _, f := range found {
				out = append(out, Found{string(f.Incident), itemForm(f.Item)})
			}
			return answer(out, err)
		})
}

// OneItem is an item's id in an address.
type OneItem struct {
	Item string `path:"item" maxLength:"128"`
}

// Found is an item and the incident it belongs to.
type Found struct {
	Incident string `json:"incident"`
	Item     Item   `json:"item"`
}

func (h *handler) judge(ctx context.Context, a party.Actor, id incident.ID, v Verdict) ([]incident.Item, error) {
	seen := seenOf(v.Items)
	switch v.Do {
	case "confirm":
		return h.Casework.Judge(ctx, a, id, incident.Confirmed, seen...)
	case "drop":
		return h.Casework.Judge(ctx, a, id, incident.Dropped, seen...)
	case "wait":
		return h.Casework.Judge(ctx, a, id, incident.Proposed, seen...)
	case "merge":
		return h.Casework.Merge(ctx, a, id, seen[0], seen[1:]...)
	case "reclass":
		return h.Casework.Reclass(ctx, a, id, incident.Kind(v.Kind), seen...)
	}
	return nil, fault.New(fault.Usage, "casework.stand")
}
