package wakachi_test

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/wakachi/wakachi/internal/"

// A room is a package on its floor, with what its files import and name.
type room struct {
	name     string
	floor    int
	sentence string
	planned  bool
	doc      string
	imports  map[string]string          // import path → file that has it
	uses     map[string]map[string]bool // package name → identifiers taken from it
}

// An arrow is a rule beyond the floors: "only who -> what", "never who -> what", "apart who -> what".
type arrow struct {
	verb      string
	who, what []string
}

// TestFloors holds the tree to floors.txt.
func TestFloors(t *testing.T) {
	rooms, arrows := readPlan(t)
	readTree(t, rooms)
	for _, r := range rooms {
		checkRoom(t, r, rooms)
	}
	for _, a := range arrows {
		checkArrow(t, a, rooms)
	}
}

func checkRoom(t *testing.T, r *room, rooms map[string]*room) {
	switch {
	case r.planned && r.imports != nil:
		t.Errorf("floors.txt says %s is still to come, but it is there", r.name)
	case !r.planned && r.imports == nil:
		t.Errorf("floors.txt lists %s, which is not there", r.name)
	case r.imports != nil && !strings.HasPrefix(r.doc, "Package "+r.name+" "+r.sentence):
		t.Errorf("%s: the package comment must begin %q", r.name, "Package "+r.name+" "+r.sentence)
	}
	for path, file := range r.imports {
		if other, ok := rooms[strings.TrimPrefix(path, module)]; ok && other.floor >= r.floor {
			t.Errorf("%s: %s (floor %d) imports %s (floor %d)", file, r.name, r.floor, other.name, other.floor)
		}
		if r.floor == 0 && strings.Contains(path, ".") && !strings.HasPrefix(path, "golang.org/x/") {
			t.Errorf("%s: the ground stands on the standard library and golang.org/x alone, not %s", file, path)
		}
	}
}

func checkArrow(t *testing.T, a arrow, rooms map[string]*room) {
	for _, r := range rooms {
		named := slices.Contains(a.who, r.name)
		for _, what := range a.what {
			reaches, file := r.reaches(what)
			switch {
			case a.verb == "only" && reaches && !named && r.name != what,
				a.verb == "never" && reaches && named:
				t.Errorf("%s: %s must not reach %s", file, r.name, what)
			case a.verb == "apart" && named:
				if way := wayTo(r, what, rooms, nil); way != nil {
					t.Errorf("%s reaches %s by way of %s", r.name, what, strings.Join(way, ", "))
				}
			}
		}
	}
}

// reaches says whether a package imports a package, or uses a function "pkg.Name" of one.
func (r *room) reaches(what string) (bool, string) {
	if pkg, name, ok := strings.Cut(what, "."); ok && !strings.Contains(what, "/") {
		return r.uses[pkg][name], "internal/" + r.name
	}
	if file, ok := r.imports[module+what]; ok {
		return true, file
	}
	file, ok := r.imports[what]
	return ok, file
}

func wayTo(r *room, what string, rooms map[string]*room, way []string) []string {
	for path := range r.imports {
		name := strings.TrimPrefix(path, module)
		if name == what {
			return append(way, name)
		}
		if next, ok := rooms[name]; ok && !slices.Contains(way, name) {
			if found := wayTo(next, what, rooms, append(way, name)); found != nil {
				return found
			}
		}
	}
	return nil
}

var roomLine = regexp.MustCompile(`^(- )?(\d)  (\S+)\s+(.+)$`)

func readPlan(t *testing.T) (map[string]*room, []arrow) {
	t.Helper()
	f, err := os.Open("floors.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rooms, arrows := map[string]*room{}, []arrow{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if m := roomLine.FindStringSubmatch(line); m != nil {
			floor, _ := strconv.Atoi(m[2])
			rooms[m[3]] = &room{name: m[3], floor: floor, sentence: m[4], planned: m[1] != ""}
			continue
		}
		verb, rest, _ := strings.Cut(line, " ")
		if who, what, ok := strings.Cut(rest, "->"); ok && verb != "#" {
			arrows = append(arrows, arrow{verb, strings.Fields(who), strings.Fields(what)})
		}
	}
	for i := range arrows {
		arrows[i].who = expand(arrows[i].who, rooms)
	}
	return rooms, arrows
}

// expand turns "0-2" into the packages of those floors and "*" into all but wakatest.
func expand(who []string, rooms map[string]*room) []string {
	var out []string
	for _, w := range who {
		low, high, span := strings.Cut(w, "-")
		first, err1 := strconv.Atoi(low)
		last, err2 := strconv.Atoi(high)
		if w != "*" && !(span && err1 == nil && err2 == nil) {
			out = append(out, w)
			continue
		}
		for _, r := range rooms {
			if w == "*" && r.name != "wakatest" || w != "*" && first <= r.floor && r.floor <= last {
				out = append(out, r.name)
			}
		}
	}
	return out
}

// readTree reads the production files of every package; a package without a line in the
// plan is an error.
func readTree(t *testing.T, rooms map[string]*room) {
	t.Helper()
	files, err := filepath.Glob("internal/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		name := filepath.Base(filepath.Dir(file))
		r := rooms[name]
		if r == nil {
			t.Errorf("%s: package %s has no line in floors.txt", file, name)
			continue
		}
		if r.imports == nil {
			r.imports, r.uses = map[string]string{}, map[string]map[string]bool{}
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if syntax.Doc != nil {
			r.doc = syntax.Doc.Text()
		}
		r.read(file, syntax)
	}
}

func (r *room) read(file string, syntax *ast.File) {
	for _, i := range syntax.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		r.imports[path] = file
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := s.X.(*ast.Ident); ok {
				if r.uses[pkg.Name] == nil {
					r.uses[pkg.Name] = map[string]bool{}
				}
				r.uses[pkg.Name][s.Sel.Name] = true
			}
		}
		return true
	})
}
