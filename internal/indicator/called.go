package indicator

import (
	"strings"
	"unicode/utf8"
)

// kinds are the nouns by which "…という" calls what stands before it, with its type.
var kinds = []struct {
	noun string
	what Type
}{
	{"プロセス", File}, {"プログラム", File}, {"実行ファイル", File}, {"ファイル", File}, {"バイナリ", File}, {"elf", File}, {"mach-o", File},
	{"検体", File}, {"スクリプト", File}, {"不審なプロセス", File}, {"不審なファイル", File}, {"拡張子", File}, {"ツール", File},
	{"タスク", Task}, {"スケジュール", Task}, {"定期実行", Task}, {"サービス", Service}, {"ミューテックス", Mutex},
	{"名乗り", UserAgent}, {"ユーザーエージェント", UserAgent}, {"ユーザエージェント", UserAgent}, {"user-agent", UserAgent}, {"ua", UserAgent}, {"ブラウザ名", UserAgent},
}

// callings join a name to the noun that says what it is.
var callings = []string{"っていう", "という名前で", "という名で", "の名前で", "の名で", "という名前の", "という名の", "という", "と言う", "といった", "と名乗る", "なる"}

// calledThing reads the name that ends at b, or at the quote behind it, if the words that
// follow say what it is: "kwrk というプロセス", "「Night Sync」というタスク". It gives where
// to go on, a if they do not.
func (sc *scanner) calledThing(a, b int) int {
	p := b
	for c := at(sc.s, p); c == ' ' || c == '"' || c == '\'' || c == '`'; c = at(sc.s, p) {
		p++
	}
	if at(sc.s, p) < utf8.RuneSelf {
		return a
	}
	rest := strings.TrimLeft(sc.s[p:], " 　」』\"'`")
	if rest == "" || rest[0] < utf8.RuneSelf || b-a < 3 || b-a > 64 {
		return a
	}
	for _, c := range callings {
		after, ok := strings.CutPrefix(rest, c)
		if !ok {
			continue
		}
		after = strings.TrimLeft(after, " 　、")
		for _, k := range kinds {
			if hasFold(after, 0, k.noun) && sc.calls(k.what, a, b) {
				return b
			}
		}
		return a
	}
	return a
}

// calls reports s[a:b] as the name of a thing, if it can be one.
func (sc *scanner) calls(what Type, a, b int) bool {
	text := sc.s[a:b]
	v, err := Parse(what, text)
	if err != nil || v.Hash != NoHash || !hasASCIIWord(text) || what == File && strings.ContainsAny(text, ` /\`) {
		return false
	}
	if what == UserAgent && !strings.ContainsAny(text, "/0123456789") {
		return false
	}
	sc.emit(v, a, b, 0, plain)
	return true
}

// calledBehind says whether what follows the word from a to b said what it names, and that
// was reported.
func (sc *scanner) calledBehind(a, b int) bool {
	return sc.calledThing(a, b) > a || sc.beforeDigest(a, b)
}

// beforeDigest reports the quoted word from a to b as the name of a file if its digest is
// announced right behind it: "`mossd` (a miner) SHA-256 …", 「redis-krn」sha256 ….
func (sc *scanner) beforeDigest(a, b int) bool {
	s, close := sc.s, ""
	if c := at(s, b); c != '`' && c != '"' && c < utf8.RuneSelf {
		return false
	}
	for _, o := range []struct{ open, close string }{{"`", "`"}, {"「", "」"}, {"『", "』"}, {"\"", "\""}} {
		if strings.HasSuffix(s[:a], o.open) && strings.HasPrefix(s[b:], o.close) {
			close = o.close
		}
	}
	if close == "" || b-a < 3 || strings.IndexByte(s[a:b], '.') >= 0 {
		return false
	}
	const blanks = " 　:：,、はのが"
	rest := strings.TrimLeft(s[b+len(close):], blanks)
	for _, o := range []struct{ open, close string }{{"(", ")"}, {"（", "）"}} {
		if !strings.HasPrefix(rest, o.open) {
			continue
		}
		n := strings.Index(rest[:min(len(rest), 120)], o.close)
		if n < 0 {
			return false
		}
		rest = strings.TrimLeft(rest[n+len(o.close):], blanks)
	}
	if after, ok := strings.CutPrefix(rest, "in /"); ok { // "`name` (ELF) in /opt/.x, sha256 …"
		if n := strings.IndexAny(after[:min(len(after), 120)], " ,、"); n > 0 {
			rest = strings.TrimLeft(after[n:], " ,、")
		}
	}
	l, _, ok := sc.labels.at(rest, 0)
	return ok && l.what == "digest" && sc.calls(File, a, b)
}
