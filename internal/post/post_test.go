package post

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/report"
)

var jst = time.FixedZone("JST", 9*60*60)

func reminder() report.Reminder {
	return report.Reminder{Key: "inc-1.jp.appi.final.20260930T1500.24h", Incident: "浜菊-51", Due: time.Date(2026, 9, 30, 15, 0, 0, 0, time.UTC), Left: 20 * time.Hour}
}

// A mailbox is a mail server that keeps what it is handed.
type mailbox struct {
	net.Listener
	got chan string
}

func openMailbox(t *testing.T) mailbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	m := mailbox{l, make(chan string, 1)}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			m.talk(c)
		}
	}()
	return m
}

func (m mailbox) talk(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	said := func(s string) { io.WriteString(c, s+"\r\n") }
	said("220 here")
	var all strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		all.WriteString(line)
		switch verb := strings.ToUpper(strings.Fields(line + " x")[0]); verb {
		case "EHLO", "HELO":
			said("250 here")
		case "DATA":
			said("354 go on")
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				all.WriteString(line)
			}
			said("250 kept")
		case "QUIT":
			said("221 bye")
			m.got <- all.String()
			return
		default:
			said("250 fine")
		}
	}
}

func TestAMailHoldsANameAndATime(t *testing.T) {
	m := openMailbox(t)
	host, port, _ := net.SplitHostPort(m.Addr().String())
	s := Server{Host: host, Port: port, From: "wakachi@example.com"}
	if err := s.Mail(t.Context(), []string{"a@example.com", "b@example.com"}, reminder(), jst); err != nil {
		t.Fatal(err)
	}
	got := <-m.got
	if !strings.HasPrefix(got, "EHLO localhost\r\n") || strings.Count(got, "RCPT TO") != 2 {
		t.Errorf("spoken: %s", got)
	}
	got = strings.TrimSuffix(got, "QUIT\r\n")
	parsed, err := mail.ReadMessage(strings.NewReader(got[strings.Index(got, "From:"):]))
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
	body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, parsed.Body))
	if err != nil || subject != "wakachi 浜菊-51" || string(body) != "浜菊-51：2026-10-01 00:00 +0900\r\n\r\n浜菊-51: 2026-10-01 00:00 +0900\r\n" {
		t.Errorf("%q %q %v", subject, body, err)
	}
	if strings.Contains(got, "appi") || strings.Contains(got, "inc-1") {
		t.Errorf("it says what is due: %s", got)
	}
}

func TestMailThatIsNotSent(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	_, port, _ := net.SplitHostPort(closed.Addr().String())
	m := openMailbox(t)
	_, open, _ := net.SplitHostPort(m.Addr().String())
	for what, s := range map[string]Server{
		"no server":      {},
		"nobody there":   {Host: "127.0.0.1", Port: port, From: "a@example.com"},
		"not encrypted":  {Host: "localhost.localdomain.invalid", Port: open, From: "a@example.com"},
		"another's mail": {Host: "127.0.0.1", Port: open, From: "a@example.com\r\nRCPT TO:<x@example.com>"},
	} {
		if err := s.Mail(t.Context(), []string{"a@example.com"}, reminder(), jst); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAWebhookHoldsANameAndATime(t *testing.T) {
	status := http.StatusNoContent
	var got []byte
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
	}))
	defer s.Close()
	if err := Webhook(t.Context(), s.Client(), s.URL, reminder()); err != nil {
		t.Fatal(err)
	}
	var fields map[string]string
	if err := json.Unmarshal(got, &fields); err != nil || len(fields) != 2 || fields["incident"] != "浜菊-51" || fields["due"] != "2026-09-30T15:00:00Z" {
		t.Errorf("%s", got)
	}
	for _, status = range []int{http.StatusFound, http.StatusNotFound, http.StatusInternalServerError} {
		if err := Webhook(t.Context(), s.Client(), s.URL, reminder()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%d: %v", status, err)
		}
	}
	if err := Webhook(t.Context(), s.Client(), "https://127.0.0.1:1/", reminder()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("nobody there: %v", err)
	}
}

func TestACalendar(t *testing.T) {
	odd := report.Reminder{Key: "k", Incident: "名前;と,カンマ\\と\nとても長い呼び名とても長い呼び名とても長い呼び名とても長い呼び名", Due: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}
	text := string(Calendar([]report.Reminder{reminder(), odd}, time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)))
	for _, want := range []string{"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "DTSTART:20260930T150000Z\r\n", "SUMMARY:wakachi 浜菊-51\r\n", "END:VCALENDAR\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	whole := strings.ReplaceAll(text, "\r\n ", "")
	if !strings.Contains(whole, `SUMMARY:wakachi 名前\;と\,カンマ\\と\nとても長い`) {
		t.Errorf("escaped: %s", whole)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 76 || strings.ContainsAny(line, "\r\n") || !strings.ContainsAny(line, ":") && line[0] != ' ' || strings.ToValidUTF8(line, "?") != line {
			t.Errorf("%q", line)
		}
	}
	if strings.Contains(text, "appi") {
		t.Error("it says what is due")
	}
}
