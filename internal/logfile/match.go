package logfile

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// hasMeta says whether a path could be a pattern.
func hasMeta(p string) bool { return strings.ContainsAny(p, "*?[") }

// soundPattern says whether path.Match can read a pattern.
func soundPattern(p string) bool {
	_, err := path.Match(p, "")
	return err == nil && p != ""
}

// matchAny says whether a name, with slashes below the folder that was named, fits a pattern.
func matchAny(patterns []string, below string) bool {
	for _, p := range patterns {
		name := below
		if !strings.Contains(p, "/") {
			name = path.Base(below)
		}
		if match(strings.Split(p, "/"), strings.Split(name, "/")) {
			return true
		}
	}
	return false
}

// match holds a name against a pattern, part by part. It keeps the places in the pattern at which
// it can be, as one keeps the states of an automaton, so that "**/**/**" costs no more than it is
// long.
func match(pattern, name []string) bool {
	at := make([]bool, len(pattern)+1)
	reach(pattern, at, 0)
	for _, part := range name {
		next := make([]bool, len(pattern)+1)
		for i, p := range pattern {
			if !at[i] {
				continue
			}
			if p == "**" {
				reach(pattern, next, i)
			} else if ok, _ := path.Match(p, part); ok {
				reach(pattern, next, i+1)
			}
		}
		at = next
	}
	return at[len(pattern)]
}

// reach marks a place, and those behind it that "**" lets one pass to.
func reach(pattern []string, at []bool, i int) {
	for ; i < len(pattern) && pattern[i] == "**"; i++ {
		at[i] = true
	}
	at[i] = true
}

// expand calls found for each path that fits a pattern, in order. It does not go through links to
// folders under "**".
func expand(ctx context.Context, pattern string, found func(string) bool) error {
	base, parts := split(pattern)
	over := errors.New("over")
	err := filepath.WalkDir(base, func(p string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return over
		case err != nil && p == base && errors.Is(err, fs.ErrNotExist):
			return over
		case err != nil || p == base:
			return nil
		}
		below, _ := filepath.Rel(base, p)
		name := strings.Split(filepath.ToSlash(below), "/")
		if match(parts, name) {
			if !found(p) {
				return over
			}
			if d.IsDir() {
				return fs.SkipDir
			}
		} else if d.IsDir() && !couldMatch(parts, name) {
			return fs.SkipDir
		}
		return nil
	})
	if errors.Is(err, over) {
		return nil
	}
	return err
}

// split parts a pattern into the folder it begins in and the parts that are patterns.
func split(pattern string) (base string, parts []string) {
	parts = strings.Split(filepath.ToSlash(pattern), "/")
	fixed := 0
	for fixed < len(parts) && !hasMeta(parts[fixed]) {
		fixed++
	}
	base = filepath.FromSlash(strings.Join(parts[:fixed], "/"))
	switch {
	case fixed == 1 && parts[0] == "":
		base = string(filepath.Separator)
	case base == "":
		base = "."
	}
	return base, parts[fixed:]
}

// couldMatch says whether something below a folder could fit.
func couldMatch(pattern, folder []string) bool {
	for i, p := range pattern {
		switch {
		case p == "**" || i >= len(folder):
			return true
		default:
			if ok, _ := path.Match(p, folder[i]); !ok {
				return false
			}
		}
	}
	return false
}
