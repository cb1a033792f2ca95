package classify

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

var (
	programs = set("exe dll sys scr lnk js jse vbs vbe ps1 psm1 bat cmd hta msi msix jar apk elf so php php5 phtml asp aspx ashx asmx jsp jspx war sh py pl rb cpl ocx wsf xll one iso img vhd vhdx chm url com pif bin dat tmp cs go node")
	records  = set("log evtx evt pcap pcapng dmp mem e01 raw csv json jsonl ndjson md tsv")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}

// file decides what a digest or a file name tells of: the attacker's file, a tool
// everybody has, evidence of our own, or what was stolen.
func (s *sight) file(i *incident.Item) {
	if i.Value.Hash != indicator.NoHash {
		s.digest(i)
		return
	}
	name := strings.ToLower(i.Value.Value)
	ext := extension(name)
	evil := s.says("malware")
	switch {
	case ext == "pdb":
		s.set(i, incident.Method, "kind.pdb-name", "ours") // its path says it all
		i.Role = incident.Benign
	case s.words.has("dual-use", name):
		s.set(i, incident.Method, "kind.dual-use", "ours")
		i.Marks |= incident.DualUse
	case s.words.has("system-file", name):
		s.set(i, incident.Method, "kind.system-file", "ours")
		i.Role = incident.Benign
	case s.legitimate():
		s.set(i, incident.Method, "kind.said-benign", "ours")
		i.Role = incident.Benign
	case s.heldLine():
		s.set(i, incident.Vulnerability, "kind.unpatched", "Q23")
		i.Marks |= incident.Unpatched
	case s.webRequest() && !evil:
		s.set(i, incident.TargetSystem, "kind.web-request", "Q10")
		i.Role = incident.Own
	case s.near2("modified") && !evil:
		s.set(i, incident.TargetSystem, "kind.modified", "Q10")
		i.Role = incident.Own
	case s.says("note") || noteName(name, ext):
		s.set(i, incident.Malware, "kind.ransom-note", "Q26")
		i.Marks |= incident.Lure
	case s.says("stolen") && !programs[ext]:
		s.set(i, incident.Damage, "kind.stolen", "1-3")
		i.Marks |= incident.Stolen
	case s.near2("evidence") && !programs[ext]:
		s.set(i, incident.ResponseTimeline, "kind.evidence", "Q10")
		i.Role = incident.Own
	case ext == "" || (programs[ext] || evil) && !records[ext]: // without one, a label named it
		s.set(i, incident.Malware, "kind.file-name", "Q26")
	case s.says("lure") || s.lureMail:
		s.set(i, incident.Malware, "kind.lure", "Q26")
		i.Marks |= incident.Lure
	default: // a record, a document, or nothing that says it is the attacker's
		s.set(i, incident.ResponseTimeline, "kind.document", "Q10")
		i.Role = incident.Own
	}
}

// noteName recognises the names ransom notes have.
func noteName(name, ext string) bool {
	switch ext {
	case "txt", "html", "htm", "hta", "rtf":
	default:
		return false
	}
	for _, w := range []string{"readme", "read_me", "read-me", "restore", "decrypt", "recover", "how_to", "how-to", "howto", "ransom", "unlock", "your_files", "復号", "復元"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// images are what forensic tools write.
var images = set("e01 ex01 l01 ad1 aff4 dd raw mem vmem lime dmp")

// imaged says whether the line names a forensic image.
func (s *sight) imaged() bool {
	for _, m := range s.reading.matches {
		if m.Type == indicator.File && m.Hash == indicator.NoHash && images[extension(m.Value.Value)] {
			return true
		}
	}
	return false
}

// digest: the digest of a disk image shows whose disk it was.
func (s *sight) digest(i *incident.Item) {
	s.set(i, incident.Malware, "kind.hash", "Q26")
	switch {
	case s.imaged(), s.says("evidence") && !s.says("lure") && !has(s.reading.cues, "role"):
		s.set(i, incident.ResponseTimeline, "kind.evidence", "Q10")
		i.Role = incident.Own
	case s.near2("stolen") && !s.program():
		s.set(i, incident.Damage, "kind.stolen", "1-3")
		i.Marks |= incident.Stolen
	case s.legitimate():
		s.set(i, incident.Method, "kind.said-benign", "ours")
		i.Role = incident.Benign
	case s.ofCertificate():
		i.Value.Type = indicator.Cert
		s.set(i, incident.Destination, "kind.fingerprint", "Q27")
		i.Role = incident.C2
	}
}

// program says whether the line names a program, which the digest is then of.
func (s *sight) program() bool {
	for _, m := range s.reading.matches {
		if m.Type == indicator.File && m.Hash == indicator.NoHash && programs[extension(m.Value.Value)] {
			return true
		}
	}
	return has(s.reading.cues, "family")
}

// ofCertificate says whether the words right before a digest name a certificate.
func (s *sight) ofCertificate() bool {
	m := s.match()
	for _, c := range s.reading.cues {
		if c.entry.sort == "cert" && c.end <= m.Start && utf8.RuneCountInString(s.reading.Text[c.end:m.Start]) <= 30 &&
			!strings.ContainsAny(s.reading.Text[c.end:m.Start], "。;、,") {
			return true
		}
	}
	return false
}

// legitimate says whether the sentence calls the value harmless, and not something made to
// look so.
func (s *sight) legitimate() bool {
	m := s.match()
	for _, c := range s.reading.cues {
		if c.entry.sort != "negative" || c.entry.label != "legitimate" || c.start < m.End {
			continue
		}
		between := s.reading.Text[m.End:c.start]
		around := s.reading.Text[max(0, c.start-24):min(len(s.reading.Text), c.end+24)]
		if !strings.ContainsAny(between, "。;、") && !strings.Contains(between, ". ") && utf8.RuneCountInString(between) <= 40 &&
			!has(s.words.cues(strings.ToValidUTF8(around, "")), "fake") && s.last(c) {
			return true
		}
	}
	return false
}

// last says whether no other value of the kind stands between the value and a cue.
func (s *sight) last(c cue) bool {
	for _, m := range s.reading.matches[s.at+1:] {
		if m.End <= c.start && m.Type == s.match().Type {
			return false
		}
	}
	return true
}

// says looks for a word about files in the line, its column, or the lines above it.
func (s *sight) says(label string) bool {
	if has(s.reading.cues, "file", label) || has(s.words.cues(s.reading.column(s.match().Start)), "file", label) {
		return true
	}
	for _, p := range s.reading.parents {
		if has(p.cues, "file", label) && (p.Kind != incident.Heading || label == "malware") {
			return true
		}
	}
	return false
}

// near2 is says for the line alone.
func (s *sight) near2(label string) bool { return has(s.reading.cues, "file", label) }

// webRequest says whether the value is part of a request to a web server in an access
// log: a path on our own site.
func (s *sight) webRequest() bool {
	before := s.reading.Text[:s.match().Start]
	at := max(strings.LastIndex(before, `"GET `), strings.LastIndex(before, `"POST `), strings.LastIndex(before, `"PUT `), strings.LastIndex(before, `"HEAD `))
	return at >= 0 && !strings.Contains(before[at+1:], `"`)
}

// siteRoots are where a web server keeps the pages of its owner.
var siteRoots = []string{"/var/www/", "/srv/www/", "/usr/share/nginx/", "/htdocs/", `\inetpub\`, `\wwwroot\`, "/public_html/", "/home/", "/wp-content/", "/wp-includes/", "/wp-admin/", `\\`}

// path decides what a path tells of. A path on a web site or a share is the owner's, and
// only the file at its end may be the attacker's.
func (s *sight) path(i *incident.Item) {
	s.set(i, incident.Malware, "kind.path", "Q26")
	low := strings.ToLower(i.Value.Value)
	base := low[strings.LastIndexAny(low, `\/`)+1:]
	if has(s.reading.cues, "label", "pdb") || extension(base) == "pdb" {
		i.Value.Type = indicator.PDB
		s.set(i, incident.Malware, "kind.pdb", "Q26")
		return
	}
	for _, root := range siteRoots {
		if strings.HasPrefix(low, root) || root[0] != '\\' && strings.Contains(low, root) || strings.Contains(low, root) && root != `\\` {
			s.set(i, incident.TargetSystem, "kind.own-path", "Q10")
			i.Role = incident.Own
			return
		}
	}
	switch {
	case s.heldLine():
		i.Marks |= incident.Unpatched
	case s.webRequest() || s.near2("modified"):
		s.set(i, incident.TargetSystem, "kind.own-path", "Q10")
		i.Role = incident.Own
	case s.says("stolen") && !programs[extension(base)]:
		s.set(i, incident.Damage, "kind.stolen", "1-3")
		i.Marks |= incident.Stolen
	case s.words.has("dual-use", base):
		i.Marks |= incident.DualUse
	case s.words.has("system-file", base) && strings.Contains(low, `\windows\system32\`):
		i.Role = incident.Benign
	case !programs[extension(base)] && !s.says("malware"):
		s.set(i, incident.TargetSystem, "kind.own-path", "Q10")
		i.Role = incident.Own
	}
}
