package account

import (
	"context"
	"encoding/json"
	"net/netip"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// MaxSession is how long one stays signed in: a long day.
const MaxSession = 12 * time.Hour

// A Session is a browser that has signed in.
type Session struct {
	Secret string // for the browser's cookie, given once
	Until  time.Time
	Actor  party.Actor
}

// kept is the body of a session's row.
type kept struct {
	Began time.Time `json:"began"`
	By    string    `json:"by"` // how one signed in: "password", "password+totp"
}

// errSignIn is the one answer to every way of not signing in.
func errSignIn() error { return fault.New(fault.Forbidden, "account.sign-in") }

// SignIn begins a session. code is of the second factor, empty if there is none. from is
// the address of the one who tries.
//
// Errors: fault.Forbidden, the same for a login that does not exist, a wrong password, a
// wrong or used code and a disabled account; fault.Unavailable for one who has to wait,
// likewise whether or not there is such an account.
func (x *Accounts) SignIn(ctx context.Context, login, password, code string, from netip.Addr) (Session, error) {
	now := x.now()
	login = fold(login)
	// The keys are hashes, so that none is longer than another or tells a name.
	both, all, net := sumOf("both "+login+" "+Network(from)), sumOf("login "+login), sumOf("from "+Network(from))
	keys := []try{{both, freeTries}, {net, manyTries}}
	if !x.brakes.knows(both) { // who guesses from elsewhere does not lock out who comes from where they always do
		keys = append(keys, try{all, manyTries})
	}
	if !x.brakes.begin(now, keys...) {
		return Session{}, fault.New(fault.Unavailable, "account.wait")
	}
	org, a, by, err := x.verify(ctx, login, password, code)
	if err != nil {
		if fault.KindOf(err) != fault.Forbidden { // nobody guessed wrong
			for _, k := range keys {
				x.brakes.back(k.key)
			}
		}
		return Session{}, err
	}
	x.brakes.passed(both)
	x.brakes.passed(all)
	x.brakes.back(net)
	x.brakes.know(both)
	return x.begin(ctx, org, a, by)
}

// Network is what one guesser can be taken to hold: an IPv4 address, an IPv6 /64.
func Network(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		p, _ := a.Prefix(64)
		return p.String()
	}
	return a.String()
}

func (x *Accounts) verify(ctx context.Context, login, password, code string) (party.OrgID, Account, string, error) {
	org, id, err := x.store.Find(ctx, sortAccount, login)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return "", Account{}, "", err
	}
	var a Account
	var c credential
	if err == nil {
		if a, err = x.account(ctx, org, party.AccountID(id)); err != nil {
			return "", Account{}, "", err
		}
		if _, c, err = x.credential(ctx, org, a.ID); err != nil {
			return "", Account{}, "", err
		}
	}
	if len(password) > maxPassword {
		password = ""
	}
	same, err := x.hash.same(ctx, password, c.Password)
	if err != nil {
		return "", Account{}, "", err
	}
	by := "password"
	fits := true
	if c.TOTP != "" {
		by, fits = "password+totp", x.once(a.ID, matchTOTP(c.TOTP, code, x.now()))
	}
	if !same || !fits || a.ID == "" || a.Disabled {
		return "", Account{}, "", errSignIn()
	}
	return org, a, by, nil
}

// once lets each step of the second factor pass one time; 0 is none.
func (x *Accounts) once(id party.AccountID, step int64) bool {
	return step != 0 && x.brakes.once(string(id), step)
}

// begin opens a session for an account that has shown who it is, by whatever means.
func (x *Accounts) begin(ctx context.Context, org party.OrgID, a Account, by string) (Session, error) {
	secret, sum, err := newSecret("", x.random)
	if err != nil {
		return Session{}, err
	}
	now := x.now().UTC().Truncate(time.Second)
	body, err := json.Marshal(kept{now, by})
	if err != nil {
		return Session{}, fault.Wrap(err, fault.Internal, "account.kept")
	}
	s := Session{Secret: secret, Until: now.Add(MaxSession), Actor: a.actor(org)}
	if err := x.store.ForgetSessions(ctx, now); err != nil {
		return Session{}, err
	}
	if err := x.store.PutSession(ctx, org, store.Session{Sum: sum, Account: string(a.ID), Until: s.Until, Body: body}); err != nil {
		return Session{}, err
	}
	return s, x.store.Act(ctx, org, string(a.ID), func(w *store.Writing) error { return w.Note("signed-in", string(a.ID)) })
}

// Who gives the actor of a session's secret: fault.Forbidden if it has ended, or never was.
func (x *Accounts) Who(ctx context.Context, secret string) (party.Actor, error) {
	s, err := x.store.FindSession(ctx, sumOf(secret))
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return party.Actor{}, err
	}
	if err != nil || !x.now().Before(s.Until) {
		return party.Actor{}, errSignIn()
	}
	return x.alive(ctx, s.Org, party.AccountID(s.Account))
}

// alive gives the actor of an account that is not disabled.
func (x *Accounts) alive(ctx context.Context, org party.OrgID, id party.AccountID) (party.Actor, error) {
	a, err := x.account(ctx, org, id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return party.Actor{}, err
	}
	if err != nil || a.Disabled {
		return party.Actor{}, errSignIn()
	}
	return a.actor(org), nil
}

// SignOut ends one session.
func (x *Accounts) SignOut(ctx context.Context, by party.Actor, secret string) error {
	return x.store.EndSession(ctx, by.Org, sumOf(secret))
}

// SetPassword changes the actor's own password and ends all other sessions of the account.
func (x *Accounts) SetPassword(ctx context.Context, by party.Actor, old, fresh, secret string) error {
	if by.Token {
		return fault.New(fault.Forbidden, "account.token-may-not")
	}
	if err := checkPassword(fresh); err != nil {
		return err
	}
	o, c, err := x.credential(ctx, by.Org, by.Account)
	if err != nil {
		return err
	}
	if !x.brakes.begin(x.now(), try{string(by.Account), freeTries}) {
		return fault.New(fault.Unavailable, "account.wait")
	}
	same, err := x.hash.same(ctx, old, c.Password)
	if err != nil {
		x.brakes.back(string(by.Account))
		return err
	}
	if !same {
		return errSignIn()
	}
	x.brakes.passed(string(by.Account))
	if c.Password, err = x.hash.make(ctx, fresh, x.random); err != nil {
		return err
	}
	if err := x.store.Act(ctx, by.Org, string(by.Account), func(w *store.Writing) error { return w.PutValue("set", &o, c) }); err != nil {
		return err
	}
	return x.store.EndSessions(ctx, by.Org, string(by.Account), sumOf(secret))
}
