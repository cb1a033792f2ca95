package taxii

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
)

// cursors makes and reads next: when the last thing was added that was looked at, and which
// question it was, under a MAC. It holds all there is to know, so that any machine can go on
// and nothing is kept between two pages. It is in letters that a URL takes as they are.
type cursors struct{ key [sha256.Size]byte }

const (
	macSize    = 16
	cursorSize = 8 + len(filterSum{}) + macSize
)

var cursorText = base64.RawURLEncoding.Strict()

// newCursors derives the key, so that what was given may be the key of other things too.
func newCursors(key []byte) cursors {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("wakachi taxii next 1"))
	return cursors{[sha256.Size]byte(h.Sum(nil))}
}

// mac binds a cursor to whose question it answers.
func (c cursors) mac(body []byte, org party.OrgID) []byte {
	h := hmac.New(sha256.New, c.key[:])
	h.Write(body)
	h.Write([]byte(org))
	return h.Sum(nil)[:macSize]
}

func (c cursors) write(at time.Time, sum filterSum, org party.OrgID) string {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, cursorSize), uint64(at.UnixMicro()))
	b = append(b, sum[:]...)
	return cursorText.EncodeToString(append(b, c.mac(b, org)...))
}

// read gives where to go on. What was not made here, for this asker and this question, is
// fault.Usage.
func (c cursors) read(text string, sum filterSum, org party.OrgID) (time.Time, error) {
	if len(text) != cursorText.EncodedLen(cursorSize) {
		return time.Time{}, bad(byNext)
	}
	b, err := cursorText.DecodeString(text)
	if err != nil || len(b) != cursorSize {
		return time.Time{}, bad(byNext)
	}
	body, mac := b[:cursorSize-macSize], b[cursorSize-macSize:]
	if !hmac.Equal(mac, c.mac(body, org)) {
		return time.Time{}, bad(byNext)
	}
	if !slices.Equal(body[8:], sum[:]) {
		return time.Time{}, fault.New(fault.Usage, "taxii.other-query")
	}
	return time.UnixMicro(int64(binary.BigEndian.Uint64(body))).UTC(), nil
}
