package excel

import (
	"encoding/xml"
	"errors"
	"io"
)

// Limits on what a file may make of itself, whatever its size.
const (
	maxRow   = 64 << 20 // bytes of one row, or of one text
	maxPlain = 16 << 20 // bytes of a part that is taken into memory: the list of sheets, the styles
	maxDepth = 64       // elements within elements
)

var (
	errTooLarge = errors.New("the workbook unpacks to more than its limit")
	errLongRow  = errors.New("one row or text is longer than 64 MiB")
	errDamaged  = errors.New("the workbook is damaged")
)

// meter counts what a part of the file unpacks to.
type meter struct {
	from io.Reader
	left *int64 // of the workbook as a whole
	row  int64  // since the last row began
	most int64
}

func (m *meter) Read(p []byte) (int, error) {
	if *m.left <= 0 {
		return 0, errTooLarge
	}
	if m.row > m.most {
		return 0, errLongRow
	}
	if int64(len(p)) > *m.left {
		p = p[:*m.left]
	}
	n, err := m.from.Read(p)
	*m.left -= int64(n)
	m.row += int64(n)
	return n, err
}

// elements reads a part of the file element by element.
type elements struct {
	*xml.Decoder
	meter *meter
	depth int
}

func newElements(from io.Reader, left *int64) *elements {
	m := &meter{from: from, left: left, most: maxRow}
	return &elements{Decoder: xml.NewDecoder(m), meter: m}
}

// next is the next token; io.EOF only after the last element was closed.
func (e *elements) next() (xml.Token, error) {
	t, err := e.Token()
	switch t.(type) {
	case xml.StartElement:
		e.depth++
	case xml.EndElement:
		e.depth--
	case xml.Directive: // a document type: nothing that writes workbooks has one
		return nil, errDamaged
	}
	if e.depth > maxDepth {
		return nil, errDamaged
	}
	return t, err
}

// leave reads on until the element that was opened last is closed.
func (e *elements) leave() error {
	for inside := e.depth; e.depth >= inside; {
		if _, err := e.next(); err != nil {
			return err
		}
	}
	return nil
}

// text appends what the element that was opened last holds.
func (e *elements) text(into []byte) ([]byte, error) {
	for inside := e.depth; e.depth >= inside; {
		t, err := e.next()
		if err != nil {
			return into, err
		}
		if c, ok := t.(xml.CharData); ok && e.depth == inside {
			into = append(into, c...)
		}
	}
	return into, nil
}

// rich appends the text of an element that may hold runs of several fonts; how it is
// read aloud (rPh) is no part of it (ECMA-376-1, 18.4.6).
func (e *elements) rich(into []byte) ([]byte, error) {
	from := len(into)
	for inside := e.depth; e.depth >= inside; {
		t, err := e.next()
		if err != nil {
			return into, err
		}
		start, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case start.Name.Local == "t":
			into, err = e.text(into)
		case start.Name.Local == "rPh":
			err = e.leave()
		}
		if err != nil {
			return into, err
		}
	}
	return unescape(into, from), nil
}
