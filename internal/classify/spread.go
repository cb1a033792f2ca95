package classify

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

// A pair is what one line of a log joins: host names, and the addresses they had.
type pair struct {
	hosts     []string
	addresses []indicator.Value
	sentence  bool // of prose: it says less than a log
	bracket   bool // the address stands right behind the host, as its own
}

// rememberPair keeps what a line joins: all of a log line, each sentence of prose.
func (p *proposer) rememberPair(r *reading) {
	var found pair
	whole := r.log || joins(r.Text)
	end := 0
	for _, m := range r.matches {
		if !whole && (strings.Contains(r.Text[min(end, m.Start):m.Start], "。") || strings.Contains(r.Text[min(end, m.Start):m.Start], ". ")) {
			p.keepPair(found)
			found = pair{}
		}
		found.sentence = !whole
		switch m.Type {
		case indicator.Domain, indicator.URL:
			found.hosts = append(found.hosts, bare(host(m.Value)))
		case indicator.IPv4, indicator.IPv6:
			found.addresses = append(found.addresses, m.Value)
			if len(found.hosts) > 0 && m.Start >= end && (beside(r, r.Text[end:m.Start]) || len(found.hosts) == 1 && destination(r.column(m.Start))) {
				p.keepPair(pair{hosts: found.hosts[len(found.hosts)-1:], addresses: []indicator.Value{m.Value}, bracket: true})
			}
		}
		end = m.End
	}
	p.keepPair(found)
}

// beside says whether what stands between a host and an address only opens a bracket, or,
// in a cell, a list.
func beside(r *reading, between string) bool {
	if r.tabular() {
		return strings.Trim(between, " 　（([,、/") == ""
	}
	open := strings.TrimLeft(strings.TrimPrefix(strings.TrimSpace(between), "のサーバ"), " 　")
	return strings.ContainsAny(open, "（([") && strings.Trim(open, " 　（([") == ""
}

// destination says whether the values of a column are where a connection went.
func destination(column string) bool {
	low := strings.ToLower(column)
	for _, w := range []string{"宛先", "接続先", "送信先", "通信先", "dst", "dest", "server ip", "remote", "解決", "resolved"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

func (p *proposer) keepPair(found pair) {
	if len(found.hosts) > 0 && len(found.addresses) > 0 && len(p.pairs) < 100_000 {
		p.pairs = append(p.pairs, found)
	}
}

// joins says whether a line tells what a name resolved to.
func joins(text string) bool {
	for _, w := range []string{"->", "→", "HIER_DIRECT", "名前解決", "resolve", "A レコード", "Aレコード", " IN A "} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// office documents hold what somebody wrote, so that their digest shows whose they are; a
// text or picture on a server may be the attacker's for all its name says.
var office = set("pdf doc docx xls xlsx ppt pptx odt ods odp pst ost mdb accdb dwg dxf dwf step stp iges igs sldprt sldasm slddrw catpart catproduct ipt iam prt x_t vsd vsdx jww jwc sfc mpp one indd psd ai hwp pages numbers key sql bak mdf")

// follow gives the digests of a file the verdict on its name: what was stolen, is evidence, is an ordinary tool, was made
// for one victim or must not leave is so by its digest too.
func (p *proposer) follow() {
	verdict := map[string]incident.Item{}
	for _, i := range p.items {
		if i.Subject == "" || i.Value.Type != indicator.File || i.Value.Hash != indicator.NoHash {
			continue
		}
		if i.Marks.Has(incident.Stolen) || i.Marks.Has(incident.DualUse) || i.Role == incident.Benign ||
			i.Role == incident.Own && p.claims[i.Value].strength >= said || i.Marks.Has(incident.OneOff) || i.Reason.Code == "kind.evidence" || i.Reason.Code == "kind.document" && office[extension(i.Value.Value)] {
			verdict[i.Subject] = i
		}
	}
	for k := range p.items {
		i := &p.items[k]
		if name, ok := verdict[i.Subject]; ok && i.Value.Hash != indicator.NoHash && p.claims[i.Value].whose != attackers {
			i.Kind, i.Role, i.Reason = name.Kind, name.Role, name.Reason
			i.Marks |= name.Marks & (incident.Stolen | incident.DualUse | incident.OneOff)
		}
	}
}

// registered gives the registered domain of a host, the host itself if it has none.
func registered(host string) string {
	if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return d
	}
	return host
}

// befriend takes the hosts of those who wrote to us about the attack for theirs.
func (p *proposer) befriend() {
	for k := range p.items {
		i := &p.items[k]
		switch i.Value.Type {
		case indicator.Domain, indicator.URL, indicator.Email:
			if p.friends[registered(host(i.Value))] {
				i.Role, i.Reason = incident.Own, incident.Reason{Code: "kind.correspondent", Point: "Q10"}
			}
		}
	}
}

func bare(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }

// spread carries the marks of a host that belongs to somebody else to every other value
// with that host, and to the addresses a log gives it and no other host.
func (p *proposer) spread() {
	const carried = incident.SomeonesOwn | incident.ThirdParty
	marked := map[string]incident.Marks{}
	for _, pr := range p.pairs {
		if at, ok := p.index[pr.addresses[0]]; ok && pr.bracket {
			marked[pr.hosts[0]] |= p.items[at].Marks & carried
		}
	}
	for _, i := range p.items {
		if m := i.Marks & carried; m != 0 && (i.Value.Type == indicator.Domain || i.Value.Type == indicator.URL) {
			marked[bare(host(i.Value))] |= m
		}
	}
	p.spreadOwn()
	for _, pr := range p.pairs {
		all := carried
		for _, h := range pr.hosts {
			all &= marked[h]
		}
		for _, a := range pr.addresses {
			if at, ok := p.index[a]; ok && all != 0 && !(pr.sentence && busy(p.items[at].Role)) {
				p.items[at].Marks |= all
			}
		}
	}
	for k := range p.items {
		switch i := &p.items[k]; i.Value.Type {
		case indicator.Domain, indicator.URL, indicator.Email:
			i.Marks |= marked[bare(host(i.Value))]
		}
	}
}

// busy roles are the attacker's own: an address that has one is not a victim's because a
// victim's host stands beside it in a sentence.
func busy(r incident.Role) bool {
	switch r {
	case incident.C2, incident.Exfil, incident.Delivery, incident.Negotiation:
		return true
	}
	return false
}

// spreadOwn takes the address in the bracket behind one of our hosts for ours, and those a
// log gives it.
func (p *proposer) spreadOwn() {
	own := map[string]bool{}
	for _, i := range p.items {
		if i.Role == incident.Own && (i.Value.Type == indicator.Domain || i.Value.Type == indicator.URL) {
			own[bare(host(i.Value))] = true
		}
	}
	for _, pr := range p.pairs {
		if !pr.bracket || !own[pr.hosts[0]] {
			continue
		}
		if at, ok := p.index[pr.addresses[0]]; ok {
			p.items[at].Role, p.items[at].Reason = incident.Own, incident.Reason{Code: "kind.own-domain", Point: "Q10"}
		}
	}
}
