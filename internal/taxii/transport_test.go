package taxii

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
)

// Transport, discovery, URLs. The requirements are numbered T1 … X2.

func TestT1_TLSIsTheListenersAndRootsAreRelative(t *testing.T) {
	// The versions and suites of TLS are held by package app, which listens; what this
	// package can break is an absolute address behind a proxy.
	w := newWorld(t)
	a := w.want(w.get("/taxii2/", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example"), 200)
	for _, root := range append(a.items("api_roots"), a.body["default"].(string)) {
		if !strings.HasPrefix(root, "/") || strings.HasPrefix(root, "//") {
			t.Errorf("the root %q is not relative", root)
		}
	}
	if strings.Contains(string(a.raw), "evil") {
		t.Errorf("a header of the asker is in the answer: %s", a.raw)
	}
}

func TestT2_DiscoveryStandsAtTheServersRoot(t *testing.T) {
	w := newWorld(t)
	w.want(w.get("/taxii2/"), 200)
	if a := w.want(w.get("/taxii2"), 308); a.Header.Get("Location") != "/taxii2/" {
		t.Errorf("/taxii2 leads to %q", a.Header.Get("Location"))
	}
	for _, path := range []string{"/taxii/", "/taxii2x/", "/", "/taxii2/api2/", "/taxii2/api/other/", "/taxii2//", "/taxii2/api//collections/"} {
		w.want(w.get(path), 404)
	}
}

func TestT3_ASlashlessPathLeadsToTheOneWithASlash(t *testing.T) {
	w := newWorld(t)
	id := indicatorID(1)
	for _, path := range []string{
		"/taxii2/api", "/taxii2/api/collections", strings.TrimSuffix(at(both, ""), "/"), at(both, "objects"), at(both, "manifest"),
		at(both, "objects/"+id), at(both, "objects/"+id+"/versions"), "/taxii2/api/status/" + string(both),
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete, http.MethodHead} {
			a := w.do(method, path+"?match%5Btype%5D=a%2Cb&limit=2", "")
			if a.StatusCode != 308 || a.Header.Get("Location") != path+"/?match%5Btype%5D=a%2Cb&limit=2" || a.Header.Get("Content-Type") != mediaType {
				t.Errorf("%s %s: %d to %q as %q", method, path, a.StatusCode, a.Header.Get("Location"), a.Header.Get("Content-Type"))
			}
		}
	}
	// Nothing that leads away.
	for _, path := range []string{"//evil.example/taxii2", "/taxii2/api/collections/%2F%2Fevil.example"} {
		if a := w.get(path); a.StatusCode != 404 || a.Header.Get("Location") != "" {
			t.Errorf("%s: %d to %q", path, a.StatusCode, a.Header.Get("Location"))
		}
	}
}

func TestT4_DiscoveryNamesRootsAndADefaultAmongThem(t *testing.T) {
	w := newWorld(t)
	a := w.want(w.get("/taxii2/"), 200)
	roots := a.items("api_roots")
	if a.body["title"] != "the hub" || a.body["contact"] != "desk@hub.example" || !slices.Contains(roots, a.body["default"].(string)) {
		t.Errorf("%s", a.raw)
	}
	bare := newWorld(t, func(c *Config) { c.Title, c.Contact = "", "" })
	if a := bare.want(bare.get("/taxii2/"), 200); a.body["title"] != "wakachi" || strings.Contains(string(a.raw), "contact") {
		t.Errorf("a server that says nothing of itself: %s", a.raw)
	}
}

func TestT5_TheRootOfDiscoveryIsThere(t *testing.T) {
	w := newWorld(t)
	for _, root := range w.get("/taxii2/").items("api_roots") {
		w.want(w.get(root), 200)
		w.want(w.get(root+"collections/"), 200)
	}
}

func TestT6_AnAPIRootSaysWhatItSpeaksAndTakes(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxContent = 12345 })
	a := w.want(w.get("/taxii2/api/"), 200)
	if !slices.Equal(a.items("versions"), []string{"application/taxii+json;version=2.1"}) || a.body["title"] == "" || a.body["max_content_length"] != 12345.0 || len(a.body) != 3 {
		t.Errorf("%s", a.raw)
	}
}

func TestT7_TheOldAddressIsNotServed(t *testing.T) {
	// Names in DNS are the operator's to publish; /taxii/ was TAXII 2.0.
	w := newWorld(t)
	w.want(w.get("/taxii/"), 404)
}

func TestT8_HeadIsGetWithoutABodyAndOtherMethodsAreRefused(t *testing.T) {
	w := newWorld(t)
	w.fillMany(both, 3)
	for _, path := range []string{"/taxii2/", "/taxii2/api/", "/taxii2/api/collections/", at(both, ""), at(both, "objects/"), at(both, "manifest/"), at(both, "objects/"+indicatorID(1)+"/"), at(both, "objects/"+indicatorID(1)+"/versions/")} {
		get, head := w.want(w.get(path), 200), w.want(w.do(http.MethodHead, path, ""), 200)
		if len(head.raw) > 0 || head.ContentLength != get.ContentLength || head.Header.Get(addedLast) != get.Header.Get(addedLast) {
			t.Errorf("HEAD %s: %d bytes, length %d and %d", path, len(head.raw), head.ContentLength, get.ContentLength)
		}
		for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodOptions, "BREW"} {
			if a := w.want(w.do(method, path, ""), 405); !strings.Contains(a.Header.Get("Allow"), "GET, HEAD") {
				t.Errorf("%s %s: Allow %q", method, path, a.Header.Get("Allow"))
			}
		}
	}
	for path, allow := range map[string]string{at(both, "objects/"): "GET, HEAD, POST", at(both, "objects/"+indicatorID(1)+"/"): "DELETE, GET, HEAD", at(both, "manifest/"): "GET, HEAD"} {
		if a := w.do(http.MethodPut, path, ""); a.Header.Get("Allow") != allow {
			t.Errorf("%s: Allow %q, want %q", path, a.Header.Get("Allow"), allow)
		}
	}
	w.want(w.do(http.MethodPut, at(absent, "objects/"), ""), 404)
}

// Media types.

var accepts = []struct {
	name, accept string
	status       int
}{
	{"M1 without a version", "application/taxii+json", 200},
	{"M1 as it is", "application/taxii+json;version=2.1", 200},
	{"M2 with a space", "application/taxii+json; version=2.1", 200},
	{"M2 with spaces and tabs", " application/taxii+json \t; \tversion = 2.1 ", 200},
	{"M2 quoted", `application/taxii+json;version="2.1"`, 200},
	{"M2 quoted with a needless escape", `application/taxii+json;version="2\.1"`, 200},
	{"M2 upper case", "APPLICATION/TAXII+JSON;VERSION=2.1", 200},
	{"M2 weights", "text/html;q=0.9, application/taxii+json;version=2.1;q=0.8", 200},
	{"M2 anything", "*/*", 200},
	{"M2 any application", "application/*", 200},
	{"M2 plain JSON", "application/json", 200},
	{"M2 as OpenCTI sends", "application/json, text/plain, */*", 200},
	{"M2 a version of the future beside anything", "application/taxii+json;version=3.0, */*;q=0.1", 200},
	{"M2 a comma in quotes", `text/x;a="1,application/taxii+json"`, 406},
	{"M2 only TAXII 2.0", "application/taxii+json;version=2.0", 406},
	{"M2 the type of TAXII 2.0", "application/vnd.oasis.taxii+json;version=2.0", 406},
	{"M2 STIX alone", "application/stix+json;version=2.1", 406},
	{"M2 a page", "text/html", 406},
	{"M2 not at any price", "application/taxii+json;version=2.1;q=0", 406},
	{"M2 anything but this", "application/taxii+json;q=0, text/html", 406},
	{"M2 nothing between the commas", ";;;,,,", 200},
	{"M2 nonsense", ";;;,,,=", 406},
	{"M3 none", "", 200},
	{"M5 the pair of the manifest", "application/taxii+json;version=2.1,application/stix+json;version=2.1", 200},
}

func TestM1_M2_M3_M5_Accept(t *testing.T) {
	w := newWorld(t)
	w.fillMany(both, 1)
	for _, c := range accepts {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/taxii2/", at(both, "manifest/"), at(both, "objects/")} {
				if a := w.get(path, "Accept: "+c.accept); a.StatusCode != c.status {
					t.Errorf("%s: %d, want %d", path, a.StatusCode, c.status)
				}
			}
		})
	}
}

func TestM4_EveryBodySaysWhatItIs(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxContent = 2000 })
	w.fillMany(both, 1)
	id := indicatorID(1)
	seen := map[int]bool{}
	for _, a := range []answer{
		w.get("/taxii2/"), w.get(at(both, "objects/")), w.get(at(both, "objects/"+id+"/")), w.get(at(both, "objects/"+id+"/versions/")),
		w.do("POST", at(both, "objects/"), envelope(indicator(2, 1))),
		w.do("POST", at(both, "objects/"), `{"objects":[`), w.do("POST", at(both, "objects/"), `{}`),
		w.do("POST", at(both, "objects/"), envelope(indicator(2, 1), strings.Repeat(" ", 3000))),
		w.do("POST", at(both, "objects/"), `{}`, "Content-Type: text/plain"), w.do("POST", at(reads, "objects/"), `{}`),
		w.get("/taxii2/", "Authorization"), w.get("/taxii2/nope/"), w.get("/taxii2/", "Accept: text/html"), w.do("PUT", "/taxii2/", ""),
		w.get(at(both, "objects/?limit=0")), w.get(at(both, "objects/?match[id]="+strings.Repeat("x", mostQuery))), w.get("/taxii2/", "Authorization: Bearer down"),
	} {
		seen[a.StatusCode] = true
		if a.Header.Get("Content-Type") != "application/taxii+json;version=2.1" || len(a.raw) == 0 {
			t.Errorf("%s %s: %d as %q", a.Request.Method, a.Request.URL.Path, a.StatusCode, a.Header.Get("Content-Type"))
		}
	}
	for _, status := range []int{200, 202, 400, 401, 403, 404, 405, 406, 413, 414, 415, 422, 503} {
		if !seen[status] {
			t.Errorf("none of the answers was a %d", status)
		}
	}
}

func TestM6_WhatABodyMayBe(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		contentType string
		status      int
	}{
		{"application/taxii+json;version=2.1", 202},
		{"application/taxii+json", 202},
		{`Application/TAXII+JSON; version="2.1"`, 202},
		{"application/taxii+json; charset=utf-8; version=2.1", 202},
		{"application/taxii+json;version=2.0", 415},
		{"application/stix+json;version=2.1", 415},
		{"application/vnd.oasis.stix+json", 415},
		{"application/json", 415},
		{"text/plain", 415},
		{"", 415},
	} {
		if a := w.do("POST", at(both, "objects/"), envelope(indicator(1, 1)), "Content-Type: "+c.contentType); a.StatusCode != c.status {
			t.Errorf("%q: %d, want %d", c.contentType, a.StatusCode, c.status)
		}
	}
	if a := w.want(w.do("POST", at(both, "objects/"), envelope(indicator(1, 1)), "Content-Encoding: gzip"), 415); a.Header.Get("Accept-Encoding") != "identity" {
		t.Errorf("a compressed body: Accept-Encoding %q", a.Header.Get("Accept-Encoding"))
	}
}

func TestM7_ABodyThatTwoCouldReadDifferentlyIsRefused(t *testing.T) {
	w := newWorld(t)
	for name, body := range map[string]string{
		"a name twice outside":  `{"objects":[` + indicator(1, 1) + `],"objects":[` + indicator(2, 1) + `]}`,
		"a name twice inside":   `{"objects":[{"type":"x-a","type":"x-b"}]}`,
		"half of a pair":        `{"objects":[{"type":"x-a","x":"\ud800"}]}`,
		"what is not UTF-8":     "{\"objects\":[{\"type\":\"x-\xff\"}]}",
		"something behind it":   envelope(indicator(1, 1)) + `{}`,
		"a comma too many":      `{"objects":[` + indicator(1, 1) + `,]}`,
		"an end before the end": `{"objects":[`,
	} {
		if a := w.do("POST", at(both, "objects/"), body); a.StatusCode != 400 {
			t.Errorf("%s: %d: %s", name, a.StatusCode, a.raw)
		}
	}
	if len(w.shelves[both].entries) > 0 {
		t.Error("something of it was kept")
	}
}

// Status codes.

func TestS1_WhoMayNotIsToldSoOnlyIfItMayKnow(t *testing.T) {
	w := newWorld(t)
	w.fillMany(writes, 1)
	for _, c := range []struct {
		name, method string
		path         string
		body         string
		status       int
	}{
		{"read what may be read", "GET", at(reads, "objects/"), "", 200},
		{"read what may only be written", "GET", at(writes, "objects/"), "", 403},
		{"its manifest", "GET", at(writes, "manifest/"), "", 403},
		{"one object of it", "GET", at(writes, "objects/"+indicatorID(1)+"/"), "", 403},
		{"an object that is not in it", "GET", at(writes, "objects/"+indicatorID(9)+"/"), "", 403},
		{"what cannot be an object in it", "GET", at(writes, "objects/nope/"), "", 403},
		{"write what may only be read", "POST", at(reads, "objects/"), envelope(indicator(1, 1)), 403},
		{"write what may be written", "POST", at(writes, "objects/"), envelope(indicator(1, 1)), 202},
		{"read another's", "GET", at(theirs, "objects/"), "", 404},
		{"write another's", "POST", at(theirs, "objects/"), envelope(indicator(1, 1)), 404},
		{"see another's", "GET", at(theirs, ""), "", 404},
		{"read what is not there", "GET", at(absent, "objects/"), "", 404},
	} {
		w.t = t
		if a := w.do(c.method, c.path, c.body); a.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", c.name, a.StatusCode, c.status)
		}
	}
	there, nowhere := w.get(at(theirs, "objects/")), w.get(at(absent, "objects/"))
	if len(there.body) != len(nowhere.body) || there.body["title"] != nowhere.body["title"] || there.body["error_code"] != nowhere.body["error_code"] {
		t.Errorf("another's collection can be told from none:\n%s\n%s", there.raw, nowhere.raw)
	}
	for _, header := range []string{"Authorization", "Authorization: Bearer wrong", "Authorization: Basic eDp5"} {
		for _, path := range []string{"/taxii2/", at(both, "objects/"), at(absent, "objects/"), "/taxii2/nope/"} {
			w.want(w.get(path, header), 401)
		}
	}
}

func TestS2_WhoMayDelete(t *testing.T) {
	w := newWorld(t)
	for id, status := range map[parcel.CollectionID]int{none: 404, reads: 403, writes: 403, both: 200} {
		w.fillMany(id, 1)
		a := w.want(w.do("DELETE", at(id, "objects/"+indicatorID(1)+"/"), ""), status)
		if status == 200 && len(a.raw) > 0 {
			t.Errorf("a deletion answers %q", a.raw)
		}
	}
	w.want(w.do("DELETE", at(theirs, "objects/"+indicatorID(1)+"/"), ""), 404)
}

func TestS3_NobodyLearnsFromALaterCheck(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name    string
		path    string
		headers []string
		status  int
	}{
		{"nobody, an unreadable form", at(both, "objects/"), []string{"Authorization", "Accept: text/html"}, 401},
		{"nobody, a wrong question", at(both, "objects/?limit=0"), []string{"Authorization"}, 401},
		{"another's, an unreadable form", at(theirs, "objects/"), []string{"Accept: text/html"}, 404},
		{"another's, a wrong question", at(theirs, "objects/?limit=0"), nil, 404},
		{"one that may not be read, an unreadable form", at(writes, "objects/"), []string{"Accept: text/html"}, 403},
		{"one that may not be read, a wrong question", at(writes, "objects/?limit=0"), nil, 403},
		{"one that may be read, both wrong", at(both, "objects/?limit=0"), []string{"Accept: text/html"}, 406},
		{"one that may be read, a wrong question", at(both, "objects/?limit=0"), nil, 400},
		{"a collection that is not there, an unreadable form", at(absent, ""), []string{"Accept: text/html"}, 404},
	} {
		if a := w.get(c.path, c.headers...); a.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", c.name, a.StatusCode, c.status)
		}
	}
	w.want(w.do("POST", at(reads, "objects/"), "no envelope", "Content-Type: text/plain"), 403)
	w.want(w.do("POST", at(theirs, "objects/"), "no envelope", "Content-Type: text/plain"), 404)
	w.want(w.do("POST", at(both, "objects/"), "no envelope", "Content-Type: text/plain"), 415)
}

func TestS4_WhatCannotBeAnIDIsNotThere(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"nope", "%00", "%ff%fe", "..", "%2e%2e", "a%2Fb", "'%20OR%201=1--", strings.Repeat("x", 5000), "indicator--", "--" + string(both), "%E2%80%8B", "1111111111111111111111111111111111111"} {
		for _, path := range []string{
			"/taxii2/api/status/" + id + "/", "/taxii2/api/collections/" + id + "/", "/taxii2/api/collections/" + id + "/objects/",
			at(both, "objects/"+id+"/"), at(both, "objects/"+id+"/versions/"), at(both, id+"/"), "/taxii2/" + id + "/",
		} {
			w.want(w.get(path), 404)
		}
		w.want(w.do("DELETE", at(both, "objects/"+id+"/"), ""), 404)
	}
	// A UUID may be written in capitals.
	w.want(w.get("/taxii2/api/collections/"+strings.ToUpper("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")+"/"), 404)
	w.make("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", true, true)
	w.want(w.get("/taxii2/api/collections/AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA/"), 200)
}

func TestS6_WhoComesTooOftenIsToldWhenToComeAgain(t *testing.T) {
	w := newWorld(t)
	w.broken = fault.New(fault.Unavailable, "store.busy")
	for _, path := range []string{at(both, "objects/"), "/taxii2/api/collections/", "/taxii2/api/status/" + string(both) + "/"} {
		a := w.want(w.get(path), 503)
		if n, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || n < 1 {
			t.Errorf("%s: Retry-After %q", path, a.Header.Get("Retry-After"))
		}
	}
	full := newWorld(t, func(c *Config) { c.Admit = func(r *http.Request) bool { return r.Header.Get("X-Full") == "" } })
	full.want(full.get("/taxii2/"), 200)
	if a := full.want(full.get("/taxii2/", "X-Full: 1", "Authorization"), 429); a.Header.Get("Retry-After") == "" {
		t.Error("who is not let in is not told when to come again")
	}
	g := newTurnstile(3, 2)
	first, err1 := g.enter("a")
	_, err2 := g.enter("a")
	_, err3 := g.enter("a")
	if err1 != nil || err2 != nil || statusOfError(err3) != 429 {
		t.Fatalf("a third body of one organisation: %v", err3)
	}
	if _, err := g.enter("b"); err != nil {
		t.Errorf("another organisation is kept out: %v", err)
	}
	if _, err := g.enter("c"); statusOfError(err) != 503 {
		t.Errorf("a fourth body in all: %v", err)
	}
	first()
	if _, err := g.enter(party.OrgID("c")); err != nil {
		t.Errorf("when one is done another may come: %v", err)
	}
}

// Error messages.

func TestE1_AnErrorIsTextsThroughAndThrough(t *testing.T) {
	w := newWorld(t)
	a := w.get(at(both, "objects/?limit=0"))
	for name, v := range a.body {
		if s, ok := v.(string); !ok || s == "" {
			t.Errorf("%s is %v", name, v)
		}
	}
	if a.body["http_status"] != "400" || a.body["error_code"] != "taxii.field" || !strings.Contains(a.body["title"].(string), "limit") {
		t.Errorf("%s", a.raw)
	}
	if ja := w.get(at(both, "objects/?limit=0"), "Accept-Language: ja,en;q=0.5"); ja.body["title"] == a.body["title"] || ja.Header.Get("Content-Language") != "ja" {
		t.Errorf("asked in Japanese: %s", ja.raw)
	}
	if a.Header.Get("Content-Language") != "en" {
		t.Error("who says nothing gets English")
	}
}

func TestE2_AnErrorTellsNothingOfTheInside(t *testing.T) {
	w := newWorld(t)
	const secret = "諏訪湖医療センター SELECT /var/lib"
	for _, err := range []error{
		fault.Wrap(errSecret(secret), fault.Internal, "store.internal", secret), errSecret(secret), fault.New(fault.Damaged, "store.damaged", secret),
		fault.Wrap(errSecret(secret), fault.NotFound, "relay.collection", secret),
	} {
		w.broken = err
		a := w.get(at(both, "objects/"))
		if strings.Contains(string(a.raw), "諏訪") || strings.Contains(w.log.String(), "諏訪") {
			t.Errorf("%v shows: %s / %s", err, a.raw, w.log)
		}
		if id, _ := a.body["error_id"].(string); id == "" || !strings.Contains(w.log.String(), id) {
			t.Errorf("the log has no %q", id)
		}
	}
}

type errSecret string

func (e errSecret) Error() string { return string(e) }
