package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/logfile"
	"github.com/wakachi/wakachi/internal/sweep"
)

// input opens a file that a person named, or what comes in for "-".
func input(stdin io.Reader, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(stdin), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "cli.open", name)
	}
	return f, nil
}

// Logs finds the logs behind paths in the form in which a sweep takes them.
func Logs(ctx context.Context, paths []string, o logfile.Options) iter.Seq2[sweep.Log, error] {
	return func(yield func(sweep.Log, error) bool) {
		for source, trouble := range logfile.Find(ctx, paths, o) {
			if trouble != nil {
				if !yield(sweep.Log{}, flaw(trouble)) {
					return
				}
				continue
			}
			if !yield(logOf(source), nil) {
				return
			}
		}
	}
}

// logOf is a source as a sweep takes it. It was written when it was complete: stamps without a year are of
// the year before that.
func logOf(s logfile.Source) sweep.Log {
	log := sweep.Log{Label: s.Name, Written: s.ModTime, Length: s.Size}
	if !s.ModTime.IsZero() {
		log.Stamp = fmt.Sprintf("%d@%d", s.Size, s.ModTime.UnixNano())
	}
	if s.Plain {
		log.OpenPlain = func() (sweep.Plain, error) {
			f, err := s.OpenAt()
			if err != nil {
				return nil, flaw(err)
			}
			return settling{f}, nil
		}
	}
	log.Open = func(ctx context.Context) (io.ReadCloser, error) {
		stream, err := s.Open(ctx)
		if err != nil {
			return nil, flaw(err)
		}
		return &flawed{stream}, nil
	}
	return log
}

// settling is a file that says when it is closed whether it changed.
type settling struct{ *logfile.File }

func (s settling) Close() error {
	trouble := s.Settle()
	if err := s.File.Close(); err != nil || trouble == nil {
		return err
	}
	return flaw(trouble)
}

// flawed is a stream whose errors a sweep understands, and that says at its end what is to be noted.
type flawed struct{ *logfile.Stream }

func (f *flawed) Read(p []byte) (int, error) {
	n, err := f.Stream.Read(p)
	if err == nil {
		return n, nil
	}
	var flaws []error
	for _, note := range f.Notes() {
		flaws = append(flaws, flaw(note))
	}
	if err != io.EOF {
		flaws = append(flaws, flaw(err))
	}
	if len(flaws) == 0 {
		return n, io.EOF
	}
	return n, errors.Join(flaws...)
}

// flaw tells a trouble with a log as a sweep does.
func flaw(err error) error {
	var t *logfile.Trouble
	if !errors.As(err, &t) {
		return err
	}
	return &sweep.Flaw{
		Trouble: sweep.Trouble{Log: t.Source, Code: "logfile." + string(t.Code), At: max(0, t.Offset)},
		Note:    t.Code.Note(), Cause: err,
	}
}
