package wakatest

import (
	"context"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

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

// A plainLog is a file of text.
type plainLog string

// Label is its base name.
func (l plainLog) Label() string { return filepath.Base(string(l)) }

// Stamp says when it was written.
func (l plainLog) Stamp() string { return l.Written().String() }

// Length is its size.
func (l plainLog) Length() int64 {
	info, err := os.Stat(string(l))
	if err != nil {
		return -1
	}
	return info.Size()
}

// Written is when it was written last.
func (l plainLog) Written() time.Time {
	info, err := os.Stat(string(l))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// OpenPlain opens the file.
func (l plainLog) OpenPlain() (sweep.Plain, bool, error) {
	f, err := os.Open(string(l))
	return f, true, err
}

// Open opens it as a stream.
func (l plainLog) Open(context.Context) (io.ReadCloser, error) { return os.Open(string(l)) }
