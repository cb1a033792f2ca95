package stix

import (
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
)

// observable makes the Cyber-observable of a fact, nil where STIX has none or the value
// was generalised: a pattern with holes is an indicator, never an observation.
func observable(f parcel.Fact) (object, error) {
	if f.Like != nil {
		return nil, nil
	}
	v := f.Value
	switch v.Type {
	case indicator.IPv4, indicator.CIDR4:
		return sco("ipv4-addr", object{"value": v.Value})
	case indicator.IPv6, indicator.CIDR6:
		return sco("ipv6-addr", object{"value": v.Value})
	case indicator.Domain, indicator.URL, indicator.Email:
		return sco(string(v.Type), object{"value": v.Value})
	case indicator.Mutex:
		return sco("mutex", object{"name": v.Value})
	case indicator.Registry:
		return sco("windows-registry-key", object{"key": v.Value})
	case indicator.Subject:
		o, err := sco("email-message", object{"subject": v.Value})
		if o != nil {
			o["is_multipart"] = false
		}
		return o, err
	case indicator.Cert:
		return sco("x509-certificate", object{"hashes": object{string(v.Hash): v.Value}})
	case indicator.SSDEEP:
		return fileObject([]parcel.Fact{f})
	case indicator.File:
		return fileObject([]parcel.Fact{f})
	}
	return nil, nil
}

// sco makes an object whose properties all contribute to its id.
//
// SPEC: STIX 2.1 §2.9, §6.
func sco(objectType string, contributing object) (object, error) {
	id, err := observableID(objectType, contributing)
	if err != nil {
		return nil, err
	}
	o := object{"type": objectType, "spec_version": "2.1", "id": id}
	for k, v := range contributing {
		o[k] = v
	}
	return o, nil
}

// fileObject joins the digests and the name of one file. Of the digests only the first
// in the order below counts for the id.
//
// SPEC: STIX 2.1 §6.7.
func fileObject(facts []parcel.Fact) (object, error) {
	hashes, name := object{}, ""
	for _, f := range facts {
		switch {
		case f.Value.Type == indicator.SSDEEP:
			hashes["SSDEEP"] = f.Value.Value
		case f.Value.Hash != indicator.NoHash:
			hashes[string(f.Value.Hash)] = f.Value.Value
		default:
			name = f.Value.Value
		}
	}
	contributing := object{}
	for _, h := range []string{"MD5", "SHA-1", "SHA-256", "SHA-512", "SSDEEP"} {
		if d, ok := hashes[h]; ok {
			contributing["hashes"] = object{h: d}
			break
		}
	}
	if name != "" {
		contributing["name"] = name
	}
	o, err := sco("file", contributing)
	if err == nil && len(hashes) > 0 {
		o["hashes"] = hashes
	}
	return o, err
}

// traffic makes the network-traffic object that carries a destination's port. The
// transport is tcp, which every service we name a port for uses; application layers are
// not guessed.
//
// SPEC: STIX 2.1 §6.12.
func traffic(f parcel.Fact, destination string) (object, error) {
	return sco("network-traffic", object{
		"dst_ref": destination, "dst_port": int(f.Port), "protocols": []string{"tcp"},
	})
}

// vulnerability makes the domain object of a CVE or JVN id, or of one that has no id yet.
func vulnerability(f parcel.Fact) object {
	if f.Like != nil {
		return object{"name": unassigned + strings.Join(f.Like, ", ")}
	}
	id, source := f.Value.Value, "cve"
	if strings.HasPrefix(id, "JVN") {
		source = "jvn"
	}
	return object{"name": id, "external_references": []object{{"source_name": source, "external_id": id}}}
}

// unassigned begins the name of a vulnerability that has no id yet.
const unassigned = "unassigned: "

// isObservable says whether an object is a Cyber-observable: of a type STIX has, or, of a
// type it has not, one without a time of creation.
//
// SPEC: STIX 2.1 §3.2: created is required in everything else.
func isObservable(root node) bool {
	_, created := root.member("created")
	return !created
}
