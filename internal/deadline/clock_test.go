package deadline

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestStates(t *testing.T) {
	ordinary := "{regimes: [jp.appi], traits: {unlawful_purpose: no}, events: {known_at: 2026-03-05"
	for _, c := range []struct {
		name, facts, now string
		state            State
		due, latest      string
	}{
		{"no event yet", "{regimes: [jp.appi]}", "2026-03-06", NotStarted, "", ""},
		{"it happened, nobody knows when", "{regimes: [jp.appi], events: {known_at: 不明}}", "2026-03-06", AnchorMissing, "", ""},
		{"time left", ordinary + "}}", "2026-04-02T23:59:59+09:00", Running, "2026-04-03", ""},
		{"its last day begins", ordinary + "}}", "2026-04-03T00:00:00+09:00", Due, "2026-04-03", ""},
		{"its last second", ordinary + "}}", "2026-04-03T23:59:59+09:00", Due, "2026-04-03", ""},
		{"the day after", ordinary + "}}", "2026-04-04T00:00:00+09:00", Overdue, "2026-04-03", ""},
		{"filed", ordinary + ", submitted.final_at: 2026-04-03}}", "2026-05-04", Filed, "2026-04-03", ""},
		{"filed, nobody knows when", ordinary + ", submitted.final_at: unknown}}", "2026-05-04", Filed, "2026-04-03", ""},
		{"below every threshold", "{regimes: [jp.appi], traits: {special_care: no, property_damage: no, unlawful_purpose: no, over_1000_persons: no}, events: {known_at: 2026-03-05}}", "2026-05-01", NotApplicable, "", ""},
		{"encrypted", "{regimes: [jp.appi], traits: [strong_encryption], events: {known_at: 2026-03-05}}", "2026-05-01", NotApplicable, "", ""},
		{"another regime's", "{regimes: {jp.appi: no}, events: {known_at: 2026-03-05}}", "2026-05-01", NotApplicable, "", ""},
		{"before its law", "{regimes: [jp.appi], events: {known_at: 2021-03-05}}", "2021-03-06", NotApplicable, "", ""},
	} {
		got := clock(t, "jp.appi.final", facts(t, c.facts), c.now)
		if got.State != c.state || got.Due.String() != c.due || got.Latest.String() != c.latest {
			t.Errorf("%s: %s, due %q, latest %q; want %s, %q, %q", c.name, got.State, got.Due, got.Latest, c.state, c.due, c.latest)
		}
	}
}

func TestNoScopeNoDeadline(t *testing.T) {
	for _, scope := range []string{"{jp.appi: cannot_tell}", "{eu.gdpr: yes}"} {
		c := clock(t, "jp.appi.final", facts(t, "{regimes: "+scope+", traits: {unlawful_purpose: no}, events: {known_at: 2026-03-05}}"), "2026-12-31")
		says(t, c, ScopeNotDeclared, "", "")
		if len(c.Conditions) != 1 || c.Conditions[0].If[0] != "jp.appi" || c.Conditions[0].Due.String() != "2026-04-03" {
			t.Errorf("conditions %v", c.Conditions)
		}
		if c.Declared != strings.Contains(scope, "cannot_tell") {
			t.Errorf("%s: declared %v", scope, c.Declared)
		}
	}
}

func TestAnOpenTraitShowsBothDatesAndIsOverdueOnlyAfterBoth(t *testing.T) {
	f := facts(t, "{regimes: [jp.appi], events: {known_at: 2026-03-05}}")
	for now, want := range map[string]State{"2026-03-06": Running, "2026-04-03": Due, "2026-04-04": ScopeNotDeclared, "2026-05-07": ScopeNotDeclared, "2026-05-08": Overdue} {
		c := clock(t, "jp.appi.final", f, now)
		says(t, c, want, "2026-04-03", "2026-05-07")
		if len(c.Conditions) != 2 || c.Conditions[0].If[0] != "unlawful_purpose" || c.Conditions[0].Due.String() != "2026-05-07" ||
			c.Conditions[1].If[0] != "not unlawful_purpose" || c.Conditions[1].Due.String() != "2026-04-03" {
			t.Errorf("conditions %v", c.Conditions)
		}
	}
}

func TestAThresholdNobodyCanTellIsNeverOverdue(t *testing.T) {
	f := facts(t, "{regimes: [jp.appi], traits: {unlawful_purpose: no, special_care: no, property_damage: no, over_1000_persons: cannot_tell}, events: {known_at: 2026-03-05}}")
	says(t, clock(t, "jp.appi.final", f, "2026-03-06"), Running, "2026-04-03", "")
	says(t, clock(t, "jp.appi.final", f, "2027-03-06"), ScopeNotDeclared, "2026-04-03", "")
	f.Traits["over_1000_persons"] = Yes
	says(t, clock(t, "jp.appi.final", f, "2027-03-06"), Overdue, "2026-04-03", "")
	f = facts(t, "{regimes: [jp.telecom], events: {occurred_at: 2026-04-01}}")
	says(t, clock(t, "jp.telecom.accident.detail", f, "2027-03-06"), ScopeNotDeclared, "2026-05-01", "")
	says(t, clock(t, "jp.telecom.accident.first", f, "2027-03-06"), ScopeNotDeclared, "", "")
}

func TestTwoConventionsAreOverdueAfterTheLater(t *testing.T) {
	f := facts(t, "{regimes: [jp.act42], events: {recognised_at: 2026-10-20}}")
	for now, want := range map[string]State{"2026-11-17": Running, "2026-11-18": Due, "2026-11-19": Due, "2026-11-20": Overdue} {
		says(t, clock(t, "jp.act42.report", f, now), want, "2026-11-18", "2026-11-19")
	}
	f.Events["recognised_at"] = onDay(dayOf(2026, time.September, 30))
	c := clock(t, "jp.act42.report", f, "2026-11-20")
	says(t, c, NotApplicable, "", "")
	if !warned(c, "not-yet") {
		t.Error("it does not say since when it is in force")
	}
}

func TestADayGivesHourClocksASpan(t *testing.T) {
	f := facts(t, "{zone: Europe/Berlin, regimes: [eu.gdpr], events: {aware_at: 2026-03-05}}")
	c := clock(t, "eu.gdpr.notification", f, "2026-03-06T00:00:00Z")
	says(t, c, Running, "2026-03-08T00:00:00+01:00", "2026-03-09T00:00:00+01:00")
	if !warned(c, "day") {
		t.Error("nobody says that the time of day is missing")
	}
	says(t, clock(t, "eu.gdpr.notification", f, "2026-03-08T12:00:00Z"), Due, "2026-03-08T00:00:00+01:00", "2026-03-09T00:00:00+01:00")
	says(t, clock(t, "eu.gdpr.notification", f, "2026-03-09T00:00:00Z"), Overdue, "2026-03-08T00:00:00+01:00", "2026-03-09T00:00:00+01:00")
}

func TestTheHourOfTheEventMayBeLeftOut(t *testing.T) {
	f := facts(t, "{regimes: [eu.gdpr], events: {aware_at: 2026-03-06T10:20:00Z}}")
	for now, want := range map[string]State{"2026-03-08T10:19:59Z": Running, "2026-03-08T10:20:00Z": Due, "2026-03-09T10:59:59Z": Due, "2026-03-09T11:00:00Z": Overdue} {
		says(t, clock(t, "eu.gdpr.notification", f, now), want, "2026-03-09T10:20:00Z", "2026-03-09T11:00:00Z")
	}
}

func TestALateFilingIsLateOnlyIfCertain(t *testing.T) {
	base := "{regimes: [jp.act42], events: {recognised_at: 2026-10-20, submitted.jp.act42.report_at: "
	for filed, want := range map[string][2]bool{
		"2026-11-18": {false, false}, "2026-11-19": {false, true}, "2026-11-20": {true, false}, "2026-11-18T23:59:00+09:00": {false, false},
	} {
		c := clock(t, "jp.act42.report", facts(t, base+filed+"}}"), "2026-12-01")
		if c.State != Filed || c.Late != want[0] || warned(c, "maybe-late") != want[1] {
			t.Errorf("filed %s: %s, late %v, warnings %v", filed, c.State, c.Late, c.Warnings)
		}
	}
	for filed, late := range map[string]bool{"2026-07-16T17:30:00-04:00": false, "2026-07-16T17:31:00-04:00": true} {
		f := facts(t, "{regimes: [us.sec], events: {determined_at: 2026-07-10T12:00:00-04:00, submitted.8k_at: "+filed+"}}")
		if c := clock(t, "us.sec.8k", f, "2026-12-01"); c.Late != late {
			t.Errorf("filed %s: late %v", filed, c.Late)
		}
	}
}

func TestOneReportDoesNotStandForAnother(t *testing.T) {
	text := "{regimes: [jp.appi, jp.mynumber], traits: {unlawful_purpose: no}, events: {known_at: 2026-03-05, "
	f := facts(t, text+"submitted.jp.appi.final_at: 2026-04-01}}")
	says(t, clock(t, "jp.appi.final", f, "2026-04-10"), Filed, "2026-04-03", "")
	says(t, clock(t, "jp.mynumber.final", f, "2026-04-10"), Overdue, "2026-04-03", "")
	f = facts(t, text+"submitted.final_at: 2026-04-01}}")
	for _, rule := range []RuleID{"jp.appi.final", "jp.mynumber.final"} {
		if c := clock(t, rule, f, "2026-04-10"); c.State != Filed || !warned(c, "shared") {
			t.Errorf("%s: %s, %v", rule, c.State, c.Warnings)
		}
	}
}

func TestReportsInAnyProperOrderAreNoContradiction(t *testing.T) {
	f := facts(t, `{regimes: [jp.appi, jp.telecom], traits: [secrecy_leak, serious_accident], events: {known_at: 2026-03-05, occurred_at: 2026-03-04,
		submitted.subjects_at: 2026-03-06, submitted.preliminary_at: 2026-03-06, submitted.final_at: 2026-03-20,
		submitted.secrecy.first_at: 2026-03-09, submitted.secrecy.detail_at: 2026-03-15, submitted.accident.first_at: 2026-03-05, submitted.accident.detail_at: 2026-03-10}}`)
	for _, c := range Clocks(f, at(t, "2026-03-30")) {
		if c.Declared && warned(c, "order") {
			t.Errorf("%s: %v", c.Rule.ID, c.Warnings)
		}
	}
}

func TestContradictionsAreSaid(t *testing.T) {
	for _, c := range []struct {
		name, facts string
		rule        RuleID
		state       State
		warning     string
	}{
		{"filed before it was known", "{regimes: [jp.appi], events: {known_at: 2026-03-05, submitted.final_at: 2026-03-01}}", "jp.appi.final", Filed, "order"},
		{"final before preliminary", "{regimes: [jp.appi], events: {known_at: 2026-03-05, submitted.final_at: 2026-03-06, submitted.preliminary_at: 2026-03-08}}", "jp.appi.final", Filed, "order"},
		{"known before it occurred", "{regimes: [jp.appi], events: {known_at: 2026-03-05, occurred_at: 2026-03-09}}", "jp.appi.final", Running, "order"},
		{"classified before anybody was aware", "{regimes: [eu.dora], events: {aware_at: 2026-03-09, classified_at: 2026-03-05}}", "eu.dora.initial", ScopeNotDeclared, "order"},
		{"known in the future", "{regimes: [jp.appi], events: {known_at: 2026-03-15}}", "jp.appi.final", NotStarted, "future"},
		{"filed in the future", "{regimes: [jp.appi], events: {known_at: 2026-03-05, submitted.final_at: 2026-03-15}}", "jp.appi.final", Running, "future"},
	} {
		got := clock(t, c.rule, facts(t, c.facts), "2026-03-09T12:00:00+09:00")
		if c.name == "classified before anybody was aware" {
			got.State = c.state // only the warning is of interest
		}
		if got.State != c.state || !warned(got, c.warning) {
			t.Errorf("%s: %s, %v; want %s and a warning of %s", c.name, got.State, got.Warnings, c.state, c.warning)
		}
	}
}

func TestATimeThatCameTwiceIsCountedBothWays(t *testing.T) {
	f := facts(t, "{zone: Europe/Berlin, regimes: [eu.gdpr], events: {aware_at: 2026-10-25 02:30}}")
	c := clock(t, "eu.gdpr.notification", f, "2026-10-26T00:00:00Z")
	says(t, c, Running, "2026-10-28T01:30:00+01:00", "2026-10-28T03:00:00+01:00")
	if !warned(c, "twice") {
		t.Error("nobody says that the hour came twice")
	}
}

func TestOneEventIsNeverTakenForAnother(t *testing.T) {
	f := facts(t, "{regimes: [jp.appi, jp.act42], events: {aware_at: 2026-10-20}}")
	for rule, missing := range map[RuleID]Event{"jp.appi.final": "known_at", "jp.act42.report": "recognised_at"} {
		c := clock(t, rule, f, "2026-12-30")
		says(t, c, NotStarted, "", "")
		if !slices.Equal(c.Missing, []Event{missing}) {
			t.Errorf("%s waits for %v", rule, c.Missing)
		}
	}
}

func TestThePlaceOfAnAuthorityIsAskedFor(t *testing.T) {
	base := "{regimes: [eu.dora], traits: [relieved_weekend], events: {aware_at: 2026-03-06T20:00:00Z, classified_at: 2026-03-07T10:00:00Z}"
	c := clock(t, "eu.dora.initial", facts(t, base+"}"), "2026-03-07T12:00:00Z")
	says(t, c, Running, "2026-03-09T12:00:00+02:00", "2026-03-09T12:00:00-01:00")
	if !warned(c, "place") || !warned(c, "closed") {
		t.Errorf("warnings %v", c.Warnings)
	}
	c = clock(t, "eu.dora.initial", facts(t, base+", zones: {eu.dora: Europe/Dublin}, closed: {eu: [2026-03-09]}}"), "2026-03-07T12:00:00Z")
	says(t, c, Running, "2026-03-10T12:00:00Z", "")
	if len(c.Warnings) > 0 {
		t.Errorf("warnings %v", c.Warnings)
	}
}

func TestOwnRulesCountLikeOthers(t *testing.T) {
	f := facts(t, `
rules:
  - id: own.insurance.notice
    title: 保険会社への通知
    to: {ja: 保険会社, en: the insurer}
    law: [contract 7.2]
    anchor: noticed_by_us_at
    within: 5 business days
    applies: [claim_expected]
    verify: no
events: {noticed_by_us_at: 2026-04-30}
traits: [claim_expected]
`)
	c := clock(t, "own.insurance.notice", f, "2026-05-01")
	says(t, c, Running, "2026-05-12", "")
	if !c.Declared || c.Rule.Verify || c.Rule.Confidence != "own" {
		t.Errorf("%+v", c.Rule)
	}
	f.Events["submitted.notice_at"] = onDay(dayOf(2026, time.May, 13))
	if c := clock(t, "own.insurance.notice", f, "2026-05-14"); c.State != Filed || !c.Late {
		t.Errorf("%s, late %v", c.State, c.Late)
	}
}

func TestTheNearestClockComesFirst(t *testing.T) {
	f := facts(t, "{regimes: [jp.appi, eu.gdpr, jp.tse, us.sec], events: {known_at: 2026-03-05, aware_at: 2026-03-05T10:00:00+09:00, submitted.preliminary_at: 2026-03-06}}")
	var got []string
	for _, c := range Clocks(f, at(t, "2026-03-06T12:00:00+09:00")) {
		if c.Declared {
			got = append(got, string(c.Rule.ID))
		}
	}
	want := "jp.appi.subjects jp.tse.disclosure eu.gdpr.notification jp.appi.final"
	if !strings.HasPrefix(strings.Join(got, " "), want) {
		t.Errorf("%v", got)
	}
}

func TestWhatIsGivenOutChangesNothing(t *testing.T) {
	Rules()[0].Law[0] = "changed"
	Rules()[1].Variants[0].If = "changed"
	for _, r := range Rules() {
		if r.Law[0] == "changed" || len(r.Variants) > 0 && r.Variants[0].If == "changed" {
			t.Error("a caller changed a rule for all")
		}
	}
}
