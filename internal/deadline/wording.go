package deadline

import "strconv"

// Counting says in words how the rule's time is counted: tokens for package phrase.
func (r Rule) Counting() []Phrase {
	n := strconv.Itoa(r.Within.N)
	var out []Phrase
	add := func(token string, args ...string) { out = append(out, Phrase{"deadline.count." + token, args}) }
	switch r.Within.Unit {
	case AtOnce:
		add("at-once")
	case Promptly:
		add("promptly")
	case Hours:
		add("hours", n)
	case BusinessDays:
		add("business-days", n)
	case Months:
		add("months", n)
	case Days:
		if r.GuideFrom > 0 {
			add("guide", strconv.Itoa(r.GuideFrom), n)
		} else {
			add("days", n)
		}
	}
	if r.After != "" {
		add(r.After)
	}
	if r.Cap != nil {
		add("cap", strconv.Itoa(r.Cap.Within.N), string(r.Cap.Anchor))
	}
	for _, v := range r.Variants {
		if v.Within.Unit == Days && v.Within.N > 0 {
			add("variant", string(v.If), strconv.Itoa(v.Within.N))
		}
	}
	return append(out, r.conventions()...)
}

// conventions says of a time with a number which days count and where it ends.
func (r Rule) conventions() []Phrase {
	if r.Task {
		return nil
	}
	var out []Phrase
	add := func(token string, args ...string) { out = append(out, Phrase{"deadline.count." + token, args}) }
	switch {
	case r.Within.Unit != Hours:
		add("first-" + string(r.First))
	case r.First == Either:
		add("first-hour")
	}
	if r.Roll != Stays {
		add("roll-" + string(r.Roll))
	}
	if r.Closes != "" {
		add("closes", r.Closes)
	}
	if r.Soft {
		add("soft")
	}
	return out
}
