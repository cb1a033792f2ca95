package exchange_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/party"
)

func TestZZSweep(t *testing.T) {
	if os.Getenv("SWEEP") == "" {
		t.Skip()
	}
	p := secretProfile()
	finder, _ := disguise.Compile(p.Terms())
	var spellings []string
	for _, tm := range p.Terms() {
		spellings = append(spellings, tm.Text)
		for _, s := range finder.Spellings(tm) {
			if telling(s) {
				spellings = append(spellings, s)
			}
		}
	}
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	n, refused, empty := 0, map[string]int{}, 0
	slow := time.Duration(0)
	for start := time.Now(); time.Since(start) < 70*time.Second; n++ {
		w := spellings[r.IntN(len(spellings))]
		if !telling(w) {
			continue
		}
		worn := dresses()[r.IntN(len(dresses()))](w)
		all := encoders()
		a, b := all[r.IntN(len(all))], all[r.IntN(len(all))]
		hidden := b.encode(a.encode(worn))
		line := fmt.Sprintf(contexts[r.IntN(len(contexts))], hidden)
		o := order(p, note("n.md", strings.Split("- C2 203.0.113.4:443\n"+line, "\n")...))
		o.Reach = party.Reach(1 + r.IntN(3))
		at := time.Now()
		d, err := exchange.Draw(o)
		if e := time.Since(at); e > slow {
			slow = e
			t.Logf("slow %v %s", e, line)
		}
		if err != nil {
			refused[err.Error()]++
			if refused[err.Error()] < 4 {
				t.Logf("refused %v: %s", err, line)
			}
			continue
		}
		if d.Body == nil {
			empty++
			continue
		}
		for _, s := range stringsOf(t, d.Body) {
			if secret, reading := leaks(s, []string{w}); secret != "" {
				t.Errorf("LEAK of %q (%s, %s) in %q:\n%s\nread as %q", w, a.name, b.name, line, s, reading)
			}
		}
	}
	t.Logf("n %d refused %v empty %d spellings %d slow %v", n, refused, empty, len(spellings), slow)
}
