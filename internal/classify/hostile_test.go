package classify_test

import (
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/classify"
	"github.com/wakachi/wakachi/internal/incident"
)

// BenchmarkHostile reads lines made to be slow: words of ownership, brackets, marks and
// values without end. Twice the length must take about twice the time.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range map[string]string{
		"possessors": "当社の", "english": "our not ", "brackets": "（(", "values": "203.0.113.5 は当社、", "marks": "◎○=当社 ", "commas": "、,a school ", "quotes": "> X? ours. ", "items": "1) 203.0.113.5 ", "struck": "~~203.0.113.5~~ ", "taken": "203.0.113.5 ではなく ",
		"rows": "| 203.0.113.5 | ours ", "lines": "203.0.113.7?\n", "blocks": "Ours:\n- 203.0.113.8\n",
	} {
		for _, size := range []int{20_000, 40_000} {
			n := note("h.txt", strings.Repeat(unit, size/len(unit)))
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					classify.Propose([]incident.Note{n}, nil)
				}
			})
		}
	}
}
