package reporting

import (
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/deadline"
	"github.com/wakachi/wakachi/internal/incident"
)

// Moment reads a time as people and browsers write it: RFC 3339, a date, a local time of the zone, in
// Japanese and in the years of an era too. ok is false for what is no time of any calendar.
func Moment(text string, zone *time.Location) (m incident.Moment, ok bool) {
	when, ok := deadline.Parse(strings.TrimSpace(text), zone)
	switch {
	case !ok || when.IsZero():
		return incident.Moment{}, false
	case when.IsDate():
		return incident.Moment{At: when.Time(time.UTC)}, true
	}
	return incident.Moment{At: when.Time(zone), Exact: true, Zoned: true}, true
}
