package disguise

import (
	"strings"
	"unicode/utf8"
)

// personForms divides a name into surname and given name, joins them in either order, and
// in ASCII makes the logins that are made of such names.
func personForms(text string) []spelling {
	s := clean(text)
	if isASCII(foldString(s)) {
		return romanPerson(s)
	}
	if fields := strings.FieldsFunc(s, isNameBreak); len(fields) >= 2 {
		return dividedPerson(fields[0], strings.Join(fields[1:], ""))
	}
	run := leadingIdeographs(s)
	size, rest := utf8.RuneCountInString(run), s[len(run):]
	r := []rune(run)
	switch {
	case rest != "" && size >= 1: // 三枝みどり
		return dividedPerson(run, rest)
	case size == 3:
		return dividedPerson(string(r[:2]), string(r[2:]))
	case size == 4:
		return dividedPerson(string(r[:2]), string(r[2:]))
	case size >= 5:
		list := dividedPerson(string(r[:3]), string(r[3:]))
		return append(list, dividedPerson(string(r[:2]), string(r[2:]))...)
	}
	return nil
}

func isNameBreak(r rune) bool { return r == ' ' || r == '・' || r == ',' || r == '、' || r == '=' }

func leadingIdeographs(s string) string {
	n := strings.IndexFunc(s, func(r rune) bool { return scriptOf(r) != scriptIdeograph })
	if n < 0 {
		return s
	}
	return s[:n]
}

// titles follow a surname of one ideograph closely enough to make it a name.
const titles = "さん 氏 様 さま 部長 課長 係長 主任 社長 院長 店長 先生 医師 看護師 専務 常務 室長 次長 君 くん"

func dividedPerson(surname, given string) []spelling {
	list := []spelling{{given + surname, "order", edgeBySize}, {surname + given, "order", edgeBySize}}
	switch n := utf8.RuneCountInString(surname); {
	case n >= 2:
		list = append(list, spelling{surname, "surname", edgeBySize})
	case scriptOf([]rune(surname)[0]) == scriptIdeograph:
		for title := range strings.FieldsSeq(titles) {
			list = append(list, spelling{surname + title, "surname", edgeStrict})
		}
	}
	if leadingIdeographs(given) == given && utf8.RuneCountInString(given) >= 2 {
		list = append(list, spelling{given, "given-name", edgeStrict})
	}
	return list
}

func romanPerson(s string) []spelling {
	fields := strings.FieldsFunc(s, func(r rune) bool { return isNameBreak(r) || strings.ContainsRune("._-\\/", r) })
	if len(fields) < 2 {
		return accountForms(s)
	}
	first, last := fields[0], fields[len(fields)-1]
	if len(first) > 1 && strings.ToUpper(first) == first && strings.ToUpper(last) != last { // TAKANASHI Ryosuke
		first, last = last, first
	}
	if len(first) <= 2 || len(last) <= 2 || words().accounts[foldString(last)] { // r.takanashi, line3_user
		return accountForms(s)
	}
	list := []spelling{
		{first + last, "order", edgeBySize}, {last + first, "order", edgeBySize},
		{first[:1] + last, "login", edgeStrict}, {last + first[:1], "login", edgeStrict},
		{first + last[:1], "login", edgeStrict},
		{last, "surname", edgeBySize},
	}
	if len(first) >= 5 && !words().accounts[foldString(first)] {
		list = append(list, spelling{first, "given-name", edgeStrict})
	}
	return list
}

// accountForms takes from a login the parts that say whose it is.
func accountForms(text string) []spelling {
	if i := strings.LastIndexAny(text, "\\/"); i >= 0 { // DOMAIN\login
		text = text[i+1:]
	}
	if i := strings.IndexByte(text, '@'); i > 0 {
		text = text[:i]
	}
	list := []spelling{{text, "login", edgeBySize}}
	fields := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ._-+", r) })
	for _, part := range fields {
		part = strings.TrimRight(part, "0123456789")
		if len(part) < 4 || words().accounts[foldString(part)] {
			continue
		}
		derived := "surname"
		list = append(list, spelling{part, derived, edgeBySize})
	}
	return list
}
