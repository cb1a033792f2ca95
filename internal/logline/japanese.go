package logline

import "strings"

// japaneseStamp reads 2026年11月23日 12時34分56秒, 令和8年11月23日 午後0時34分 and the like, with
// digits of either width. Hour and minute must be there: a day alone is no time of a line.
func japaneseStamp(b []byte) (r reading, n int, ok bool) {
	p := &wide{b: clip(b, 128)}
	if r.year, ok = p.year(); !ok {
		return r, 0, false
	}
	if r.month, ok = p.numberBefore("月"); !ok {
		return r, 0, false
	}
	if r.day, ok = p.numberBefore("日"); !ok {
		return r, 0, false
	}
	p.skipWeekday()
	p.blanks()
	afternoon := p.eat("午後")
	half := afternoon || p.eat("午前")
	if !p.clock(&r) {
		return r, 0, false
	}
	if half {
		if r.hour > 12 {
			return r, 0, false
		}
		// 午前12時 and 午後0時 are noon as much as 午後12時 is midnight: only 0 to 11 are sure.
		if r.hour == 12 {
			return r, 0, false
		}
		if afternoon {
			r.hour += 12
		}
	}
	if i, ok := r.zone(p.b, p.i); ok {
		return r, i, ended(p.b, i)
	}
	return r, 0, false
}

// A wide reads numbers and words of either width.
type wide struct {
	b []byte
	i int
}

// year reads 2026年, 令和8年 and 令和元年.
func (p *wide) year() (int, bool) {
	before := 0
	switch {
	case p.eat("令和"):
		before = 2018
	case p.eat("平成"):
		before = 1988
	}
	if before > 0 && p.eat("元年") {
		return before + 1, true
	}
	v, ok := p.numberBefore("年")
	return before + v, ok && (before > 0) == (v < 100) && v > 0
}

// numberBefore reads a number and the word that must follow it.
func (p *wide) numberBefore(word string) (int, bool) {
	p.blanks()
	v, ok := p.number()
	p.blanks()
	return v, ok && p.eat(word)
}

// clock reads 12時34分56秒, 12時34分, 12:34:56 and 12:34.
func (p *wide) clock(r *reading) bool {
	var ok bool
	if r.hour, ok = p.number(); !ok {
		return false
	}
	colon := p.eat(":") || p.eat("：")
	if !colon && !p.eat("時") {
		return false
	}
	p.blanks()
	if r.minute, ok = p.number(); !ok {
		return false
	}
	if colon {
		if p.eat(":") || p.eat("：") {
			r.sec, ok = p.number()
			if ok && p.eat(".") {
				r.nano, p.i = fraction(p.b, p.i)
			}
		}
		return ok
	}
	if !p.eat("分") {
		return false
	}
	at := p.i
	p.blanks()
	if v, ok := p.number(); ok && p.eat("秒") {
		r.sec = v
		return true
	}
	p.i = at
	return true
}

// number reads one to four digits.
func (p *wide) number() (int, bool) {
	v, n := 0, 0
	for ; n < 5; n++ {
		d, size := p.digit()
		if size == 0 {
			break
		}
		v = v*10 + d
		p.i += size
	}
	return v, n > 0 && n < 5
}

func (p *wide) digit() (value, size int) {
	rest := p.b[p.i:]
	switch {
	case len(rest) > 0 && isDigit(rest[0]):
		return int(rest[0] - '0'), 1
	case len(rest) > 2 && rest[0] == 0xEF && rest[1] == 0xBC && rest[2]-0x90 < 10:
		return int(rest[2] - 0x90), 3
	}
	return 0, 0
}

func (p *wide) eat(word string) bool {
	if !strings.HasPrefix(string(p.b[p.i:min(len(p.b), p.i+len(word))]), word) {
		return false
	}
	p.i += len(word)
	return true
}

func (p *wide) blanks() {
	for p.eat(" ") || p.eat("　") {
	}
}

// skipWeekday leaves (月), （月） and (月曜日) away.
func (p *wide) skipWeekday() {
	at := p.i
	p.blanks()
	if !p.eat("(") && !p.eat("（") {
		p.i = at
		return
	}
	for _, d := range [...]string{"月", "火", "水", "木", "金", "土", "日"} {
		if !p.eat(d) {
			continue
		}
		p.eat("曜日")
		if p.eat(")") || p.eat("）") {
			return
		}
		break
	}
	p.i = at
}
