package account

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 as every authenticator has it
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// Numbers of RFC 6238 that authenticators take for granted.
const (
	totpStep   = 30 // seconds
	totpDigits = 6
	minTOTPKey = 16 // bytes of a secret: RFC 4226 §4, R6
)

// totp gives the code of one step.
//
// SPEC: RFC 6238 §4, RFC 4226 §5.3.
func totp(secret []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	m := hmac.New(sha1.New, secret)
	m.Write(counter[:])
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%0*d", totpDigits, (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1000000)
}

// matchTOTP gives the step a code is of: this one, the one before or the one after, for a
// clock that is a little wrong. 0 is none.
func matchTOTP(secret, code string, now time.Time) int64 {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil || len(key) < minTOTPKey || len(code) != totpDigits {
		return 0
	}
	var found int64
	for d := int64(-1); d <= 1; d++ {
		step := now.Unix()/totpStep + d
		if subtle.ConstantTimeCompare([]byte(totp(key, step)), []byte(code)) == 1 {
			found = step
		}
	}
	return found
}

// An Enrolment is a second factor on its way: the secret to type or scan into an
// authenticator. It counts after Enrol has seen a code made with it.
type Enrolment struct {
	Secret string // base32
	URL    string // otpauth://
}

// BeginTOTP makes a secret for the actor's own account. Nothing is kept yet.
func (x *Accounts) BeginTOTP(ctx context.Context, by party.Actor) (Enrolment, error) {
	a, err := x.account(ctx, by.Org, by.Account)
	if err != nil {
		return Enrolment{}, err
	}
	var b [20]byte
	if _, err := io.ReadFull(x.random, b[:]); err != nil {
		return Enrolment{}, fault.Wrap(err, fault.Internal, "account.kept")
	}
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/wakachi:" + a.Login, RawQuery: url.Values{"secret": {secret}, "issuer": {"wakachi"}}.Encode()}
	return Enrolment{secret, u.String()}, nil
}

// SetTOTP turns the second factor of the actor's own account on, with a code that shows the
// authenticator works; with an empty secret it turns it off, with a code of the one it has.
// One that is on is not replaced: fault.Conflict. A code that was used counts no more.
func (x *Accounts) SetTOTP(ctx context.Context, by party.Actor, secret, code string) error {
	if by.Token {
		return fault.New(fault.Forbidden, "account.token-may-not")
	}
	o, c, err := x.credential(ctx, by.Org, by.Account)
	if err != nil {
		return err
	}
	if secret != "" && c.TOTP != "" {
		return fault.New(fault.Conflict, "account.totp-is-on") // or whoever borrowed a session would put theirs in its place
	}
	if !x.brakes.begin(x.now(), try{string(by.Account), freeTries}) {
		return fault.New(fault.Unavailable, "account.wait")
	}
	if !x.once(by.Account, matchTOTP(cmp.Or(secret, c.TOTP), code, x.now())) {
		return fault.New(fault.Invalid, "account.code")
	}
	x.brakes.passed(string(by.Account))
	c.TOTP = secret
	return x.store.Act(ctx, by.Org, string(by.Account), func(w *store.Writing) error { return w.PutValue("set", &o, c) })
}
