package typeset

import "fmt"

// A heading is a place to go to.
type heading struct {
	text  string
	level int // 1 or 2
	page  int
	y     float64
}

// An entry is a bookmark: the numbers of its object and of those around it, 0 for none.
type entry struct{ id, parent, prev, next, first, last, below int }

// entries hangs the headings of the second level below those of the first. One that comes before any of the first
// stands beside them.
func (w *writer) entries(headings []heading, root *entry) []entry {
	out := make([]entry, len(headings))
	var top *entry
	for i, h := range headings {
		e := &out[i]
		e.id = w.reserve()
		above := root
		if h.level > 1 && top != nil {
			above = top
		} else if h.level <= 1 {
			top = e
		}
		e.parent, e.prev = above.id, above.last
		if above.last == 0 {
			above.first = e.id
		} else {
			out[above.last-out[0].id].next = e.id
		}
		above.last, above.below = e.id, above.below+1
	}
	return out
}

// outline writes the bookmarks, and gives the catalog's entry for them.
//
// SPEC: ISO 32000-1 §12.3.3
func (w *writer) outline(headings []heading, pages []int) string {
	if len(headings) == 0 {
		return ""
	}
	root := entry{id: w.reserve()}
	for i, e := range w.entries(headings, &root) {
		h := headings[i]
		links := ""
		for _, link := range []struct {
			name string
			id   int
		}{{"Prev", e.prev}, {"Next", e.next}, {"First", e.first}, {"Last", e.last}} {
			if link.id != 0 {
				links += fmt.Sprintf("/%s %d 0 R", link.name, link.id)
			}
		}
		if e.below > 0 {
			links += fmt.Sprintf("/Count %d", e.below)
		}
		w.object(e.id, fmt.Sprintf("<</Title%s/Parent %d 0 R/Dest[%d 0 R/XYZ null %.2f null]%s>>", text(h.text), e.parent, pages[h.page], h.y, links))
	}
	w.object(root.id, fmt.Sprintf("<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>", root.first, root.last, len(headings)))
	return fmt.Sprintf("/Outlines %d 0 R", root.id)
}
