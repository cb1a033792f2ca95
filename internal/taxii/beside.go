package taxii

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
)

// Beside asks the same server at another path than TAXII's, with the same credentials and the
// same caution: a wakachi tells its members there who takes part. body is sent as JSON unless
// it is nil; the answer is read into a value, unless that is nil.
func (c *Client) Beside(ctx context.Context, method, path string, body, into any) error {
	u, err := c.discovery.Parse(path)
	if err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || originOf(u) != c.home {
		return fault.New(fault.Usage, "taxii.url")
	}
	u = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	var sent []byte
	if body != nil {
		if sent, err = json.Marshal(body); err != nil {
			return fault.Wrap(err, fault.Internal, "store.internal")
		}
	}
	a, err := c.ask(ctx, method, u, sent)
	if err != nil || into == nil {
		return err
	}
	if a.status != http.StatusOK && a.status != http.StatusCreated {
		return fault.New(fault.Invalid, "taxii.peer-answer", c.home.host)
	}
	return a.read(into)
}
