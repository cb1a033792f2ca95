package classify

import (
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
)

// inherit takes what the lines say a passage stands under: the nearest that says whose the
// things below it are. It says whether a line spoke of them.
func (b *binder) inherit(p *passage) bool {
	r := p.line
	if len(p.mentions) == 0 || r.Kind == incident.Header {
		return true
	}
	for _, parent := range r.parents {
		t := b.titleOf(parent)
		b.claim(p.mentions, t.whose, inherited)
		if t.whose != unsaid || t.stop {
			return true
		}
	}
	return false
}

// blockTitle gives the line that a block of lines stands under by its place alone: the
// short first line after a blank one, or one that begins with a sign such as ■, which holds
// up to the next.
func (b *binder) blockTitle(p *passage, before *reading) *reading {
	r := p.line
	signed := titleSign(r.Text)
	switch {
	case r.Kind == incident.Heading, len(r.pieces) > 1, numbered(r.Text) && (len(p.mentions) > 0 || closed(r.Text)):
		return nil
	case len(p.mentions) == 0 && (signed || p.broken) && columns(strings.TrimSpace(r.Text)) <= 60 && r.Kind == incident.Prose && b.messageStart(r.Text) == 0:
		if b.titleOf(r).whose != unsaid || signed {
			return r
		}
		return nil
	case p.broken && before != nil && !titleSign(before.Text):
		return nil
	}
	return before
}

// titleSign says whether a line begins as a title does that holds up to the next.
func titleSign(text string) bool {
	return strings.ContainsAny(firstRune(text), "■□●◆◇▼【") || numbered(text) && !closed(text)
}

// closed says whether a line is a whole sentence, as no title is.
func closed(text string) bool { return strings.HasSuffix(strings.TrimRight(text, " 　"), "。") }

func firstRune(s string) string { return head(strings.TrimLeft(s, " 　\t"), 1) }

// titleOf reads each title once.
func (b *binder) titleOf(r *reading) title {
	t, ok := b.titles[r]
	if !ok {
		t.whose, t.stop = b.title(r)
		b.titles[r] = t
	}
	return t
}

// title says whose the things under a line are; stop if the line is about something else,
// so that no line above it speaks of them.
func (b *binder) title(r *reading) (w whose, stop bool) {
	p := b.of[r]
	if p == nil || len(r.matches) > 0 || r.log || r.Kind != incident.Heading && !leadsOn(r) {
		return unsaid, false
	}
	if _, ok := wordOf(p.words, "fact", "permit"); ok && !p.tells("withhold", sentence{0, len(p.text)}) {
		return unsaid, true // "ours, seen by us, fine to share"
	}
	for _, s := range p.sentences() {
		s = trimmed(p.text, s)
		for _, part := range p.parts(s) {
			if w = exactly(strings.Trim(p.text[part.from:part.to], "#）) :：-・■□●◆◇▼【】*0123456789.")); w != unsaid {
				return w, true
			}
			if w = p.titleClause(part); w != unsaid {
				return w, true
			}
			if p.tells("acquit", part) && !p.tells("act", part) {
				return harmless, true
			}
		}
	}
	if p.dismisses() {
		return harmless, true
	}
	_, acts := wordOf(p.words, "fact", "act")
	return unsaid, acts || has(r.cues, "role")
}

// dismisses says whether a title says that what stands below it was no attack: 「紛らわしいもの（攻撃ではない）」, "NOT
// THEM". A word of attack in it is then denied.
func (p *passage) dismisses() bool {
	dismissed := 0
	for _, o := range p.words {
		switch {
		case o.entry.sort != "fact":
		case o.entry.label == "no-attack":
			dismissed = max(dismissed, o.end)
		case o.entry.label == "act" && !p.coveredBy(o, "no-attack"):
			return false
		}
	}
	return dismissed > 0
}

// coveredBy says whether a word is a part of one with another label: 攻撃 of 攻撃ではない.
func (p *passage) coveredBy(c cue, label string) bool {
	for _, o := range p.words {
		if o.entry.sort == "fact" && o.entry.label == label && o.start <= c.start && c.end <= o.end {
			return true
		}
	}
	return false
}

// titleClause reads one clause of a title. What we did or saw is no thing of ours.
func (p *passage) titleClause(s sentence) whose {
	words := p.in(s)
	if _, ok := wordOf(words, "fact", "withhold"); ok {
		return unspoken
	}
	for _, c := range words {
		w := p.possessed(c, s)
		if w == unsaid {
			continue
		}
		rest := strings.Trim(p.text[c.end:clauseEnd(p.text, c.end, s.to)], " 　:：*#")
		if w == attackers || rest == "" {
			return w
		}
		if doings(rest) || !p.ascii(c) && strictParticle(rest) || p.ascii(c) && len(strings.Fields(rest)) > 4 && !begins(lowered(rest), "our-things") {
			return unsaid
		}
		return w
	}
	return unsaid
}

// doings are what a title may call ours without meaning the things below it.
func doings(text string) bool {
	low := lowered(text)
	return holdsAny(low, "doing")
}

func strictParticle(text string) bool {
	before := rune(0)
	for i, r := range text {
		if kana(r) && !kana(before) {
			for _, w := range []string{"を", "へ", "に", "で", "が", "から", "より"} {
				if strings.HasPrefix(text[i:], w) && !strings.HasPrefix(text[i:], "です") && !strings.HasPrefix(text[i:], "である") {
					return true
				}
			}
		}
		before = r
	}
	return false
}

// messageStart gives where the words of a chat message begin, behind its time and speaker;
// 0 if a line is none.
func (b *binder) messageStart(s string) int {
	rest := afterClock(s)
	if rest == "" {
		return 0
	}
	if name := speaker(rest); b.speakers[name] {
		return len(s) - len(rest) + strings.Index(rest, name) + len(name)
	}
	i := strings.IndexAny(rest, ":：>＞「\t")
	if i <= 0 || i > 48 || strings.HasPrefix(rest[i:], "://") || utf8.RuneCountInString(rest[:i]) > 24 || strings.ContainsAny(rest[:i], "。.,、") || verdictWord(rest[:i]) {
		return 0
	}
	_, n := utf8.DecodeRuneInString(rest[i:])
	return len(s) - len(rest) + i + n
}

// verdictWord says whether what stands before a colon is no speaker, but says what follows: "false positives: …".
func verdictWord(s string) bool {
	return exactly(s) != unsaid || begins(lowered(s), "dismissed")
}

// afterClock gives what stands behind the time that a line begins with; empty if it begins with none.
func afterClock(s string) string {
	rest := strings.TrimLeft(s, " \t　[(<*")
	n := 0
	for n < len(rest) && strings.IndexByte("0123456789:/-., T", rest[n]) >= 0 {
		n++
	}
	if !hasClock(rest[:n]) {
		return ""
	}
	rest = strings.TrimLeft(rest[n:], " \t])>　")
	for _, half := range []string{"AM", "PM", "am", "pm"} {
		if after, ok := strings.CutPrefix(rest, half); ok && strings.IndexAny(after, " \t])>") == 0 {
			rest = strings.TrimLeft(after, " \t])>　")
		}
	}
	return rest
}

// hasClock says whether a text of digits and signs holds a time of day: 9:02, 03:11:07. The groups of an address are none.
func hasClock(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if s[i] != ':' || strings.Contains(s, "::") {
			continue
		}
		from, to := i, i+1
		for from > 0 && isDigit(s[from-1]) {
			from--
		}
		for to < len(s) && isDigit(s[to]) {
			to++
		}
		if i-from >= 1 && i-from <= 2 && to-i-1 == 2 {
			return true
		}
	}
	return false
}

// afterSpeaker takes the name in a bracket off the front of what somebody said: "<kato> …", 「（加藤）…」.
func afterSpeaker(s string) string {
	for _, pair := range [][2]string{{"<", ">"}, {"＜", "＞"}, {"(", ")"}, {"（", "）"}, {"[", "]"}, {"【", "】"}} {
		rest, ok := strings.CutPrefix(strings.TrimLeft(s, " 　"), pair[0])
		if i := strings.Index(rest, pair[1]); ok && i > 0 && utf8.RuneCountInString(rest[:i]) <= 16 {
			return rest[i+len(pair[1]):]
		}
	}
	return s
}

// afterTime takes the time off the front of a text, if it begins with one.
func afterTime(s string) string {
	if !strings.Contains(s, ":") {
		return s
	}
	rest := strings.TrimLeft(s, " \t　[(0123456789:/-.T年月日時分Z])")
	if !hasClock(s[:len(s)-len(rest)]) {
		return s
	}
	return rest
}

// speaker gives the word behind a time, if it can be somebody's name.
func speaker(rest string) string {
	name := rest
	if i := strings.IndexAny(rest, " 　*\t"); i >= 0 {
		name = rest[:i]
	}
	if n := utf8.RuneCountInString(name); n == 0 || n > 16 || strings.ContainsAny(name, "。、,:;/()[]`\"「」（）→=0123456789") {
		return ""
	}
	return name
}

// speakersIn lists those whose names stand behind the times of a chat: two or more, of whom each speaks more than
// once or answers within a few lines.
func speakersIn(lines []*reading) map[string]bool {
	count, all := map[string]int{}, 0
	for _, r := range lines {
		if r.blank || r.tabular() {
			continue
		}
		if name := speaker(afterClock(r.Text)); name != "" {
			count[name]++
			all++
		}
	}
	out := map[string]bool{}
	for name, n := range count {
		if n > 1 {
			out[name] = true
		}
	}
	if len(out) < 2 || all < 6 || len(count) > all/2 {
		return nil
	}
	for name := range count {
		out[name] = true
	}
	return out
}

// A message is what somebody wrote in a chat: on the line of the time and name, or below it.
type message struct {
	passages []*passage
	from     int // where the words begin in the first
}

// messages finds the messages among the passages of a note.
func (b *binder) messages(passages []*passage) []message {
	var out []message
	open := false
	for _, p := range passages {
		switch start := b.messageStart(p.text); {
		case start > 0:
			out, open = append(out, message{[]*passage{p}, start}), false
		case len(p.mentions) == 0 && speakerLine(p.text):
			out, open = append(out, message{}), true
		case open:
			last := &out[len(out)-1]
			last.passages = append(last.passages, p)
		}
	}
	return out
}

// speakerLine says whether a line is but a name and a time: "Greta  9:02 AM", "早乙女 09:10".
func speakerLine(text string) bool {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > 40 {
		return false
	}
	for _, w := range []string{"AM", "PM", "am", "pm"} {
		text = strings.TrimRight(strings.TrimSuffix(text, w), " ")
	}
	n := len(text)
	for n > 0 && (text[n-1] == ':' || '0' <= text[n-1] && text[n-1] <= '9') {
		n--
	}
	clock := text[n:]
	return len(clock) >= 4 && len(clock) <= 8 && strings.Contains(clock, ":") && n > 0
}

// dialogue binds the answer to a question about a value, or a reply that takes the value
// up, to that value.
func (b *binder) dialogue(passages []*passage) {
	all := b.messages(passages)
	for i, m := range all {
		last := m.last()
		if last == nil {
			continue
		}
		start := 0
		if last == m.passages[0] {
			start = m.from
		}
		groups := last.groups(sentence{start, len(last.text)})
		if len(groups) == 0 {
			continue
		}
		asked := asks(last)
		for _, answer := range all[i+1 : min(len(all), i+3)] {
			if len(answer.passages) == 0 || answer.last() != nil {
				break
			}
			w := unsaid
			for k, p := range answer.passages {
				from := 0
				if k == 0 {
					from = answer.from
				}
				if asked || p.takesUpAt(from) {
					w = max(w, p.reply(from))
				}
			}
			if w != unsaid {
				b.claim(groups[len(groups)-1], w, said)
				break
			}
			if answer.asksElse() {
				break
			}
		}
	}
}

// asksElse says whether a message is a question about something of its own.
func (m message) asksElse() bool {
	for _, p := range m.passages {
		if i := strings.IndexAny(p.text, "?？"); i >= 0 {
			_, refers := wordOf(p.in(sentence{0, i}), "pronoun", "")
			return !refers && len(strings.Fields(p.text[:i])) > 5
		}
	}
	return false
}

// last gives the last passage of a message that holds a value.
func (m message) last() *passage {
	for i := len(m.passages) - 1; i >= 0; i-- {
		if len(m.passages[i].mentions) > 0 {
			return m.passages[i]
		}
	}
	return nil
}

// takesUpAt says whether the words from a place on begin with a pronoun or a possessor.
func (p *passage) takesUpAt(from int) bool {
	for _, c := range p.in(sentence{from, len(p.text)}) {
		if c.entry.sort == "pronoun" || c.entry.sort == "who" && c.entry.label == "us" {
			return !strings.ContainsAny(p.text, "?？") && len(strings.TrimSpace(p.text[from:c.start])) <= 8
		}
	}
	return false
}

// asks says whether a message is a question about the values in it.
func asks(p *passage) bool {
	last := p.mentions[len(p.mentions)-1].end
	rest := strings.TrimSpace(p.text[last:])
	if strings.ContainsAny(rest, "?？") {
		return true
	}
	return closesWith(rest, "asks")
}

// reply reads a message as what is said about a thing asked for.
func (p *passage) reply(from int) whose {
	for _, s := range p.sentences() {
		s.from = max(s.from, from)
		if s.from >= s.to {
			continue
		}
		for _, part := range p.parts(s) {
			if c, ok := wordOf(p.in(part), "pronoun", ""); ok && strings.TrimSpace(p.text[part.from:c.start]) == "" {
				part.from = c.end
			}
			if w := max(exactly(p.text[part.from:part.to]), p.gloss(part)); w != unsaid && !(w == ours && p.grants(s)) {
				return w
			}
		}
	}
	return unsaid
}

// quoted binds the answer below a quoted line of a mail to the value in that line.
func (b *binder) quoted(passages []*passage) {
	for i, p := range passages {
		depth := p.line.quote
		if depth == 0 || len(p.mentions) == 0 {
			continue
		}
		groups := p.groups(sentence{0, len(p.text)})
		for _, answer := range passages[i+1 : min(len(passages), i+3)] {
			if answer.line.quote >= depth {
				break // it answers what is quoted here
			}
			if len(groups) > 0 && len(answer.mentions) == 0 {
				b.claim(groups[len(groups)-1], answer.reply(0), said)
			}
			break
		}
	}
}
