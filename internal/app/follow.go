package app

import (
	"context"
	"encoding/json"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/taxii"
)

// server makes a client for the server of a feed: with a name and a password, or with a token, or with nothing.
func (c *courier) server(f parcel.Feed, secret string) (*taxii.Client, error) {
	set := taxii.ClientConfig{URL: f.URL, Allow: c.allow, TLS: c.tls, Proxy: c.proxy}
	if f.User != "" {
		set.User, set.Password = f.User, secret
	} else {
		set.Token = secret
	}
	return taxii.NewClient(set)
}

// roots lists the API roots of a server, the default first.
func roots(ctx context.Context, k *taxii.Client) ([]string, error) {
	d, err := k.Discover(ctx)
	if err != nil {
		return nil, err
	}
	out := []string{}
	if d.Default != "" {
		out = append(out, d.Default)
	}
	for _, r := range d.Roots {
		if r != d.Default {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "relay.feed-server")
	}
	return out, nil
}

// Offers lists the collections under all API roots. A root that does not answer does not keep the others.
func (c *courier) Offers(ctx context.Context, f parcel.Feed, secret string) ([]parcel.Collection, error) {
	k, err := c.server(f, secret)
	if err != nil {
		return nil, err
	}
	defer k.Close()
	all, err := roots(ctx, k)
	if err != nil {
		return nil, err
	}
	var out []parcel.Collection
	var first error
	for _, root := range all {
		some, err := k.Collections(ctx, root)
		if err != nil && first == nil {
			first = err
		}
		out = append(out, some...)
	}
	if len(out) > 0 {
		first = nil
	}
	return out, first
}

// Follow reads a collection on from where it was left, wherever on the server it is.
func (c *courier) Follow(ctx context.Context, f parcel.Feed, secret string, took func([]json.RawMessage, json.RawMessage) error) error {
	k, err := c.server(f, secret)
	if err != nil {
		return err
	}
	defer k.Close()
	all, err := roots(ctx, k)
	if err != nil {
		return err
	}
	var from taxii.Cursor
	if len(f.Cursor) > 0 {
		if err := json.Unmarshal(f.Cursor, &from); err != nil {
			return fault.Wrap(err, fault.Damaged, "store.damaged")
		}
	}
	for _, root := range all {
		some, err := k.Collections(ctx, root)
		if err != nil {
			return err
		}
		for _, x := range some {
			if x.ID != f.Collection {
				continue
			}
			_, err := k.Poll(ctx, taxii.Remote{Root: root, Collection: x.ID}, from, func(e taxii.Envelope) error {
				cursor, err := json.Marshal(e.Cursor)
				if err != nil {
					return fault.Wrap(err, fault.Internal, "store.internal")
				}
				return took(e.Objects, cursor)
			})
			return err
		}
	}
	return fault.New(fault.NotFound, "relay.feed-collection")
}
