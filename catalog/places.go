package catalog

import (
	"strconv"

	"github.com/goccy/go-yaml/ast"
)

// places maps a path within a file ("items[3].type", "[0].code") to its line.
type places map[string]int

func placesOf(n ast.Node) places {
	p := places{}
	p.walk("", n)
	return p
}

func (p places) walk(path string, n ast.Node) {
	if n == nil {
		return
	}
	if _, ok := p[path]; !ok {
		p[path] = line(n)
	}
	if list, ok := n.(*ast.SequenceNode); ok {
		for i, v := range list.Values {
			p.walk(path+"["+strconv.Itoa(i)+"]", v)
		}
		return
	}
	values, _ := pairs(n)
	for i, v := range values {
		if i == 0 { // a mapping's own token is its first colon
			p[path] = min(p[path], line(v.Key))
		}
		sub := keyText(v)
		if path != "" {
			sub = path + "." + sub
		}
		p[sub] = line(v.Key)
		p.walk(sub, v.Value)
	}
}

// at is the place of a path within a file; where the path itself is not written,
// the nearest that holds it.
func (p *Project) at(file, path string) Pos {
	in := p.places[file]
	for {
		if l, ok := in[path]; ok {
			return Pos{File: file, Line: l}
		}
		if path == "" {
			return Pos{File: file}
		}
		path = parent(path)
	}
}

func parent(path string) string {
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == '.' || path[i] == '[' {
			return path[:i]
		}
	}
	return ""
}

// String is file:line.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}
