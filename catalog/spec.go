package catalog

import (
	"errors"
	"reflect"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// checkWords are the keys beside a check's name.
type checkWords struct {
	ID        string `yaml:"id"`
	Title     string `yaml:"title"`
	Indicator string `yaml:"indicator"`
	Severity  string `yaml:"severity"`
	OnFail    string `yaml:"on_fail"`
	AtMost    Rate   `yaml:"at_most"`
	Where     Where  `yaml:"where"`
}

// UnmarshalYAML reads a bare name, or one key with the parameters beside title,
// indicator, severity, on_fail, at_most, where and id.
func (s *CheckSpec) UnmarshalYAML(n ast.Node) error {
	*s = CheckSpec{Severity: "error", OnFail: "warn", At: Pos{Line: line(n)}}
	if name, ok := scalar(n); ok {
		s.Kind = name
		return nil
	}
	values, ok := pairs(n)
	if !ok {
		return misplaced(n, "catalog.written.check")
	}
	words := checkWords{Severity: s.Severity, OnFail: s.OnFail}
	known := fieldsOf(reflect.TypeFor[checkWords]())
	beside := &ast.MappingNode{BaseNode: &ast.BaseNode{}, Start: n.GetToken()}
	for _, v := range values {
		if _, ok := known.types[keyText(v)]; ok {
			beside.Values = append(beside.Values, v)
			continue
		}
		if s.Kind != "" {
			return misplaced(v.Key, "catalog.written.check.second", s.Kind, keyText(v))
		}
		s.Kind, s.At.Line = keyText(v), line(v.Key)
		if !isNull(v.Value) {
			s.Params = v.Value
		}
	}
	if s.Kind == "" {
		return misplaced(n, "catalog.written.check")
	}
	if len(beside.Values) > 0 {
		if err := decodeInner(beside, &words); err != nil {
			return err
		}
	}
	s.ID, s.Title, s.Indicator, s.Severity, s.OnFail = words.ID, words.Title, words.Indicator, words.Severity, words.OnFail
	s.AtMost, s.Where = words.AtMost, words.Where
	if s.Severity != "error" && s.Severity != "warning" {
		return misplaced(n, "catalog.written.word", s.Severity, "error, warning")
	}
	if s.OnFail != "warn" && s.OnFail != "quarantine" && s.OnFail != "block" {
		return misplaced(n, "catalog.written.word", s.OnFail, "warn, quarantine, block")
	}
	return nil
}

// part is what a rule's id ends with where it judges one part of an identifier: these
// stand beside each other at one item.
func (s CheckSpec) part() string {
	if s.Kind != "citizen_id" && s.Kind != "credit_code" {
		return ""
	}
	if bare, ok := scalar(s.Params); ok {
		return "_" + bare
	}
	values, _ := pairs(s.Params)
	for _, v := range values {
		if bare, ok := scalar(v.Value); ok && keyText(v) == "part" {
			return "_" + bare
		}
	}
	return ""
}

// Decode reads a check's parameters into the value that Check.Params returned: a
// pointer to a struct, a string, a number, a list, or a type that reads its own
// YAML. Unknown keys are refused with file, line and snippet. A bare name leaves
// the defaults.
func (s CheckSpec) Decode(into any) error {
	if s.Params == nil {
		return nil
	}
	if s.decode != nil {
		return s.decode(into)
	}
	return (&document{file: s.At.File}).decode(s.Params, into)
}

// UnmarshalYAML reads a bare name, or {name: parameter}.
func (s *StepSpec) UnmarshalYAML(n ast.Node) error {
	*s = StepSpec{At: Pos{Line: line(n)}}
	if name, ok := scalar(n); ok {
		s.Name = name
		return nil
	}
	values, ok := pairs(n)
	if !ok || len(values) != 1 {
		return misplaced(n, "catalog.written.step")
	}
	param, ok := scalar(values[0].Value)
	if !ok {
		return misplaced(n, "catalog.written.step")
	}
	s.Name, s.Param = keyText(values[0]), param
	return nil
}

// decodeInner decodes a node within a custom decoder. The first unknown key in
// the order of the file is the error.
func decodeInner(n ast.Node, into any) error {
	err := yaml.NodeToValue(n, into, yaml.Strict())
	if unknown := unknownKeys(n, reflect.TypeOf(into)); len(unknown) > 0 {
		if e := new(yaml.UnknownFieldError); err == nil || errors.As(err, &e) {
			return unknown[0]
		}
	}
	return err
}

func line(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}
