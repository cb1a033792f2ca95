package indicator

// noteFile reports the ransom note at i whose name is decorated with exclamation or
// number signs, such as "!!!READ_ME!!!.txt" or "#HOW TO DECRYPT#.hta". It returns where
// to go on, i if there is none.
func (sc *scanner) noteFile(i int) int {
	s := sc.s
	if is(at(s, i-1), clAlnum) {
		return i
	}
	dot := noteStem(s, i)
	if at(s, dot) != '.' {
		return i
	}
	for _, ext := range []string{"txt", "html", "htm", "hta", "rtf"} {
		end := dot + 1 + len(ext)
		if hasFold(s, dot+1, ext) && !is(at(s, end), clToken) && validFileName(s[i:end]) {
			sc.emit(Value{Type: File, Value: s[i:end]}, i, end, 0, plain)
			return end
		}
	}
	return i
}

// noteStem gives the end of a decorated stem at i: at least four letters or digits and two
// signs within 80 bytes; i if there is none.
func noteStem(s string, i int) int {
	letters, signs := 0, 0
	for j := i; j < min(len(s), i+80); j++ {
		switch c := s[j]; {
		case c == '.' && letters >= 4 && signs >= 2:
			return j
		case is(c, clAlnum):
			letters++
		case c == '!' || c == '#':
			signs++
		case c != '_' && c != '-' && (c != ' ' || letters == 0):
			return i
		}
	}
	return i
}
