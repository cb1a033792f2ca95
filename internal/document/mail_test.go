package document

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
)

const sampleMail = `Received: from mail.evil.example (unknown [203.0.113.50])
 by mx.victim.example; Mon, 11 May 2026 08:52:00 +0900
From: =?UTF-8?B?5pSv5omV44GE?= <tanaka@mahoroba-kaku.example>
Subject: =?ISO-2022-JP?B?GyRCOCtAUTBNTWo9cRsoQg==?=
 =?ISO-2022-JP?B?GyRCOCtAURsoQg==?= 0511
MIME-Version: 1.0
X-Mailer: Kurage
Content-Type: multipart/mixed; boundary="=b="

preamble
--=b=
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

=E6=9D=B1 http://evil.example/a=
bc
--=b=
Content-Type: text/html; charset=utf-8

<p>Hi <a href="http://evil.example/">x</a></p>
--=b=
Content-Type: application/octet-stream
Content-Disposition: attachment; filename*0*=UTF-8''%E8%A6%8B%E7%A9%8D;
 filename*1*=%E6%9B%B8.txt
Content-Transfer-Encoding: base64

aGFzaCA2ZjFjCg==
--=b=
Content-Type: application/pdf; name="a.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjcK
--=b=--
epilogue
`

func TestMailIsReadWithEverythingInIt(t *testing.T) {
	compare(t, "m.eml", []byte(sampleMail), `m.eml:1 header Received: from mail.evil.example (unknown [203.0.113.50]) by mx.victim.example; Mon, 11 May 2026 08:52:00 +0900
m.eml:3 header From: 支払い <tanaka@mahoroba-kaku.example>
m.eml:4 header Subject: 見積依頼書見積 0511
m.eml:6 header MIME-Version: 1.0
m.eml:7 header X-Mailer: Kurage
m.eml:8 header Content-Type: multipart/mixed; boundary="=b="
m.eml:12 header Content-Type: text/plain; charset=UTF-8
m.eml:13 header Content-Transfer-Encoding: quoted-printable
m.eml:18 header Content-Type: text/html; charset=utf-8
m.eml:22 header Content-Type: application/octet-stream
m.eml:23 header Content-Disposition: attachment; filename*0*=UTF-8''%E8%A6%8B%E7%A9%8D; filename*1*=%E6%9B%B8.txt
m.eml:25 header Content-Transfer-Encoding: base64
m.eml:22 header Attachment: 見積書.txt
m.eml:29 header Content-Type: application/pdf; name="a.pdf"
m.eml:30 header Content-Transfer-Encoding: base64
m.eml:29 header Attachment: a.pdf
m.eml/preamble:1 prose preamble
m.eml/body:1 prose 東 http://evil.example/abc
m.eml/body.html:1 hidden href: http://evil.example/
m.eml/body.html:1 prose Hi x
m.eml/見積書.txt:1 prose hash 6f1c
m.eml/epilogue:1 prose epilogue
skipped m.eml/a.pdf document.damaged
`)
}

func TestMailInOldEncodings(t *testing.T) {
	head := "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nContent-Type: text/plain; charset="
	body := "不審なメールを受信しました。\r\n以上"
	want := "m.eml/body:1 prose 不審なメールを受信しました。\nm.eml/body:2 prose 以上\n"
	jis := string(encode(t, japanese.ISO2022JP, body))
	for name, data := range map[string]string{
		"iso-2022-jp":                head + "iso-2022-jp\r\n\r\n" + jis,
		"shift_jis":                  head + "Shift_JIS\r\n\r\n" + string(sjis(t, body)),
		"euc-jp":                     head + "euc-jp\r\n\r\n" + string(euc(t, body)),
		"declared wrongly":           head + "utf-8\r\n\r\n" + string(sjis(t, body)),
		"declared as something else": head + "x-unknown\r\n\r\n" + jis,
		"base64":                     head + "cp932\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(sjis(t, body)),
	} {
		got := show(mustRead(t, "m.eml", []byte(data)))
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestForwardedMailAndItsAttachmentAreRead(t *testing.T) {
	inner := "From: x@y.example\nTo: z@y.example\nSubject: inner\n\nC2 is 203.0.113.9\n"
	outer := "From: a@b.example\nDate: x\nContent-Type: multipart/mixed; boundary=q\n\n--q\nContent-Type: message/rfc822\n\n" + inner +
		"--q\nContent-Type: application/zip; name=\"l.zip\"\nContent-Transfer-Encoding: base64\n\n" +
		base64.StdEncoding.EncodeToString(zipOf(t, entry{name: "n.txt", body: "in zip\n"})) + "\n--q--\n"
	got := show(mustRead(t, "o.eml", []byte(outer)))
	for _, want := range []string{
		"o.eml/message.eml:3 header Subject: inner\n",
		"o.eml/message.eml/body:1 prose C2 is 203.0.113.9\n",
		"o.eml/l.zip/n.txt:1 prose in zip\n",
		"header Attachment: l.zip\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestBrokenMailLosesNothing(t *testing.T) {
	head := "From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: "
	for name, row := range map[string][2]string{
		"no boundary":       {head + "multipart/mixed\n\nC2 203.0.113.9\n", "m.eml/body:1 prose C2 203.0.113.9"},
		"boundary not used": {head + "multipart/mixed; boundary=zz\n\nC2 203.0.113.9\n", "m.eml/body:1 prose C2 203.0.113.9"},
		"part not closed":   {head + "multipart/mixed; boundary=z\n\n--z\n\nC2 203.0.113.9", "m.eml/body:1 prose C2 203.0.113.9"},
		"not base64":        {head + "text/plain\nContent-Transfer-Encoding: base64\n\nC2 は 203.0.113.9 です。\n", "m.eml/body:1 prose C2 は 203.0.113.9 です。"},
		"no blank line":     {head + "text/plain\n本文がすぐ続く 203.0.113.9\n", "m.eml/body:1 prose 本文がすぐ続く 203.0.113.9"},
		"bad quoted":        {head + "text/plain\nContent-Transfer-Encoding: quoted-printable\n\na=b c=ZZ d=\n", "m.eml/body:1 prose a=b c=ZZ d"},
		"bad word":          {"From: =?utf-9?X?zz?=\nTo: =?utf-8?B?44CC\nMessage-ID: x\n\nb\n", "m.eml:1 header From: =?utf-9?X?zz?="},
	} {
		got := show(mustRead(t, "m.eml", []byte(row[0])))
		if !strings.Contains(got, row[1]+"\n") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

func TestFlowedTextIsJoined(t *testing.T) {
	compare(t, "m.eml", []byte("From: a@b.example\nTo: b\nContent-Type: text/plain; format=flowed; delsp=yes\n\nsee http://evil.exam \nple/a\n> quoted \n> more\n-- \nsig\n"),
		`m.eml:1 header From: a@b.example
m.eml:2 header To: b
m.eml:3 header Content-Type: text/plain; format=flowed; delsp=yes
m.eml/body:1 prose see http://evil.example/a
m.eml/body:3 prose > quotedmore
m.eml/body:5 prose -- 
m.eml/body:6 prose sig
`)
}

func TestNestedMultipartsEnd(t *testing.T) {
	var b strings.Builder
	b.WriteString("From: a\nTo: b\nMIME-Version: 1.0\n")
	for i := range 40 {
		x := strings.Repeat("x", i+1)
		b.WriteString("Content-Type: multipart/mixed; boundary=" + x + "\n\n--" + x + "\n")
	}
	_, err := Read("m.eml", strings.NewReader(b.String()), Limits{})
	if codeOf(err) != "document.too-deep" {
		t.Errorf("%v", err)
	}
}

func FuzzEML(f *testing.F) {
	f.Add([]byte(sampleMail))
	f.Add([]byte("From: a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--a--"))
	f.Add([]byte("Subject: =?iso-2022-jp?B?GyRC?= =?utf-8?Q?=E6=9D?=\nTo: x\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		res, err := Read("m.eml", bytes.NewReader(data), Limits{Expanded: 1 << 22, Lines: 20000, Parts: 200})
		sound(t, res, err)
	})
}
