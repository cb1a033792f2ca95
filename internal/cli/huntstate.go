package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/sweep"
)

// A huntState is what an interrupted search leaves behind, to go on from.
type huntState struct {
	file   string
	Job    string       `json:"job"` // tells this search from another
	Report sweep.Report `json:"report"`
}

// openState reads the state of the same search, or begins one. Without a file nothing is kept.
func openState(file string, job sweep.Job) (*huntState, error) {
	s := &huntState{file: file}
	if file == "" {
		return s, nil
	}
	sum := sha256.New()
	if _, err := job.Pack.WriteTo(sum); err != nil {
		return nil, err
	}
	fmt.Fprint(sum, job.Rules, job.From, job.To, job.Full)
	s.Job = hex.EncodeToString(sum.Sum(nil))
	raw, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
		return nil, fault.Wrap(err, fault.Unavailable, "cli.open", file)
	}
	was := huntState{file: file}
	if err := json.Unmarshal(raw, &was); err != nil || was.Job != s.Job {
		return nil, fault.Wrap(err, fault.Usage, "cli.hunt.other-state", file)
	}
	return &was, nil
}

// save keeps the state.
func (s *huntState) save() error {
	return writeStream(s.file, func(w io.Writer) error { return json.NewEncoder(w).Encode(s) })
}

// done drops a state nobody needs any more.
func (s *huntState) done() error {
	if s.file == "" {
		return nil
	}
	if err := os.Remove(s.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Unavailable, "cli.open", s.file)
	}
	return nil
}
