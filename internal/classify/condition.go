package classify

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// conditions are those under which a line was received.
type conditions struct {
	received bool
	label    tlp.Label
	promise  bool
}

func (c conditions) merge(o conditions) conditions {
	if !o.received {
		return c
	}
	if !c.received {
		return o
	}
	return conditions{true, strictestNamed(c.label, o.label), c.promise || o.promise}
}

// strictestNamed is the strictest of the labels that were named; a line that names none
// under one that does keeps that one's.
func strictestNamed(a, b tlp.Label) tlp.Label {
	switch {
	case a == tlp.Unknown:
		return b
	case b == tlp.Unknown:
		return a
	}
	return tlp.Strictest(a, b)
}

// setConditions finds what was received under a label or a promise: a line that says so
// speaks for itself and for all that stands under it, the list or table right after it
// included. Whole is what a mail states for all its parts.
func setConditions(lines []*reading, whole conditions) {
	whole = whole.merge(topLabel(lines))
	var opener *reading // the line that last stated conditions, while its list goes on
	var block *reading  // a label alone on its line, while the block below it goes on
	for i, r := range lines {
		r.states = stated(r)
		if !r.states.received && len(r.matches) == 0 && r.fromPeer() && (r.leadsToValues(lines[i+1:]) || len(r.speaksOf(lines[:i])) > 0) {
			r.states.received, r.states.promise = true, true
		}
	}
	for i, r := range lines {
		block = block.keptFor(r)
		if r.blank {
			continue
		}
		if opener != nil && (!r.listedUnder(opener) || len(r.matches) == 0 && numbered(r.Text) && titleSign(r.Text) && !r.tabular() && r.indent <= opener.indent) {
			opener = nil
		}
		r.around = whole
		for _, p := range r.parents {
			r.around = r.around.merge(p.states)
		}
		if opener != nil {
			r.around = r.around.merge(opener.states)
		}
		if block != nil {
			r.around = r.around.merge(conditions{true, block.terms.label, block.terms.promise})
		}
		own := r.states
		r.terms = r.around.merge(own)
		if r.permitted() {
			r.around, r.terms = conditions{}, conditions{own.label != tlp.Unknown, own.label, false}
		}
		if own.received && len(r.matches) == 0 && r.labelAlone() {
			block = r
		}
		if own.received && !r.log && opener == nil {
			opener = r
		}
		if own.received && !r.log && len(r.matches) == 0 {
			for _, up := range r.speaksOf(lines[:i]) {
				up.around, up.terms = up.around.merge(own), up.terms.merge(own)
			}
		}
	}
}

// speaksOf gives the lines before one without values that it says something of: the one it stands under, or, if it begins
// so, all of the block above it: 「上記はいずれも口外しない約束」.
func (r *reading) speaksOf(before []*reading) []*reading {
	if !begins(lowered(strings.TrimLeft(r.Text, " 　\t-*・※（(")), "all-above") {
		if len(r.parents) > 0 && r.parents[0].Kind != incident.Heading && len(r.parents[0].matches) > 0 {
			return r.parents[:1]
		}
		return nil
	}
	to := len(before)
	for to > 0 && before[to-1].blank {
		to--
	}
	from := to
	for from > 0 && to-from < maxList && !before[from-1].blank && before[from-1].Kind != incident.Heading {
		from--
	}
	return before[from:to]
}

// keptFor gives the label of a block if a line still belongs to it.
func (r *reading) keptFor(next *reading) *reading {
	if r == nil || next.blank || !next.inBlock(r) {
		return nil
	}
	return r
}

// labelAlone says whether a line is a label and nothing else.
func (r *reading) labelAlone() bool {
	_, ok := tlp.Mention(r.Text)
	return ok && utf8.RuneCountInString(strings.Trim(r.Text, " 　\t-=*【】[]()（）#")) <= 18
}

// inBlock says whether a line goes on with the block below a label: no rule, no heading,
// and not indented less.
func (r *reading) inBlock(label *reading) bool {
	text := strings.TrimSpace(r.Text)
	return r.Kind != incident.Heading && r.indent >= label.indent && !strings.HasPrefix(text, "---") && !strings.HasPrefix(text, "===") && !strings.HasPrefix(text, "___") && !strings.HasPrefix(text, "＿＿") && !strings.HasPrefix(text, "――") && !strings.HasPrefix(text, "──")
}

// topLabel gives the label a note carries in its first lines if it is stricter than what
// is shared with anybody: RED or AMBER+STRICT. A wider one is ordinary handling.
func topLabel(lines []*reading) conditions {
	seen := 0
	for _, r := range lines {
		if r.blank || r.Kind == incident.Header {
			continue
		}
		if own := stated(r); seen == 0 && own.promise && len(r.matches) == 0 && r.Kind != incident.Header && !closed(r.Text) && utf8.RuneCountInString(r.Text) <= 80 {
			return own
		}
		if seen++; seen > 3 || has(r.cues, "received", "from", "org") || r.indent > 0 {
			break
		}
		label, ok := tlp.Mention(r.Text)
		if ok && label >= tlp.AmberStrict && len(r.matches) == 0 && utf8.RuneCountInString(r.Text) <= 40 &&
			!introduces(r.Text) && !has(r.cues, "received", "from", "org") {
			return conditions{true, label, has(r.cues, "received", "promise")}
		}
	}
	return conditions{}
}

// listedUnder says whether a line belongs to what follows an earlier one: it is indented
// further, or it is a bullet, row or record and the earlier line is none.
func (r *reading) listedUnder(o *reading) bool {
	if r.Kind == incident.Heading {
		return false
	}
	if r.tabular() {
		return !o.tabular()
	}
	if len(o.matches) == 0 && !bulleted(o.Text) && r.indent >= o.indent && r.bareValue() {
		return true
	}
	title := titleSign(o.Text) && !titleSign(r.Text) || timed(o.Text) && !timed(r.Text)
	return r.indent > o.indent || bulleted(r.Text) && (!bulleted(o.Text) || title) && r.indent >= o.indent
}

// timed says whether a line begins with a date or a time of day, whose digits make no item of a list of it.
func timed(text string) bool { return dated(text) || afterClock(text) != "" }

// bareValue says whether a line is a value and hardly anything else.
func (r *reading) bareValue() bool {
	n, end := 0, 0
	for _, m := range r.matches {
		n += max(0, m.End-max(m.Start, end))
		end = max(end, m.End)
	}
	return n*10 >= len(strings.TrimSpace(r.Text))*6
}

// stated gives the conditions a line itself states. A label alone is the handling of our
// own note; with a word of receiving, or a promise, it is a condition. An instruction
// among ourselves is no promise: somebody else must have asked, or the line must hold what
// was told.
func stated(r *reading) conditions {
	label, labelled := tlp.Mention(r.Text)
	from := has(r.cues, "received", "from")
	_, silence := r.promise()
	told := from || has(r.cues, "received", "asked")
	promise := silence && (told || labelled || r.speaksOfValue()) || from && has(r.cues, "fact", "withhold") || r.toldNotTo() ||
		!labelled && len(r.matches) > 0 && r.fromPeer()
	switch {
	case promise, labelled && (from || has(r.cues, "received", "org") && !holdsAny(lowered(r.Text), "outgoing")), labelled && (r.header != nil || strings.Contains(strings.ToLower(r.Text), `"tlp"`)):
		return conditions{true, label, promise} // a row or record with a label of its own
	case labelled && r.labels(label):
		return conditions{true, label, false}
	}
	return r.labelColumn()
}

// fromPeer says whether a line tells that somebody who was attacked too, or investigates, let us know of its values, and
// not that they may go on or are public. Who tells so names their condition in ever other words, or forgets to; it is
// theirs to give.
func (r *reading) fromPeer() bool {
	if !has(r.cues, "received", "telling") || has(r.cues, "received", "open") || has(r.cues, "fact", "permit") {
		return false
	}
	for _, c := range r.cues {
		if c.entry.sort == "received" && c.entry.label == "peer" && r.tellsUs(c) {
			return true
		}
	}
	return false
}

// toldNotTo says whether one sentence tells that somebody said something and that it must not go on.
func (r *reading) toldNotTo() bool {
	if !has(r.cues, "fact", "withhold") || !has(r.cues, "received", "asked") {
		return false
	}
	p, rest := &passage{text: r.Text}, r.cues // in the order of their ends
	for _, s := range p.sentences() {
		n := 0
		for n < len(rest) && rest[n].end <= s.to {
			n++
		}
		if has(rest[:n], "fact", "withhold") && has(rest[:n], "received", "asked") {
			return true
		}
		rest = rest[n:]
	}
	return false
}

// leadsToValues says whether the next line belongs to what a line leads up to, and names a value.
func (r *reading) leadsToValues(after []*reading) bool {
	for _, next := range after[:min(2, len(after))] {
		if !next.blank {
			return (next.listedUnder(r) || next.tabular()) && (len(next.matches) > 0 || next.tabular())
		}
	}
	return false
}

// tellsUs says whether somebody is where something came from: 「他県の理事から」, "from a competitor", "the detective told".
func (r *reading) tellsUs(c cue) bool {
	rest, _, _ := strings.Cut(head(r.Text[c.end:], 24), "。")
	if r.Text[c.end-1] >= utf8.RuneSelf {
		return holdsAny(rest, "whence")
	}
	before := lowered(r.Text[max(0, c.start-24):c.start])
	return holdsAny(" "+before, "whence") || holdsAny(lowered(rest), "says-so")
}

// promise gives the words of a line that ask for silence, and are not part of a value: of a subject, a name.
func (r *reading) promise() (cue, bool) {
	for _, c := range r.cues {
		within := func(m indicator.Match) bool { return m.Start <= c.start && c.end <= m.End }
		if c.entry.sort == "received" && c.entry.label == "promise" && !slices.ContainsFunc(r.matches, within) {
			return c, true
		}
	}
	return cue{}, false
}

// speaksOfValue says whether the words that ask for silence stand in a sentence with a value, or name nothing else it is
// asked for: not in 「C2 は 198.51.100.7。件数は外に出さないこと」.
func (r *reading) speaksOfValue() bool {
	c, ok := r.promise()
	if !ok || len(r.matches) == 0 {
		return false
	}
	p := &passage{text: r.Text}
	for _, m := range r.matches {
		p.mentions = append(p.mentions, mention{m, m.Start, m.End})
	}
	for _, s := range p.sentences() {
		if s.from <= c.start && c.end <= s.to {
			named := p.within(s)
			return len(named) > 0 && !p.ofAnother(group{named[len(named)-1]}, c) || p.objectless(s, c) && !p.sameBefore(s.from)
		}
	}
	return true
}

// sameBefore says whether what was named last before a place is called the same as what we know already.
func (p *passage) sameBefore(at int) bool {
	named := p.within(sentence{0, at})
	return len(named) > 0 && p.sameAgain(named[len(named)-1:])
}

// labels says whether a line's label is no ordinary handling: nobody writes so strict a one
// beside a value of their own, and one alone on its line is a heading over what follows.
func (r *reading) labels(label tlp.Label) bool {
	if label == tlp.Red && len(r.matches) == 0 && r.Number > 3 && utf8.RuneCountInString(r.Text) <= 100 {
		return true // nobody writes that of what they found themselves
	}
	if len(r.matches) > 0 {
		return label >= tlp.AmberStrict
	}
	return utf8.RuneCountInString(strings.TrimSpace(r.Text)) <= 24 && (r.Number > 3 || label >= tlp.AmberStrict)
}

// labelColumn reads the label in a column headed "TLP".
func (r *reading) labelColumn() conditions {
	cells := r.cells()
	for i, h := range r.header[:min(len(r.header), len(cells))] {
		l, err := tlp.Parse(cells[i])
		switch {
		case strings.EqualFold(h, "TLP") && cells[i] != "":
			return conditions{true, l, false} // a label we cannot read permits nothing
		case err == nil && l >= tlp.AmberStrict && holdsAny(lowered(h), "label-heading"):
			return conditions{true, l, false}
		}
	}
	return conditions{}
}
