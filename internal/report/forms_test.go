package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/phrase"
)

// Every line of the tables is read, and every form and cell is whole.
func TestFormTablesAreWhole(t *testing.T) {
	for name, table := range map[string]struct {
		text    string
		columns int
	}{"forms": {formTable, 11}, "cells": {cellTable, 8}, "told": {toldTable, 4}, "attack": {attackTable, 2}} {
		for line := range strings.Lines(table.text) {
			if got := strings.Count(line, "\t") + 1; line[0] != '#' && got != table.columns {
				t.Errorf("%s: %d columns: %s", name, got, line)
			}
		}
	}
	asked := 0
	for _, form := range Forms() {
		if form.Title.EN == "" || form.To.EN == "" || form.Basis.EN == "" || form.Source == "" || !form.Verify || (form.Note.JA == "") != (form.Note.EN == "") {
			t.Errorf("%s: not whole: %+v", form.ID, form)
		}
		if len(form.Cells) < 9 {
			t.Errorf("%s: only %d cells", form.ID, len(form.Cells))
		}
		asked += len(form.Cells)
		checkCells(t, form)
	}
	if lines := strings.Count(cellTable, "\n") - strings.Count(cellTable, "#"); asked != lines {
		t.Errorf("%d cells in forms, %d lines in the table", asked, lines)
	}
	for f := range records(toldTable, 4) {
		_, field := QuestionOf(Field(f[0]))
		sort := slices.Contains([]Sort{Line, Prose, Number, Time, Choice, YesNo}, Sort(f[0]))
		if f[2] == "" || f[3] == "" || strings.Contains(f[2], "{0}") != strings.Contains(f[3], "{0}") || strings.Contains(f[2], "{basis}") != strings.Contains(f[3], "{basis}") {
			t.Errorf("told.tsv: the languages of %s %s say different things", f[0], f[1])
		}
		if !field && !sort || !slices.Contains(Standings(), Standing(strings.TrimSuffix(f[1], "+"))) {
			t.Errorf("told.tsv: %s %s", f[0], f[1])
		}
	}
}

// checkCells holds that the keys and numbers of a form's cells are its own, and that each can be answered.
func checkCells(t *testing.T, form Form) {
	t.Helper()
	var keys, numbers, derived []string
	for _, c := range form.Cells {
		keys, numbers = append(keys, c.Key), append(numbers, c.Number)
		if c.Derived != "" {
			derived = append(derived, c.Derived)
		}
		if c.Label.JA == "" || c.Label.EN == "" || len(c.Facts) == 0 && c.Derived == "" {
			t.Errorf("%s %s: no label, or nothing answers it", form.ID, c.Key)
		}
		for _, f := range c.Facts {
			if _, ok := QuestionOf(f); !ok {
				t.Errorf("%s %s: %s is no field", form.ID, c.Key, f)
			}
		}
		if !slices.Contains([]string{"", "first", "final"}, c.Needed) {
			t.Errorf("%s %s: needed %q", form.ID, c.Key, c.Needed)
		}
		if !slices.Contains([]string{
			"", "stage", "timezone", "course", "contacts", "publication", "notices", "other_reports", "indicators", "techniques",
			"vulnerabilities", "duration", "outage_duration",
		}, c.Derived) {
			t.Errorf("%s %s: nothing derives %q", form.ID, c.Key, c.Derived)
		}
	}
	for _, list := range [][]string{keys, numbers, derived} {
		if slices.Sort(list); len(slices.Compact(slices.Clone(list))) != len(list) {
			t.Errorf("%s: something stands twice: %v", form.ID, list)
		}
	}
}

// The nine items of the Commission and the seven of Act No. 42, by their numbers.
func TestTheItemsOfTheLaw(t *testing.T) {
	for id, want := range map[FormID][]string{
		"ppc": {
			"概要", "漏えい等が発生し、又は発生したおそれがある個人データの項目", "漏えい等が発生し、又は発生したおそれがある個人データに係る本人の数", "原因",
			"二次被害又はそのおそれの有無及びその内容", "本人への対応の実施状況", "公表の実施状況", "再発防止のための措置", "その他参考となる事項",
		},
		"act42": {"報告の種別", "特別社会基盤事業者の概要", "事象の概要", "対象となる重要電子計算機", "技術的事項（通信先、ハッシュ値など）", "行った応急対応", "その他参考となる事項"},
	} {
		form, _ := FormOf(id)
		for n, label := range want {
			item := slices.IndexFunc(form.Cells, func(c FormCell) bool { return c.Label.JA == label })
			if item < 0 {
				t.Errorf("%s lacks %s", id, label)
				continue
			}
			if head, _, _ := strings.Cut(form.Cells[item].Number, "-"); head != string(rune('1'+n)) {
				t.Errorf("%s: %s is numbered %s", id, label, form.Cells[item].Number)
			}
		}
	}
}

func TestFormsAreCopies(t *testing.T) {
	f, _ := FormOf("ppc")
	f.Cells[0].Key, f.Rules[0], f.Cells[1].Facts[0] = "x", "x", "x"
	Forms()[0].Cells[0].Key = "x"
	again, _ := FormOf("ppc")
	if again.Cells[0].Key != "stage" || again.Rules[0] != "jp.appi.preliminary" || again.Cells[1].Facts[0] != "organisation" || Forms()[0].Cells[0].Key != "stage" {
		t.Error("a caller changed the table")
	}
	if _, ok := FormOf("no-such-form"); ok {
		t.Error("a form that is not there")
	}
}

func TestSuitedForms(t *testing.T) {
	for _, c := range []struct {
		fact     Fact
		declared []string
		want     string
	}{
		{is("attack_type", "ransomware"), []string{"jp.appi"}, "common.ransomware ppc jpcert ipa police"},
		{maybe("attack_type", "ddos"), nil, "common.ddos jpcert ipa police"},
		{is("attack_type", "web-tampering"), []string{"jp.finance"}, "common.other jpcert ipa police"},
		{lookingInto("attack_type"), []string{"jp.act42", "jp.mynumber"}, "common.other mynumber act42 jpcert ipa police"},
		{Fact{Field: "attack_type", Value: "ransomware"}, nil, "common.other jpcert ipa police"}, // nobody said so
		{is("critical_operator", "yes"), []string{"jp.power", "jp.telecom", "jp.medical"}, "common.other telecom medical ministry jpcert ipa police"},
		{is("critical_operator", "yes"), nil, "common.other ministry jpcert ipa police"},
		{is("critical_operator", "no"), []string{"eu.gdpr", "", "jp"}, "common.other jpcert ipa police"},
	} {
		var got []string
		for _, id := range Suited(recordOn(t, "2026-06-08", c.fact), c.declared) {
			if _, ok := FormOf(id); !ok {
				t.Errorf("%s is no form", id)
			}
			got = append(got, string(id))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%v %v: %s, want %s", c.fact, c.declared, s, c.want)
		}
	}
}

// No form says that it is the official sheet, and every one says that it is not.
func TestNoFormPretendsToBeOfficial(t *testing.T) {
	for _, form := range Forms() {
		for l, want := range map[phrase.Language]string{phrase.Japanese: "公式の様式ではありません", phrase.English: "it is not the official form"} {
			d := Fill(form, "first", Record{}, l).Document(l)
			if all := strings.Join(lines(d), "\n"); !strings.Contains(all, want) || !strings.Contains(all, form.Source) {
				t.Errorf("%s does not say that it is ours, and from where", form.ID)
			}
		}
	}
}
