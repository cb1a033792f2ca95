package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// The SQL engines get the same logs, and must find the same: logs.sql and found.tsv.

func duckdb(j judge) error {
	if err := j.copyGolden("duckdb"); err != nil {
		return err
	}
	out, err := j.run(nil, "node", filepath.Join(j.tools, "duckdb.mjs"), j.node, filepath.Join(j.fixtures, "logs.sql"), filepath.Join(j.dir, "mixed.amber.duckdb.sql"))
	if err != nil {
		return err
	}
	return j.found(out)
}

func (j judge) found(rows string) error {
	want, err := os.ReadFile(filepath.Join(j.fixtures, "found.tsv"))
	if err != nil {
		return err
	}
	var kept []string
	for _, line := range strings.Split(string(want), "\n") {
		if !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	return sameRows(rows, strings.Join(kept, "\n"))
}

func clickhouse(j judge) error {
	if err := j.copyGolden("clickhouse"); err != nil {
		return err
	}
	host, port, ok := strings.Cut(j.house, ":")
	if !ok {
		return fmt.Errorf("-clickhouse %s is no host:port", j.house)
	}
	client := func(input []byte, args ...string) (string, error) {
		return j.run(input, "clickhouse-client", append([]string{"--host", host, "--port", port}, args...)...)
	}
	version, err := client(nil, "--query", "SELECT version()")
	if err != nil {
		return err
	}
	fmt.Print("ClickHouse ", version)
	logs, err := os.ReadFile(filepath.Join(j.fixtures, "logs.sql"))
	if err != nil {
		return err
	}
	for _, step := range []struct {
		input []byte
		file  string
		args  []string
	}{
		{input: houseLogs(string(logs)), args: []string{"--multiquery"}},
		{file: "mixed.amber.clickhouse.sql", args: []string{"--multiquery"}},
		{file: "mixed.amber.clickhouse.tsv", args: []string{"--query", "INSERT INTO `wakachi_mixed_indicators` FORMAT TabSeparatedWithNames"}},
	} {
		if step.file != "" {
			if step.input, err = os.ReadFile(filepath.Join(j.dir, step.file)); err != nil {
				return err
			}
		}
		if _, err := client(step.input, step.args...); err != nil {
			return err
		}
	}
	queries, err := os.ReadFile(filepath.Join(j.dir, "mixed.amber.clickhouse.queries.sql"))
	if err != nil {
		return err
	}
	out, err := client(queries, "--multiquery")
	if err != nil {
		return err
	}
	return j.found(strings.NewReplacer(`\'`, `'`, `\\`, `\`).Replace(out))
}

// houseLogs writes the logs in ClickHouse's words: other types, backslashes doubled, and a row
// list on one line, as old clients want it.
func houseLogs(sql string) []byte {
	sql = strings.NewReplacer(`\`, `\\`, "TIMESTAMP", "DateTime", ", tag VARCHAR)", ", tag String) ENGINE = Memory", "VARCHAR", "Nullable(String)", "VALUES\n", "VALUES").Replace(sql)
	sql = regexp.MustCompile(`,\n \(`).ReplaceAllString(sql, ", (")
	drop := ""
	for _, m := range regexp.MustCompile(`CREATE TABLE (\w+)`).FindAllStringSubmatch(sql, -1) {
		drop += "DROP TABLE IF EXISTS " + m[1] + ";\n"
	}
	return []byte(drop + sql)
}
