package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const namedPort = "53953"

// rpz reads the zone with named-checkzone, then asks a server on the loopback that holds it.
// The server knows one other zone, every name of which has an address, and no root.
func rpz(j judge) error {
	zone := filepath.Join(j.golden, "rpz/mixed.amber.rpz.zone")
	out, err := j.run(nil, "named-checkzone", "-i", "local", "mixed.rpz.invalid", zone)
	if err != nil {
		return err
	}
	fmt.Print(out)
	for name, text := range map[string]string{
		"example.zone": "$TTL 60\n@ IN SOA localhost. nobody.invalid. 1 60 60 60 60\n@ IN NS localhost.\n* IN A 192.0.2.1\n*.evil IN A 192.0.2.1\n*.wild IN A 192.0.2.1\nwild IN A 192.0.2.1\n" +
			"listed IN A 203.0.113.77\nnear IN A 203.0.113.7\nnet IN A 192.0.2.200\nnear6 IN AAAA 2001:db8::2\nlisted6 IN AAAA 2001:db8::1\nnet6 IN AAAA 2001:db8:5:ffff::1\n" +
			"nearnet6 IN AAAA 2001:db8:6::1\nwords6 IN AAAA 2001:db8:0:1:1:1:1:1\nnearwords6 IN AAAA 2001:db8:1:1:1:1:1:1\n",
		"named.conf": "options { directory \"" + j.dir + "\"; listen-on port " + namedPort + " { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none; session-keyfile none; recursion yes; allow-recursion { 127.0.0.1; };\n" +
			"dnssec-validation no; response-policy { zone \"mixed.rpz.invalid\"; } qname-wait-recurse no; };\ncontrols { };\n" +
			"zone \"mixed.rpz.invalid\" { type primary; file \"" + zone + "\"; };\nzone \"example\" { type primary; file \"example.zone\"; };\nzone \".\" { type primary; file \"root.zone\"; };\n",
		"root.zone": "$TTL 60\n@ IN SOA localhost. nobody.invalid. 1 60 60 60 60\n@ IN NS localhost.\n",
	} {
		if err := os.WriteFile(filepath.Join(j.dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	server := exec.Command("named", "-g", "-c", filepath.Join(j.dir, "named.conf"))
	if err := server.Start(); err != nil {
		return err
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	if err := j.until(); err != nil {
		return err
	}
	return j.ask()
}

// until waits for the server to answer.
func (j judge) until() error {
	for range 50 {
		if out, err := j.dig("near.example", "A"); err == nil && strings.Contains(out, "NOERROR") {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("named did not answer on port %s", namedPort)
}

func (j judge) dig(name, typ string) (string, error) {
	return j.run(nil, "dig", "@127.0.0.1", "-p", namedPort, "+tries=1", "+time=2", name, typ)
}

func (j judge) ask() error {
	questions := []struct {
		name, typ string
		blocked   bool
	}{
		{"evil.example", "A", true}, {"EVIL.example", "A", true}, {"a.b.evil.example", "A", true}, {"notevil.example", "A", false}, {"evil.example.example", "A", false},
		{"wild.example", "A", false}, {"x.wild.example", "A", true}, {"xwild.example", "A", false},
		{"listed.example", "A", true}, {"near.example", "A", false}, {"net.example", "A", true},
		{"listed6.example", "AAAA", true}, {"near6.example", "AAAA", false}, {"net6.example", "AAAA", true}, {"nearnet6.example", "AAAA", false},
		{"words6.example", "AAAA", true}, {"nearwords6.example", "AAAA", false},
	}
	for _, q := range questions {
		out, err := j.dig(q.name, q.typ)
		if err != nil {
			return err
		}
		if got := strings.Contains(out, "status: NXDOMAIN"); got != q.blocked {
			return fmt.Errorf("%s %s: blocked %v, should be %v\n%s", q.name, q.typ, got, q.blocked, out)
		}
	}
	fmt.Println(len(questions), "questions answered as they should be")
	return nil
}
