package taxii

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
)

// retryAfter is in how many seconds somebody may come again who was sent away.
const retryAfter = 5

// minGzip is the smallest body in bytes that is worth compressing: below it one packet is one
// packet.
const minGzip = 1400

// An errorMessage is how TAXII says what went wrong. All of it is strings.
//
// SPEC: TAXII 2.1 §3.6.1.
type errorMessage struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	ErrorID     string `json:"error_id"`
	ErrorCode   string `json:"error_code"`
	HTTPStatus  string `json:"http_status"`
}

// statusOfError gives the status of a refusal. What is no JSON is told from JSON that is no
// envelope.
//
// SPEC: TAXII 2.1 §5.5.
func statusOfError(err error) int {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		switch f.Code {
		case "stix.json", "taxii.body":
			return http.StatusBadRequest
		case "taxii.long-query":
			return http.StatusRequestURITooLong
		case "taxii.content-type":
			return http.StatusUnsupportedMediaType
		case "taxii.accept":
			return http.StatusNotAcceptable
		case "taxii.turn", "taxii.pace":
			return http.StatusTooManyRequests
		}
	}
	return fault.KindOf(err).Status()
}

// refuse says what went wrong, and no more than may be shown.
func (c *call) refuse(err error) { c.refuseAs(statusOfError(err), err) }

func (c *call) refuseAs(status int, err error) {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind == fault.Internal || f.Kind == fault.Damaged {
		f = fault.Wrap(err, fault.Internal, "taxii.internal")
	}
	if status == http.StatusNotFound { // what is not there and what is not theirs read the same
		f = fault.New(fault.NotFound, "taxii.not-found")
	}
	l, language := phrase.English, "en"
	if prefersJapanese(c.r.Header.Get("Accept-Language")) {
		l, language = phrase.Japanese, "ja"
	}
	m := errorMessage{Title: l.Text(f.Code, f.Args...), ErrorID: newErrorID(), ErrorCode: f.Code, HTTPStatus: strconv.Itoa(status)}
	m.Description, _ = l.Lookup(f.Code+".hint", f.Args...)
	c.log(status, m.ErrorID, f.Code, err)
	h := c.w.Header()
	h.Set("Content-Language", language)
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	body, err := json.Marshal(m)
	if err != nil {
		body = []byte(`{"title":"error"}`)
	}
	c.send(status, len(body), func(w io.Writer) error { _, err := w.Write(body); return err })
}

// log notes a refusal: for whom, where and which, and of our own defects the code that was
// hidden from the asker.
func (c *call) log(status int, id, code string, err error) {
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
		if f, ok := errors.AsType[*fault.Error](err); ok {
			code = f.Code
		}
	}
	c.Log.LogAttrs(c.r.Context(), level, "taxii: refused", slog.Int("status", status), slog.String("code", code), slog.String("error", id),
		slog.String("account", string(c.actor.Account)), slog.String("collection", string(c.at.collection)))
}

// reply sends a resource.
func (c *call) reply(status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "taxii.internal")
	}
	c.send(status, len(body), func(w io.Writer) error { _, err := w.Write(body); return err })
	return nil
}

// What a body goes through is used again: a page would otherwise cost more in buffers than
// in objects.
var (
	buffers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 64<<10) }}
	zippers = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return z }}
)

// send writes an answer of a known size, compressed if the asker wants it so. A body that
// could not be written to its end was cut off by the asker: net/http closes the connection,
// and there is nobody to tell.
func (c *call) send(status, size int, write func(io.Writer) error) {
	h := c.w.Header()
	h.Set("Content-Type", mediaType)
	zipped := size >= minGzip && acceptsGzip(c.r.Header["Accept-Encoding"])
	if zipped {
		h.Set("Content-Encoding", "gzip")
	} else {
		h.Set("Content-Length", strconv.Itoa(size))
	}
	c.w.WriteHeader(status)
	if c.r.Method == http.MethodHead {
		return
	}
	var to io.Writer = c.w
	if zipped {
		z, _ := zippers.Get().(*gzip.Writer)
		z.Reset(c.w)
		defer func() { _ = z.Close(); zippers.Put(z) }()
		to = z
	}
	b, _ := buffers.Get().(*bufio.Writer)
	b.Reset(to)
	if write(b) == nil {
		_ = b.Flush()
	}
	b.Reset(nil)
	buffers.Put(b)
}

// readableForm says whether the asker can read what we write.
func (c *call) readableForm() error {
	if !acceptable(c.r.Header["Accept"]) {
		return fault.New(fault.Usage, "taxii.accept")
	}
	return nil
}
