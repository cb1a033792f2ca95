package indicator

// noteFile reports the ransom note at i whose name is decorated with exclamation or
// number signs, such as "!!!READ_ME!!!.txt" or "#HOW TO DECRYPT#.hta". It returns where
// to go on, i if there is none.
func (sc *scanner) noteFile(i int) int {
	s := sc.s
	if c := at(s, i-1); is(c, clAlnum) || c == '!' || c == '#' {
		return i // a part of another name, or of one that was tried already
	}
	dot := noteStem(s, i)
	if at(s, dot) != '.' {
		return i
	}
	for _, ext := range []string{"txt", "html", "htm", "hta", "rtf"} {
		end := dot + 1 + len(ext)
		if hasFold(s, dot+1, ext) && fileEnds(s, end) && validFileName(s[i:end]) {
			sc.emit(Value{Type: File, Value: s[i:end]}, i, end, 0, plain)
			return end
		}
	}
	return i
}

// fileEnds says that no name goes on at i; a full stop ends the sentence.
func fileEnds(s string, i int) bool {
	return !is(at(s, i), clToken) || at(s, i) == '.' && !is(at(s, i+1), clToken)
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
