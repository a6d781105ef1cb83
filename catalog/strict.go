package catalog

import (
	"context"
	"encoding"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// unknownKeys finds every key of n that the Go type has no field for. The YAML
// library tells of one of them, and not always of the same.
func unknownKeys(n ast.Node, t reflect.Type) []error {
	for t.Kind() == reflect.Pointer && !decodesItself(t) {
		t = t.Elem()
	}
	if n == nil || decodesItself(t) || decodesItself(reflect.PointerTo(t)) {
		return nil
	}
	var errs []error
	switch t.Kind() {
	case reflect.Struct:
		values, _ := pairs(n)
		fields := fieldsOf(t)
		for _, v := range values {
			ft, ok := fields.types[keyText(v)]
			if !ok {
				errs = append(errs, misplaced(v.Key, "catalog.file.unknown", keyText(v), strings.Join(fields.names, ", ")))
				continue
			}
			errs = append(errs, unknownKeys(v.Value, ft)...)
		}
	case reflect.Map:
		values, _ := pairs(n)
		for _, v := range values {
			errs = append(errs, unknownKeys(v.Value, t.Elem())...)
		}
	case reflect.Slice, reflect.Array:
		if s, ok := n.(*ast.SequenceNode); ok {
			for _, v := range s.Values {
				errs = append(errs, unknownKeys(v, t.Elem())...)
			}
		}
	}
	return errs
}

// fieldSet is what a struct may be written with, in the struct's order.
type fieldSet struct {
	names []string
	types map[string]reflect.Type
}

func fieldsOf(t reflect.Type) fieldSet {
	set := fieldSet{types: map[string]reflect.Type{}}
	for f := range t.Fields() {
		tag, ok := f.Tag.Lookup("yaml")
		if !ok {
			tag = f.Tag.Get("json")
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "-" || f.PkgPath != "" && !f.Anonymous {
			continue
		}
		if strings.Contains(","+options+",", ",inline,") {
			ft := f.Type
			for ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
			inner := fieldsOf(ft)
			for _, n := range inner.names {
				set.add(n, inner.types[n])
			}
			continue
		}
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		set.add(name, f.Type)
	}
	return set
}

func (s *fieldSet) add(name string, t reflect.Type) {
	if _, ok := s.types[name]; !ok {
		s.names = append(s.names, name)
	}
	s.types[name] = t
}

// decodesItself tells a type that reads its own YAML: its keys are its affair.
func decodesItself(t reflect.Type) bool {
	for _, i := range []reflect.Type{
		reflect.TypeFor[yaml.BytesUnmarshaler](), reflect.TypeFor[yaml.InterfaceUnmarshaler](),
		reflect.TypeFor[yaml.NodeUnmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](),
		reflect.TypeFor[interface {
			UnmarshalYAML(context.Context, []byte) error
		}](),
		reflect.TypeFor[yaml.InterfaceUnmarshalerContext](), reflect.TypeFor[yaml.NodeUnmarshalerContext](),
	} {
		if t.Implements(i) {
			return true
		}
	}
	return false
}
