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
		case r.log:
			b.record(p)
		default:
			b.prose2(p, before)
		}
		before = p
	}
	b.dialogue(passages)
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
			b.anaphora(p, s, groups, last)
		}
		from := s.from
		for i, g := range groups {
			to := s.to
			if i+1 < len(groups) {
				to = lastBreak(p.text, g.last().end, groups[i+1].first().start)
			}
			b.claim(g, p.possessorBefore(sentence{from, g.first().start}), said)
			b.after(p, g, sentence{g.last().end, to})
			from = g.last().end
		}
		b.directive(p, s, groups)
		if len(groups) > 0 || strings.TrimSpace(p.text[s.from:s.to]) != "" && len(groups) == 0 && !closes(p.text[s.from:s.to]) {
			last = groups
		}
	}
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
	at, ok := predicate(text, rest)
	if !ok {
		b.resumed(p, g, s)
		return
	}
	if at <= len("、") && at > 0 && strings.ContainsAny(rest[:at], "、,") && !p.apposed(sentence{s.from + at, s.to}) {
		return
	}
	s.from += at
	for _, part := range p.parts(s) {
		if w := p.gloss(part); w != unsaid {
			b.claim(g, w, said)
			return
		}
	}
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
var copulas = []string{"は", "が", "も", "って", "とは", "＝", "=", "←", "<-", "<--", "–", "—", "- ", "-- ", ":", "：", "|", "、", ",", "…", "・・・"}

// predicate says where in the text behind a value the words begin that say what it is.
func predicate(text, rest string) (at int, ok bool) {
	for _, w := range copulas {
		if strings.HasPrefix(rest, w) {
			return len(w), true
		}
	}
	low := strings.ToLower(rest)
	best := -1
	for _, w := range []string{"is ", "are ", "was ", "were ", "belongs to ", "belong to "} {
		i := strings.Index(low, w)
		if i == 0 || i > 0 && i <= 60 && low[i-1] == ' ' && !strings.ContainsAny(low[:i], ",;(") {
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

// anaphora binds a sentence that begins with "this", "これは", "同社は" to what the sentence
// before it named.
func (b *binder) anaphora(p *passage, s sentence, groups, last []group) {
	if len(groups) > 0 {
		s.to = groups[0].first().start
	}
	c, ok := wordOf(p.in(s), "pronoun", "")
	if !ok || utf8.RuneCountInString(strings.TrimSpace(p.text[s.from:c.start])) > 4 {
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
	if i := strings.LastIndexAny(between, "、，,;；)）"); i > 0 {
		return from + i
	}
	return from
}
