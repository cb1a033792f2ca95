package taxii

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Filtering: and between the fields, or inside one.

// filled is a world with indicators 1–3 of which 1 has three versions, an address without any
// version and a marking with only its creation.
func filled(t *testing.T) *world {
	w := newWorld(t)
	w.fill(both, indicator(1, 1), indicator(2, 1), address, marking, indicator(1, 2), indicator(3, 1), indicator(1, 3))
	return w
}

func TestF1_EachEndpointHasItsFields(t *testing.T) {
	w := filled(t)
	one := at(both, "objects/"+indicatorID(1)+"/")
	// A field that has no meaning at an endpoint is passed over there.
	for _, path := range []string{one + "?match[type]=malware", one + "?match[id]=" + addressID} {
		if got := w.want(w.get(path), 200).items("objects"); !slices.Equal(got, []string{indicatorID(1)}) {
			t.Errorf("%s: %v", path, got)
		}
	}
	if got := w.get(one + "versions/?match[version]=first").items("versions"); len(got) != 3 {
		t.Errorf("versions by version: %v", got)
	}
	for _, field := range []string{"match[id]=" + indicatorID(1), "match[type]=indicator", "match[version]=last", "match[spec_version]=2.1", "added_after=2020-01-01T00:00:00Z", "limit=1"} {
		for _, path := range []string{at(both, "objects/"), at(both, "manifest/")} {
			if a := w.want(w.get(path+"?"+field), 200); len(a.items("objects")) == 0 {
				t.Errorf("%s?%s is empty", path, field)
			}
		}
	}
	if got := w.get(at(both, "objects/?match[type]=indicator,ipv4-addr&match[id]="+addressID+","+markingID)).items("objects"); !slices.Equal(got, []string{addressID}) {
		t.Errorf("both fields must hold: %v", got)
	}
}

func TestF2_AFieldGivenTwiceIsRefused(t *testing.T) {
	w := filled(t)
	for _, field := range []string{"match[id]=a", "match[type]=a", "match[version]=last", "match[spec_version]=2.1", "added_after=2020-01-01T00:00:00Z", "limit=1", "next="} {
		for _, path := range []string{at(both, "objects/"), at(both, "manifest/"), at(both, "objects/"+indicatorID(1)+"/"), at(both, "objects/"+indicatorID(1)+"/versions/")} {
			w.want(w.get(path+"?"+field+"&"+field), 400)
			w.want(w.get(path+"?"+field+"&"+strings.Replace(strings.Replace(field, "[", "%5B", 1), "]", "%5D", 1)), 400)
		}
	}
}

func TestF3_WhatNobodyKnowsIsPassedOver(t *testing.T) {
	w := filled(t)
	all := len(w.get(at(both, "objects/")).items("objects"))
	for _, q := range []string{"match[foo]=x", "_=123456", "match[foo]=x&match[foo]=y", "verify=true&x=%20"} {
		if got := w.want(w.get(at(both, "objects/?"+q)), 200).items("objects"); len(got) != all {
			t.Errorf("%s: %d of %d", q, len(got), all)
		}
	}
}

func TestF4_AQuestionIsReadToItsEndOrRefused(t *testing.T) {
	w := filled(t)
	for q, status := range map[string]int{
		"match%5Btype%5D=indicator%2Cmalware": 200, "match[type]=a;limit=1": 400, "limit=1;": 400, "limit=%zz": 400, "match[type]=%ff": 400, "%": 400, "&&": 200,
	} {
		w.want(w.get(at(both, "objects/?"+q)), status)
	}
	if got := w.get(at(both, "objects/?match%5Btype%5D=ipv4-addr%2Cmalware")).items("objects"); !slices.Equal(got, []string{addressID}) {
		t.Errorf("escaped: %v", got)
	}
}

func TestS5_F5_WhatIsMalformedIsRefused(t *testing.T) {
	w := filled(t)
	for _, q := range []string{
		"added_after=yesterday", "added_after=", "added_after=2026-09-01", "added_after=2026-13-01T00:00:00Z", "added_after=2026-09-01T00:00:00", "added_after=2026-09-01T00:00:00.Z", "added_after=2026-09-01T00:00:00,5Z", "added_after=1", "added_after=2026-09-01T00:00:00.1234567890123456789012345678901Z",
		"limit=", "limit=0", "limit=-1", "limit=abc", "limit=1.5", "limit=%2B5", "limit=0x10", "limit=00", "limit=%EF%BC%91",
		"next=garbage", "next=AAAA", "next=" + strings.Repeat("A", 43),
		"match[type]=", "match[id]=", "match[version]=", "match[spec_version]=", "match[type]=a,,b", "match[type]=,", "match[id]=a,", "match[type]=a+b", "match[id]=a%00",
		"match[version]=newest", "match[version]=2026", "match[version]=last,yesterday",
		"match[id]=" + strings.Repeat("x", maxValue+1),
	} {
		w.want(w.get(at(both, "objects/?"+q)), 400)
	}
}

func TestF6_ThousandsOfIDsAreTooMany(t *testing.T) {
	w := filled(t)
	ids := make([]string, mostValues)
	for k := range ids {
		ids[k] = indicatorID(k + 2)
	}
	if got := w.want(w.get(at(both, "objects/?match[id]="+strings.Join(ids, ","))), 200).items("objects"); !slices.Equal(got, []string{indicatorID(2), indicatorID(3)}) {
		t.Errorf("a thousand ids: %v", got)
	}
	w.want(w.get(at(both, "objects/?match[id]="+strings.Join(ids, ",")+",x")), 400)
	w.want(w.get(at(both, "objects/?match[id]="+strings.Repeat("x", mostQuery))), 414)
}

func TestF7_ATypeNobodyKnowsIsNoError(t *testing.T) {
	w := filled(t)
	for _, kind := range []string{"malware", "x-custom-thing", "wakachi-seal", "BUNDLE"} {
		if a := w.want(w.get(at(both, "objects/?match[type]="+kind)), 200); string(a.raw) != "{}" {
			t.Errorf("%s: %s", kind, a.raw)
		}
	}
}

func TestF8_Versions(t *testing.T) {
	w := filled(t)
	v := func(n int) string { return fmt.Sprintf("2026-09-01T00:00:%02d.444Z", n) }
	for match, want := range map[string][]string{
		"":                                {v(3)},
		"last":                            {v(3)},
		"first":                           {v(1)},
		"first,last":                      {v(1), v(3)},
		"all":                             {v(1), v(2), v(3)},
		v(2):                              {v(2)},
		"first," + v(2):                   {v(1), v(2)},
		"2026-09-01T00:00:02.444000Z":     {v(2)}, // the same instant
		"2026-09-01T00:00:02.4440000Z":    {v(2)},
		"2026-09-01T09:00:02.444%2B09:00": {v(2)},
		"2026-09-01T09:00:02.444 09:00":   {v(2)},
		"2026-09-01T00:00:02.445Z":        nil,
	} {
		q := ""
		if match != "" {
			q = "?match[version]=" + strings.ReplaceAll(match, " ", "+")
		}
		a := w.want(w.get(at(both, "objects/"+indicatorID(1)+"/"+q)), 200)
		var got []string
		list, _ := a.body["objects"].([]any)
		for _, x := range list {
			got = append(got, x.(map[string]any)["modified"].(string))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", match, got, want)
		}
	}
	for _, match := range []string{"all,last", "all,first", "all," + v(1), "last,last", "first,first", "all,all", v(1) + "," + v(1), v(1) + ",2026-09-01T00:00:01.444000Z", "last,"} {
		for _, path := range []string{at(both, "objects/"), at(both, "manifest/"), at(both, "objects/"+indicatorID(1)+"/")} {
			w.want(w.get(path+question("match[version]", match)), 400)
		}
	}
	// The text of a version is that of the object, wherever it is shown.
	if got := w.get(at(both, "objects/"+indicatorID(1)+"/versions/")).items("versions"); !slices.Equal(got, []string{v(1), v(2), v(3)}) {
		t.Errorf("versions: %v", got)
	}
}

func TestF9_WhatHasNoVersionHasOneName(t *testing.T) {
	w := newWorld(t)
	st := w.want(w.do("POST", at(both, "objects/"), envelope(address, marking)), 202)
	inStatus := st.body["successes"].([]any)[0].(map[string]any)["version"].(string)
	m := w.get(at(both, "manifest/"+question("match[id]", addressID)))
	record := m.body["objects"].([]any)[0].(map[string]any)
	versions := w.get(at(both, "objects/"+addressID+"/versions/")).items("versions")
	if record["version"] != record["date_added"] || !slices.Equal(versions, []string{record["version"].(string)}) || inStatus != record["version"] {
		t.Errorf("manifest %v, versions %v, status %s", record, versions, inStatus)
	}
	mustTime(t, inStatus)
	if got := w.get(at(both, "objects/"+markingID+"/versions/")).items("versions"); !slices.Equal(got, []string{"2026-01-02T03:04:05.000Z"}) {
		t.Errorf("a marking's version is its creation: %v", got)
	}
}

func TestF10_OnlySTIX21IsHeld(t *testing.T) {
	w := filled(t)
	for spec, n := range map[string]int{"2.1": 5, "2.0,2.1": 5, "2.0": 0, "3.0": 0, "x": 0, "2.0,9": 0} {
		for _, path := range []string{"objects/", "manifest/"} {
			a := w.want(w.get(at(both, path+"?match[spec_version]="+spec)), 200)
			if len(a.items("objects")) != n || n == 0 && string(a.raw) != "{}" {
				t.Errorf("%s of %s: %s", path, spec, a.raw)
			}
			mustTime(t, a.last())
		}
	}
	w.want(w.get(at(both, "objects/"+indicatorID(1)+"/?match[spec_version]=2.0")), 200)
	w.want(w.get(at(both, "objects/"+indicatorID(9)+"/?match[spec_version]=2.0")), 404)
	w.want(w.get(at(both, "objects/"+indicatorID(1)+"/versions/?match[spec_version]=2.0")), 200)
	w.want(w.get(at(writes, "objects/?match[spec_version]=2.0")), 403)
	w.want(w.get(at(theirs, "objects/?match[spec_version]=2.0")), 404)
	w.want(w.do("DELETE", at(both, "objects/"+indicatorID(1)+"/?match[spec_version]=2.0"), ""), 404)
}

func TestF11_AddedAfterIsExclusiveAndOfTheCollection(t *testing.T) {
	w := filled(t)
	rows := w.shelves[both].entries
	cut := rows[3].Added
	tokyo := cut.In(time.FixedZone("", 9*3600))
	for text, want := range map[string]int{
		stamp(cut):                                       3, // itself is not later than itself
		stamp(cut.Add(-time.Microsecond)):                4,
		cut.Format("2006-01-02T15:04:05.000000000Z"):     3,
		tokyo.Format("2006-01-02T15:04:05.000000-07:00"): 3,
		"2020-01-01T00:00:00Z":                           7,
		"2020-01-01T00:00:00.5Z":                         7,
		"2020-01-01T00:00:00+00:00":                      7,
		"2020-01-01t00:00:00z":                           7,
		"2020-01-01T00:00:00 00:00":                      7, // a plus that was not escaped
		"2020-01-01T00:00:00.1 09:00":                    7,
		"0001-01-01T00:00:00Z":                           7,
		"9999-12-31T23:59:59.999Z":                       0,
	} {
		a := w.want(w.get(at(both, "objects/"+question("match[version]", "all", "added_after", text))), 200)
		if len(a.items("objects")) != want {
			t.Errorf("%s: %d, want %d", text, len(a.items("objects")), want)
		}
	}
	// As OpenCTI sent it, the plus bare.
	w.want(w.get(at(both, "objects/?added_after=2020-01-01T00:00:00+00:00")), 200)
	for _, x := range w.get(at(both, "manifest/?match[version]=all")).body["objects"].([]any) {
		mustTime(t, x.(map[string]any)["date_added"].(string))
	}
}

func TestF12_Limit(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.PageLimit = 5 })
	w.fillMany(both, 8)
	for limit, want := range map[string]int{"1": 1, "3": 3, "03": 3, "5": 5, "6": 5, "1000000000": 5, "99999999999999999999999999": 5} {
		a := w.want(w.get(at(both, "objects/?limit="+limit)), 200)
		if len(a.items("objects")) != want || !a.more() {
			t.Errorf("%s: %d", limit, len(a.items("objects")))
		}
	}
	if a := w.get(at(both, "objects/")); len(a.items("objects")) != 5 {
		t.Errorf("without a limit: %d", len(a.items("objects")))
	}
}

func TestAMomentIsRoundedDownAndComparedAsAnInstant(t *testing.T) {
	for text, want := range map[string]string{
		"2026-09-01T00:00:00Z": "2026-09-01T00:00:00", "2026-09-01T00:00:00.000Z": "2026-09-01T00:00:00", "2026-09-01T00:00:00.120Z": "2026-09-01T00:00:00.12",
		"2026-09-01T09:00:00.1234567891+09:00": "2026-09-01T00:00:00.1234567891", "2026-08-31T23:59:00-00:01": "2026-09-01T00:00:00",
	} {
		if m, ok := readMoment(text); !ok || m.instant() != want {
			t.Errorf("%s: %q %v, want %q", text, m.instant(), ok, want)
		}
	}
	m, _ := readMoment("2026-09-01T00:00:00.1234569Z")
	if stamp(m.time()) != "2026-09-01T00:00:00.123456Z" {
		t.Errorf("%s", stamp(m.time()))
	}
	for _, text := range []string{"", "Z", "2026-09-01T00:00:00", "2026-09-01 00:00:00Z", "2026-9-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-09-01T24:00:00Z", "2026-09-01T00:00:00+9:00", "2026-09-01T00:00:00.5", "+026-09-01T00:00:00Z"} {
		if m, ok := readMoment(text); ok {
			t.Errorf("%q is read as %s", text, m.instant())
		}
	}
}
