package web

import "strings"

// A Line is one line of a comparison.
type Line struct {
	Mark string // "+" in the second only, "-" in the first only, "" in both
	Text string
}

// maxCompared bounds the work: it grows with the product of what is left once common ends are off.
const maxCompared = 2000

// Compare gives the lines of two texts as one text became the other, common ones once. Of texts that differ
// in more than 2,000 lines each all those lines count as exchanged.
func Compare(from, to string) []Line {
	a, b := strings.Split(strings.TrimRight(from, "\n"), "\n"), strings.Split(strings.TrimRight(to, "\n"), "\n")
	var head, tail []Line
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head, a, b = append(head, Line{"", a[0]}), a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail, a, b = append(tail, Line{"", a[len(a)-1]}), a[:len(a)-1], b[:len(b)-1]
	}
	out := append(head, between(a, b)...)
	for i := range tail {
		out = append(out, tail[len(tail)-1-i])
	}
	return out
}

// between finds the longest common sequence of lines.
func between(a, b []string) []Line {
	if len(a) > maxCompared || len(b) > maxCompared {
		return exchanged(a, b)
	}
	long := make([][]int32, len(a)+1)
	for i := range long {
		long[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				long[i][j] = long[i+1][j+1] + 1
			} else {
				long[i][j] = max(long[i+1][j], long[i][j+1])
			}
		}
	}
	var out []Line
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			out = append(out, Line{"", a[i]})
			i, j = i+1, j+1
		case long[i+1][j] >= long[i][j+1]:
			out = append(out, Line{"-", a[i]})
			i++
		default:
			out = append(out, Line{"+", b[j]})
			j++
		}
	}
	return append(out, exchanged(a[i:], b[j:])...)
}

func exchanged(a, b []string) []Line {
	var out []Line
	for _, l := range a {
		out = append(out, Line{"-", l})
	}
	for _, l := range b {
		out = append(out, Line{"+", l})
	}
	return out
}
