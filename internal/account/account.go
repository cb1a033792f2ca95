// Package account knows who is asking and what they may do.
//
// An Accounts turns a password and a code, a session's secret or a token into a
// party.Actor, and that is all the rest of the program knows of a person. Another way to
// sign in, a passkey or an identity provider, joins by finding an account and calling begin.
//
// Passwords are kept as argon2id, sessions and tokens as SHA-256 of 256 random bits. Whoever
// guesses is slowed down by login and by address, and hears the same answer after the same
// work whether or not there is such an account.
package account

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// An Accounts keeps the accounts of a store. It may be used by several goroutines.
type Accounts struct {
	store  *store.Store
	now    func() time.Time
	random io.Reader
	brakes *brakes
	hash   hasher

	mu      sync.Mutex
	tokens  map[string]trusted // by the sum of their secret
	changes atomic.Int64       // how often something was taken away
}

// New makes an Accounts. random gives secrets: crypto/rand outside tests.
func New(s *store.Store, now func() time.Time, random io.Reader, cost Cost) *Accounts {
	return &Accounts{store: s, now: now, random: random, brakes: newBrakes(), hash: newHasher(cost), tokens: map[string]trusted{}}
}

// An Account is a person's, in one organisation.
type Account struct {
	ID       party.AccountID `json:"-"`
	Login    string          `json:"login"` // what one types; unique in the whole store, in any case and width
	Name     string          `json:"name"`
	Hats     []party.Hat     `json:"hats"`
	Disabled bool            `json:"disabled,omitempty"`
	TOTP     bool            `json:"-"` // a second factor is set up; filled by Accounts.Own only
	Version  int64           `json:"-"`
}

const (
	sortAccount store.Sort = "account"
	sortToken   store.Sort = "token"
)

// MinPassword is the least number of characters of a password. Length is all that is asked
// for: NIST SP 800-63B has the reasons.
const MinPassword = 12

const maxPassword = 256

func fold(login string) string { return strings.ToLower(norm.NFKC.String(strings.TrimSpace(login))) }

func (a Account) check() error {
	login := fold(a.Login)
	if login == "" || utf8.RuneCountInString(login) > 64 || strings.ContainsFunc(login, func(r rune) bool { return r <= ' ' || r == 0x7f }) ||
		strings.TrimSpace(a.Name) == "" || utf8.RuneCountInString(a.Name) > 100 {
		return fault.New(fault.Invalid, "account.account")
	}
	for _, h := range a.Hats {
		if !slices.Contains(party.Hats(), h) {
			return fault.New(fault.Invalid, "account.hat")
		}
	}
	return nil
}

func checkPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < MinPassword || len(password) > maxPassword {
		return fault.New(fault.Invalid, "account.password", strconv.Itoa(MinPassword))
	}
	return nil
}

// Empty says that nobody has an account yet, so that the first one may be made.
func (x *Accounts) Empty(ctx context.Context) (bool, error) {
	orgs, err := x.store.Organisations(ctx)
	for _, org := range orgs { // one without accounts is what is left of a first run that was cut off
		some, err := x.store.AllObjects(ctx, org, sortAccount)
		if err != nil || len(some) > 0 {
			return false, err
		}
	}
	return err == nil, err
}

// Found makes an organisation and its first account, an administrator's. It asks for no
// actor: package app calls it for a store without organisations, and when a hub takes in a
// tenant.
func (x *Accounts) Found(ctx context.Context, organisation string, first Account, password string) (party.Actor, error) {
	if err := first.check(); err != nil {
		return party.Actor{}, err
	}
	if err := checkPassword(password); err != nil {
		return party.Actor{}, err
	}
	if strings.TrimSpace(organisation) == "" {
		return party.Actor{}, fault.New(fault.Invalid, "account.organisation")
	}
	if _, _, err := x.store.Find(ctx, sortAccount, fold(first.Login)); err == nil {
		return party.Actor{}, fault.New(fault.Conflict, "account.taken")
	}
	o, err := x.store.CreateOrganisation(ctx, "local", organisation)
	if err != nil {
		return party.Actor{}, err
	}
	made, err := x.put(ctx, o.ID, "local", first, password)
	if err != nil {
		return party.Actor{}, err
	}
	return made.actor(o.ID), nil
}

func (a Account) actor(org party.OrgID) party.Actor {
	return party.Actor{Account: a.ID, Org: org, Name: a.Name, Hats: a.Hats}
}

// put keeps a new account with its password.
func (x *Accounts) put(ctx context.Context, org party.OrgID, by string, a Account, password string) (Account, error) {
	secret, err := x.hash.make(ctx, password, x.random)
	if err != nil {
		return Account{}, err
	}
	o := store.Object{Sort: sortAccount, Lookup: fold(a.Login)}
	err = x.store.Act(ctx, org, by, func(w *store.Writing) error {
		if err := w.PutValue("made", &o, a); err != nil {
			return err
		}
		return w.PutValue("set", &store.Object{Sort: store.Credential, ID: o.ID, Parent: o.ID}, credential{Password: secret})
	})
	if err != nil {
		if fault.KindOf(err) == fault.Conflict {
			err = fault.New(fault.Conflict, "account.taken")
		}
		return Account{}, err
	}
	a.ID, a.Version = party.AccountID(o.ID), o.Version
	return a, nil
}

func accountOf(o store.Object) (Account, error) {
	var a Account
	if err := o.Value(&a); err != nil {
		return a, err
	}
	a.ID, a.Version = party.AccountID(o.ID), o.Version
	return a, nil
}

func allow(a party.Actor, r party.Right) error {
	if !a.May(r) {
		return fault.New(fault.Forbidden, "casework.right", string(r))
	}
	return nil
}

// Create makes an account in the actor's organisation.
func (x *Accounts) Create(ctx context.Context, by party.Actor, a Account, password string) (Account, error) {
	if err := allow(by, party.Administer); err != nil {
		return Account{}, err
	}
	if err := a.check(); err != nil {
		return Account{}, err
	}
	if err := checkPassword(password); err != nil {
		return Account{}, err
	}
	return x.put(ctx, by.Org, string(by.Account), a, password)
}

// Change gives an account of the actor's organisation another name or other hats, or
// disables it. Its sessions end. Nobody disables themselves or takes their own
// administrator's hat: somebody must be able to let others in.
func (x *Accounts) Change(ctx context.Context, by party.Actor, a Account) (Account, error) {
	if err := allow(by, party.Administer); err != nil {
		return Account{}, err
	}
	old, err := x.account(ctx, by.Org, a.ID)
	if err != nil {
		return Account{}, err
	}
	a.Login = old.Login
	if err := a.check(); err != nil {
		return Account{}, err
	}
	if a.ID == by.Account && (a.Disabled || !slices.Contains(a.Hats, party.Administrator)) {
		return Account{}, fault.New(fault.Invalid, "account.oneself")
	}
	defer x.distrust()
	o := store.Object{Sort: sortAccount, ID: string(a.ID), Lookup: fold(a.Login), Version: a.Version}
	err = x.store.Act(ctx, by.Org, string(by.Account), func(w *store.Writing) error { return w.PutValue("changed", &o, a) })
	if err != nil {
		return Account{}, err
	}
	a.Version = o.Version
	return a, x.store.EndSessions(ctx, by.Org, string(a.ID), "")
}

func (x *Accounts) account(ctx context.Context, org party.OrgID, id party.AccountID) (Account, error) {
	o, err := x.store.Object(ctx, org, sortAccount, string(id))
	if err != nil {
		return Account{}, err
	}
	return accountOf(o)
}

// List gives the accounts of the actor's organisation.
func (x *Accounts) List(ctx context.Context, by party.Actor) ([]Account, error) {
	if err := allow(by, party.Administer); err != nil {
		return nil, err
	}
	return x.list(ctx, by.Org)
}

func (x *Accounts) list(ctx context.Context, org party.OrgID) ([]Account, error) {
	all, err := x.store.AllObjects(ctx, org, sortAccount)
	if err != nil {
		return nil, err
	}
	out := make([]Account, len(all))
	for k, o := range all {
		if out[k], err = accountOf(o); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Colleagues gives the names and hats of the actor's organisation by account, so that a page
// can say who did something and whom one waits for.
func (x *Accounts) Colleagues(ctx context.Context, by party.Actor) (map[party.AccountID]Account, error) {
	all, err := x.list(ctx, by.Org)
	if err != nil {
		return nil, err
	}
	out := map[party.AccountID]Account{}
	for _, a := range all {
		out[a.ID] = a
	}
	return out, nil
}

// MadeBy gives the account that made one of the actor's organisation; "local" for one made
// with the organisation.
func (x *Accounts) MadeBy(ctx context.Context, by party.Actor, id party.AccountID) (party.AccountID, error) {
	versions, err := x.store.Versions(ctx, by.Org, string(id))
	if err != nil || len(versions) == 0 {
		return "", err
	}
	return party.AccountID(versions[len(versions)-1].By), nil
}

// Own gives the actor's own account.
func (x *Accounts) Own(ctx context.Context, by party.Actor) (Account, error) {
	a, err := x.account(ctx, by.Org, by.Account)
	if err != nil {
		return a, err
	}
	_, c, err := x.credential(ctx, by.Org, by.Account)
	a.TOTP = c.TOTP != ""
	return a, err
}

// Organisation gives the name of the actor's organisation.
func (x *Accounts) Organisation(ctx context.Context, by party.Actor) (string, error) {
	o, err := x.store.Organisation(ctx, by.Org)
	return o.Name, err
}
