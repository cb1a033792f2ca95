// Command load measures a TAXII 2.1 server on this machine: how many objects a second it takes
// in and gives out, and how long one object and an empty poll take.
//
//	go run ./tools/load -url http://127.0.0.1:8080/taxii2/ -token T -write INBOX -read COLLECTION
//
// The server has to be wakachi's or another; the collections those the token may write to and
// read. Only a loopback address is asked: what it does to a server is an attack on one that
// is not one's own. It stops by itself.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

const media = "application/taxii+json;version=2.1"

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// load is one run.
type load struct {
	root, token, write, read string
	objects, rounds          int
	client                   *http.Client
	out                      io.Writer
}

func run(args []string, out io.Writer) error {
	l := &load{out: out, client: &http.Client{Timeout: time.Minute}}
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	at := flags.String("url", "http://127.0.0.1:8080/taxii2/", "discovery address, on loopback")
	flags.StringVar(&l.token, "token", "", "sent as Bearer")
	flags.StringVar(&l.write, "write", "", "collection to write to; empty: nothing is written")
	flags.StringVar(&l.read, "read", "", "collection to read")
	flags.IntVar(&l.objects, "objects", 10_000, "objects to write, at most 1,000,000")
	flags.IntVar(&l.rounds, "rounds", 500, "how often one object and an empty poll are asked for")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if l.objects < 1 || l.objects > 1_000_000 || l.rounds < 1 || l.rounds > 100_000 {
		return errors.New("-objects or -rounds is out of bounds")
	}
	u, err := url.Parse(*at)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		return errors.New("only a loopback address, such as 127.0.0.1, is asked")
	}
	if err := l.discover(u); err != nil {
		return err
	}
	if l.write != "" {
		if err := l.ingest(); err != nil {
			return err
		}
	}
	if l.read == "" {
		return nil
	}
	for _, limit := range []int{100, 1000} {
		if err := l.walk(limit); err != nil {
			return err
		}
	}
	return l.single()
}

// ask sends one request and gives the body of its answer.
func (l *load) ask(method, address string, body []byte) ([]byte, error) {
	r, err := http.NewRequest(method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", media)
	r.Header.Set("Authorization", "Bearer "+l.token)
	if body != nil {
		r.Header.Set("Content-Type", media)
	}
	answer, err := l.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %d %.200s", method, address, answer.StatusCode, got)
	}
	return got, err
}

func (l *load) discover(at *url.URL) error {
	body, err := l.ask(http.MethodGet, at.String(), nil)
	if err != nil {
		return err
	}
	var d struct {
		Default string   `json:"default"`
		Roots   []string `json:"api_roots"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return err
	}
	if d.Default == "" && len(d.Roots) > 0 {
		d.Default = d.Roots[0]
	}
	root, err := at.Parse(d.Default)
	if err != nil {
		return err
	}
	if root.Host != at.Host {
		return errors.New("the server names another one as its root")
	}
	l.root = root.String()
	return nil
}

// envelope writes indicators of about 750 bytes.
func envelope(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"objects":[`)
	for k := range n {
		if k > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"indicator","spec_version":"2.1","id":"indicator--%08x-%04x-4%03x-8%03x-%012x",`+
			`"created":"2026-09-01T00:30:00.000Z","modified":"2026-09-01T00:30:00.000Z","valid_from":"2026-09-01T00:00:00Z",`+
			`"name":"load","description":"%s","labels":["load"],"indicator_types":["malicious-activity"],`+
			`"pattern":"[ipv4-addr:value = '198.51.100.%d']","pattern_type":"stix","pattern_version":"2.1"}`,
			rand.Uint32(), rand.IntN(1<<16), rand.IntN(1<<12), rand.IntN(1<<12), rand.Uint64()&(1<<48-1), strings.Repeat("x", 350), rand.IntN(256))
	}
	b.WriteString("]}")
	return []byte(b.String())
}

func (l *load) ingest() error {
	const each = 1000
	done, took := 0, time.Duration(0)
	for done < l.objects {
		n := min(each, l.objects-done)
		body := envelope(n)
		began := time.Now()
		answer, err := l.ask(http.MethodPost, l.root+"collections/"+l.write+"/objects/", body)
		took += time.Since(began)
		if err != nil {
			return err
		}
		var s struct {
			Status  string `json:"status"`
			Success int    `json:"success_count"`
		}
		if err := json.Unmarshal(answer, &s); err != nil {
			return err
		}
		if s.Status != "complete" || s.Success != n {
			return fmt.Errorf("of %d objects %d were taken, status %q", n, s.Success, s.Status)
		}
		done += n
	}
	l.tell("in, envelopes of 1000", "%.0f objects/s (%d objects)", float64(done)/took.Seconds(), done)
	return nil
}

func (l *load) walk(limit int) error {
	seen, next := 0, ""
	var times []time.Duration
	began := time.Now()
	for {
		t := time.Now()
		body, err := l.ask(http.MethodGet, fmt.Sprintf("%scollections/%s/objects/?limit=%d%s", l.root, l.read, limit, next), nil)
		times = append(times, time.Since(t))
		if err != nil {
			return err
		}
		var e struct {
			More    bool              `json:"more"`
			Next    string            `json:"next"`
			Objects []json.RawMessage `json:"objects"`
		}
		if err := json.Unmarshal(body, &e); err != nil {
			return err
		}
		seen += len(e.Objects)
		if !e.More {
			break
		}
		next = "&next=" + url.QueryEscape(e.Next)
	}
	l.tell(fmt.Sprintf("out, pages of %d", limit), "%.0f objects/s with reading them here (%d objects), page %s", float64(seen)/time.Since(began).Seconds(), seen, quantiles(times))
	return nil
}

// single asks for one object by its id, and for what is new where nothing is.
func (l *load) single() error {
	body, err := l.ask(http.MethodGet, l.root+"collections/"+l.read+"/objects/?limit=1", nil)
	if err != nil {
		return err
	}
	var e struct {
		Objects []struct {
			ID string `json:"id"`
		} `json:"objects"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return err
	}
	if len(e.Objects) == 0 {
		return errors.New("there is nothing to read")
	}
	for _, c := range []struct{ name, path string }{
		{"by id", "objects/" + e.Objects[0].ID + "/"}, {"empty poll", "objects/?added_after=2999-01-01T00:00:00.000000Z"},
	} {
		var times []time.Duration
		for range l.rounds {
			began := time.Now()
			if _, err := l.ask(http.MethodGet, l.root+"collections/"+l.read+"/"+c.path, nil); err != nil {
				return err
			}
			times = append(times, time.Since(began))
		}
		l.tell(c.name, "%s", quantiles(times))
	}
	return nil
}

func quantiles(t []time.Duration) string {
	slices.Sort(t)
	return fmt.Sprintf("p50 %.2f ms, p99 %.2f ms", t[len(t)/2].Seconds()*1000, t[len(t)*99/100].Seconds()*1000)
}

func (l *load) tell(what, format string, args ...any) {
	fmt.Fprintf(l.out, "%-24s %s\n", what, fmt.Sprintf(format, args...))
}
