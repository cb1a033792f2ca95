package typeset

import (
	"encoding/binary"
	"slices"
)

// subset gives the font with the outlines that are used and no others. Glyphs keep their numbers.
func (f *typeface) subset() []byte {
	keep := f.used()
	long := binary.BigEndian.Uint16(f.tables["head"][50:]) != 0
	old := f.tables["loca"]
	offset := func(g int) (int, bool) {
		if long {
			if 4*g+4 > len(old) {
				return 0, false
			}
			return int(binary.BigEndian.Uint32(old[4*g:])), true
		}
		if 2*g+2 > len(old) {
			return 0, false
		}
		return 2 * int(binary.BigEndian.Uint16(old[2*g:])), true
	}
	n := f.face.NumGlyphs()
	var glyf []byte
	loca := make([]byte, 0, 4*(n+1))
	for g := range n {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if !keep[uint16(g)] {
			continue
		}
		from, ok := offset(g)
		to, ok2 := offset(g + 1)
		if ok && ok2 && from < to && to <= len(f.tables["glyf"]) {
			glyf = append(glyf, f.tables["glyf"][from:to]...)
			for len(glyf)%4 != 0 {
				glyf = append(glyf, 0)
			}
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head := slices.Clone(f.tables["head"])
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	binary.BigEndian.PutUint32(head[8:], 0)
	parts := map[string][]byte{"head": head, "loca": loca, "glyf": glyf, "hmtx": f.advances(keep)}
	for _, name := range []string{"cvt ", "fpgm", "hhea", "maxp", "prep"} {
		if t := f.tables[name]; len(t) > 0 {
			parts[name] = t
		}
	}
	return assemble(parts)
}

// advances gives the table of widths with nothing for what is not used, since nothing packs well.
//
// SPEC: OpenType, hmtx: as many pairs as hhea says, and the bearing of each glyph after those
func (f *typeface) advances(keep map[uint16]bool) []byte {
	out := slices.Clone(f.tables["hmtx"])
	pairs := int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	for g := range f.face.NumGlyphs() {
		if keep[uint16(g)] {
			continue
		}
		from, to := 4*g, 4*g+4
		if g >= pairs {
			from, to = 4*pairs+2*(g-pairs), 4*pairs+2*(g-pairs)+2
		} else if g == pairs-1 {
			continue // the last one stands for all that follow
		}
		if to <= len(out) {
			clear(out[from:to])
		}
	}
	return out
}

// used lists the glyphs that are drawn, and those that they are put together from.
func (f *typeface) used() map[uint16]bool {
	keep := map[uint16]bool{0: true}
	var add func(g uint16, depth int)
	add = func(g uint16, depth int) {
		if keep[g] && g != 0 || depth > 8 {
			return
		}
		keep[g] = true
		for _, part := range f.components(g) {
			add(part, depth+1)
		}
	}
	for _, g := range f.glyphs[1:] {
		add(g, 0)
	}
	return keep
}

// components lists the glyphs a composite glyph is made of.
//
// SPEC: OpenType, glyf: Composite Glyph Description
func (f *typeface) components(g uint16) []uint16 {
	old, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to int
	if binary.BigEndian.Uint16(f.tables["head"][50:]) != 0 {
		if 4*int(g)+8 > len(old) {
			return nil
		}
		from, to = int(binary.BigEndian.Uint32(old[4*int(g):])), int(binary.BigEndian.Uint32(old[4*int(g)+4:]))
	} else {
		if 2*int(g)+4 > len(old) {
			return nil
		}
		from, to = 2*int(binary.BigEndian.Uint16(old[2*int(g):])), 2*int(binary.BigEndian.Uint16(old[2*int(g)+2:]))
	}
	if from+10 > to || to > len(glyf) || int16(binary.BigEndian.Uint16(glyf[from:])) >= 0 {
		return nil
	}
	var out []uint16
	for at := from + 10; at+4 <= to; {
		flags := binary.BigEndian.Uint16(glyf[at:])
		out = append(out, binary.BigEndian.Uint16(glyf[at+2:]))
		at += 6
		if flags&0x0001 != 0 { // arguments are words
			at += 2
		}
		switch {
		case flags&0x0008 != 0: // a scale
			at += 2
		case flags&0x0040 != 0: // two
			at += 4
		case flags&0x0080 != 0: // a matrix
			at += 8
		}
		if flags&0x0020 == 0 { // no more
			break
		}
	}
	return out
}

// assemble writes tables as a font file.
func assemble(parts map[string][]byte) []byte {
	names := make([]string, 0, len(parts))
	for name := range parts {
		names = append(names, name)
	}
	slices.Sort(names)
	n := len(names)
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, power * 16, log, n*16 - power*16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*n
	var body []byte
	for _, name := range names {
		part := parts[name]
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, checksum(part))
		out = binary.BigEndian.AppendUint32(out, uint32(at+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(part)))
		body = append(body, part...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	return append(out, body...)
}

func checksum(b []byte) (sum uint32) {
	for i := 0; i < len(b); i += 4 {
		var word [4]byte
		copy(word[:], b[i:min(len(b), i+4)])
		sum += binary.BigEndian.Uint32(word[:])
	}
	return sum
}
