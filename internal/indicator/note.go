package indicator

import "strings"

// noteFile reports the ransom note at i whose name is decorated with exclamation or
// number signs, such as "!!!READ_ME!!!.txt" or "#HOW TO DECRYPT#.hta". It returns where
// to go on, i if there is none.
func (sc *scanner) noteFile(i int) int {
	s := sc.s
	if is(at(s, i-1), clAlnum) {
		return i
	}
	limit, j, letters, signs := min(len(s), i+80), i, 0, 0
	for j < limit && s[j] != '.' {
		switch c := s[j]; {
		case is(c, clAlnum):
			letters++
		case c == '!' || c == '#':
			signs++
		case c != '_' && c != '-' && c != ' ' || c == ' ' && letters == 0:
			return i
		}
		j++
	}
	if letters < 4 || signs < 2 || at(s, j) != '.' {
		return i
	}
	for _, ext := range []string{"txt", "html", "htm", "hta", "rtf"} {
		if end := j + 1 + len(ext); hasFold(s, j+1, ext) && !is(at(s, end), clToken) {
			if name := s[i:end]; validFileName(name) && strings.IndexByte(name, ' ') != 0 {
				sc.emit(Value{Type: File, Value: name}, i, end, 0, plain)
				return end
			}
		}
	}
	return i
}
