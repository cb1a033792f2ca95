package render

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/wakachi/wakachi/internal/fault"
)

// inspect looks into every part before anything is written, and finds the sheets.
func (p *book) inspect() error {
	for part := range p.parts {
		switch {
		case strings.Contains(part, "vbaproject") || strings.Contains(part, "/activex/") || strings.Contains(part, "/macrosheets/"):
			return p.refuse("macros")
		case strings.Contains(part, "/externallinks/") || strings.Contains(part, "/embeddings/") || strings.HasPrefix(part, "xl/connections"):
			return p.refuse("links")
		}
	}
	if err := p.readTypes(); err != nil {
		return err
	}
	for _, f := range p.zip.File { // in their order: the same template always gets the same answer
		part := key(f.Name)
		if strings.HasSuffix(part, "/") || part == "[content_types].xml" {
			continue
		}
		if err := p.inspectPart(part); err != nil {
			return err
		}
	}
	return p.findSheets()
}

func (p *book) refuse(why string) error {
	return fault.New(fault.Invalid, "render.template."+why, p.name)
}

// each calls a function with every element of a part.
func (p *book) each(part string, do func(xml.StartElement) error) error {
	data, err := p.read(part)
	if err != nil {
		return err
	}
	if p.left -= int64(len(data)); p.left < 0 {
		return p.large()
	}
	w, err := walk(data)
	if err != nil {
		return p.broken(err)
	}
	for {
		token, err := w.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return p.broken(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := do(e); err != nil {
				return err
			}
		}
	}
}

// readTypes reads what the parts are said to be.
func (p *book) readTypes() error {
	p.types = contentNames{map[string]string{}, map[string]string{}}
	return p.each("[content_types].xml", func(e xml.StartElement) error {
		kind := strings.ToLower(strings.TrimSpace(attr(e, "ContentType")))
		if kind == "" {
			return nil
		}
		if why := forbidden(kind); why != "" && !p.unused(e) {
			return p.refuse(why)
		}
		if e.Name.Local == "Default" {
			p.types.byExtension[strings.ToLower(attr(e, "Extension"))] = kind
		} else {
			p.types.byPart[key(attr(e, "PartName"))] = kind
		}
		return nil
	})
}

// unused says whether a type is given for an extension that no part has: some programs list them all.
func (p *book) unused(e xml.StartElement) bool {
	extension := "." + strings.ToLower(attr(e, "Extension"))
	for part := range p.parts {
		if path.Ext(part) == extension {
			return false
		}
	}
	return e.Name.Local == "Default"
}

// What types and relations say of a part that is not wanted, in lower case.
var (
	macroWords = []string{"macro", "vba", "activex", "dialogsheet", "customui", "extensibility", "attachedtoolbars"}
	linkWords  = []string{"externallink", "oleobject", "connections", "querytable", "webextension", "powerpivot", "altchunk", "afchunk"}
)

// forbidden says why a type or a relation is refused, or nothing.
func forbidden(kind string) string {
	last := kind[strings.LastIndexByte(kind, '/')+1:]
	in := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(kind, w) })
	}
	switch {
	case in(macroWords) || last == "control":
		return "macros"
	case in(linkWords) || last == "package":
		return "links"
	}
	return ""
}

// inspectPart looks into one part, by what it is said to be. What is no XML, no picture and no setting of a printer
// is something embedded.
func (p *book) inspectPart(part string) error {
	kind := p.types.of(part)
	switch {
	case kind == "":
		return p.broken(nil)
	case strings.HasSuffix(part, ".rels") || strings.HasSuffix(kind, "relationships+xml"):
		return p.each(part, func(e xml.StartElement) error { return p.relation(e) })
	case strings.HasSuffix(kind, "vmldrawing"):
		return p.inspectDrawing(part)
	case strings.HasSuffix(kind, "+xml") && !strings.HasPrefix(kind, "image/"), kind == "application/xml", kind == "text/xml":
		return p.inspectFormulas(part)
	case strings.HasPrefix(kind, "image/"), strings.HasSuffix(kind, "printersettings"):
		return nil
	}
	return p.refuse("links")
}

// relation looks at one relation. Inside a package targets are paths; anything else leads out of it.
func (p *book) relation(e xml.StartElement) error {
	if why := forbidden(strings.ToLower(attr(e, "Type"))); why != "" {
		return p.refuse(why)
	}
	mode, target := strings.TrimSpace(attr(e, "TargetMode")), strings.TrimSpace(attr(e, "Target"))
	outside := strings.HasPrefix(target, "//") || strings.ContainsAny(target, ":\\") && !strings.HasPrefix(target, "#")
	if outside || mode != "" && mode != "Internal" {
		return p.refuse("links")
	}
	return nil
}

// inspectDrawing looks for sources outside in the drawings behind notes and boxes, which often are no XML.
func (p *book) inspectDrawing(part string) error {
	data, err := p.read(part)
	if err != nil {
		return err
	}
	if p.left -= int64(len(data)); p.left < 0 {
		return p.large()
	}
	if bytes.IndexByte(data, 0) >= 0 { // letters of two bytes
		return p.broken(nil)
	}
	text := strings.Join(strings.Fields(strings.ToLower(string(data))), "")
	for _, name := range []string{"src=", "href="} {
		for rest := text; ; {
			_, after, ok := strings.Cut(rest, name)
			if !ok {
				break
			}
			rest = after
			value, _, _ := strings.Cut(strings.TrimLeft(after[:min(len(after), 300)], `"'`), ">")
			if value, _, _ = strings.Cut(value, `"`); strings.ContainsAny(value, ":\\&") || strings.HasPrefix(value, "//") {
				return p.refuse("links")
			}
		}
	}
	return nil
}

// findSheets finds the worksheets by their names.
func (p *book) findSheets() error {
	err := p.each("_rels/.rels", func(e xml.StartElement) error {
		if strings.HasSuffix(attr(e, "Type"), "/officeDocument") {
			p.workbook = key(attr(e, "Target"))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if kind := p.types.of(p.workbook); p.parts[p.workbook] == nil || !strings.Contains(kind, "spreadsheetml") {
		return p.broken(nil)
	}
	folder, file := path.Split(p.workbook)
	targets := map[string]string{}
	err = p.each(folder+"_rels/"+file+".rels", func(e xml.StartElement) error {
		target := attr(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(folder, target)
		}
		if strings.HasSuffix(attr(e, "Type"), "/worksheet") {
			targets[attr(e, "Id")] = key(target)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.each(p.workbook, func(e xml.StartElement) error {
		if part, ok := targets[attr(e, "id")]; ok && e.Name.Local == "sheet" && p.parts[part] != nil {
			p.sheets[strings.ToLower(attr(e, "name"))] = part
		}
		return nil
	})
}
