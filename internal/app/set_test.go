package app

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/render"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/sample"
	"github.com/wakachi/wakachi/internal/typeset"
)

// completeSet writes all documents of a sample in all formats, and all its forms, and gives how many files and
// bytes that are.
func completeSet(t testing.TB, script []byte) (files, size int) {
	t.Helper()
	var said struct {
		Facts    []report.Fact
		Deeds    []report.Deed
		Declared []string
		Final    struct{ Facts []report.Fact }
		Later    []report.Deed
	}
	if err := json.Unmarshal(script, &said); err != nil {
		t.Fatal(err)
	}
	r := report.Record{Facts: append(said.Facts, said.Final.Facts...), Deeds: append(said.Deeds, said.Later...), Now: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Zone: home()}
	keep := func(err error, out *bytes.Buffer) {
		if err != nil {
			t.Fatal(err)
		}
		files, size = files+1, size+out.Len()
	}
	write := func(d report.Document) {
		var word, page, down, pdf bytes.Buffer
		keep(render.Word(&word, d), &word)
		keep(render.HTML(&page, d), &page)
		keep(render.Markdown(&down, d), &down)
		_, err := typeset.PDF(&pdf, d)
		keep(err, &pdf)
	}
	for _, k := range report.Kinds() {
		for _, l := range []phrase.Language{phrase.Japanese, phrase.English} {
			write(report.Compose(r, report.Order{Kind: k, Language: l, Course: true}))
		}
	}
	for _, id := range report.Suited(r, said.Declared) {
		form, _ := report.FormOf(id)
		for _, stage := range report.Stages() {
			filled := report.Fill(form, stage, r, phrase.Japanese)
			write(filled.Document(phrase.Japanese))
			var out bytes.Buffer
			keep(render.Workbook(&out, filled, phrase.Japanese), &out)
		}
	}
	return files, size
}

// BenchmarkCompleteSet writes everything there is to write of each sample.
func BenchmarkCompleteSet(b *testing.B) {
	all, err := sample.Incidents()
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range all {
		b.Run(s.Name, func(b *testing.B) {
			files, size := 0, 0
			for b.Loop() {
				files, size = completeSet(b, s.Said)
			}
			b.ReportMetric(float64(files), "files")
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
