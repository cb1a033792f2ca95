package classify

import (
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A mail is what a message says for all its parts.
type mail struct {
	terms conditions // a label in its subject or first lines, a promise anywhere
	lure  bool       // part of the attack
}

// mails are the messages among some notes, by the file of their headers. The parts of a
// message are notes below it: "a.eml/body".
type mails map[string]*mail

// of gives the message a note is or belongs to, the innermost; the zero mail if none.
func (m mails) of(file string) mail {
	if found := m.inner(file); found != nil {
		return *found
	}
	return mail{}
}

func (m mails) inner(file string) *mail {
	for {
		if found, ok := m[file]; ok {
			return found
		}
		cut := strings.LastIndexByte(file, '/')
		if cut < 0 {
			return nil
		}
		file = file[:cut]
	}
}

func (p *proposer) mailsIn(notes []incident.Note, readings [][]*reading) mails {
	found := mails{}
	for i, n := range notes {
		for _, r := range readings[i] {
			if r.Kind == incident.Header {
				found[n.File] = &mail{lure: true}
				break
			}
		}
	}
	for i, n := range notes {
		if m := found.inner(n.File); m != nil {
			m.readBody(readings[i])
			m.lure = m.lure && !(strings.HasPrefix(n.File[strings.LastIndexByte(n.File, '/')+1:], "body") && reports(readings[i]))
			m.lure = m.lure && !p.fromUs(readings[i])
		}
	}
	return found
}

// fromUs says whether the headers of a message show that it is our own, or one that a
// colleague forwarded.
func (p *proposer) fromUs(lines []*reading) bool {
	for _, r := range lines {
		if r.Kind != incident.Header {
			continue
		}
		name, rest, _ := strings.Cut(strings.ToLower(r.Text), ":")
		switch strings.TrimSpace(name) {
		case "from":
			if p.finder != nil && p.finder.Contains(r.Text) {
				return true
			}
		case "subject":
			rest = strings.TrimSpace(rest)
			if strings.HasPrefix(rest, "fw:") || strings.HasPrefix(rest, "fwd:") || strings.HasPrefix(rest, "転送") {
				return true
			}
		}
	}
	return false
}

// readBody gathers what a part of a message says: conditions of receiving, and words that
// only a report about an attack uses. A report comes by mail too, and its sender must not
// be taken for the attacker.
func (m *mail) readBody(lines []*reading) {
	body := 0
	for _, r := range lines {
		if r.blank {
			continue
		}
		label, labelled := tlp.Mention(r.Text)
		promise := has(r.cues, "received", "promise")
		if r.Kind != incident.Header {
			body++
		}
		m.lure = m.lure && !labelled && !has(r.cues, "label", "incident") && !has(r.cues, "role", "c2")
		if labelled && body <= 3 || promise && r.aboutTheWhole(body) {
			m.terms = m.terms.merge(conditions{true, label, promise})
		}
	}
}

// reports says whether the text of a message tells of an attack rather than being part of it: it names what no bait
// names, makes a value harmless to read, or speaks of how we watch. A demand for money names the machines it threatens.
func reports(lines []*reading) bool {
	told := false
	for _, r := range lines {
		if r.Kind == incident.Hidden {
			continue
		}
		if has(r.cues, "role", "negotiation") || slices.ContainsFunc(r.matches, func(m indicator.Match) bool { return m.Type == indicator.Coin }) {
			return false
		}
		told = told || has(r.cues, "label", "report") || slices.ContainsFunc(r.matches, noBait)
	}
	return told
}

// noBait says whether a value is one that whoever baits does not write: an address, a trace of a program, or what was
// made harmless to read.
func noBait(m indicator.Match) bool {
	switch m.Type {
	case indicator.Domain, indicator.URL, indicator.Email:
		return strings.ContainsAny(m.Raw, "[]()") || strings.HasPrefix(lowered(m.Raw), "hxxp")
	case indicator.File:
		return m.Hash != indicator.NoHash || slices.Contains([]string{"exe", "dll", "ps1", "sys"}, extension(m.Value.Value))
	case indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6, indicator.CVE, indicator.Technique, indicator.Mutex, indicator.Service,
		indicator.Task, indicator.Registry, indicator.UserAgent, indicator.JA3, indicator.JARM:
		return true
	}
	return false
}

// aboutTheWhole says whether a promise in a message is about all of it: it stands before
// anything that could be shared, or it names the message or what follows.
func (r *reading) aboutTheWhole(body int) bool {
	if body <= 2 && len(r.matches) == 0 {
		return true
	}
	low := strings.ToLower(r.Text)
	for _, w := range []string{"本メール", "このメール", "本情報", "この情報", "以下", "下記", "本件", "this mail", "this email", "this e-mail", "this message", "the following", "below", "this information", "転送禁止", "do not forward"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// email takes an address for the attacker's only where something says so.
func (s *sight) email(i *incident.Item) {
	s.set(i, incident.Destination, "kind.email", "Q27")
	h := host(i.Value)
	if s.own(i, h) || s.negative(i) {
		return
	}
	line := s.reading.Text
	switch {
	case s.reading.Kind == incident.Header:
		s.headerAddress(i, line)
	case s.mailedFrom() && !addressee(line):
		i.Role = incident.Delivery
	case addressee(line), s.addressed():
		s.role(i, incident.Own, "kind.correspondent", "Q10")
	case has(s.reading.cues, "drill"):
		s.role(i, incident.Benign, "kind.said-benign", "ours")
	case s.told() || s.ofOrganisation() || s.words.has("friend", i.Value.Value[:strings.LastIndexByte(i.Value.Value, '@')]):
		s.role(i, incident.Own, "kind.correspondent", "Q10")
	case (has(s.reading.cues, "contact") || s.above("contact")) && s.ransom && !has(s.reading.cues, "label", "signature"):
		i.Role = incident.Negotiation
	case s.signature() && !has(s.reading.cues, "label", "sender") && !s.crooked():
		s.role(i, incident.Reference, "kind.signature", "ours")
	case has(s.reading.cues, "label", "sender") || roleIn(s.reading.cues) != incident.NoRole || s.above("label", "sender") || s.above("role"):
		i.Role = incident.Delivery
		if roleIn(s.reading.cues) == incident.Negotiation || s.above("role", "negotiation") {
			i.Role = incident.Negotiation
		}
	case s.sentBy(), s.crooked():
		i.Role = incident.Delivery
	case indicatorList(s) || s.reading.typed() || has(s.reading.cues, "fact", "permit"):
		i.Role = incident.NoRole
	default:
		s.role(i, incident.Doubtful, "kind.doubtful-address", "ours")
	}
}

// headerAddress reads the header lines of a mail: those that name the sender of an attack
// mail are the attacker's, all others are somebody's.
func (s *sight) headerAddress(i *incident.Item, line string) {
	name, _, _ := strings.Cut(strings.ToLower(line), ":")
	switch strings.TrimSpace(name) {
	case "from", "reply-to", "return-path", "sender", "x-sender", "envelope-from":
		if s.lureMail {
			i.Role = incident.Delivery
			return
		}
	}
	s.role(i, incident.Own, "kind.correspondent", "Q10")
	if h := host(i.Value); !s.lureMail && !s.words.has("free-mail", h) {
		s.friends[registered(h)] = true
	}
}

// addressed says whether the words around an address make it a recipient's: "… 宛に届く",
// "delivered to …".
func (s *sight) addressed() bool {
	m := s.match()
	after := strings.TrimLeft(s.reading.Text[m.End:], " 　>」』）)'\"`")
	if strings.HasPrefix(after, "宛") || strings.HasPrefix(after, "あて") || strings.HasPrefix(after, "に届") || strings.HasPrefix(after, "で受信") {
		return true
	}
	before := strings.ToLower(strings.TrimRight(s.reading.Text[:m.Start], " <「『（('\"`"))
	for _, w := range []string{"delivered to", "addressed to", "arrived at", "received by", "mailbox", "inbox of", "recipient", "recipients:", "victim", "私用アドレス", "受信者", "宛先"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// mailedFrom says whether the words around an address make it the sender of a mail that is
// told of: "a lure from …, subject …", "… からメールが来た".
func (s *sight) mailedFrom() bool {
	m, text := s.match(), s.reading.Text
	if !has(s.reading.cues, "mailing") || s.reading.Kind == incident.Header || has(s.reading.cues, "told") {
		return false
	}
	before := strings.ToLower(strings.TrimRight(text[:m.Start], " <「『（('\"`"))
	after := strings.TrimLeft(text[m.End:], " 　>」』）)'\"`")
	return strings.HasSuffix(before, " from") || strings.HasSuffix(before, ":from") || strings.HasSuffix(before, "アカウント") || strings.HasPrefix(after, "から") || strings.HasPrefix(after, "より")
}

// told says whether the words after a value make it somebody we turned to: "… へ停止を依頼".
func (s *sight) told() bool {
	rest := strings.TrimLeft(s.reading.Text[s.match().End:], " 　>」』）)'\"`")
	if !strings.HasPrefix(rest, "へ") && !strings.HasPrefix(rest, "に") && !strings.HasPrefix(rest, "宛") {
		return false
	}
	return has(s.words.cues(head(rest, 14)), "told")
}

// sentBy says whether the words around an address, or the subject of a mail below it, make it where the attacker wrote
// from, or had mails sent to.
func (s *sight) sentBy() bool {
	m := s.match()
	before := strings.TrimRight(lowered(s.reading.Text[:m.Start]), " 　「『`<\"(")
	behind := strings.TrimLeft(lowered(s.reading.Text[m.End:]), " 　」』`>\")")
	return closesWith(before, "mailed-by") || begins(behind, "mailed-lure") || begins(lowered(s.reading.next), "subject-field")
}

// crooked says whether the sentence around an address speaks of fraud, and of nobody who was hit by it, reported it or
// looks into it.
func (s *sight) crooked() bool {
	text, _ := s.sentence()
	text = lowered(text)
	if len(s.reading.matches) == 1 && len(s.reading.Text) <= 400 {
		whole := lowered(s.reading.Text)
		if holdsAny(whole, "surely-fraud") && !holdsAny(whole, "surely-honest") {
			return true
		}
	}
	return holdsAny(text, "fraud") && !holdsAny(text, "honest-person")
}

// addressee says whether a line names who a mail went to, as a header quoted in a note.
func addressee(line string) bool {
	name, _, ok := strings.Cut(narrow(strings.TrimLeft(line, " \t　*-・>|")), ":")
	switch strings.TrimSpace(name) {
	case "to", "cc", "bcc", "delivered-to", "x-original-to", "envelope-to", "宛先", "宛て先", "受信者":
		return ok
	}
	return false
}

func (s *sight) above(sort string, labels ...string) bool {
	for _, p := range s.reading.parents {
		if has(p.cues, sort, labels...) {
			return true
		}
	}
	column := s.reading.column(s.match().Start)
	return column != "" && has(s.words.cues(column), sort, labels...)
}

// indicatorList says whether the line is one of a list of indicators: a table or record
// with a heading that says so, or a defanged value.
func indicatorList(s *sight) bool {
	return s.match().Raw != s.match().Value.Value && strings.ContainsAny(s.match().Raw, "[({＠") || s.above("role", "attacker")
}

func (s *sight) signature() bool { return has(s.reading.cues, "label", "signature") }

// agent takes a user agent for the attacker's unless it is one that programs everywhere use.
func (s *sight) agent(i *incident.Item) {
	s.set(i, incident.Method, "kind.user-agent", "Q28")
	product, _, _ := strings.Cut(i.Value.Value, "/")
	switch {
	case s.words.has("dual-use", strings.TrimSpace(product)):
		i.Status = incident.Suspected // a library many programs use: only together with other signs
	case s.reading.log && ordinaryBrowser(i.Value.Value):
		i.Role = incident.Benign
	}
}

// ordinaryBrowser says whether a user agent has only the products browsers name.
func ordinaryBrowser(agent string) bool {
	low := strings.ToLower(agent)
	if !strings.HasPrefix(low, "mozilla/") {
		return false
	}
	if strings.Contains(low, "compatible;") {
		return strings.Contains(low, "msie") || strings.Contains(low, "googlebot") || strings.Contains(low, "bingbot")
	}
	for word := range strings.FieldsSeq(low) {
		product, _, ok := strings.Cut(strings.Trim(word, "();,"), "/")
		if !ok {
			continue
		}
		switch product {
		case "mozilla", "applewebkit", "chrome", "safari", "firefox", "gecko", "edg", "edge", "version", "mobile", "trident", "opr", "opera":
		default:
			return false
		}
	}
	return true
}

// mailSubject: the subject of an attack mail is a lure; that of any other mail is ours.
func (s *sight) mailSubject(i *incident.Item) {
	s.set(i, incident.Method, "kind.subject", "Q28")
	i.Marks |= incident.Lure
	if has(s.reading.cues, "drill") {
		s.role(i, incident.Benign, "kind.said-benign", "ours")
	}
	if !s.lureMail && (s.reading.Kind == incident.Header || s.inMail && replied(i.Value.Value)) {
		s.role(i, incident.Own, "kind.correspondent", "Q10")
	}
}

// cve: a public id may be shared; one whose fix does not exist yet may not.
func (s *sight) cve(i *incident.Item) {
	s.set(i, incident.Vulnerability, "kind.cve", "Q23")
	if has(s.reading.cues, "unpatched", "nofix") && zeroDay(s.reading.Text) && strings.HasPrefix(i.Value.Value, "CVE") && !knownFixed(s.reading.Text) {
		i.Marks |= incident.Unpatched
	}
	if has(s.reading.cues, "negative", "reference") && has(s.reading.cues, "status", "notfound") {
		i.Role = incident.Reference
	}
	if has(s.reading.cues, "prose", "controls:weakness") {
		i.Marks |= incident.Unfixed
	}
}

// knownFixed: words that say a fix exists although somebody has not applied it.
func knownFixed(text string) bool {
	for _, w := range []string{"既知", "未適用", "修正済み", "修正版が出ていた", "公開済", "patch was available", "fixed in"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// replied says whether a subject is that of an answer or a forwarded message.
func replied(subject string) bool {
	low := strings.ToLower(subject)
	for _, p := range []string{"re:", "fw:", "fwd:", "re：", "fw：", "返信", "転送"} {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return false
}
