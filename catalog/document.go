package catalog

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"guiji/internal/fault"
	"guiji/internal/text"
)

// maxDocument is the largest YAML file read, in bytes.
const maxDocument = 4 << 20

// document is one YAML file of a project, parsed.
type document struct {
	file  string // relative to the project, with slashes
	lines []string
	hide  bool // the file may hold secrets: its lines are not quoted beyond a key
	body  ast.Node
}

// placed is an error of a custom decoder: a message and the token it is about.
// The message's first two arguments, file:line and the quoted line, are added by
// document.fault.
type placed struct {
	tok  *token.Token
	key  text.Key
	args []any
}

func (e *placed) Error() string { return string(e.key) }

func misplaced(n ast.Node, key text.Key, args ...any) error {
	return &placed{tok: n.GetToken(), key: key, args: args}
}

// parseDocument reads YAML without anchors, aliases, tags and merge keys; body
// is nil for an empty file.
func parseDocument(file string, data []byte) (d *document, err error) {
	d = &document{file: file, hide: file == configFile}
	if len(data) > maxDocument {
		return nil, fault.New(fault.Config, "catalog.file.large", file, maxDocument>>20)
	}
	d.lines = strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	defer func() {
		if r := recover(); r != nil { // the parser's own defects must not end a run
			d, err = nil, fault.New(fault.Config, "catalog.file.unreadable", file)
		}
	}()
	f, err := parser.ParseBytes([]byte(strings.Join(d.lines, "\n")), 0)
	if err != nil {
		return nil, d.fault(err)
	}
	var docs []*ast.DocumentNode
	for _, doc := range f.Docs {
		if doc.Body != nil {
			docs = append(docs, doc)
		}
	}
	switch len(docs) {
	case 0:
		return d, nil
	case 1:
		d.body, err = plainNode(docs[0].Body)
		if err != nil {
			return nil, d.fault(err)
		}
		return d, nil
	}
	return nil, d.fault(misplaced(docs[1].Body, "catalog.file.documents"))
}

// decode fills into from a node of the document, strictly; every unknown key and
// the first value of a wrong form are told, joined.
func (d *document) decode(n ast.Node, into any) (err error) {
	if n == nil {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			err = fault.New(fault.Config, "catalog.file.unreadable", d.file)
		}
	}()
	unknown := unknownKeys(n, reflect.TypeOf(into))
	var errs []error
	for _, e := range unknown {
		errs = append(errs, d.fault(e))
	}
	err = yaml.NodeToValue(n, into, yaml.Strict())
	if e := new(yaml.UnknownFieldError); err != nil && !(len(unknown) > 0 && errors.As(err, &e)) {
		errs = append(errs, d.fault(err))
	}
	return errors.Join(errs...)
}

// fault makes an error of the project's user out of one of the YAML reader.
func (d *document) fault(err error) error {
	var own *placed
	if errors.As(err, &own) {
		return fault.New(fault.Config, own.key, append([]any{d.where(own.tok), d.quote(own.tok)}, own.args...)...)
	}
	var (
		typ      *yaml.TypeError
		node     *yaml.UnexpectedNodeTypeError
		overflow *yaml.OverflowError
		yerr     yaml.Error
	)
	switch {
	case errors.As(err, &typ):
		return fault.New(fault.Config, wanted(typ.DstType), d.where(typ.Token), d.quote(typ.Token))
	case errors.As(err, &overflow):
		return fault.New(fault.Config, "catalog.file.overflow", d.where(overflow.Token), d.quote(overflow.Token))
	case errors.As(err, &node):
		key := text.Key("catalog.file.wants.text")
		switch node.Expected {
		case ast.MappingType, ast.MappingValueType:
			key = "catalog.file.wants.map"
		case ast.SequenceType:
			key = "catalog.file.wants.list"
		}
		return fault.New(fault.Config, key, d.where(node.Token), d.quote(node.Token))
	case errors.As(err, &yerr):
		return fault.New(fault.Config, "catalog.file.syntax", d.where(yerr.GetToken()), d.quote(yerr.GetToken()), yerr.GetMessage())
	}
	return fault.New(fault.Config, "catalog.file.value", d.file).Because(err)
}

// wanted is the message that names the form a Go type is written in.
func wanted(t reflect.Type) text.Key {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool:
		return "catalog.file.wants.bool"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "catalog.file.wants.whole"
	case reflect.Float32, reflect.Float64:
		return "catalog.file.wants.number"
	case reflect.Struct, reflect.Map:
		return "catalog.file.wants.map"
	case reflect.Slice, reflect.Array:
		return "catalog.file.wants.list"
	}
	return "catalog.file.wants.text"
}

func (d *document) where(t *token.Token) string {
	if t == nil || t.Position == nil {
		return d.file
	}
	return fmt.Sprintf("%s:%d", d.file, t.Position.Line)
}

// quote is the token's line with its number, and a mark under the token; in a
// file that may hold secrets nothing beyond the line's first key.
func (d *document) quote(t *token.Token) string {
	if t == nil || t.Position == nil || t.Position.Line < 1 || t.Position.Line > len(d.lines) {
		return ""
	}
	line := strings.ReplaceAll(d.lines[t.Position.Line-1], "\t", " ")
	number := fmt.Sprintf("  %d | ", t.Position.Line)
	if d.hide {
		key, _, ok := strings.Cut(line, ":")
		if !ok {
			return number + "…"
		}
		return number + key + ": …"
	}
	before := []rune(line)
	if c := t.Position.Column - 1; c >= 0 && c < len(before) {
		before = before[:c]
	}
	return number + line + "\n" + strings.Repeat(" ", len(number)+width(before)) + "^"
}

// width is how many columns a terminal gives to a text: two to a CJK sign.
func width(rs []rune) int {
	n := len(rs)
	for _, r := range rs {
		if r >= 0x1100 {
			n++
		}
	}
	return n
}
