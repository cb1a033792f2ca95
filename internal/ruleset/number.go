package ruleset

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/wakachi/wakachi/internal/fault"
)

// numbers gives each key an id in [base, base+span): the one its digest points to, or the next
// free one if an earlier key has it. Earlier is the order of the digests, so that the same
// keys always have the same ids, in whatever order they come. A key keeps its id from one
// list to the next unless a key with a smaller digest claims it; with 3,000 rules and
// 500,000 ids that moves about one rule in a hundred and sixty, and none of those that stay.
//
// Keys must be different from each other.
func numbers(keys []string, base, span uint32) (map[string]uint32, error) {
	if uint64(len(keys)) > uint64(span) {
		return nil, fault.New(fault.TooLarge, "ruleset.full", strconv.FormatUint(uint64(span), 10))
	}
	type claim struct {
		digest uint64
		key    string
	}
	claims := make([]claim, len(keys))
	for i, k := range keys {
		sum := sha256.Sum256([]byte(k))
		claims[i] = claim{binary.BigEndian.Uint64(sum[:8]), k}
	}
	slices.SortFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.digest, b.digest), cmp.Compare(a.key, b.key))
	})
	out := make(map[string]uint32, len(keys))
	free := make(nextFree, len(keys))
	for _, c := range claims {
		id := free.take(uint32(c.digest%uint64(span)), span)
		out[c.key] = base + id
	}
	return out, nil
}

// nextFree has, for each id that is taken, one further on that may be free. Ways are shortened
// as they are walked, so that a crowded range costs little more than an empty one.
type nextFree map[uint32]uint32

func (n nextFree) take(at, span uint32) uint32 {
	found := at
	for {
		next, taken := n[found]
		if !taken {
			break
		}
		found = next
	}
	after := uint32((uint64(found) + 1) % uint64(span))
	for at != found {
		at, n[at] = n[at], after
	}
	n[found] = after
	return found
}
