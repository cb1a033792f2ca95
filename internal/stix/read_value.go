package stix

import (
	"strings"
	"sync"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/pattern"
)

// typesByPath gives the type of value a property holds: paths read the other way, and the
// properties others use for the same.
var typesByPath = sync.OnceValue(func() map[string]indicator.Type {
	out := map[string]indicator.Type{
		"email-message:from_ref.value": indicator.Email, "email-message:sender_ref.value": indicator.Email,
		"network-traffic:dst_ref.value": indicator.IPv4, "directory:path": indicator.Path, "process:name": indicator.File,
		"file:hashes.ssdeep": indicator.SSDEEP,
	}
	for _, t := range indicator.Types() {
		path, ok := paths[t]
		if _, taken := out[path]; ok && !taken {
			out[path] = t
		}
	}
	return out
})

// termLine makes a line of one value a pattern asks for; ok is false for a property no line
// has a place for, and for what is no value of it.
func termLine(t pattern.Term) (parcel.Line, bool) {
	if t.Value.Kind != pattern.String {
		return parcel.Line{}, false
	}
	if kind, hash, ok := digestOf(t.Path); ok {
		return digestLine(kind, hash, t.Value.Text)
	}
	kind, ok := typesByPath()[t.Path.String()]
	if !ok {
		return parcel.Line{}, false
	}
	return plainLine(kind, t.Value.Text)
}

// digestOf says whether a path names the digest of a file or certificate.
func digestOf(p pattern.Path) (indicator.Type, string, bool) {
	if len(p.Steps) != 2 || p.Steps[0].Name != "hashes" || p.Steps[1].Name == "" {
		return "", "", false
	}
	switch p.Object {
	case "file", "artifact":
		return indicator.File, p.Steps[1].Name, true
	case "x509-certificate":
		return indicator.Cert, p.Steps[1].Name, true
	}
	return "", "", false
}

// digestLine makes a line of a digest. Names of algorithms are taken as others write them.
//
// SPEC: STIX 2.1 §10.7 hash-algorithm-ov.
func digestLine(kind indicator.Type, algorithm, text string) (parcel.Line, bool) {
	name := strings.ReplaceAll(strings.ToUpper(algorithm), "-", "")
	if name == "SSDEEP" {
		v, err := indicator.Parse(indicator.SSDEEP, text)
		return lineOf(v), err == nil
	}
	v, err := indicator.Parse(kind, text)
	if err != nil || v.Hash == indicator.NoHash || strings.ReplaceAll(string(v.Hash), "-", "") != name {
		return parcel.Line{}, false
	}
	return lineOf(v), true
}

// plainLine makes a line of a value of a type. Where STIX has one type for two of ours, the
// value says which it is.
func plainLine(kind indicator.Type, text string) (parcel.Line, bool) {
	kinds := []indicator.Type{kind}
	switch kind {
	case indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6:
		kinds = []indicator.Type{indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6}
	case indicator.Registry, indicator.Task:
		if task, ok := strings.CutPrefix(text, taskTree); ok {
			kinds, text = []indicator.Type{indicator.Task}, task
		} else {
			kinds = []indicator.Type{indicator.Registry}
		}
	}
	for _, k := range kinds {
		v, err := indicator.Parse(k, text)
		if err == nil && (k != indicator.File || v.Hash == indicator.NoHash) {
			return lineOf(v), true
		}
	}
	return parcel.Line{}, false
}
