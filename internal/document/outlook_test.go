package document

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// A node is a storage or, with data, a stream of a file made by a test.
type node struct {
	name  string
	data  []byte
	inner []node
}

// compoundOf writes a compound file: every stream in sectors of its own, small ones in the
// small stream. Siblings hang in a chain to the right.
func compoundOf(root ...node) []byte {
	le := binary.LittleEndian
	var fat, miniFAT []uint32
	var body, mini []byte
	var dir [][]byte
	store := func(data []byte, table *[]uint32, to *[]byte, unit int) uint32 {
		if len(data) == 0 {
			return endOfChain
		}
		start := uint32(len(*table))
		for n := (len(data) + unit - 1) / unit; n > 0; n-- {
			next := uint32(len(*table) + 1)
			if n == 1 {
				next = endOfChain
			}
			*table = append(*table, next)
		}
		*to = append(*to, data...)
		*to = append(*to, make([]byte, (unit-len(data)%unit)%unit)...)
		return start
	}
	var add func(n node) int
	add = func(n node) int {
		at := len(dir)
		e := make([]byte, 128)
		dir = append(dir, e)
		copy(e, wide(n.name, false))
		le.PutUint16(e[64:], uint16(len(wide(n.name, false))+2))
		for _, off := range []int{68, 72, 76} {
			le.PutUint32(e[off:], 0xffffffff)
		}
		e[66] = 1
		if n.data != nil {
			e[66] = 2
			if len(n.data) < miniCutoff {
				le.PutUint32(e[116:], store(n.data, &miniFAT, &mini, miniSector))
			} else {
				le.PutUint32(e[116:], store(n.data, &fat, &body, 512))
			}
			le.PutUint64(e[120:], uint64(len(n.data)))
		}
		link := e[76:]
		for _, child := range n.inner {
			i := add(child)
			le.PutUint32(link, uint32(i))
			link = dir[i][72:]
		}
		return at
	}
	add(node{name: "Root Entry", inner: root})
	dir[0][66] = 5
	le.PutUint32(dir[0][116:], store(mini, &fat, &body, 512))
	words := func(t []uint32) (b []byte) {
		for _, v := range t {
			b = le.AppendUint32(b, v)
		}
		return append(b, bytes.Repeat([]byte{0xff}, (512-len(b)%512)%512)...)
	}
	miniAt := store(words(miniFAT), &fat, &body, 512)
	dirAt := store(bytes.Join(dir, nil), &fat, &body, 512)
	head := make([]byte, 512)
	copy(head, compoundMagic)
	le.PutUint16(head[26:], 3)
	le.PutUint16(head[30:], 9)
	for i := 76; i < 512; i += 4 {
		le.PutUint32(head[i:], 0xffffffff)
	}
	first := len(fat)
	sectors := (first + 127) / 128
	for (first+sectors+127)/128 > sectors {
		sectors++
	}
	for i := range sectors {
		fat = append(fat, 0xfffffffd)
		le.PutUint32(head[76+4*i:], uint32(first+i))
	}
	le.PutUint32(head[44:], uint32(sectors))
	le.PutUint32(head[48:], dirAt)
	le.PutUint32(head[60:], miniAt)
	le.PutUint32(head[68:], endOfChain)
	return bytes.Join([][]byte{head, body, words(fat)}, nil)
}

func prop(id, typ uint32, data []byte) node {
	return node{name: fmt.Sprintf("__substg1.0_%04X%04X", id, typ), data: append([]byte{}, data...)}
}

func uni(id uint32, s string) node { return prop(id, typeUnicode, wide(s, false)) }

// fixed writes the stream of properties that have no stream of their own.
func fixed(skip int, values map[uint32]uint64) node {
	b := make([]byte, skip)
	for tag, v := range values {
		b = binary.LittleEndian.AppendUint32(b, tag)
		b = binary.LittleEndian.AppendUint32(b, 6)
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return node{name: messageProperties, data: b}
}

// packedRTF wraps RTF in the form that is not compressed.
func packedRTF(s string) []byte {
	b := make([]byte, 16)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(s)))
	binary.LittleEndian.PutUint32(b[8:], 0x414c454d)
	return append(b, s...)
}

func sampleMSG(t testing.TB) []byte {
	inner := []node{
		fixed(24, nil), uni(propSubject, "転送された報告"), uni(propBody, "内側 198.51.100.9\r\n"),
	}
	return compoundOf(
		fixed(32, map[uint32]uint64{propSubmitTime<<16 | typeTime: 134229516620000000, propMessageCP<<16 | typeInt: 932, propInternetCP<<16 | typeInt: 50220}),
		prop(propSubject, 0x001e, sjis(t, "【至急】見積依頼")),
		uni(0x0042, "支払い担当"), uni(0x0065, "pay@evil.example"),
		uni(propHeaders, "Received: from mail.evil.example ([203.0.113.50])\r\n by mx\r\nSubject: =?UTF-8?B?44CQ6Iez5oCl44CR6KaL56mN5L6d6aC8?=\r\n\r\n"),
		uni(propBody, "お世話になっております。\r\nhttp://evil.example/a 𠮷田\r\n"),
		prop(propHTML, typeBinary, []byte("<html><body><a href=\"http://evil.example/h\">\x1b$B8+@Q\x1b(B</a></body></html>")),
		uni(0x0070, "見積依頼"),
		node{name: "__recip_version1.0_#00000000", inner: []node{fixed(8, map[uint32]uint64{propRecipient<<16 | typeInt: 1}), uni(propDisplayName, "高梨"), uni(propSMTP, "takanashi@victim.example")}},
		node{name: "__recip_version1.0_#00000001", inner: []node{fixed(8, map[uint32]uint64{propRecipient<<16 | typeInt: 3}), uni(propDisplayName, "secret@victim.example")}},
		node{name: "__attach_version1.0_#00000000", inner: []node{fixed(8, nil), uni(propAttachLong, "../ログ.txt"), prop(propAttachData, typeBinary, []byte("203.0.113.9 GET /\n"))}},
		node{name: "__attach_version1.0_#00000001", inner: []node{fixed(8, map[uint32]uint64{propAttachMethod<<16 | typeInt: 5}), uni(propDisplayName, "転送"), {name: "__substg1.0_3701000D", inner: inner}}},
		node{name: "__attach_version1.0_#00000002", inner: []node{fixed(8, nil), uni(propAttachLong, "big.txt"), prop(propAttachData, typeBinary, []byte(strings.Repeat("line of a log\n", 400)))}},
		node{name: "__attach_version1.0_#00000003", inner: []node{fixed(8, nil), uni(propAttachLong, "cloud.docx")}},
	)
}

func TestOutlookMessageIsReadWithItsAttachments(t *testing.T) {
	got := show(mustRead(t, "a.msg", sampleMSG(t)))
	want := `a.msg:1 header Received: from mail.evil.example ([203.0.113.50]) by mx
a.msg:3 header Subject: 【至急】見積依頼
a.msg:4 header From: 支払い担当 <pay@evil.example>
a.msg:5 header Date: 2026-05-11T05:41:02Z
a.msg:6 header To: 高梨 <takanashi@victim.example>
a.msg:7 header Bcc: secret@victim.example
a.msg:7 hidden property 0070: 見積依頼
a.msg/body:1 prose お世話になっております。
a.msg/body:2 prose http://evil.example/a 𠮷田
a.msg/body.html:1 hidden href: http://evil.example/h
a.msg/body.html:1 prose 見積
a.msg/ログ.txt:1 prose 203.0.113.9 GET /
a.msg/転送.msg:1 header Subject: 転送された報告
a.msg/転送.msg/body:1 prose 内側 198.51.100.9
a.msg/big.txt:1 prose line of a log
`
	if !strings.HasPrefix(got, want) {
		t.Errorf("--- got\n%s--- want\n%s", got, want)
	}
	res := mustRead(t, "a.msg", sampleMSG(t))
	if n := res.Notes[len(res.Notes)-1]; n.File != "a.msg/big.txt" || len(n.Lines) != 400 {
		t.Errorf("%s has %d lines", n.File, len(n.Lines))
	}
	if len(res.Skipped) != 1 || res.Skipped[0].Err.Code != "document.link" || len(res.Doubts) != 1 {
		t.Errorf("%v %v", res.Skipped, res.Doubts)
	}
}

func TestOutlookBodyInRTF(t *testing.T) {
	read := func(rtf string, more ...node) string {
		nodes := append([]node{fixed(32, nil), prop(propRTF, typeBinary, packedRTF(rtf))}, more...)
		return show(mustRead(t, "a.msg", compoundOf(nodes...)))
	}
	for _, row := range []struct{ rtf, want string }{
		{`{\rtf1\ansi\ansicpg932{\fonttbl{\f0\fcharset128 MS;}}{\colortbl;\red0;}\f0 a\'8c\'a9\'90\'cf\par b\u-10174?\u-8265?{\*\generator x;}{\field{\*\fldinst HYPERLINK "http://evil.example/"}{\fldrslt c}}}`,
			"a.msg/body.rtf:1 prose a見積\na.msg/body.rtf:2 prose b𠮷HYPERLINK \"http://evil.example/\"c\n"},
		{`{\rtf1\ansi\fromhtml1 {\fonttbl{\f0 A;}}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Hi {\*\htmltag84 <a href="http://evil.example/">}\htmlrtf {\field{\*\fldinst x}\htmlrtf0 you{\*\htmltag92 </a>}\htmlrtf }}\htmlrtf0 {\*\htmltag72 </p>}}`,
			"a.msg/body.html:1 hidden href: http://evil.example/\na.msg/body.html:1 prose Hi you\n"},
	} {
		if got := read(row.rtf); got != row.want {
			t.Errorf("--- got\n%s--- want\n%s", got, row.want)
		}
	}
	if got := read(`{\rtf1 same\par}`, uni(propBody, "same\r\n")); got != "a.msg/body:1 prose same\n" {
		t.Errorf("text told twice: %s", got)
	}
}

// The example of the specification.
//
// SPEC: MS-OXRTFCP §3.1.1, §3.1.2.
func TestCompressedRTF(t *testing.T) {
	for packed, want := range map[string]string{
		"\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0": "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
		"\x1a\x00\x00\x00\x1c\x00\x00\x00\x4c\x5a\x46\x75\xe2\xd4\x4b\x51\x41\x00\x04\x20\x57\x58\x59\x5a\x0d\x6e\x7d\x01\x0e\xb0":                                                                             "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}",
	} {
		got, err := unpackRTF([]byte(packed))
		if err != nil || string(got) != want {
			t.Errorf("%q %v, want %q", got, err, want)
		}
	}
	if _, err := unpackRTF([]byte("too short")); err == nil {
		t.Error("no error")
	}
}

func TestHostileOutlookFiles(t *testing.T) {
	deep := []node{fixed(24, nil), uni(propBody, "x")}
	for range 8 {
		deep = []node{fixed(24, nil), {name: "__attach_version1.0_#00000000", inner: []node{fixed(8, nil), {name: "__substg1.0_3701000D", inner: deep}}}}
	}
	deep[0] = fixed(32, nil)
	_, err := Read("deep.msg", bytes.NewReader(compoundOf(deep...)), Limits{})
	if codeOf(err) != "document.too-deep" {
		t.Errorf("deep: %v", err)
	}
	shared := compoundOf(fixed(32, nil), uni(propBody, zeros(5000)), uni(0x1111, zeros(5000)))
	at := bytes.Index(shared, wide("__substg1.0_1111", false))
	binary.LittleEndian.PutUint64(shared[at+120:], uint64(len(shared)-600))
	if _, err := Read("s.msg", bytes.NewReader(shared), Limits{}); codeOf(err) != "document.ratio" {
		t.Errorf("shared bytes: %v", err)
	}
	if _, err := Read("a.msg", bytes.NewReader(sampleMSG(t)), Limits{Expanded: 3000}); codeOf(err) != "document.expanded-too-large" {
		t.Errorf("expanded: %v", err)
	}
	if _, err := Read("a.msg", bytes.NewReader(sampleMSG(t)), Limits{Parts: 2}); codeOf(err) != "document.too-many-parts" {
		t.Errorf("parts: %v", err)
	}
	chain := node{name: "last"}
	for range 20_000 { // storages inside each other cost no more than beside each other
		chain = node{name: "s", inner: []node{chain}}
	}
	res, err := Read("chain.msg", bytes.NewReader(compoundOf(fixed(32, nil), chain)), Limits{})
	sound(t, res, err)
	data := sampleMSG(t)
	for n := 0; n < len(data); n += 97 { // cut off, and with a ring in every table
		res, err := Read("cut.msg", bytes.NewReader(data[:n]), Limits{})
		sound(t, res, err)
		ring := bytes.Clone(data)
		copy(ring[n:], "\x01\x00\x00\x00\x01\x00\x00\x00")
		res, err = Read("ring.msg", bytes.NewReader(ring), Limits{})
		sound(t, res, err)
	}
}

func FuzzOutlook(f *testing.F) {
	f.Add(sampleMSG(f))
	f.Add(compoundOf(fixed(32, nil), prop(propRTF, typeBinary, packedRTF(`{\rtf1\fromhtml1{\*\htmltag <p>}x}`))))
	f.Fuzz(func(t *testing.T, data []byte) {
		res, err := Read("a.msg", bytes.NewReader(data), Limits{Expanded: 1 << 22, Lines: 20000, Parts: 200, Tags: 20000})
		sound(t, res, err)
	})
}

func FuzzRTF(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansi\ansicpg932{\fonttbl{\f0\fcharset128 M;}}\f0\'8c\'a9\u-10174?\u-8265?\par}`))
	f.Add([]byte(`{\rtf1\fromhtml1{\*\htmltag64 <p>}\htmlrtf x\htmlrtf0 y}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, _ := rtfText(data); len(text) > 4*len(data)+16 {
			t.Errorf("%d bytes of %d", len(text), len(data))
		}
		if out, err := unpackRTF(data); err == nil && len(out) > 10*len(data) {
			t.Errorf("%d bytes unpacked of %d", len(out), len(data))
		}
	})
}
