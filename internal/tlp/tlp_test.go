package tlp_test

import (
	"testing"

	"github.com/wakachi/wakachi/internal/tlp"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]tlp.Label{
		"amber": tlp.Amber, "TLP:AMBER": tlp.Amber, "tlp:amber+strict": tlp.AmberStrict,
		"AMBER-STRICT": tlp.AmberStrict, "White": tlp.Clear, "TLP:CLEAR": tlp.Clear, " red ": tlp.Red,
	} {
		if got, err := tlp.Parse(in); err != nil || got != want {
			t.Errorf("Parse(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "TLP:", "TLP:PURPLE", "amber+", "redd"} {
		if got, err := tlp.Parse(in); err == nil || got != tlp.Unknown {
			t.Errorf("Parse(%q) = %v, nil; want an error", in, got)
		}
	}
}

func TestMention(t *testing.T) {
	for in, want := range map[string]tlp.Label{
		"情報共有会より TLP:AMBER で受領":     tlp.Amber,
		"ＴＬＰ：ＲＥＤ 口外不可":              tlp.Red,
		"[TLP AMBER+STRICT] 注意":     tlp.AmberStrict,
		"TLP:GREEN と TLP:RED が両方ある": tlp.Red,
		`{"c2": "x", "tlp": "RED"}`: tlp.Red,
		"TLP:MAUVE":                 tlp.Unknown,
	} {
		if got, ok := tlp.Mention(in); !ok || got != want {
			t.Errorf("Mention(%q) = %v, %v; want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "TLP について", "TLP 2.0 の説明", "HTLP:RED"} {
		if got, ok := tlp.Mention(in); ok {
			t.Errorf("Mention(%q) = %v; want none", in, got)
		}
	}
}

func TestStrictestWins(t *testing.T) {
	all := []tlp.Label{tlp.Clear, tlp.Green, tlp.Amber, tlp.AmberStrict, tlp.Red}
	for i, a := range all {
		for j, b := range all {
			if got := tlp.Strictest(a, b); got != all[max(i, j)] {
				t.Errorf("Strictest(%v, %v) = %v", a, b, got)
			}
		}
		if tlp.Strictest(a, tlp.Unknown) != tlp.Unknown {
			t.Errorf("%v with an unknown label must go to nobody", a)
		}
	}
}

func TestPAPIsStrictUnlessSaid(t *testing.T) {
	var unset tlp.PAP
	if unset.String() != "PAP:RED" || tlp.PAPClear.String() != "PAP:CLEAR" || tlp.PAPAmber >= tlp.PAPGreen {
		t.Errorf("unset is %s, clear is %s", unset, tlp.PAPClear)
	}
}
