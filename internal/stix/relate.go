package stix

import (
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
)

// infrastructureTypes gives the vocabulary word of a role.
//
// SPEC: STIX 2.1 §10.9 infrastructure-type-ov.
var infrastructureTypes = map[parcel.Role]string{
	"c2":           "command-and-control",
	"delivery":     "hosting-malware",
	"exfiltration": "exfiltration",
	"origin":       "reconnaissance",
}

// roleNames are the names of infrastructure objects, fixed and about the attacker's side.
var roleNames = map[parcel.Role]string{
	"c2":           "不正通信先（C2） / command and control",
	"delivery":     "配布元 / delivery",
	"exfiltration": "外部送信先 / exfiltration",
	"origin":       "アクセス元 / origin of access",
	"resolved":     "名前解決先 / resolved addresses",
	"negotiation":  "連絡先 / contact points",
}

// malwareTypes gives the vocabulary word of a family token.
//
// SPEC: STIX 2.1 §10.13 malware-type-ov.
var malwareTypes = []string{
	"backdoor", "bot", "ddos", "downloader", "dropper", "keylogger", "ransomware",
	"remote-access-trojan", "rootkit", "screen-capture", "spyware", "trojan", "webshell",
	"wiper", "worm", "unknown",
}

// relate places infrastructure and malware objects and the relationships of everything.
func (b *builder) relate() {
	for _, role := range b.roles {
		b.placeInfrastructure(role, b.infrastructure[role])
	}
	if b.malware != nil {
		b.placeMalware(b.malware)
	}
}

func (b *builder) placeInfrastructure(role parcel.Role, c *cluster) {
	kind := infrastructureTypes[role]
	if kind == "" {
		kind = "unknown"
	}
	name := roleNames[role]
	if name == "" {
		name = kind
	}
	b.domain("infrastructure", object{"id": c.id, "name": b.word(name), "infrastructure_types": []string{kind}})
	for _, o := range c.observables {
		b.relationship(c.id, "consists-of", o)
	}
	for _, i := range c.indicators {
		b.relationship(i, "indicates", c.id)
	}
}

func (b *builder) placeMalware(c *cluster) {
	o := object{"id": c.id, "is_family": false}
	for _, f := range c.families {
		if slices.Contains(malwareTypes, f) {
			o["malware_types"] = append(stringsOf(o["malware_types"]), f)
		}
	}
	for _, id := range c.observables {
		if strings.HasPrefix(id, "file--") {
			o["sample_refs"] = append(stringsOf(o["sample_refs"]), id)
		}
	}
	b.domain("malware", o)
	for _, i := range c.indicators {
		b.relationship(i, "indicates", c.id)
	}
	if c2 := b.infrastructure["c2"]; c2 != nil {
		b.relationship(c.id, "beacons-to", c2.id)
	}
	if out := b.infrastructure["exfiltration"]; out != nil {
		b.relationship(c.id, "exfiltrates-to", out.id)
	}
	for _, p := range b.patterns {
		b.relationship(c.id, "uses", p)
	}
	for _, v := range b.weaknesses {
		b.relationship(c.id, "exploits", v)
	}
}

func (b *builder) relationship(source, kind, target string) {
	b.domain("relationship", object{"relationship_type": kind, "source_ref": source, "target_ref": target})
}

func stringsOf(v any) []string {
	s, _ := v.([]string)
	return s
}

// word gives fixed text, or a dash when the bundle must be plain.
func (b *builder) word(s string) string {
	if b.meta.Plain {
		return "-"
	}
	return s
}

// indicatorName says what an indicator is: type and the value as it travels.
func indicatorName(f parcel.Fact) string {
	what := string(f.Value.Type)
	if f.Value.Hash != indicator.NoHash {
		what = string(f.Value.Hash)
	}
	value := f.Value.Value
	if f.Like != nil {
		value = strings.Join(f.Like, "*")
	}
	return what + ": " + shortHive(value)
}

// shortHive writes a registry key as people do; the pattern keeps the full name.
func shortHive(key string) string {
	for _, h := range []struct{ long, short string }{
		{"HKEY_LOCAL_MACHINE", "HKLM"}, {"HKEY_CURRENT_USER", "HKCU"}, {"HKEY_USERS", "HKU"}, {"HKEY_CLASSES_ROOT", "HKCR"},
	} {
		if rest, ok := strings.CutPrefix(key, h.long); ok {
			return h.short + rest
		}
	}
	return key
}

// indicatorText tells a reader what to do with an indicator: what it was in the attack,
// how sure the sender is, and when it was seen.
func indicatorText(f parcel.Fact) string {
	ja, en, _ := strings.Cut(roleNames[f.Role], " / ")
	if ja == "" {
		ja, en = "攻撃に使われたもの", "used in the attack"
	}
	if f.Suspected {
		ja, en = ja+"（可能性）", en+" (suspected)"
	}
	seen := ""
	switch {
	case f.First != "" && f.Last != "" && f.First != f.Last:
		seen = " " + f.First + "/" + f.Last
	case f.First != "":
		seen = " " + f.First
	}
	return ja + " / " + en + seen
}
