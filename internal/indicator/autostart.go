package indicator

import (
	"slices"
	"strings"
)

// autostart are the keys in which everything that is to start has a value, so that the key alone says nothing.
var autostart = []string{"run", "runonce", "runonceex", "runservices", "runservicesonce"}

// valueLinks are the words between a key and the name of a value in it, the longer first.
var valueLinks = []string{"value named", "value name", "value", "entry", "named", "name", "called", "/v", "-name", "値の名前", "値名", "値", "エントリ名", "エントリ", "という", "の", "に", "へ"}

// valueName gives the name of a value that is told of behind an autostart key, and its end: `HKCU\…\Run value "Updater"`,
// 「…\Run に Updater」. A word of linking leads to it; without quotes it is one word with a capital. It is empty if there is
// none.
func valueName(key, s string, i int) (name string, end int) {
	if !slices.Contains(autostart, strings.ToLower(key[strings.LastIndexByte(key, '\\')+1:])) {
		return "", i
	}
	rest, linked := strings.TrimLeft(s[i:], " 　\t`\"'」』）)"), false
	for k := 0; k < len(valueLinks); k++ {
		if hasFold(rest, 0, valueLinks[k]) {
			rest, linked, k = strings.TrimLeft(rest[len(valueLinks[k]):], " 　\t:：=、,"), true, -1
		}
	}
	if !linked {
		return "", i
	}
	at := len(s) - len(rest)
	for _, q := range openers {
		if inner, ok := strings.CutPrefix(rest, q.open); ok {
			to := strings.Index(inner, q.close)
			if to < 2 || to > 64 || strings.ContainsAny(inner[:to], `\/:%`) {
				return "", i
			}
			return inner[:to], at + len(q.open) + to + len(q.close)
		}
	}
	for end = at; end < len(s) && is(s[end], clToken); end++ {
	}
	name = strings.TrimRight(s[at:end], ".-")
	if len(name) < 4 || strings.ToLower(name) == name || end < len(s) && strings.IndexByte(`\:/`, s[end]) >= 0 || fileLike(name) {
		return "", i
	}
	return name, at + len(name)
}
