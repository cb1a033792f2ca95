package indicator

import "strings"

// vulnerability reads a CVE or JVN identifier in a token, such as
// "Exploit.CVE-2017-11882.H", and gives its normal form and place.
func vulnerability(s string, i, j int) (id string, a, b int, ok bool) {
	for a = i; a+12 < j+1; a++ {
		if lower(s[a]) == 'c' && hasFold(s[:j], a, "cve") && !is(at(s, a-1), clAlnum) {
			if id, b, ok = cve(s, a+3, j); ok {
				return id, a, b, true
			}
		}
	}
	return "", i, j, false
}

// cve reads "-2021-44228" at i.
//
// SPEC: CVE ID syntax of 2014: four digits or more.
func cve(s string, i, j int) (string, int, bool) {
	if at(s, i) != '-' && at(s, i) != '_' || j-i < 10 || !all(s[i+1:i+5], clDigit) || s[i+5] != '-' && s[i+5] != '_' {
		return "", i, false
	}
	year, end := s[i+1:i+5], i+6
	for end < j && is(s[end], clDigit) {
		end++
	}
	number := s[i+6 : end]
	if year < "1999" || year > "2099" || len(number) < 4 || len(number) > 8 || end < j && is(s[end], clAlnum) {
		return "", i, false
	}
	return "CVE-" + year + "-" + number, end, true
}

// jvn reads the identifiers of Japan Vulnerability Notes at i: JVNDB-2024-000001,
// JVN#12345678, JVNVU#91234567, JVNTA#91234567.
func jvn(s string, i int) (id string, end int, ok bool) {
	if !hasFold(s, i, "jvn") {
		return "", i, false
	}
	if hasFold(s, i, "jvndb-") {
		end, ok = jvndb(s, i+6)
	} else {
		end = i + 3
		if hasFold(s, end, "vu") || hasFold(s, end, "ta") {
			end += 2
		}
		ok = at(s, end) == '#' && len(s) >= end+9 && all(s[end+1:end+9], clDigit)
		end += 9
	}
	if !ok || is(at(s, end), clAlnum) {
		return "", i, false
	}
	return strings.ToUpper(s[i:end]), end, true
}

// jvndb reads "2024-000001" at i.
func jvndb(s string, i int) (end int, ok bool) {
	end = i + 11
	return end, len(s) >= end && all(s[i:i+4], clDigit) && s[i+4] == '-' && all(s[i+5:end], clDigit)
}

// isTechnique says that a token is the id of an ATT&CK technique or sub-technique.
// Numbers that the three matrices do not use are left to product names.
//
// SPEC: MITRE ATT&CK v17: Enterprise and Mobile T1001–T1699, ICS T0800–T0899.
func isTechnique(s string) bool {
	if len(s) != 5 && len(s) != 9 || s[0] != 'T' && s[0] != 't' || !all(s[1:5], clDigit) {
		return false
	}
	if n := s[1:5]; !(n >= "1001" && n <= "1699") && !(n >= "0800" && n <= "0899") {
		return false
	}
	return len(s) == 5 || s[5] == '.' && s[6] == '0' && all(s[7:], clDigit) && s[6:] != "000"
}

// identifier reports a CVE, JVN or ATT&CK id in the token from i to j, and gives
// where to go on; i if there is none. bits are the classes of the token's bytes.
func (sc *scanner) identifier(i, j int, bits uint8) int {
	s := sc.s
	switch lower(s[i]) {
	case 'j':
		if id, end, ok := jvn(s, i); ok {
			sc.emit(Value{Type: CVE, Value: id}, i, end, 0, sure)
			return end
		}
	case 't':
		b := j
		for b > i && s[b-1] == '.' {
			b--
		}
		if s[i] == 'T' && isTechnique(s[i:b]) {
			sc.emit(Value{Type: Technique, Value: s[i:b]}, i, b, 0, high)
			return j
		}
	}
	if j-i >= 13 && bits&(clDash|clUnder) != 0 && bits&clDigit != 0 {
		if id, a, b, ok := vulnerability(s, i, j); ok {
			sc.emit(Value{Type: CVE, Value: id}, a, b, 0, sure)
			if a > i {
				return j
			}
			return b
		}
	}
	return i
}
