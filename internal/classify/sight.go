package classify

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/disguise"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

// A sight is one value where it was seen, with everything that may tell what it is.
type sight struct {
	*proposer
	reading *reading
	at      int
}

func (s *sight) match() indicator.Match { return s.reading.matches[s.at] }

// kind sets kind, role, marks and reason of an item by its type.
func (s *sight) kind(i *incident.Item) {
	switch i.Value.Type {
	case indicator.IPv4, indicator.IPv6, indicator.CIDR4, indicator.CIDR6, indicator.Domain, indicator.URL:
		s.destination(i)
	case indicator.Email:
		s.email(i)
	case indicator.JA3, indicator.JARM, indicator.Cert:
		s.set(i, incident.Destination, "kind.fingerprint", "Q27")
		i.Role = incident.C2
	case indicator.Coin:
		s.set(i, incident.Destination, "kind.payment", "Q27")
		if !s.negative(i) {
			i.Role = incident.Negotiation
		}
	case indicator.UserAgent:
		s.agent(i)
	case indicator.Subject:
		s.mailSubject(i)
	case indicator.CVE:
		s.cve(i)
	case indicator.Technique:
		s.set(i, incident.Method, "kind.technique", "Q28")
		i.Technique, i.Role = i.Value.Value, incident.NoRole
	case indicator.File:
		s.file(i)
	case indicator.Path:
		s.path(i)
	case indicator.Registry:
		s.registry(i)
	default:
		s.set(i, incident.Malware, "kind."+string(i.Value.Type), "Q26")
	}
	s.circumstances(i)
}

// registry: a key that every Windows has is no sign of anything.
func (s *sight) registry(i *incident.Item) {
	s.set(i, incident.Malware, "kind.windows-registry-key", "Q26")
	if last := i.Value.Value[strings.LastIndexByte(i.Value.Value, '\\')+1:]; s.words.has("common-key", last) {
		i.Role = incident.Benign
	}
}

func (s *sight) set(i *incident.Item, k incident.Kind, code, point string) {
	i.Kind, i.Reason = k, incident.Reason{Code: code, Point: point}
}

// circumstances sets the marks that do not depend on a value's type.
func (s *sight) circumstances(i *incident.Item) {
	if has(s.reading.cues, "label", "oneoff") && i.Kind == incident.Malware {
		i.Marks |= incident.OneOff
	}
	if i.Kind == incident.Malware || i.Kind == incident.Destination {
		c, near := s.near("third-party", 40)
		_, titled := s.titled("third-party")
		if near && !s.attackBetween(c) || titled || s.saidVictim() {
			i.Marks |= incident.ThirdParty
		}
	}
	if has(s.reading.cues, "status", "notfound") && i.Status == incident.Observed {
		i.Status = incident.Unknown
	}
}

// host gives the host name or address of a destination.
func host(v indicator.Value) string {
	switch v.Type {
	case indicator.URL:
		if u, err := url.Parse(v.Value); err == nil {
			return u.Hostname()
		}
	case indicator.Email:
		return v.Value[strings.LastIndexByte(v.Value, '@')+1:]
	}
	return v.Value
}

// destination decides between the attacker's, our own, somebody else's and harmless hosts.
func (s *sight) destination(i *incident.Item) {
	s.set(i, incident.Destination, "kind.destination", "Q27")
	h := host(i.Value)
	switch {
	case s.own(i, h):
		return
	case s.reading.Kind == incident.Header && !s.lureMail:
		s.role(i, incident.Own, "kind.correspondent", "Q10")
		return
	case s.words.hasHost("shared-host", h):
		if i.Value.Type != indicator.URL {
			s.role(i, incident.Benign, "kind.shared-host", "ours")
			return
		}
		i.Marks |= incident.SharedHost
	case s.words.hasHost("benign", h):
		s.role(i, incident.Benign, "kind.benign", "ours")
		return
	}
	if s.negative(i) {
		return
	}
	i.Role = s.attackRole()
	if strings.HasSuffix(h, ".onion") && i.Role != incident.C2 {
		i.Role = incident.Negotiation
	}
	if s.stepping() || i.Value.Type != indicator.IPv4 && s.ofOrganisation() {
		i.Marks |= incident.SomeonesOwn
	}
}

func (s *sight) role(i *incident.Item, r incident.Role, code, point string) {
	i.Role, i.Reason = r, incident.Reason{Code: code, Point: point}
}

// own recognises our side and third parties by the profile, and hosts that only resolve
// inside some network.
func (s *sight) own(i *incident.Item, h string) bool {
	for _, zone := range []string{".local", ".internal", ".lan", ".corp", ".home", ".intra", ".localdomain", ".intranet", ".home.arpa"} {
		if strings.HasSuffix(h, zone) {
			s.role(i, incident.Own, "kind.internal-name", "Q10")
			return true
		}
	}
	if s.finder == nil {
		return false
	}
	for _, hit := range s.finder.Find(h) {
		switch hit.Term.Class {
		case disguise.Network:
			s.role(i, incident.Own, "kind.own-network", "Q10")
			return true
		case disguise.Domain:
			if h == hit.Term.Text || strings.HasSuffix(h, "."+hit.Term.Text) {
				s.role(i, incident.Own, "kind.own-domain", "Q10")
				return true
			}
		}
	}
	return false
}

// negative looks for words next to the value, in a cell of its row or in the title of its
// list that say it is not the attacker's.
func (s *sight) negative(i *incident.Item) bool {
	switch s.said() {
	case "":
		return s.besideBenign(i)
	case "recipient":
		if i.Value.Type != indicator.Email || has(s.reading.cues, "role") {
			return false // 宛先 of a connection is where the attacker sat
		}
		s.role(i, incident.Own, "kind.said-own", "Q10")
	case "own":
		s.role(i, incident.Own, "kind.said-own", "Q10")
	case "not-attacker":
		i.Marks |= incident.SomeonesOwn
		s.set(i, incident.Destination, "kind.said-not-attacker", "Q24")
	case "partner":
		s.role(i, incident.Own, "kind.said-partner", "Q22")
	case "reference":
		s.role(i, incident.Reference, "kind.reference", "ours")
	default:
		s.role(i, incident.Benign, "kind.said-benign", "ours")
	}
	return true
}

// said gives the label of the words that say whose the value is; a cell that is nothing
// but such a word first, the title of the list last. Empty if nothing says.
func (s *sight) said() string {
	if label := s.cell(); label != "" {
		return label
	}
	if s.ownIs() {
		return "own"
	}
	if c, ok := s.adjacent("negative"); ok {
		return c.entry.label
	}
	if s.innocent() {
		return "legitimate"
	}
	if c, ok := s.titled("negative"); ok && c.entry.label != "own" && c.entry.label != "partner" && c.entry.label != "recipient" {
		return c.entry.label
	}
	if _, ok := s.titled("own-title"); ok {
		return "own"
	}
	return ""
}

// ownIs says whether a sentence names the value as ours or a partner's: "our egress
// address is …", "うちの出口 …", "… が本学のNAT出口", "… is ours".
func (s *sight) ownIs() bool {
	m := s.match()
	sentence, at := s.sentence()
	before, after := sentence[:at], sentence[at+m.End-m.Start:]
	if t := tail(before, 60); s.oursBefore(t) {
		return true
	}
	t := strings.TrimLeft(after, " 　」』）)'\"`,")
	for _, w := range []string{"は", "が", "is ", "are ", "was ", "（", "(", "、", "|", "belongs to us", "ってのも"} {
		if rest, ok := strings.CutPrefix(t, w); ok {
			return s.oursAfter(head(rest, 40))
		}
	}
	return false
}

// oursBefore: the words before a value name a thing of ours and lead up to the value.
func (s *sight) oursBefore(text string) bool {
	cues := s.words.cues(text)
	owner, ok := lastOf(cues, "self", "")
	if !ok {
		owner, ok = lastOf(cues, "negative", "partner")
	}
	asset, has2 := lastOf(cues, "asset", "")
	if !ok || !has2 || asset.start < owner.start {
		return false
	}
	if has(cues, "role", "origin", "attacker") || has(s.words.cues(text[owner.start:]), "role") {
		return false // the clause tells what was done to it
	}
	link := strings.Trim(text[asset.end:], " 　「`'\"（(:：=|、,")
	for _, w := range []string{"", "は", "が", "is", "are", "was", "the", "側", "側は", "の", "です", "and", "名", "の口は"} {
		if strings.EqualFold(link, w) {
			return true
		}
	}
	return false
}

// oursAfter: the words after a value and its copula say that it is a thing of ours.
func (s *sight) oursAfter(text string) bool {
	if i := strings.IndexAny(text, "。;；"); i >= 0 {
		text = text[:i]
	}
	cues := s.words.cues(text)
	if has(cues, "role") {
		return false
	}
	if strings.HasPrefix(strings.ToLower(text), "ours") || strings.Contains(text, "借りている") || strings.Contains(text, "社外公開") {
		return true
	}
	owner, ok := first(cues, "self")
	if !ok {
		owner, ok = first(cues, "negative", "partner")
	}
	asset, has2 := first(cues, "asset")
	return ok && has2 && owner.start <= asset.start && utf8.RuneCountInString(text[:owner.start]) <= 4
}

// lastOf gives the last cue of a sort, and of a label if one is named.
func lastOf(cues []cue, sort, label string) (cue, bool) {
	for i := len(cues) - 1; i >= 0; i-- {
		if c := cues[i]; c.entry.sort == sort && (label == "" || c.entry.label == label) {
			return c, true
		}
	}
	return cue{}, false
}

// sentence gives the sentence the value stands in, and where in it.
func (s *sight) sentence() (text string, at int) {
	m, line := s.match(), s.reading.Text
	from, to := 0, len(line)
	for _, end := range []string{"。", ". ", "; ", "；"} {
		if i := strings.LastIndex(line[:m.Start], end); i >= 0 {
			from = max(from, i+len(end))
		}
		if i := strings.Index(line[m.End:], end); i >= 0 {
			to = min(to, m.End+i)
		}
	}
	return line[from:to], m.Start - from
}

func tail(s string, runes int) string {
	for utf8.RuneCountInString(s) > runes {
		_, n := utf8.DecodeRuneInString(s)
		s = s[n:]
	}
	return s
}

func head(s string, runes int) string {
	n := 0
	for i := range s {
		if n == runes {
			return s[:i]
		}
		n++
	}
	return s
}

// innocent says whether the sentence calls the value harmless: it is the nearest value to
// such a word, and nothing says that the look deceives.
func (s *sight) innocent() bool {
	sentence, at := s.sentence()
	start := s.match().Start - at
	for _, c := range s.reading.cues {
		if c.entry.sort != "innocent" || c.start < start || c.end > start+len(sentence) {
			continue
		}
		around := s.reading.Text[max(0, c.start-24):min(len(s.reading.Text), c.end+30)]
		title := strings.HasPrefix(s.reading.Text[c.end:], ":") || strings.HasPrefix(s.reading.Text[c.end:], "：")
		if title && c.end <= s.match().Start {
			return true
		}
		if !has(s.words.cues(strings.ToValidUTF8(around, "")), "fake") && s.nearestTo(c, start, start+len(sentence)) {
			return true
		}
	}
	return false
}

// nearestTo says whether no other value between two offsets is nearer to a cue.
func (s *sight) nearestTo(c cue, from, to int) bool {
	mine := gap(s.match(), c)
	for k, m := range s.reading.matches {
		if k != s.at && m.Start >= from && m.End <= to && gap(m, c) < mine && m.Type != indicator.Technique {
			return false
		}
	}
	return true
}

func gap(m indicator.Match, c cue) int {
	switch {
	case c.end <= m.Start:
		return m.Start - c.end
	case m.End <= c.start:
		return c.start - m.End
	}
	return 0
}

// cell gives the label of a cell that is nothing but a word such as 自社 or 正規.
func (s *sight) cell() string {
	if !s.reading.tabular() {
		return ""
	}
	for _, c := range s.reading.cells() {
		if label, ok := s.words.listed["cell"][strings.ToLower(c)]; ok {
			return label
		}
	}
	return ""
}

// besideBenign takes an address for harmless that a machine logged together with harmless
// names only: what a browser or an update resolved.
func (s *sight) besideBenign(i *incident.Item) bool {
	if i.Value.Type != indicator.IPv4 && i.Value.Type != indicator.IPv6 {
		return false
	}
	innocent := has(s.reading.cues, "innocent") || has(s.reading.cues, "negative", "legitimate")
	names, harmless := 0, 0
	for _, m := range s.reading.matches {
		if m.Type == indicator.Domain || m.Type == indicator.URL {
			names++
			if s.words.hasHost("benign", host(m.Value)) {
				harmless++
			}
		}
	}
	if harmless < names || !innocent && (names == 0 || !s.reading.log) || names == 0 && !s.reading.log {
		return false
	}
	s.role(i, incident.Benign, "kind.benign", "ours")
	return true
}

// adjacent finds a cue whose words belong to the value: before it with nothing but
// connecting words between, or in the bracket or predicate right behind it.
func (s *sight) adjacent(sort string) (cue, bool) {
	m := s.match()
	text := s.reading.Text
	for _, c := range s.reading.cues {
		if c.entry.sort != sort {
			continue
		}
		switch {
		case c.end <= m.Start && connects(text[c.end:m.Start]) && !directs(text[m.End:]):
			return c, true
		case c.start >= m.End && behind(c.entry.label, text[m.End:c.start]):
			return c, true
		}
	}
	if column := s.reading.column(m.Start); column != "" {
		for _, c := range s.words.cues(column) {
			if c.entry.sort == sort {
				return c, true
			}
		}
	}
	return cue{}, false
}

// connects says whether the text between a word and a value only joins them.
func connects(between string) bool {
	if utf8.RuneCountInString(between) > 24 || strings.ContainsAny(between, "。;；|") {
		return false
	}
	for _, stop := range []string{"から", "が", "は", "、", "へ", "を", "に", " from ", " to ", ", ", " that ", "connected", "contacted"} {
		if strings.Contains(between, stop) {
			return false
		}
	}
	return true
}

// directs says whether a value is where something went: "当社端末から X へ".
func directs(after string) bool {
	after = strings.TrimLeft(after, "」』）)]\"'` :0123456789")
	return strings.HasPrefix(after, "へ") || strings.HasPrefix(after, "に") || strings.HasPrefix(after, "との通信")
}

// behind says whether words after a value speak of it: in its bracket, or as "は正規の通信".
func behind(label, between string) bool {
	if label == "not-attacker" && utf8.RuneCountInString(between) <= 60 && !strings.Contains(between, "。") {
		return true
	}
	if utf8.RuneCountInString(between) > 10 {
		return false
	}
	open := strings.TrimLeft(between, " :0123456789」')`\"")
	inBracket := strings.HasPrefix(open, "（") || strings.HasPrefix(open, "(")
	if inBracket {
		return !strings.ContainsAny(open, "）)、")
	}
	return (label == "legitimate" || label == "reference") && !strings.ContainsAny(between, "。、|")
}

// near finds a cue at most so many characters before the value, or in the bracket behind.
func (s *sight) near(sort string, reach int) (cue, bool) {
	m := s.match()
	for _, c := range s.reading.cues {
		if c.entry.sort != sort {
			continue
		}
		if c.end <= m.Start && utf8.RuneCountInString(s.reading.Text[c.end:m.Start]) <= reach &&
			!strings.Contains(s.reading.Text[c.end:m.Start], "。") {
			return c, true
		}
		if c.start >= m.End && behind("", s.reading.Text[m.End:c.start]) {
			return c, true
		}
	}
	return cue{}, false
}

// attackBetween says whether a word of the attacker's side stands between a cue and the
// value, so that the cue speaks of something else.
func (s *sight) attackBetween(c cue) bool {
	m := s.match()
	for _, o := range s.reading.cues {
		if o.entry.sort == "role" && o.start >= c.end && o.end <= m.Start {
			return true
		}
	}
	return false
}

// saidVictim says whether the words right after a host name say that its owner was hit
// too: "（…）も同じ被害", "… was also hit". An address is not somebody's name.
func (s *sight) saidVictim() bool {
	m := s.match()
	if m.Type != indicator.Domain && m.Type != indicator.Email && m.Type != indicator.URL {
		return false
	}
	for _, c := range s.reading.cues {
		if c.entry.sort != "third-party" || c.start < m.End || utf8.RuneCountInString(s.reading.Text[m.End:c.start]) > 25 {
			continue
		}
		rest := strings.TrimLeft(s.reading.Text[m.End:c.end], "）)」』 ,、さん社")
		for _, p := range []string{"も", "が", "は", "was ", "were ", "is ", "are ", "has ", "have ", "also ", "同"} {
			if strings.HasPrefix(rest, p) {
				return true
			}
		}
	}
	return false
}

// ofOrganisation says whether a host name stands behind an organisation's name, in a
// bracket or after words such as "のサイト": it is theirs, not the attacker's.
func (s *sight) ofOrganisation() bool {
	m := s.match()
	for _, c := range s.reading.cues {
		if c.entry.sort != "org" || c.end > m.Start || utf8.RuneCountInString(s.reading.Text[c.end:m.Start]) > 16 {
			continue
		}
		between := s.reading.Text[c.end:m.Start]
		bracket, site := strings.ContainsAny(between, "（(＜<"), false
		for _, w := range []string{"公式", "ウェブサイト", "ホームページ", "サイト", "サーバ", "website", "web site", "homepage", "site", "'s", "の", "Web", "WEB", "HP"} {
			rest := strings.ReplaceAll(between, w, "")
			site = site || len(w) > 3 && rest != between
			between = rest
		}
		if strings.Trim(between, " .（(「」『』[<＜`'\"　") == "" && (bracket || site) {
			return true
		}
	}
	return false
}

// titled says whether a heading or introduction above the line is about something: a
// short line that names what is listed under it.
func (s *sight) titled(sort string) (cue, bool) {
	for _, p := range s.reading.parents {
		if p.Kind != incident.Heading && !(introduces(p.Text) && utf8.RuneCountInString(p.Text) <= 60 && len(p.matches) == 0) {
			continue
		}
		if c, ok := first(p.cues, sort); ok && !(sort == "negative" && has(p.cues, "role")) {
			return c, true
		}
	}
	return cue{}, false
}

// stepping says whether words about somebody else's server speak of this value: it is the
// host nearest to them in the sentence, or goes on a list that begins with that host.
func (s *sight) stepping() bool {
	if _, ok := s.titled("stepping"); ok {
		return true
	}
	for _, c := range s.reading.cues {
		if c.entry.sort == "stepping" && !s.ofAttacker(c) && s.listed(s.nearestHost(c)) {
			return true
		}
	}
	return false
}

// ofAttacker says whether the words before a cue make it the attacker's: "the attacker's
// server".
func (s *sight) ofAttacker(c cue) bool {
	before := strings.ToLower(s.reading.Text[max(0, c.start-12):c.start])
	for _, w := range []string{"attacker", "actor", "adversary", "operator", "攻撃者", "犯人"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// nearestHost gives the index of the destination nearest to a cue in its sentence, -1 if
// there is none.
func (s *sight) nearestHost(c cue) int {
	best, at := 1<<30, -1
	for k, m := range s.reading.matches {
		if !isHost(m.Type) {
			continue
		}
		gap := ""
		switch {
		case c.end <= m.Start:
			gap = s.reading.Text[c.end:m.Start]
		case m.End <= c.start:
			gap = s.reading.Text[m.End:c.start]
		}
		distance := len(gap)
		if sentences := strings.Count(gap, "。") + strings.Count(gap, ". "); sentences > 1 || sentences == 1 && m.Start > c.start {
			continue
		} else if sentences == 1 {
			distance += 1000 // only if the cue's own sentence names no host
		}
		if distance < best {
			best, at = distance, k
		}
	}
	return at
}

// listed says whether the value is match k, or stands in one list with it.
func (s *sight) listed(k int) bool {
	if k < 0 {
		return false
	}
	for to := max(k, s.at); min(k, s.at) < to; to-- {
		between := ""
		if s.reading.matches[to-1].End < s.reading.matches[to].Start {
			between = s.reading.Text[s.reading.matches[to-1].End:s.reading.matches[to].Start]
		}
		if !onlyJoins(between) {
			return false
		}
	}
	return true
}

// onlyJoins says whether a text is nothing but what stands between the things of a list.
func onlyJoins(text string) bool {
	text = strings.NewReplacer("および", "", "及び", "", "と", "", "and", "").Replace(text)
	return strings.Trim(text, " 　、，,/・&「」`'\"") == ""
}

func isHost(t indicator.Type) bool {
	switch t {
	case indicator.IPv4, indicator.IPv6, indicator.Domain, indicator.URL:
		return true
	}
	return false
}
