package stix

import (
	"strconv"
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
)

// paths gives the object path a value of a type is compared with.
//
// SPEC: STIX 2.1 §9, §6; a scheduled task has no object of its own, so its entry in the
// registry stands for it.
var paths = map[indicator.Type]string{
	indicator.IPv4:      "ipv4-addr:value",
	indicator.IPv6:      "ipv6-addr:value",
	indicator.CIDR4:     "ipv4-addr:value",
	indicator.CIDR6:     "ipv6-addr:value",
	indicator.Domain:    "domain-name:value",
	indicator.URL:       "url:value",
	indicator.Email:     "email-addr:value",
	indicator.File:      "file:name",
	indicator.Registry:  "windows-registry-key:key",
	indicator.Mutex:     "mutex:name",
	indicator.Service:   "process:extensions.'windows-service-ext'.service_name",
	indicator.Task:      "windows-registry-key:key",
	indicator.UserAgent: "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
	indicator.Subject:   "email-message:subject",
	indicator.Imphash:   "file:extensions.'windows-pebinary-ext'.imphash",
	indicator.SSDEEP:    "file:hashes.SSDEEP",
	indicator.Coin:      "user-account:user_id",
}

const taskTree = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\`

// patternOf writes the detection pattern of an indicator fact and names its language:
// "stix", "suricata" for JA3 and JA3S, or "jarm" for a fingerprint no language speaks of.
// It is empty for a value that no pattern can express.
func patternOf(f parcel.Fact) (text, language string) {
	switch f.Value.Type {
	case indicator.JA3:
		return suricata("JA3", "ja3.hash", f.Value.Value), "suricata"
	case indicator.JA3S:
		return suricata("JA3S", "ja3s.hash", f.Value.Value), "suricata"
	case indicator.JARM:
		return f.Value.Value, "jarm"
	case indicator.Path:
		return pathPattern(f), "stix"
	case indicator.PDB:
		return yara(f), "yara"
	}
	path, ok := paths[f.Value.Type]
	if f.Value.Hash != indicator.NoHash {
		path, ok = hashPath(f.Value), true
	}
	if !ok {
		return "", ""
	}
	return "[" + comparison(path, f) + "]", "stix"
}

// suricata writes a rule that compares one buffer of the TLS handshake with a digest.
func suricata(name, buffer, digest string) string {
	return `alert tls any any -> any any (msg:"` + name + ` ` + digest + `"; ` + buffer + `; content:"` + digest + `"; sid:1; rev:1;)`
}

func hashPath(v indicator.Value) string {
	object := "file"
	if v.Type == indicator.Cert {
		object = "x509-certificate"
	}
	if v.Hash == indicator.MD5 {
		return object + ":hashes.MD5"
	}
	return object + ":hashes." + literal(string(v.Hash))
}

func comparison(path string, f parcel.Fact) string {
	switch {
	case f.Like != nil:
		return path + " LIKE " + literal(strings.Join(f.Like, "%"))
	case f.Value.Type == indicator.Task:
		return path + " = " + literal(taskTree+strings.TrimPrefix(f.Value.Value, `\`))
	case f.Value.Type == indicator.CIDR4 || f.Value.Type == indicator.CIDR6:
		return path + " ISSUBSET " + literal(f.Value.Value)
	}
	return path + " = " + literal(f.Value.Value)
}

// pathPattern compares the file name and, where one is left after generalising, the end
// of its directory.
func pathPattern(f parcel.Fact) string {
	path := f.Value.Value
	if f.Like != nil {
		path = strings.Join(f.Like, "%")
	}
	cut := strings.LastIndexAny(path, `\/`)
	if cut <= 0 {
		return "[file:name = " + literal(path[cut+1:]) + "]"
	}
	dir, name := path[:cut], path[cut+1:]
	if name == "" {
		return "[directory:path LIKE " + literal(dir) + "]"
	}
	return "[file:name LIKE " + literal(name) + " AND file:parent_directory_ref.path LIKE " + literal(dir) + "]"
}

// yara looks for the path of debugging information, which an observation pattern has no
// property for. A generalised path becomes a string for each of its fixed pieces.
func yara(f parcel.Fact) string {
	pieces := f.Like
	if pieces == nil {
		pieces = []string{f.Value.Value}
	}
	var b strings.Builder
	b.WriteString("rule pdb_path { strings:")
	n := 0
	for _, p := range pieces {
		if p = strings.Trim(p, `\/`); len(p) < 4 {
			continue
		}
		n++
		b.WriteString(" $s" + strconv.Itoa(n) + ` = "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p) + `" ascii wide`)
	}
	b.WriteString(" condition: all of them }")
	return b.String()
}

// literal writes a string literal of the pattern language.
//
// SPEC: STIX 2.1 §9.2: only \' and \\ are escapes.
func literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
