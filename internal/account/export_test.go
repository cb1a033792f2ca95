package account

import (
	"encoding/base32"
	"testing"
	"time"
)

// CodeAt is what an authenticator shows.
func CodeAt(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	return totp(key, at.Unix()/totpStep)
}

// Keys gives the length of the longest key the brakes keep.
func (x *Accounts) Keys() int {
	x.brakes.mu.Lock()
	defer x.brakes.mu.Unlock()
	most := 0
	for k := range x.brakes.by {
		most = max(most, len(k))
	}
	return most
}
