package taxii

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
)

// Collections, objects, status, authentication.

func TestC1_ACollectionIsAsTheAskerMayUseIt(t *testing.T) {
	w := newWorld(t)
	for id, may := range map[parcel.CollectionID][2]bool{both: {true, true}, reads: {true, false}, writes: {false, true}, none: {false, false}} {
		a := w.want(w.get(at(id, "")), 200)
		if a.body["id"] != string(id) || a.body["title"] == "" || a.body["can_read"] != may[0] || a.body["can_write"] != may[1] {
			t.Errorf("%s", a.raw)
		}
		if got := a.items("media_types"); !slices.Equal(got, []string{"application/stix+json;version=2.1"}) {
			t.Errorf("media types: %v", got)
		}
	}
	w.shelves[both].Title = ""
	if a := w.get(at(both, "")); a.body["title"] != string(both) {
		t.Errorf("a collection without a title: %s", a.raw)
	}
	w.fillMany(both, 1)
	record := w.get(at(both, "manifest/")).body["objects"].([]any)[0].(map[string]any)
	if record["media_type"] != "application/stix+json;version=2.1" {
		t.Errorf("%v", record)
	}
}

func TestC2_EachSeesItsOwnCollectionsAndNobodyAnEmptyList(t *testing.T) {
	w := newWorld(t)
	if got := w.get("/taxii2/api/collections/").items("collections"); !slices.Equal(got, []string{string(both), string(reads), string(writes), string(none)}) {
		t.Errorf("a sees %v", got)
	}
	if got := w.get("/taxii2/api/collections/", "Authorization: Bearer b").items("collections"); !slices.Contains(got, string(theirs)) {
		t.Errorf("b sees %v", got)
	}
	clear(w.shelves)
	if a := w.want(w.get("/taxii2/api/collections/"), 200); string(a.raw) != "{}" {
		t.Errorf("none: %s", a.raw)
	}
}

func TestO1_O2_OneObject(t *testing.T) {
	w := newWorld(t)
	w.fill(both, indicator(1, 1), indicator(1, 2))
	one := at(both, "objects/"+indicatorID(1)+"/")
	if a := w.want(w.get(one), 200); string(a.raw) != envelope(indicator(1, 2)) {
		t.Errorf("%s", a.raw)
	}
	for _, path := range []string{one + "?match[version]=2020-01-01T00:00:00Z", one + "?added_after=2999-01-01T00:00:00Z", one + "versions/?added_after=2999-01-01T00:00:00Z"} {
		if a := w.want(w.get(path), 200); string(a.raw) != "{}" {
			t.Errorf("%s: %s", path, a.raw)
		}
	}
	w.want(w.get(at(both, "objects/"+indicatorID(2)+"/")), 404)
	w.want(w.get(at(both, "objects/"+indicatorID(2)+"/versions/")), 404)
	if a := w.want(w.get(at(both, "objects/?match[id]="+indicatorID(2))), 200); string(a.raw) != "{}" {
		t.Errorf("a search finds nothing: %s", a.raw)
	}
}

func TestO3_O4_WhatIsDeletedIsGone(t *testing.T) {
	w := newWorld(t)
	w.fill(both, indicator(1, 1), indicator(1, 2), indicator(1, 3), indicator(2, 1))
	one := at(both, "objects/"+indicatorID(1)+"/")
	for _, match := range []string{"all,last", "last,last", "", "yesterday"} {
		w.want(w.do("DELETE", one+"?match[version]="+match, ""), 400)
	}
	w.want(w.do("DELETE", one+"?match[version]=last", ""), 200)
	if got := w.get(one); !strings.Contains(string(got.raw), "00:02.444Z") {
		t.Errorf("the version before is the last now: %s", got.raw)
	}
	w.want(w.do("DELETE", one+"?match[version]=2026-09-01T00:00:01.444000Z", ""), 200)
	if got := w.get(one + "versions/").items("versions"); !slices.Equal(got, []string{"2026-09-01T00:00:02.444Z"}) {
		t.Errorf("what is left: %v", got)
	}
	w.want(w.do("DELETE", one+"?match[version]=first&match[foo]=1", ""), 200)
	w.want(w.get(one), 404)
	w.want(w.get(one+"versions/"), 404)
	w.want(w.do("DELETE", one, ""), 404)
	for _, path := range []string{"objects/?match[version]=all", "manifest/?match[version]=all"} {
		if got := w.get(at(both, path)).items("objects"); !slices.Equal(got, []string{indicatorID(2)}) {
			t.Errorf("%s: %v", path, got)
		}
	}
	w.fill(both, indicator(2, 2), indicator(2, 3))
	w.want(w.do("DELETE", at(both, "objects/"+indicatorID(2)+"/"), ""), 200)
	w.want(w.get(at(both, "objects/"+indicatorID(2)+"/")), 404)
}

func TestO5_WhatCameIsWhatIsServed(t *testing.T) {
	w := newWorld(t)
	odd := `{ "id":"x-thing--00000000-0000-4000-8000-000000000001","type":"x-thing","spec_version":"2.1",
	  "created":"2026-09-01T00:00:00.100Z","modified":"2026-09-01T00:00:00.100Z", "x_n":1.10, "x_e":1E+2,"x_list":[  1 , "\u3042\/é" ],"x_o":{ "a" : true } }`
	w.want(w.do("POST", at(both, "objects/"), `{"objects":[ `+odd+` , `+address+`]}`), 202)
	want := envelope(odd, address)
	if a := w.get(at(both, "objects/")); string(a.raw) != want || a.ContentLength != int64(len(want)) {
		t.Errorf("got  %s\nwant %s", a.raw, want)
	}
}

func TestAPageIsCompressedForThoseWhoAskForIt(t *testing.T) {
	w := newWorld(t)
	w.fillMany(both, 50)
	plain := w.get(at(both, "objects/"))
	for accept, zipped := range map[string]bool{"gzip": true, "deflate, gzip;q=0.5": true, "*": true, "gzip;q=0": false, "identity": false, "br": false, "": false} {
		a := rawGet(t, w, at(both, "objects/"), accept)
		if (a.Header.Get("Content-Encoding") == "gzip") != zipped {
			t.Errorf("%q: %q", accept, a.Header.Get("Content-Encoding"))
		}
		if zipped && (string(unzip(t, a.raw)) != string(plain.raw) || len(a.raw) > len(plain.raw)/2) {
			t.Errorf("%q: %d bytes for %d", accept, len(a.raw), len(plain.raw))
		}
	}
	if a := rawGet(t, w, "/taxii2/", "gzip"); a.Header.Get("Content-Encoding") != "" {
		t.Error("a small answer is compressed")
	}
}

func rawGet(t *testing.T, w *world, path, encoding string) answer {
	t.Helper()
	r, _ := http.NewRequest("GET", w.srv.URL+path, nil)
	r.Header.Set("Authorization", "Bearer a")
	r.Header["Accept-Encoding"] = []string{encoding}
	resp, err := (&http.Transport{DisableCompression: true}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{Response: resp, raw: raw}
}

func unzip(t *testing.T, raw []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestA1_WhatAnEnvelopeIs(t *testing.T) {
	w := newWorld(t)
	for body, status := range map[string]int{
		envelope(indicator(1, 1)): 202,
		`{"type":"bundle","id":"bundle--` + string(both) + `","objects":[` + indicator(2, 1) + `]}`: 202,
		`{"more":false,"objects":[` + indicator(3, 1) + `],"x_custom":1}`:                           202,
		``:                                     400,
		`{`:                                    400,
		`not json`:                             400,
		`{"objects":[]}`:                       422,
		`{}`:                                   422,
		`[]`:                                   422,
		`"objects"`:                            422,
		`null`:                                 422,
		`{"objects":{}}`:                       422,
		`{"objects":null}`:                     422,
		`{"objects":[1,"a",null]}`:             422,
		`{"objects":"` + indicatorID(1) + `"}`: 422,
		indicator(4, 1):                        422,
		`{"objects":[` + strings.Repeat(`{},`, mostObjects) + `{}]}`: 413,
	} {
		if a := w.want(w.send("POST", at(both, "objects/"), strings.NewReader(body)), status); a.StatusCode != status {
			t.Errorf("%.60s", body)
		}
	}
	if n := len(w.shelves[both].entries); n != 3 {
		t.Errorf("%d objects were kept, want 3", n)
	}
}

func TestA2_A5_OneBadObjectIsNotTheOthersFault(t *testing.T) {
	w := newWorld(t)
	a := w.want(w.do("POST", at(both, "objects/"), envelope(indicator(1, 1), `{"type":"indicator","id":"not-an-id"}`, `{}`, indicator(2, 1), indicator(2, 1))), 202)
	if a.body["total_count"] != 5.0 || a.body["success_count"] != 3.0 || a.body["failure_count"] != 2.0 || a.body["pending_count"] != 0.0 || a.body["status"] != "complete" {
		t.Errorf("%s", a.raw)
	}
	failure := a.body["failures"].([]any)[0].(map[string]any)
	if failure["id"] != "not-an-id" || failure["message"] == "" || failure["version"] == "" {
		t.Errorf("%v", failure)
	}
	if got := w.get(at(both, "objects/")).items("objects"); !slices.Equal(got, []string{indicatorID(1), indicatorID(2)}) {
		t.Errorf("kept: %v", got)
	}
}

func TestA3_TheSameAgainIsNoErrorAndNothingNew(t *testing.T) {
	w := newWorld(t)
	w.want(w.do("POST", at(both, "objects/"), envelope(indicator(1, 1), address)), 202)
	before := w.get(at(both, "manifest/"))
	again := w.want(w.do("POST", at(both, "objects/"), envelope(" "+indicator(1, 1), address)), 202)
	if again.body["failure_count"] != 0.0 || string(w.get(at(both, "manifest/")).raw) != string(before.raw) {
		t.Errorf("%s", again.raw)
	}
	other := strings.Replace(indicator(1, 1), "1.10", "2", 1)
	if a := w.want(w.do("POST", at(both, "objects/"), envelope(other)), 202); a.body["failure_count"] != 1.0 {
		t.Errorf("another content under the same version: %s", a.raw)
	}
	if a := w.get(at(both, "objects/"+indicatorID(1)+"/")); string(a.raw) != envelope(indicator(1, 1)) {
		t.Errorf("the first one stays: %s", a.raw)
	}
}

func TestA4_WhoMayBringWhatIsTheIntakesToSay(t *testing.T) {
	// Labels, creators and revocations are judged by the Intake, object by object; its
	// verdicts come out as they are.
	w := newWorld(t)
	st := parcel.Status{ID: newUUID(), At: time.Unix(0, 0), Results: []parcel.Result{{ID: indicatorID(1), Version: "v", Failure: "under a stricter label"}, {ID: indicatorID(2), Version: "v"}}}
	h, err := New(Config{Shelves: w.memory, Intake: judging{w.memory, st, nil}, Authenticate: authenticate, CursorKey: testKey})
	if err != nil {
		t.Fatal(err)
	}
	w.srv.Config.Handler = h
	a := w.want(w.do("POST", at(both, "objects/"), envelope(indicator(1, 1), indicator(2, 1))), 202)
	if f := a.body["failures"].([]any)[0].(map[string]any); f["id"] != indicatorID(1) || f["message"] != "under a stricter label" || a.body["success_count"] != 1.0 {
		t.Errorf("%s", a.raw)
	}
}

type judging struct {
	*memory
	status parcel.Status
	err    error
}

func TestA6_AnAnswerIsCompleteAndNothingRunsOn(t *testing.T) {
	w := newWorld(t)
	a := w.want(w.do("POST", at(both, "objects/"), envelope(indicator(1, 1))), 202)
	if a.body["status"] != "complete" || len(w.shelves[both].entries) != 1 {
		t.Errorf("%s", a.raw)
	}
	mustTime(t, a.body["request_timestamp"].(string))
}

func TestA7_TooMuchIsTooMuchHoweverItIsSent(t *testing.T) {
	body := envelope(indicator(1, 1))
	for _, c := range []struct {
		limit  int
		status int
	}{{len(body), 202}, {len(body) - 1, 413}, {len(body) + 1, 202}} {
		w := newWorld(t, func(cfg *Config) { cfg.MaxContent = int64(c.limit) })
		w.want(w.do("POST", at(both, "objects/"), body), c.status)
		w.want(w.send("POST", at(both, "objects/"), chunked{strings.NewReader(body)}), c.status) // no Content-Length
	}
	w := newWorld(t)
	deep := `{"objects":[{"type":"x-a","x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}]}`
	if a := w.do("POST", at(both, "objects/"), deep); a.StatusCode != 413 && a.StatusCode != 400 {
		t.Errorf("too deep: %d", a.StatusCode)
	}
	r, _ := http.NewRequest("POST", w.srv.URL+at(both, "objects/"), io.MultiReader(strings.NewReader(`{"objects":[`), failing{}))
	r.Header.Set("Content-Type", mediaType)
	r.Header.Set("Authorization", "Bearer a")
	if resp, err := noRedirects.Do(r); err == nil {
		t.Errorf("a body that breaks off: %d", resp.StatusCode)
		resp.Body.Close()
	}
	w.want(w.do("POST", at(both, "objects/"), envelope(indicator(1, 1))), 202) // and the place it took is free
}

type chunked struct{ io.Reader }

// failing breaks a connection off in the middle of a body.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("cut") }

func TestA8_WhatTheEnvelopeSaysBesidesIsPassedOver(t *testing.T) {
	w := newWorld(t)
	w.want(w.do("POST", at(both, "objects/"), `{"x_note":{"a":[1]},"next":"abc","more":true,"objects":[`+indicator(1, 1)+`]}`), 202)
}

func TestST1_AStatusIsForWhoBroughtTheObjects(t *testing.T) {
	w := newWorld(t)
	a := w.want(w.do("POST", at(both, "objects/"), envelope(indicator(1, 1), address, `{}`)), 202)
	path := "/taxii2/api/status/" + a.body["id"].(string) + "/"
	if again := w.want(w.get(path), 200); string(again.raw) != string(a.raw) {
		t.Errorf("then %s\nnow  %s", a.raw, again.raw)
	}
	w.want(w.get("/taxii2/api/status/"+strings.ToUpper(a.body["id"].(string))+"/"), 200)
	w.want(w.get(path, "Authorization: Bearer b"), 404)
	w.want(w.get("/taxii2/api/status/"+newUUID()+"/"), 404)
	w.want(w.get(path, "Accept: text/html"), 406)
	for _, list := range []string{"successes", "failures"} {
		for _, x := range a.body[list].([]any) {
			if d := x.(map[string]any); d["version"] == "" || d["version"] == nil {
				t.Errorf("%s without a version: %v", list, d)
			}
		}
	}
	// What the Intake would rather not show is not there.
	h, err := New(Config{Shelves: w.memory, Intake: judging{w.memory, parcel.Status{}, fault.New(fault.Forbidden, "relay.may-not-read")}, Authenticate: authenticate, CursorKey: testKey})
	if err != nil {
		t.Fatal(err)
	}
	w.srv.Config.Handler = h
	w.want(w.get(path), 404)
}

func TestV1_VersionsOfAnObject(t *testing.T) {
	w := newWorld(t)
	w.fill(both, indicator(1, 2), indicator(1, 1), marking, address)
	a := w.want(w.get(at(both, "objects/"+indicatorID(1)+"/versions/")), 200)
	if got := a.items("versions"); !slices.Equal(got, []string{"2026-09-01T00:00:02.444Z", "2026-09-01T00:00:01.444Z"}) {
		t.Errorf("in the order in which they came: %v", got)
	}
	if b := w.get(at(both, "objects/"+indicatorID(1)+"/versions/?limit=1")); len(b.items("versions")) != 1 || !b.more() || b.next() == "" {
		t.Errorf("%s", b.raw)
	}
}

func TestAU1_ATokenIsTakenBothWaysAndBothAreNamed(t *testing.T) {
	w := newWorld(t)
	w.want(w.get("/taxii2/", "Authorization: Bearer a"), 200)
	w.want(w.get("/taxii2/", "Authorization: Basic dXNlcjph"), 200) // user:a
	for _, header := range []string{"Authorization", "Authorization: Bearer", "Authorization: Digest x", "Authorization: Bearer wrong"} {
		a := w.want(w.get("/taxii2/", header), 401)
		named := strings.Join(a.Header.Values("WWW-Authenticate"), ", ")
		if !strings.Contains(named, "Bearer realm=") || !strings.Contains(named, "Basic realm=") {
			t.Errorf("%s: WWW-Authenticate %q", header, named)
		}
	}
	w.want(w.get("/taxii2/", "Authorization: Bearer down"), 503)
}

func TestAU2_CertificatesOfClientsAreTheListeners(t *testing.T) {
	// Who asks is said by Config.Authenticate, which sees the whole request, its certificate
	// too.
	w := newWorld(t, func(c *Config) {
		c.Authenticate = func(r *http.Request) (party.Actor, error) {
			if r.TLS == nil {
				return party.Actor{}, fault.New(fault.Forbidden, "account.token")
			}
			return party.Actor{Account: "x", Org: "x"}, nil
		}
	})
	w.want(w.get("/taxii2/"), 401)
}

// TestX1_NobodyGetsAnothersObject: many ask at once, and each gets what it asked for.
func TestX1_NobodyGetsAnothersObject(t *testing.T) {
	w := newWorld(t)
	w.fillMany(both, 60)
	w.fillMany(theirs, 60)
	var all sync.WaitGroup
	for k := range 12 {
		all.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			for n := range 60 {
				ask(t, client, w, k, n)
			}
		})
	}
	all.Wait()
}

func ask(t *testing.T, client *http.Client, w *world, k, n int) {
	id, path := indicatorID(1+(k*7+n)%60), ""
	token := string("ab"[k%2])
	switch n % 4 {
	case 0:
		path = at(map[string]parcel.CollectionID{"a": both, "b": theirs}[token], "objects/"+id+"/")
	case 1:
		path = at(both, "manifest/?match[id]="+id)
	case 2:
		path = at(both, "objects/?limit=5&match[id]="+id)
	case 3:
		body := envelope(indicator(1000+k*100+n, 1))
		r, _ := http.NewRequest("POST", w.srv.URL+at(both, "objects/"), strings.NewReader(body))
		r.Header.Set("Content-Type", mediaType)
		id, path = indicatorID(1000+k*100+n), ""
		check(t, client, r, token, id)
		return
	}
	r, _ := http.NewRequest("GET", w.srv.URL+path, nil)
	check(t, client, r, token, id)
}

func check(t *testing.T, client *http.Client, r *http.Request, token, id string) {
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(r)
	if err != nil {
		t.Error(err)
		return
	}
	defer resp.Body.Close()
	var got struct {
		Objects   []struct{ ID string } `json:"objects"`
		Successes []struct{ ID string } `json:"successes"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Error(err)
	}
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable {
		return // too many at once: said, not confused
	}
	if list := append(got.Objects, got.Successes...); len(list) != 1 || list[0].ID != id {
		t.Errorf("%s %s: asked for %s, got %v (%d)", r.Method, r.URL.Path, id, list, resp.StatusCode)
	}
}

func TestX2_TheSlipsOfTheStandardAreNotFollowed(t *testing.T) {
	w := newWorld(t)
	w.fillMany(both, 1)
	w.want(w.get(at(both, "object/"+indicatorID(1)+"/")), 404)
	for _, x := range w.get(at(both, "manifest/")).body["objects"].([]any) {
		if added := fmt.Sprint(x.(map[string]any)["date_added"]); len(added) != len("2026-09-01T00:00:00.000000Z") {
			t.Errorf("microseconds are six digits: %s", added)
		}
	}
}

func TestAServerNeedsItsParts(t *testing.T) {
	m := newMemory()
	whole := Config{Shelves: m, Intake: m, Authenticate: authenticate, CursorKey: testKey}
	if _, err := New(whole); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"shelves": func(c *Config) { c.Shelves = nil }, "intake": func(c *Config) { c.Intake = nil },
		"authentication": func(c *Config) { c.Authenticate = nil }, "a long key": func(c *Config) { c.CursorKey = testKey[:31] },
	} {
		c := whole
		if change(&c); fault.KindOf(second(New(c))) != fault.Internal {
			t.Errorf("without %s there is a server", name)
		}
	}
}

func second[T any](_ T, err error) error { return err }
