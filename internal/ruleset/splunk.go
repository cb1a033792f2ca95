package ruleset

import (
	"fmt"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/indicator"
)

// writeSplunk makes lookups, the stanzas that declare them, and a saved search for each place.
// A lookup file has no comments, so its label is in its name. No search has a value in its
// text; what they name of the site's is held to letters that need no quoting.
func writeSplunk(s *set) error {
	if err := s.plainPlaces(); err != nil {
		return err
	}
	p := splunk{set: s, lookup: orElse(s.o.Table, s.prefix())}
	p.lookups()
	out := s.head("#")
	for i, place := range s.o.Places {
		out = fmt.Appendf(out, "\n# %s in %s of %s\n[wakachi %s %d %s]\ndispatch.earliest_time = -30d\nsearch = %s\n", place.Field, place.Column, place.Table, s.o.Name, i+1, place.Field, p.search(place))
	}
	s.add(s.fileName("splunk", "savedsearches", "conf"), out)
	return nil
}

// plainPlaces refuses names that a search would read as something else.
func (s *set) plainPlaces() error {
	names := []string{}
	if s.o.Table != "" {
		names = append(names, s.o.Table)
	}
	for _, p := range s.o.Places {
		names = append(names, p.Table, p.Column)
		if p.Time != "" {
			names = append(names, p.Time)
		}
	}
	for _, name := range names {
		for i := range len(name) {
			if c := name[i]; !isAlnum(c) && strings.IndexByte("_.@{}*-:,", c) < 0 {
				return fault.New(fault.Invalid, "ruleset.place")
			}
		}
	}
	return nil
}

type splunk struct {
	set    *set
	lookup string // the beginning of each lookup's name
}

// Lookups by how they are compared. The row number lets several rows with one name be taken
// apart after they were found.
const (
	splunkTexts = "texts" // equal to "kind name"
	splunkNets  = "networks"
)

// lookups makes the files and their declarations.
func (p splunk) lookups() {
	var texts, nets [][]string
	for i := range p.set.entries {
		e := &p.set.entries[i]
		if !p.set.placed(e.value) {
			continue
		}
		more := []string{e.value.Value, string(e.value.Type), yes(e.below), e.url.path, yes(e.value.Type == indicator.URL && e.url.cut()), e.label.String(), strings.Join(e.refs, " "), epoch(e)}
		if e.net.IsValid() {
			nets = append(nets, append([]string{e.net.String(), itoa(len(nets) + 1)}, more...))
			continue
		}
		texts = append(texts, append([]string{splunkKey(e), itoa(len(texts) + 1)}, more...))
	}
	conf := string(p.set.head("#"))
	for _, l := range []struct {
		name, first, match string
		rows               [][]string
	}{{splunkTexts, "key", "", texts}, {splunkNets, "net", "match_type = CIDR(net)\n", nets}} {
		file := p.set.fileName("splunk", l.name, "csv")
		p.set.add(file, csv(nil, []string{l.first, "row", "value", "type", "below", "path", "cut", "tlp", "ref", "until"}, l.rows))
		conf += fmt.Sprintf("\n[%s_%s]\nfilename = %s\ncase_sensitive_match = true\nmax_matches = 1000\n%s", p.lookup, l.name, file, l.match)
	}
	p.set.add(p.set.fileName("splunk", "transforms", "conf"), []byte(conf))
}

// splunkKey is what a search computes from a text to look it up: how it compares, then the
// text in the case in which it is compared.
func splunkKey(e *entry) string {
	kind := string(e.value.Type)
	switch e.value.Type {
	case indicator.File:
		if e.value.Hash != indicator.NoHash {
			kind = "digest"
		}
	case indicator.JA3, indicator.JA3S, indicator.JARM, indicator.Imphash, indicator.Cert:
		kind = "fingerprint"
	}
	return kind + " " + e.compared()
}

func epoch(e *entry) string {
	if e.until.IsZero() {
		return ""
	}
	return fmt.Sprint(e.until.Unix())
}

// search looks for the different texts of one field.
func (p splunk) search(place Place) string {
	const take = ` OUTPUT row AS wakachi_row | mvexpand wakachi_row | where isnotnull(wakachi_row)`
	find := func(key string) string {
		return `eval wakachi_key=` + key + ` | lookup ` + p.lookup + `_texts key AS wakachi_key` + take +
			` | lookup ` + p.lookup + `_texts row AS wakachi_row OUTPUT value type below path cut tlp ref until`
	}
	names := func(text string) string {
		return `eval wakachi_name=rtrim(lower(` + text + `),"."), wakachi_parts=split(wakachi_name,"."), wakachi_n=mvrange(0,mvcount(wakachi_parts)), wakachi_above=mvmap(wakachi_n,mvjoin(mvindex(wakachi_parts,wakachi_n,-1),".")) | mvexpand wakachi_above | ` +
			find(`"domain-name ".wakachi_above`) + ` | where below="0" OR wakachi_above!=wakachi_name`
	}
	nets := func(text string) string {
		return `eval wakachi_address=trim(lower(` + text + `),"[]") | where match(wakachi_address,"^([0-9]{1,3}[.]){3}[0-9]{1,3}$") OR match(wakachi_address,"^[0-9a-f:.]*:[0-9a-f:.]*$") | lookup ` + p.lookup + `_networks net AS wakachi_address` + take +
			` | lookup ` + p.lookup + `_networks row AS wakachi_row OUTPUT value type tlp ref until`
	}
	var ways []string
	text := "wakachi_raw"
	switch place.Field {
	case Names:
		ways = []string{names(text), nets(text)}
	case Addresses:
		ways = []string{nets(text)}
	case URLs:
		ways = []string{p.urls(find), names("wakachi_host"), nets("wakachi_host")}
	case Mails:
		ways = []string{find(`"email-addr ".lower(trim(wakachi_raw,"<> "))`), names(`replace(trim(wakachi_raw,"<> "),"^.*@","")`)}
	case Digests:
		ways = []string{find(`"digest ".lower(wakachi_raw)`)}
	case FileNames:
		ways = []string{find(`"file ".lower(replace(wakachi_raw,"^.*[/\\\\]",""))`), find(`"directory ".lower(wakachi_raw)`)}
	case Fingerprints:
		ways = []string{find(`"fingerprint ".lower(replace(wakachi_raw,":",""))`)}
	case Agents, Subjects:
		ways = []string{find(`"` + string(fieldTypes[place.Field][0]) + ` ".wakachi_raw`)}
	default:
		ways = []string{find(`"` + string(fieldTypes[place.Field][0]) + ` ".lower(wakachi_raw)`)}
	}
	return p.ways(place, ways)
}

// ways runs the searches of one field one after the other. All begin with the different
// texts, so that each is taken apart once however often it was logged.
func (p splunk) ways(place Place, ways []string) string {
	start := `search index=` + place.Table + ` ` + place.Column + `=* | eval wakachi_raw='` + place.Column + `' | stats count AS hits min(_time) AS first_seen max(_time) AS last_seen BY wakachi_raw`
	if place.Field == URLs {
		start += ` | eval wakachi_bare=replace(replace(wakachi_raw,"#.*$",""),"^[A-Za-z][A-Za-z0-9+.-]*://",""), wakachi_authority=replace(replace(lower(wakachi_bare),"[/?].*$",""),"^.*@",""), wakachi_host=rtrim(replace(wakachi_authority,":[0-9]*$",""),".")`
	}
	out := ""
	for i, w := range ways {
		if i > 0 {
			out += ` | append [ ` + start + ` | ` + w + ` ]`
			continue
		}
		out = strings.TrimPrefix(start, "search ") + ` | ` + w
	}
	return out + ` | where isnull(until) OR until="" OR first_seen < tonumber(until) | fillnull value="-" ref | stats sum(hits) AS hits min(first_seen) AS first_seen max(last_seen) AS last_seen BY type value ref tlp`
}

func (p splunk) urls(find func(string) string) string {
	return `eval wakachi_rest=replace(wakachi_bare,"^[^/?]*",""), wakachi_rest=if(match(wakachi_rest,"^/"),wakachi_rest,"/".wakachi_rest) | ` + find(`"url ".wakachi_host`) +
		` | where substr(wakachi_rest,1,len(path))=path AND (cut="0" OR len(wakachi_rest)=len(path) OR match(substr(wakachi_rest,len(path)+1,1),"[/?&;#]"))`
}
