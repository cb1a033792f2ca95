package sweep

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/hunt"
)

// OpenPack opens a file as a pack, mapped into memory where the system can. It gives nil without an
// error for a file that is something else. release ends the use of the pack.
func OpenPack(name string) (p *hunt.Pack, release func(), err error) {
	f, err := os.Open(name)
	if err != nil {
		kind := fault.Unavailable
		if errors.Is(err, fs.ErrNotExist) {
			kind = fault.NotFound
		}
		return nil, nil, fault.Wrap(err, kind, "sweep.open", name)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil, nil
	}
	head := make([]byte, 64)
	n, err := io.ReadFull(f, head)
	if n == 0 || !hunt.IsPack(head[:n]) {
		return nil, nil, nil
	}
	data, release, err := mapped(f, int(info.Size()))
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Unavailable, "sweep.open", name)
	}
	if p, err = hunt.Open(data); err != nil {
		release()
		return nil, nil, err
	}
	return p, release, nil
}
