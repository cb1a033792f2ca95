package profile

import (
	"errors"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
)

// A small text that a parser would take minutes for, or that stands for far more than itself, is refused with its line.
func TestProfilesThatGrowAreRefused(t *testing.T) {
	const names = "organization:\n  names: "
	for what, text := range map[string]string{
		"brackets": names + strings.Repeat("[", 500_000),
		"maps":     names + strings.Repeat("{a: ", 200_000),
		"dashes":   "organization:\n" + strings.Repeat("- ", 400_000),
		"aliases":  "organization: {names: [&a 架空商事, b]}\n" + strings.Repeat("#\n", 3) + "third_parties: [*a]\n",
	} {
		_, err := Read("p.yaml", strings.NewReader(text))
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != "profile.syntax" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if p, err := Read("p.yaml", strings.NewReader(names+"[\"ヤマ*ホシ商事\", '*AST* 架空', 架空 - 一 - 二 - 三商会]\n")); err != nil || len(p.Organisation.Names) != 3 {
		t.Errorf("names with signs: %v, %v", p.Organisation.Names, err)
	}
}
