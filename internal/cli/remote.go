package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wakachi/wakachi/internal/fault"
)

// What the thin clients of the API have in common: where it is, and who asks.
//
// A command asks the running server. With --data it works under the lock of a data directory
// that no server has open, with the same rights: it asks the same API inside the process.

type remote struct {
	env            *Env
	url, data      string
	tokenFile      string
	asJSON         bool
	client         *http.Client
	closeDirectory func() error
}

func (r *remote) flags(c *cobra.Command, v voice) {
	f := c.PersistentFlags()
	f.StringVar(&r.url, "url", "", v.lang.Text("cli.remote.url"))
	f.StringVar(&r.data, "data", "", v.lang.Text("cli.remote.data"))
	f.StringVar(&r.tokenFile, "token-file", "", v.lang.Text("cli.remote.token-file"))
	f.BoolVar(&r.asJSON, "json", false, v.lang.Text("cli.json"))
}

// remoteTime is how long an answer may take; taking a large paper in is the slowest.
const remoteTime = 2 * time.Minute

// open finds the server, or opens the data directory.
func (r *remote) open(ctx context.Context) error {
	r.client = &http.Client{
		Timeout: remoteTime,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a token is sent to the address that was named and no other
		},
	}
	if r.data != "" {
		h, done, err := r.env.Local(ctx, r.data)
		if err != nil {
			return err
		}
		r.url, r.closeDirectory = "http://local", done
		r.client.Transport = inside{h}
		return nil
	}
	if r.url == "" {
		r.url = r.env.Getenv("WAKACHI_URL")
	}
	if r.url == "" {
		r.url = "http://" + DefaultListen
	}
	if u, err := url.Parse(r.url); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fault.New(fault.Usage, "cli.remote.bad-url")
	}
	r.url = strings.TrimSuffix(r.url, "/")
	return nil
}

func (r *remote) close() error {
	if r.closeDirectory == nil {
		return nil
	}
	return r.closeDirectory()
}

// token is never an argument: those stand in the list of processes.
func (r *remote) token() (string, error) {
	if r.tokenFile != "" {
		body, err := os.ReadFile(r.tokenFile)
		if err != nil {
			return "", fault.Wrap(err, fault.Usage, "cli.open", r.tokenFile)
		}
		return strings.TrimSpace(string(body)), nil
	}
	if t := r.env.Getenv("WAKACHI_TOKEN"); t != "" {
		return t, nil
	}
	return "", fault.New(fault.Usage, "cli.remote.no-token")
}

// maxAnswer is the largest answer that is read.
const maxAnswer = 256 << 20

// ask sends one request and gives the body of the answer. A problem becomes the fault it was.
func (r *remote) ask(ctx context.Context, method, path string, body any) ([]byte, error) {
	token, err := r.token()
	if err != nil {
		return nil, err
	}
	raw, isRaw := body.([]byte)
	if !isRaw && body != nil {
		if raw, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	q, err := http.NewRequestWithContext(ctx, method, r.url+"/api/v1"+path, bytes.NewReader(raw))
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "cli.remote.bad-url")
	}
	q.Header.Set("Authorization", "Bearer "+token)
	q.Header.Set("Content-Type", "application/json")
	if isRaw {
		q.Header.Set("Content-Type", "application/octet-stream")
	}
	a, err := r.client.Do(q)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "cli.remote.away", r.url)
	}
	defer a.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(a.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fault.Wrap(err, fault.Unavailable, "cli.remote.away", r.url)
	case len(answer) > maxAnswer:
		return nil, fault.New(fault.TooLarge, "cli.remote.answer")
	case a.StatusCode >= 300:
		return nil, problem(answer)
	}
	return answer, nil
}

// problem reads an error as the API writes it. What is none of ours tells nothing.
func problem(body []byte) error {
	var p struct {
		Kind, Code string
		Args       []string
	}
	if json.Unmarshal(body, &p) != nil || p.Code == "" {
		return fault.New(fault.Unavailable, "cli.remote.stranger")
	}
	kind, ok := fault.ParseKind(p.Kind)
	if !ok {
		kind = fault.Internal
	}
	return fault.New(kind, p.Code, p.Args...)
}

// fetch asks and decodes.
func fetch[T any](ctx context.Context, r *remote, method, path string, body any) (T, []byte, error) {
	var out T
	raw, err := r.ask(ctx, method, path, body)
	if err != nil || len(bytes.TrimSpace(raw)) == 0 {
		return out, raw, err
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, nil, fault.Wrap(err, fault.Unavailable, "cli.remote.stranger")
	}
	return out, raw, nil
}

// within opens, does and closes.
func (r *remote) within(ctx context.Context, do func() error) error {
	if err := r.open(ctx); err != nil {
		return err
	}
	return errors.Join(do(), r.close())
}

// inside answers requests in this process.
type inside struct{ http.Handler }

// RoundTrip lets the handler answer.
func (i inside) RoundTrip(q *http.Request) (*http.Response, error) {
	w := &kept{header: http.Header{}, status: http.StatusOK}
	i.ServeHTTP(w, q)
	return &http.Response{StatusCode: w.status, Header: w.header, Body: io.NopCloser(&w.body), Request: q}, nil
}

// kept is an answer in memory.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }
