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

// tokenTrust is for how long a token that was good is not asked about again. Ending a token
// and changing an account end it at once.
const tokenTrust = 5 * time.Second

// trusted is what a token was good for, and until when that holds.
type trusted struct {
	actor party.Actor
	until time.Time
}

// mostTrusted bounds how many tokens are remembered.
const mostTrusted = 10_000

// ByToken gives the actor of a token's secret: fault.Forbidden if it has ended.
func (x *Accounts) ByToken(ctx context.Context, secret string) (party.Actor, error) {
	sum, now := sumOf(secret), x.now()
	x.mu.Lock()
	k, ok := x.tokens[sum]
	x.mu.Unlock()
	if ok && now.Before(k.until) && k.until.Sub(now) <= tokenTrust {
		return k.actor, nil
	}
	changes := x.changes.Load()
	a, until, err := x.byToken(ctx, sum)
	if err != nil {
		return party.Actor{}, err
	}
	if end := now.Add(tokenTrust); until.After(end) {
		until = end
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.changes.Load() == changes { // nothing was taken away while it was looked up
		if len(x.tokens) >= mostTrusted {
			clear(x.tokens)
		}
		x.tokens[sum] = trusted{a, until}
	}
	return a, nil
}

// distrust makes every token be asked about again.
func (x *Accounts) distrust() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.changes.Add(1)
	clear(x.tokens)
}

func (x *Accounts) byToken(ctx context.Context, sum string) (party.Actor, time.Time, error) {
	org, id, err := x.store.Find(ctx, sortToken, sum)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return party.Actor{}, time.Time{}, err
	}
	if err != nil {
		return party.Actor{}, time.Time{}, errSignIn()
	}
	o, err := x.store.Object(ctx, org, sortToken, id)
	if err != nil {
		return party.Actor{}, time.Time{}, err
	}
	t, err := tokenOf(o)
	if err != nil {
		return party.Actor{}, time.Time{}, err
	}
	if t.Ended || !x.now().Before(t.Until) {
		return party.Actor{}, time.Time{}, errSignIn()
	}
	a, err := x.alive(ctx, org, t.Account)
	if err != nil {
		return party.Actor{}, time.Time{}, err
	}
	a.Token, a.Scope = true, t.Scope
	return a, t.Until, nil
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
	defer x.distrust()
	return x.store.Act(ctx, by.Org, string(by.Account), func(w *store.Writing) error { return w.PutValue("ended", &o, t) })
}
