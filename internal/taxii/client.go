package taxii

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
)

// What a ClientConfig has where it says nothing.
const (
	DefaultMaxBody  = 64 << 20         // bytes of one answer, after it is decompressed
	DefaultPatience = 2 * time.Minute  // for one answer to come in full
	DefaultMaxWait  = time.Minute      // that a server may ask for before it is asked again
	DefaultMaxPages = 10_000           // of one Poll
	DefaultMaxTime  = time.Hour        // for one Poll or Push
	DefaultOverlap  = 5 * time.Second  // by which a Poll reads again what was added just before the last
	pageWanted      = 1000             // objects that are asked for at once
	pushPause       = 30 * time.Second // at most, between two looks at a status
)

// A ClientConfig says which server a client calls, as whom, and how far it trusts it. Only
// URL is needed.
type ClientConfig struct {
	URL      string // of the discovery, "https://hub.example/taxii2/"; http only for a host in Allow
	Token    string // sent as Bearer; empty: none
	User     string // with Password, sent as Basic instead
	Password string

	TLS   *tls.Config // certificates of our own, roots to trust; nil: the system's roots. Below TLS 1.2 nothing is spoken
	Proxy *url.URL    // through which to go; nil: none, whatever the environment says

	// Allow names the hosts, addresses or prefixes that may be connected to although they are
	// not of the public internet.
	Allow []string

	MaxBody  int64         // bytes of one answer; 0: DefaultMaxBody
	Patience time.Duration // for one answer; 0: DefaultPatience
	MaxWait  time.Duration // a server that asks for a longer one is left for now; 0: DefaultMaxWait
	MaxPages int           // of one Poll; 0: DefaultMaxPages
	MaxTime  time.Duration // of one Poll or Push; 0: DefaultMaxTime
	Overlap  time.Duration // 0: DefaultOverlap; negative: none

	// Resolve and Dial replace the system's. Dial gets an address that was judged, never a name.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	Dial    func(ctx context.Context, network, address string) (net.Conn, error)
}

// A Client reads and writes on one TAXII 2.1 server. Many may use it at once.
//
// Everything that goes wrong is a fault.Error whose words say what happened, what was kept
// and what to do, and never what the server said: a stranger's words have no place there.
type Client struct {
	set       ClientConfig
	discovery *url.URL
	home      origin
	reach     *reach
	http      *http.Client
	now       func() time.Time
	sleep     func(ctx context.Context, d time.Duration) error
}

// NewClient makes a client; nothing is asked yet. The error is fault.Usage "taxii.url" for an
// address that cannot be one.
func NewClient(c ClientConfig) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fault.New(fault.Usage, "taxii.url")
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	c.MaxBody, c.MaxPages = orElse(c.MaxBody, DefaultMaxBody), orElse(c.MaxPages, DefaultMaxPages)
	c.Patience, c.MaxWait = orElse(c.Patience, DefaultPatience), orElse(c.MaxWait, DefaultMaxWait)
	c.MaxTime = orElse(c.MaxTime, DefaultMaxTime)
	if c.Overlap == 0 {
		c.Overlap = DefaultOverlap
	}
	client := &Client{set: c, discovery: u, home: originOf(u), reach: newReach(c), now: time.Now, sleep: pause}
	if u.Scheme == "http" && !client.reach.allowed(u.Hostname()) {
		return nil, fault.New(fault.Usage, "taxii.url-plain", u.Hostname())
	}
	client.http = &http.Client{Transport: client.transport(), CheckRedirect: client.redirect}
	return client, nil
}

func orElse[T int | int64 | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// pause waits, or not as long as that if nobody wants it any more.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (c *Client) transport() http.RoundTripper {
	secure := &tls.Config{}
	if c.set.TLS != nil {
		secure = c.set.TLS.Clone()
	}
	secure.MinVersion = max(secure.MinVersion, tls.VersionTLS12)
	t := &http.Transport{
		DialContext:            c.reach.connect,
		TLSClientConfig:        secure,
		TLSHandshakeTimeout:    connectPatience,
		ResponseHeaderTimeout:  c.set.Patience,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        time.Minute,
		ForceAttemptHTTP2:      true,
	}
	if c.set.Proxy != nil {
		t.Proxy = http.ProxyURL(c.set.Proxy)
	}
	return t
}

// redirect follows a few steps within the origin. Beyond it our credentials are nobody's
// business, and a POST that would become a GET is no longer what was asked.
func (c *Client) redirect(r *http.Request, via []*http.Request) error {
	switch {
	case originOf(r.URL) != c.home || r.URL.User != nil:
		return fault.New(fault.Forbidden, "taxii.peer-redirect", c.home.host)
	case len(via) >= 5 || r.Method != via[0].Method:
		return fault.New(fault.Invalid, "taxii.peer-answer", c.home.host)
	}
	return nil
}

// Close lets go of idle connections. The client can be used on.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// A Discovery is what a server says of itself.
type Discovery struct {
	Title   string   // the server's own words, cut to a length that can be shown
	Default string   // one of Roots, or empty
	Roots   []string // addresses of the API roots, all of the server's own origin
	Foreign []string // those that are elsewhere. They are never called; a client of their own may be made
}

// Discover asks where the API roots are.
//
// SPEC: TAXII 2.1 §4.1.
func (c *Client) Discover(ctx context.Context) (Discovery, error) {
	a, err := c.ask(ctx, http.MethodGet, c.discovery, nil)
	if err != nil {
		return Discovery{}, err
	}
	var said struct {
		Title   loose     `json:"title"`
		Default loose     `json:"default"`
		Roots   looseList `json:"api_roots"`
	}
	if err := a.read(&said); err != nil {
		return Discovery{}, err
	}
	d := Discovery{Title: said.Title.short()}
	for _, text := range said.Roots.texts() {
		u, ok := c.rootURL(text)
		switch {
		case !ok:
		case originOf(u) != c.home:
			d.Foreign = append(d.Foreign, u.String())
		default:
			d.Roots = append(d.Roots, u.String())
			if text == said.Default.text() {
				d.Default = u.String()
			}
		}
	}
	return d, nil
}

// rootURL makes an address of what a discovery says.
func (c *Client) rootURL(text string) (*url.URL, bool) {
	u, err := c.discovery.Parse(text)
	if err != nil || text == "" || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, false
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return u, true
}

// A Root is what an API root says of itself.
type Root struct {
	URL        string // absolute, with a slash at its end
	Title      string // the server's own words, cut to a length that can be shown
	MaxContent int64  // bytes of a body it takes; 0 if it does not say
}

// Root asks an API root what it speaks and takes. One that does not speak TAXII 2.1 is
// fault.Unsupported.
//
// SPEC: TAXII 2.1 §4.2.
func (c *Client) Root(ctx context.Context, root string) (Root, error) {
	u, err := c.below(root)
	if err != nil {
		return Root{}, err
	}
	a, err := c.ask(ctx, http.MethodGet, u, nil)
	if err != nil {
		return Root{}, err
	}
	var said struct {
		Title      loose     `json:"title"`
		Versions   looseList `json:"versions"`
		MaxContent loose     `json:"max_content_length"`
	}
	if err := a.read(&said); err != nil {
		return Root{}, err
	}
	speaks := len(said.Versions.texts()) == 0
	for _, v := range said.Versions.texts() {
		speaks = speaks || strings.Contains(v, "2.1")
	}
	if !speaks {
		return Root{}, fault.New(fault.Unsupported, "taxii.peer-old", c.home.host)
	}
	return Root{URL: u.String(), Title: said.Title.short(), MaxContent: max(said.MaxContent.number(), 0)}, nil
}

// Collections lists the collections of an API root. Those whose id could not stand in a path
// are left out.
//
// SPEC: TAXII 2.1 §5.1.
func (c *Client) Collections(ctx context.Context, root string) ([]parcel.Collection, error) {
	u, err := c.below(root, "collections")
	if err != nil {
		return nil, err
	}
	a, err := c.ask(ctx, http.MethodGet, u, nil)
	if err != nil {
		return nil, err
	}
	var said struct {
		Collections looseList `json:"collections"`
	}
	if err := a.read(&said); err != nil {
		return nil, err
	}
	var out []parcel.Collection
	for _, raw := range said.Collections {
		var x struct {
			ID          loose `json:"id"`
			Title       loose `json:"title"`
			Description loose `json:"description"`
			CanRead     loose `json:"can_read"`
			CanWrite    loose `json:"can_write"`
		}
		if loose(raw).into(&x) && isUUID(x.ID.text()) {
			out = append(out, parcel.Collection{
				ID: parcel.CollectionID(x.ID.text()), Title: x.Title.short(), Description: x.Description.short(),
				CanRead: x.CanRead.truth(), CanWrite: x.CanWrite.truth(),
			})
		}
	}
	return out, nil
}

// A Remote is a collection on the server.
type Remote struct {
	Root       string // address of the API root, as Discover gives it
	Collection parcel.CollectionID
}

// below makes the address of something under an API root, and refuses a root that is not of
// the server the credentials are for.
func (c *Client) below(root string, parts ...string) (*url.URL, error) {
	u, ok := c.rootURL(root)
	if !ok {
		return nil, fault.New(fault.Usage, "taxii.url")
	}
	if originOf(u) != c.home {
		return nil, fault.New(fault.Forbidden, "taxii.peer-root", c.home.host)
	}
	for _, p := range parts {
		u.Path, u.RawPath = u.Path+p+"/", ""
	}
	return u, nil
}

// at makes the address of something in a collection.
func (c *Client) at(r Remote, part string) (*url.URL, error) {
	if !isUUID(string(r.Collection)) {
		return nil, fault.New(fault.Usage, "taxii.url")
	}
	return c.below(r.Root, "collections", string(r.Collection), part)
}
