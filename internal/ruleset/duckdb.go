package ruleset

import (
	"fmt"
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

// writeDuckDB makes a table of indicators and a view for each place, which joins it with a
// log by meaning. The values are in the table alone; no query has one in its text.
func writeDuckDB(s *set) error {
	var table [][]string
	for i := range s.entries {
		if e := &s.entries[i]; s.placed(e.value) {
			table = append(table, e.row())
		}
	}
	file := s.fileName("duckdb", "csv")
	s.add(file, csv(s.head("#"), columns, table))

	d := duck{set: s, table: duckName(orElse(s.o.Table, s.prefix()+"_indicators"))}
	out := string(s.head("--"))
	out += lines("--", "Run where the CSV file lies: .read "+s.fileName("duckdb", "sql"),
		"Times of logs must be TIMESTAMP or TIMESTAMPTZ. Each view has the whole rows; each query says per indicator",
		"how often it was seen, first and last, and nothing of the machines that met it.") + "\n"
	out += d.load(file) + d.macros()
	for i, p := range s.o.Places {
		out += d.place(fmt.Sprintf("%s_%d", s.prefix(), i+1), p)
	}
	s.add(s.fileName("duckdb", "sql"), []byte(out))
	return nil
}

// prefix begins names of tables, views and macros.
func (s *set) prefix() string {
	p := strings.ReplaceAll(s.o.Name, "-", "_")
	if p != DefaultName {
		p = DefaultName + "_" + p
	}
	return p
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

type duck struct {
	set   *set
	table string // quoted
}

// duckName quotes a name; one with a dot is a schema and a table.
func duckName(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		parts[i] = `"` + strings.ReplaceAll(p, `"`, `""`) + `"`
	}
	return strings.Join(parts, ".")
}

// duckColumn quotes the name of a column, which may have dots of its own.
func duckColumn(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (d duck) load(file string) string {
	var cols []string
	for _, c := range columns {
		cols = append(cols, "'"+c+"': 'VARCHAR'")
	}
	return `CREATE OR REPLACE TABLE ` + d.table + ` AS
SELECT * EXCLUDE ("since", "until"), TRY_CAST(NULLIF("since", '') AS TIMESTAMP) AS "since", TRY_CAST(NULLIF("until", '') AS TIMESTAMP) AS "until"
FROM read_csv('` + file + `', header = true, delim = ',', quote = '"', escape = '"', comment = '#', nullstr = '\N', auto_detect = false, strict_mode = true,
  columns = {` + strings.Join(cols, ", ") + `});

`
}

// macros take apart what logs have: an address becomes 32 hex digits whose order is the order
// of addresses, a URL its host and what follows.
func (d duck) macros() string {
	p := d.set.prefix()
	return strings.NewReplacer("@_", p+"_").Replace(`CREATE OR REPLACE MACRO @_v4(a) AS '00000000000000000000ffff' || printf('%02x%02x%02x%02x',
  TRY_CAST(split_part(a, '.', 1) AS INT), TRY_CAST(split_part(a, '.', 2) AS INT), TRY_CAST(split_part(a, '.', 3) AS INT), TRY_CAST(split_part(a, '.', 4) AS INT));
CREATE OR REPLACE MACRO @_groups(part) AS CASE WHEN part = '' THEN 0 ELSE len(string_split(part, ':')) END;
CREATE OR REPLACE MACRO @_full(a) AS CASE WHEN contains(a, '::') THEN concat_ws(':', NULLIF(split_part(a, '::', 1), ''),
  NULLIF(rtrim(repeat('0:', greatest(0, 8 - @_groups(split_part(a, '::', 1)) - @_groups(split_part(a, '::', 2)))), ':'), ''), NULLIF(split_part(a, '::', 2), '')) ELSE a END;
CREATE OR REPLACE MACRO @_hex(g) AS CASE WHEN regexp_full_match(g, '[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}') THEN
  lpad(split_part(g, ':', 1), 4, '0') || lpad(split_part(g, ':', 2), 4, '0') || lpad(split_part(g, ':', 3), 4, '0') || lpad(split_part(g, ':', 4), 4, '0') ||
  lpad(split_part(g, ':', 5), 4, '0') || lpad(split_part(g, ':', 6), 4, '0') || lpad(split_part(g, ':', 7), 4, '0') || lpad(split_part(g, ':', 8), 4, '0') END;
CREATE OR REPLACE MACRO @_v6(a) AS @_hex(@_full(CASE WHEN contains(a, '.') THEN regexp_replace(a, '[^:]*$', '') ||
  substr(@_v4(regexp_extract(a, '[^:]*$')), 25, 4) || ':' || substr(@_v4(regexp_extract(a, '[^:]*$')), 29, 4) ELSE a END));
CREATE OR REPLACE MACRO @_key(a) AS CASE
  WHEN regexp_full_match(a, '((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])') THEN @_v4(a)
  WHEN contains(a, ':') THEN @_v6(trim(lower(a), '[]')) END;
CREATE OR REPLACE MACRO @_bare(u) AS regexp_replace(split_part(u, '#', 1), '^[A-Za-z][A-Za-z0-9+.-]*://', '');
CREATE OR REPLACE MACRO @_authority(u) AS regexp_replace(lower(regexp_extract(@_bare(u), '^[^/?]*')), '^.*@', '');
CREATE OR REPLACE MACRO @_host(u) AS rtrim(CASE WHEN starts_with(@_authority(u), '[') THEN regexp_extract(@_authority(u), '^\[[^\]]*\]')
  ELSE regexp_replace(@_authority(u), ':[0-9]*$', '') END, '.');
CREATE OR REPLACE MACRO @_rest(u) AS CASE WHEN starts_with(regexp_replace(@_bare(u), '^[^/?]*', ''), '/') THEN '' ELSE '/' END || regexp_replace(@_bare(u), '^[^/?]*', '');

`)
}

// place makes the view and the query of one column.
func (d duck) place(view string, p Place) string {
	column := duckColumn(p.Column)
	when, still := "NULL", ""
	if p.Time != "" {
		when = "l." + duckColumn(p.Time)
		still = "\nWHERE h.\"until\" IS NULL OR CAST(" + when + " AS TIMESTAMP) < h.\"until\""
	}
	return "-- " + string(p.Field) + ": " + oneLine(p.Table+" "+p.Column, 2*maxIdentifier+1) + `
CREATE OR REPLACE VIEW ` + duckColumn(view) + ` AS
WITH texts AS (SELECT DISTINCT CAST(` + column + ` AS VARCHAR) AS raw FROM ` + duckName(p.Table) + ` WHERE ` + column + ` IS NOT NULL),
hits AS (` + strings.Join(d.matches(p.Field), "\n  UNION\n  ") + `)
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, ` + when + ` AS wakachi_time
FROM ` + duckName(p.Table) + ` l JOIN hits h ON CAST(l.` + column + ` AS VARCHAR) = h.raw` + still + `;
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM ` + duckColumn(view) + ` GROUP BY ALL ORDER BY ALL;

`
}

// matches gives the ways in which the values of a field are compared.
func (d duck) matches(f Field) []string {
	p := d.set.prefix()
	host := p + "_host(t.raw)"
	switch f {
	case Names:
		return []string{d.names("t.raw"), d.addresses("t.raw")}
	case Addresses:
		return []string{d.addresses("t.raw")}
	case URLs:
		return []string{d.urls(), d.names(host), d.addresses(host)}
	case Mails:
		return []string{d.equal("lower(trim(t.raw, '<> '))", "email-addr"), d.names("split_part(trim(t.raw, '<> '), '@', -1)")}
	case Digests:
		return []string{d.equal("lower(t.raw)", "file") + ` AND i."algorithm" <> ''`}
	case FileNames:
		return []string{d.equal(`lower(regexp_extract(t.raw, '[^/\\]*$'))`, "file") + ` AND i."algorithm" = ''`, d.equal("lower(t.raw)", "directory")}
	case Agents, Subjects:
		return []string{d.equal("t.raw", string(fieldTypes[f][0]))}
	case Fingerprints:
		var all []string
		for _, t := range fieldTypes[f] {
			all = append(all, string(t))
		}
		return []string{d.equal("lower(replace(t.raw, ':', ''))", all...)}
	}
	return []string{d.equal("lower(t.raw)", string(fieldTypes[f][0]))}
}

const duckHit = `SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM `

// equal compares texts. Types are ours, not from outside.
func (d duck) equal(expr string, types ...string) string {
	return duckHit + `texts t JOIN ` + d.table + ` i ON i."type" IN ('` + strings.Join(types, "', '") + `') AND i."name" = ` + expr
}

// names cuts a name into itself and the names above it, which are then compared whole.
func (d duck) names(expr string) string {
	return duckHit + `(SELECT raw, name, array_to_string(parts[n:], '.') AS suffix FROM (SELECT raw, name, string_split(name, '.') AS parts
    FROM (SELECT t.raw, rtrim(lower(` + expr + `), '.') AS name FROM texts t)), LATERAL (SELECT unnest(range(1, len(parts) + 1)) AS n)) t
    JOIN ` + d.table + ` i ON i."type" = '` + string(indicator.Domain) + `' AND i."name" = t.suffix AND (i."below" = '0' OR t.name <> t.suffix)`
}

func (d duck) addresses(expr string) string {
	return duckHit + `(SELECT t.raw, ` + d.set.prefix() + `_key(` + expr + `) AS k FROM texts t) t JOIN ` + d.table + ` i
    ON i."lo" <> '' AND t.k BETWEEN i."lo" AND i."hi"`
}

func (d duck) urls() string {
	p := d.set.prefix()
	return duckHit + `(SELECT t.raw, ` + p + `_host(t.raw) AS host, ` + p + `_rest(t.raw) AS rest FROM texts t) t JOIN ` + d.table + ` i
    ON i."type" = 'url' AND i."name" = t.host AND starts_with(t.rest, i."path")
    AND (i."cut" = '0' OR length(t.rest) = length(i."path") OR contains('` + boundary + `', substr(t.rest, length(i."path") + 1, 1)))`
}
