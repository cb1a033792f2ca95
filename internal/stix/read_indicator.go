package stix

import (
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/pattern"
)

// indicator makes the lines of an indicator.
func (r *reader) indicator(it *item) {
	if until := it.root.say("valid_until"); until != "" {
		if end, _ := instant(until); end <= r.at {
			it.lose(Expired)
			return
		}
		it.miss("valid_until", NoPlace)
	}
	if types, ok := it.root.member("indicator_types"); ok {
		for t := range types.each {
			if t.text() == "benign" {
				it.lose(Benign)
				return
			}
		}
	}
	lines, why := r.asked(it)
	if len(lines) == 0 {
		it.lose(why)
		return
	}
	f, own := r.manner(it)
	for i, l := range lines {
		l.Sort, l.Role, l.First, l.Last, l.Suspected = "indicator", string(f.Role), f.First, f.Last, f.Suspected
		if own {
			it.say("description")
		}
		if i == 0 && it.root.say("name") == indicatorName(factOf(l)) {
			it.say("name")
		}
		r.line(it, l)
	}
}

// manner reads how an indicator was seen: out of a description of our own, else out of what
// STIX has for it.
func (r *reader) manner(it *item) (f parcel.Fact, own bool) {
	if f, own = ownText(it.root.say("description")); own {
		return f, true
	}
	f.Role = r.roles[it.ID]
	if m, ok := it.root.member("confidence"); ok {
		n, _ := m.integer()
		f.Suspected = n <= 50
		if n != 50 && n != 85 {
			it.miss("confidence", Narrowed)
		}
	}
	from := it.root.say("valid_from")
	if from != it.root.say("created") {
		// Since when it is valid is the best there is for since when it was seen.
		f.First = from[:len("2006-01-02")]
		it.miss("valid_from", Guessed)
	}
	return f, false
}

// factOf gives the fact a line was made of, as far as names go.
func factOf(l parcel.Line) parcel.Fact {
	return parcel.Fact{Value: indicator.Value{Type: indicator.Type(l.Type), Hash: indicator.Hash(l.Hash), Value: l.Value}, Like: l.Like}
}

// asked gives the values an indicator's pattern asks for, or why there are none.
func (r *reader) asked(it *item) ([]parcel.Line, Why) {
	text := it.root.say("pattern")
	switch language := it.root.say("pattern_type"); language {
	case "stix":
		return r.stixPattern(it, text)
	case "jarm":
		return valueLine(indicator.JARM, text)
	case "suricata", "yara":
		if l, ok := ownRule(text); ok {
			return []parcel.Line{l}, ""
		}
	}
	return nil, Foreign
}

func valueLine(t indicator.Type, text string) ([]parcel.Line, Why) {
	v, err := indicator.Parse(t, text)
	if err != nil {
		return nil, NoValue
	}
	return []parcel.Line{lineOf(v)}, ""
}

func lineOf(v indicator.Value) parcel.Line {
	return parcel.Line{Type: string(v.Type), Hash: string(v.Hash), Value: v.Value}
}

// ownRule reads a rule in another language if it is one we write.
func ownRule(text string) (parcel.Line, bool) {
	for t, part := range map[indicator.Type]string{indicator.JA3: `content:"`, indicator.JA3S: `content:"`, indicator.PDB: `$s1 = "`} {
		_, rest, ok := strings.Cut(text, part)
		if !ok {
			continue
		}
		end := strings.LastIndex(rest, `"`)
		if t != indicator.PDB {
			end = strings.IndexByte(rest, '"')
		}
		if end < 0 {
			continue
		}
		raw := strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(rest[:end])
		v, err := ruleValue(t, raw)
		if err != nil {
			continue
		}
		if again, _ := patternOf(parcel.Fact{Value: v}); again == text {
			return lineOf(v), true
		}
	}
	return parcel.Line{}, false
}

// ruleValue reads what a rule compares. A path of debugging information is a path.
func ruleValue(t indicator.Type, text string) (indicator.Value, error) {
	if t != indicator.PDB {
		return indicator.Parse(t, text)
	}
	v, err := indicator.Parse(indicator.Path, text)
	v.Type = t
	return v, err
}

// stixPattern takes a pattern apart where that says no more than the pattern does.
func (r *reader) stixPattern(it *item, text string) ([]parcel.Line, Why) {
	p, err := pattern.Parse(text)
	if err != nil {
		return nil, Unsound
	}
	if l, ok := narrowLine(p.Root); ok {
		if strings.Contains(strings.Join(l.Like, ""), "_") {
			it.miss("pattern", Narrowed) // an underline stands for any one character
		}
		return []parcel.Line{l}, ""
	}
	terms, ok := p.Values()
	if !ok {
		return nil, Compound
	}
	var lines []parcel.Line
	for _, t := range terms {
		if l, ok := termLine(t); ok {
			lines = append(lines, l)
		} else {
			it.miss("pattern", Narrowed)
		}
	}
	if len(lines) == 0 {
		it.losses = nil
		return nil, NoValue
	}
	return lines, ""
}

// narrowLine reads the patterns with one test that is no plain equality, and the path of a
// file, which is its name and its directory.
func narrowLine(o pattern.Observation) (parcel.Line, bool) {
	c := o.Test
	if o.Joint != pattern.Single || len(o.Qualifiers) > 0 {
		return parcel.Line{}, false
	}
	if c.Joint == pattern.And && len(c.Parts) == 2 {
		return pathLine(c.Parts[0], c.Parts[1])
	}
	if c.Joint != pattern.Single || c.Not || len(c.Values) != 1 {
		return parcel.Line{}, false
	}
	switch c.Operator {
	case pattern.Like:
		return likeLine(c.Path.String(), c.Values[0].Text)
	case pattern.IsSubset:
		for _, t := range []indicator.Type{indicator.CIDR4, indicator.CIDR6} {
			if paths[t] != c.Path.String() {
				continue
			}
			if v, err := indicator.Parse(t, c.Values[0].Text); err == nil {
				return lineOf(v), true
			}
		}
	}
	return parcel.Line{}, false
}

// likeLine keeps the fixed pieces of a generalised value.
func likeLine(path, text string) (parcel.Line, bool) {
	t, ok := typesByPath()[path]
	switch {
	case path == "directory:path":
		t, ok = indicator.Path, true
		text = strings.TrimSuffix(text, `\`) + `\`
	case path == "windows-registry-key:key" && strings.HasPrefix(text, taskTree):
		t = indicator.Task
	}
	pieces := strings.Split(text, "%")
	if !ok || len(strings.Join(pieces, "")) < 4 {
		return parcel.Line{}, false
	}
	if len(pieces) == 1 {
		v, err := indicator.Parse(t, text)
		return lineOf(v), err == nil
	}
	return parcel.Line{Type: string(t), Like: pieces}, true
}

// pathLine joins name and directory of one file.
func pathLine(name, dir pattern.Comparison) (parcel.Line, bool) {
	if fixed(dir, "file:name") {
		name, dir = dir, name
	}
	if !fixed(name, "file:name") || !fixed(dir, "file:parent_directory_ref.path") {
		return parcel.Line{}, false
	}
	between := `\`
	if !strings.Contains(dir.Values[0].Text, `\`) && strings.Contains(dir.Values[0].Text, "/") {
		between = "/"
	}
	text := strings.TrimSuffix(dir.Values[0].Text, between) + between + name.Values[0].Text
	if pieces := strings.Split(text, "%"); len(pieces) > 1 {
		return parcel.Line{Type: string(indicator.Path), Like: pieces}, true
	}
	v, err := indicator.Parse(indicator.Path, text)
	return lineOf(v), err == nil
}

// fixed says whether a test compares one property with one text or generalised text.
func fixed(c pattern.Comparison, path string) bool {
	return c.Joint == pattern.Single && !c.Not && (c.Operator == pattern.Equal || c.Operator == pattern.Like) &&
		c.Path.String() == path && len(c.Values) == 1 && c.Values[0].Kind == pattern.String
}
