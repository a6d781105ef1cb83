package deliver

import (
	"reflect"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"guiji/internal/fault"
	"guiji/internal/text"
)

// parseTemplate is a template that knows the fields of messages and no others, in
// branches too that a sample does not take.
func parseTemplate(name, body string) (*template.Template, error) {
	t, err := template.New(name).Option("missingkey=error").Parse(body)
	if err != nil {
		return nil, err
	}
	for _, part := range t.Templates() {
		w := &walk{tree: part.Tree}
		if part.Tree != nil {
			w.node(part.Root)
		}
		if w.err != nil {
			return nil, w.err
		}
	}
	return t, nil
}

// knownFields are the names templates may use.
func knownFields() []string {
	var out []string
	for _, t := range []reflect.Type{reflect.TypeFor[Fields](), reflect.TypeFor[Part](), reflect.TypeFor[Kinds](), reflect.TypeFor[hookFields]()} {
		for f := range t.Fields() {
			out = append(out, f.Name)
		}
	}
	return out
}

// walk looks through a template for what it must not hold.
type walk struct {
	tree *parse.Tree
	err  error
}

func (w *walk) refuse(n parse.Node, key text.Key, args ...any) {
	if w.err == nil {
		place, _ := w.tree.ErrorContext(n) // file:line:column
		w.err = fault.New(fault.Config, key, append([]any{place[:strings.LastIndexByte(place, ':')]}, args...)...)
	}
}

func (w *walk) names(n parse.Node, names []string) {
	for _, name := range names {
		if !slices.Contains(knownFields(), name) {
			w.refuse(n, "deliver.template.field", name)
		}
	}
}

func (w *walk) node(n parse.Node) {
	if v := reflect.ValueOf(n); n == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, x := range n.Nodes {
			w.node(x)
		}
	case *parse.ActionNode:
		w.node(n.Pipe)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, a := range c.Args {
				w.node(a)
			}
		}
	case *parse.FieldNode:
		w.names(n, n.Ident)
	case *parse.VariableNode:
		w.names(n, n.Ident[1:])
	case *parse.ChainNode:
		w.node(n.Node)
		w.names(n, n.Field)
	case *parse.TemplateNode:
		w.node(n.Pipe)
	default:
		w.branch(n)
	}
}

// branch looks through if, with and range. A range goes over the parts: one over a
// number would make a text without end.
func (w *walk) branch(n parse.Node) {
	var b *parse.BranchNode
	switch n := n.(type) {
	case *parse.IfNode:
		b = &n.BranchNode
	case *parse.WithNode:
		b = &n.BranchNode
	case *parse.RangeNode:
		b = &n.BranchNode
		if p := n.Pipe.Cmds[len(n.Pipe.Cmds)-1].Args; len(p) != 1 || p[0].String() != ".Parts" && p[0].String() != "$.Parts" {
			w.refuse(n, "deliver.template.range")
		}
	default:
		return
	}
	w.node(b.Pipe)
	w.node(b.List)
	w.node(b.ElseList)
}
