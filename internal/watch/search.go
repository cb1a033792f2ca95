package watch

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/hunt"
	"github.com/wakachi/wakachi/internal/logline"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/sweep"
)

// search looks for the values of all parcels in one pass over the logs, keeps what came of it
// for each parcel that is still to be read, and gives how many were kept.
func (w *Watch) search(ctx context.Context, a party.Actor, due []parcel.Shared) (kept int, err error) {
	l := &list{byWant: map[hunt.Wanted]int{}}
	var asking []asker
	for _, s := range due {
		p := asker{Shared: s}
		_, sheet, err := w.Parcels.Open(ctx, a, s.Parcel)
		if err == nil {
			err = l.add(len(asking), &p, sheet)
		}
		if err != nil {
			if ctx.Err() != nil {
				return 0, err
			}
			// One that was recalled at this moment, or cannot be read, does not keep the others.
			w.Log.Warn("a parcel could not be searched for", "parcel", s.Parcel, "code", codeOf(err))
			continue
		}
		asking = append(asking, p)
	}
	report := sweep.Report{Done: true}
	if len(l.values) > 0 {
		if err := w.sweep(ctx, l, &report); err != nil {
			return 0, err
		}
	}
	var first error
	for k, p := range asking {
		switch ok, err := w.end(ctx, a, p, l.search(k, p, report)); {
		case err == nil && ok:
			kept++
		case err != nil && first == nil:
			first = err
		}
	}
	return kept, first
}

// end keeps a result, unless the parcel was recalled or changed while it was searched for.
func (w *Watch) end(ctx context.Context, a party.Actor, p asker, found parcel.Search) (bool, error) {
	now, err := w.Parcels.Look(ctx, a, p.Parcel)
	if fault.KindOf(err) == fault.NotFound || err == nil && (!now.Reading || versionOf(now) != versionOf(p.Shared)) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	found.State, found.At = parcel.SearchDone, w.Now().UTC().Truncate(time.Second)
	return true, w.keep(ctx, a.Org, result{Search: found, Version: versionOf(p.Shared), Recall: recallOf(p.Shared)})
}

// sweep takes the logs through the hunt.
func (w *Watch) sweep(ctx context.Context, l *list, report *sweep.Report) error {
	pack, _ := l.builder.Pack()
	job := sweep.Job{
		Pack: pack, Workers: w.Workers, Examples: parcel.MaxPlaces, Progress: restful(ctx),
		Clock: func(l sweep.Log) logline.Clock { return logline.Clock{Zone: w.Zone, Near: l.Written} },
		Found: func(h sweep.Hit) error { l.place(h); return nil },
	}
	return sweep.Run(ctx, job, w.Logs(ctx), report)
}

// restful lets a search pause for a part of the time it works, so that a machine with one core
// still answers its readers.
func restful(ctx context.Context) func(sweep.Progress) {
	const share, most = 4, 250 * time.Millisecond
	last := time.Now()
	return func(sweep.Progress) {
		pause := time.NewTimer(min(time.Since(last)/share, most))
		defer pause.Stop()
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
		last = time.Now()
	}
}

// place notes where a value stands, the first few times.
func (l *list) place(h sweep.Hit) {
	v := l.named(h.Wanted.Ref)
	if v == nil || len(v.places) == parcel.MaxPlaces {
		return
	}
	p := parcel.Place{Log: clip(h.Log), Number: h.Number}
	if !slices.Contains(v.places, p) {
		v.places = append(v.places, p)
	}
}

// named gives the value with a Ref of this list.
func (l *list) named(ref string) *value {
	at, err := strconv.Atoi(ref)
	if err != nil || at < 0 || at >= len(l.values) {
		return nil
	}
	return &l.values[at]
}

// longest is how much is kept of a name or a value, in bytes.
const longest = 500

// clip cuts a text that is longer, at its front: the end of a path tells more.
func clip(s string) string {
	if len(s) <= longest {
		return s
	}
	return "…" + strings.ToValidUTF8(s[len(s)-longest:], "")
}

// search tells what a report of several parcels says of one.
func (l *list) search(k int, p asker, all sweep.Report) parcel.Search {
	out := parcel.Search{Parcel: p.Parcel, From: p.from, To: p.to, Values: p.values, Passed: p.passed, Kinds: []string{}, Troubles: []parcel.Tallied{}, Found: []parcel.Hits{}}
	own := all
	own.Values, own.Hits = p.values, 0
	for _, c := range all.Found {
		v := l.named(c.Ref)
		if v == nil || c.Hits == 0 || !slices.Contains(v.parcels, k) {
			continue
		}
		own.Hits += c.Hits
		out.FirstSeen, out.LastSeen = earlier(out.FirstSeen, c.First), later(out.LastSeen, c.Last)
		out.Found = append(out.Found, parcel.Hits{
			Type: c.Type, Hash: c.Hash, Value: clip(c.Value), Port: v.want.Port, Hits: c.Hits, First: c.First, Last: c.Last, Places: append([]parcel.Place{}, v.places...),
		})
	}
	out.Hits = own.Hits
	slices.SortStableFunc(out.Found, func(x, y parcel.Hits) int { return cmp.Compare(y.Hits, x.Hits) })
	if len(out.Found) > parcel.MaxHits {
		out.More = len(out.Found) - parcel.MaxHits
		out.Found = out.Found[:parcel.MaxHits]
	}
	out.Finding = parcel.Finding(own.Answer(p.from, p.to))
	cover(&out, all)
	return out
}

// cover tells what was looked through.
func cover(out *parcel.Search, all sweep.Report) {
	out.First, out.Last = all.Period()
	kinds := map[string]bool{}
	for _, c := range all.Coverage {
		if c.Lines == 0 {
			continue
		}
		out.Logs++
		out.Lines += c.Lines
		kinds[c.Kind] = true
	}
	out.Kinds = slices.AppendSeq(out.Kinds, maps.Keys(kinds))
	slices.Sort(out.Kinds)
	out.LogKind = sortOf(out.Kinds)
	counts := map[string]int{}
	for _, t := range all.Troubles {
		counts[t.Code]++
	}
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		out.Troubles = append(out.Troubles, parcel.Tallied{Code: code, Count: counts[code]})
	}
}

// sortOf says what logs are logs of, as an answer does: other, if not all are of one kind.
func sortOf(kinds []string) parcel.LogKind {
	out := ""
	for _, k := range kinds {
		switch sort := sweep.SortOfLog(k); {
		case out == "":
			out = sort
		case sort != out:
			return parcel.OtherLog
		}
	}
	return parcel.LogKind(out)
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
