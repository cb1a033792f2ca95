// Package indicator parses, normalises, finds and defangs the values one looks for in a log.
//
// A [Value] is one such thing in the form that travels: an address, a host, a URL, a
// digest, the name of a mutex. [Parse] makes one from a text of a known type;
// [Find], and [Finder] for a document line by line, look for them in whatever people
// write: Japanese and English prose, tables, CSV, JSON, logs, mail headers. [Defang]
// gives a value in the form in which it can be sent without harm, and Parse takes it
// back.
//
// Addresses kept for documentation (203.0.113.0/24, 2001:db8::/32, names under
// .example) are values like any others. Whether a value is the attacker's is not
// decided here: Find reports what is there, with a [Match.Confidence] that says how
// sure the reading is, not how bad the thing.
//
// All of it is pure: nothing is resolved, opened or sent, and the functions may be
// called from several goroutines at once. Time and memory grow in proportion to the
// text, whatever is in it.
package indicator

// A Type is what a value is: the name of a STIX Cyber-observable type where there
// is one, else a word of ours.
type Type string

// The types, with an example of each value. A type that is not listed is refused by
// [Parse], and no pattern is written for it.
const (
	IPv4      Type = "ipv4-addr"            // 203.0.113.77
	IPv6      Type = "ipv6-addr"            // 2001:db8::1, RFC 5952 form
	CIDR4     Type = "ipv4-cidr"            // 203.0.113.0/24; STIX writes it as ipv4-addr
	CIDR6     Type = "ipv6-cidr"            // 2001:db8::/32; STIX writes it as ipv6-addr
	Domain    Type = "domain-name"          // api.evil.example, lower case, IDN as punycode
	URL       Type = "url"                  // https://evil.example/a.php, scheme and host lower case
	Email     Type = "email-addr"           // a@evil.example, host lower case
	File      Type = "file"                 // with a Hash: the digest; without: a file name, no directory
	Path      Type = "directory"            // C:\ProgramData\mz\mzlock.exe: a path with or without a file name
	PDB       Type = "pdb-path"             // D:\work\x\Release\x.pdb: where the attacker built it
	Registry  Type = "windows-registry-key" // HKEY_LOCAL_MACHINE\SOFTWARE\X, the hive in full
	Mutex     Type = "mutex"                // Global\KRG-77aa-2026
	Service   Type = "service"              // MzUpdSvc: the short name, as sc.exe takes it
	Task      Type = "scheduled-task"       // \Microsoft\MzUpdateCheck, or the bare name
	UserAgent Type = "user-agent"           // KRG/1.2, without the name of the header
	Subject   Type = "email-subject"        // 【至急】請求書のご確認, decoded
	CVE       Type = "vulnerability"        // CVE-2024-21762 or JVNDB-2024-000001, JVN#12345678, JVNVU#91234567
	Technique Type = "attack-pattern"       // T1059.001
	Coin      Type = "cryptocurrency"       // an address to pay to, its checksum right
	SSDEEP    Type = "ssdeep"               // 3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C
	Imphash   Type = "imphash"              // of a program's imports, 32 hex digits
	JA3       Type = "ja3"                  // of a client's TLS hello, 32 hex digits
	JA3S      Type = "ja3s"                 // of a server's answer to it, 32 hex digits
	JARM      Type = "jarm"                 // 62 hex digits
	Cert      Type = "x509-certificate"     // by the digest of the whole certificate, which Hash names
)

// A Hash names an algorithm in the words of STIX.
//
// SPEC: STIX 2.1 §10.7 hash-algorithm-ov.
type Hash string

// The algorithms digests are known by. Their names are keys of STIX's hashes property.
const (
	NoHash Hash = ""
	MD5    Hash = "MD5"
	SHA1   Hash = "SHA-1"
	SHA256 Hash = "SHA-256"
	SHA512 Hash = "SHA-512"
)

// A Value is one thing to look for, in the form that travels. The zero Value is nothing.
// Two Values are the same indicator if they are ==.
type Value struct {
	Type  Type   // empty only in the zero Value
	Hash  Hash   // of a File or Cert given by digest; empty otherwise
	Value string // never defanged; compare it byte by byte
}

// IsZero says that there is no value.
func (v Value) IsZero() bool { return v == Value{} }

// A Match is a Value found in a text.
type Match struct {
	Value
	Raw        string // as it stood, defanged or not
	Start, End int    // byte offsets of Raw in the text
	Port       uint16 // the port that stood behind an address or host; 0: none
	Confidence int    // 0–100; below 50 a person should look
}

// Types lists the types a value can have, in the order in which a form offers them.
func Types() []Type {
	return []Type{
		IPv4, IPv6, CIDR4, CIDR6, Domain, URL, Email, File, Path, Cert, Registry, Mutex, Service, Task, UserAgent, Subject,
		JA3, JARM, SSDEEP, Imphash, CVE, Technique, Coin,
	}
}
