package app

import (
	"context"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/report"
)

func TestHowMailIsHandedOver(t *testing.T) {
	from := func(values map[string]string) (*carrier, error) {
		return newCarrier(func(key string) string { return values[key] }, nil)
	}
	c, err := from(map[string]string{"WAKACHI_SMTP": "smtp://u:p%40ss@mail.example", "WAKACHI_MAIL_FROM": "wakachi@example.com"})
	if err != nil || c.mail.Port != "587" || c.mail.User != "u" || c.mail.Password != "p@ss" || c.mail.From != "wakachi@example.com" {
		t.Errorf("%+v %v", c, err)
	}
	for what, values := range map[string]map[string]string{
		"no address": {"WAKACHI_SMTP": "mail.example"}, "another protocol": {"WAKACHI_SMTP": "http://mail.example", "WAKACHI_MAIL_FROM": "a@example.com"},
		"no sender": {"WAKACHI_SMTP": "smtp://mail.example"}, "a sender who is none": {"WAKACHI_SMTP": "smtp://mail.example", "WAKACHI_MAIL_FROM": "nobody"},
	} {
		if _, err := from(values); fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A webhook on this machine or in its network is not called unless the operator allows it.
func TestWebhooksInsideAreNotCalled(t *testing.T) {
	c, err := newCarrier(func(string) string { return "" }, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for _, address := range []string{"https://127.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://[::1]/", "https://localhost/"} {
		if err := c.Carry(ctx, report.Reminding{Webhook: address}, report.Reminder{Incident: "x"}); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := c.Carry(ctx, report.Reminding{Mail: []string{"a@example.com"}}, report.Reminder{}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("mail without a server: %v", err)
	}
}
