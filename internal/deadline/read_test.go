package deadline

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
)

func TestTimesAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"2026-03-05":          "2026-03-05",
		"2026/3/5":            "2026-03-05",
		"2026.3.5":            "2026-03-05",
		"2026年3月5日":           "2026-03-05",
		"２０２６年３月５日":           "2026-03-05",
		"２０２６／０３／０５":          "2026-03-05",
		"令和8年3月5日":            "2026-03-05",
		"令和８年３月５日（木）":         "2026-03-05",
		"令和元年5月1日":            "2019-05-01",
		"R8.3.5":              "2026-03-05",
		"2028-02-29":          "2028-02-29",
		"2026-03-05 10:20":    "2026-03-05T10:20:00+09:00",
		"2026-03-05T10:20:30": "2026-03-05T10:20:30+09:00",
		"2026/3/5 9:05":       "2026-03-05T09:05:00+09:00",
		"令和8年3月5日（木）午後3時5分":         "2026-03-05T15:05:00+09:00",
		"令和8年3月5日 午前0時":             "2026-03-05T00:00:00+09:00",
		"令和８年３月５日　１０：２０":            "2026-03-05T10:20:00+09:00",
		"2026年3月5日10時20分30秒":        "2026-03-05T10:20:30+09:00",
		"2026-03-05T10:20:00Z":      "2026-03-05T10:20:00Z",
		"2026-03-05T10:20:00+09:00": "2026-03-05T10:20:00+09:00",
		"2026-03-05T10:20+01:00":    "2026-03-05T10:20:00+01:00",
		"2026-03-05 10:20:00.5Z":    "2026-03-05T10:20:00Z",
		"2026-02-29":                "", "2026-13-01": "", "2026-3-32": "", "2026-00-01": "", "2026-03-05 25:00": "", "2026-03-05 24:00": "",
		"2026-03-05 10:61": "", "2026-03-05 9:5": "", "2026-03-05 10:20:30:40": "", "2026-03-05 :20": "", "1999-12-31": "", "2099-01-01": "", "0000-00-00": "", "": "", "yesterday": "", "5": "", "20260305": "",
		"2026-03-05 10": "", "2026-03-05 10:": "", "2026-03-05T10:20:60": "", "2026-03": "", "03/05/2026": "", "2026-03-05 x": "", "2026-03-05x": "",
		"2026-03-05 午後13時": "", "2026-03-05 10時20": "", "2026-03-0510:20": "", "令和8年": "", "昭和60年3月5日": "", strings.Repeat("2", 300): "",
	} {
		w, ok := Parse(text, nil)
		if ok != (want != "") || w.String() != want {
			t.Errorf("%q: %q, %v; want %q", text, w, ok, want)
		}
	}
}

func TestClocksThatArePutForwardOrBack(t *testing.T) {
	berlin := zoneOf("Europe/Berlin")
	if _, slipped := readWhen("2026-03-29 02:30", berlin); slipped != noSuchTime {
		t.Error("02:30 was skipped in Berlin on 29 March 2026")
	}
	w, slipped := readWhen("2026-10-25 02:30", berlin)
	if first, last := w.span(); slipped != fine || last.Sub(first) != time.Hour {
		t.Errorf("02:30 came twice in Berlin on 25 October 2026: %s, %s", first, last)
	}
	if w, _ := readWhen("2026-10-25 03:30", berlin); !w.till.IsZero() {
		t.Error("03:30 came once")
	}
	if start := dayOf(2026, time.March, 29).start(berlin); start.Hour() != 0 {
		t.Errorf("the day began at %s", start)
	}
	if start := dayOf(2022, time.September, 11).start(zoneOf("America/Santiago")); start.Hour() != 1 {
		t.Errorf("Santiago put its clocks forward at midnight, and its day began at %s", start)
	}
}

func TestFactsAsJSONAndNested(t *testing.T) {
	f := facts(t, `{"regimes": {"jp.appi": "yes", "eu.dora": true, "eu.gdpr": "cannot_tell", "us.sec": false},
		"zone": "Europe/Berlin",
		"traits": {"unlawful_purpose": true, "over_1000_persons": "no", "special_care": "判別できない", "high_risk": null},
		"events": {"known_at": "2026-03-05 10:00", "aware_at": null, "submitted": {"early_warning_at": "2026-03-06", "jp": {"appi": {"final_at": "不明"}}}}}`)
	if f.Regimes["jp.appi"] != Yes || f.Regimes["eu.dora"] != Yes || f.Regimes["eu.gdpr"] != CannotTell || f.Regimes["us.sec"] != No || len(f.Regimes) != 4 {
		t.Errorf("regimes %v", f.Regimes)
	}
	if f.Traits["unlawful_purpose"] != Yes || f.Traits["over_1000_persons"] != No || f.Traits["special_care"] != CannotTell || len(f.Traits) != 3 {
		t.Errorf("traits %v", f.Traits)
	}
	if got := f.Events["known_at"].String(); got != "2026-03-05T10:00:00+01:00" {
		t.Errorf("known_at %s", got)
	}
	final, ok := f.Events["submitted.jp.appi.final_at"]
	if !ok || !final.IsZero() || f.Events["submitted.early-warning_at"].String() != "2026-03-06" || len(f.Events) != 3 {
		t.Errorf("events %v", f.Events)
	}
}

func TestASlipIsAnErrorThatNamesItsLine(t *testing.T) {
	rule := "rules:\n  - {id: own.a.b, title: x, to: y, anchor: known_at, within: 3 days, "
	for _, c := range []struct{ name, text, code, line, near string }{
		{"nothing", "", "deadline.no-facts", "", ""},
		{"a comment", "# himitsu", "deadline.no-facts", "", ""},
		{"a list", "[himitsu]", "deadline.no-map", "1", ""},
		{"broken", "{regimes: [himitsu", "deadline.syntax", "", ""},
		{"two documents", "regimes: [jp.appi]\n---\nregimes: [jp.appi]", "deadline.several", "", ""},
		{"a key", "regime: [jp.appi]", "deadline.unknown-key", "1", "regimes"},
		{"a regime", "regimes:\n  - jp.appi\n  - jp.apppi", "deadline.unknown-regime", "3", "jp.appi"},
		{"a regime in a map", "regimes: {eu.gdrp: yes}", "deadline.unknown-regime", "1", "eu.gdpr"},
		{"an event", "events:\n  know_at: 2026-03-05", "deadline.unknown-event", "2", "known_at"},
		{"British and American", "events: {recognized_at: 2026-03-05}", "deadline.unknown-event", "1", "recognised_at"},
		{"a report", "events: {submitted.finale_at: 2026-03-05}", "deadline.unknown-event", "1", "submitted.final_at"},
		{"a trait", "traits: [unlawful_porpoise]", "deadline.unknown-trait", "1", "unlawful_purpose"},
		{"twice", "events:\n  known_at: 2026-03-05\n  known_at: 2026-03-06", "deadline.duplicate", "3", ""},
		{"two names of one report", "events:\n  submitted.early-warning_at: 2026-03-05\n  submitted.early_warning_at: 2026-03-05", "deadline.duplicate", "3", ""},
		{"a regime twice", "regimes: [jp.appi, jp.appi]", "deadline.duplicate", "1", ""},
		{"an answer", "traits: {unlawful_purpose: perhaps}", "deadline.no-answer", "1", ""},
		{"a time", "events: {known_at: himitsu}", "deadline.no-time", "1", ""},
		{"a list for a time", "events: {known_at: [2026-03-05]}", "deadline.no-time", "1", ""},
		{"a leap day", "events: {known_at: 2026-02-29}", "deadline.no-such-day", "1", ""},
		{"another century", "events: {known_at: 1926-02-28}", "deadline.year", "1", ""},
		{"a gap", "zone: Europe/Berlin\nevents: {aware_at: 2026-03-29 02:30}", "deadline.no-such-time", "2", ""},
		{"a zone", "zone: Mars/Olympus", "deadline.no-zone", "1", ""},
		{"a way out of zones", "zone: ../../etc/passwd", "deadline.no-zone", "1", ""},
		{"a zone of a regime", "zones: {eu.gdpr: Berlin}", "deadline.no-zone", "1", ""},
		{"a closed day", "closed: [himitsu]", "deadline.no-date", "1", ""},
		{"a calendar", "closed: {ja: [2026-03-05]}", "deadline.unknown-key", "1", "jp"},
		{"an anchor of YAML", "regimes: &a [jp.appi]\ntraits: *a", "deadline.no-map", "", ""},
		{"a foreign id", strings.Replace(rule, "own.a.b", "jp.appi.b", 1) + "}", "deadline.own-id", "2", ""},
		{"a rule without a start", "rules:\n  - {id: own.a.b, title: x, to: y, within: 3 days}", "deadline.rule-lacks", "2", ""},
		{"a rule with a slip", rule + "rol: noon}", "deadline.unknown-key", "2", "roll"},
		{"a wrong roll", rule + "roll: none of it}", "deadline.unknown-key", "2", "none"},
		{"a unit", strings.Replace(rule, "3 days", "3 fortnights", 1) + "}", "deadline.rule-wrong", "2", ""},
		{"too long", strings.Replace(rule, "3 days", "99999 days", 1) + "}", "deadline.rule-wrong", "2", ""},
		{"less than nothing", strings.Replace(rule, "3 days", "-3 days", 1) + "}", "deadline.rule-wrong", "2", ""},
		{"a cap on days", rule + "cap: {anchor: aware_at, within: 3 hours}}", "deadline.rule-wrong", "2", ""},
		{"an end before the beginning", rule + "from: 2026-03-05, until: 2026-03-04}", "deadline.rule-wrong", "2", ""},
		{"one rule twice", rule + "soft: no}\n" + strings.TrimPrefix(rule, "rules:\n") + "soft: no}", "deadline.duplicate", "3", ""},
		{"not UTF-8", "regimes: [\xff]", "deadline.encoding", "", ""},
		{"too much", strings.Repeat("#", MaxBytes+1), "deadline.too-large", "", ""},
		{"too deep", strings.Repeat("[", 1000), "deadline.syntax", "1", ""},
	} {
		_, err := Read("facts.yaml", strings.NewReader(c.text))
		e, ok := errors.AsType[*fault.Error](err)
		if !ok {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if e.Code != c.code || c.line != "" && (len(e.Args) < 2 || e.Args[1] != c.line) || c.near != "" && (len(e.Args) < 3 || e.Args[2] != c.near) {
			t.Errorf("%s: %v, want %s, line %q, %q", c.name, err, c.code, c.line, c.near)
		}
		if strings.Contains(err.Error(), "himitsu") {
			t.Errorf("%s: the error repeats contents: %v", c.name, err)
		}
	}
}

// failing is a file that cannot be read.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAFileThatCannotBeRead(t *testing.T) {
	if _, err := Read("facts.yaml", failing{}); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "regimes: [jp.appi, eu.dora]\nevents: {known_at: 令和8年3月5日, aware_at: 2026-03-05 10:20}\ntraits: {unlawful_purpose: cannot_tell}",
		`{"regimes": {"jp.act42": "yes"}, "events": {"recognised_at": "unknown", "submitted": {"final_at": "2026-03-05"}}, "closed": {"eu": ["2026-05-01"]}}`,
		"rules:\n  - {id: own.a.b, title: x, to: {ja: y, en: z}, anchor: {latest: [known_at, submitted.b_at]}, within: 3 months, roll: noon, first: either, variants: [{if: t, within: 0 days}]}\nevents: {known_at: 2026-10-25T02:30, submitted.own.a.b_at: 2026-01-01}",
		"zone: Europe/Berlin\nzones: {eu.dora: Atlantic/Azores}\nopen: [2026-05-03]", "events: {known_at: {a: [", "regimes: &a [*a]", "? a\n: b", "- - -", "!!binary x: y", "\ufeffzone: UTC",
		"rules: [{id: own.x.y, title: t, to: t, anchor: known_at, within: 8784 hours, cap: {anchor: aware_at, within: 1 hours}}]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Read("f", strings.NewReader(text))
		if err != nil {
			if _, ok := errors.AsType[*fault.Error](err); !ok {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		for _, now := range []time.Time{{}, time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC), time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)} {
			for _, c := range Clocks(got, now) {
				if c.State == Overdue && (c.Due.IsZero() || c.Rule.Soft || c.Rule.Proposed || got.scope(c.Rule) != Yes) {
					t.Errorf("%s is overdue: %+v", c.Rule.ID, c)
				}
				if _, err := json.Marshal(c.Due); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
