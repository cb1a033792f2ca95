package typeset

import (
	"fmt"
	"strconv"
	"strings"
)

// A node is an element of the structure that screen readers follow: a paragraph, a heading, a table.
//
// SPEC: ISO 32000-1 §14.7, §14.8
type node struct {
	role  string // "P", "H1", "TH"
	scope string // of a TH: "Row" or "Column"
	marks []mark // its pieces on the pages
	nodes []*node
	id    int // of its object
}

// A mark is a piece of content on a page.
type mark struct{ page, number int }

func (n *node) add(role string) *node {
	child := &node{role: role}
	n.nodes = append(n.nodes, child)
	return child
}

// each visits a node and all below it, itself first.
func (n *node) each(do func(*node)) {
	do(n)
	for _, child := range n.nodes {
		child.each(do)
	}
}

// writeStructure writes the tree, and gives the number of its root.
func (w *writer) writeStructure(root *node, pages []int, counts []int) int {
	tree := w.reserve()
	parents := make([][]int, len(pages)) // by page and mark, the node it belongs to
	for i := range parents {
		parents[i] = make([]int, counts[i])
	}
	root.each(func(n *node) { n.id = w.reserve() })
	var write func(n *node, parent int)
	write = func(n *node, parent int) {
		var kids []string
		page := ""
		if len(n.marks) == 1 { // the common case has a short form
			page = fmt.Sprintf("/Pg %d 0 R", pages[n.marks[0].page])
		}
		for _, m := range n.marks {
			kid := strconv.Itoa(m.number)
			if page == "" {
				kid = fmt.Sprintf("<</Type/MCR/Pg %d 0 R/MCID %s>>", pages[m.page], kid)
			}
			kids = append(kids, kid)
			parents[m.page][m.number] = n.id
		}
		for _, child := range n.nodes {
			kids = append(kids, fmt.Sprintf("%d 0 R", child.id))
			write(child, n.id)
		}
		attributes := ""
		if n.scope != "" {
			attributes = "/A<</O/Table/Scope/" + n.scope + ">>"
		}
		w.object(n.id, fmt.Sprintf("<</Type/StructElem/S/%s/P %d 0 R%s/K[%s]%s>>", n.role, parent, page, strings.Join(kids, " "), attributes))
	}
	write(root, tree)
	var numbers strings.Builder
	for page, ids := range parents {
		fmt.Fprintf(&numbers, "%d[", page)
		for _, id := range ids {
			if id == 0 {
				numbers.WriteString("null ")
				continue
			}
			fmt.Fprintf(&numbers, "%d 0 R ", id)
		}
		numbers.WriteString("]")
	}
	w.object(tree, fmt.Sprintf("<</Type/StructTreeRoot/K %d 0 R/ParentTree<</Nums[%s]>>/ParentTreeNextKey %d>>", root.id, numbers.String(), len(pages)))
	return tree
}
