package deadline

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// facts reads a facts file that must be sound.
func facts(t *testing.T, text string) Facts {
	t.Helper()
	f, err := Read("facts.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// at is a moment, in RFC 3339 or as a day in Japan.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	w, ok := Parse(text, nil)
	if !ok {
		t.Fatalf("%q is no time", text)
	}
	return w.Time(zoneOf(HomeZone))
}

// clock finds one clock of the facts at a moment.
func clock(t *testing.T, rule RuleID, f Facts, now string) Clock {
	t.Helper()
	for _, c := range Clocks(f, at(t, now)) {
		if c.Rule.ID == rule {
			return c
		}
	}
	t.Fatalf("there is no rule %s", rule)
	return Clock{}
}

// says holds state, earliest and latest date of a clock.
func says(t *testing.T, c Clock, state State, due, latest string) {
	t.Helper()
	if c.State != state || c.Due.String() != due || c.Latest.String() != latest {
		t.Errorf("%s is %s, due %q, latest %q; want %s, %q, %q", c.Rule.ID, c.State, c.Due, c.Latest, state, due, latest)
	}
}

func warned(c Clock, token string) bool {
	return slices.ContainsFunc(c.Warnings, func(p Phrase) bool { return p.Token == "deadline.warn."+token })
}

// The dates that were worked out by hand from the laws, with their rolls.
func TestVectors(t *testing.T) {
	for _, c := range []struct {
		name, facts string
		rule        RuleID
		now, due    string
	}{
		{"APPI, ordinary: day 30", "{regimes: [jp.appi], events: {known_at: 2026-03-05}, traits: {unlawful_purpose: no}}", "jp.appi.final", "2026-03-06", "2026-04-03"},
		{"APPI, unlawful: through Golden Week", "{regimes: [jp.appi], events: {known_at: 2026-03-05}, traits: [unlawful_purpose]}", "jp.appi.final", "2026-03-06", "2026-05-07"},
		{"APPI, ordinary: over the year's end", "{regimes: [jp.appi], events: {known_at: 2026-12-01}, traits: {unlawful_purpose: no}}", "jp.appi.final", "2026-12-02", "2027-01-04"},
		{"APPI, ordinary: a holiday on a Monday", "{regimes: [jp.appi], events: {known_at: 2026-10-25}, traits: {unlawful_purpose: no}}", "jp.appi.final", "2026-10-26", "2026-11-24"},
		{"Act 42: the earlier convention", "{regimes: [jp.act42], events: {recognised_at: 2026-10-20}}", "jp.act42.report", "2026-10-21", "2026-11-18"},
		{"SEC, determined on a Friday", "{regimes: [us.sec], events: {determined_at: 2026-07-10}}", "us.sec.8k", "2026-07-11T12:00:00Z", "2026-07-16"},
		{"SEC, determined on a Saturday", "{regimes: [us.sec], events: {determined_at: 2026-07-11}}", "us.sec.8k", "2026-07-12T12:00:00Z", "2026-07-16"},
		{"DORA initial: 4 hours", "{regimes: [eu.dora], events: {aware_at: 2026-03-06T20:00:00Z, classified_at: 2026-03-07T10:00:00Z}, traits: {relieved_weekend: no}}", "eu.dora.initial", "2026-03-07T10:30:00Z", "2026-03-07T14:00:00Z"},
		{"DORA initial, relieved: noon on Monday", "{zone: Europe/Berlin, regimes: [eu.dora], events: {aware_at: 2026-03-06T20:00:00Z, classified_at: 2026-03-07T10:00:00Z}, traits: [relieved_weekend]}", "eu.dora.initial", "2026-03-07T10:30:00Z", "2026-03-09T12:00:00+01:00"},
		{"DORA initial, classified late", "{regimes: [eu.dora], events: {aware_at: 2026-03-06T20:00:00Z, classified_at: 2026-03-08T09:00:00Z}, traits: {relieved_weekend: no}}", "eu.dora.initial", "2026-03-08T12:00:00Z", "2026-03-08T13:00:00Z"},
	} {
		got := clock(t, c.rule, facts(t, c.facts), c.now)
		if got.Due.String() != c.due || got.State != Running && got.State != Due {
			t.Errorf("%s: %s, due %s, want %s", c.name, got.State, got.Due, c.due)
		}
	}
}

func TestTheEarlierOfFourHoursAndADayCounts(t *testing.T) {
	f := facts(t, "{regimes: [eu.dora], events: {aware_at: 2026-03-02T10:00:00Z, classified_at: 2026-03-03T08:00:00Z}, traits: {relieved_weekend: no}}")
	says(t, clock(t, "eu.dora.initial", f, "2026-03-03T09:00:00Z"), Due, "2026-03-03T10:00:00Z", "2026-03-03T11:00:00Z")
	f.Events["aware_at"] = When{}
	c := clock(t, "eu.dora.initial", f, "2026-03-03T09:00:00Z")
	says(t, c, Due, "2026-03-03T12:00:00Z", "2026-03-03T13:00:00Z")
	if !warned(c, "cap") {
		t.Error("nobody says that awareness is unknown, which may make it earlier")
	}
}

// Trap 1: the later reports of DORA run from the report before, not from classification.
func TestTrapDORARunsFromThePreviousSubmission(t *testing.T) {
	text := "{zone: Europe/Berlin, regimes: [eu.dora], traits: {relieved_weekend: no}, events: {aware_at: 2026-03-02T10:00:00Z, classified_at: 2026-03-02T11:00:00Z"
	f := facts(t, text+"}}")
	for _, rule := range []RuleID{"eu.dora.intermediate", "eu.dora.final"} {
		says(t, clock(t, rule, f, "2026-03-20"), NotStarted, "", "")
	}
	f = facts(t, text+", submitted.initial_at: 2026-03-02T14:00:00Z}}")
	says(t, clock(t, "eu.dora.intermediate", f, "2026-03-03T00:00:00Z"), Running, "2026-03-05T14:00:00Z", "2026-03-05T15:00:00Z")
	f = facts(t, text+", submitted.initial_at: 2026-03-02T14:00:00Z, submitted.intermediate_at: 2026-03-05T09:00:00Z}}")
	says(t, clock(t, "eu.dora.final", f, "2026-03-10"), Running, "2026-04-06T12:00:00+02:00", "") // the 5th is a Sunday
	f = facts(t, text+", submitted.intermediate_at: 2026-03-05T09:00:00Z, submitted.intermediate-update_at: 2026-03-12T09:00:00Z}}")
	says(t, clock(t, "eu.dora.final", f, "2026-03-20"), Running, "2026-04-13T12:00:00+02:00", "") // the 12th is a Sunday
}

// Trap 2: the acts on DORA reports are 2025/301 and 2025/302.
func TestTrapDORACitesTheActsInForce(t *testing.T) {
	for _, r := range Rules() {
		law := strings.Join(r.Law, " ") + r.Form
		if r.Regime == "eu.dora" && (!strings.Contains(law, "2025/301") || !strings.Contains(law, "2025/302")) || strings.Contains(law, "2024/1773") || strings.Contains(law, "2024/1502") {
			t.Errorf("%s cites %s", r.ID, law)
		}
	}
}

// Trap 3: there is no 72-hour duty under the Japanese act on personal information.
func TestTrapJapanHasNo72Hours(t *testing.T) {
	for _, r := range Rules() {
		if r.Jurisdiction == "JP" && r.Within.Unit == Hours {
			t.Errorf("%s counts hours", r.ID)
		}
	}
	f := facts(t, "{regimes: [jp.appi], events: {known_at: 2026-03-05}}")
	c := clock(t, "jp.appi.preliminary", f, "2026-03-09")
	says(t, c, Due, "2026-03-09", "")
	if !c.Rule.Soft || c.Rule.GuideFrom != 3 {
		t.Error("the 3 to 5 days are no guide figure")
	}
	says(t, clock(t, "jp.appi.preliminary", f, "2026-12-31"), Due, "2026-03-09", "")
}

// Traps 4 and 5: names of laws and numbers of articles are those of e-Gov.
func TestTrapNamesAndNumbersOfLaws(t *testing.T) {
	for _, r := range Rules() {
		law := strings.Join(r.Law, " ")
		if strings.Contains(law, "6条の3") {
			t.Errorf("%s cites the old number of the rules: %s", r.ID, law)
		}
		if r.Regime == "jp.act42" && !strings.Contains(law, "令和7年法律第42号") {
			t.Errorf("%s cites %s", r.ID, law)
		}
	}
}

// Trap 6: 30 days from the occurrence of an accident, from knowing of a leak of secrecy.
func TestTrapTelecomCountsFromDifferentEvents(t *testing.T) {
	f := facts(t, "{regimes: [jp.telecom], traits: [secrecy_leak, serious_accident, risk_event], events: {occurred_at: 2026-04-01, known_at: 2026-04-10}}")
	says(t, clock(t, "jp.telecom.accident.detail", f, "2026-04-11"), Running, "2026-05-01", "")
	says(t, clock(t, "jp.telecom.secrecy.detail", f, "2026-04-11"), Running, "2026-05-11", "") // the 10th is a Sunday
	says(t, clock(t, "jp.telecom.risk", f, "2026-04-11"), Running, "2026-05-11", "")
	f = facts(t, "{regimes: [jp.telecom], traits: [quarterly_event], events: {occurred_at: 2026-04-01}}")
	says(t, clock(t, "jp.telecom.quarterly", f, "2026-04-11"), Running, "2026-08-31", "")
	f = facts(t, "{regimes: [jp.telecom], traits: [quarterly_event], events: {occurred_at: 2026-10-20}}")
	says(t, clock(t, "jp.telecom.quarterly", f, "2026-11-11"), Running, "2027-03-01", "") // 28 February is a Sunday
}

// Trap 7: what is proposed is never a deadline.
func TestTrapProposedRulesHaveNoDeadline(t *testing.T) {
	f := facts(t, "{regimes: [us.circia], events: {aware_at: 2026-03-05T00:00:00Z, ransom_paid_at: 2026-03-05T00:00:00Z}}")
	for _, rule := range []RuleID{"us.circia.incident", "us.circia.ransom"} {
		c := clock(t, rule, f, "2026-04-01")
		says(t, c, NotApplicable, "", "")
		if !warned(c, "proposed") {
			t.Errorf("%s does not say that it is only proposed", rule)
		}
	}
}

func TestEachRegimeCountsFromItsOwnEvent(t *testing.T) {
	for _, c := range []struct {
		rule       RuleID
		event, now string
		due        string
		state      State
	}{
		{"eu.gdpr.notification", "aware_at: 2026-03-06T10:20:00+01:00", "2026-03-07T00:00:00Z", "2026-03-09T10:20:00+01:00", Running},
		{"eu.nis2.early-warning", "aware_at: 2026-03-06T10:20:00+01:00", "2026-03-06T10:00:00Z", "2026-03-07T10:20:00+01:00", Due},
		{"eu.nis2.notification", "aware_at: 2026-03-06T10:20:00+01:00", "2026-03-06T10:00:00Z", "2026-03-09T10:20:00+01:00", Running},
		{"eu.cra.notification", "aware_at: 2026-10-06T10:20:00+02:00", "2026-10-06T10:00:00Z", "2026-10-09T10:20:00+02:00", Running},
		{"au.apra.incident", "aware_at: 2026-03-06T00:00:00Z", "2026-03-06T10:00:00Z", "2026-03-09T00:00:00Z", Running},
		{"au.ndb.assessment", "aware_at: 2026-03-06", "2026-03-08", "2026-04-05", Running},
		{"nz.privacy.notification", "aware_at: 2026-03-06T00:00:00Z", "2026-04-06T10:00:00Z", "2026-03-09T00:00:00Z", Due},
		{"sg.pdpa.notification", "determined_at: 2026-03-06", "2026-03-07", "2026-03-09", Running},
		{"sg.cybersecurity.first", "aware_at: 2026-03-06T00:00:00Z", "2026-03-06T01:00:00Z", "2026-03-06T02:00:00Z", Due},
		{"sg.cybersecurity.detail", "submitted.first_at: 2026-03-06", "2026-03-08", "2026-03-20", Running},
		{"sg.mas.first", "aware_at: 2026-03-06T00:00:00Z", "2026-03-06T00:30:00Z", "2026-03-06T01:00:00Z", Due},
		{"sg.mas.root-cause", "aware_at: 2026-03-06", "2026-03-08", "2026-03-20", Running},
		{"us.sec.8k-amendment", "amendment_determined_at: 2026-12-23", "2026-12-24T12:00:00Z", "2026-12-30", Running},
		{"jp.mynumber.final", "known_at: 2026-03-05", "2026-03-06", "2026-04-03", Running},
	} {
		regime := c.rule[:strings.LastIndexByte(string(c.rule), '.')]
		f := facts(t, "{regimes: ["+string(regime)+"], traits: {unlawful_purpose: no}, events: {"+c.event+"}}")
		if got := clock(t, c.rule, f, c.now); got.State != c.state || got.Due.String() != c.due {
			t.Errorf("%s: %s, due %s; want %s, %s", c.rule, got.State, got.Due, c.state, c.due)
		}
	}
}

func TestTasksAreDueAtOnceAndNeverOverdue(t *testing.T) {
	f := facts(t, "{regimes: [jp.tse, jp.act42, jp.finance, jp.medical, jp.power, jp.police, jp.jpcert, jp.ipa], events: {known_at: 2026-10-05, recognised_at: 2026-10-06, determined_at: 2026-10-07}}")
	seen := 0
	for _, c := range Clocks(f, at(t, "2028-01-01")) {
		if c.Declared && c.Rule.Task {
			seen++
			says(t, c, Due, "", "")
			if c.Elapsed < 400*24*time.Hour {
				t.Errorf("%s began %s ago", c.Rule.ID, c.Elapsed)
			}
		}
	}
	if seen != 8 {
		t.Errorf("%d tasks", seen)
	}
}

func TestFinalReportOfNIS2RunsFromTheNotification(t *testing.T) {
	f := facts(t, "{zone: Europe/Berlin, regimes: [eu.nis2], traits: {incident_ongoing: no}, events: {aware_at: 2026-01-28T10:00:00Z, submitted.notification_at: 2026-01-31T08:00:00Z}}")
	says(t, clock(t, "eu.nis2.final", f, "2026-02-10"), Running, "2026-03-02", "") // 28 February is a Saturday
	f.Traits["incident_ongoing"] = Yes
	says(t, clock(t, "eu.nis2.final", f, "2026-04-10"), NotStarted, "", "")
	says(t, clock(t, "eu.nis2.progress", f, "2026-02-10"), Running, "2026-03-02", "")
	f.Events["handled_at"] = onDay(dayOf(2026, time.April, 1))
	says(t, clock(t, "eu.nis2.final", f, "2026-04-10"), Running, "2026-05-01", "")
}

func TestTheAttorneyGeneralMayDelayAFiling(t *testing.T) {
	f := facts(t, "{zone: America/New_York, regimes: [us.sec], events: {determined_at: 2026-07-10}}")
	says(t, clock(t, "us.sec.8k", f, "2026-07-20"), Overdue, "2026-07-16", "")
	f.Traits["attorney_general_delay"] = Yes
	says(t, clock(t, "us.sec.8k", f, "2026-07-20"), NotStarted, "", "")
	f.Events["delayed_until_at"] = onDay(dayOf(2026, time.August, 14))
	f.Traits["attorney_general_delay"] = CannotTell
	says(t, clock(t, "us.sec.8k", f, "2026-07-20"), ScopeNotDeclared, "2026-07-16", "")
}
