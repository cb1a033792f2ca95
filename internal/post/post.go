// Package post carries reminders out, by mail, webhook and calendar: an id and a time.
//
// What leaves is a report.Reminder: the codename of an incident, which says nothing, and when something of it is
// due. Nothing else of an incident reaches this package.
package post

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/smtp"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/report"
)

// A Server is where mail is handed over. The zero Server sends none.
type Server struct {
	Host, Port     string // "25", "587", or "465" for TLS from the first byte
	User, Password string
	From           string
}

// patience is how long one delivery may take.
const patience = 30 * time.Second

// Mail sends a reminder. The connection is encrypted, unless the server is on this machine. Errors are
// fault.Unavailable and say nothing of addresses.
func (s Server) Mail(ctx context.Context, to []string, r report.Reminder, zone *time.Location) error {
	if s.Host == "" {
		return fault.New(fault.Unavailable, "post.no-server")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.hand(ctx, to, message(s.From, to, r, zone)); err != nil {
		return fault.Wrap(err, fault.Unavailable, "post.mail")
	}
	return nil
}

func (s Server) hand(ctx context.Context, to []string, text []byte) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(s.Host, s.Port))
	if err != nil {
		return err
	}
	defer conn.Close()
	if end, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(end); err != nil {
			return err
		}
	}
	secure := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.Port == "465" {
		conn = tls.Client(conn, secure)
	}
	c, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Hello("localhost"); err != nil { // the name of this machine is nobody's business
		return err
	}
	here := s.Host == "localhost" || net.ParseIP(s.Host).IsLoopback()
	if ok, _ := c.Extension("STARTTLS"); ok && s.Port != "465" {
		if err := c.StartTLS(secure); err != nil {
			return err
		}
	} else if s.Port != "465" && !here {
		return fmt.Errorf("the server does not encrypt")
	}
	if s.User != "" {
		if err := c.Auth(smtp.PlainAuth("", s.User, s.Password, s.Host)); err != nil {
			return err
		}
	}
	if err := c.Mail(s.From); err != nil {
		return err
	}
	for _, x := range to {
		if err := c.Rcpt(x); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

// message is the mail: subject and text hold the codename and the time.
//
// SPEC: RFC 5322, RFC 2045, RFC 2047
func message(from string, to []string, r report.Reminder, zone *time.Location) []byte {
	due := r.Due.In(zone).Format("2006-01-02 15:04 -0700")
	subject := mime.BEncoding.Encode("utf-8", phrase.Japanese.Text("post.subject", r.Incident))
	body := phrase.Japanese.Text("post.text", r.Incident, due) + "\r\n\r\n" + phrase.English.Text("post.text", r.Incident, due) + "\r\n"
	var out bytes.Buffer
	sum := sha256.Sum256([]byte(r.Key))
	fmt.Fprintf(&out, "From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s@wakachi.invalid>\r\n", from, strings.Join(to, ", "), subject, hex.EncodeToString(sum[:12]))
	out.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n")
	packed := base64.StdEncoding.EncodeToString([]byte(body))
	const line = 76
	for len(packed) > line {
		out.WriteString(packed[:line] + "\r\n")
		packed = packed[line:]
	}
	out.WriteString(packed + "\r\n")
	return out.Bytes()
}

// A Caller asks other machines. It decides which may be reached, and follows nobody elsewhere.
type Caller interface {
	Do(*http.Request) (*http.Response, error)
}

// Webhook sends a reminder as JSON: {"incident": codename, "due": RFC 3339}.
func Webhook(ctx context.Context, caller Caller, address string, r report.Reminder) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := json.Marshal(struct {
		Incident string    `json:"incident"`
		Due      time.Time `json:"due"`
	}{r.Incident, r.Due.UTC()})
	if err != nil {
		return fault.Wrap(err, fault.Internal, "post.webhook")
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "post.webhook")
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "wakachi")
	a, err := caller.Do(q)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "post.webhook")
	}
	defer a.Body.Close()
	io.Copy(io.Discard, io.LimitReader(a.Body, 1<<16)) //nolint:errcheck // what it says does not matter
	if a.StatusCode >= 300 {
		return fault.New(fault.Unavailable, "post.webhook")
	}
	return nil
}

// Calendar writes what is due as a calendar others subscribe to. Each event is its end, an alarm before it, and the
// codename.
//
// SPEC: RFC 5545
func Calendar(all []report.Reminder, now time.Time) []byte {
	const stamp = "20060102T150405Z"
	var out bytes.Buffer
	line := func(text string) {
		// Lines are folded at 75 bytes, and no character is cut.
		for len(text) > 75 {
			end := 75
			for end > 0 && text[end]&0xC0 == 0x80 {
				end--
			}
			out.WriteString(text[:end] + "\r\n ")
			text = text[end:]
		}
		out.WriteString(text + "\r\n")
	}
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//wakachi//wakachi//JA")
	for _, r := range all {
		sum := sha256.Sum256([]byte(r.Key))
		line("BEGIN:VEVENT")
		line("UID:" + hex.EncodeToString(sum[:12]) + "@wakachi.invalid")
		line("DTSTAMP:" + now.UTC().Format(stamp))
		line("DTSTART:" + r.Due.UTC().Format(stamp))
		line("SUMMARY:" + escaped("wakachi "+r.Incident))
		line("TRANSP:TRANSPARENT")
		line("CLASS:CONFIDENTIAL")
		line("BEGIN:VALARM")
		line("ACTION:DISPLAY")
		line("DESCRIPTION:" + escaped("wakachi "+r.Incident))
		line("TRIGGER:-P1D")
		line("END:VALARM")
		line("END:VEVENT")
	}
	line("END:VCALENDAR")
	return out.Bytes()
}

func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r", "", "\n", `\n`).Replace(s)
}
