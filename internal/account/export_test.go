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
