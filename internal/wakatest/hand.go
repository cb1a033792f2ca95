package wakatest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/stix"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A Hand is a member that writes and seals what it brings by itself: a program of somebody
// else's, or a dishonest one. Nothing looks through what it makes.
type Hand struct {
	*Person
	As    party.Pseudonym
	Inbox parcel.CollectionID
	key   ed25519.PrivateKey
}

// Hand registers a key and a pseudonym for the person's organisation.
func (p *Person) Hand() *Hand {
	p.h.t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(p.h, "key", key, err)
	x := &Hand{Person: p, As: party.Pseudonym("identity--" + UUID()), key: key, Inbox: p.Shelf("inbox").ID}
	if err := x.Register(x.As); err != nil {
		p.h.t.Fatalf("register: %v", err)
	}
	return x
}

// Register asks the hub to take the hand's key with a pseudonym.
func (x *Hand) Register(as party.Pseudonym) error {
	public := base64.StdEncoding.EncodeToString(x.key.Public().(ed25519.PublicKey))
	return x.h.Relay.Register(x.h.t.Context(), x.Actor, x.h.Org("hub"), x.h.Community, public, as)
}

// UUID makes a random one, of version 4.
func UUID() string {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// ParcelID makes one that no parcel has.
func ParcelID() parcel.ID {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // it never fails
	return parcel.ID("parcel-" + hex.EncodeToString(b[:]))
}

// Indicator writes an indicator for a domain name, made by whom it says.
func Indicator(by party.Pseudonym, domain string, modified time.Time) json.RawMessage {
	at := stix.Timestamp(modified)
	return fmt.Appendf(nil, `{"type":"indicator","spec_version":"2.1","id":"indicator--%s","created_by_ref":%q,"created":%q,"modified":%q,`+
		`"pattern":"[domain-name:value = '%s']","pattern_type":"stix","valid_from":%q,"object_marking_refs":["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"]}`,
		UUID(), by, at, at, domain, at)
}

// Domain writes the observable of a domain name under its deterministic id; those who bring
// the same name bring the same object.
func Domain(name, id string) json.RawMessage {
	return fmt.Appendf(nil, `{"type":"domain-name","spec_version":"2.1","id":"domain-name--%s","value":%q}`, id, name)
}

// Paper begins a paper of the hand's.
func (x *Hand) Paper(kind string) parcel.Paper {
	p := parcel.Paper{ID: kind + "--" + UUID(), By: x.As, Created: x.h.Now(), Modified: x.h.Now(), Label: tlp.Amber}
	copy(p.Key[:], x.key.Public().(ed25519.PublicKey))
	return p
}

// Sign signs a text with the registered key.
func (x *Hand) Sign(text []byte) []byte { return ed25519.Sign(x.key, text) }

// Seal seals objects as a parcel to the community; edit may be nil.
func (x *Hand) Seal(id parcel.ID, objects []json.RawMessage, edit func(*parcel.Waybill)) json.RawMessage {
	x.h.t.Helper()
	w := parcel.Waybill{Paper: x.Paper("wakachi-seal"), Parcel: id, To: parcel.Addressed{Reach: party.Community}}
	for _, raw := range objects {
		o, err := stix.Object(raw)
		must(x.h, "object", o, err)
		w.Manifest = append(w.Manifest, parcel.Piece{Ref: o.ID, Version: o.Version, Sum: o.Sum})
	}
	if edit != nil {
		edit(&w)
	}
	raw, err := stix.EncodeSeal(w, x.Sign)
	return must(x.h, "seal", raw, err)
}

// TakeBack writes a recall of a parcel.
func (x *Hand) TakeBack(id parcel.ID, edit func(*parcel.Recall)) json.RawMessage {
	x.h.t.Helper()
	r := parcel.Recall{Paper: x.Paper("wakachi-recall"), Action: parcel.Retract, Parcel: id, Reason: parcel.Harm}
	if edit != nil {
		edit(&r)
	}
	raw, err := stix.EncodeRecall(r, x.Sign)
	return must(x.h, "recall", raw, err)
}

// Bring lays objects in the inbox.
func (x *Hand) Bring(objects ...json.RawMessage) parcel.Status {
	x.h.t.Helper()
	s, err := x.h.Relay.Add(x.h.t.Context(), x.Actor, x.Inbox, objects)
	return must(x.h, "bring", s, err)
}

// Failures gives why objects were not taken, in their order.
func Failures(s parcel.Status) []string {
	var out []string
	for _, x := range s.Results {
		if x.Failure != "" {
			out = append(out, x.ID+": "+x.Failure)
		}
	}
	return out
}
