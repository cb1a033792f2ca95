package logfile

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

// wide writes a text in UTF-16LE.
func wide(text string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// A value is one of a record.
type value struct {
	kind byte
	data []byte
}

// instance writes values as an instance of a template that is defined elsewhere, or, if it has
// a definition, here.
func instance(at int, definition []byte, vs ...value) []byte {
	b := []byte{0x0f, 1, 1, 0, 0x0c, 1, 9, 9, 9, 9}
	if definition == nil {
		b = binary.LittleEndian.AppendUint32(b, 550)
	} else {
		b = binary.LittleEndian.AppendUint32(b, uint32(at+14))
		b = append(b, make([]byte, 20)...)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(definition)))
		b = append(b, definition...)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(vs)))
	for _, v := range vs {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(v.data)))
		b = append(b, v.kind, 0)
	}
	for _, v := range vs {
		b = append(b, v.data...)
	}
	return b
}

// record writes a record of 2024-05-06T07:08:09.123Z.
func record(id uint64, xml []byte) []byte {
	b := []byte("**\x00\x00")
	b = binary.LittleEndian.AppendUint32(b, uint32(len(xml)+28))
	b = binary.LittleEndian.AppendUint64(b, id)
	b = binary.LittleEndian.AppendUint64(b, (1714979289+11644473600)*1e7+1230000)
	b = append(b, xml...)
	return binary.LittleEndian.AppendUint32(b, uint32(len(xml)+28))
}

// oneChunk writes a log of one chunk.
func oneChunk(records ...[]byte) []byte {
	b := make([]byte, evtxHeader+evtxChunk)
	copy(b, "ElfFile\x00")
	copy(b[evtxHeader:], "ElfChnk\x00")
	at := evtxHeader + evtxFirst
	for _, r := range records {
		at += copy(b[at:], r)
	}
	copy(b[at+3:], wide("older.example")) // what is left of a longer record, at an odd offset
	return b
}

func u(s string) value { return value{1, wide(s)} }

func TestTextInEventLogs(t *testing.T) {
	const start = evtxFirst + evtxRecord
	first := record(17, instance(start, append([]byte{1}, wide("DestinationIp")...),
		value{4, []byte{3}}, u("10.0.0.1"), u("host.example"), value{6, []byte{0x50, 0}}, u("日本語"), u("a\r\nb\tc"), value{1, nil}, u("–")))
	nested := record(18, instance(0, nil, u("outer"), value{0x21, instance(0, nil, u("evil.example"), value{6, []byte{0x41, 0}})}, u("after")))
	broken := record(19, append([]byte{0x0f, 1, 1, 0, 0x0c, 1, 9, 9, 9, 9, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 7}, wide("C:\\社内\\evil.exe")...))
	got, err := io.ReadAll(newWords(iotest.OneByteReader(bytes.NewReader(oneChunk(first, nested, broken)))))
	if err != nil {
		t.Fatal(err)
	}
	const when = "2024-05-06T07:08:09.123Z\tEventRecordID="
	want := when + "17\t10.0.0.1\thost.example\t日本語\ta  b c\t\t–\n" +
		"DestinationIp\n" +
		when + "18\touter\tevil.example\tafter\n" +
		"C:\\社内\\evil.exe\n" +
		"older.example\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEventLogsThatAreCut(t *testing.T) {
	whole := oneChunk(record(1, instance(0, nil, u("evil.example"))))
	for _, n := range []int{8, 100, evtxHeader, evtxHeader + 20, evtxHeader + evtxFirst + 30, evtxHeader + evtxFirst + 200} {
		if _, err := io.ReadAll(newWords(bytes.NewReader(whole[:n]))); err != nil {
			t.Errorf("of %d bytes: %v", n, err)
		}
	}
}

// FuzzEventLog: whatever the bytes are, reading ends, and pieces of any size give the same.
func FuzzEventLog(f *testing.F) {
	f.Add(oneChunk(record(1, instance(0, nil, u("evil.example"), value{0x21, instance(0, nil, u("x"))})))[evtxHeader:][:900])
	f.Add([]byte("ElfChnk\x00"))
	f.Fuzz(func(t *testing.T, chunk []byte) {
		log := append(make([]byte, evtxHeader), chunk...)
		a, err := io.ReadAll(newWords(bytes.NewReader(log)))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(newWords(iotest.HalfReader(bytes.NewReader(log))))
		if !bytes.Equal(a, b) || len(a) > 16*len(log)+100 {
			t.Fatalf("%d bytes of %d, and %d in pieces", len(a), len(log), len(b))
		}
	})
}
