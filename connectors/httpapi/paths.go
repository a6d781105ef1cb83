package httpapi

import (
	"errors"
	"slices"
	"strings"
)

// parsePath reads a path into JSON: names between dots, or a JSON pointer (RFC 6901) where
// names have dots themselves. Only members of objects have paths.
func parsePath(text string) []string {
	if text == "" {
		return nil
	}
	if rest, ok := strings.CutPrefix(text, "/"); ok {
		names := strings.Split(rest, "/")
		for i, n := range names {
			names[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(n)
		}
		return names
	}
	return strings.Split(text, ".")
}

// node is a name in a tree of paths.
type node struct {
	ends     []int // the paths that end here, by their numbers
	children map[string]*node
}

// plant makes a tree of paths.
func plant(paths [][]string) *node {
	root := &node{}
	for i, path := range paths {
		at := root
		for _, name := range path {
			if at.children == nil {
				at.children = map[string]*node{}
			}
			if at.children[name] == nil {
				at.children[name] = &node{}
			}
			at = at.children[name]
		}
		at.ends = append(at.ends, i)
	}
	return root
}

// What a page's envelope holds, by the numbers of their paths.
const (
	atRecords = iota
	atTotal
	atNext
	atSuccess
)

// envelope is the tree of what is looked for around the records. Paths that are equal, or
// lead through the array of records, cannot be.
func (t *table) envelope() (*node, error) {
	paths := [][]string{parsePath(t.Records)}
	for _, p := range []string{t.Total, t.paging.Next, t.success.Path} {
		path := parsePath(p)
		if len(path) == 0 {
			path = []string{"", ""} // nowhere: parsePath gives no empty name but for a mistake
		} else if slices.Contains(path, "") {
			return nil, errors.New("a path with an empty name")
		}
		paths = append(paths, path)
	}
	root := plant(paths)
	delete(root.children, "")
	if slices.Contains(paths[atRecords], "") || !root.clear() {
		return nil, errors.New("paths that cross")
	}
	return root, nil
}

// clear tells whether no path of the tree ends in another's way.
func (n *node) clear() bool {
	if len(n.ends) > 0 && len(n.children) > 0 || len(n.ends) > 1 {
		return false
	}
	for _, c := range n.children {
		if !c.clear() {
			return false
		}
	}
	return true
}
