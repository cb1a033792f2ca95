package account_test

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/fault"
)

// Guesses that come at once are no more than guesses one after another, of a password as of a
// code, and of one's own old password.
func TestClass45_AtOnce(t *testing.T) {
	d := build(t)
	s, err := d.signIn("admin", password, "")
	if err != nil {
		t.Fatal(err)
	}
	for what, guess := range map[string]func() error{
		"sign in": func() error { _, err := d.signIn("nobody", "wrong password", ""); return err },
		"set password": func() error {
			return d.SetPassword(t.Context(), d.admin, "wrong password", "another long one", s.Secret)
		},
	} {
		var looked atomic.Int64
		var all sync.WaitGroup
		for range 30 {
			all.Go(func() {
				if fault.KindOf(guess()) == fault.Forbidden {
					looked.Add(1)
				}
			})
		}
		all.Wait()
		if looked.Load() > 5 {
			t.Errorf("%s: %d of 30 were looked at", what, looked.Load())
		}
	}
}

// Many networks together that guess at one login do not lock out its owner where they always
// come from; whoever comes from a new place waits.
func TestClass45_LockingOthersOut(t *testing.T) {
	d := build(t)
	home, away := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.200")
	if _, err := d.SignIn(t.Context(), "admin", password, "", home); err != nil {
		t.Fatal(err)
	}
	for n := range 60 {
		from := netip.AddrFrom4([4]byte{198, 51, 100, byte(n)})
		if _, err := d.SignIn(t.Context(), "admin", "wrong password", "", from); err == nil {
			t.Fatal("a guess was right")
		}
	}
	_, err := d.SignIn(t.Context(), "admin", password, "", away)
	d.wantKind("from a new place", err, fault.Unavailable)
	if _, err := d.SignIn(t.Context(), "admin", password, "", home); err != nil {
		t.Errorf("from home: %v", err)
	}
	mapped := netip.MustParseAddr("::ffff:198.51.100.250")
	for range 6 {
		_, err = d.SignIn(t.Context(), "nobody", "wrong password", "", netip.MustParseAddr("198.51.100.250"))
	}
	d.wantKind("guesses", err, fault.Unavailable)
	_, err = d.SignIn(t.Context(), "ＮＯＢＯＤＹ ", "wrong password", "", mapped)
	d.wantKind("the same in another form", err, fault.Unavailable)
}

// A login of megabytes is forgotten with the request: keys are of one size.
func TestClass58_LongLogins(t *testing.T) {
	d := build(t)
	long := strings.Repeat("x", 1<<20)
	for n := range 5 {
		_, err := d.signIn(fmt.Sprint(long, n), "wrong password", "")
		d.wantKind("a long login", err, fault.Forbidden)
	}
	if n := d.Keys(); n > 100 {
		t.Errorf("a key has %d bytes", n)
	}
}

// A second factor that is on is not replaced, no secret is too short, and a code that has
// opened the door does not close it.
func TestClass45_SecondFactorIsNotReplaced(t *testing.T) {
	d := build(t)
	first, err := d.BeginTOTP(t.Context(), d.admin)
	if err != nil {
		t.Fatal(err)
	}
	d.wantKind("a short secret", d.SetTOTP(t.Context(), d.admin, "GEZDGNBV", account.CodeAt(t, "GEZDGNBV", d.clock())), fault.Invalid)
	if err := d.SetTOTP(t.Context(), d.admin, first.Secret, account.CodeAt(t, first.Secret, d.clock())); err != nil {
		t.Fatal(err)
	}
	d.wait(time.Minute)
	thief, err := d.BeginTOTP(t.Context(), d.admin)
	if err != nil {
		t.Fatal(err)
	}
	d.wantKind("another's authenticator", d.SetTOTP(t.Context(), d.admin, thief.Secret, account.CodeAt(t, thief.Secret, d.clock())), fault.Conflict)
	code := account.CodeAt(t, first.Secret, d.clock())
	if _, err := d.signIn("admin", password, code); err != nil {
		t.Fatal(err)
	}
	d.wantKind("a used code", d.SetTOTP(t.Context(), d.admin, "", code), fault.Invalid)
}
