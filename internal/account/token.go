package account

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// A Token lets a program act for an account, within a scope and until a day.
type Token struct {
	ID      string          `json:"-"`
	Account party.AccountID `json:"account"`
	Name    string          `json:"name"`
	Scope   []party.Right   `json:"scope"`
	Until   time.Time       `json:"until"`
	Ended   bool            `json:"ended,omitempty"`
}

// MaxToken is the longest a token lives.
const MaxToken = 366 * 24 * time.Hour

// MakeToken makes a token for the actor's own account and gives its secret, which is shown
// once. Its scope narrows what the account may do and never widens it. A token makes none.
func (x *Accounts) MakeToken(ctx context.Context, by party.Actor, t Token) (secret string, made Token, err error) {
	now := x.now()
	switch {
	case by.Token:
		return "", Token{}, fault.New(fault.Forbidden, "account.token-may-not")
	case strings.TrimSpace(t.Name) == "" || utf8.RuneCountInString(t.Name) > 100 || len(t.Scope) == 0 ||
		!t.Until.After(now) || t.Until.After(now.Add(MaxToken)):
		return "", Token{}, fault.New(fault.Invalid, "account.token")
	}
	for _, r := range t.Scope {
		if !slices.Contains(party.Rights(), r) {
			return "", Token{}, fault.New(fault.Invalid, "account.token")
		}
	}
	secret, sum, err := newSecret("wk_", x.random)
	if err != nil {
		return "", Token{}, err
	}
	t.Account, t.Until, t.Ended = by.Account, t.Until.UTC().Truncate(time.Second), false
	o := store.Object{Sort: sortToken, Parent: string(by.Account), Lookup: sum}
	if err := x.store.Act(ctx, by.Org, string(by.Account), func(w *store.Writing) error { return w.PutValue("made", &o, t) }); err != nil {
		return "", Token{}, err
	}
	t.ID = o.ID
	return secret, t, nil
}

// ByToken gives the actor of a token's secret: fault.Forbidden if it has ended.
func (x *Accounts) ByToken(ctx context.Context, secret string) (party.Actor, error) {
	org, id, err := x.store.Find(ctx, sortToken, sumOf(secret))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return party.Actor{}, err
	}
	if err != nil {
		return party.Actor{}, errSignIn()
	}
	o, err := x.store.Object(ctx, org, sortToken, id)
	if err != nil {
		return party.Actor{}, err
	}
	t, err := tokenOf(o)
	if err != nil {
		return party.Actor{}, err
	}
	if t.Ended || !x.now().Before(t.Until) {
		return party.Actor{}, errSignIn()
	}
	a, err := x.alive(ctx, org, t.Account)
	if err != nil {
		return party.Actor{}, err
	}
	a.Token, a.Scope = true, t.Scope
	return a, nil
}

func tokenOf(o store.Object) (Token, error) {
	var t Token
	err := o.Value(&t)
	t.ID = o.ID
	return t, err
}

// Tokens lists the tokens of the actor's own account.
func (x *Accounts) Tokens(ctx context.Context, by party.Actor) ([]Token, error) {
	all, err := x.store.Objects(ctx, by.Org, sortToken, string(by.Account))
	if err != nil {
		return nil, err
	}
	out := make([]Token, len(all))
	for k, o := range all {
		if out[k], err = tokenOf(o); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// EndToken ends one of the actor's own tokens, or, for an administrator, anybody's in the
// organisation.
func (x *Accounts) EndToken(ctx context.Context, by party.Actor, id string) error {
	o, err := x.store.Object(ctx, by.Org, sortToken, id)
	if err != nil {
		return err
	}
	t, err := tokenOf(o)
	if err != nil {
		return err
	}
	if t.Account != by.Account && !by.May(party.Administer) {
		return fault.New(fault.NotFound, "store.not-found")
	}
	t.Ended = true
	return x.store.Act(ctx, by.Org, string(by.Account), func(w *store.Writing) error { return w.PutValue("ended", &o, t) })
}
