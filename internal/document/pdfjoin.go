package document

import "strings"

// marginLines is how many lines of a page must end at the same edge before the edge is a
// margin: a list of addresses has its longest, and no margin.
const marginLines = 3

// joinBroken puts values together that the margin broke: a URL, a path, a hash, a CVE id
// whose rest begins the next line, where it would not have fitted. Words are left broken.
// The margin is where several lines end, or, as on the left, at margin; zero: not known. It
// gives how many there were.
func joinBroken(lines []pdfLine, margin float64) int {
	edge := 0.0
	for _, l := range lines {
		edge = max(edge, l.right)
	}
	near := 0
	for _, l := range lines {
		if l.right > 0 && edge-l.right < 1.5*l.height {
			near++
		}
	}
	switch {
	case near < marginLines && margin <= 0:
		return 0
	case near < marginLines:
		edge = margin
	case margin > 0:
		edge = min(edge, margin)
	}
	joined := 0
	for i := 0; i+1 < len(lines); i++ {
		l := lines[i]
		head, tail := lastToken(l.text), firstToken(lines[i+1].text)
		room := l.height * (1 + 0.45*float64(len(tail)))
		full := l.right > 0 && edge-l.right < room
		if !full || !brokenValue(head, tail) {
			continue
		}
		lines[i].text += tail
		lines[i+1].text = strings.TrimPrefix(lines[i+1].text[len(tail):], " ")
		joined++
	}
	return joined
}

// lastToken gives the run of ASCII without blanks that ends a line.
func lastToken(s string) string {
	i := len(s)
	for i > 0 && s[i-1] > ' ' && s[i-1] < 0x7f {
		i--
	}
	return s[i:]
}

func firstToken(s string) string {
	i := 0
	for i < len(s) && s[i] > ' ' && s[i] < 0x7f {
		i++
	}
	return s[:i]
}

// brokenValue says that a token cannot end here, and that what follows can continue it.
func brokenValue(head, tail string) bool {
	if head == "" || tail == "" || strings.Contains(tail, "://") || strings.ContainsRune("-*|#<(\"'", rune(tail[0])) {
		return false
	}
	last := head[len(head)-1]
	switch {
	case isHex(head) && isHex(tail):
		switch len(head) + len(tail) {
		case 32, 40, 64, 96, 128:
			return true
		}
		return false
	case len(head) > 1 && strings.IndexByte("-_/\\@=&?%", last) >= 0:
		return !strings.HasPrefix(tail, "/")
	case strings.Contains(head, "://"), strings.Contains(head, `:\`):
		return strings.IndexByte(".,;:)]>\"'", last) < 0
	}
	return false
}

func isHex(s string) bool {
	return len(s) > 3 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}
