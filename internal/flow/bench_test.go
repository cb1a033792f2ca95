package flow_test

import (
	"testing"

	"github.com/wakachi/wakachi/internal/flow"
	"github.com/wakachi/wakachi/internal/phrase"
)

// A page is drawn anew at every click.
func BenchmarkClick(b *testing.B) {
	f := of(b, flow.Publication)
	given := flow.Answers{flow.SecondaryDamage: flow.CannotTell, flow.Outage: flow.Yes}
	words := func(token string) string { return phrase.Japanese.Text(token) }
	for b.Loop() {
		flow.Walk(f, given)
		flow.SVG(flow.Draw(f, given, phrase.Japanese), words, plainLink)
	}
}
