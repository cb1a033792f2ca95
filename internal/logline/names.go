package logline

import (
	"bytes"
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/zones.tsv
var zonesTable string

// A zoneRow is what a name of a zone stands for.
type zoneRow struct {
	east      int // seconds
	ambiguous bool
}

var zones = sync.OnceValue(func() map[string]zoneRow {
	out := map[string]zoneRow{}
	for line := range strings.Lines(zonesTable) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 2 {
			continue
		}
		minutes, err := strconv.Atoi(f[1])
		out[f[0]] = zoneRow{minutes * 60, err != nil}
	}
	return out
})

// zoneName reads the name of a zone that begins at j. A word that is no zone is left alone.
func (r *reading) zoneName(b []byte, i, j int) (int, bool) {
	end := j
	for end < len(b) && b[end] >= 'A' && b[end] <= 'Z' {
		end++
	}
	if end-j < 3 || end-j > 5 || !ended(b, end) {
		return i, true
	}
	z, ok := zones()[string(b[j:end])]
	if !ok {
		return i, true
	}
	r.east, r.zoned = z.east, true
	return end, !z.ambiguous
}

// month gives the number of the month whose three letters b begins with, 0 if there is none.
func month(b []byte) int {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	return three(names, b)
}

// weekday gives the length of the day of the week that b begins with, 0 if there is none.
func weekday(b []byte) int {
	const names = "montuewedthufrisatsun"
	if three(names, b) == 0 {
		return 0
	}
	n := 3
	for n < len(b) && n < 9 && isLetter(b[n]) {
		n++
	}
	if n > 3 && !bytes.EqualFold(b[n-3:n], []byte("day")) {
		return 0
	}
	return n
}

func three(names string, b []byte) int {
	if len(b) < 3 {
		return 0
	}
	x, y, z := b[0]|0x20, b[1]|0x20, b[2]|0x20
	for i := 0; i < len(names); i += 3 {
		if names[i] == x && names[i+1] == y && names[i+2] == z {
			return i/3 + 1
		}
	}
	return 0
}
