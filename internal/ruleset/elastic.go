package ruleset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
)

// Limits of one query. Elasticsearch refuses more than 65,536 terms in a list, and more than
// 1,024 clauses in all before version 8, where the limit is reckoned from memory and is
// never below 1,024.
//
// Source: Elasticsearch reference 8.13, index.max_terms_count, indices.query.bool.max_clause_count.
const (
	elasticTerms   = 60_000
	elasticClauses = 1_000
)

// writeElastic makes threat-intelligence documents in ECS for the bulk interface, and queries
// that find the values in logs by meaning. JSON has no comments: the label is in each name,
// and in each document as threat.indicator.marking.tlp.
func writeElastic(s *set) error {
	if err := s.plainPlaces(); err != nil {
		return err
	}
	w := &elastic{set: s, index: orElse(s.o.Table, "logs-ti_"+s.prefix()+".threat-default")}
	for i := range s.entries {
		e := &s.entries[i]
		if !s.placed(e.value) {
			continue
		}
		w.document(e)
	}
	s.add(s.fileName("elastic", "bulk", "ndjson"), w.bulk.Bytes())
	for i, p := range s.o.Places {
		w.queries(i+1, p)
	}
	return nil
}

type elastic struct {
	*set
	index string
	bulk  bytes.Buffer
}

// object is a JSON object; its keys are written in order.
type object map[string]any

func compact(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // maps, slices and strings, into memory
	return b.Bytes()
}

// document writes an entry for the bulk interface. The id comes from the value, so that
// loading a set again changes documents and adds none.
//
// Source: Elastic Common Schema 8.11, threat.indicator.
func (w *elastic) document(e *entry) {
	sum := sha256.Sum256([]byte(w.o.Name + "\x00" + kindOf(e.value) + "\x00" + e.value.Value))
	ind := object{
		"type": string(e.value.Type), "name": e.value.Value, "provider": source(w.o.Name), "description": e.about(),
		"marking": object{"tlp": strings.TrimPrefix(e.label.String(), "TLP:"), "tlp_version": "2.0"},
	}
	if len(e.ports) > 0 {
		ind["port"] = e.ports[0]
	}
	if len(e.refs) > 0 {
		ind["reference"] = e.refs[0]
	}
	if !e.since.IsZero() {
		ind["first_seen"] = e.since.UTC().Format(time.RFC3339)
	}
	elasticValue(ind, e)
	doc := object{
		"ecs": object{"version": "8.11.0"}, "event": object{"kind": "enrichment", "category": []string{"threat"}, "type": []string{"indicator"}},
		"threat": object{"indicator": ind}, "labels": object{"wakachi_set": w.o.Name},
	}
	if !w.o.At.IsZero() {
		doc["@timestamp"] = w.o.At.Format(time.RFC3339)
	}
	if !e.until.IsZero() {
		doc["labels"] = object{"wakachi_set": w.o.Name, "wakachi_until": e.until.UTC().Format(time.RFC3339)}
	}
	w.bulk.Write(compact(object{"index": object{"_index": w.index, "_id": hex.EncodeToString(sum[:16])}}))
	w.bulk.Write(compact(doc))
}

// elasticValue puts the value where ECS has it.
func elasticValue(ind object, e *entry) {
	v := e.value.Value
	switch e.value.Type {
	case indicator.Domain:
		ind["url"] = object{"domain": e.name}
	case indicator.IPv4, indicator.IPv6:
		ind["ip"] = e.net.Addr().String()
	case indicator.CIDR4, indicator.CIDR6: // ECS has no field for networks; the type is that of their addresses
		ind["type"] = strings.Replace(string(e.value.Type), "-cidr", "-addr", 1)
	case indicator.URL:
		ind["url"] = object{"full": v, "original": v, "domain": strings.Trim(e.url.host, "[]"), "scheme": e.url.scheme}
	case indicator.Email:
		ind["email"] = object{"address": v}
	case indicator.Registry:
		ind["registry"] = object{"path": v}
	case indicator.File:
		if e.value.Hash == indicator.NoHash {
			ind["file"] = object{"name": v}
			break
		}
		ind["file"] = object{"hash": object{hashName(e.value.Hash): v}}
	case indicator.Path:
		ind["type"], ind["file"] = "file", object{"path": v}
	case indicator.Imphash:
		ind["type"], ind["file"] = "file", object{"pe": object{"imphash": v}}
	}
}

// queries makes the queries of one place, each within the engine's limits.
func (w *elastic) queries(number int, p Place) {
	q := elasticQuery{w: w, place: p, number: number}
	for i := range w.entries {
		q.take(&w.entries[i])
	}
	q.flush()
}

// take adds a value if it shows in the place, in the words for that field.
func (q *elasticQuery) take(e *entry) {
	v := e.value
	if !slices.Contains(fieldTypes[q.place.Field], v.Type) {
		return
	}
	switch q.place.Field {
	case Digests:
		if columnTakes(q.place.Column, v.Hash) {
			q.terms(v.Value, strings.ToUpper(v.Value))
		}
	case FileNames:
		if v.Hash == indicator.NoHash {
			q.fileName(e)
		}
	case Names:
		q.domain(e)
	case URLs:
		q.url(e)
	case Addresses:
		q.terms(addressText(e)) // a field of type ip takes networks among addresses
	case Agents, Subjects:
		q.terms(v.Value)
	case Mails:
		q.mail(e)
	default:
		q.clause(folded(q.place.Column, v.Value))
	}
}

// columnTakes says that a column can hold digests of an algorithm: those of ECS are named by
// it, others may hold any.
func columnTakes(column string, h indicator.Hash) bool {
	column = strings.ToLower(column)
	named := false
	for _, other := range []indicator.Hash{indicator.MD5, indicator.SHA1, indicator.SHA256, indicator.SHA512} {
		named = named || strings.HasSuffix(column, hashName(other))
	}
	return h != indicator.NoHash && (!named || strings.HasSuffix(column, hashName(h)))
}

// hashName writes an algorithm as ECS does: sha256.
func hashName(h indicator.Hash) string {
	return strings.ToLower(strings.ReplaceAll(string(h), "-", ""))
}

// An elasticQuery gathers clauses until they would be too many.
type elasticQuery struct {
	w       *elastic
	place   Place
	number  int
	part    int
	exact   []string
	clauses []object
}

func (q *elasticQuery) terms(values ...string) {
	if len(q.exact)+len(values) > elasticTerms {
		q.flush()
	}
	q.exact = append(q.exact, values...)
}

func (q *elasticQuery) clause(c ...object) {
	if len(q.clauses)+len(c) > elasticClauses {
		q.flush()
	}
	q.clauses = append(q.clauses, c...)
}

func (q *elasticQuery) domain(e *entry) {
	if e.value.Type != indicator.Domain {
		return // an address has a field of its own
	}
	if !e.below {
		q.clause(folded(q.place.Column, e.name))
	}
	q.clause(wildcard(q.place.Column, "*."+e.name))
}

// url finds a URL as it stands, and what begins with it where a part of the path ends.
func (q *elasticQuery) url(e *entry) {
	if e.value.Type != indicator.URL {
		return // so has its host
	}
	port := ""
	if e.url.port != "" {
		port = ":" + e.url.port
	}
	url := e.url.scheme + "://" + e.url.host + port + e.url.path
	if !e.url.cut() {
		q.clause(prefix(q.place.Column, url))
		return
	}
	c := []object{{"term": object{q.place.Column: url}}}
	for i := range len(boundary) {
		c = append(c, prefix(q.place.Column, url+boundary[i:i+1]))
	}
	q.clause(c...)
}

// fileName finds a name alone and at the end of a path, and a path as it stands.
func (q *elasticQuery) fileName(e *entry) {
	q.clause(folded(q.place.Column, e.value.Value))
	if e.value.Type == indicator.File {
		q.clause(wildcard(q.place.Column, `*\\`+wildcardEscape(e.value.Value)), wildcard(q.place.Column, `*/`+wildcardEscape(e.value.Value)))
	}
}

// mail finds an address, or every address under a name.
func (q *elasticQuery) mail(e *entry) {
	switch {
	case e.value.Type == indicator.Email:
		q.clause(folded(q.place.Column, e.value.Value))
	case e.below:
		q.clause(wildcard(q.place.Column, "*@*."+e.name))
	default:
		q.clause(wildcard(q.place.Column, "*@"+e.name), wildcard(q.place.Column, "*@*."+e.name))
	}
}

// folded finds a text in any case.
func folded(field, value string) object {
	return object{"term": object{field: object{"value": value, "case_insensitive": true}}}
}

func prefix(field, value string) object { return object{"prefix": object{field: value}} }

func wildcard(field, value string) object {
	return object{"wildcard": object{field: object{"value": value, "case_insensitive": true}}}
}

// wildcardEscape takes their meaning from the signs of a wildcard query.
func wildcardEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(s)
}

// flush writes a query for what was gathered: its body as the search interface takes it.
func (q *elasticQuery) flush() {
	should := q.clauses
	if len(q.exact) > 0 {
		should = append(should, object{"terms": object{q.place.Column: q.exact}})
	}
	q.exact, q.clauses = nil, nil
	if len(should) == 0 {
		return
	}
	q.part++
	body := object{"query": object{"bool": object{"filter": []object{{"bool": object{"should": should, "minimum_should_match": 1}}}}}}
	name := strings.NewReplacer("*", "", "/", "", "{", "", "}", "", ":", "", ",", "").Replace(q.place.Column)
	q.w.add(q.w.fileName("elastic", itoa(q.number), name, itoa(q.part), "json"), compact(body))
}
