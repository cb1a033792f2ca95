package taxii

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
)

// How often one question is put, and how long is waited before it is put again, if the
// server does not say.
const (
	mostTries  = 4
	firstPause = time.Second
)

// A reply is an answer, read to its end.
type reply struct {
	host   string
	status int
	header http.Header
	body   []byte
}

// read takes the JSON of an answer. What is no JSON object is fault.Invalid: usually it is a
// page that something between us and the server made.
func (a reply) read(v any) error {
	b := bytes.TrimSpace(bytes.TrimPrefix(a.body, []byte("\xef\xbb\xbf")))
	if !bytes.HasPrefix(b, []byte("{")) {
		return fault.New(fault.Invalid, "taxii.peer-answer", a.host)
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fault.Wrap(err, fault.Invalid, "taxii.peer-answer", a.host)
	}
	return nil
}

// A setback is why a question may be put again. The zero wait is for us to choose.
type setback struct {
	err   error
	again bool
	wait  time.Duration
}

// ask puts a question until it is answered, a few times at most. POST is put again too: to
// bring the same object twice is to bring it once.
func (c *Client) ask(ctx context.Context, method string, u *url.URL, body []byte) (reply, error) {
	pauseFor := firstPause
	for try := 1; ; try++ {
		a, s := c.once(ctx, method, u, body)
		if s.err == nil {
			return a, nil
		}
		if ctx.Err() != nil {
			return a, fault.Wrap(ctx.Err(), fault.Unavailable, "taxii.peer-stopped", c.home.host)
		}
		if !s.again || try == mostTries || s.wait > c.set.MaxWait {
			return a, s.err
		}
		if err := c.sleep(ctx, max(s.wait, pauseFor)); err != nil {
			return a, fault.Wrap(err, fault.Unavailable, "taxii.peer-stopped", c.home.host)
		}
		pauseFor *= 2
	}
}

// once puts a question once.
func (c *Client) once(ctx context.Context, method string, u *url.URL, body []byte) (reply, setback) {
	if c.set.Proxy != nil {
		if err := c.reach.judgeHost(u.Hostname()); err != nil {
			return reply{}, setback{err: err}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.set.Patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return reply{}, setback{err: fault.Wrap(err, fault.Usage, "taxii.url")}
	}
	c.dress(r, body != nil)
	resp, err := c.http.Do(r)
	if err != nil {
		return reply{}, c.failed(err)
	}
	defer resp.Body.Close()
	a := reply{host: c.home.host, status: resp.StatusCode, header: resp.Header}
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, c.set.MaxBody+1))
	switch {
	case err != nil:
		return a, c.failed(err)
	case int64(len(a.body)) > c.set.MaxBody:
		return a, setback{err: fault.New(fault.TooLarge, "taxii.peer-too-large", c.home.host, strconv.FormatInt(c.set.MaxBody>>20, 10))}
	}
	return a, c.judge(a)
}

func (c *Client) dress(r *http.Request, hasBody bool) {
	r.Header.Set("Accept", mediaType)
	r.Header.Set("User-Agent", "wakachi")
	if hasBody {
		r.Header.Set("Content-Type", mediaType)
	}
	switch {
	case c.set.User != "":
		r.SetBasicAuth(c.set.User, c.set.Password)
	case c.set.Token != "":
		r.Header.Set("Authorization", "Bearer "+c.set.Token)
	}
}

// failed says why no answer came, or not all of one.
func (c *Client) failed(err error) setback {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return setback{err: f}
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return setback{err: fault.Wrap(err, fault.Invalid, "taxii.peer-certificate", c.home.host)}
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return setback{err: fault.Wrap(err, fault.Unavailable, "taxii.peer-slow", c.home.host)}
	}
	return setback{err: fault.Wrap(err, fault.Unavailable, "taxii.peer-unreachable", c.home.host), again: true}
}

// A verdict is what a status means to somebody who asked. The zero verdict is that of an
// answer.
type verdict struct {
	kind  fault.Kind
	code  string
	says  bool // the status is among the words
	again bool // asking again may help
}

// verdicts gives those of the statuses that mean something of their own.
func verdicts(status int) (verdict, bool) {
	switch status {
	case http.StatusOK, http.StatusCreated, http.StatusAccepted:
		return verdict{}, true
	case http.StatusPartialContent: // of ranges, by which TAXII 2.0 had its pages
		return verdict{kind: fault.Unsupported, code: "taxii.peer-old"}, true
	case http.StatusUnauthorized:
		return verdict{kind: fault.Forbidden, code: "taxii.peer-credentials"}, true
	case http.StatusForbidden:
		return verdict{kind: fault.Forbidden, code: "taxii.peer-forbidden"}, true
	case http.StatusNotFound, http.StatusGone:
		return verdict{kind: fault.NotFound, code: "taxii.peer-not-found"}, true
	case http.StatusNotAcceptable, http.StatusUnsupportedMediaType:
		return verdict{kind: fault.Unsupported, code: "taxii.peer-version"}, true
	case http.StatusRequestEntityTooLarge:
		return verdict{kind: fault.TooLarge, code: "taxii.peer-small"}, true
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return verdict{kind: fault.Unavailable, code: "taxii.peer-busy", again: true}, true
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return verdict{kind: fault.Unavailable, code: "taxii.peer-broken", says: true, again: true}, true
	}
	return verdict{}, false
}

// judge makes an error of an answer that is none.
func (c *Client) judge(a reply) setback {
	v, ok := verdicts(a.status)
	if !ok {
		v = verdict{kind: fault.Invalid, code: "taxii.peer-refused", says: true}
		if a.status >= http.StatusInternalServerError {
			v = verdict{kind: fault.Unavailable, code: "taxii.peer-broken", says: true}
		}
	}
	contentType := strings.ToLower(a.header.Get("Content-Type"))
	switch {
	case strings.Contains(contentType, "vnd.oasis.taxii") || strings.Contains(contentType, "vnd.oasis.stix"):
		v = verdict{kind: fault.Unsupported, code: "taxii.peer-old"}
	case v.code == "" && strings.HasPrefix(contentType, "text/html"):
		v = verdict{kind: fault.Invalid, code: "taxii.peer-answer"}
	case v.code == "":
		return setback{}
	}
	s := setback{again: v.again}
	args := []string{c.home.host}
	switch {
	case v.says:
		args = append(args, strconv.Itoa(a.status))
	case v.again:
		s.wait = c.retryAfter(a.header)
		args = append(args, strconv.Itoa(int(s.wait/time.Second)))
	}
	s.err = &statusError{a.status, fault.New(v.kind, v.code, args...)}
	return s
}

// A statusError is a refusal with its status, for those steps that go on after one.
type statusError struct {
	status int
	err    *fault.Error
}

// Error gives the code of the refusal.
func (e *statusError) Error() string { return e.err.Error() }

// Unwrap gives the refusal.
func (e *statusError) Unwrap() error { return e.err }

// statusOfRefusal gives the status of a refusal, 0 if there was no answer.
func statusOfRefusal(err error) int {
	if s, ok := errors.AsType[*statusError](err); ok {
		return s.status
	}
	return 0
}

// retryAfter reads when a server wants to be asked again; 0 if it does not say. Nobody is
// believed who says more than a day.
//
// SPEC: RFC 9110 §10.2.3.
func (c *Client) retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return min(max(time.Duration(n)*time.Second, 0), 24*time.Hour)
	}
	if t, err := http.ParseTime(text); err == nil {
		return min(max(t.Sub(c.now()), 0), 24*time.Hour)
	}
	return 0
}
