package wakachi_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// The rules of the house that a reader would otherwise have to check by eye. Each failure
// names the file and what is missing there.

// A source is one Go file of the product, tests left out.
type source struct {
	name   string
	text   string
	syntax *ast.File
	set    *token.FileSet
}

func (s source) at(n ast.Node) string {
	return s.name + ":" + strconv.Itoa(s.set.Position(n.Pos()).Line)
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	for _, name := range repositoryFiles(t) {
		product := strings.HasPrefix(name, "internal/") || strings.HasPrefix(name, "cmd/")
		if !product || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		s := source{name: name, text: readFile(t, name), set: token.NewFileSet()}
		var err error
		if s.syntax, err = parser.ParseFile(s.set, name, s.text, parser.ParseComments); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if len(out) < 20 {
		t.Fatalf("only %d Go files found", len(out))
	}
	return out
}

// repositoryFiles lists what is kept in the repository: no build results, no testdata.
func repositoryFiles(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "bin", "testdata", "wakachi-data"}, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if d.Name() != ".git" { // a file where the tree is one of several
			out = append(out, filepath.ToSlash(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// phrases reads internal/phrase/text and holds its form: three columns, no token twice, the
// same blanks in both languages.
func phrases(t *testing.T) map[string]bool {
	t.Helper()
	blank := regexp.MustCompile(`\{\d+\}`)
	files, err := filepath.Glob("internal/phrase/text/*.tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no words: %v", err)
	}
	where := map[string]string{}
	words := map[string]bool{}
	for _, name := range files {
		for i, line := range strings.Split(strings.TrimRight(readFile(t, name), "\n"), "\n") {
			at := fmt.Sprintf("%s:%d", name, i+1)
			if strings.HasPrefix(line, "#") {
				continue
			}
			f := strings.Split(line, "\t")
			if len(f) != 3 || strings.TrimSpace(f[0]) == "" || strings.TrimSpace(f[1]) == "" || strings.TrimSpace(f[2]) == "" {
				t.Errorf("%s: want token, Japanese, English; got %d columns", at, len(f))
				continue
			}
			if where[f[0]] != "" {
				t.Errorf("%s: %s stands in %s already", at, f[0], where[f[0]])
			}
			ja, en := blank.FindAllString(f[1], -1), blank.FindAllString(f[2], -1)
			if slices.Sort(ja); !slices.Equal(slices.Compact(ja), slices.Compact(sorted(en))) {
				t.Errorf("%s: %s has the blanks %v in Japanese and %v in English", at, f[0], ja, en)
			}
			where[f[0]], words[f[0]] = at, true
		}
	}
	return words
}

func sorted(s []string) []string { slices.Sort(s); return s }

var tokenForm = regexp.MustCompile(`^[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)

// TestEveryTokenHasWords: what a reader may see as a token in Go source has its Japanese and
// English words, and what holds an item back also says what would free it.
func TestEveryTokenHasWords(t *testing.T) {
	words := phrases(t)
	// Tokens that only ever stand with facts that leave: nothing needs to be freed.
	leave := []string{"gate.share", "gate.home", "gate.credentials", "gate.negotiation"}
	need := map[string]string{}
	for _, s := range sources(t) {
		errs := map[ast.Expr]bool{}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.CallExpr:
				if code := faultCode(n); code != nil {
					errs[code] = true
				}
				advice(s, n, need)
			case *ast.BasicLit:
				lit, err := strconv.Unquote(n.Value)
				if n.Kind != token.STRING || err != nil || !tokenForm.MatchString(lit) || !prefixed(lit, words) {
					return true
				}
				need[lit] = s.at(n)
				if strings.HasPrefix(lit, "gate.") && !errs[n] && !slices.Contains(leave, lit) {
					need[lit+".frees"] = s.at(n)
				}
			}
			return true
		})
	}
	for line := range strings.Lines(readFile(t, "internal/classify/data/prose.tsv")) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); f[0] == "prose" && len(f) > 1 {
			need["kind."+strings.Replace(f[1], ":", ".", 1)] = "internal/classify/data/prose.tsv"
		}
	}
	// Values whose kind is plain from their type: sight.go makes the token of it.
	for _, typ := range []string{"pdb-path", "windows-registry-key", "mutex", "service", "scheduled-task", "ssdeep", "imphash"} {
		need["kind."+typ] = "internal/classify/sight.go"
	}
	if len(need) < 100 {
		t.Fatalf("only %d tokens found in the source", len(need))
	}
	var missing []string
	for tok, at := range need {
		if !words[tok] {
			missing = append(missing, at+": "+tok+" has no words in internal/phrase/text")
		}
	}
	for _, m := range sorted(missing) {
		t.Error(m)
	}
}

// prefixed says whether a literal begins as tokens do: with the name of a file of words, or
// with "kind". Names of files and hosts do not count.
func prefixed(lit string, words map[string]bool) bool {
	head, _, _ := strings.Cut(lit, ".")
	if head == "kind" {
		return !strings.HasSuffix(lit, ".")
	}
	if slices.Contains([]string{".tsv", ".yaml", ".sql", ".db", ".go", ".txt", ".json"}, filepath.Ext(lit)) {
		return false
	}
	for w := range words {
		if strings.HasPrefix(w, head+".") {
			return true
		}
	}
	return false
}

// faultCode gives the argument of fault.New and fault.Wrap that is a code.
func faultCode(c *ast.CallExpr) ast.Expr {
	f, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	pkg, ok := f.X.(*ast.Ident)
	if !ok || pkg.Name != "fault" {
		return nil
	}
	at := map[string]int{"New": 1, "Wrap": 2}[f.Sel.Name]
	if at == 0 || len(c.Args) <= at {
		return nil
	}
	return c.Args[at]
}

// advice gathers the codes of package disguise, which are written without their prefix, and
// fault codes of a form no reader could look up.
func advice(s source, c *ast.CallExpr, need map[string]string) {
	if f, ok := c.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "advise" && len(c.Args) == 2 {
		if lit, ok := c.Args[1].(*ast.BasicLit); ok {
			code, _ := strconv.Unquote(lit.Value)
			need["disguise."+code] = s.at(lit)
		}
	}
	if code, ok := faultCode(c).(*ast.BasicLit); ok {
		lit, _ := strconv.Unquote(code.Value)
		need[lit] = s.at(code)
	}
	if f, ok := c.Fun.(*ast.Ident); ok && f.Name == "refuse" {
		need["disguise.too-short"], need["disguise.too-common"] = s.at(c), s.at(c)
	}
}

var (
	markdownLink = regexp.MustCompile(`\]\(([^)#\s]+)`)
	codeSpan     = regexp.MustCompile("`([^`\n]+)`")
)

// TestDocumentsNameFilesThatExist looks up relative links, and what stands between backquotes
// and begins like a path of the repository.
func TestDocumentsNameFilesThatExist(t *testing.T) {
	roots := []string{"internal/", "cmd/", "docs/", "testdata/", "tools/", "changelog/"}
	seen := 0
	for _, name := range repositoryFiles(t) {
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		text := readFile(t, name)
		for _, m := range markdownLink.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], ":") {
				continue
			}
			seen++
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
		for _, m := range codeSpan.FindAllStringSubmatch(text, -1) {
			path := strings.TrimSuffix(m[1], "/")
			if strings.ContainsAny(path, " …<>") || !slices.ContainsFunc(roots, func(r string) bool { return strings.HasPrefix(path, r) }) {
				continue
			}
			seen++
			if found, err := filepath.Glob(filepath.FromSlash(path)); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d links and paths found", seen)
	}
}

func TestLicence(t *testing.T) {
	text := readFile(t, "LICENSE")
	for _, want := range []string{"Apache License", "Version 2.0, January 2004", "http://www.apache.org/licenses/", "END OF TERMS AND CONDITIONS"} {
		if !strings.Contains(text, want) {
			t.Errorf("LICENSE lacks %q", want)
		}
	}
}

// TestDependenciesHaveReasons: each module the product requires itself has a row, and each
// row is required, in go.mod or in tools.mod.
func TestDependenciesHaveReasons(t *testing.T) {
	required := map[string]string{}
	for _, name := range []string{"go.mod", "tools.mod"} {
		mod, err := modfile.Parse(name, []byte(readFile(t, name)), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range mod.Require {
			if !r.Indirect {
				required[r.Mod.Path] = name
			}
		}
		for _, tool := range mod.Tool {
			for _, r := range mod.Require {
				if strings.HasPrefix(tool.Path, r.Mod.Path+"/") {
					required[r.Mod.Path] = name
				}
			}
		}
	}
	rows := map[string]bool{}
	for line := range strings.Lines(readFile(t, "docs/dependencies.md")) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.Contains(cells[1], ".") {
			continue
		}
		for _, m := range strings.Split(cells[1], ",") {
			rows[strings.TrimSpace(m)] = true
		}
		if strings.TrimSpace(cells[2]) == "" || strings.TrimSpace(cells[3]) == "" {
			t.Errorf("docs/dependencies.md:%s has no reason or no replacement", cells[1])
		}
	}
	for m, where := range required {
		if !rows[m] {
			t.Errorf("%s requires %s, which has no row in docs/dependencies.md", where, m)
		}
	}
	for m := range rows {
		if required[m] == "" {
			t.Errorf("docs/dependencies.md explains %s, which nothing requires directly", m)
		}
	}
}

// TestTablesSayWhereTheyAreFrom: data begins with what it is, its source and its date.
func TestTablesSayWhereTheyAreFrom(t *testing.T) {
	date := regexp.MustCompile(`20\d\d-\d\d-\d\d`)
	seen := 0
	for _, name := range repositoryFiles(t) {
		if !strings.HasPrefix(name, "internal/") || !strings.HasSuffix(name, ".tsv") || strings.HasPrefix(name, "internal/phrase/text/") {
			continue
		}
		seen++
		head := ""
		for line := range strings.Lines(readFile(t, name)) {
			if !strings.HasPrefix(line, "#") {
				break
			}
			head += line
		}
		low := strings.ToLower(head)
		if head == "" || !date.MatchString(head) || !strings.Contains(low, "source") && !strings.Contains(low, "ours") {
			t.Errorf("%s does not begin with # lines that say its source and date", name)
		}
	}
	if seen < 10 {
		t.Errorf("only %d tables found", seen)
	}
}

// TestNoHiddenStartsAndNoLeftovers: no init functions, os.Exit in cmd only, no notes to self.
func TestNoHiddenStartsAndNoLeftovers(t *testing.T) {
	leftover := regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)
	for _, s := range sources(t) {
		for _, d := range s.syntax.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: an init function", s.at(f))
			}
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && !strings.HasPrefix(s.name, "cmd/") {
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "os" && sel.Sel.Name == "Exit" {
					t.Errorf("%s: os.Exit outside cmd", s.at(n))
				}
			}
			return true
		})
		for _, c := range s.syntax.Comments {
			if leftover.MatchString(c.Text()) {
				t.Errorf("%s: a leftover: %.60s", s.at(c), c.Text())
			}
		}
	}
}

// TestEveryExportedNameIsDocumented: types, functions, methods of exported types, constants
// and variables. A group of constants may share the comment above it.
func TestEveryExportedNameIsDocumented(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) && d.Doc.Text() == "" {
					t.Errorf("%s: %s has no comment", s.at(d), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if name, bare := undocumented(d, spec); bare {
						t.Errorf("%s: %s has no comment", s.at(spec), name)
					}
				}
			}
		}
	}
}

func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	name, ok := typ.(*ast.Ident)
	return !ok || name.IsExported()
}

// undocumented gives the first exported name of a spec that nothing explains: no comment of
// its own, none on its group, none on a constant's type in the same group.
func undocumented(d *ast.GenDecl, spec ast.Spec) (string, bool) {
	var names []*ast.Ident
	var doc, comment *ast.CommentGroup
	typed := false
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		names, doc, comment = []*ast.Ident{spec.Name}, spec.Doc, spec.Comment
	case *ast.ValueSpec:
		names, doc, comment = spec.Names, spec.Doc, spec.Comment
		typed = d.Tok == token.CONST && typedGroup(d)
	}
	if doc.Text() != "" || comment.Text() != "" || d.Doc.Text() != "" || typed {
		return "", false
	}
	for _, n := range names {
		if n.IsExported() {
			return n.Name, true
		}
	}
	return "", false
}

// typedGroup says whether the constants of a group are the values of a type, whose comment
// speaks for those that say themselves, such as MD5.
func typedGroup(d *ast.GenDecl) bool {
	first, ok := d.Specs[0].(*ast.ValueSpec)
	return ok && first.Type != nil && len(d.Specs) > 1
}

var (
	specLine = regexp.MustCompile(`SPEC: (.+)`)
	rfcLists = regexp.MustCompile(`RFC (\d+(?:(?:, | to |, RFC | and )\d+)*)`)
	numbers  = regexp.MustCompile(`\d+`)
	question = regexp.MustCompile(`Guidance:? `)
)

// TestCitationsResolve: what the code cites stands in docs/sources.md, with the day it was read.
func TestCitationsResolve(t *testing.T) {
	var known []string
	for line := range strings.Lines(readFile(t, "docs/sources.md")) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || strings.HasPrefix(strings.TrimSpace(cells[1]), "-") {
			continue
		}
		cited := strings.TrimSpace(cells[1])
		if !regexp.MustCompile(`20\d\d-\d\d-\d\d`).MatchString(cells[3]) && cited != "cited as" {
			t.Errorf("docs/sources.md: %s was read on no day", cited)
		}
		known = append(known, cited)
		for _, n := range numbers.FindAllString(cited, -1) {
			if strings.HasPrefix(cited, "RFC") {
				known = append(known, "RFC "+n)
			}
		}
	}
	seen := 0
	for _, s := range sources(t) {
		for _, group := range s.syntax.Comments {
			for _, cited := range citations(group.Text()) {
				seen++
				if !slices.ContainsFunc(known, func(k string) bool { return cited == k || strings.Contains(cited, k) && !strings.HasPrefix(k, "RFC") }) {
					t.Errorf("%s: %q has no row in docs/sources.md", s.at(group), cited)
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d citations found", seen)
	}
}

func citations(comment string) []string {
	var out []string
	if question.MatchString(comment) {
		out = append(out, "Guidance")
	}
	for _, m := range specLine.FindAllStringSubmatch(comment, -1) {
		lists := rfcLists.FindAllStringSubmatch(m[1], -1)
		for _, l := range lists {
			for _, n := range numbers.FindAllString(l[1], -1) {
				out = append(out, "RFC "+n)
			}
		}
		if len(lists) == 0 || !strings.HasPrefix(m[1], "RFC") {
			out = append(out, m[1])
		}
	}
	return out
}

// TestNoPathOfOneMachine: nothing in the repository knows where somebody's copy lies.
func TestNoPathOfOneMachine(t *testing.T) {
	// Written in pieces, so that this file passes too.
	paths := []string{"/wo" + "rk/", "/ro" + "ot/", "/tmp/" + "judge", "/ho" + "me/runner/"}
	for _, name := range repositoryFiles(t) {
		text := readFile(t, name)
		for _, p := range paths {
			if at := strings.Index(text, p); at >= 0 {
				t.Errorf("%s:%d names %s", name, 1+strings.Count(text[:at], "\n"), p)
			}
		}
	}
}
