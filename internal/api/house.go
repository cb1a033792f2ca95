package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/party"
)

// Me is who asks.
type Me struct {
	Account      string   `json:"account"`
	Name         string   `json:"name"`
	Organisation string   `json:"organisation"`
	Hats         []string `json:"hats"`
	Rights       []string `json:"rights" doc:"what this token may do"`
}

// Community is a sharing activity one takes part in.
type Community struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Hub     Recipient   `json:"hub"`
	Ceiling string      `json:"ceiling"`
	LogDays int         `json:"log_days,omitempty"`
	Members []Recipient `json:"members"`
	Retired bool        `json:"retired,omitempty"`
}

// Profile is the list of what would identify the organisation, as YAML.
type Profile struct {
	Text    string `json:"text"`
	Version int64  `json:"version"`
}

func (h *handler) house(api huma.API) {
	operation(api, http.MethodGet, "/me", "get-me", "Who asks, and what they may do",
		func(ctx context.Context, a party.Actor, _ *struct{}) (*Answer[Me], error) {
			name, err := h.Accounts.Organisation(ctx, a)
			me := Me{Account: string(a.Account), Name: a.Name, Organisation: name, Hats: []string{}, Rights: []string{}}
			for _, x := range a.Hats {
				me.Hats = append(me.Hats, string(x))
			}
			for _, r := range party.Rights() {
				if a.May(r) {
					me.Rights = append(me.Rights, string(r))
				}
			}
			return answer(me, err)
		})
	operation(api, http.MethodGet, "/communities", "list-communities", "Communities one takes part in",
		func(ctx context.Context, a party.Actor, _ *struct{}) (*Answer[[]Community], error) {
			all, err := h.Office.Communities(ctx, a)
			out := []Community{}
			for _, c := range all {
				f := Community{
					ID: string(c.ID), Name: c.Name, Hub: Recipient{string(c.Hub.Org), c.Hub.Name}, Ceiling: c.Ceiling.String(), LogDays: c.LogDays,
					Members: []Recipient{}, Retired: c.Retired,
				}
				for _, m := range c.Shown(c.Members, a.Org) {
					f.Members = append(f.Members, Recipient{string(m.Org), m.Name})
				}
				out = append(out, f)
			}
			return answer(out, err)
		})
	operation(api, http.MethodGet, "/profile", "get-profile", "What would identify the organisation",
		func(ctx context.Context, a party.Actor, _ *struct{}) (*Answer[Profile], error) {
			p, err := h.Casework.Profile(ctx, a)
			return answer(Profile{p.Text, p.Version}, err)
		})
	operation(api, http.MethodPut, "/profile", "set-profile", "Replace it",
		func(ctx context.Context, a party.Actor, in *struct{ Body Profile }) (*Answer[Profile], error) {
			if err := h.Casework.SetProfile(ctx, a, in.Body.Version, in.Body.Text); err != nil {
				return nil, err
			}
			p, err := h.Casework.Profile(ctx, a)
			return answer(Profile{p.Text, p.Version}, err)
		})
	operation(api, http.MethodGet, "/ledger", "get-ledger", "Who did what in the organisation, the newest first",
		func(ctx context.Context, a party.Actor, in *Back) (*Answer[[]Act], error) {
			acts, _, err := h.Casework.Ledger(ctx, a, in.Before, in.Limit)
			return answer(actForms(acts), err)
		})
	operation(api, http.MethodGet, "/accounts", "list-accounts", "The organisation's accounts",
		func(ctx context.Context, a party.Actor, _ *struct{}) (*Answer[[]Account], error) {
			all, err := h.Accounts.List(ctx, a)
			out := []Account{}
			for _, x := range all {
				out = append(out, accountForm(x))
			}
			return answer(out, err)
		})
	operation(api, http.MethodPost, "/accounts", "create-account", "Make an account in the organisation",
		func(ctx context.Context, a party.Actor, in *struct {
			Body struct {
				Login    string   `json:"login"`
				Name     string   `json:"name"`
				Hats     []string `json:"hats"`
				Password string   `json:"password" minLength:"12"`
			}
		}) (*Answer[Account], error) {
			x := account.Account{Login: in.Body.Login, Name: in.Body.Name}
			for _, hat := range in.Body.Hats {
				x.Hats = append(x.Hats, party.Hat(hat))
			}
			made, err := h.Accounts.Create(ctx, a, x, in.Body.Password)
			return answer(accountForm(made), err)
		})
}
