package hunt

import "bytes"

// followURL reads the URL whose host stands at text[at:end] and looks up every wanted URL that is
// the beginning of it. mark is the host's own entry.
func (s *scanner) followURL(text []byte, mark ID, at, end int) {
	if s.rules.URL == URLHost {
		s.report(mark, at, end, FormHost)
		return
	}
	encoded := hasFold(text, at-9, "%3a%2f%2f")
	s.url.start(text[at:end], text[:min(len(text), end+maxLocator)], end, encoded)
	whole := len(s.url.text)
	for _, n := range s.url.marks {
		form := FormBelow
		switch {
		case n == whole || onlyPunctuation(s.url.text[n:]) || bytes.IndexByte([]byte(",;)]}'"), s.url.text[n]) >= 0:
			form = FormExact
		case s.rules.URL == URLExact || s.rules.Exact:
			continue
		}
		s.pack.table.find(spaceURL, s.url.text[:n], func(id ID, _ *entry) bool {
			s.report(id, at, end, form)
			return true
		})
	}
}

func onlyPunctuation(t []byte) bool {
	return len(bytes.TrimLeft(t, ".,;:!?)]}'\"")) == 0
}

// followMail reads the mail address whose host stands at text[at:end].
func (s *scanner) followMail(text []byte, at, end int) {
	i := at
	switch {
	case peek(text, i-1) == '@':
		i--
	case hasFold(text, i-3, "%40"):
		i -= 3
	case hasFold(text, i-3, "[@]"):
		i -= 3
	case hasFold(text, i-4, "[at]") || hasFold(text, i-4, "(at)"):
		i -= 4
	default:
		return
	}
	start := i
	for start > 0 && i-start < 64 && (isToken(text[start-1]) || text[start-1] == '+') {
		start--
	}
	if cut, c := cutAtStart(text, start); cut > 1 && c < 0x80 && start+cut < i {
		start += cut
	}
	s.key = appendLower(s.key[:0], text[start:i])
	s.key = append(s.key, '@')
	s.key = appendLower(s.key, text[at:end])
	s.pack.table.find(spaceMail, s.key, func(id ID, _ *entry) bool {
		s.report(id, start, end, FormExact)
		return true
	})
}
