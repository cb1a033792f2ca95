package relay

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
)

// anothers says whether a pseudonym is the hub's or another member's.
func (b *brought) anothers(name party.Pseudonym) bool {
	if name == b.hub.Identity {
		return b.a.Org != b.Hub
	}
	return slices.ContainsFunc(b.holders, func(h keptHolder) bool { return h.Identity == name && h.Org != b.a.Org })
}

// original refuses another version of what somebody else made and shared here: whoever reads
// both would take the later one for the maker's word.
//
// SPEC: STIX 2.1 §3.6: only the creator makes new versions.
func (b *brought) original(ctx context.Context, objects []parcel.Object) error {
	mine := map[string]party.Pseudonym{}
	var ids []string
	for _, o := range objects {
		if o.Version != "" {
			mine[o.ID] = maker(o)
			ids = append(ids, o.ID)
		}
	}
	places, err := b.placesOf(ctx, b.circle())
	if err != nil {
		return err
	}
	all, err := b.known(ctx, b.circle())
	if err != nil {
		return err
	}
	var to []parcel.AudienceID
	for _, a := range all {
		to = append(to, a.ID)
	}
	foreign := false
	for _, p := range places {
		if p.For == forInbox {
			continue
		}
		err := b.among(ctx, p.ID, to, ids, func(e parcel.Entry) { foreign = foreign || maker(e.Object) != mine[e.ID] })
		if err != nil {
			return err
		}
	}
	if foreign {
		return fault.New(fault.Forbidden, "relay.not-yours")
	}
	return nil
}

func maker(o parcel.Object) party.Pseudonym {
	var by struct {
		Maker party.Pseudonym `json:"created_by_ref"`
	}
	_ = json.Unmarshal(o.Raw, &by) // a sound object: what is no name is nobody's
	return by.Maker
}

// among gives what is there of some objects, in every version.
func (b *brought) among(ctx context.Context, shelf parcel.CollectionID, to []parcel.AudienceID, ids []string, each func(parcel.Entry)) error {
	return b.Relay.among(ctx, b.Hub, shelf, to, ids, each)
}
