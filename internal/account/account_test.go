package account_test

import (
	"crypto/rand"
	"encoding/base32"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

const password = "a long enough phrase"

var home = netip.MustParseAddr("192.0.2.7")

// A door is an Accounts with one organisation, a clock and an administrator.
type door struct {
	*account.Accounts
	t     *testing.T
	store *store.Store
	dir   string
	admin party.Actor

	mu  sync.Mutex
	now time.Time
}

func (d *door) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *door) wait(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

func build(t *testing.T) *door {
	t.Helper()
	d := &door{t: t, now: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), dir: filepath.Join(t.TempDir(), "data")}
	var err error
	if d.store, err = store.Open(t.Context(), d.dir, store.Options{Now: d.clock, Random: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.store.Close() })
	d.Accounts = account.New(d.store, d.clock, rand.Reader, account.Cost{})
	d.admin, err = d.Found(t.Context(), "house", account.Account{Login: "Admin", Name: "A", Hats: []party.Hat{party.Administrator, party.Security}}, password)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *door) signIn(login, pass, code string) (account.Session, error) {
	return d.SignIn(d.t.Context(), login, pass, code, home)
}

func (d *door) wantKind(what string, err error, kind fault.Kind) {
	d.t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		d.t.Errorf("%s: %v, want %v", what, err, kind)
	}
}

func TestSignInAndOut(t *testing.T) {
	d := build(t)
	s, err := d.signIn(" ＡＤＭＩＮ ", password, "")
	if err != nil {
		t.Fatal(err)
	}
	if a, err := d.Who(t.Context(), s.Secret); err != nil || a.Account != d.admin.Account || !a.May(party.Administer) || a.Token {
		t.Errorf("it is %+v, %v", a, err)
	}
	if err := d.SignOut(t.Context(), d.admin, s.Secret); err != nil {
		t.Fatal(err)
	}
	_, err = d.Who(t.Context(), s.Secret)
	d.wantKind("a session that was ended", err, fault.Forbidden)
	s, _ = d.signIn("admin", password, "")
	d.wait(account.MaxSession)
	_, err = d.Who(t.Context(), s.Secret)
	d.wantKind("a session of yesterday", err, fault.Forbidden)
	for _, secret := range []string{"", "x", s.Secret + "x"} {
		_, err = d.Who(t.Context(), secret)
		d.wantKind("a secret of nobody's", err, fault.Forbidden)
	}
}

func TestWhoGuessesWaits(t *testing.T) {
	d := build(t)
	for range 5 {
		_, err := d.signIn("admin", "wrong", "")
		d.wantKind("a wrong password", err, fault.Forbidden)
	}
	_, err := d.signIn("admin", password, "")
	d.wantKind("the right one too soon", err, fault.Unavailable)
	if _, err := d.SignIn(t.Context(), "admin", password, "", netip.MustParseAddr("198.51.100.9")); err != nil {
		t.Errorf("from elsewhere one is locked out too: %v", err)
	}
	d.wait(31 * time.Second)
	if _, err := d.signIn("admin", password, ""); err != nil {
		t.Errorf("after waiting: %v", err)
	}
}

// Fifty wrong logins from one network, whatever they are, and the network waits.
func TestANetworkThatGuessesWaits(t *testing.T) {
	if testing.Short() {
		t.Skip("fifty passwords")
	}
	d := build(t)
	for n := range 50 {
		addr := netip.MustParseAddr("2001:db8:0:1::1")
		for range n {
			addr = addr.Next()
		}
		if _, err := d.SignIn(t.Context(), "someone-"+addr.String(), "wrong", "", addr); err == nil {
			t.Fatal("it opened")
		}
	}
	_, err := d.SignIn(t.Context(), "admin", password, "", netip.MustParseAddr("2001:db8:0:1::ffff"))
	d.wantKind("the same /64", err, fault.Unavailable)
	if _, err := d.SignIn(t.Context(), "admin", password, "", netip.MustParseAddr("2001:db8:0:2::1")); err != nil {
		t.Errorf("another /64: %v", err)
	}
}

func TestSecondFactor(t *testing.T) {
	d := build(t)
	e, err := d.BeginTOTP(t.Context(), d.admin)
	if err != nil || !strings.HasPrefix(e.URL, "otpauth://totp/wakachi:Admin?") {
		t.Fatalf("%+v, %v", e, err)
	}
	d.wantKind("a wrong code", d.SetTOTP(t.Context(), d.admin, e.Secret, "000000"), fault.Invalid)
	code := func() string { return account.CodeAt(t, e.Secret, d.clock()) }
	if err := d.SetTOTP(t.Context(), d.admin, e.Secret, code()); err != nil {
		t.Fatal(err)
	}
	_, err = d.signIn("admin", password, "")
	d.wantKind("no code", err, fault.Forbidden)
	d.wait(time.Minute)
	used := code()
	if _, err := d.signIn("admin", password, used); err != nil {
		t.Fatal(err)
	}
	_, err = d.signIn("admin", password, used)
	d.wantKind("a code used twice", err, fault.Forbidden)
	d.wait(30 * time.Second)
	late := code()
	d.wait(30 * time.Second)
	if _, err := d.signIn("admin", password, late); err != nil {
		t.Errorf("a clock half a minute slow: %v", err)
	}
	d.wait(10 * time.Minute)
	_, err = d.signIn("admin", password, late)
	d.wantKind("an old code", err, fault.Forbidden)
	if err := d.SetTOTP(t.Context(), d.admin, "", code()); err != nil {
		t.Errorf("turning it off: %v", err)
	}
	if _, err := d.signIn("admin", password, ""); err != nil {
		t.Errorf("without it: %v", err)
	}
}

// SPEC: RFC 6238 Appendix B, cut to six digits.
func TestCodesAreThoseOfTheRFC(t *testing.T) {
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := account.CodeAt(t, secret, time.Unix(at, 0)); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

func TestAccounts(t *testing.T) {
	d := build(t)
	ctx := t.Context()
	made, err := d.Create(ctx, d.admin, account.Account{Login: "yamada", Name: "山田", Hats: []party.Hat{party.Legal}}, password)
	if err != nil {
		t.Fatal(err)
	}
	for what, a := range map[string]account.Account{
		"a login that is taken, in another width": {Login: "ＹＡＭＡＤＡ", Name: "x"}, "no login": {Name: "x"}, "a login with a space": {Login: "a b", Name: "x"},
		"no name": {Login: "x"}, "a hat there is not": {Login: "x", Name: "x", Hats: []party.Hat{"root"}}, "a login too long": {Login: strings.Repeat("x", 65), Name: "x"},
	} {
		if _, err := d.Create(ctx, d.admin, a, password); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
	for _, p := range []string{"", "short", "elevenchars", strings.Repeat("x", 300)} {
		_, err := d.Create(ctx, d.admin, account.Account{Login: "p", Name: "p"}, p)
		d.wantKind("a bad password", err, fault.Invalid)
	}
	s, err := d.signIn("yamada", password, "")
	if err != nil {
		t.Fatal(err)
	}
	legal := s.Actor
	_, err = d.Create(ctx, legal, account.Account{Login: "q", Name: "q"}, password)
	d.wantKind("an account made by who may not", err, fault.Forbidden)
	made.Disabled = true
	if made, err = d.Change(ctx, d.admin, made); err != nil {
		t.Fatal(err)
	}
	_, err = d.Who(ctx, s.Secret)
	d.wantKind("the session of a disabled account", err, fault.Forbidden)
	_, err = d.signIn("yamada", password, "")
	d.wantKind("signing in to it", err, fault.Forbidden)

	self, err := d.Own(ctx, d.admin)
	if err != nil {
		t.Fatal(err)
	}
	self.Hats = []party.Hat{party.Security}
	_, err = d.Change(ctx, d.admin, self)
	d.wantKind("taking one's own administrator's hat", err, fault.Invalid)

	other, err := d.Found(ctx, "other", account.Account{Login: "other", Name: "O", Hats: []party.Hat{party.Administrator}}, password)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Change(ctx, other, made)
	d.wantKind("changing another organisation's account", err, fault.NotFound)
	if all, err := d.List(ctx, other); err != nil || len(all) != 1 {
		t.Errorf("the other sees %d accounts, %v", len(all), err)
	}
}

func TestPasswordsChange(t *testing.T) {
	d := build(t)
	ctx := t.Context()
	here, _ := d.signIn("admin", password, "")
	there, _ := d.signIn("admin", password, "")
	d.wantKind("a wrong old one", d.SetPassword(ctx, d.admin, "wrong", "another long phrase", here.Secret), fault.Forbidden)
	if err := d.SetPassword(ctx, d.admin, password, "another long phrase", here.Secret); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Who(ctx, here.Secret); err != nil {
		t.Errorf("the session that changed it: %v", err)
	}
	_, err := d.Who(ctx, there.Secret)
	d.wantKind("the other session", err, fault.Forbidden)
	_, err = d.signIn("admin", password, "")
	d.wantKind("the old password", err, fault.Forbidden)
	if found, err := store.Check(ctx, d.dir, nil); err != nil || len(found.Faults) > 0 {
		t.Errorf("check: %v %q", err, found.Faults)
	}
}

func TestATokenMakesNoToken(t *testing.T) {
	d := build(t)
	ctx := t.Context()
	until := d.clock().Add(time.Hour)
	secret, made, err := d.MakeToken(ctx, d.admin, account.Token{Name: "t", Scope: party.Rights(), Until: until})
	if err != nil {
		t.Fatal(err)
	}
	key, err := d.ByToken(ctx, secret)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = d.MakeToken(ctx, key, account.Token{Name: "u", Scope: party.Rights(), Until: until})
	d.wantKind("a token of a token", err, fault.Forbidden)
	d.wantKind("a password by token", d.SetPassword(ctx, key, password, "another long phrase", ""), fault.Forbidden)
	d.wantKind("a second factor by token", d.SetTOTP(ctx, key, "AAAA", "000000"), fault.Forbidden)
	for what, x := range map[string]account.Token{
		"no name": {Scope: party.Rights(), Until: until}, "no scope": {Name: "t", Until: until}, "no end": {Name: "t", Scope: party.Rights()},
		"an end too far": {Name: "t", Scope: party.Rights(), Until: until.AddDate(2, 0, 0)}, "a right there is not": {Name: "t", Scope: []party.Right{"all"}, Until: until},
	} {
		if _, _, err := d.MakeToken(ctx, d.admin, x); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
	if err := d.EndToken(ctx, d.admin, made.ID); err != nil {
		t.Fatal(err)
	}
	_, err = d.ByToken(ctx, secret)
	d.wantKind("an ended token", err, fault.Forbidden)
	if all, err := d.Tokens(ctx, d.admin); err != nil || len(all) != 1 || !all[0].Ended {
		t.Errorf("tokens: %+v, %v", all, err)
	}
}
