package classify

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/indicator"
)

var (
	programs = set("exe dll sys scr lnk js jse vbs vbe ps1 psm1 bat cmd hta msi msix jar apk elf so php php5 phtml asp aspx ashx asmx jsp jspx war sh py pl rb cpl ocx wsf xll docm xlsm xlsb pptm dotm xlam mips arm arm64 x86 x64 macho dylib plist cjs mjs fcgi cgi one iso img vhd vhdx chm url com pif bin dat tmp cs go node dmg pkg ipa dex appimage xpi crx so ko arm4 arm5 arm6 arm7 mipsel mpsl ppc sh4 m68k sparc x32")
	records  = set("log evtx evt pcap pcapng dmp mem e01 raw csv json jsonl ndjson md tsv")
)

// documents are what people write; the name of one is theirs unless something says that it
// was bait.
var documents = set("pdf doc docx xls xlsx ppt pptx odt ods rtf csv tsv txt jpg jpeg png gif mp4 pst db sql mdb accdb dwg dxf xml")

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

// A reason to take a file for what it is. Reasons are asked in order; the first that holds
// decides.
type fileReason struct {
	holds func(*sight, named) bool
	kind  incident.Kind
	role  incident.Role
	marks incident.Marks
	code  string
	point string
}

// named is a file name or path in lower case, with what its end tells.
type named struct {
	text, base, ext string
}

func nameOf(text string) named {
	low := strings.ToLower(text)
	base := low[strings.LastIndexAny(low, `\/`)+1:]
	return named{low, base, extension(base)}
}

// fileReasons: the attacker's file, a tool everybody has, evidence of our own, or what was
// stolen. What nothing says is the attacker's is a document of ours.
func fileReasons() []fileReason {
	return []fileReason{
		{isPDB, incident.Method, incident.Benign, 0, "kind.pdb-name", "ours"}, // its path says it all
		{listed("dual-use"), incident.Method, "", incident.DualUse, "kind.dual-use", "ours"},
		{listed("system-file"), incident.Method, incident.Benign, 0, "kind.system-file", "ours"},
		{func(s *sight, _ named) bool { return s.legitimate() || s.innocent() || s.calledGenuine() }, incident.Method, incident.Benign, 0, "kind.said-benign", "ours"},
		{func(s *sight, _ named) bool { return s.heldLine() }, incident.Vulnerability, "", incident.Unpatched, "kind.unpatched", "Q23"},
		{func(s *sight, _ named) bool { return s.webRequest() && !s.says("malware") }, incident.TargetSystem, incident.Own, 0, "kind.web-request", "Q10"},
		{func(s *sight, _ named) bool { return s.line("modified") && !s.says("malware") }, incident.TargetSystem, incident.Own, 0, "kind.modified", "Q10"},
		{func(s *sight, n named) bool { return s.says("note") || noteName(n.base, n.ext) }, incident.Malware, "", incident.Lure, "kind.ransom-note", "Q26"},
		{wasStolen, incident.Damage, "", incident.Stolen, "kind.stolen", "1-3"},
		{func(s *sight, n named) bool { return s.line("evidence") && !programs[n.ext] }, incident.ResponseTimeline, incident.Own, 0, "kind.evidence", "Q10"},
		{isMalware, incident.Malware, "", 0, "kind.file-name", "Q26"},
		{func(s *sight, _ named) bool { return s.says("lure") || s.lureMail }, incident.Malware, "", incident.Lure, "kind.lure", "Q26"},
		{always, incident.ResponseTimeline, incident.Own, 0, "kind.document", "Q10"},
	}
}

// pathReasons: a path on a web site or a share is the owner's, and only the file at its
// end may be the attacker's.
func pathReasons() []fileReason {
	return []fileReason{
		{isPDB, incident.Malware, "", 0, "kind.pdb", "Q26"},
		{onSite, incident.TargetSystem, incident.Own, 0, "kind.own-path", "Q10"},
		{func(s *sight, _ named) bool { return s.heldLine() }, incident.Malware, "", incident.Unpatched, "kind.unpatched", "Q23"},
		{func(s *sight, _ named) bool { return s.webRequest() || s.line("modified") }, incident.TargetSystem, incident.Own, 0, "kind.own-path", "Q10"},
		{wasStolen, incident.Damage, "", incident.Stolen, "kind.stolen", "1-3"},
		{listed("dual-use"), incident.Malware, "", incident.DualUse, "kind.dual-use", "ours"},
		{func(s *sight, n named) bool {
			return s.words.has("system-file", n.base) && strings.Contains(n.text, `\windows\system32\`)
		}, incident.Malware, incident.Benign, 0, "kind.system-file", "ours"},
		{inHiding, incident.Malware, "", 0, "kind.path", "Q26"},
		{func(s *sight, n named) bool { return programs[n.ext] || s.says("malware") || s.says("digest") }, incident.Malware, "", 0, "kind.path", "Q26"},
		{always, incident.TargetSystem, incident.Own, 0, "kind.own-path", "Q10"},
	}
}

func always(*sight, named) bool { return true }

func listed(sort string) func(*sight, named) bool {
	return func(s *sight, n named) bool { return s.words.has(sort, n.base) }
}

func isPDB(s *sight, n named) bool {
	return n.ext == "pdb" || n.text != n.base && has(s.reading.cues, "label", "pdb")
}

func wasStolen(s *sight, n named) bool { return s.says("stolen") && !programs[n.ext] }

// isMalware: a program, or a file called so. One without an extension was found only
// because a label named it.
func isMalware(s *sight, n named) bool {
	digest := s.says("digest") && !documents[n.ext] // of a document it only says which one
	return n.ext == "" || (programs[n.ext] || s.says("malware") || digest) && !records[n.ext]
}

// inHiding says whether a path lies where only an attacker keeps programs.
func inHiding(_ *sight, n named) bool {
	return strings.HasPrefix(n.text, "/var/tmp/") || strings.HasPrefix(n.text, "/dev/shm/") || strings.HasPrefix(n.text, "/tmp/")
}

// onSite says whether a path lies where a web server keeps its owner's pages, in a home
// directory, or on a share.
func onSite(_ *sight, n named) bool {
	if strings.HasPrefix(n.text, `\\`) {
		return true
	}
	for _, root := range []string{
		"/var/www/", "/srv/www/", "/usr/share/nginx/", "/htdocs/", `\inetpub\`, `\wwwroot\`, "/public_html/", "/home/",
		"/wp-content/", "/wp-includes/", "/wp-admin/",
	} {
		if strings.Contains(n.text, root) {
			return true
		}
	}
	return false
}

func (s *sight) decide(i *incident.Item, reasons []fileReason) {
	n := nameOf(i.Value.Value)
	for _, r := range reasons {
		if r.holds(s, n) {
			s.set(i, r.kind, r.code, r.point)
			i.Role, i.Marks = r.role, i.Marks|r.marks
			return
		}
	}
}

// file decides what a digest or a file name tells of.
func (s *sight) file(i *incident.Item) {
	if i.Value.Hash != indicator.NoHash {
		s.digest(i)
		return
	}
	s.decide(i, fileReasons())
}

// path decides what a path tells of. One of debugging information has a type of its own.
func (s *sight) path(i *incident.Item) {
	s.decide(i, pathReasons())
	if i.Reason.Code == "kind.pdb" {
		i.Value.Type = indicator.PDB
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
	low := strings.ToLower(s.reading.Text)
	for _, ext := range []string{".e01", ".ex01", ".aff4", ".dd ", ".raw", ".vmem", ".lime", ".ad1"} {
		if strings.Contains(low, ext) {
			return true
		}
	}
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
	case s.words.has("benign", i.Value.Value), s.innocent():
		s.set(i, incident.Method, "kind.said-benign", "ours")
		i.Role = incident.Benign
	case s.imaged(), s.says("evidence") && !s.says("lure") && !has(s.reading.cues, "role"):
		s.set(i, incident.ResponseTimeline, "kind.evidence", "Q10")
		i.Role = incident.Own
	case s.line("stolen") && !s.program():
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
		if c.entry.sort == "cert" && c.end <= m.Start && utf8.RuneCountInString(s.reading.Text[c.end:m.Start]) <= 48 &&
			!strings.ContainsAny(s.reading.Text[c.end:m.Start], "。;、") {
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
		if c.entry.sort != "negative" || c.entry.label != "legitimate" || c.start < m.End || gap(m, c) > farAway {
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

// calledGenuine says whether "正規の" or "legitimate" stands right before a name, and
// nothing says that the look deceives.
func (s *sight) calledGenuine() bool {
	m := s.match()
	before := strings.ToLower(strings.TrimRight(s.reading.Text[:m.Start], " 　「`'\""))
	after := head(s.reading.Text[m.End:], 12)
	for _, w := range []string{"正規の", "純正の", "legitimate", "genuine", "legit", "signed"} {
		if strings.HasSuffix(before, w) && !has(s.words.cues(after), "fake") {
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

// line is says for the line alone.
func (s *sight) line(label string) bool { return has(s.reading.cues, "file", label) }

// webRequest says whether the value is part of a request to a web server in an access
// log: a path on our own site.
func (s *sight) webRequest() bool {
	before := s.reading.Text[:s.match().Start]
	at := max(strings.LastIndex(before, `"GET `), strings.LastIndex(before, `"POST `), strings.LastIndex(before, `"PUT `), strings.LastIndex(before, `"HEAD `))
	return at >= 0 && !strings.Contains(before[at+1:], `"`)
}
