package taxii

import (
	"context"
	_ "embed"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
)

//go:embed data/closed.tsv
var closedText string

// A closedNet is a network nobody else may send us into.
type closedNet struct {
	netip.Prefix
	inside int // at which bit an IPv4 address stands in it that is judged itself; 0: none
}

var closedNets = sync.OnceValue(func() []closedNet {
	var out []closedNet
	for line := range strings.Lines(closedText) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		p, err := netip.ParsePrefix(f[0])
		if err != nil {
			continue
		}
		n := closedNet{Prefix: p}
		if len(f) > 2 {
			n.inside, _ = strconv.Atoi(strings.TrimPrefix(f[2], "inside="))
		}
		out = append(out, n)
	}
	return out
})

// open says whether an address is one of the public internet.
func open(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsValid() {
		return false
	}
	for _, n := range closedNets() {
		if !n.Contains(a) {
			continue
		}
		if n.inside == 0 {
			return false
		}
		b := a.As16()
		v4 := netip.AddrFrom4([4]byte(b[n.inside/8 : n.inside/8+4]))
		if v4.IsUnspecified() || !open(v4) {
			return false
		}
	}
	return true
}

// An origin is where credentials belong: scheme, host and port.
type origin struct{ scheme, host, port string }

// originOf gives the origin of an address in the form in which two can be compared.
func originOf(u *url.URL) origin {
	o := origin{strings.ToLower(u.Scheme), strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), u.Port()}
	if o.port == "" {
		o.port = map[string]string{"https": "443", "http": "80", "socks5": "1080", "socks5h": "1080"}[o.scheme]
	}
	return o
}

// A reach is which machines a client connects to. Names are resolved here, and the connection
// goes to the very address that was judged: a name that means something else a moment later
// gains nothing.
type reach struct {
	resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	hosts   map[string]bool // that the operator allows, names and addresses, in lower case
	nets    []netip.Prefix  // likewise
	proxy   origin          // that the operator named; zero if there is none
}

// connectPatience is how long one connection may take to come about.
const connectPatience = 10 * time.Second

func newReach(c ClientConfig) *reach {
	r := &reach{resolve: c.Resolve, dial: c.Dial, hosts: map[string]bool{}}
	if r.resolve == nil {
		r.resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	if r.dial == nil {
		r.dial = (&net.Dialer{Timeout: connectPatience}).DialContext
	}
	for _, a := range c.Allow {
		if p, err := netip.ParsePrefix(a); err == nil {
			r.nets = append(r.nets, p.Masked())
			continue
		}
		r.hosts[strings.ToLower(strings.Trim(a, "[]"))] = true
	}
	if c.Proxy != nil {
		r.proxy = originOf(c.Proxy)
	}
	return r
}

// Caller calls addresses that users entered, on the public internet and on what the operator allowed, as
// ClientConfig.Allow has it. It follows nobody elsewhere.
func Caller(allow []string) *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DialContext: newReach(ClientConfig{Allow: allow}).connect, TLSHandshakeTimeout: connectPatience, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// allowed says whether the operator named this host, or a network that an address is in.
func (r *reach) allowed(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if r.hosts[host] {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && r.inNets(a)
}

func (r *reach) inNets(a netip.Addr) bool {
	for _, n := range r.nets {
		if n.Contains(a.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

// connect is the dialer of the transport.
func (r *reach) connect(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "taxii.url")
	}
	ctx, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	all, err := r.addresses(ctx, host, port)
	if err != nil {
		return nil, err
	}
	var last error
	for _, a := range all {
		c, err := r.dial(ctx, network, net.JoinHostPort(a.String(), port))
		if err == nil {
			return c, nil
		}
		last = err
	}
	return nil, last
}

// addresses resolves a host to what may be connected to.
func (r *reach) addresses(ctx context.Context, host, port string) ([]netip.Addr, error) {
	all := []netip.Addr{}
	if a, err := netip.ParseAddr(host); err == nil {
		all = append(all, a)
	} else if all, err = r.resolve(ctx, host); err != nil {
		return nil, err
	}
	trusted := r.allowed(host) || r.proxy.host != "" && r.proxy.host == strings.ToLower(host) && r.proxy.port == port
	var out []netip.Addr
	for _, a := range all {
		if trusted || open(a) || r.inNets(a) {
			out = append(out, a.Unmap())
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Forbidden, "taxii.peer-address", host)
	}
	return out, nil
}

// judgeHost refuses what can be told from an address alone, for a proxy resolves names itself.
func (r *reach) judgeHost(host string) error {
	a, err := netip.ParseAddr(host)
	local := strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost")
	if r.allowed(host) || err != nil && !local || err == nil && open(a) {
		return nil
	}
	return fault.New(fault.Forbidden, "taxii.peer-address", host)
}
