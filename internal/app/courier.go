package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/taxii"
)

// A courier reaches hubs elsewhere: their shelves and inboxes over TAXII, and over their API
// who takes part. It keeps a client for each, so that connections and pauses last.
type courier struct {
	allow []string    // hosts and networks that may be connected to although they are not public
	tls   *tls.Config // a certificate of our own, roots to trust; nil: the system's roots
	proxy *url.URL    // nil: none

	mu      sync.Mutex
	clients map[[2]string]*taxii.Client // by address and token
	roots   map[string]string           // of each address
}

// newCourier reads how to reach hubs from the environment: WAKACHI_ALLOW_HOSTS, hosts,
// addresses and prefixes separated by commas; WAKACHI_PROXY, an address; and for mutual TLS
// the files WAKACHI_CLIENT_CERT, WAKACHI_CLIENT_KEY and WAKACHI_CA, in PEM.
func newCourier(getenv func(string) string) (*courier, error) {
	c := &courier{clients: map[[2]string]*taxii.Client{}, roots: map[string]string{}}
	c.allow = strings.FieldsFunc(getenv("WAKACHI_ALLOW_HOSTS"), func(r rune) bool { return r == ',' || r == ' ' })
	if text := getenv("WAKACHI_PROXY"); text != "" {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" {
			return nil, fault.New(fault.Usage, "app.proxy")
		}
		c.proxy = u
	}
	cert, key, ca := getenv("WAKACHI_CLIENT_CERT"), getenv("WAKACHI_CLIENT_KEY"), getenv("WAKACHI_CA")
	if cert == "" && key == "" && ca == "" {
		return c, nil
	}
	c.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	if cert != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fault.Wrap(err, fault.Usage, "app.client-cert")
		}
		c.tls.Certificates = []tls.Certificate{pair}
	}
	if ca != "" {
		text, err := os.ReadFile(ca)
		if err != nil {
			return nil, fault.Wrap(err, fault.Usage, "app.client-cert")
		}
		c.tls.RootCAs = x509.NewCertPool()
		if !c.tls.RootCAs.AppendCertsFromPEM(text) {
			return nil, fault.New(fault.Usage, "app.client-cert")
		}
	}
	return c, nil
}

func (c *courier) client(l parcel.Link, token string) (*taxii.Client, error) {
	base, err := url.Parse(l.URL)
	if err != nil || base.Host == "" {
		return nil, fault.New(fault.Usage, "taxii.url")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := [2]string{l.URL, token}
	if made := c.clients[key]; made != nil {
		return made, nil
	}
	made, err := taxii.NewClient(taxii.ClientConfig{URL: base.JoinPath(taxii.Prefix).String(), Token: token, Allow: c.allow, TLS: c.tls, Proxy: c.proxy})
	if err == nil {
		c.clients[key] = made
	}
	return made, err
}

// root finds the API root once.
func (c *courier) root(ctx context.Context, l parcel.Link, k *taxii.Client) (string, error) {
	c.mu.Lock()
	root := c.roots[l.URL]
	c.mu.Unlock()
	if root != "" {
		return root, nil
	}
	d, err := k.Discover(ctx)
	if err != nil {
		return "", err
	}
	if root = d.Default; root == "" && len(d.Roots) > 0 {
		root = d.Roots[0]
	}
	if root == "" {
		return "", fault.New(fault.Invalid, "relay.circle")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.roots[l.URL] = root
	return root, nil
}

func besidePath(id parcel.CommunityID, end string) string {
	return "/api/v1/communities/" + url.PathEscape(string(id)) + end
}

// Circle asks the hub who takes part.
func (c *courier) Circle(ctx context.Context, l parcel.Link, token string) (parcel.Circle, error) {
	var out parcel.Circle
	k, err := c.client(l, token)
	if err != nil {
		return out, err
	}
	return out, k.Beside(ctx, http.MethodGet, besidePath(l.Circle.Community, "/circle"), nil, &out)
}

// Register tells the hub under which key the member seals.
func (c *courier) Register(ctx context.Context, l parcel.Link, token, key string, as party.Pseudonym) error {
	k, err := c.client(l, token)
	if err != nil {
		return err
	}
	body := map[string]string{"hub": string(l.Circle.As.Hub.Org), "key": key, "identity": string(as)}
	return k.Beside(ctx, http.MethodPut, besidePath(l.Circle.Community, "/key"), body, nil)
}

// Carry brings objects to the hub's inbox.
func (c *courier) Carry(ctx context.Context, l parcel.Link, token string, objects []json.RawMessage) (parcel.Status, error) {
	k, err := c.client(l, token)
	if err != nil {
		return parcel.Status{}, err
	}
	root, err := c.root(ctx, l, k)
	if err != nil {
		return parcel.Status{}, err
	}
	return k.Push(ctx, taxii.Remote{Root: root, Collection: l.Circle.Inbox}, objects)
}

// Fetch reads a shelf of the hub from where it was left.
func (c *courier) Fetch(ctx context.Context, l parcel.Link, token string, shelf parcel.CollectionID, after time.Time, took func([]json.RawMessage, time.Time) error) error {
	k, err := c.client(l, token)
	if err != nil {
		return err
	}
	root, err := c.root(ctx, l, k)
	if err != nil {
		return err
	}
	cursor, err := k.Poll(ctx, taxii.Remote{Root: root, Collection: shelf}, taxii.Cursor{Added: after}, func(e taxii.Envelope) error {
		return took(e.Objects, e.Cursor.Added)
	})
	if err != nil || !cursor.Added.After(after) {
		return err
	}
	return took(nil, cursor.Added)
}
