package classify

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

// prose proposes items for what a line says beside its values. A machine's line says
// nothing but its values.
func (p *proposer) prose(n incident.Note, r *reading) {
	if r.log || r.Kind == incident.Hidden {
		return
	}
	base := incident.Item{
		Text: clip(r.asWritten(0, len(r.Text))), Status: p.status(r), Confidence: 60,
		Sources: []incident.Source{{File: n.File, Line: r.Number, Column: 1}},
	}
	if at := moment(r.Text); !at.IsZero() {
		base.FirstSeen, base.LastSeen = at, at
	}
	if r.terms.received {
		base.Status = incident.Received
		base.Conditions = incident.Conditions{Label: r.terms.label, Promise: r.terms.promise}
	}
	p.techniques(r, base)
	p.statements(r, base)
	p.names(r, base)
}

// techniques proposes each technique once; later mentions join it.
func (p *proposer) techniques(r *reading, base incident.Item) {
	for _, c := range r.cues {
		item := base
		switch c.entry.sort {
		case "technique":
			item.Kind, item.Technique = incident.Method, c.entry.label
			item.Value = indicator.Value{Type: indicator.Technique, Value: c.entry.label}
			item.Reason = incident.Reason{Code: "kind.technique", Point: "Q28"}
		case "family":
			if p.hasFamily(c.entry.label) {
				continue
			}
			item.Kind, item.Family = incident.Malware, c.entry.label
			item.Reason = incident.Reason{Code: "kind.family", Point: "Q26"}
		default:
			continue
		}
		if item.Status == incident.Received && !has(r.cues, "role") {
			continue
		}
		p.keep(item)
	}
}

func (p *proposer) hasFamily(token string) bool {
	for _, i := range p.items {
		if i.Family == token {
			return true
		}
	}
	return false
}

// statements proposes one item for each kind a line speaks of.
func (p *proposer) statements(r *reading, base incident.Item) {
	done := map[string]bool{}
	for _, c := range r.cues {
		if c.entry.sort != "prose" {
			continue
		}
		kind, reason, _ := strings.Cut(c.entry.label, ":")
		k := incident.Kind(kind)
		item := r.statement(base, c.start)
		told := string(k) + item.Text
		if done[told] || reason == "count" && !strings.ContainsAny(r.Text, "0123456789０１２３４５６７８９一二三四五六七八九十百千万") {
			continue
		}
		if k == incident.Damage && reason == "data" && !strings.ContainsAny(r.Text, "0123456789０１２３４５６７８９") && !damaging(r) {
			continue
		}
		done[told] = true
		item.Kind, item.Reason = k, incident.Reason{Code: "kind." + kind + "." + reason, Point: points[k]}
		p.items = append(p.items, item)
	}
	if has(r.cues, "third-party") {
		item := base
		item.Kind, item.Marks = incident.Damage, incident.ThirdParty
		item.Reason = incident.Reason{Code: "kind.third-party", Point: "Q22"}
		p.items = append(p.items, item)
	}
}

// statement gives an item for what a line says at a place: of a wrapped paragraph the sentence that stands there, with its
// own line of the note.
func (r *reading) statement(base incident.Item, at int) incident.Item {
	if len(r.pieces) < 2 {
		return base
	}
	for _, s := range newPassage(r).sentences() {
		if s.from <= at && at < s.to {
			line, _ := r.origin(s.from + len(r.Text[s.from:s.to]) - len(strings.TrimLeft(r.Text[s.from:s.to], " 　")))
			base.Text, base.Sources = clip(r.asWritten(s.from, s.to)), []incident.Source{{File: base.Sources[0].File, Line: line.Number, Column: 1}}
		}
	}
	return base
}

// points gives the question of the guidance that speaks of a kind.
var points = map[incident.Kind]string{
	incident.Actor: "ours", incident.Controls: "Q25", incident.TargetSystem: "Q6", incident.Damage: "Q16",
	incident.ResponseTimeline: "Q16", incident.SectorSize: "Q16", incident.AttackTimeline: "Q6", incident.Victim: "Q10",
}

func damaging(r *reading) bool {
	return has(r.cues, "file", "stolen") || has(r.cues, "prose", "damage:data")
}

// names proposes, once, that the organisation or a third party is named.
func (p *proposer) names(r *reading, base incident.Item) {
	if p.finder == nil || p.named {
		return
	}
	for _, hit := range p.finder.Find(r.Text) {
		if hit.Term.Owner == incident.OfVictim {
			item := base
			item.Kind, item.Reason = incident.Victim, incident.Reason{Code: "kind.victim", Point: "Q10"}
			p.items = append(p.items, item)
			p.named = true
			return
		}
	}
}

// findHeld gathers the words by which a vulnerability without a fix could be recognised:
// the names in the sentence that tells of it, and the files requested in lines that
// hold one of those names.
//
// Guidance Q23: it goes to the maker through a coordinator, and to nobody else before.
func (p *proposer) findHeld(lines []*reading) {
	for i, r := range lines {
		if !r.blank && unfixed(r) {
			p.holdAround(lines, i)
		}
	}
	if len(p.held) == 0 {
		return
	}
	for _, r := range lines {
		if !r.blank && p.mentionsHeld(r.Text) {
			p.holdFiles(r)
		}
	}
}

// holdAround holds the names in a sentence that tells of such a vulnerability, in what it
// stands under, and in its neighbours that speak of a vulnerability too.
func (p *proposer) holdAround(lines []*reading, i int) {
	p.hold(productWords(lines[i])...)
	if !has(lines[i].cues, "file", "malware") {
		p.holdFiles(lines[i])
	}
	for _, parent := range lines[i].parents {
		if has(parent.cues, "unpatched") {
			p.hold(productWords(parent)...)
		}
	}
	for _, near := range lines[max(0, i-2):min(len(lines), i+3)] {
		if near != lines[i] && !near.blank && !near.log && has(near.cues, "unpatched", "word") {
			p.hold(productWords(near)...)
			if !has(near.cues, "file", "malware") {
				p.holdFiles(near)
			}
		}
	}
	for _, r := range paragraph(lines, i) {
		for _, m := range r.matches {
			if m.Type == indicator.File && m.Hash == indicator.NoHash && serverPrograms[extension(m.Value.Value)] && !has(r.cues, "file", "malware") {
				p.hold(m.Value.Value)
			}
		}
	}
}

// serverPrograms are the extensions of what a web server runs when it is asked for.
var serverPrograms = set("cgi php jsp jspx asp aspx ashx asmx do action pl cfm fcgi")

// paragraph gives the lines of prose around one, as far as neither a blank line nor a bullet parts them.
func paragraph(lines []*reading, i int) []*reading {
	const most = 8
	goesOn := func(r *reading) bool {
		text := strings.TrimLeft(r.Text, " 　\t")
		first, _ := utf8.DecodeRuneInString(text)
		return !r.blank && !r.log && r.Kind == incident.Prose && !strings.ContainsRune(bullets, first) && !numbered(text)
	}
	from, to := i, i+1
	for from > 0 && i-from < most && goesOn(lines[from-1]) {
		from--
	}
	for to < len(lines) && to-i < most && goesOn(lines[to]) {
		to++
	}
	return lines[from:to]
}

func (p *proposer) holdFiles(r *reading) {
	for _, m := range r.matches {
		if m.Type == indicator.File && m.Hash == indicator.NoHash || m.Type == indicator.Path {
			p.hold(m.Value.Value[strings.LastIndexAny(m.Value.Value, `\/`)+1:])
		}
	}
}

// unfixed says whether a line tells of a vulnerability that has no fix. A fix that exists
// and was not applied is a weakness of ours, not this.
func unfixed(r *reading) bool {
	nobodyHas := has(r.cues, "unpatched", "nofix") || has(r.cues, "unpatched", "maybe") && has(r.cues, "unpatched", "word")
	return nobodyHas && !knownFixed(r.Text) &&
		(!strings.Contains(r.Text, "CVE-") || zeroDay(r.Text))
}

func zeroDay(text string) bool {
	low := strings.ToLower(text)
	for _, w := range []string{"ゼロデイ", "ゼロデー", "zero-day", "zero day", "0-day", "0day", "出ていない", "提供されていない", "no patch", "no fix"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

func (p *proposer) hold(names ...string) {
	for _, w := range names {
		known := false
		for _, h := range p.held {
			known = known || strings.EqualFold(h, w)
		}
		if !known && utf8.RuneCountInString(w) >= 4 && len(p.held) < 200 {
			p.held = append(p.held, w)
		}
	}
}

func (p *proposer) mentionsHeld(text string) bool {
	low := strings.ToLower(text)
	for _, h := range p.held {
		if strings.Contains(low, strings.ToLower(h)) {
			return true
		}
	}
	return false
}

// heldLine says whether the line of a sight holds a held word.
func (s *sight) heldLine() bool {
	return len(s.held) > 0 && s.mentionsHeld(s.reading.Text)
}

// productWords picks what may be the name of a product out of a sentence: words of ASCII
// letters that are no ordinary English, and runs of katakana before a word such as
// プラグイン. Values that stand in the sentence are not names.
func productWords(r *reading) []string {
	text := r.Text
	for _, m := range r.matches {
		text = text[:m.Start] + strings.Repeat(" ", m.End-m.Start) + text[m.End:]
	}
	english := englishProse(text)
	var out []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !isNameRune(r) }) {
		w = strings.Trim(w, "-_.")
		if len(w) < 4 || len(w) > 64 || !strings.ContainsFunc(w, isLetterRune) || ordinary[strings.ToLower(w)] {
			continue
		}
		if english && strings.ToLower(w) == w && !strings.ContainsAny(w, "-_0123456789") {
			continue
		}
		out = append(out, w)
	}
	return append(out, katakanaProducts(text)...)
}

func isNameRune(r rune) bool {
	return r < utf8.RuneSelf && (isLetterRune(r) || '0' <= r && r <= '9' || r == '-' || r == '_' || r == '.')
}

func isLetterRune(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func englishProse(text string) bool {
	ascii := 0
	for i := range len(text) {
		if text[i] < utf8.RuneSelf {
			ascii++
		}
	}
	return ascii*10 >= len(text)*9
}

// productNouns stand behind the name of a product.
var productNouns = []string{"プラグイン", "製品", "ソフト", "アプリ", "装置", "機器", "アプライアンス", "サーバ", "システム", "モジュール", "テーマ", "ライブラリ", "フレームワーク", "ゲートウェイ", "サービス", "ルータ", "ファームウェア", "エンジン"}

func katakanaProducts(text string) []string {
	var out []string
	for _, noun := range productNouns {
		for at := 0; ; {
			i := strings.Index(text[at:], noun)
			if i < 0 {
				break
			}
			before := strings.TrimRight(text[:at+i], " 　「」『』")
			start := len(before)
			for start > 0 {
				r, n := utf8.DecodeLastRuneInString(before[:start])
				if !('ァ' <= r && r <= 'ヶ' || r == 'ー' || r == '・') {
					break
				}
				start -= n
			}
			for _, w := range append(strings.Split(before[start:], "・"), before[start:]) {
				if utf8.RuneCountInString(w) >= 4 && !ordinary[w] && !slices.Contains(out, w) {
					out = append(out, w)
				}
			}
			at += i + len(noun)
		}
	}
	return out
}

// ordinary words that stand in such sentences and name no product.
var ordinary = set(`about after again already also apache appliance attack attacker available been before being could critical
 date does done during exploit exploitation exploited exploiting find found from github have http https impact installed into issue
 itself java javascript jpcert jpcert-cc known later linux login mail more mysql network note oracle other over patch patched plugin plug-in
 post product python request response root same server shell site since still system that their them there these they this
 through update upload used user using vendor version vulnerability vulnerabilities what when which while windows with wordpress would
 zero-day zero zeroday 0-day 0day unpatched the cve ipa jvn vpn php sql rce poc web get nda ecサイト プラグイン サーバ ソフトウェア ウェブ アプリケーション
 セキュリティ ファイル アップロード ゲートウェイ フレームワーク システム ベンダ ベンダー メーカー ネットワーク インターネット`)
