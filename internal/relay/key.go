package relay

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
)

const (
	sortSigner store.Sort = store.Credential // what signs is bound by hash alone
	sortHolder store.Sort = "keyholder"
)

// A signer is a key with the name under which it signs: random, one for each pair of
// organisation and community, so that neither tells whose it is.
type signer struct {
	Seed     []byte          `json:"seed"`
	Identity party.Pseudonym `json:"identity"`
	Since    time.Time       `json:"since"`
}

func (s signer) key() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(s.Seed) }

func (s signer) public() string {
	return base64.StdEncoding.EncodeToString(s.key().Public().(ed25519.PublicKey))
}

// signer gives an organisation's key in a community, made when it is first asked for.
func (r *Relay) signer(ctx context.Context, org party.OrgID, id parcel.CommunityID) (signer, error) {
	var s signer
	kept := "signer." + string(id)
	x, err := r.store.Object(ctx, org, sortSigner, kept)
	if err == nil {
		return s, x.Value(&s)
	}
	if fault.KindOf(err) != fault.NotFound {
		return s, err
	}
	var seed []byte
	for range ed25519.SeedSize / 16 {
		b, err := r.bytes()
		if err != nil {
			return s, err
		}
		seed = append(seed, b[:]...)
	}
	name, since, err := r.circles.Pseudonym(ctx, org, id)
	if err != nil {
		return s, err
	}
	s = signer{Seed: seed, Identity: name, Since: since}
	x = store.Object{Sort: sortSigner, ID: kept}
	err = r.store.Act(ctx, org, nobody, func(w *store.Writing) error { return w.PutValue("made", &x, s) })
	if fault.KindOf(err) == fault.Conflict { // another was quicker
		return r.signer(ctx, org, id)
	}
	return s, err
}

// A holder is whose key the hub accepts for a member: registered by a person of that member,
// or by the hub itself.
type holder struct {
	Org      party.OrgID     `json:"org"`
	Key      string          `json:"key"` // base64
	Identity party.Pseudonym `json:"identity"`
}

// Register tells a hub the key and the pseudonym under which the actor's organisation will
// send what its own wakachi seals. A later key replaces an earlier one.
//
// Errors: fault.Conflict for a key or a pseudonym that another uses.
func (r *Relay) Register(ctx context.Context, a party.Actor, hub party.OrgID, id parcel.CommunityID, key string, as party.Pseudonym) error {
	if err := allow(a, party.Administer); err != nil {
		return err
	}
	c, err := r.circles.Kept(ctx, hub, id)
	if err != nil {
		return err
	}
	if !c.Has(a.Org) || c.Retired {
		return notFound()
	}
	if raw, err := base64.StdEncoding.DecodeString(key); err != nil || len(raw) != ed25519.PublicKeySize || !isIdentity(as) {
		return fault.New(fault.Invalid, "relay.key")
	}
	all, err := r.holders(ctx, circle{hub, id})
	if err != nil {
		return err
	}
	own, err := r.signer(ctx, hub, id)
	if err != nil {
		return err
	}
	if as == own.Identity || key == own.public() {
		return fault.New(fault.Conflict, "relay.key-taken")
	}
	var version int64
	for _, h := range all {
		switch {
		case h.Org == a.Org && h.Key == "":
		case h.Org == a.Org:
			version = h.version
		case h.Key == key || h.Identity == as:
			return fault.New(fault.Conflict, "relay.key-taken")
		}
	}
	x := store.Object{Sort: sortHolder, ID: string(id) + "." + string(a.Org), Parent: string(id), Version: version}
	return r.store.Act(ctx, hub, string(a.Account), func(w *store.Writing) error {
		return w.PutValue("registered", &x, holder{a.Org, key, as})
	})
}

// remember keeps under which pseudonym a member shares from a desk in the same store, so that
// nobody else brings anything under it. It has no key: the desk needs none.
func (r *Relay) remember(ctx context.Context, at circle, org party.OrgID, as party.Pseudonym) error {
	all, err := r.holders(ctx, at)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(h keptHolder) bool { return h.Org == org && h.Identity == as }) {
		return nil
	}
	x := store.Object{Sort: sortHolder, ID: string(at.id) + "." + string(org) + ".desk", Parent: string(at.id)}
	err = r.store.Act(ctx, at.hub, nobody, func(w *store.Writing) error { return w.PutValue("shares", &x, holder{Org: org, Identity: as}) })
	if fault.KindOf(err) == fault.Conflict { // another was quicker
		return nil
	}
	return err
}

type keptHolder struct {
	holder
	version int64
}

func (r *Relay) holders(ctx context.Context, at circle) ([]keptHolder, error) {
	kept, err := r.store.Objects(ctx, at.hub, sortHolder, string(at.id))
	if err != nil {
		return nil, err
	}
	out := make([]keptHolder, len(kept))
	for k, x := range kept {
		if err := x.Value(&out[k].holder); err != nil {
			return nil, err
		}
		out[k].version = x.Version
	}
	return out, nil
}

// holderOf says whose key it is, of those who take part in the community now.
func holderOf(c parcel.Community, all []keptHolder, key []byte) (holder, bool) {
	at := slices.IndexFunc(all, func(h keptHolder) bool { return h.Key == base64.StdEncoding.EncodeToString(key) && c.Has(h.Org) })
	if at < 0 {
		return holder{}, false
	}
	return all[at].holder, true
}

func isIdentity(p party.Pseudonym) bool {
	const like = "identity--00000000-0000-4000-8000-000000000000"
	if len(p) != len(like) || p[:len("identity--")] != "identity--" {
		return false
	}
	for k := len("identity--"); k < len(p); k++ {
		hex := p[k] >= '0' && p[k] <= '9' || p[k] >= 'a' && p[k] <= 'f'
		if dash := like[k] == '-'; dash != (p[k] == '-') || !dash && !hex {
			return false
		}
	}
	return true
}
