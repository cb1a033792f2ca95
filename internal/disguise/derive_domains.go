package disguise

import (
	"strings"

	"golang.org/x/net/idna"
)

// registryLabels stand between a name and a country's top level.
const registryLabels = " co or ne ac go ed lg gr ad com net org edu gov mil info "

// registrable is the label that somebody registered: shinonome-kaku of
// www.shinonome-kaku.co.example. Without a list of public suffixes this is a rule of thumb.
func registrable(domain string) string {
	labels := strings.Split(strings.Trim(strings.ToLower(domain), ". "), ".")
	n := len(labels) - 1
	if n >= 2 && len(labels[n]) == 2 && strings.Contains(registryLabels, " "+labels[n-1]+" ") {
		n--
	}
	if n <= 0 {
		return labels[0]
	}
	return labels[n-1]
}

// domainForms gives the registered label, with its hyphens and without, and the parts of
// it that are long enough to stand alone.
func domainForms(text string) []spelling {
	domain := clean(text)
	domain = strings.NewReplacer("[.]", ".", "(.)", ".", "。", ".").Replace(domain)
	var list []spelling
	if name, err := idna.Punycode.ToUnicode(domain); err == nil && name != domain {
		domain = name
		list = append(list, spelling{domain, "domain", edgeBySize})
	}
	label := registrable(domain)
	if !isASCII(foldString(label)) {
		list = append(list, spelling{label, "domain-label", edgeBySize})
		return append(list, organisationForms(label)...)
	}
	return append(list, labelForms(label)...)
}

func labelForms(label string) []spelling {
	parts := strings.FieldsFunc(label, func(r rune) bool { return r == '-' || r == '_' })
	generic := func(s string) bool { return words().alone[foldString(s)] || words().accounts[foldString(s)] }
	distinct := 0
	for _, part := range parts {
		if !generic(part) {
			distinct++
		}
	}
	if distinct == 0 {
		return nil // only the whole domain says anything
	}
	var list []spelling
	put := func(parts []string) {
		if s := strings.Join(parts, "-"); len(s) >= 5 {
			list = append(list, spelling{s, "domain-label", edgeBySize})
		}
	}
	put(parts)
	for n := len(parts) - 1; n > 0 && generic(parts[n]); n-- {
		put(parts[:n])
	}
	for _, part := range parts {
		if !generic(part) && len(parts) > 1 {
			put([]string{part})
		}
	}
	return list
}
