package stix

import (
	"crypto/sha256"
	"strconv"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
)

// Object reads one STIX 2.1 object of whatever type, known or not, and gives what a
// collection keeps of it: raw as it is, with id, type, version and the digest of its
// canonical form, in which members that only repeat their default are left out. What is
// unknown, custom or in an extension is kept and not judged.
//
// Errors are fault.Invalid or fault.TooLarge with a code "stix.…"; their argument is the
// name of a property and never a value.
//
// SPEC: STIX 2.1 §2, §3, §4, §5, §6, §7.
func Object(raw []byte) (parcel.Object, error) {
	t, err := scan(raw, maxDepth)
	if err != nil {
		return parcel.Object{}, err
	}
	return t.object()
}

func (t *tape) object() (parcel.Object, error) {
	root := t.root()
	if root.kind() != '{' {
		return parcel.Object{}, fault.New(fault.Invalid, "stix.not-object")
	}
	if root.count() > maxMembers {
		return parcel.Object{}, fault.New(fault.TooLarge, "stix.too-many", strconv.Itoa(maxMembers))
	}
	o := parcel.Object{ID: root.say("id"), Type: root.say("type"), Raw: t.raw}
	if err := judge(root); err != nil {
		return parcel.Object{}, err
	}
	o.Version = root.say("modified")
	if o.Version == "" {
		o.Version = root.say("created")
	}
	o.Instant, _ = instant(o.Version)
	o.Sum = sum(root)
	return o, nil
}

// sum gives the digest two versions of an object share if they say the same.
//
// SPEC: STIX 2.1 §3.2, §6: revoked, defanged and summary are false where absent.
func sum(root node) [sha256.Size]byte {
	return sha256.Sum256(root.canonical(make([]byte, 0, len(root.tape.raw)), func(m node) bool {
		if m.kind() != 'f' {
			return false
		}
		switch string(m.name()) {
		case "revoked", "defanged":
			return true
		case "summary":
			return root.say("type") == "sighting"
		}
		return false
	}))
}
