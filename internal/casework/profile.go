package casework

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/profile"
	"github.com/wakachi/wakachi/internal/store"
)

// A Profile is the organisation's list of what would identify it, as it was written.
type Profile struct {
	Text     string `json:"text"` // YAML
	Version  int64  `json:"-"`    // 0: there is none yet, and Text is the template
	Problems []profile.Problem
}

const profileName = "profile.yaml"

// Profile gives the organisation's profile and what is wrong with it.
func (c *Casework) Profile(ctx context.Context, a party.Actor) (Profile, error) {
	if !a.May(party.Administer) {
		if err := allow(a, party.Read); err != nil {
			return Profile{}, err
		}
	}
	o, err := c.store.Object(ctx, a.Org, sortProfile, profileID)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return Profile{Text: string(profile.Template())}, nil
	}
	if err != nil {
		return Profile{}, err
	}
	var p Profile
	if err := o.Value(&p); err != nil {
		return Profile{}, err
	}
	p.Version = o.Version
	_, p.Problems, err = profile.Check(profileName, strings.NewReader(p.Text))
	return p, err
}

const profileID = "profile"

// SetProfile replaces the profile. A text that package profile refuses is not kept: what it
// was meant to protect would not be protected. Who administers may do it, and who writes:
// on the morning of an attack the administrator may not be there.
func (c *Casework) SetProfile(ctx context.Context, a party.Actor, version int64, text string) error {
	if !a.May(party.Administer) {
		if err := allow(a, party.Write); err != nil {
			return err
		}
	}
	if _, err := profile.Read(profileName, strings.NewReader(text)); err != nil {
		return err
	}
	o := store.Object{Sort: sortProfile, ID: profileID, Version: version}
	return c.put(ctx, a, "changed", &o, struct {
		Text string `json:"text"`
	}{text})
}

// guarded gives what must not be recognisable in an incident: the organisation's profile,
// and everybody who is involved. version changes when any of it does.
func (c *Casework) guarded(ctx context.Context, a party.Actor, id incident.ID) (p incident.Profile, version string, err error) {
	return Guarded(ctx, c.store, a.Org, id)
}

// Guarded gives the profile under which an incident's items are looked at and let go: the
// organisation's own, with those who are involved as third parties. It is the zero Profile
// where the organisation has none. version changes when any of it does.
func Guarded(ctx context.Context, s *store.Store, org party.OrgID, id incident.ID) (p incident.Profile, version string, err error) {
	o, err := s.Object(ctx, org, sortProfile, profileID)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return incident.Profile{}, "0", nil
	}
	if err != nil {
		return incident.Profile{}, "", err
	}
	var kept Profile
	if err := o.Value(&kept); err != nil {
		return incident.Profile{}, "", err
	}
	if p, err = profile.Read(profileName, bytes.NewReader([]byte(kept.Text))); err != nil {
		return incident.Profile{}, "", err
	}
	about, err := s.Object(ctx, org, sortCase, string(id))
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return p, fmt.Sprint(o.Version), nil
	}
	if err != nil {
		return incident.Profile{}, "", err
	}
	var k incident.Case
	if err := about.Value(&k); err != nil {
		return incident.Profile{}, "", err
	}
	for _, i := range k.Involved {
		p.ThirdParties = append(p.ThirdParties, incident.Identity{Names: []string{i.Name}})
	}
	return p, fmt.Sprint(o.Version, ".", about.Version), nil
}

// numbered gives "notes (2).txt" for "notes.txt".
func numbered(name string, n int) string {
	ext := path.Ext(name)
	return fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
}

// inside says whether a source's file is a part of a paper.
func inside(file, paper string) bool { return strings.HasPrefix(file, paper+"/") }
