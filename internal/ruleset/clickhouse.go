package ruleset

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

// writeClickHouse makes a table of indicators and a view for each place, by the same meaning
// as those of DuckDB. No query has a value in its text. Addresses are compared by equality
// and networks by the ends of their range, for the engine joins by equality alone.
func writeClickHouse(s *set) error {
	c := house{set: s, table: houseName(orElse(s.o.Table, s.prefix()+"_indicators"))}
	file := s.fileName("clickhouse", "tsv")
	s.add(file, c.rows())

	out := string(s.head("--"))
	out += lines("--", "1. clickhouse-client --multiquery < "+s.fileName("clickhouse", "sql"),
		"2. clickhouse-client --query 'INSERT INTO "+oneLine(strings.ReplaceAll(c.table, "'", `'\''`), maxIdentifier*2)+" FORMAT TabSeparatedWithNames' < "+file,
		"3. clickhouse-client --multiquery < "+s.fileName("clickhouse", "queries", "sql"),
		"Times of logs must be DateTime or DateTime64. Each view has the texts in which something was found, as wakachi_raw;",
		"each query says per indicator how often it was seen, first and last, and nothing of the machines that met it.") + "\n"
	out += "DROP TABLE IF EXISTS " + c.table + ";\nCREATE TABLE " + c.table + " (" + c.columns() + ") ENGINE = MergeTree ORDER BY (`type`, `name`);\n\n"
	queries := string(s.head("--")) + "\n"
	for i, p := range s.o.Places {
		view := houseColumn(fmt.Sprintf("%s_%d", s.prefix(), i+1))
		out += c.view(view, p)
		queries += c.query(view, p)
	}
	s.add(s.fileName("clickhouse", "sql"), []byte(out))
	s.add(s.fileName("clickhouse", "queries", "sql"), []byte(queries))
	return nil
}

type house struct {
	set   *set
	table string // quoted
}

// houseName quotes a name; one with a dot is a database and a table.
func houseName(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		parts[i] = houseColumn(p)
	}
	return strings.Join(parts, ".")
}

func houseColumn(name string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(name) + "`"
}

func (c house) columns() string {
	var out []string
	for _, name := range columns {
		typ := "String"
		if name == "since" || name == "until" {
			typ = "Nullable(DateTime)"
		}
		out = append(out, houseColumn(name)+" "+typ)
	}
	return strings.Join(out, ", ")
}

// rows writes the table as tab-separated text, in which three characters are escaped.
func (c house) rows() []byte {
	escape := strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`)
	out := bytes.NewBufferString(strings.Join(columns, "\t") + "\n")
	for i := range c.set.entries {
		e := &c.set.entries[i]
		if !c.set.placed(e.value) {
			continue
		}
		row := e.row()
		for j, field := range row {
			row[j] = escape.Replace(field)
			if field == "" && (columns[j] == "since" || columns[j] == "until") {
				row[j] = `\N`
			}
		}
		out.WriteString(strings.Join(row, "\t") + "\n")
	}
	return out.Bytes()
}

// view has the texts of one column in which something was found, each with what it was.
func (c house) view(view string, p Place) string {
	texts := "SELECT DISTINCT " + houseText(p) + " AS wakachi_raw FROM " + houseName(p.Table)
	return "-- " + oneLine(string(p.Field)+": "+p.Table+" "+p.Column, 2*maxIdentifier) + "\nDROP TABLE IF EXISTS " + view + ";\nCREATE VIEW " + view +
		" AS SELECT DISTINCT wakachi_raw, " + houseHit + " FROM (\n  " + strings.Join(c.matches(p.Field, texts), "\n  UNION ALL\n  ") + "\n);\n\n"
}

// query says how often each value was seen in a column, first and last.
func (c house) query(view string, p Place) string {
	left, when, still := houseText(p)+" AS wakachi_raw", "", ""
	if p.Time != "" {
		left += ", toDateTime(" + houseColumn(p.Time) + ") AS wakachi_time"
		when = ", min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen"
		still = "\nWHERE isNull(wakachi_until) OR wakachi_time < wakachi_until"
	}
	return "-- " + oneLine(string(p.Field)+": "+p.Table+" "+p.Column, 2*maxIdentifier) + "\nSELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits" + when +
		"\nFROM (SELECT " + left + " FROM " + houseName(p.Table) + ") ALL INNER JOIN (SELECT wakachi_raw, " + houseHit + " FROM " + view + ") USING (wakachi_raw)" + still +
		"\nGROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;\n\n"
}

func houseText(p Place) string { return "ifNull(toString(" + houseColumn(p.Column) + "), '')" }

const (
	houseHit  = "wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until"
	houseTake = "`type` AS wakachi_type, `value` AS wakachi_value, `ref` AS wakachi_ref, `tlp` AS wakachi_tlp, `until` AS wakachi_until"
)

func (c house) matches(f Field, texts string) []string {
	raw := "wakachi_raw"
	switch f {
	case Names:
		return append(c.addresses(raw, texts), c.names(raw, texts))
	case Addresses:
		return c.addresses(raw, texts)
	case URLs:
		return append(c.addresses(houseHost, texts), c.names(houseHost, texts), c.urls(texts))
	case Mails:
		mail := "replaceRegexpAll(wakachi_raw, '^[< ]+|[> ]+$', '')"
		return []string{c.equal("lower("+mail+")", "'email-addr'", texts), c.names("replaceRegexpOne("+mail+", '^.*@', '')", texts)}
	case Digests:
		return []string{c.equal("lower(wakachi_raw)", "'file') AND `algorithm` != '' AND `type` IN ('file'", texts)}
	case FileNames:
		return []string{c.equal(`lower(replaceRegexpOne(wakachi_raw, '^.*[/\\\\]', ''))`, "'file') AND `algorithm` = '' AND `type` IN ('file'", texts),
			c.equal("lower(wakachi_raw)", "'directory'", texts)}
	case Agents, Subjects:
		return []string{c.equal(raw, "'"+string(fieldTypes[f][0])+"'", texts)}
	case Fingerprints:
		var all []string
		for _, t := range fieldTypes[f] {
			all = append(all, "'"+string(t)+"'")
		}
		return []string{c.equal("lower(replaceAll(wakachi_raw, ':', ''))", strings.Join(all, ", "), texts)}
	}
	return []string{c.equal("lower(wakachi_raw)", "'"+string(fieldTypes[f][0])+"'", texts)}
}

// equal compares texts. types are ours, not from outside.
func (c house) equal(expr, types, texts string) string {
	return "SELECT wakachi_raw, " + houseHit + " FROM (SELECT wakachi_raw, " + expr + " AS wakachi_name FROM (" + texts + ")) ALL INNER JOIN (SELECT `name` AS wakachi_name, " +
		houseTake + " FROM " + c.table + " WHERE `type` IN (" + types + ")) USING (wakachi_name)"
}

// names cuts a name into itself and the names above it, which are then compared whole.
func (c house) names(expr, texts string) string {
	return "SELECT wakachi_raw, " + houseHit + " FROM (SELECT wakachi_raw, wakachi_whole, arrayStringConcat(arraySlice(wakachi_parts, wakachi_n), '.') AS wakachi_name\n" +
		"    FROM (SELECT wakachi_raw, wakachi_whole, splitByChar('.', wakachi_whole) AS wakachi_parts FROM (SELECT wakachi_raw, lower(replaceRegexpOne(" + expr +
		", '[.]+$', '')) AS wakachi_whole FROM (" + texts + "))) ARRAY JOIN arrayEnumerate(wakachi_parts) AS wakachi_n)\n" +
		"    ALL INNER JOIN (SELECT `name` AS wakachi_name, `below` AS wakachi_below, " + houseTake + " FROM " + c.table + " WHERE `type` = '" + string(indicator.Domain) +
		"') USING (wakachi_name) WHERE wakachi_below = '0' OR wakachi_name != wakachi_whole"
}

// Shapes of addresses. Functions that read them stop the whole query at a text that is none,
// so they are given only what has the shape.
const (
	octet  = `(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])`
	shape4 = `^(` + octet + `[.]){3}` + octet + `$`
	hextet = `[0-9a-f]{1,4}`
	shape6 = `^(` + hextet + `(:` + hextet + `){7}|(` + hextet + `:){1,7}:|(` + hextet + `:){1,6}:` + hextet + `|(` + hextet + `:){1,5}(:` + hextet + `){2}|(` + hextet + `:){1,4}(:` + hextet + `){3}|(` +
		hextet + `:){1,3}(:` + hextet + `){4}|(` + hextet + `:){1,2}(:` + hextet + `){5}|` + hextet + `:(:` + hextet + `){6}|::|:(:` + hextet + `){1,7})$`
	shapeMap = `^(0{0,4}:){1,5}:?ffff:[0-9.]+$` // ::ffff:192.0.2.1
)

func (c house) addresses(expr, texts string) []string {
	bare := "replaceRegexpAll(lower(" + expr + "), '^\\\\[|\\\\]$', '')"
	plain := "if(match(" + bare + ", '" + shapeMap + "'), replaceRegexpOne(" + bare + ", '^.*:', ''), " + bare + ")"
	key := "SELECT wakachi_raw, multiIf(match(wakachi_a, '" + shape4 + "'), lower(hex(IPv4ToIPv6(IPv4StringToNum(if(match(wakachi_a, '" + shape4 + "'), wakachi_a, '0.0.0.0'))))), match(wakachi_a, '" + shape6 +
		"'), lower(hex(IPv6StringToNum(if(match(wakachi_a, '" + shape6 + "'), wakachi_a, '::')))), '') AS wakachi_key\n    FROM (SELECT wakachi_raw, " + plain + " AS wakachi_a FROM (" + texts + "))"
	one := "SELECT wakachi_raw, " + houseHit + " FROM (" + key + ")\n    ALL INNER JOIN (SELECT `lo` AS wakachi_key, " + houseTake + " FROM " + c.table + " WHERE `lo` != '' AND `lo` = `hi`) USING (wakachi_key)"
	net := "SELECT wakachi_raw, " + houseHit + " FROM (" + key + ") CROSS JOIN (SELECT `lo` AS wakachi_lo, `hi` AS wakachi_hi, " + houseTake + " FROM " + c.table +
		" WHERE `lo` != `hi`)\n    WHERE wakachi_key >= wakachi_lo AND wakachi_key <= wakachi_hi"
	return []string{one, net}
}

const (
	houseBare = "replaceRegexpOne(replaceRegexpOne(wakachi_raw, '#.*$', ''), '^[A-Za-z][A-Za-z0-9+.-]*://', '')"
	houseHost = "replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(lower(extract(" + houseBare + ", '^[^/?]*')), '^.*@', ''), ':[0-9]*$', ''), '[.]+$', '')"
	houseRest = "replaceRegexpOne(" + houseBare + ", '^[^/?]*', '')"
)

func (c house) urls(texts string) string {
	return "SELECT wakachi_raw, " + houseHit + " FROM (SELECT wakachi_raw, " + houseHost + " AS wakachi_name, concat(if(startsWith(" + houseRest + ", '/'), '', '/'), " + houseRest + ") AS wakachi_rest FROM (" + texts +
		"))\n    ALL INNER JOIN (SELECT `name` AS wakachi_name, `path` AS wakachi_path, `cut` AS wakachi_cut, " + houseTake + " FROM " + c.table + " WHERE `type` = 'url') USING (wakachi_name)\n" +
		"    WHERE startsWith(wakachi_rest, wakachi_path) AND (wakachi_cut = '0' OR length(wakachi_rest) = length(wakachi_path) OR position('" + boundary +
		"', substring(wakachi_rest, length(wakachi_path) + 1, 1)) > 0)"
}
