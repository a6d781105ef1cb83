package catalog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"guiji/internal/fault"
)

// CodeTable is codes/<name>.csv: code, name and optional alias, valid_from,
// valid_to. Make one with NewCodeTable.
type CodeTable struct {
	Name    string
	Codes   []Code
	byCode  map[string][]int
	aliases map[string]string // names and aliases that mean one code
}

// Code is one entry of a code table. A code that was abolished and given anew has
// several entries.
type Code struct {
	Code, Name string
	Aliases    []string // other texts departments write for it
	From, To   string   // dates of validity, both included; "" is open
}

// NewCodeTable indexes the entries.
func NewCodeTable(name string, codes []Code) *CodeTable {
	t := &CodeTable{Name: name, Codes: codes, byCode: map[string][]int{}, aliases: map[string]string{}}
	for i, c := range codes {
		t.byCode[c.Code] = append(t.byCode[c.Code], i)
	}
	several := map[string]bool{}
	for _, c := range codes {
		for _, word := range append([]string{c.Name}, c.Aliases...) {
			if had, ok := t.aliases[word]; ok && had != c.Code {
				several[word] = true
			}
			t.aliases[word] = c.Code
		}
	}
	for word := range several {
		delete(t.aliases, word)
	}
	delete(t.aliases, "")
	return t
}

// indexed is the table itself, or one with an index where it was written as a
// literal: right, but slow at every call.
func (t *CodeTable) indexed() *CodeTable {
	if t.byCode == nil {
		return NewCodeTable(t.Name, t.Codes)
	}
	return t
}

// Lookup finds the code a text stands for: a code, else a name or alias that
// means exactly one code. A name that several codes share (市辖区) finds none.
func (t *CodeTable) Lookup(text string) (code string, ok bool) {
	t = t.indexed()
	if _, ok := t.byCode[text]; ok {
		return text, true
	}
	code, ok = t.aliases[text]
	return code, ok
}

// Valid tells whether the code was valid on a date (2006-01-02); with "" whether
// it is in the table at all. GB/T 2260 changes: a code valid at the record's
// date is not dirty.
func (t *CodeTable) Valid(code, date string) bool {
	t = t.indexed()
	for _, i := range t.byCode[code] {
		c := &t.Codes[i]
		if date == "" || (c.From == "" || c.From <= date) && (c.To == "" || date <= c.To) {
			return true
		}
	}
	return false
}

var codeColumns = []string{"code", "name", "alias", "valid_from", "valid_to"}

// readCodes reads a code table: UTF-8, with or without BOM, a header row first;
// aliases are parted by |.
func readCodes(file, name string, data []byte) (*CodeTable, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Config, "catalog.codes.head", file)
	}
	if err != nil {
		return nil, csvFault(file, err)
	}
	at := map[string]int{}
	for i, h := range head {
		h = strings.TrimSpace(h)
		if _, twice := at[h]; twice || !slices.Contains(codeColumns, h) {
			return nil, fault.New(fault.Config, "catalog.codes.column", file, h, strings.Join(codeColumns, ", "))
		}
		at[h] = i
	}
	if _, ok := at["code"]; !ok {
		return nil, fault.New(fault.Config, "catalog.codes.head", file)
	}
	var codes []Code
	var errs []error
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return NewCodeTable(name, codes), errors.Join(errs...)
		}
		if err != nil {
			return nil, errors.Join(append(errs, csvFault(file, err))...)
		}
		c, err := codeOf(row, at)
		if err != nil {
			line, _ := r.FieldPos(0)
			errs = append(errs, fault.New(fault.Config, "catalog.codes.row", fmt.Sprintf("%s:%d", file, line)).Because(err))
		}
		codes = append(codes, c)
	}
}

func codeOf(row []string, at map[string]int) (Code, error) {
	field := func(name string) string {
		if i, ok := at[name]; ok {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	c := Code{Code: field("code"), Name: field("name"), From: field("valid_from"), To: field("valid_to")}
	for a := range strings.SplitSeq(field("alias"), "|") {
		if a = strings.TrimSpace(a); a != "" {
			c.Aliases = append(c.Aliases, a)
		}
	}
	switch {
	case c.Code == "":
		return c, fault.New(fault.Config, "catalog.codes.empty")
	case c.From != "" && !isDate(c.From), c.To != "" && !isDate(c.To), c.From != "" && c.To != "" && c.From > c.To:
		return c, fault.New(fault.Config, "catalog.codes.dates")
	}
	return c, nil
}

func csvFault(file string, err error) error {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return fault.New(fault.Config, "catalog.codes.csv", fmt.Sprintf("%s:%d", file, pe.Line)).Because(pe.Err)
	}
	return fault.New(fault.Config, "catalog.codes.csv", file).Because(err)
}

// CodeTable is the code table an in_codes check of the item names: its bare
// parameter, or the one under table; "" without such a check.
func (it *Item) CodeTable() string {
	for _, c := range it.Checks {
		if c.Kind != "in_codes" || c.Params == nil {
			continue
		}
		switch n := c.Params.(type) {
		case *ast.StringNode:
			return n.Value
		case *ast.MappingNode:
			for _, v := range n.Values {
				if s, ok := v.Value.(*ast.StringNode); ok && v.Key.String() == "table" {
					return s.Value
				}
			}
		}
	}
	return ""
}
