package stix

import (
	"slices"
	"time"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/tlp"
)

// A builder gathers the objects of one bundle. Facts are placed in two steps, because an
// infrastructure or malware object refers to the observables of many facts.
type builder struct {
	meta    Meta
	marking object
	terms   object // the letter's conditions as a statement marking; nil if there are none
	stamp   string

	objects []object
	seen    map[string]bool // ids already placed

	infrastructure map[parcel.Role]*cluster
	malware        *cluster
	roles          []parcel.Role // in order of first use, so that bytes are stable
	loose          []string      // indicators that belong to no cluster
	patterns       []string      // attack-pattern ids
	weaknesses     []string      // vulnerability ids
}

// A cluster is a domain object in the making with what hangs on it.
type cluster struct {
	id          string
	observables []string
	indicators  []string
	families    []string
}

func newBuilder(label tlp.Label, m Meta) *builder {
	b := &builder{
		meta: m, marking: marking(label), stamp: Timestamp(m.At),
		seen: map[string]bool{}, infrastructure: map[parcel.Role]*cluster{},
	}
	if text := statement(m.Letter); text != "" {
		b.terms = object{
			"type": "marking-definition", "spec_version": "2.1", "id": m.Mint("marking-definition"), "created": b.stamp,
			"created_by_ref": string(m.Sender), "definition_type": "statement", "definition": object{"statement": text},
			"object_marking_refs": []string{b.marking["id"].(string)},
		}
	}
	return b
}

// markings gives the ids every object refers to: the label's and the conditions'.
func (b *builder) markings() []string {
	refs := []string{b.marking["id"].(string)}
	if b.terms != nil {
		refs = append(refs, b.terms["id"].(string))
	}
	return refs
}

// observe places observables and indicators of all facts that have a value.
func (b *builder) observe(facts []parcel.Fact) error {
	placed, groups := map[int]string{}, map[int][]parcel.Fact{}
	for _, f := range facts {
		if f.Group != 0 && f.Like == nil {
			groups[f.Group] = append(groups[f.Group], f)
		}
	}
	for _, f := range facts {
		if f.Sort != parcel.Indicator {
			continue
		}
		ref, err := b.observable(f, groups[f.Group], placed)
		if err != nil {
			return err
		}
		b.assign(f, ref, b.indicator(f))
	}
	return nil
}

// observable places the object a fact describes and gives its id, empty if there is
// none. Facts of one group share one file object.
func (b *builder) observable(f parcel.Fact, group []parcel.Fact, placed map[int]string) (string, error) {
	if id, ok := placed[f.Group]; ok && f.Group != 0 && f.Like == nil {
		return id, nil
	}
	o, err := observable(f)
	if f.Group != 0 && f.Like == nil {
		o, err = fileObject(group)
	}
	if err != nil || o == nil {
		return "", err
	}
	id := b.place(o)
	if f.Group != 0 {
		placed[f.Group] = id
	}
	if f.Port == 0 || !slices.Contains([]indicator.Type{indicator.IPv4, indicator.IPv6, indicator.Domain}, f.Value.Type) {
		return id, nil
	}
	t, err := traffic(f, id)
	if err == nil {
		b.place(t)
	}
	return id, err
}

// place adds an object once and gives its id.
func (b *builder) place(o object) string {
	id := o["id"].(string) // every object here is made with an id
	if !b.seen[id] {
		b.seen[id] = true
		o["object_marking_refs"] = b.markings()
		b.objects = append(b.objects, o)
	}
	return id
}

// domain places a domain or relationship object with the properties all of them share.
//
// SPEC: STIX 2.1 §3.2.
func (b *builder) domain(objectType string, o object) string {
	o["type"], o["spec_version"] = objectType, "2.1"
	if o["id"] == nil {
		o["id"] = b.meta.Mint(objectType)
	}
	o["created"], o["modified"] = b.stamp, b.stamp
	o["created_by_ref"] = string(b.meta.Sender)
	return b.place(o)
}

// indicator places the indicator of a fact and gives its id, empty if no pattern
// language can express the value.
func (b *builder) indicator(f parcel.Fact) string {
	text, language := patternOf(f)
	if text == "" {
		return ""
	}
	o := object{
		"pattern": text, "pattern_type": language,
		"indicator_types": []string{"malicious-activity"},
		"name":            indicatorName(f),
		"valid_from":      b.stamp,
		"confidence":      confidence(f),
	}
	if !b.meta.Plain {
		o["description"] = indicatorText(f)
	}
	if language == "stix" {
		o["pattern_version"] = "2.1"
	}
	if f.First != "" {
		o["valid_from"] = f.First + "T00:00:00.000Z"
	}
	if until := b.meta.Letter.Until; !until.IsZero() {
		o["valid_until"] = Timestamp(until)
	}
	return b.domain("indicator", o)
}

func confidence(f parcel.Fact) int {
	if f.Suspected {
		return 50
	}
	return 85
}

// assign hangs an observable and its indicator on the cluster the fact belongs to.
func (b *builder) assign(f parcel.Fact, observable, indicatorID string) {
	c := b.cluster(f)
	if c == nil {
		if indicatorID != "" {
			b.loose = append(b.loose, indicatorID)
		}
		return
	}
	if observable != "" && !slices.Contains(c.observables, observable) {
		c.observables = append(c.observables, observable)
	}
	if indicatorID != "" {
		c.indicators = append(c.indicators, indicatorID)
	}
}

func (b *builder) cluster(f parcel.Fact) *cluster {
	switch f.Value.Type {
	case indicator.File, indicator.Path, indicator.Mutex, indicator.Imphash, indicator.SSDEEP,
		indicator.Service, indicator.Task, indicator.Registry:
		if b.malware == nil {
			b.malware = &cluster{id: b.meta.Mint("malware")}
		}
		return b.malware
	case indicator.Subject, indicator.Coin, indicator.UserAgent:
		return nil
	}
	if f.Role == "" {
		return nil
	}
	c := b.infrastructure[f.Role]
	if c == nil {
		c = &cluster{id: b.meta.Mint("infrastructure")}
		b.infrastructure[f.Role] = c
		b.roles = append(b.roles, f.Role)
	}
	return c
}

// describe places attack patterns, vulnerabilities and the families of malware.
func (b *builder) describe(facts []parcel.Fact) {
	for _, f := range facts {
		switch f.Sort {
		case parcel.Technique:
			b.patterns = append(b.patterns, b.domain("attack-pattern", attackPattern(f.Value.Value)))
		case parcel.Vulnerability:
			b.weaknesses = append(b.weaknesses, b.domain("vulnerability", vulnerability(f)))
		case parcel.Malware:
			if b.malware == nil {
				b.malware = &cluster{id: b.meta.Mint("malware")}
			}
			if !slices.Contains(b.malware.families, f.Family) {
				b.malware.families = append(b.malware.families, f.Family)
			}
		}
	}
}

// handling tells a receiver what it holds and what would help the sender.
//
// Guidance Q5, Q8: sharing early means sharing before all is known; "searched and not
// found" is an answer too.
const handling = "調査の途中で共有する攻撃技術情報です。日付は日または月に丸めてあります。付けた TLP の範囲で扱ってください。" +
	"自組織のログを調べたときは、見つかった場合も、見つからなかった場合も、ログが残っていない場合も、共有元に知らせてください。 / " +
	"Technical information shared while the investigation goes on. Dates are rounded to the day or month. Keep to the TLP label. " +
	"If you search your logs, please tell the sender: found, not found, or no logs for that time."

// finish places identity, clusters, the note and the grouping, and gives all objects in
// the order a reader meets them.
func (b *builder) finish() []object {
	refs := make([]string, 0, len(b.objects))
	for _, o := range b.objects {
		refs = append(refs, o["id"].(string))
	}
	all := b.domain("grouping", object{
		"name": b.word(groupingName), "context": "suspicious-activity",
		"object_refs": refs,
	})
	if !b.meta.Plain {
		b.domain("note", object{"content": handling, "object_refs": []string{all}})
	}
	if ask := b.meta.Letter.Ask; ask != "" {
		if due := b.meta.Letter.AskDue; !due.IsZero() {
			ask += askBy + due.Format(time.DateOnly) + "）"
		}
		b.domain("note", object{"abstract": b.word(askAbstract), "content": ask, "object_refs": []string{all}})
	}
	head := []object{b.identity(), b.marking}
	if b.terms != nil {
		head = append(head, b.terms)
	}
	return append(head, b.objects...)
}

// identity is who a sender is to one community. It says nothing that changes from parcel to
// parcel: two versions of it would tell when somebody shared, and bear a label that is not
// the identity's.
func (b *builder) identity() object {
	since := b.stamp
	if !b.meta.Since.IsZero() {
		since = Timestamp(b.meta.Since)
	}
	return object{
		"type": "identity", "spec_version": "2.1", "id": string(b.meta.Sender), "created": since, "modified": since,
		"name": b.word(anonymous), "identity_class": "unknown",
	}
}

const anonymous = "匿名の共有元 / anonymous sharer"
