package httpapi

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"

	"guiji/internal/text"
)

// Why a record goes to quarantine.
const (
	reasonText   text.Key = "httpapi.bad.text"
	reasonTwice  text.Key = "httpapi.bad.twice"
	reasonRecord text.Key = "httpapi.bad.record"
)

// cell is a value of a record on its way into a column.
type cell struct {
	text []byte // nil is NULL
	raw  jsontext.Value
}

// picker takes the columns out of records.
type picker struct {
	root  *node
	cells []cell // of the record picked last
	met   []bool // whether a column was in any record so far

	lenient bool // looks for the name or value that is no text
	column  int  // the one that is no text; -1 is the record
}

func newPicker(paths [][]string) *picker {
	return &picker{root: plant(paths), cells: make([]cell, len(paths)), met: make([]bool, len(paths))}
}

var errNoText = errors.New("bytes or halves of surrogates that are no text")

// pick fills the cells with a record's values. It says why a record is none, and which column
// is to blame; -1 is the record as a whole. Bytes that are no text in what nobody asked for harm
// nothing.
func (p *picker) pick(raw jsontext.Value) (why text.Key, column int) {
	if raw.Kind() != '{' {
		return reasonRecord, -1
	}
	p.lenient = false
	err := p.read(raw)
	if err == nil {
		return "", -1
	}
	if !errors.Is(err, jsontext.ErrDuplicateName) {
		p.lenient, p.column = true, -1
		err = p.read(raw)
	}
	switch {
	case err == nil:
		return "", -1
	case errors.Is(err, jsontext.ErrDuplicateName):
		return reasonTwice, -1
	}
	return reasonText, p.column
}

func (p *picker) read(raw jsontext.Value) error {
	clear(p.cells)
	return p.object(jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowInvalidUTF8(p.lenient)), p.root)
}

// object reads the members of the object the decoder stands at.
func (p *picker) object(dec *jsontext.Decoder, n *node) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if p.lenient && !name.IsValid() {
			return errNoText
		}
		unquoted, err := jsontext.AppendUnquote(nil, name)
		if err != nil {
			return err
		}
		if child := n.children[string(unquoted)]; child != nil {
			err = p.value(dec, child)
		} else {
			err = dec.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// value reads one value for the columns whose paths end here or lead through it.
func (p *picker) value(dec *jsontext.Decoder, n *node) error {
	if len(n.ends) == 0 {
		if dec.PeekKind() != '{' {
			return dec.SkipValue()
		}
		return p.object(dec, n)
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	raw = raw.Clone() // the decoder's buffer moves on
	if p.lenient && !raw.IsValid() {
		p.column = n.ends[0]
		p.cells[p.column].raw = raw
		return errNoText
	}
	text, err := written(raw)
	if err != nil {
		return err
	}
	for _, i := range n.ends {
		p.cells[i], p.met[i] = cell{text, raw}, true
	}
	if len(n.children) == 0 || raw.Kind() != '{' {
		return nil
	}
	return p.object(jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowInvalidUTF8(p.lenient)), n)
}

// written is a value as its column holds it: a text's own characters, a number's and a word's as
// they are written, null as NULL, objects and arrays as JSON without blanks.
func written(raw jsontext.Value) ([]byte, error) {
	switch raw.Kind() {
	case 'n':
		return nil, nil
	case '"':
		return jsontext.AppendUnquote([]byte{}, raw)
	case '{', '[':
		out := raw.Clone()
		err := out.Compact()
		return out, err
	}
	return raw, nil
}
