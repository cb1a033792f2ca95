package deadline

import (
	"strconv"
	"strings"
)

// bundled reads a file of rules of ours.
func bundled(name string, data []byte, s shelf) ([]Rule, error) {
	top, err := parse(name, data)
	if err != nil {
		return nil, err
	}
	items, _ := top.items()
	var out []Rule
	for _, item := range items {
		r, err := readRule(item)
		if err != nil {
			return out, err
		}
		for _, b := range s.regimes {
			if stage, ok := strings.CutPrefix(string(r.ID), string(b.Regime)+"."); ok {
				r.Regime, r.Stage, r.Jurisdiction = b.Regime, stage, b.Jurisdiction
				r.Zone, r.Calendar, r.placeOpen = b.Zone, b.Calendar, b.placeOpen
			}
		}
		if r.Regime == "" || r.Confidence == "" || len(r.Sources) == 0 {
			return out, item.fail("deadline.rule-lacks", "regime, confidence, sources")
		}
		out = append(out, r)
	}
	return out, nil
}

// ownRules reads the rules in a facts file: a contract, an insurance. zone is that of the
// file and theirs too unless they say another.
func ownRules(p place, zone string) ([]Rule, error) {
	if p.empty() {
		return nil, nil
	}
	items, ok := p.items()
	if !ok {
		return nil, p.fail("deadline.no-list")
	}
	if len(items) > maxOwn {
		return nil, p.fail("deadline.too-many", strconv.Itoa(maxOwn))
	}
	var out []Rule
	seen := map[RuleID]bool{}
	for _, item := range items {
		r, err := readRule(item)
		if err != nil {
			return nil, err
		}
		dot := strings.LastIndexByte(string(r.ID), '.')
		if !strings.HasPrefix(string(r.ID), "own.") || dot < len("own.") {
			return nil, item.fail("deadline.own-id")
		}
		if seen[r.ID] {
			return nil, item.fail("deadline.duplicate")
		}
		seen[r.ID] = true
		r.Regime, r.Stage = Regime(r.ID[:dot]), string(r.ID[dot+1:])
		r.Confidence, r.Sources = "own", []string{"own"}
		if r.Zone == "" {
			r.Zone = zone
		}
		if r.Calendar == "" && r.Zone == "Asia/Tokyo" {
			r.Calendar = "jp"
		}
		out = append(out, r)
	}
	return out, nil
}
