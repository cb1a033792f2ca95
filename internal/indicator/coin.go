package indicator

import (
	"crypto/sha256"
	"math/big"
	"strings"
)

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// isCoin says that s is an address of Bitcoin (base58check or bech32, checksum
// verified), Ethereum (shape only) or Monero (shape only).
func isCoin(s string) bool {
	switch {
	case s == "":
		return false
	case len(s) == 42 && s[0] == '0' && lower(s[1]) == 'x':
		return all(s[2:], clHex) && !oneKind(s[2:])
	case len(s) >= 26 && len(s) <= 35 && (s[0] == '1' || s[0] == '3'):
		return base58check(s)
	case len(s) >= 14 && len(s) <= 90 && hasFold(s, 0, "bc1"):
		return bech32(s)
	case len(s) == 95:
		return isMonero(s)
	}
	return false
}

// isMonero says that 95 characters have the shape of an address on Monero's main net.
// Its checksum is Keccak, which the standard library does not have; it is not verified.
func isMonero(s string) bool {
	return (s[0] == '4' || s[0] == '8') && strings.IndexByte("123456789AB", s[1]) >= 0 && strings.Trim(s, base58) == "" && mixed(s)
}

// mixed says that s has capitals, small letters and digits.
func mixed(s string) bool {
	return strings.ToLower(s) != s && strings.ToUpper(s) != s && strings.ContainsAny(s, "23456789")
}

// base58check verifies a pay-to-public-key-hash or pay-to-script-hash address.
func base58check(s string) bool {
	n, radix := new(big.Int), big.NewInt(58)
	for i := 0; i < len(s); i++ {
		d := strings.IndexByte(base58, s[i])
		if d < 0 {
			return false
		}
		n.Add(n.Mul(n, radix), big.NewInt(int64(d)))
	}
	if n.BitLen() > 25*8 {
		return false
	}
	var raw [25]byte
	n.FillBytes(raw[:])
	if raw[0] != 0 && raw[0] != 5 || (raw[0] == 0) != (s[0] == '1') {
		return false
	}
	one := sha256.Sum256(raw[:21])
	two := sha256.Sum256(one[:])
	return string(two[:4]) == string(raw[21:])
}

// bech32 verifies a segregated-witness address.
//
// SPEC: BIP-173 and BIP-350: the polymod is 1 for witness version 0, 0x2bc830a3 above.
func bech32(s string) bool {
	if strings.ToLower(s) != s && strings.ToUpper(s) != s {
		return false
	}
	s = strings.ToLower(s)
	generator := [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	sum := uint32(1)
	step := func(v uint32) {
		top := sum >> 25
		sum = (sum&0x1ffffff)<<5 ^ v
		for k, g := range generator {
			if top>>k&1 == 1 {
				sum ^= g
			}
		}
	}
	for _, v := range []uint32{3, 3, 0, 'b' & 31, 'c' & 31} {
		step(v)
	}
	for i := 3; i < len(s); i++ {
		v := strings.IndexByte("qpzry9x8gf2tvdw0s3jn54khce6mua7l", s[i])
		if v < 0 {
			return false
		}
		step(uint32(v))
	}
	return s[3] == 'q' && sum == 1 || s[3] != 'q' && sum == 0x2bc830a3
}
