package web

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
)

type setupBody struct {
	Word                      string
	Organisation, Login, Name string
	Failed                    *fault.Error
}

// setupPage is what a store without accounts shows first.
func (a *asking) setupPage() error {
	if empty, err := a.Accounts.Empty(a.ctx()); err != nil || !empty {
		a.redirect("/")
		return err
	}
	a.show(http.StatusOK, "setup", "web.setup", setupBody{Word: a.r.URL.Query().Get("word")})
	return nil
}

func (a *asking) setup() error {
	a.first.Lock() // of two at once, one finds the store no longer empty
	defer a.first.Unlock()
	if empty, err := a.Accounts.Empty(a.ctx()); err != nil || !empty {
		a.redirect("/")
		return err
	}
	f := setupBody{
		Word: a.form("word"), Organisation: a.form("organisation"), Login: a.form("login"), Name: a.form("name"),
	}
	failed := func(err error) error {
		f.Failed = asFault(err)
		a.show(f.Failed.Kind.Status(), "setup", "web.setup", f)
		return nil
	}
	if a.Setup == "" || subtle.ConstantTimeCompare([]byte(f.Word), []byte(a.Setup)) != 1 {
		return failed(fault.New(fault.Forbidden, "web.setup-word"))
	}
	first := account.Account{Login: f.Login, Name: f.Name, Hats: []party.Hat{party.Administrator, party.Security}}
	if _, err := a.Accounts.Found(a.ctx(), f.Organisation, first, a.r.FormValue("password")); err != nil {
		return failed(err)
	}
	return a.enter(f.Login, a.r.FormValue("password"), "", "/profile")
}

type signBody struct {
	Login, To string
	Failed    *fault.Error
}

func (a *asking) signInPage() error {
	if a.actor.Account != "" {
		a.redirect("/")
		return nil
	}
	a.show(http.StatusOK, "sign-in", "web.sign-in", signBody{To: a.r.URL.Query().Get("to")})
	return nil
}

func (a *asking) signIn() error {
	login := a.form("login")
	err := a.enter(login, a.r.FormValue("password"), a.form("code"), local(a.form("to")))
	if err == nil {
		return nil
	}
	f := asFault(err)
	if f.Kind != fault.Forbidden && f.Kind != fault.Unavailable {
		return err
	}
	a.show(f.Kind.Status(), "sign-in", "web.sign-in", signBody{Login: login, To: a.form("to"), Failed: f})
	return nil
}

func (a *asking) enter(login, password, code, to string) error {
	s, err := a.Accounts.SignIn(a.ctx(), login, password, code, a.from())
	if err != nil {
		return err
	}
	a.setCookie(a.w, sessionCookie, s.Secret, account.MaxSession)
	a.redirect(to)
	return nil
}

// local keeps an address on this site: a path, and not the "//host" that means another.
func local(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}

func (a *asking) signOut() error {
	err := a.Accounts.SignOut(a.ctx(), a.actor, a.secret)
	a.setCookie(a.w, sessionCookie, "", -1)
	a.redirect("/sign-in")
	return err
}

// form gives a field without the space around it.
func (a *asking) form(name string) string { return strings.TrimSpace(a.r.FormValue(name)) }
