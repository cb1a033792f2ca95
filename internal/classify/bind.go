package classify

import (
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/indicator"
)

// A binder ties what the notes say about ownership to the values it is said of.
type binder struct {
	*proposer
	legends []legend
	of      map[*reading]*passage
}

func (b *binder) namesIn(r *reading) []disguise.Hit {
	if b.finder == nil {
		return nil
	}
	b.search(r)
	return r.names
}

// note reads one note: what is inherited first, then what each passage says.
func (b *binder) note(n int, lines []*reading) {
	passages := b.passages(lines)
	b.of = map[*reading]*passage{}
	for _, p := range passages {
		for _, r := range p.lines {
			b.of[r] = p
		}
	}
	var before *passage
	for _, p := range passages {
		r := p.lines[0]
		b.inherit(p)
		b.marks(n, p)
		switch {
		case r.tabular():
			b.row(p)
		case r.log && !comment(r.Text):
			b.record(p)
		default:
			b.prose2(p, before)
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
	s = strings.TrimLeft(s, "」』`'\"*)]>")
	if strings.HasPrefix(s, ":") || strings.HasPrefix(s, "/") {
		if rest := strings.TrimLeft(s[1:], "0123456789tcpud"); rest != s[1:] && len(s)-len(rest) > 2 {
			s = rest
		}
	}
	return strings.TrimLeft(s, "」』`'\"*>")
}

// prose2 binds what the sentences of a passage say.
func (b *binder) prose2(p, before *passage) {
	var last []group // of the sentence before
	if before != nil && !p.broken {
		if all := before.sentences(); len(all) > 0 && !before.lines[0].tabular() {
			last = before.groups(all[len(all)-1])
		}
	}
	start := messageStart(p.text)
	for _, s := range p.sentences() {
		if s.from = max(s.from, start); s.from >= s.to {
			continue
		}
		groups := p.groups(s)
		if len(last) > 0 {
			if len(groups) == 0 && strings.HasSuffix(strings.ToLower(strings.TrimRight(p.text[:s.from], " 　")), "?") || strings.HasSuffix(strings.TrimRight(p.text[:s.from], " 　"), "？") {
				b.claim(last[len(last)-1], p.gloss(s), said)
			}
			b.formerLatter(p, s, last)
			b.anaphora(p, s, groups, last)
		}
		from, lead := s.from, unsaid
		for i, g := range groups {
			to := s.to
			if i+1 < len(groups) {
				to = lastBreak(p.text, g.last().end, groups[i+1].first().start)
			}
			if !p.object(from, g) {
				b.claim(g, p.possessorBefore(sentence{from, g.first().start}), said)
			}
			if from > s.from && !p.listGoesOn(from, g.first().start) {
				lead = unsaid
			}
			if w := p.leadIn(sentence{from, g.first().start}); w != unsaid {
				lead = w
			}
			b.claim(g, lead, said)
			b.after(p, g, sentence{g.last().end, to})
			from = g.last().end
		}
		b.directive(p, s, groups)
		if len(groups) > 0 || strings.TrimSpace(p.text[s.from:s.to]) != "" && len(groups) == 0 && !closes(p.text[s.from:s.to]) {
			if _, ok := p.takesUp(s); len(groups) > 0 || !ok {
				last = groups
			}
		}
	}
}

// takesUp gives the pronoun a sentence begins with.
func (p *passage) takesUp(s sentence) (cue, bool) {
	c, ok := wordOf(p.in(s), "pronoun", "")
	return c, ok && utf8.RuneCountInString(strings.TrimSpace(p.text[s.from:c.start])) <= 4
}

// closes says whether a piece of text is only what closes a sentence.
func closes(s string) bool { return strings.Trim(s, " 　。）)」』.!！?？*`\"'") == "" }

// directive binds "do not pass on" to the only things the sentence names.
func (b *binder) directive(p *passage, s sentence, groups []group) {
	if len(groups) != 1 {
		return
	}
	if c, ok := wordOf(p.in(s), "fact", "withhold"); ok && c.end <= s.to {
		b.claim(groups[0], unspoken, said)
	}
}

// after reads what follows a group: its bracket, then its predicate or apposition.
func (b *binder) after(p *passage, g group, s sentence) {
	if w := p.visitor(g); w != unsaid {
		b.claim(g, w, said)
	}
	if strings.Contains(strings.ToLower(p.text[max(0, g.first().start-24):g.first().start]), "thought") {
		return
	}
	text := p.text[s.from:s.to]
	rest := afterPort(text)
	rest = strings.TrimLeft(rest, " 　")
	s.from = s.to - len(rest)
	if inner, end := bracketed(rest); end > 0 {
		from := s.from + strings.Index(rest, inner)
		b.claim(g, p.gloss(sentence{from, from + len(inner)}), marked)
		s.from += end
		rest = strings.TrimLeft(rest[end:], " 　")
		s.from = s.to - len(rest)
	}
	if w := exactly(rest); w != unsaid {
		b.claim(g, w, said)
		return
	}
	at, ok := predicate(text, rest)
	if !ok {
		b.resumed(p, g, s)
		return
	}
	if at <= len("、") && at > 0 && strings.ContainsAny(rest[:at], "、,") && !p.apposed(sentence{s.from + at, s.to}) {
		return
	}
	s.from += at
	first := unsaid // what somebody thought before
	for _, part := range p.parts(s) {
		w := p.gloss(part)
		if w != unsaid && doubted(p.text[part.from:part.to]) {
			first = w
			continue
		}
		if w != unsaid {
			b.claim(g, w, said)
			return
		}
	}
	if first != attackers {
		b.claim(g, first, said)
	}
}

// doubted says whether a clause tells what was only thought.
func doubted(text string) bool {
	low := strings.ToLower(text)
	for _, w := range []string{"考えた", "考えてい", "思った", "思ってい", "思われた", "疑った", "疑ってい", "とみてい", "見てい", "当初", "最初は", "thought", "suspected", "assumed", "believed", "at first", "initially"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// resumed reads a later clause that takes the value up again: "…、これ自体は普通の…".
func (b *binder) resumed(p *passage, g group, s sentence) {
	c, ok := wordOf(p.in(s), "pronoun", "one")
	if !ok || !strings.ContainsAny(p.text[s.from:c.start], "、,;") {
		return
	}
	if at, is := p.topic(c, s); is {
		if w := p.gloss(sentence{at, s.to}); w != attackers {
			b.claim(g, w, said)
		}
	}
}

// apposed says whether a clause behind a comma begins with what it says of the value.
func (p *passage) apposed(s sentence) bool {
	for _, c := range p.in(s) {
		if c.entry.sort != "org" {
			return len(strings.TrimSpace(p.text[s.from:c.start])) <= 12
		}
	}
	return false
}

// parts are the clauses of a predicate; the first that says whose the thing is decides.
func (p *passage) parts(s sentence) []sentence {
	var out []sentence
	for s.from < s.to && len(out) < 4 {
		i := clauseBreak(p.text[s.from:s.to])
		if i < 0 {
			break
		}
		out = append(out, sentence{s.from, s.from + i})
		_, n := utf8.DecodeRuneInString(p.text[s.from+i:])
		s.from += i + n
	}
	return append(out, s)
}

// clauseBreak finds where the first clause of a text ends: at a comma, or at a bracket
// unless the phrase goes on behind it.
func clauseBreak(text string) int {
	at := 0
	for {
		i := strings.IndexAny(text[at:], "、，,;；（(")
		if i < 0 {
			return -1
		}
		i += at
		_, end := bracketed(text[i:])
		if end == 0 {
			return i
		}
		rest := text[i+end:]
		for _, w := range []string{"の", "を", "に", "へ", "が", "と", "から"} {
			if strings.HasPrefix(rest, w) {
				at = i + end
			}
		}
		if at < i+end {
			return i
		}
	}
}

// bracketed gives what stands in the bracket a text begins with, and where it ends.
func bracketed(s string) (inner string, end int) {
	for _, pair := range [][2]string{{"（", "）"}, {"(", ")"}, {"〔", "〕"}, {"【", "】"}, {"[", "]"}} {
		if rest, ok := strings.CutPrefix(s, pair[0]); ok {
			to := strings.Index(rest, pair[1])
			if to < 0 {
				if to = strings.Index(rest, "）"); to < 0 {
					return "", 0
				}
			}
			if to > 300 || to == 0 {
				return "", 0
			}
			_, n := utf8.DecodeRuneInString(rest[to:])
			return rest[:to], len(pair[0]) + to + n
		}
	}
	return "", 0
}

// copulas lead from a value to what it is said to be.
var copulas = []string{"については", "に関しては", "のほうは", "の方は", "というのは", "は", "が", "も", "って", "とは", "＝", "=", "←", "<-", "<--", "–", "—", "- ", "-- ", ":", "：", "|", "、", ",", "…", "・・・"}

// predicate says where in the text behind a value the words begin that say what it is.
func predicate(text, rest string) (at int, ok bool) {
	low := strings.ToLower(rest)
	for _, w := range copulas {
		if strings.HasPrefix(rest, w) && !strings.HasPrefix(low, ", which ") && !strings.HasPrefix(low, ", that ") && !strings.HasPrefix(low, ", through which ") {
			return len(w), true
		}
	}
	best := -1
	for _, w := range []string{"is ", "are ", "was ", "were ", "belongs to ", "belong to "} {
		i := strings.Index(low, w)
		if i > 0 && (strings.Contains(low[:i], "not ") || strings.Contains(low[:i], "n't ")) {
			continue
		}
		if i == 0 || i > 0 && i <= 80 && low[i-1] == ' ' && (relative(low[:i]) || low[:i] == ", which " || low[:i] == ", that " || i <= 60 && !strings.ContainsAny(low[:i], ",;(")) {
			if end := i + len(w); best < 0 || end < best {
				best = end
			}
		}
	}
	if best >= 0 {
		return best, true
	}
	gap := text[:len(text)-len(rest)]
	return 0, strings.HasSuffix(gap, "  ") || strings.HasSuffix(gap, "　") || strings.HasSuffix(gap, "\t")
}

// relative says whether the words before a copula are a relative clause: ", through which
// the mails came, ".
func relative(s string) bool {
	return strings.HasPrefix(s, ", ") && strings.Contains(s, "which ") && strings.HasSuffix(s, ", ") && strings.Count(s, ",") == 2
}

// anaphora binds a sentence that begins with "this", "これは", "同社は" to what the sentence
// before it named.
func (b *binder) anaphora(p *passage, s sentence, groups, last []group) {
	if len(groups) > 0 {
		s.to = groups[0].first().start
	}
	c, ok := p.takesUp(s)
	if !ok {
		_, refers := wordOf(p.in(s), "pronoun", "")
		if held, is := wordOf(p.in(s), "fact", "withhold"); is && refers && held.end <= s.to && len(groups) == 0 && len(last) == 1 {
			b.claim(last[0], unspoken, remarked)
		}
		return
	}
	w := unsaid
	at, topic := p.topic(c, s)
	if !topic {
		if held, is := wordOf(p.in(s), "fact", "withhold"); is && held.end <= s.to {
			w = unspoken
		}
		at = s.to
	}
	for _, part := range p.parts(sentence{at, s.to}) {
		if w = p.gloss(part); w != unsaid {
			break
		}
	}
	if w == strangers && !p.within2("abused", s) && !topic {
		w = unsaid
	}
	if w == unsaid && p.within2("abused", s) && strings.HasPrefix(p.text[c.start:], "同") {
		w = strangers
	}
	if w == attackers {
		return
	}
	if c.entry.label == "all" {
		for _, g := range last {
			b.claim(g, w, remarked)
		}
		return
	}
	b.claim(last[len(last)-1], w, remarked)
}

// topical says whether a pronoun carries the particle or copula that makes it the subject.
func topical(text string) bool {
	for _, w := range []string{"は", "が", "も", " is", " was", " are", "'s", "'re"} {
		if strings.HasSuffix(strings.ToLower(text), w) {
			return true
		}
	}
	return false
}

// topic says where the predicate of a sentence begins that has a pronoun as its subject.
func (p *passage) topic(c cue, s sentence) (at int, ok bool) {
	if topical(p.text[c.start:c.end]) || c.entry.label == "all" && !p.ascii(c) {
		return c.end, true
	}
	rest := head(p.text[c.end:s.to], 24)
	for _, w := range []string{"は", "が", " is ", " was ", " are ", " were "} {
		if i := strings.Index(rest, w); i >= 0 {
			return c.end + i + len(w), true
		}
	}
	return 0, false
}

// lastBreak gives where the clause before the next value begins: what stands behind it
// leads up to that value and says nothing of the one before.
func lastBreak(text string, from, to int) int {
	between := text[from:to]
	if strings.Contains(between, "  ") || strings.Contains(between, "　") {
		return to
	}
	i := strings.LastIndexAny(between, "、，,;；)）")
	switch {
	case i <= 0:
		return from
	case strings.HasPrefix(between[i:], ")"), strings.HasPrefix(between[i:], "）"):
		_, n := utf8.DecodeRuneInString(between[i:])
		return from + i + n
	}
	return from + i
}

// object says whether a value is what a sentence tells of doing something to, so that the
// subject before it is no apposition: "当社端末は X から …".
func (p *passage) object(from int, g group) bool {
	before := strings.TrimRight(p.text[from:g.first().start], " 　「`\"")
	if !strings.HasSuffix(before, "は") && !strings.HasSuffix(before, "が") && !strings.HasSuffix(before, "では") {
		return false
	}
	after := strings.TrimLeft(afterPort(p.text[g.last().end:]), " 　")
	for _, w := range []string{"にあ", "で動", "で稼働", "で公開", "を使", "を利用", "に置いてあ"} {
		if strings.HasPrefix(after, w) {
			return false
		}
	}
	for _, w := range []string{"から", "より", "へ", "に", "を", "と", "で", "経由"} {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	return false
}

// leadIn reads the words before a colon that leads to values: "These belong to us: …".
func (p *passage) leadIn(s sentence) whose {
	text := strings.TrimRight(p.text[s.from:s.to], " 　`\"「(（")
	if !strings.HasSuffix(text, ":") && !strings.HasSuffix(text, "：") {
		return unsaid
	}
	s.to = s.from + len(text) - 1
	if strings.HasSuffix(text, "：") {
		s.to = s.from + len(text) - len("：")
	}
	if w := exactly(strings.Trim(p.text[s.from:s.to], " 　-*・#")); w != unsaid {
		return w
	}
	for _, part := range p.parts(s) {
		if w := p.titleClause(part); w != unsaid {
			return w
		}
	}
	return unsaid
}

// formerLatter binds "前者は…、後者は…" to the two values of the sentence before.
func (b *binder) formerLatter(p *passage, s sentence, last []group) {
	var two []mention
	for _, g := range last {
		two = append(two, g...)
	}
	if len(two) != 2 {
		return
	}
	for _, part := range p.parts(s) {
		text := strings.ToLower(p.text[part.from:part.to])
		for k, names := range [2][]string{{"前者", "the former", "the first"}, {"後者", "the latter", "the second"}} {
			for _, w := range names {
				i := strings.Index(text, w)
				if i < 0 || len(strings.TrimSpace(text[:i])) > 8 {
					continue
				}
				rest := sentence{part.from + i + len(w), part.to}
				for _, link := range []string{"は", "が", " is ", " was ", " one is "} {
					if strings.HasPrefix(text[i+len(w):], link) {
						rest.from += len(link)
						break
					}
				}
				b.claims.add(two[k].Value, p.gloss(rest), said)
			}
		}
	}
}

// listGoesOn says whether hardly more than a bracket stands between two values of a list.
func (p *passage) listGoesOn(from, to int) bool {
	between := p.text[from:to]
	if i := strings.IndexAny(between, "(（"); i >= 0 {
		if _, end := bracketed(between[i:]); end > 0 {
			between = between[:i] + between[i+end:]
		}
	}
	return utf8.RuneCountInString(between) <= 12
}

// leaves says whether an address is where somebody goes out to the network.
func leaves(before, after string) bool {
	for _, w := range []string{"out through", "out via", "exits through", "exits via", "leaves through", "leaves via", "comes out of", "come out of", "internet through", "internet via"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	for _, w := range []string{"から外へ出", "から外に出", "からインターネット", "からネットに出", "で外に出", "で外へ出", "を通って外"} {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	return false
}

// visitor says whose people came from an address: "our analysts connected from …", "弊社の
// 担当者が … から接続".
func (p *passage) visitor(g group) whose {
	m := g.first()
	from := max(0, m.start-90)
	for from < m.start && !utf8.RuneStart(p.text[from]) {
		from++
	}
	for _, end := range []string{". ", "。", "; ", "、"} {
		if i := strings.LastIndex(p.text[from:m.start], end); i >= 0 {
			from += i + len(end)
		}
	}
	before := strings.ToLower(strings.TrimRight(p.text[from:m.start], " `\"「"))
	after := strings.TrimLeft(afterPort(p.text[g.last().end:]), " 　")
	if leaves(before, after) {
		_, acts := wordOf(p.in(sentence{from, m.start}), "fact", "act")
		_, bad := wordOf(p.in(sentence{from, m.start}), "who", "attacker")
		_, inside := wordOf(p.in(sentence{from, m.start}), "fact", "inside")
		_, us := wordOf(p.in(sentence{from, m.start}), "who", "us")
		if (inside || us) && !acts && !bad {
			return ours
		}
	}
	arrives := strings.HasSuffix(before, " from") || strings.HasPrefix(after, "から") || strings.HasPrefix(after, "より")
	people := false
	for _, w := range []string{"analyst", "engineer", "staff", "tester", "team", "technician", "colleague", "employee", "auditor", "担当者", "担当が", "社員", "職員", "エンジニア", "技術者", "診断員", "監査人", "当番"} {
		people = people || strings.Contains(before, w)
	}
	if !arrives || !people {
		return unsaid
	}
	for _, c := range p.in(sentence{from, m.start}) {
		if w := owner(c); c.entry.sort == "who" && (w == ours || w == partners) && len(strings.TrimSpace(p.text[from:c.start])) <= 40 {
			if _, fake := wordOf(p.in(sentence{from, m.start}), "fact", "fake"); fake || strings.Contains(before, "account") || strings.Contains(before, "アカウント") {
				return unsaid
			}
			return w
		}
	}
	return unsaid
}
