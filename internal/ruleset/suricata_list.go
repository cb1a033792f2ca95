package ruleset

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/indicator"
)

// Long lists. Suricata compiles each rule; data sets cost a look-up however long they are.
// A data set holds whole buffers only, so names below a listed one are found by cutting the
// last two, three, … labels off what was asked for, one rule for each number of labels in the
// list. Networks and wildcards stay rules.

// lists makes data sets of the domains and of the addresses, if there are many.
func (w *sigWriter) lists() {
	var names, hosts []*entry
	for i := range w.entries {
		e := &w.entries[i]
		switch e.value.Type {
		case indicator.Domain:
			if !e.below {
				names = append(names, e)
			}
		case indicator.IPv4, indicator.IPv6:
			hosts = append(hosts, e)
		}
	}
	if w.listed = map[string]bool{}; len(names) >= w.o.Lists {
		w.nameList(names)
	}
	if len(hosts) >= w.o.Lists {
		w.hostList(hosts)
	}
}

// inList says that a data set looks for a value already.
func (w *sigWriter) inList(e *entry) bool {
	switch e.value.Type {
	case indicator.Domain:
		return w.listed["domains"] && !e.below
	case indicator.IPv4, indicator.IPv6:
		return w.listed["addresses"]
	}
	return false
}

func (w *sigWriter) nameList(names []*entry) {
	w.listed["domains"] = true
	file := w.set.fileName("domains", "lst")
	deep := map[int][]indicator.Value{}
	var b strings.Builder
	for _, e := range names {
		b.WriteString(base64.StdEncoding.EncodeToString([]byte(e.name)) + "\n")
		n := strings.Count(e.name, ".") + 1
		deep[n] = append(deep[n], e.value)
	}
	w.add(file, []byte(b.String()))
	set := fmt.Sprintf("dataset:isset,%s-domains,type string,load %s,hashsize %d,memcap %dmb; ", w.o.Name, file, hashSize(len(names)), memory(len(names)))
	for _, n := range slices.Sorted(maps.Keys(deep)) {
		last := fmt.Sprintf(`to_lowercase; pcrexform:"((?:[^.]+[.]){%d}[^.]+)$"; `, n-1)
		for _, place := range [][2]string{{"dns", "dns.query"}, {"tls", "tls.sni"}, {"http", "http.host"}} {
			w.rules = append(w.rules, sigRule{
				key:    fmt.Sprintf("list\x00%s\x00domains\x00%d", place[0], n),
				header: place[0] + " any any -> any any", match: place[1] + "; " + last + set,
				about: fmt.Sprintf("%s of %d labels in a list", place[1], n), value: deep[n],
			})
		}
	}
}

func (w *sigWriter) hostList(hosts []*entry) {
	w.listed["addresses"] = true
	file := w.set.fileName("addresses", "lst")
	var b strings.Builder
	values := make([]indicator.Value, len(hosts))
	for i, e := range hosts {
		b.WriteString(e.net.Addr().String() + "\n")
		values[i] = e.value
	}
	w.add(file, []byte(b.String()))
	for _, side := range []string{"ip.dst", "ip.src"} {
		w.rules = append(w.rules, sigRule{
			key:    "list\x00" + side,
			header: "ip any any -> any any",
			match: fmt.Sprintf("%s; dataset:isset,%s-addresses,type ip,load %s,hashsize %d,memcap %dmb; threshold:type limit, track by_both, seconds 3600, count 1; ",
				side, w.o.Name, file, hashSize(len(hosts)), memory(len(hosts))),
			about: side + " in a list", value: values,
		})
	}
}

// fileLists makes a list of each sort of digest, and rules for the protocols that carry files.
func (w *sigWriter) fileLists() {
	for _, word := range slices.Sorted(maps.Keys(w.digests)) {
		file := w.set.fileName(strings.TrimPrefix(word, "file"), "lst")
		out := w.head("#")
		for _, v := range w.digests[word] {
			out = append(out, v.Value+"\n"...)
		}
		w.add(file, out)
		for _, proto := range []string{"http", "smtp", "ftp-data", "nfs", "smb"} {
			w.rules = append(w.rules, sigRule{
				key: "list\x00" + proto + "\x00" + word, header: proto + " any any -> any any", match: word + ":" + file + "; ",
				about: "file digest in a list", value: w.digests[word],
			})
		}
	}
}

// hashSize gives a power of two not below n: the engine asks for one near the number of
// entries.
func hashSize(n int) int {
	size := 1024
	for size < n {
		size *= 2
	}
	return size
}

// memory gives the megabytes to allow for n entries.
func memory(n int) int { return 16 + n/2000 }
