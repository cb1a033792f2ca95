package app

import (
	"context"
	"iter"
	"path/filepath"
	"strings"

	"github.com/wakachi/wakachi/internal/cli"
	"github.com/wakachi/wakachi/internal/logfile"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/store"
	"github.com/wakachi/wakachi/internal/sweep"
	"github.com/wakachi/wakachi/internal/watch"
)

// operator gives the organisation that runs the installation: the one that was made first.
func operator(s *store.Store) func(context.Context) (party.OrgID, error) {
	return func(ctx context.Context) (party.OrgID, error) {
		all, err := s.Organisations(ctx)
		if err != nil || len(all) == 0 {
			return "", err
		}
		return all[0], nil
	}
}

// logsOf gives the logs under paths, nil for no paths. The data directory is never one: in it
// stand the very values that are looked for.
func logsOf(paths []string, data string) watch.Logs {
	if len(paths) == 0 {
		return nil
	}
	own := within(data)
	return func(ctx context.Context) iter.Seq2[sweep.Log, error] {
		return func(yield func(sweep.Log, error) bool) {
			for log, err := range cli.Logs(ctx, paths, logfile.Options{}) {
				if err == nil && own(log.Label) {
					continue
				}
				if !yield(log, err) {
					return
				}
			}
		}
	}
}

// within says of names whether they lie below a directory, by whatever way they are named.
func within(dir string) func(name string) bool {
	root := real(dir)
	return func(name string) bool {
		rest, err := filepath.Rel(root, real(name))
		return err == nil && rest != ".." && !strings.HasPrefix(rest, ".."+string(filepath.Separator))
	}
}

// real gives a name without links, as far as the file system tells.
func real(name string) string {
	if path, err := filepath.Abs(name); err == nil {
		name = path
	}
	if path, err := filepath.EvalSymlinks(name); err == nil {
		return path
	}
	return name
}
