package logfile

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// deepest is how far Find goes down at most.
const deepest = 255

// Find looks for the logs that paths name, in their order, and in folders in the order of names.
// With each step it yields a Source that can be opened, or a Trouble with the zero Source. It
// ends early when ctx ends; then ctx says so.
//
// A path is a file, a folder, "-" for standard input, or, if there is nothing of that name, a
// pattern with *, ?, [a-z] and ** for any number of folders. Links are followed. What was found
// already, under whatever name, is a note Twice; a folder that holds itself is a Loop.
func Find(ctx context.Context, paths []string, o Options) iter.Seq2[Source, *Trouble] {
	return func(yield func(Source, *Trouble) bool) {
		w := &walk{ctx: ctx, o: o, yield: yield, seen: map[string]string{}}
		for _, p := range append(append([]string(nil), o.Include...), o.Exclude...) {
			if !soundPattern(p) {
				yield(Source{}, trouble(BadPattern, p, nil))
				return
			}
		}
		for _, p := range paths {
			if w.root(p); w.over() {
				return
			}
		}
	}
}

// A walk is one call of Find.
type walk struct {
	ctx   context.Context
	o     Options
	yield func(Source, *Trouble) bool
	seen  map[string]string // real path to the name under which it was met
	done  bool              // the caller has enough
}

func (w *walk) over() bool { return w.done || w.ctx.Err() != nil }

func (w *walk) give(s Source)       { w.done = w.done || !w.yield(s, nil) }
func (w *walk) complain(t *Trouble) { w.done = w.done || !w.yield(Source{}, t) }

// root takes what a person named.
func (w *walk) root(p string) {
	if p == "-" {
		w.standardInput()
		return
	}
	_, err := os.Lstat(p)
	switch {
	case err == nil:
		w.named(p)
	case errors.Is(err, fs.ErrNotExist) && hasMeta(p):
		w.pattern(p)
	case errors.Is(err, fs.ErrNotExist):
		w.complain(trouble(Absent, p, err))
	default:
		w.complain(diskTrouble(p, err))
	}
}

func (w *walk) standardInput() {
	if first, ok := w.seen["-"]; ok {
		w.complain(&Trouble{Code: Twice, Source: "-", Offset: -1, Other: first})
		return
	}
	w.seen["-"] = "-"
	r := w.o.Stdin
	if r == nil {
		r = strings.NewReader("")
	}
	w.give(Source{Name: "-", Size: -1, origin: standardInput{r}, limits: w.o.limits()})
}

// named takes a path that is there.
func (w *walk) named(p string) {
	real, err := filepath.Abs(p)
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err != nil {
		w.complain(diskTrouble(p, err))
		return
	}
	w.entry(place{path: p, real: real, named: true})
}

// pattern takes what fits a pattern.
func (w *walk) pattern(p string) {
	if !soundPattern(filepath.ToSlash(p)) {
		w.complain(trouble(BadPattern, p, nil))
		return
	}
	found := false
	err := expand(w.ctx, p, func(path string) bool {
		found = true
		w.named(path)
		return !w.over()
	})
	switch {
	case w.over():
	case err != nil:
		w.complain(diskTrouble(p, err))
	case !found:
		w.complain(trouble(Absent, p, nil))
	}
}

// A place is where the walk is.
type place struct {
	path  string // as it is opened and shown
	real  string // without links
	below string // below the folder that was named, with slashes
	depth int
	named bool
	above []fs.FileInfo // the folders it is in
}

// entry takes a file or a folder.
func (w *walk) entry(p place) {
	if w.over() {
		return
	}
	info, err := os.Stat(p.path)
	if err != nil {
		w.complain(diskTrouble(p.path, err))
		return
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		w.folder(p, info)
	case !p.named && !w.wanted(p.below):
	case !mode.IsRegular():
		w.complain(trouble(Special, p.path, nil))
	case w.met(p):
	default:
		w.file(p)
	}
}

// met says whether a place was met before, and says so to the caller.
func (w *walk) met(p place) bool {
	first, ok := w.seen[p.real]
	if !ok {
		w.seen[p.real] = p.path
		return false
	}
	w.complain(&Trouble{Code: Twice, Source: p.path, Offset: -1, Other: first})
	return true
}

// folder takes all that is in a folder.
func (w *walk) folder(p place, info fs.FileInfo) {
	for _, a := range p.above {
		if os.SameFile(a, info) {
			w.complain(&Trouble{Code: Loop, Source: p.path, Offset: -1, Other: w.seen[p.real]})
			return
		}
	}
	switch {
	case !p.named && w.o.Depth != 0 && p.depth > max(w.o.Depth, 0):
		return
	case p.depth > deepest:
		w.complain(trouble(TooDeep, p.path, nil))
		return
	case w.met(p):
		return
	}
	entries, err := os.ReadDir(p.path)
	if err != nil {
		w.complain(diskTrouble(p.path, err))
	}
	above := append(p.above[:len(p.above):len(p.above)], info)
	for _, e := range entries {
		if w.over() {
			return
		}
		w.child(p, e, above)
	}
}

// child takes what is in a folder.
func (w *walk) child(p place, e fs.DirEntry, above []fs.FileInfo) {
	name := e.Name()
	child := place{
		path: filepath.Join(p.path, name), real: filepath.Join(p.real, name),
		below: joinSlash(p.below, name), depth: p.depth + 1, above: above,
	}
	if w.o.SkipHidden && strings.HasPrefix(name, ".") || matchAny(w.o.Exclude, child.below) {
		return
	}
	if e.Type()&fs.ModeSymlink != 0 {
		real, err := filepath.EvalSymlinks(child.path)
		if err != nil {
			w.complain(linkTrouble(child.path, err))
			return
		}
		child.real = real
	}
	w.entry(child)
}

// linkTrouble says what is wrong with a link. EvalSymlinks has no error of its own for one that
// leads to itself.
func linkTrouble(path string, err error) *Trouble {
	if t := diskTrouble(path, err); t.Code != Unreadable || errors.Is(err, fs.ErrPermission) {
		return t
	}
	return trouble(Loop, path, err)
}

func joinSlash(a, b string) string {
	if a == "" {
		return b
	}
	return a + "/" + b
}

// wanted says whether a file in a folder, or a member, is to be read.
func (w *walk) wanted(below string) bool {
	return (len(w.o.Include) == 0 || matchAny(w.o.Include, below)) && !matchAny(w.o.Exclude, below)
}

// file looks into a file to say what it is.
func (w *walk) file(p place) {
	f, info, err := openRegular(p.path, p.path)
	if err != nil {
		w.complain(asTrouble(p.path, err))
		return
	}
	defer f.Close()
	head := make([]byte, min(headBytes, info.Size()))
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		w.complain(diskTrouble(p.path, err))
		return
	}
	what := sniff(head[:n])
	switch what {
	case zipArchive:
		w.archive(p, info)
	case foreign:
		w.complain(trouble(Unsupported, p.path, nil))
	default:
		w.give(Source{
			Name: p.path, Size: info.Size(), ModTime: info.ModTime(), Plain: what == plainText && listLevel(head[:n]) == 0,
			Compression: what.compression(), origin: onDisk{p.path}, limits: w.o.limits(),
		})
	}
}

// asTrouble gives an error of this package as what it is.
func asTrouble(name string, err error) *Trouble {
	var t *Trouble
	if errors.As(err, &t) {
		return t
	}
	return diskTrouble(name, err)
}
