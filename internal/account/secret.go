package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

// A credential is what opens an account. The ledger has its hash only.
type credential struct {
	Password string `json:"password"`       // argon2id in the PHC form
	TOTP     string `json:"totp,omitempty"` // base32; empty: no second factor
}

func (x *Accounts) credential(ctx context.Context, org party.OrgID, id party.AccountID) (store.Object, credential, error) {
	var c credential
	o, err := x.store.Object(ctx, org, store.Credential, string(id))
	if err == nil {
		err = o.Value(&c)
	}
	return o, c, err
}

// Costs of argon2id: 19 MiB and two passes, the least OWASP names for it.
const (
	hashMemory = 19 * 1024 // KiB
	hashPasses = 2
	hashLength = 32
)

// A Cost is what one guess at a password takes. The zero Cost is the default; less is for
// tests, more for machines that can spare it.
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
}

// A hasher works on few passwords at a time, since each takes its memory.
type hasher struct {
	room  chan struct{}
	cost  Cost
	dummy string // of nobody, to be compared with when there is no account
}

func newHasher(c Cost) hasher {
	if c == (Cost{}) {
		c = Cost{hashMemory, hashPasses}
	}
	h := hasher{room: make(chan struct{}, 2), cost: c}
	h.dummy, _ = h.make(context.Background(), "nobody has this password", rand.Reader)
	return h
}

func (h hasher) enter(ctx context.Context) error {
	select {
	case h.room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.Wrap(ctx.Err(), fault.Unavailable, "store.stopped")
	}
}

func (h hasher) make(ctx context.Context, password string, random io.Reader) (string, error) {
	var salt [16]byte
	if _, err := io.ReadFull(random, salt[:]); err != nil {
		return "", fault.Wrap(err, fault.Internal, "account.kept")
	}
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.room }()
	sum := argon2.IDKey([]byte(password), salt[:], h.cost.Passes, h.cost.Memory, 1, hashLength)
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", h.cost.Memory, h.cost.Passes,
		base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(sum)), nil
}

// same says whether a password is the one that was hashed. It takes as long for a hash it
// cannot read.
func (h hasher) same(ctx context.Context, password, kept string) (bool, error) {
	f := strings.Split(kept, "$")
	var memory, passes uint32
	known := len(f) == 6
	if known {
		_, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=1", &memory, &passes)
		known = err == nil && f[1] == "argon2id" && memory <= 1<<20 && passes <= 16 && passes > 0
	}
	if !known {
		f, memory, passes = strings.Split(h.dummy, "$"), h.cost.Memory, h.cost.Passes
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(f[4])
	want, err2 := base64.RawStdEncoding.DecodeString(f[5])
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer func() { <-h.room }()
	sum := argon2.IDKey([]byte(password), salt, passes, memory, 1, hashLength)
	return known && err1 == nil && err2 == nil && subtle.ConstantTimeCompare(sum, want) == 1, nil
}

// newSecret makes 256 random bits as text, and what is kept of them.
func newSecret(prefix string, random io.Reader) (secret, sum string, err error) {
	var b [32]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", "", fault.Wrap(err, fault.Internal, "account.kept")
	}
	secret = prefix + base64.RawURLEncoding.EncodeToString(b[:])
	return secret, sumOf(secret), nil
}

func sumOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
