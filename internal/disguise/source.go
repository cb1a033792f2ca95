package disguise

// A source says where in a layer bytes were decoded from. The zero source is for bytes that
// stand as they are.
type source struct {
	list []int32 // offset of each byte and of the end; nil: the rest tells them

	grouping grouping
	lo       int     // where the first digit stands
	size     int     // bytes
	end      int     // offset behind the last digit
	at       []int32 // when set, offsets of the digits of a run that lines break, to which lo refers
}

// A grouping is how digits make bytes.
type grouping uint8

const (
	asItStands  grouping = iota
	twoToOne             // hexadecimal
	fourToThree          // base64
	eightToFive          // base32
)

// origin is the offset of the byte at i, or of the end.
func (s *source) origin(i int) int32 {
	switch {
	case s.list != nil:
		return s.list[i]
	case s.grouping == asItStands:
		return int32(i)
	case i >= s.size:
		return int32(s.end)
	}
	digit := s.lo
	switch s.grouping {
	case twoToOne:
		digit += 2 * i
	case fourToThree:
		digit += i/3*4 + i%3
	case eightToFive:
		digit += (8*i+12)/5 - 2 // the digit before the one that completes the byte
	}
	if s.at != nil {
		return s.at[digit+1] - 1 // before the digit that completes the byte
	}
	return int32(digit)
}
