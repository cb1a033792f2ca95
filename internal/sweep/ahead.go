package sweep

import "io"

// ahead reads a stream in a goroutine of its own, so that decoding and searching go on at once.
type ahead struct {
	full, empty chan []byte
	quit        chan struct{}
	err         error // set before full is closed
	now, rest   []byte
}

// readAhead begins to read.
func readAhead(in io.Reader) *ahead {
	a := &ahead{make(chan []byte, aheadBuffers), make(chan []byte, aheadBuffers), make(chan struct{}), nil, nil, nil}
	for range aheadBuffers {
		a.empty <- make([]byte, readBytes)
	}
	go a.fill(in)
	return a
}

const aheadBuffers = 3

func (a *ahead) fill(in io.Reader) {
	defer close(a.full)
	for {
		var b []byte
		select {
		case b = <-a.empty:
		case <-a.quit:
			return
		}
		n, err := io.ReadFull(in, b)
		if n > 0 {
			a.full <- b[:n]
		}
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		if a.err = err; err != nil {
			return
		}
	}
}

// Read gives what was read.
func (a *ahead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.now != nil {
			a.empty <- a.now[:cap(a.now)]
			a.now = nil
		}
		b, ok := <-a.full
		if !ok {
			return 0, a.err
		}
		a.now, a.rest = b, b
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// stop ends the goroutine. It waits for the read under way.
func (a *ahead) stop() {
	close(a.quit)
	for range a.full {
	}
}
