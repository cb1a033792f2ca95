package report

import "time"

// A Reminder says that something is due: whose record, by the name that says nothing, and when. It does not
// say what, since mails and calendars are read by others than those it concerns.
type Reminder struct {
	Key      string        // of the clock and how near it is; equal for what need not be said twice
	Incident string        // the codename
	Due      time.Time     // when it ends
	Left     time.Duration // until then; not positive once it has passed
}

// Reminding is how an organisation wants to be reminded. The zero value is not at all.
type Reminding struct {
	Mail    []string `json:"mail,omitempty"`
	Webhook string   `json:"webhook,omitempty"` // an https address
	Leads   []int    `json:"leads,omitempty"`   // hours before the end, the largest first; empty: DefaultLeads
}

// DefaultLeads are three days, one day, three hours, and when it has passed.
func DefaultLeads() []int { return []int{72, 24, 3, 0} }

// Wanted says whether anybody is to be reminded.
func (r Reminding) Wanted() bool { return len(r.Mail) > 0 || r.Webhook != "" }
