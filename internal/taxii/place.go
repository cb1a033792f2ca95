package taxii

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/parcel"
)

// A resource is one kind of thing that TAXII has an endpoint for. The zero resource is none.
type resource uint8

const (
	discovery resource = iota + 1
	apiRoot
	statusOf
	collectionList
	collectionOne
	manifest
	objectList
	objectOne
	versionList
)

// A place is what a path says.
type place struct {
	resource   resource
	collection parcel.CollectionID
	id         string // of the object or the status
	slashless  bool   // the path lacks the slash at its end
}

// maxSegment is the longest part of a path that can name anything: a type of 250 letters and
// a UUID.
const maxSegment = 300

// findPlace reads an escaped path. It is syntax alone: nothing says yet that the thing is
// there.
//
// SPEC: TAXII 2.1 §3.1, §4, §5.
func findPlace(path string) (place, bool) {
	rest, ok := strings.CutPrefix(path, "/taxii2")
	if !ok || rest != "" && rest[0] != '/' || strings.Count(rest, "/") > 8 {
		return place{}, false
	}
	inner, slash := strings.CutSuffix(strings.TrimPrefix(rest, "/"), "/")
	if rest == "" || rest == "/" {
		return place{resource: discovery, slashless: rest == ""}, true
	}
	var parts []string
	for part := range strings.SplitSeq(inner, "/") {
		plain, err := url.PathUnescape(part)
		if err != nil || plain == "" || len(plain) > maxSegment || strings.Contains(plain, "/") {
			return place{}, false
		}
		parts = append(parts, plain)
	}
	at, ok := placeOf(parts)
	at.slashless = !slash
	return at, ok
}

// placeOf reads the parts of a path behind /taxii2.
func placeOf(parts []string) (place, bool) {
	switch {
	case parts[0] != "api":
		return place{}, false
	case len(parts) == 1:
		return place{resource: apiRoot}, true
	case len(parts) == 2 && parts[1] == "collections":
		return place{resource: collectionList}, true
	case len(parts) == 3 && parts[1] == "status":
		return place{resource: statusOf, id: strings.ToLower(parts[2])}, isUUID(parts[2])
	case len(parts) >= 3 && parts[1] == "collections" && isUUID(parts[2]):
		return inCollection(parcel.CollectionID(strings.ToLower(parts[2])), parts[3:])
	}
	return place{}, false
}

func inCollection(id parcel.CollectionID, parts []string) (place, bool) {
	at := place{collection: id}
	switch {
	case len(parts) == 0:
		at.resource = collectionOne
	case len(parts) == 1 && parts[0] == "manifest":
		at.resource = manifest
	case len(parts) == 1 && parts[0] == "objects":
		at.resource = objectList
	case len(parts) == 2 && parts[0] == "objects":
		at.resource, at.id = objectOne, parts[1]
	case len(parts) == 3 && parts[0] == "objects" && parts[2] == "versions":
		at.resource, at.id = versionList, parts[1]
	}
	return at, at.resource != 0
}

// isUUID says whether a text has the form of a UUID, of whatever version.
//
// SPEC: RFC 4122 §3.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
		default:
			return false
		}
	}
	return true
}

// isObjectID says whether a text can be the id of a STIX object: a type, "--" and a UUID.
//
// SPEC: STIX 2.1 §2.9.
func isObjectID(s string) bool {
	kind, id, ok := strings.Cut(s, "--")
	return ok && kind != "" && isUUID(id)
}

// methods gives what can be done with a resource.
func (r resource) methods() map[string]func(*call) error {
	switch r {
	case discovery:
		return map[string]func(*call) error{http.MethodGet: (*call).discover}
	case apiRoot:
		return map[string]func(*call) error{http.MethodGet: (*call).root}
	case statusOf:
		return map[string]func(*call) error{http.MethodGet: (*call).status}
	case collectionList:
		return map[string]func(*call) error{http.MethodGet: (*call).collections}
	case collectionOne:
		return map[string]func(*call) error{http.MethodGet: (*call).oneCollection}
	case objectList:
		return map[string]func(*call) error{http.MethodGet: (*call).page, http.MethodPost: (*call).add}
	case objectOne:
		return map[string]func(*call) error{http.MethodGet: (*call).page, http.MethodDelete: (*call).remove}
	case manifest, versionList:
		return map[string]func(*call) error{http.MethodGet: (*call).page}
	}
	return nil
}

// allow lists the methods of a resource for the header of that name.
func (r resource) allow() string {
	var out []string
	for m := range r.methods() {
		if out = append(out, m); m == http.MethodGet {
			out = append(out, http.MethodHead)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
