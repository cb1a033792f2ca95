package classify

import (
	"strings"
	"unicode/utf8"
)

// gloss says whose a thing is that a stretch of text describes: what stands behind a value
// and its copula, in a bracket, in a remark, beside a mark of a legend.
func (p *passage) gloss(s sentence) whose {
	if s.to-s.from > farAway {
		s.to = s.from + len(strings.ToValidUTF8(p.text[s.from:s.from+farAway], ""))
	}
	words := p.in(s)
	if p.tells("withhold", s) {
		return unspoken
	}
	if begins(strings.TrimLeft(lowered(p.text[s.from:s.to]), " ("), "not-ours") {
		return unsaid
	}
	for _, c := range words {
		if w := p.possessed(c, s); w != unsaid && !(w == ours && p.grants(s)) {
			return w
		}
	}
	if p.somebodys(s) || p.organisations(words, s) {
		return strangers
	}
	switch {
	case p.saysNotTheirs(words, s):
		return unsaid
	case p.says(words, "no-attack", s) && !p.tells("fake", s):
		return harmless
	case p.tells("act", s), p.tells("fake", s):
		return unsaid
	case p.says(words, "harmless", s):
		return harmless
	case p.tells("issued", s):
		return ours
	case p.says(words, "inside", s) && (!p.tells("rented", s) || p.insideFirst(words)):
		return ours
	}
	return unsaid
}

// grants says whether a stretch gives leave to share: 「うちの検体の解析だから、どこに渡すかも自由にどうぞ」.
func (p *passage) grants(s sentence) bool {
	c, ok := wordOf(p.in(s), "fact", "permit")
	return ok && c.end <= s.to && !p.denied(c, s) && !p.tells("withhold", s)
}

// organisations says whether a stretch tells of an organisation that it was hit, or that
// the thing is theirs.
func (p *passage) organisations(words []cue, s sentence) bool {
	c, ok := wordOf(words, "org", "")
	if !ok {
		c, ok = wordOf(words, "body", "")
	}
	if !ok || c.end > s.to || p.tells("fake", s) || p.published(c) {
		return false
	}
	return p.tells("abused", s) || !p.tells("act", s) && !p.tells("rented", s) && p.owns(c, s)
}

// insideFirst says whether what only an owner says stands before the word for a rented
// thing: "the plant's cloud".
func (p *passage) insideFirst(words []cue) bool {
	inside, _ := wordOf(words, "fact", "inside")
	rented, _ := wordOf(words, "fact", "rented")
	return inside.start < rented.start
}

func wordOf(words []cue, sort, label string) (cue, bool) {
	for _, c := range words {
		if c.entry.sort == sort && (label == "" || c.entry.label == label) {
			return c, true
		}
	}
	return cue{}, false
}

// says whether a stretch states a fact and does not deny it.
func (p *passage) says(words []cue, label string, s sentence) bool {
	for _, c := range words {
		if c.entry.sort != "fact" || c.entry.label != label || c.end > s.to || p.denied(c, s) || p.coveredBy(c, "permit") {
			continue
		}
		rest := p.text[c.end:clauseEnd(p.text, c.end, s.to)]
		if label == "inside" && recordsOf(rest) {
			continue
		}
		if label == "harmless" && holdsAny(rest, "never-there") {
			continue // 「正規の製品では使われていない」
		}
		if label == "inside" && namesThing(rest) {
			return true
		}
		for _, w := range []string{"です", "である", "であり", "でした", "では", "ので", "だが", "とのこと", "とのみ"} {
			rest = strings.ReplaceAll(rest, w, "")
		}
		if !hasParticle(rest) {
			return true
		}
	}
	return false
}

// namesThing says whether a Japanese clause ends with a noun for a line or a machine, which
// all before it describes.
func namesThing(clause string) bool {
	clause = strings.TrimRight(clause, " 　。")
	for _, w := range []string{"です", "だ", "である"} {
		clause = strings.TrimSuffix(clause, w)
	}
	return closesWith(clause, "line-noun")
}

// possessed reads a possessor as the owner of the thing described, if it is that.
func (p *passage) possessed(c cue, s sentence) whose {
	if c.entry.sort != "who" || c.end > s.to {
		return unsaid
	}
	w := owner(c)
	if w == attackers && strings.HasPrefix(lowered(p.text[c.start:c.end]), "their") && p.reported(c) {
		w = partners // of those who say so
	}
	if p.denied(c, s) {
		if w == attackers {
			return strangers
		}
		return unsaid
	}
	if p.published(c) || p.absent(c, s) || p.ascii(c) && !p.headed(c, s) || !p.ascii(c) && !p.genitive(c, s) {
		return unsaid
	}
	if w != attackers && (p.actsAfter(c, s) || p.fakeBefore(c, s)) || w == ours && (doingsOnly(p.text[c.end:clauseEnd(p.text, c.end, s.to)]) || recordsOf(p.text[c.end:s.to])) {
		return unsaid
	}
	return w
}

// saysNotTheirs says whether somebody who is no attacker denies that a thing is theirs.
func (p *passage) saysNotTheirs(words []cue, s sentence) bool {
	c, ok := wordOf(words, "fact", "no-attack")
	return ok && c.end <= s.to && strings.HasSuffix(lowered(p.text[c.start:c.end]), "theirs") && p.reported(c)
}

// published says whether a possessor stands in the bracket that says whose a publication is: 「一般公開の注意喚起（メーカーの
// サイト、3 月）にも出ている」.
func (p *passage) published(c cue) bool {
	open := strings.LastIndexAny(p.text[:c.start], "（(")
	return open >= 0 && !strings.ContainsAny(p.text[open:c.start], "）)") && closesWith(strings.TrimRight(lowered(p.text[:open]), " "), "publication")
}

// absent says whether the clause of a possessor tells that they have or know no such thing: 「うちにこういう窓口はない」,
// 「貴学の通常利用では 0 件」.
func (p *passage) absent(c cue, s sentence) bool {
	return holdsAny(lowered(p.text[c.end:clauseEnd(p.text, c.end, s.to)]), "absent")
}

// reported says whether a word stands in what somebody says who is no attacker: "the reseller says it is theirs".
func (p *passage) reported(c cue) bool {
	head := lowered(p.text[:c.start])
	for _, end := range []string{". ", "。", "! ", "? "} {
		head = head[strings.LastIndex(head, end)+1:]
	}
	return holdsAny(head, "somebody-says") && !holdsAny(head, "crook-says")
}

// doingsOnly says whether what is called ours is something we did, not a thing we have.
func doingsOnly(rest string) bool {
	rest = strings.Trim(lowered(rest), " .!。です")
	word := rest[strings.LastIndexByte(rest, ' ')+1:]
	for _, w := range []string{"finding", "findings", "observation", "observations", "analysis", "conclusion", "guess", "estimate", "assessment", "log", "logs", "telemetry", "capture", "records"} {
		if word == w {
			return true
		}
	}
	return closesWith(rest, "doing-noun")
}

// recordsOf says whether what follows a possessor or a device names its records, in which a thing was only seen: "firewall
// log", 「うちの FW ログにも…」, and not "our log server".
func recordsOf(rest string) bool {
	rest = strings.TrimLeft(lowered(rest), " 　")
	for i, r := range rest {
		if i > 40 {
			return false
		}
		switch {
		case strings.ContainsRune(".,;:)", r), r == ' ' && prepositions[firstWord(rest[i+1:])],
			strings.ContainsRune("。、，（）でにがはをか", r):
			return closesWith(rest[:i], "records")
		}
	}
	return closesWith(rest, "records")
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

func owner(c cue) whose {
	switch c.entry.label {
	case "us":
		return ours
	case "partner":
		return partners
	case "other":
		return strangers
	case "attacker":
		return attackers
	}
	return unsaid
}

func (p *passage) ascii(c cue) bool { return p.text[c.end-1] < utf8.RuneSelf }

// denied says whether a word stands under a negation: "not ours", "攻撃者のものではない".
func (p *passage) denied(c cue, s sentence) bool {
	before := lowered(strings.TrimRight(p.text[max(s.from, c.start-12):c.start], " "))
	if closesWith(before, "negation") {
		return true
	}
	after := head(p.text[c.end:s.to], 14)
	for _, w := range []string{"ではな", "じゃな", "ではあり", "じゃあり", "でない", "とは限ら", "とは言え", "とはいえ"} {
		if i := strings.Index(after, w); i >= 0 {
			rest := after[i:]
			return !strings.Contains(rest, "ないか") && !strings.Contains(rest, "なかろう") && !strings.ContainsAny(after[:i], "。、，")
		}
	}
	return false
}

// actsAfter says whether the clause goes on to tell what an attacker does.
func (p *passage) actsAfter(c cue, s sentence) bool {
	to := clauseEnd(p.text, c.end, s.to)
	if !p.ascii(c) && !strings.HasPrefix(p.text[c.end:to], "が") && noticed(p.text[c.end:to]) {
		return true
	}
	for _, a := range p.in(sentence{c.end, to}) {
		if a.entry.sort == "fact" && (a.entry.label == "act" && !p.tame(a) || a.entry.label == "fake") || a.entry.sort == "who" && a.entry.label == "attacker" {
			return true
		}
	}
	return false
}

// fakeBefore says whether the clause tells before a possessor that something only looks
// like theirs: "posing as our supplier".
func (p *passage) fakeBefore(c cue, s sentence) bool {
	f, ok := wordOf(p.in(sentence{s.from, c.start}), "fact", "fake")
	return ok && p.ascii(f)
}

// noticed says whether a Japanese clause tells what something of ours did or saw, not what
// the thing is: "…の 3 台が接続していた".
func noticed(clause string) bool {
	if !strings.Contains(clause, "が") && !strings.Contains(clause, "でも") && !strings.Contains(clause, "にも") && !strings.Contains(clause, "からも") {
		return false
	}
	clause = strings.TrimRight(clause, " 　。")
	for _, w := range []string{"です", "もの", "やつ", "ました", "ています", "ていた", "ている", "していた", "している", "された", "した"} {
		clause = strings.TrimSuffix(clause, w)
	}
	return closesWith(clause, "noticing-verb")
}

func clauseEnd(text string, from, to int) int {
	if i := clauseBreak(text[from:to]); i >= 0 {
		to = from + i
	}
	if i := strings.IndexAny(text[from:to], "。；"); i >= 0 {
		return from + i
	}
	return to
}

// prepositions and conjunctions before a possessor: it is then not the head of its phrase.
var prepositions = set("of to from against behind by for on with into at in inside between toward towards before after over via through under near than like as that which who when where why how what because while if until about around across")

var lightWords = set("but though although the a an is are was were be just only still also really actually simply one all both it that's it's this that these those in fact now then yes no oh well same capture old new own very and")

// headed says whether an English possessor begins the phrase: few words stand before it,
// and no preposition, unless a copula comes in between.
func (p *passage) headed(c cue, s sentence) bool {
	word := lowered(p.text[c.start:c.end])
	if word == "us" || word == "we" || word == "me" {
		return p.agent(c, s, word)
	}
	before := strings.Fields(lowered(p.text[s.from:c.start]))
	if n := len(before); n > 0 && partOf(before[n-1], word, p.text[c.end:s.to]) {
		return light(before)
	}
	for i := len(before) - 1; i >= 0; i-- {
		w := strings.Trim(before[i], ".,!\"'()#*")
		switch {
		case copula[w]:
			return light(before[:i])
		case strings.HasSuffix(w, "'s") && i == 0, w == "or":
			return true
		case prepositions[w], len(before)-i > 4, len(w) > 5 && strings.HasSuffix(w, "ing"):
			return false
		}
	}
	return true
}

var copula = set("is are was were be")

// partOf says whether a preposition before a possessor does not take it out of the head:
// "one of ours", "in our own range".
func partOf(preposition, word, after string) bool {
	switch preposition {
	case "of":
		return strings.HasSuffix(word, "s")
	case "in", "within":
		return spaceOf(after)
	}
	return false
}

// spaceOf says whether the words behind a possessor name a range of addresses: "in our own
// address space".
func spaceOf(rest string) bool {
	rest = strings.TrimPrefix(lowered(strings.TrimSpace(rest)), "own ")
	return begins(rest, "address-range")
}

// light says whether words before a copula name no subject of their own.
func light(words []string) bool {
	for _, w := range words {
		if w = strings.Trim(w, ".,!\"'()#*"); w != "" && !lightWords[w] && !prepositions[w] {
			return false
		}
	}
	return true
}

// agent: "we use", "we rent"; "us" only if it is all that is said.
func (p *passage) agent(c cue, s sentence, word string) bool {
	if word != "we" {
		if closesWith(lowered(p.text[s.from:c.start]), "run-by") {
			return true
		}
		return strings.Trim(p.text[c.end:s.to], " .!():") == "" && light(strings.Fields(lowered(p.text[s.from:c.start])))
	}
	rest := strings.Fields(lowered(p.text[c.end:s.to]))
	return len(rest) > 0 && strings.Contains(" use used rent own run operate manage lease pay hire hired nat sit exit ", " "+strings.Trim(rest[0], ".,")+" ")
}

// genitive says whether a Japanese possessor owns what follows: 当社の…, 弊社監視元, 当社が
// 契約している…, and not 当社へ, 当社から.
func (p *passage) genitive(c cue, s sentence) bool {
	rest := strings.TrimLeft(p.text[c.end:s.to], " 　")
	clause := rest[:clauseEnd(rest, 0, len(rest))]
	if strings.HasSuffix(p.text[c.start:c.end], "の") && begins(clause, "copula-end") {
		return true
	}
	for _, w := range []string{"が", "は", "で"} {
		if strings.HasPrefix(clause, w) {
			return holds(clause, c.entry.label == "attacker")
		}
	}
	return !begins(clause, "no-genitive")
}

// holds says whether a clause tells that its subject keeps or uses the thing.
func holds(clause string, attacker bool) bool {
	if holdsAny(clause, "keeping") {
		return true
	}
	if !attacker {
		return strings.HasPrefix(clause, "です") || strings.HasPrefix(clause, "である") || strings.HasPrefix(clause, "だ")
	}
	return holdsAny(clause, "attacker-keeping")
}

// owns says whether a word for an organisation owns what follows: "大学の研究室サーバ",
// "another utility's gateway".
func (p *passage) owns(c cue, s sentence) bool {
	if p.ascii(c) {
		rest := lowered(p.text[c.end:s.to])
		return strings.HasPrefix(rest, "'s ") || strings.HasPrefix(rest, "’s ")
	}
	rest := strings.TrimLeft(p.text[c.end:s.to], "」』さん様 　")
	return strings.HasPrefix(rest, "の") || strings.HasPrefix(rest, "と") || strings.HasPrefix(rest, "や")
}

// somebodys says whether a stretch begins by naming somebody nobody knows, or says that a
// thing is theirs: "a school whose …", "some hospital", "belongs to a hotel", "the web
// server of a bakery", "某市の図書館の機器".
func (p *passage) somebodys(s sentence) bool {
	_, fake := wordOf(p.in(s), "fact", "fake")
	if fake || p.tells("rented", s) {
		return false
	}
	for _, c := range p.in(s) {
		if c.entry.sort != "body" && c.entry.sort != "org" || c.end > s.to {
			continue
		}
		before := lowered(strings.TrimLeft(p.text[s.from:c.start], " 　"))
		if p.ascii(c) {
			if indefinite(before) {
				return true
			}
			continue
		}
		for _, w := range []string{"某", "どこかの", "別の", "ほかの", "他の", "よその", "とある", "ある", "知らない", "無関係の", "無関係な", "第三者の", "実在の", "実在する"} {
			if i := strings.Index(before, w); i >= 0 && utf8.RuneCountInString(before[i:]) <= 12 && !strings.ContainsAny(before[i:], "、。，") {
				return true
			}
		}
	}
	return false
}

// indefinite says whether the words before a kind of organisation are an article for one
// that is not known, at the beginning or behind a word of belonging.
func indefinite(before string) bool {
	words := strings.Fields(before)
	for i := len(words) - 1; i >= 0 && len(words)-i <= 4; i-- {
		switch words[i] {
		case "of", "our", "their", "the", "my", "his", "her":
			return false
		case "a", "an", "some", "another", "somebody's", "someone's", "one":
			return i == 0 || words[i-1] == "of" || words[i-1] == "to" || words[i-1] == "is" || words[i-1] == "was" || words[i-1] == "just" || words[i-1] == "are" || words[i-1] == "by"
		}
	}
	return false
}
