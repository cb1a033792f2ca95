// Package profile reads, makes and checks the list of what would identify an organisation.
//
// The list is a YAML file a person can keep beside the incident: names, readings, domains,
// networks, host prefixes, people, terms, and the same of third parties. Unknown keys are
// errors, because a misspelt "domain:" would silently protect nothing. Errors give the
// place in the file and never what stands there.
package profile

import (
	"bytes"
	_ "embed"
	"errors"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
)

// MaxBytes is the largest profile read: 5,000 terms take about 300 KB.
const MaxBytes = 8 << 20

//go:embed data/template.yaml
var template []byte

// Template gives a commented profile to fill in. As it stands it identifies nobody, and
// Read refuses it.
func Template() []byte { return bytes.Clone(template) }

type file struct {
	Organisation identity   `yaml:"organization"`
	British      identity   `yaml:"organisation"`
	ThirdParties []identity `yaml:"third_parties"`
}

type identity struct {
	Names        []string `yaml:"names"`
	Kana         []string `yaml:"kana"`
	Sector       string   `yaml:"sector"`
	Size         string   `yaml:"size"`
	Domains      []string `yaml:"domains"`
	Networks     []string `yaml:"networks"`
	HostPrefixes []string `yaml:"host_prefixes"`
	People       []string `yaml:"people"`
	Terms        []string `yaml:"terms"`
}

// Read reads a profile. A profile that is empty, that has an unknown key, a network that
// is none, or a term too short to be looked for, is an error: what it was meant to
// protect would not be protected.
func Read(name string, r io.Reader) (incident.Profile, error) {
	p, problems, err := read(name, r)
	if err != nil {
		return incident.Profile{}, err
	}
	for _, pr := range problems {
		if pr.Fatal {
			return incident.Profile{}, fault.New(fault.Invalid, "profile.term", name, pr.Where, pr.Code)
		}
	}
	return p, nil
}

// Check reads a profile and says everything that is missing or dangerously short.
func Check(name string, r io.Reader) (incident.Profile, []Problem, error) { return read(name, r) }

func read(name string, r io.Reader) (incident.Profile, []Problem, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return incident.Profile{}, nil, fault.Wrap(err, fault.Unavailable, "profile.unreadable", name)
	case len(data) > MaxBytes:
		return incident.Profile{}, nil, fault.New(fault.TooLarge, "profile.too-large", name, strconv.Itoa(MaxBytes>>20))
	case !utf8.Valid(data):
		return incident.Profile{}, nil, fault.New(fault.Invalid, "profile.encoding", name)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if at := growing(data); at > 0 {
		return incident.Profile{}, nil, fault.New(fault.Invalid, "profile.syntax", name, strconv.Itoa(at))
	}
	var f file
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return incident.Profile{}, nil, fault.Wrap(err, fault.Invalid, "profile.syntax", name, line(err))
	}
	p := incident.Profile{Organisation: f.Organisation.identity()}
	british := f.British.identity()
	switch {
	case (incident.Profile{Organisation: british}).IsZero():
	case p.IsZero():
		p.Organisation = british
	default: // one of the two would protect nothing
		return incident.Profile{}, nil, fault.New(fault.Invalid, "profile.two-organisations", name)
	}
	for _, t := range f.ThirdParties {
		p.ThirdParties = append(p.ThirdParties, t.identity())
	}
	if p.IsZero() {
		return incident.Profile{}, nil, fault.New(fault.Invalid, "profile.empty", name)
	}
	if len(p.Organisation.Names) == 0 {
		return incident.Profile{}, nil, fault.New(fault.Invalid, "profile.no-name", name)
	}
	return p, problems(p), nil
}

func (i identity) identity() incident.Identity {
	return incident.Identity{
		Names: i.Names, Kana: i.Kana, Sector: i.Sector, Size: i.Size, Domains: i.Domains,
		Networks: i.Networks, HostPrefixes: i.HostPrefixes, People: i.People, Terms: i.Terms,
	}
}

// line finds the line number in a YAML error. Nothing else of its text is public.
func line(err error) string {
	text := err.Error()
	if open := strings.IndexByte(text, '['); open >= 0 {
		if n, _, ok := strings.Cut(text[open+1:], ":"); ok {
			if _, err := strconv.Atoi(n); err == nil {
				return n
			}
		}
	}
	return "?"
}

// A Problem is something a profile lacks or has wrong. Where names the place, such as
// "organization.networks[2]", never the content. A Fatal one keeps the profile from
// being used.
type Problem struct {
	Where string `json:"where"` // counted from 0, as in the file
	Code  string `json:"code"`  // token of package phrase, such as "disguise.too-short"
	Fatal bool   `json:"fatal"` // else advice
}

func problems(p incident.Profile) []Problem {
	var out []Problem
	out = append(out, missing(p.Organisation)...)
	out = append(out, wrong("organization", p.Organisation)...)
	for i, t := range p.ThirdParties {
		where := "third_parties[" + strconv.Itoa(i) + "]"
		if len(t.Names) == 0 {
			out = append(out, Problem{where + ".names", "profile.missing", false})
		}
		out = append(out, wrong(where, t)...)
	}
	return out
}

// missing lists what an organisation nearly always has. Each absence is a door left open.
func missing(o incident.Identity) []Problem {
	var out []Problem
	for _, f := range []struct {
		where string
		n     int
	}{
		{"kana", len(o.Kana)}, {"domains", len(o.Domains)}, {"networks", len(o.Networks)},
		{"host_prefixes", len(o.HostPrefixes)}, {"people", len(o.People)},
	} {
		if f.n == 0 {
			out = append(out, Problem{"organization." + f.where, "profile.missing", false})
		}
	}
	return out
}

func wrong(where string, o incident.Identity) []Problem {
	var out []Problem
	for i, n := range o.Networks {
		if _, err := netip.ParsePrefix(n); err != nil {
			if _, err := netip.ParseAddr(n); err != nil {
				out = append(out, Problem{where + ".networks[" + strconv.Itoa(i) + "]", "profile.network", true})
			}
		}
	}
	for _, list := range []struct {
		name  string
		class disguise.Class
		texts []string
	}{
		{"names", disguise.Organisation, o.Names}, {"kana", disguise.Kana, o.Kana},
		{"domains", disguise.Domain, o.Domains}, {"host_prefixes", disguise.HostPrefix, o.HostPrefixes},
		{"people", disguise.Person, o.People}, {"terms", disguise.Name, o.Terms},
	} {
		for i, text := range list.texts {
			if a, ok := disguise.Examine(disguise.Term{Text: text, Class: list.class}); !ok {
				out = append(out, Problem{where + "." + list.name + "[" + strconv.Itoa(i) + "]", a.Code, a.Refused()})
			}
		}
	}
	return out
}
