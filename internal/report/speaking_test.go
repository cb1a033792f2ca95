package report

import (
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
)

var tokyo = time.FixedZone("JST", 9*60*60)

// at reads a time as a test writes it: "2026-06-02", "2026-06-02T14:20:00+09:00".
func at(t testing.TB, s string) incident.Moment {
	t.Helper()
	var m incident.Moment
	if err := m.UnmarshalText([]byte(s)); err != nil || m.IsZero() {
		t.Fatalf("%q is no time", s)
	}
	return m
}

func day(t testing.TB, s string) time.Time { return at(t, s).At.In(tokyo) }

func is(f Field, value string) Fact       { return Fact{Field: f, Standing: Confirmed, Value: value} }
func maybe(f Field, value string) Fact    { return Fact{Field: f, Standing: Suspected, Value: value} }
func lookingInto(f Field) Fact            { return Fact{Field: f, Standing: Investigating} }
func notFound(f Field, basis string) Fact { return Fact{Field: f, Standing: FoundNone, Basis: basis} }

// because gives a fact the reason why it is not what was told before.
func (f Fact) because(why string) Fact {
	f.Changed = why
	return f
}

func (f Fact) held(why string) Fact {
	f.Hold = why
	return f
}

// recordOn is a record as of a day.
func recordOn(t testing.TB, date string, facts ...Fact) Record {
	return Record{Facts: facts, Now: day(t, date+"T12:00:00+09:00"), Zone: tokyo}
}

// with gives a record further facts; of one field the last counts.
func (r Record) with(facts ...Fact) Record {
	r.Facts = append(append([]Fact{}, r.Facts...), facts...)
	return r
}

// lines lists everything a document says, title first.
func lines(d Document) []string {
	out := []string{d.Title}
	for _, b := range d.Blocks {
		out = append(out, b.Plain()...)
	}
	return out
}

// shop is a web shop whose payment page was tampered with: enough for a first report.
func shop(t testing.TB) Record {
	r := recordOn(t, "2026-06-08",
		is("organisation", "株式会社ハレノヒ架空商店"), is("self", "当店"), is("attack_type", "unauthorised-access"),
		is("overview", "決済画面が第三者により改ざんされていました。"), is("noticed_at", "2026-06-02T14:20:00+09:00"),
		is("how_noticed", "クレジットカード会社からの連絡"), maybe("leak", "お客様のクレジットカード情報"), maybe("persons", "1874"),
		lookingInto("entry"), is("contact_phone", "03-0000-0000"), is("next_report", "2026-06-15"), is("advice", "明細をご確認ください。"),
	)
	r.Deeds = []Deed{
		{Sort: SpecialistAsked, At: at(t, "2026-06-03T10:00:00+09:00"), With: "ミナモ架空調査", Receipt: "M-77"},
		{Sort: Noticed, At: at(t, "2026-06-02T14:20:00+09:00"), Receipt: "カード会社 受付 123"},
		{Sort: PoliceTold, At: at(t, "2026-06-04"), With: "所轄警察署", Receipt: "担当 山田", Note: "担当の直通は社外秘"},
	}
	return r
}

// A clerk is somebody who approves.
func clerk(name string, hats ...party.Hat) party.Actor {
	return party.Actor{Account: party.AccountID(name), Org: "org-1", Name: name, Hats: hats}
}
