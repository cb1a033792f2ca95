package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/mod/sumdb/note"
)

// A manifest stands first in a backup and says what follows, in lines that people can read
// too. It is signed with the ledger's key like a checkpoint: an altered line shows.
//
//	wakachi backup 1
//	made 2026-07-01T09:00:00Z
//	program v1.0.0
//	entries 12
//	root 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
//	sha256 9f86d0…15b0f00a08 178 ledger.pub
type manifest struct {
	made    time.Time // UTC, to the second
	program string    // the version that made it, one word
	entries int64     // of the ledger; -1 if the copy was of another version and not looked through
	root    string    // of the ledger; empty with no entries, and if not looked through
	members []member
}

// A member is one file of a backup.
type member struct {
	name string
	size int64
	sum  [sha256.Size]byte
}

const (
	manifestFile  = "manifest"
	manifestFirst = "wakachi backup "
	manifestForm  = "1" // raised when an older program could no longer restore what is written
	maxManifest   = 16 << 10
	maxKey        = 4 << 10
)

// inBackup are the members behind the manifest, in their order. There are no others.
var inBackup = [...]string{publicFile, keyFile, databaseFile}

var errManifest = errors.New("store: not a manifest")

func (m manifest) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\nmade %s\nprogram %s\nentries %d\nroot %s\n",
		manifestFirst, manifestForm, m.made.UTC().Format(time.RFC3339), m.program, m.entries, m.root)
	for _, x := range m.members {
		fmt.Fprintf(&b, "sha256 %x %d %s\n", x.sum, x.size, x.name)
	}
	return b.String()
}

// readManifest reads what String writes, and nothing else.
func readManifest(text string) (manifest, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5+len(inBackup)+1 {
		return manifest{}, errManifest
	}
	var m manifest
	m.made, _ = time.Parse(time.RFC3339, strings.TrimPrefix(lines[1], "made "))
	m.program = strings.TrimPrefix(lines[2], "program ")
	m.entries, _ = strconv.ParseInt(strings.TrimPrefix(lines[3], "entries "), 10, 64)
	m.root = strings.TrimPrefix(lines[4], "root ")
	for i, name := range inBackup {
		x, err := readMember(lines[5+i])
		if err != nil || x.name != name || name != databaseFile && x.size > maxKey {
			return manifest{}, errManifest
		}
		m.members = append(m.members, x)
	}
	if m.String() != text { // whatever was misread above does not come out as it went in
		return manifest{}, errManifest
	}
	return m, nil
}

func readMember(line string) (member, error) {
	f := strings.Split(line, " ")
	if len(f) != 4 {
		return member{}, errManifest
	}
	sum, err := hex.DecodeString(f[1])
	if err != nil || len(sum) != sha256.Size {
		return member{}, errManifest
	}
	size, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil || size < 0 {
		return member{}, errManifest
	}
	return member{f[3], size, [sha256.Size]byte(sum)}, nil
}

// word makes one word of a version, fit for a signed line.
func word(s string) string {
	s = strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsGraphic(r) || r == ' ' {
			return '_'
		}
		return r
	}, s)
	if s == "" {
		return "_"
	}
	return s
}

// sign gives the manifest as it stands in a backup.
func (m manifest) sign(key note.Signer) ([]byte, error) {
	return note.Sign(&note.Note{Text: m.String()}, key)
}

// openManifest verifies a manifest with the public half that stands behind it.
func openManifest(signed, public []byte) (manifest, error) {
	key, err := note.NewVerifier(string(bytes.TrimSpace(public)))
	if err != nil {
		return manifest{}, err
	}
	n, err := note.Open(signed, note.VerifierList(key))
	if err != nil {
		return manifest{}, err
	}
	return readManifest(n.Text)
}
