package classify

import (
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/indicator"
)

// A binder ties what the notes say about ownership to the values it is said of.
type binder struct {
	*proposer
	legends []legend
	of      map[*reading]*passage
	titles  map[*reading]title // what has been read
	heads   map[string]whose

	accused  map[*string]bool // tables; see accusing
	items    itemList
	short    shortList
	latest   group                    // what the note named last
	digest   indicator.Value          // the digest that the note named last
	recent   []group                  // what the passages before named last
	right    map[indicator.Value]bool // what a correction put in the place of something else
	speakers map[string]bool          // of a chat whose lines have nothing but a blank behind the name
}

// A title is what a line says of those below it.
type title struct {
	whose whose
	stop  bool
}

// note reads one note: what is inherited first, then what each passage says.
func (b *binder) note(n int, lines []*reading) {
	b.speakers, b.accused = speakersIn(lines), b.accusing(lines)
	passages := b.passages(lines)
	b.items, b.short, b.latest = itemList{}, shortList{}, nil
	b.digest = indicator.Value{}
	b.of, b.titles = map[*reading]*passage{}, map[*reading]title{}
	for _, p := range passages {
		b.of[p.line] = p
	}
	var before *passage
	var table []*passage // the rows of the table that before ends
	over := unsaid       // said of a whole table by the paragraph above it
	var head *reading    // the title of the block, without a colon or a bullet
	for _, p := range passages {
		r := p.line
		if head = b.blockTitle(p, head); !b.inherit(p) && head != nil && head != r {
			w := b.titleOf(head).whose
			b.claim(p.mentions, w, inherited)
		}
		b.marks(n, p)
		if !r.tabular() && (r.log || r.beginsWithValue() && p.mentions[len(p.mentions)-1].end == len(p.text)) {
			b.show(p.mentions)
		}
		switch {
		case r.tabular():
			if before != nil && !before.line.tabular() {
				over = b.overTable(before)
			}
			b.row(p)
			b.claim(p.mentions, over, inherited)
		case r.log && !comment(r.Text):
			b.record(n, p)
			b.trailing(p)
		default:
			b.clauses(p, before)
		}
		b.hangs(p, before)
		b.items.learn(p)
		b.short.learn(p)
		if n := len(p.mentions); n > 0 {
			b.latest = p.mentions[n-1:]
		}
		for _, m := range p.mentions {
			if m.Hash != indicator.NoHash {
				b.digest = m.Value
			}
		}
		switch {
		case r.tabular():
			table = append(table, p)
		default:
			b.belowTable(p, table)
			table = nil
		}
		before = p
	}
	b.records(lines)
	b.quoted(passages)
	b.dialogue(passages)
}

// comment says whether a line of a log was written by a person.
func comment(text string) bool {
	text = strings.TrimLeft(text, " \t")
	return strings.HasPrefix(text, "#") || strings.HasPrefix(text, "//") || strings.HasPrefix(text, ";") || strings.HasPrefix(text, "※")
}

// A group is some mentions that are spoken of as one: a list, a file and its digest.
type group []mention

func (g group) first() mention { return g[0] }
func (g group) last() mention  { return g[len(g)-1] }

// show notes that somebody tells of the attack where values stand, or that a machine does.
func (b *binder) show(all []mention) {
	for _, m := range all {
		b.shown[m.Value] = true
	}
}

func (b *binder) claim(g group, w whose, strength int) {
	for _, m := range g {
		b.claims.add(m.Value, w, strength)
	}
}

// groups puts the mentions of a sentence that only joins or a bracket part together.
func (p *passage) groups(s sentence) []group {
	var out []group
	for _, m := range p.within(s) {
		if m.Type == indicator.Technique {
			continue
		}
		if n := len(out); n > 0 && (m.start < out[n-1].last().end || joined(p.text[out[n-1].last().end:m.start])) {
			out[n-1] = append(out[n-1], m)
			continue
		}
		out = append(out, group{m})
	}
	return out
}

func joined(between string) bool {
	if len(between) > 40 {
		return false
	}
	between = afterPort(between)
	return onlyJoins(strings.Trim(unlink(between), " （([、,　"))
}

// afterPort takes a port and closing quotes off the front of what follows a value.
func afterPort(s string) string {
	s = strings.TrimLeft(s, "」』`'\"*)]>）")
	if strings.HasPrefix(s, ":") || strings.HasPrefix(s, "/") {
		if rest := strings.TrimLeft(s[1:], "0123456789tcpud"); rest != s[1:] && len(s)-len(rest) > 2 {
			s = rest
		}
	}
	return strings.TrimLeft(s, "」』`'\"*>")
}

// clauses binds what the sentences of a passage say.
func (b *binder) clauses(p, before *passage) {
	last := b.lastNamed(p, before)
	near, own := last, false // of this passage, or the end of the one before
	if before == nil || p.broken || before.line.tabular() {
		b.recent = nil
	}
	recent := b.recent // of all sentences before, up to a blank line
	if len(last) > 0 {
		recent = last
	} else if before != nil && len(before.mentions) == 0 && b.messageStart(p.text) == 0 {
		last = recent
	} else {
		recent = nil
	}
	start := b.messageStart(p.text)
	for _, s := range p.sentences() {
		if s.from = max(s.from, start); s.from >= s.to {
			continue
		}
		groups := p.groups(s)
		b.struck(p, s)
		b.refer(p, s)
		short := b.shortened(p, s)
		if n := len(groups); n > 0 {
			b.formerLatter(p, sentence{groups[n-1].last().end, s.to}, groups)
		} else if n = len(last); n > 0 {
			b.claim(last[n-1], max(p.bareOwner(s), p.shortAnswer(s)), remarked)
		}
		if p.tells("act", s) {
			b.show(p.within(s))
		}
		if len(last) > 0 {
			b.answered(p, s, groups, last)
			b.formerLatter(p, s, last)
			b.anaphora(p, s, groups, last)
			b.hitToo(p, s, groups, last)
		}
		if len(groups) == 0 && p.onlyDismisses(s) {
			for _, g := range last {
				b.claim(g, harmless, remarked)
			}
		}
		found := len(groups) == 0 && len(last) == 1 && p.foundOut(s)
		if found {
			b.claim(last[0], strangers, remarked)
		}
		b.around(p, s, groups)
		b.allOf(p, s, groups)
		b.directive(p, s, groups)
		b.confided(p, s, groups)
		if len(groups) > 0 || short == nil {
			b.takenBack(p, s, groups, recent)
		}
		b.goesOnAbout(p, s, groups, near)
		b.digestFreed(p, s, groups)
		if len(groups) > 0 {
			recent, near, own = groups, groups, true
		} else if short != nil {
			near, own = []group{short}, true
		} else if !own {
			near = nil
		}
		if _, ok := p.takesUp(s); len(groups) > 0 || !ok && !found && !closes(p.text[s.from:s.to]) {
			last = groups
		}
	}
	b.recent = recent
	b.acquitted(p)
}

// lastNamed gives what the last sentence of the passage before named, if no blank line
// stands between.
func (b *binder) lastNamed(p, before *passage) []group {
	if before == nil || p.broken || before.line.tabular() {
		return nil
	}
	all := before.sentences()
	if len(all) == 0 {
		return nil
	}
	return before.groups(all[len(all)-1])
}

// belowTable binds what the first sentence below a table says of all in it: "They are ours."
func (b *binder) belowTable(p *passage, table []*passage) {
	all := p.sentences()
	if len(table) == 0 || len(all) == 0 || len(p.within(all[0])) > 0 {
		return
	}
	c, ok := p.takesUp(all[0])
	if !ok || c.entry.label != "all" {
		return
	}
	if w := p.firstOf(sentence{c.end, all[0].to}); w > attackers {
		for _, row := range table {
			b.claim(row.mentions, w, remarked)
		}
	}
}

// onlyDismisses says whether a sentence is nothing but that something was no attack: 「本件と関係なし。」
func (p *passage) onlyDismisses(s sentence) bool {
	for _, c := range p.in(s) {
		if c.entry.sort == "fact" && c.entry.label == "no-attack" && !p.denied(c, s) {
			rest := strings.Trim(p.text[s.from:c.start]+p.text[c.end:s.to], " 　。.、,")
			return utf8.RuneCountInString(rest) <= 8
		}
	}
	return false
}

// foundOut says whether a sentence tells whose a thing turned out to be that the one before named: 「調べるとどこかの会社の
// ルータで、踏み台にされているらしい。」, "It turned out to be a bakery's router".
func (p *passage) foundOut(s sentence) bool {
	text := lowered(strings.TrimLeft(p.text[s.from:s.to], " 　"))
	if closesWith(strings.TrimRight(text, "。."), "was-that") && p.somebodys(s) {
		return true
	}
	_, org := wordOf(p.in(s), "org", "")
	_, body := wordOf(p.in(s), "body", "")
	return begins(text, "found-out") && (p.somebodys(s) || p.tells("abused", s) || (org || body) && p.nobodyAttacks(s))
}

// trailing reads the remark in the bracket, or behind the sign, that ends a line of a listing:
// "/opt/a  sha256 …   (our build)".
func (b *binder) trailing(p *passage) {
	groups := p.groups(sentence{0, len(p.text)})
	if len(groups) == 0 || len(groups) > 4 {
		return
	}
	from := p.mentions[len(p.mentions)-1].end
	rest := strings.TrimLeft(p.text[from:], " \t　\"`")
	inner, end := bracketed(rest)
	for _, sign := range []string{"#", "//", "<-", "←", ";"} {
		if after, ok := strings.CutPrefix(rest, sign); ok {
			inner, end = strings.TrimLeft(after, "- 　"), len(rest)
		}
	}
	if end == 0 || strings.TrimSpace(rest[end:]) != "" || inner == "" {
		return
	}
	at := strings.LastIndex(p.text, inner)
	if w := b.settled(p, sentence{at, at + len(inner)}); w > attackers {
		for _, g := range groups {
			b.claim(g, w, marked)
		}
	}
}

// allOf binds what the end of a sentence says of all it has named: "a と b への通信もありますが、いずれも正常です".
func (b *binder) allOf(p *passage, s sentence, groups []group) {
	if len(groups) == 0 {
		return
	}
	for _, part := range p.parts(sentence{groups[len(groups)-1].last().end, s.to}) {
		c, ok := p.takesUp(part)
		if !ok || c.entry.label != "all" {
			continue
		}
		if w := p.firstOf(sentence{c.end, s.to}); w > attackers {
			for _, g := range groups {
				b.claim(g, w, said)
			}
		}
		return
	}
}

// answered binds a sentence right behind a question to what was asked for.
func (b *binder) answered(p *passage, s sentence, groups, last []group) {
	before := strings.TrimRight(p.text[:s.from], " 　")
	question := strings.HasSuffix(before, "?") || strings.HasSuffix(before, "？")
	if len(groups) > 0 || !question && !strings.HasSuffix(before, "か。") {
		return
	}
	w := p.gloss(s)
	if answer := strings.TrimLeft(lowered(p.text[s.from:s.to]), " 　a:.：．、"); w == unsaid && begins(answer, "no") {
		if asked, ok := wordOf(p.in(sentence{last[len(last)-1].last().end, s.from}), "who", ""); ok && owner(asked) == attackers {
			w = harmless
		}
	}
	if w == unsaid && p.plainly(s) {
		b.claim(last[len(last)-1], unclear, vague)
	}
	b.claim(last[len(last)-1], w, said)
}

// around binds what a sentence says before and behind each of its values.
func (b *binder) around(p *passage, s sentence, groups []group) {
	from, lead := s.from, unsaid
	for i, g := range groups {
		to := s.to
		if i+1 < len(groups) {
			to = lastBreak(p.text, g.last().end, groups[i+1].first().start)
			if open := glossed(p.text[g.last().end:groups[i+1].first().start]); open > 0 {
				to = g.last().end + open
			}
		}
		if !p.object(from, g) && !(g.first().Type == indicator.Email && begins(lowered(strings.TrimLeft(p.text, " 　\t-*・>")), "sender-label")) {
			b.claim(g, p.possessorBefore(sentence{from, g.first().start}), said)
		}
		if from > s.from && !p.listGoesOn(from, g.first().start) {
			lead = unsaid
		}
		if w := p.leadIn(sentence{from, g.first().start}); w != unsaid {
			lead = w
		}
		switch before := strings.TrimRight(lowered(p.text[from:g.first().start]), " 　「『`\"("); {
		case closesWith(before, "was-hit") && !begins(strings.TrimLeft(p.text[g.last().end:to], "」』` "), "from-there"):
			b.claim(g, ours, said)
		case holdsAny(before, "victims-listed"):
			lead = strangers
		}
		b.claim(g, lead, said)
		b.claim(g, p.circumstance(g), said)
		b.after(p, g, sentence{g.last().end, to})
		from = g.last().end
	}
}

// glossed gives where a bracket opens that holds nothing but the next value, behind the words that say what this one is:
// " は、…町のサイト（". 0 if there is none.
func glossed(between string) int {
	if !begins(strings.TrimLeft(lowered(between), " "), "topic-first") {
		return 0
	}
	trimmed := strings.TrimRight(between, " 「`")
	for _, bracket := range []string{"（", "("} {
		if cut, ok := strings.CutSuffix(trimmed, bracket); ok {
			return len(cut)
		}
	}
	return 0
}

// takesUp gives the pronoun a sentence begins with.
func (p *passage) takesUp(s sentence) (cue, bool) {
	c, ok := p.pronoun(s)
	return c, ok && utf8.RuneCountInString(strings.TrimSpace(p.text[s.from:c.start])) <= 4
}

// pronoun gives the first pronoun of a sentence that may stand for a value: not that of 「このパスワード」.
func (p *passage) pronoun(s sentence) (cue, bool) {
	c, ok := wordOf(p.in(s), "pronoun", "")
	return c, ok && !begins(strings.TrimLeft(lowered(p.text[c.end:s.to]), " "), "no-value")
}

// closes says whether a piece of text is only what closes a sentence.
func closes(s string) bool { return strings.Trim(s, " 　。）)」』.!！?？*`\"'") == "" }

// directive binds "do not pass on" to the only things the sentence names.
func (b *binder) directive(p *passage, s sentence, groups []group) {
	if len(groups) != 1 {
		return
	}
	if c, ok := wordOf(p.in(s), "fact", "withhold"); ok && c.end <= s.to && !p.ofAnother(groups[0], c) && !p.sameAgain(groups[0]) {
		b.claim(groups[0], unspoken, said)
	}
}

// sameAgain says whether a group is called the same as what we know already: who asks for silence then, asks it for those who
// saw it too.
func (p *passage) sameAgain(g group) bool {
	before := lowered(strings.TrimRight(p.text[:min(g.first().start, len(p.text))], " 　「『`\""))
	return closesWith(before, "same-as-ours")
}

// ofAnother says whether the last clause between a group and a verb has an object of its own: 「X の引数には客の名が並ぶので、
// 引数は外に出さない」.
func (p *passage) ofAnother(g group, verb cue) bool {
	if g.last().end > verb.start {
		return false
	}
	between := p.text[g.last().end:verb.start]
	i := strings.LastIndexAny(between, "、，")
	if i < 0 {
		return false
	}
	_, n := utf8.DecodeRuneInString(between[i:])
	clause := strings.TrimLeft(between[i+n:], " 　")
	c, taken := p.takesUp(sentence{verb.start - len(clause), verb.start})
	return !(taken && c.start < verb.start) && !begins(clause, "of-its-own") && (strings.HasSuffix(clause, "は") || strings.HasSuffix(clause, "を"))
}

// after reads what follows a group: its bracket, then its predicate or apposition.
func (b *binder) after(p *passage, g group, s sentence) {
	if strings.Contains(lowered(p.text[max(0, g.first().start-24):g.first().start]), "thought") {
		return
	}
	text := p.text[s.from:s.to]
	if holdsAny(lowered(text), "one-of-two") {
		return // it is not said of both
	}
	rest := strings.TrimLeft(afterPort(text), " 　")
	s.from = s.to - len(rest)
	if inner, end := bracketed(rest); end > 0 {
		from := s.from + strings.Index(rest, inner)
		b.claim(g, p.gloss(sentence{from, from + len(inner)}), marked)
		rest = strings.TrimLeft(rest[end:], " 　")
		s.from = s.to - len(rest)
	}
	w := exactly(rest)
	switch {
	case begins(rest, "apart"):
		w = harmless
	case begins(lowered(rest), "its-owner"):
		w = strangers
	case begins(lowered(rest), "came-along"):
		w = harmless
	case begins(rest, "done-by"):
		_, who, _ := strings.Cut(rest, "のは")
		w = exactly(who)
	default:
		w = max(w, b.inTheEnd(p, g, s))
	}
	if w != unsaid {
		b.claim(g, w, said)
		return
	}
	at, ok := predicate(text, rest)
	switch {
	case !ok:
		b.resumed(p, g, s)
	case at > 0 && at <= len("、") && strings.ContainsAny(rest[:at], "、,") && !p.apposed(sentence{s.from + at, s.to}):
	default:
		w := b.settled(p, sentence{s.from + at, s.to})
		b.claim(g, w, said)
		if w == unsaid && begins(lowered(rest), "run-by") && p.nobodyAttacks(sentence{s.from, s.to}) {
			b.claim(g, strangers, said)
		}
		if w == unsaid && p.opens(g) && p.calm(rest, sentence{s.from + at, s.to}) {
			b.claim(g, unclear, vague)
		}
	}
}

// bareOwner says whose a thing is if a sentence says nothing else: "Ours."
func (p *passage) bareOwner(s sentence) whose {
	w := exactly(strings.Trim(p.text[s.from:s.to], " 　.。!！*_"))
	if w == attackers {
		return unsaid
	}
	return w
}

// inTheEnd reads what a later clause says something turned out to be: 「…を追いかけたが、結局エレベータ会社の遠隔監視だった」.
func (b *binder) inTheEnd(p *passage, g group, s sentence) whose {
	for _, turn := range words().phrases["in-the-end"] {
		if i := strings.Index(lowered(p.text[s.from:s.to]), turn); i >= 0 {
			said := sentence{s.from + i + len(turn), s.to}
			w := b.settled(p, said)
			if w != unsaid && w != attackers {
				return w
			}
			if w == unsaid && p.nobodyAttacks(said) && nounPhrase(strings.Trim(lowered(p.text[said.from:said.to]), " 　、.。!…")) {
				if doubted(p.text[s.from:said.from]) {
					return harmless // we thought it was the attacker's
				}
				b.claim(g, unclear, vague)
			}
		}
	}
	return unsaid
}

// settled gives what the clauses of a predicate say in the end: what somebody only thought
// at first counts for nothing once a later clause says otherwise.
func (b *binder) settled(p *passage, s sentence) whose {
	first := unsaid
	for _, part := range p.parts(s) {
		w := p.gloss(part)
		text := strings.Trim(p.text[part.from:part.to], " .　。")
		if w == unsaid {
			w = max(exactly(text), b.nameSays(p, part))
		}
		switch {
		case w == unsaid:
		case doubted(text):
			first = w
		default:
			return w
		}
	}
	if first == attackers {
		return unsaid
	}
	return first
}
