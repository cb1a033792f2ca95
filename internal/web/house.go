package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/reporting"
	"github.com/wakachi/wakachi/internal/tlp"
)

type profileBody struct {
	casework.Profile
	Typed  string
	Failed *fault.Error
}

func (a *asking) profile() error { return a.showProfile(http.StatusOK, "", nil) }

func (a *asking) showProfile(status int, typed string, failed *fault.Error) error {
	p, err := a.Casework.Profile(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	if typed == "" {
		typed = p.Text
	}
	a.show(status, "profile", "web.profile", profileBody{p, typed, failed})
	return nil
}

func (a *asking) setProfile() error {
	version, err := strconv.ParseInt(a.form("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Usage, "web.form")
	}
	text := strings.ReplaceAll(a.r.FormValue("text"), "\r\n", "\n")
	if err := a.Casework.SetProfile(a.ctx(), a.actor, version, text); err != nil {
		if f := asFault(err); f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.TooLarge {
			return a.showProfile(f.Kind.Status(), text, f)
		}
		return err
	}
	return a.didIt("/profile", "profile", 0)
}

type communitiesBody struct {
	Communities []parcel.Community
	Labels      []tlp.Label
	Failed      *fault.Error
}

func (a *asking) communities() error {
	all, err := a.Office.Communities(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	for k := range all {
		all[k].Members = all[k].Shown(all[k].Members, a.actor.Org)
	}
	a.show(http.StatusOK, "communities", "web.communities", communitiesBody{all, []tlp.Label{tlp.Green, tlp.Amber, tlp.AmberStrict, tlp.Red}, nil})
	return nil
}

// setCommunity makes a community or changes its rules. Its members are kept as they are.
func (a *asking) setCommunity() error {
	c := parcel.Community{}
	if id := a.form("id"); id != "" {
		old, err := a.Office.Community(a.ctx(), a.actor, parcel.CommunityID(id))
		if err != nil {
			return err
		}
		if old.Hub.Org != a.actor.Org {
			return notFound()
		}
		c = old
	}
	c.Name, c.Visible, c.LogDays, c.Retired = a.form("name"), a.form("visible") != "", a.number("log-days"), a.form("retired") != ""
	var err error
	if c.Ceiling, err = tlp.Parse(a.form("ceiling")); err != nil {
		return fault.New(fault.Invalid, "casework.label")
	}
	if c.Hub.Name == "" {
		if c.Hub.Name, err = a.Accounts.Organisation(a.ctx(), a.actor); err != nil {
			return err
		}
	}
	if _, err := a.Office.SetCommunity(a.ctx(), a.actor, c); err != nil {
		return err
	}
	return a.didIt("/communities", "community", 0)
}

type peopleBody struct {
	Accounts []account.Account
	Hats     []party.Hat
	Deputies []exchange.Deputy
	Signing  []party.Hat // whose approval publications take; padded with empty ones
	Signers  []party.Hat
	Typed    account.Account
	Failed   *fault.Error
}

// InGroup says whether an organisation is in a group.
func (v view) InGroup(g parcel.Group, o party.OrgID) bool { return slices.Contains(g.Members, o) }

// Wears says whether an account has a hat.
func (v view) Wears(a account.Account, h party.Hat) bool { return slices.Contains(a.Hats, h) }

func (a *asking) people() error { return a.showPeople(http.StatusOK, account.Account{}, nil) }

func (a *asking) showPeople(status int, typed account.Account, failed *fault.Error) error {
	all, err := a.Accounts.List(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	deputies, err := a.Office.Deputies(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	order, err := a.Reporting.Signing(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	signers := reporting.Signers()
	order = append(order, make([]party.Hat, len(signers)-len(order))...)
	a.show(status, "people", "web.people", peopleBody{all, party.Hats(), deputies, order, signers, typed, failed})
	return nil
}

func (a *asking) hats() []party.Hat {
	var out []party.Hat
	for _, h := range a.r.PostForm["hat"] {
		out = append(out, party.Hat(h))
	}
	return out
}

func (a *asking) createAccount() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	x := account.Account{Login: a.form("login"), Name: a.form("name"), Hats: a.hats()}
	if _, err := a.Accounts.Create(a.ctx(), a.actor, x, a.r.FormValue("password")); err != nil {
		if f := asFault(err); f.Kind == fault.Invalid || f.Kind == fault.Conflict {
			return a.showPeople(f.Kind.Status(), x, f)
		}
		return err
	}
	return a.didIt("/people", "account", 0)
}

func (a *asking) changeAccount() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	version, err := strconv.ParseInt(a.form("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Usage, "web.form")
	}
	x := account.Account{
		ID: party.AccountID(a.r.PathValue("account")), Name: a.form("name"), Hats: a.hats(), Disabled: a.form("disabled") != "", Version: version,
	}
	if _, err := a.Accounts.Change(a.ctx(), a.actor, x); err != nil {
		if f := asFault(err); f.Kind == fault.Invalid {
			return a.showPeople(f.Kind.Status(), account.Account{}, f)
		}
		return err
	}
	return a.didIt("/people", "account", 0)
}

type meBody struct {
	account.Account
	Tokens []account.Token
	Enrol  account.Enrolment
	Rights []party.Right
	Secret string // of a token just made
	Failed *fault.Error
}

func (a *asking) me() error { return a.showMe(http.StatusOK, "", nil) }

func (a *asking) showMe(status int, secret string, failed *fault.Error) error {
	b := meBody{Secret: secret, Failed: failed}
	for _, r := range party.Rights() {
		if a.actor.May(r) {
			b.Rights = append(b.Rights, r)
		}
	}
	var err error
	if b.Account, err = a.Accounts.Own(a.ctx(), a.actor); err != nil {
		return err
	}
	if b.Tokens, err = a.Accounts.Tokens(a.ctx(), a.actor); err != nil {
		return err
	}
	if b.Enrol, err = a.Accounts.BeginTOTP(a.ctx(), a.actor); err != nil {
		return err
	}
	a.show(status, "me", "web.me", b)
	return nil
}

// own answers a form of the reader's own account: with the page again if it was refused.
func (a *asking) own(err error, done string) error {
	if err == nil {
		return a.didIt("/me", done, 0)
	}
	switch f := asFault(err); f.Kind {
	case fault.Invalid, fault.Forbidden, fault.Unavailable, fault.Conflict:
		return a.showMe(f.Kind.Status(), "", f)
	}
	return err
}

func (a *asking) setPassword() error {
	return a.own(a.Accounts.SetPassword(a.ctx(), a.actor, a.r.FormValue("old"), a.r.FormValue("new"), a.secret), "password")
}

func (a *asking) setTOTP() error {
	return a.own(a.Accounts.SetTOTP(a.ctx(), a.actor, a.form("secret"), a.form("code")), "totp")
}

func (a *asking) makeToken() error {
	if err := a.r.ParseForm(); err != nil {
		return formFault(err)
	}
	t := account.Token{Name: a.form("name")}
	for _, s := range a.r.PostForm["scope"] {
		t.Scope = append(t.Scope, party.Right(s))
	}
	days, err := strconv.Atoi(a.form("days"))
	if err != nil || days < 1 || days > 366 {
		return a.own(fault.New(fault.Invalid, "account.token"), "")
	}
	t.Until = a.Now().Add(time.Duration(days) * 24 * time.Hour)
	secret, _, err := a.Accounts.MakeToken(a.ctx(), a.actor, t)
	if err != nil {
		return a.own(err, "")
	}
	return a.showMe(http.StatusOK, secret, nil)
}

func (a *asking) endToken() error {
	if err := a.Accounts.EndToken(a.ctx(), a.actor, a.r.PathValue("token")); err != nil {
		return err
	}
	return a.didIt("/me", "token-ended", 0)
}

type ledgerBody struct {
	Acts       []casework.Act
	Names      map[string]string
	Next       int64
	Checkpoint string
}

func (a *asking) ledger() error {
	acts, checkpoint, err := a.Casework.Ledger(a.ctx(), a.actor, int64(a.number("before")), pageSize)
	if err != nil {
		return err
	}
	b := ledgerBody{Acts: acts, Checkpoint: string(checkpoint)}
	if b.Names, err = a.names(); err != nil {
		return err
	}
	if len(acts) == pageSize {
		b.Next = acts[len(acts)-1].Seq
	}
	a.show(http.StatusOK, "ledger", "web.ledger", b)
	return nil
}
