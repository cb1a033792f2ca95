// Judge-rules asks the engines themselves about the rules under internal/ruleset/testdata/golden:
// whether they are read, and whether they find what they must and nothing that only looks
// like it. It is no part of go test, for it needs the engines:
//
//	go run ./tools/judge-rules [flags] ENGINE...
//
//	yara             yara and yarac (Debian: yara)
//	rpz              named-checkzone, named and dig (Debian: bind9-utils, bind9, bind9-dnsutils)
//	suricata         suricata -T
//	suricata-update  its reader of rules, in -python (Debian: suricata-update)
//	sigma            pySigma and its backend for Splunk, in -python
//	duckdb           node, and @duckdb/node-api under -node/node_modules
//	clickhouse       clickhouse-client, and a server of one's own at -clickhouse, whose tables dns,
//	                 ssl, http, conn, files and smtp are replaced
//
// An engine that is not there is a failure. Exit code 1 if any judge says no.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

type judge struct {
	golden, fixtures, tools string // absolute
	python, node, house     string
	dir                     string // scratch
}

func main() {
	root := flag.String("root", ".", "the repository")
	var j judge
	flag.StringVar(&j.python, "python", "python3", "Python with the modules asked for")
	flag.StringVar(&j.node, "node", ".", "folder with node_modules")
	flag.StringVar(&j.house, "clickhouse", "127.0.0.1:9000", "address of a ClickHouse server that may be written to")
	flag.Parse()
	judges := map[string]func(judge) error{
		"yara": yara, "rpz": rpz, "suricata": suricata, "suricata-update": suricataUpdate, "sigma": sigma, "duckdb": duckdb, "clickhouse": clickhouse,
	}
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	abs, err := filepath.Abs(*root)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	j.golden, j.fixtures, j.tools = filepath.Join(abs, "internal/ruleset/testdata/golden"), filepath.Join(abs, "internal/ruleset/testdata/judge"), filepath.Join(abs, "tools/judge-rules")
	code := 0
	for _, name := range flag.Args() {
		if err := j.hear(name, judges[name]); err != nil {
			fmt.Printf("%s: FAILED: %v\n", name, err)
			code = 1
			continue
		}
		fmt.Printf("%s: passed\n", name)
	}
	os.Exit(code)
}

func (j judge) hear(name string, f func(judge) error) (err error) {
	if f == nil {
		return fmt.Errorf("no such engine")
	}
	if j.dir, err = os.MkdirTemp("", "judge-rules-"); err != nil {
		return err
	}
	defer os.RemoveAll(j.dir)
	return f(j)
}

// run gives what a command prints; what it complains of goes into the error.
func (j judge) run(input []byte, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	var out, complaint bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = j.dir, bytes.NewReader(input), &out, &complaint
	err := cmd.Run()
	if err != nil {
		return out.String(), fmt.Errorf("%s: %w: %s%s", name, err, out.String(), complaint.String())
	}
	return out.String(), nil
}

// copyGolden lays the files of a target into the scratch folder.
func (j judge) copyGolden(target string) error {
	names, err := filepath.Glob(filepath.Join(j.golden, target, "*"))
	if err != nil || len(names) == 0 {
		return fmt.Errorf("no files for %s", target)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(j.dir, filepath.Base(name)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func suricata(j judge) error {
	for _, set := range []string{"suricata", "suricata-lists"} {
		if err := j.copyGolden(set); err != nil {
			return err
		}
		if _, err := j.run(nil, "suricata", "-T", "-l", j.dir, "-S", filepath.Join(j.dir, "mixed.amber.rules")); err != nil {
			return err
		}
	}
	return nil
}

func suricataUpdate(j judge) error {
	out, err := j.run(nil, j.python, filepath.Join(j.tools, "suricata_rules.py"), filepath.Join(j.golden, "suricata/mixed.amber.rules"), filepath.Join(j.golden, "suricata-lists/mixed.amber.rules"))
	fmt.Print(out)
	return err
}

func sigma(j judge) error {
	out, err := j.run(nil, j.python, filepath.Join(j.tools, "sigma_rules.py"), filepath.Join(j.golden, "sigma"))
	fmt.Print(out)
	return err
}

// sameRows compares rows in any order.
func sameRows(got, want string) error {
	a, b := strings.Split(strings.TrimSpace(got), "\n"), strings.Split(strings.TrimSpace(want), "\n")
	sort.Strings(a)
	sort.Strings(b)
	if strings.Join(a, "\n") != strings.Join(b, "\n") {
		return fmt.Errorf("found\n%s\nand should have found\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	fmt.Printf("%d rows, as expected\n", len(a))
	return nil
}
