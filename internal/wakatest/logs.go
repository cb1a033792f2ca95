package wakatest

import (
	"context"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/sweep"
	"github.com/wakachi/wakachi/internal/watch"
)

// operator gives the first organisation, the hub.
func (h *House) operator(ctx context.Context) (party.OrgID, error) {
	all, err := h.Store.Organisations(ctx)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}

// SearchIn lets the hub's logs be those below a directory: plain files.
func (h *House) SearchIn(dir string) {
	h.t.Helper()
	h.SearchWith(func(context.Context) iter.Seq2[sweep.Log, error] {
		return func(yield func(sweep.Log, error) bool) {
			err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err == nil && d.IsDir() {
					return nil
				}
				if !yield(plainLog(path), err) {
					return fs.SkipAll
				}
				return nil
			})
			_ = err // yielded already
		}
	})
}

// SearchWith lets the hub's logs be these.
func (h *House) SearchWith(logs watch.Logs) {
	h.t.Helper()
	h.logs = logs
	h.assemble()
}

// Searches lets the watch do what is due, and gives how many parcels it searched for.
func (h *House) Searches() int {
	h.t.Helper()
	n, err := h.Watch.Step(h.t.Context())
	return must(h, "search", n, err)
}

// Found gives what the search for a parcel came to, as a person's organisation sees it.
func (p *Person) Found(id parcel.ID) (parcel.Search, bool) {
	p.h.t.Helper()
	s, err := p.h.Relay.Look(p.h.t.Context(), p.Actor, id)
	s = must(p.h, "look", s, err)
	all, err := p.h.Watch.Results(p.h.t.Context(), p.Actor, s)
	found, ok := must(p.h, "results", all, err)[id]
	return found, ok
}

// plainLog is a file of text.
func plainLog(path string) sweep.Log {
	log := sweep.Log{Label: filepath.Base(path), Length: -1, OpenPlain: func() (sweep.Plain, error) { return os.Open(path) }}
	if info, err := os.Stat(path); err == nil {
		log.Written, log.Length, log.Stamp = info.ModTime(), info.Size(), info.ModTime().String()
	}
	return log
}
