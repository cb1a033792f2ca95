package portal

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
)

// list shows what was shared, what waits for an answer first.
func (a *asking) list() error {
	all, err := a.Shares.Shared(a.r.Context(), a.actor)
	if err != nil {
		return err
	}
	found, err := a.results(all...)
	if err != nil {
		return err
	}
	rows := make([]row, len(all))
	for k, s := range all {
		rows[k].Shared = s
		if x, ok := found[s.Parcel]; ok {
			rows[k].Search = &x
		}
	}
	a.show(http.StatusOK, "list", a.lang.Text("portal.title"), listBody{rows, len(found) > 0})
	return nil
}

// listBody is what the list shows.
type listBody struct {
	Rows     []row
	Searched bool // there is a search for some
}

// A row is one parcel of the list.
type row struct {
	parcel.Shared
	Search *parcel.Search // nil if there is none
}

// parcelBody is what the page of one parcel shows.
type parcelBody struct {
	parcel.Shared
	Sheet  parcel.Sheet
	Tally  *parcel.Tally
	Search *parcel.Search // nil if there is none
	Drawn  bool           // Form is filled in from Search
	Form   url.Values     // what was typed, so that nothing typed is lost
	Failed *fault.Error
}

// Picked says whether a choice was made.
func (b parcelBody) Picked(name, value string) bool { return b.Form.Get(name) == value }

// Lines gives the contents in the order in which people search: where traffic went, what lay
// on machines, and then what one reads.
func (b parcelBody) Lines() []parcel.Line {
	rank := func(l parcel.Line) int {
		switch {
		case l.Sort == "technique":
			return 4
		case l.Sort == "vulnerability":
			return 3
		case l.Sort == "malware":
			return 2
		case slices.Contains([]string{"ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr"}, l.Type):
			return 0
		}
		return 1
	}
	out := slices.Clone(b.Sheet.Lines)
	slices.SortStableFunc(out, func(x, y parcel.Line) int { return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x.Type, y.Type)) })
	return out
}

// Findings lists the four answers.
func (b parcelBody) Findings() []parcel.Finding {
	return []parcel.Finding{parcel.Found, parcel.NotFound, parcel.NoLogs, parcel.CannotSearch}
}

// Logs lists the kinds of logs.
func (b parcelBody) Logs() []parcel.LogKind {
	return []parcel.LogKind{parcel.ProxyLog, parcel.DNSLog, parcel.FirewallLog, parcel.EndpointLog, parcel.MailLog, parcel.CloudLog, parcel.OtherLog}
}

// Kinds lists the kinds of remarks.
func (b parcelBody) Kinds() []parcel.RemarkKind {
	return []parcel.RemarkKind{parcel.FurtherIndicators, parcel.IsFalsePositive, parcel.Mitigation, parcel.Correction}
}

// Whys lists the reasons for which a recall is not carried out.
func (b parcelBody) Whys() []parcel.Reason {
	return []parcel.Reason{parcel.NotHeld, parcel.PassedOn, parcel.KeptByLaw, parcel.NotPossible, parcel.Other}
}

// open shows one parcel. One that was recalled shows the recall, and nothing of what it held.
func (a *asking) open() error { return a.page(http.StatusOK, url.Values{}, nil) }

func (a *asking) page(status int, form url.Values, failed *fault.Error) error {
	b := parcelBody{Form: form, Failed: failed}
	var err error
	if b.Shared, err = a.Replies.Look(a.r.Context(), a.actor, a.id()); err != nil {
		return err
	}
	if b.Reading {
		if b.Shared, b.Sheet, err = a.Shares.Open(a.r.Context(), a.actor, a.id()); err != nil {
			return err
		}
		t, ok, err := a.Replies.Tally(a.r.Context(), a.actor, a.id())
		if err != nil {
			return err
		}
		if ok {
			b.Tally = &t
		}
		if err := a.searched(&b); err != nil {
			return err
		}
	}
	a.show(status, "parcel", a.lang.Text("portal.parcel"), b)
	return nil
}

// file gives one form as a file.
func (a *asking) file() error {
	f, body, err := a.Shares.Form(a.r.Context(), a.actor, a.id(), a.r.PathValue("form"))
	if err != nil {
		return err
	}
	ext := map[string]string{"stix": "json", "sheet": "json", "csv": "csv", "list": "txt"}[f.Name]
	h := a.w.Header()
	h.Set("Content-Type", f.Media)
	h.Set("Content-Disposition", `attachment; filename="parcel-`+f.Sum[:8]+"."+ext+`"`)
	a.w.Write(body) //nolint:errcheck // the browser went away
	return nil
}

// answer takes what was found. What was typed comes back with what is wrong with it.
func (a *asking) answer() error {
	if err := a.r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Usage, "web.form")
	}
	r, err := reply(a.r.PostForm)
	if err == nil {
		err = a.Replies.Answer(a.r.Context(), a.actor, a.id(), r)
	}
	if f, ok := err.(*fault.Error); ok && (f.Kind == fault.Invalid || f.Kind == fault.Withheld || f.Kind == fault.TooLarge) {
		return a.page(f.Kind.Status(), a.r.PostForm, f)
	}
	if err != nil {
		return err
	}
	return a.done("answered")
}

func (a *asking) acknowledge() error {
	if err := a.r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Usage, "web.form")
	}
	why := parcel.Reason(a.r.PostForm.Get("why"))
	if err := a.Replies.Acknowledge(a.r.Context(), a.actor, a.id(), why == "", why); err != nil {
		return err
	}
	return a.done("acknowledged")
}

func (a *asking) done(token string) error {
	http.Redirect(a.w, a.r, Prefix+"/"+url.PathEscape(string(a.id()))+"?done="+token, http.StatusSeeOther)
	return nil
}

// reply reads the form. Fields that do not belong to the answer that was chosen are left
// out: a count that was typed before another answer was chosen says nothing.
func reply(f url.Values) (parcel.Reply, error) {
	r := parcel.Reply{Named: f.Get("named") != ""}
	r.Finding, r.Logs, r.Tool = parcel.Finding(f.Get("finding")), parcel.LogKind(f.Get("logs")), strings.TrimSpace(f.Get("tool"))
	var err error
	if r.From, err = date(f.Get("from")); err != nil {
		return r, err
	}
	if r.To, err = date(f.Get("to")); err != nil {
		return r, err
	}
	if s := strings.TrimSpace(f.Get("coverage")); s != "" {
		if r.Coverage, err = strconv.Atoi(s); err != nil {
			return r, fault.New(fault.Invalid, "relay.answer.coverage")
		}
		r.Covered = true
	}
	if r.Finding == parcel.Found {
		if r.Count, err = strconv.Atoi(strings.TrimSpace(f.Get("count"))); err != nil {
			return r, fault.New(fault.Invalid, "relay.answer.count")
		}
		if r.FirstSeen, err = date(f.Get("first-seen")); err != nil {
			return r, err
		}
		if r.LastSeen, err = date(f.Get("last-seen")); err != nil {
			return r, err
		}
	}
	if text := strings.TrimSpace(f.Get("remark")); text != "" {
		r.Remarks = []parcel.Remark{{Kind: parcel.RemarkKind(f.Get("remark-kind")), Text: text}}
	}
	return r, nil
}

func date(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, fault.New(fault.Invalid, "relay.answer.period")
	}
	return t, nil
}
