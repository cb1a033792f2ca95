package taxii

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
)

func TestWhichAddressesAreOfTheInternet(t *testing.T) {
	for _, a := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.192", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1", "2001::1",
		"fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "100::1", "2001:db8::1",
	} {
		if open(netip.MustParseAddr(a)) {
			t.Errorf("%s is taken for one", a)
		}
	}
	for _, a := range []string{"1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "192.0.1.1", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "2606:4700::1111", "2400:4000::1"} {
		if !open(netip.MustParseAddr(a)) {
			t.Errorf("%s is not", a)
		}
	}
	if open(netip.Addr{}) {
		t.Error("the zero address is")
	}
	if len(closedNets()) < 30 {
		t.Errorf("only %d networks were read", len(closedNets()))
	}
}

// A nameServer answers differently each time: what a name means is somebody else's to say.
type nameServer struct {
	answers [][]string
	asked   int
}

func (n *nameServer) resolve(context.Context, string) ([]netip.Addr, error) {
	var out []netip.Addr
	for _, a := range n.answers[min(n.asked, len(n.answers)-1)] {
		out = append(out, netip.MustParseAddr(a))
	}
	n.asked++
	return out, nil
}

// TestANameThatChangesItsMeaningGainsNothing: the connection goes to the address that was
// judged, and each connection is judged anew.
func TestANameThatChangesItsMeaningGainsNothing(t *testing.T) {
	var dialled []string
	dial := func(_ context.Context, _, address string) (net.Conn, error) {
		dialled = append(dialled, address)
		return nil, errors.New("nobody there")
	}
	for name, c := range map[string]struct {
		answers [][]string
		allow   []string
		want    string // addresses dialled in all tries
		code    string
	}{
		"first outside, then inside": {[][]string{{"8.8.8.8"}, {"127.0.0.1"}}, nil, "8.8.8.8:443", "taxii.peer-address"},
		"inside":                     {[][]string{{"169.254.169.254"}}, nil, "", "taxii.peer-address"},
		"inside, mapped":             {[][]string{{"::ffff:10.1.2.3"}}, nil, "", "taxii.peer-address"},
		"both at once":               {[][]string{{"127.0.0.1", "8.8.8.8", "10.0.0.1"}}, nil, "8.8.8.8:443 8.8.8.8:443 8.8.8.8:443 8.8.8.8:443", "taxii.peer-unreachable"},
		"no address":                 {[][]string{{}}, nil, "", "taxii.peer-address"},
		"allowed by name":            {[][]string{{"10.0.0.1"}}, []string{"HUB.example"}, "10.0.0.1:443 10.0.0.1:443 10.0.0.1:443 10.0.0.1:443", "taxii.peer-unreachable"},
		"allowed by network":         {[][]string{{"10.0.0.1", "192.168.0.1"}}, []string{"10.0.0.0/8"}, "10.0.0.1:443 10.0.0.1:443 10.0.0.1:443 10.0.0.1:443", "taxii.peer-unreachable"},
		"another is allowed":         {[][]string{{"10.0.0.1"}}, []string{"other.example", "192.168.0.0/16"}, "", "taxii.peer-address"},
	} {
		t.Run(name, func(t *testing.T) {
			dialled = nil
			names := &nameServer{answers: c.answers}
			client, err := NewClient(ClientConfig{URL: "https://hub.example/taxii2/", Token: "a", Allow: c.allow, Resolve: names.resolve, Dial: dial})
			if err != nil {
				t.Fatal(err)
			}
			client.sleep = func(context.Context, time.Duration) error { return nil }
			_, err = client.Discover(t.Context())
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
			if got := strings.Join(dialled, " "); got != c.want {
				t.Errorf("dialled %q, want %q", got, c.want)
			}
		})
	}
}
