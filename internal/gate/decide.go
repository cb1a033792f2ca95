package gate

import (
	"net/netip"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A rule holds an item back, whatever its value. Rules are asked in order; the first that
// applies decides.
type rule struct {
	applies   func(*clearing, incident.Item) bool
	treatment Treatment
	code      string // reason token; what would free it is code + ".frees"
	point     string // of the guidance; "ours" where it is silent
}

// rules stand in the order of harm: what must never leave first, what a coordinator may
// see next, what is merely of no use last.
//
// Guidance Q10, Q22–Q25, Q30: what is sensitive is routed, not published.
func rules() []rule {
	return []rule{
		{func(_ *clearing, i incident.Item) bool { return i.Conditions.Promise }, Withhold, "gate.received-promise", "Q30"},
		{(*clearing).receivedTooStrict, Withhold, "gate.received-label", "Q30"},
		{func(_ *clearing, i incident.Item) bool { return i.Kind == incident.Victim }, Withhold, "gate.victim", "1-3"},
		{func(_ *clearing, i incident.Item) bool { return i.Marks.Has(incident.Stolen) }, Withhold, "gate.damage", "1-3"},
		{has(incident.ThirdParty), Coordinator, "gate.third-party", "Q22"},
		{has(incident.Unpatched), Coordinator, "gate.unpatched", "Q23"},
		{func(_ *clearing, i incident.Item) bool { return i.Class() == incident.Response }, Withhold, "gate.damage", "1-3"},
		{(*clearing).ownSide, Withhold, "gate.own-side", "Q10"},
		{has(incident.SomeonesOwn), Coordinator, "gate.stepping-stone", "Q24"},
		{role(incident.Stepping), Coordinator, "gate.stepping-stone", "Q24"},
		{role(incident.Benign), Withhold, "gate.benign", "ours"},
		{role(incident.Reference), Withhold, "gate.reference", "ours"},
		{role(incident.Doubtful), Withhold, "gate.doubtful", "ours"},
		{has(incident.DualUse), Withhold, "gate.dual-use", "ours"},
		{kind(incident.Controls), Withhold, "gate.controls", "Q25"},
		{kind(incident.TargetSystem), Withhold, "gate.target-system", "Q10"},
		{kind(incident.Actor), HubOnly, "gate.actor", "ours"},
		{has(incident.OneOff), HubOnly, "gate.one-off", "Q26"},
		{func(c *clearing, i incident.Item) bool {
			return i.Subject != "" && i.Value.Hash != indicator.NoHash && c.telling[i.Subject]
		}, HubOnly, "gate.one-off", "Q26"},
	}
}

func has(m incident.Marks) func(*clearing, incident.Item) bool {
	return func(_ *clearing, i incident.Item) bool { return i.Marks.Has(m) }
}

func role(r incident.Role) func(*clearing, incident.Item) bool {
	return func(_ *clearing, i incident.Item) bool { return i.Role == r }
}

func kind(k incident.Kind) func(*clearing, incident.Item) bool {
	return func(_ *clearing, i incident.Item) bool { return i.Kind == k }
}

// receivedTooStrict keeps what others gave within their label. Passing on wider than
// GREEN's community needs the source's permission; a label we cannot read permits nothing.
func (c *clearing) receivedTooStrict(i incident.Item) bool {
	if i.Status != incident.Received {
		return false
	}
	l := i.Conditions.Label
	return l == tlp.Unknown || l > tlp.Green || c.request.Label < l
}

// ownSide says whether an item is about the organisation's own systems.
func (c *clearing) ownSide(i incident.Item) bool {
	if i.Role == incident.Own {
		return true
	}
	switch i.Value.Type {
	case indicator.IPv4, indicator.IPv6:
		a, err := netip.ParseAddr(i.Value.Value)
		return err != nil || internal(a)
	case indicator.CIDR4, indicator.CIDR6:
		p, err := netip.ParsePrefix(i.Value.Value)
		return err != nil || internal(p.Addr()) || c.overlaps(p)
	}
	return false
}

func (c *clearing) overlaps(p netip.Prefix) bool {
	all := append([]incident.Identity{c.profile.Organisation}, c.profile.ThirdParties...)
	for _, o := range all {
		for _, own := range o.Prefixes() {
			if own.Overlaps(p) {
				return true
			}
		}
	}
	return false
}

// internal addresses mean nothing outside the network they stand in.
//
// SPEC: RFC 1918, 3927, 4193, 6598. Documentation ranges are ordinary addresses here.
func internal(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() ||
		a.IsUnspecified() || netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10).Contains(a)
}

// decide finds the treatment of one item and composes its facts, as for the audience that
// may see most; Clear holds them back if the treatment does not reach so far.
func (c *clearing) decide(i incident.Item) (Decision, []parcel.Fact) {
	d := Decision{Treatment: Share, Reason: incident.Reason{Code: "gate.share", Point: shareablePoint(i.Kind)}}
	for _, r := range c.rules {
		if r.applies(c, i) {
			d.hold(r.treatment, r.code, r.point)
			break
		}
	}
	if d.Treatment == Withhold {
		return d, nil
	}
	facts, how := c.compose(i)
	switch {
	case len(facts) == 0 && d.Treatment == Share:
		d.hold(Withhold, how.code, how.point)
		d.Betrayed = how.hits
		return d, nil
	case how.generalised && d.Treatment == Share:
		d.Treatment = Generalise
		d.Reason = incident.Reason{Code: how.code, Point: how.point}
		d.Betrayed = how.hits
	}
	if len(facts) == 0 {
		return d, nil
	}
	return c.look(d, facts)
}

func (d *Decision) hold(t Treatment, code, point string) {
	d.Treatment, d.Reason, d.Frees = t, incident.Reason{Code: code, Point: point}, code+".frees"
}

func shareablePoint(k incident.Kind) string {
	switch k {
	case incident.Malware:
		return "Q26"
	case incident.Destination:
		return "Q27"
	case incident.Method:
		return "Q28"
	}
	return "1-3"
}

// look searches composed facts for what would betray somebody. A fact that names the
// victim or a third party is dropped whatever the audience; one that tells of an unfixed
// vulnerability, or of a look-alike of the victim's domain, narrows the audience.
func (c *clearing) look(d Decision, facts []parcel.Fact) (Decision, []parcel.Fact) {
	var clean []parcel.Fact
	for _, f := range facts {
		text := textOf(f)
		hits, complete := c.finder.FindAll(text)
		if len(hits) > 0 || !complete {
			d.Betrayed = append(d.Betrayed, hits...)
			continue
		}
		if d.Treatment != Coordinator && c.held.Contains(text) {
			d.hold(Coordinator, "gate.unpatched", "Q23")
		}
		if hit, ok := c.lookAlike(f); ok && d.Treatment != Coordinator {
			d.hold(HubOnly, "gate.look-alike", "Q27")
			d.Betrayed = append(d.Betrayed, hit)
		}
		clean = append(clean, f)
	}
	if len(clean) == 0 {
		code := "gate.names-victim"
		if len(d.Betrayed) > 0 && d.Betrayed[0].Term.Owner == incident.OfThirdParty {
			code = "gate.names-third-party"
		}
		d.hold(Withhold, code, "1-3")
	}
	return d, clean
}

func (c *clearing) lookAlike(f parcel.Fact) (disguise.Hit, bool) {
	host := hostOf(f)
	if host == "" {
		return disguise.Hit{}, false
	}
	return c.finder.LookAlike(host)
}
