package app

import (
	"context"
	"net/mail"
	"net/url"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/post"
	"github.com/wakachi/wakachi/internal/report"
	"github.com/wakachi/wakachi/internal/taxii"
)

// A carrier brings reminders to mailboxes and webhooks.
type carrier struct {
	mail post.Server
	web  post.Caller
}

// newCarrier reads WAKACHI_SMTP, smtp://user:password@host:587 or smtps://…, and WAKACHI_MAIL_FROM. Without them
// no mail is sent. Webhooks reach the public internet and what WAKACHI_ALLOW_HOSTS names.
func newCarrier(getenv func(string) string, allow []string) (*carrier, error) {
	c := &carrier{web: taxii.Caller(allow)}
	text := getenv("WAKACHI_SMTP")
	if text == "" {
		return c, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, fault.New(fault.Usage, "app.smtp")
	}
	from, err := mail.ParseAddress(getenv("WAKACHI_MAIL_FROM"))
	if err != nil {
		return nil, fault.New(fault.Usage, "app.mail-from")
	}
	password, _ := u.User.Password()
	c.mail = post.Server{Host: u.Hostname(), Port: u.Port(), User: u.User.Username(), Password: password, From: from.Address}
	if c.mail.Port == "" {
		c.mail.Port = map[string]string{"smtp": "587", "smtps": "465"}[u.Scheme]
	}
	return c, nil
}

// Carry brings a reminder everywhere it is to go. What failed is tried again with all the rest: a reminder may
// come twice.
func (c *carrier) Carry(ctx context.Context, to report.Reminding, r report.Reminder) error {
	var errs []error
	if len(to.Mail) > 0 {
		errs = append(errs, c.mail.Mail(ctx, to.Mail, r, home()))
	}
	if to.Webhook != "" {
		errs = append(errs, post.Webhook(ctx, c.web, to.Webhook, r))
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
