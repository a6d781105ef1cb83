package excel

import (
	"encoding/xml"
	"io"
	"strconv"
)

// The size of the largest sheet there is.
const (
	maxRows    = 1 << 20
	maxColumns = 1 << 14
)

// row is one row of a sheet as the file has it.
type row struct {
	number int
	cells  []cell // in order
	text   []byte // of all cells
}

// cell is one cell of a row.
type cell struct {
	column   int    // from 0
	kind     string // s, str, inlineStr, b, e, d, n; "" is n
	style    int
	from, to int  // its text, within the row's
	formula  bool // it was calculated
	valued   bool // it has a value, which may be empty
}

// sheet reads the rows of a sheet.
type sheet struct {
	*elements
	row    row
	last   int  // the row's number
	rows   int  // as the sheet itself says; 0 unknown
	inside bool // of the rows
	past   bool // behind them
	again  bool // the row is to be read once more
}

// advance reads the next row; io.EOF behind the last, and only if the sheet is whole.
func (s *sheet) advance() error {
	if s.again {
		s.again = false
		return nil
	}
	for {
		s.meter.row = 0
		t, err := s.next()
		if err == io.EOF && !s.past {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "dimension":
				s.rows = dimension(attribute(t, "ref"))
			case "sheetData":
				s.inside = true
			case "row":
				if s.inside {
					return s.read(t)
				}
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				s.inside, s.past = false, true
				return s.finish()
			}
		}
	}
}

// finish reads what follows the rows, for its check sum covers them too.
func (s *sheet) finish() error {
	for {
		s.meter.row = 0
		if _, err := s.next(); err != nil {
			return err
		}
	}
}

func (s *sheet) read(start xml.StartElement) error {
	r := &s.row
	r.number, r.cells, r.text = s.last+1, r.cells[:0], r.text[:0]
	if v := attribute(start, "r"); v != "" {
		number, err := strconv.Atoi(v)
		if err != nil {
			return errDamaged
		}
		r.number = number
	}
	if r.number <= s.last || r.number > maxRows {
		return errDamaged
	}
	s.last = r.number
	for inside := s.depth; s.depth >= inside; {
		t, err := s.next()
		if err != nil {
			return whole(err)
		}
		if c, ok := t.(xml.StartElement); ok {
			if c.Name.Local != "c" {
				err = s.leave()
			} else {
				err = s.cell(c)
			}
			if err != nil {
				return whole(err)
			}
		}
	}
	return nil
}

// whole keeps an end within a row from being taken for the sheet's.
func whole(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (s *sheet) cell(start xml.StartElement) error {
	r := &s.row
	c := cell{from: len(r.text)}
	if n := len(r.cells); n > 0 {
		c.column = r.cells[n-1].column + 1
	}
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "r":
			column, number, ok := reference(a.Value)
			if !ok || number != r.number || column < c.column {
				return errDamaged
			}
			c.column = column
		case "s":
			c.style, _ = strconv.Atoi(a.Value) // one that is none has no format
		case "t":
			c.kind = a.Value
		}
	}
	if c.column >= maxColumns {
		return errDamaged
	}
	for inside := s.depth; s.depth >= inside; {
		t, err := s.next()
		if err != nil {
			return err
		}
		if part, ok := t.(xml.StartElement); ok {
			if err := s.inCell(&c, part.Name.Local); err != nil {
				return err
			}
		}
	}
	c.to = len(r.text)
	if c.kind == "str" {
		r.text = unescape(r.text, c.from)
		c.to = len(r.text)
	}
	r.cells = append(r.cells, c)
	return nil
}

// inCell reads an element of a cell: its value, its formula, its text.
func (s *sheet) inCell(c *cell, name string) (err error) {
	r := &s.row
	switch {
	case name == "v" && c.kind != "inlineStr":
		c.valued = true
		r.text, err = s.text(r.text)
	case name == "is" && c.kind == "inlineStr":
		c.valued = true
		r.text, err = s.rich(r.text)
	case name == "f":
		c.formula = true
		err = s.leave()
	default:
		err = s.leave()
	}
	return err
}

// reference takes AB12 apart: the column from 0, and the row.
func reference(ref string) (column, row int, ok bool) {
	i := 0
	for ; i < len(ref) && i < 4 && ref[i]|0x20 >= 'a' && ref[i]|0x20 <= 'z'; i++ {
		column = column*26 + int(ref[i]|0x20-'a') + 1
	}
	if i == 0 || i == len(ref) || len(ref)-i > 7 {
		return 0, 0, false
	}
	for ; i < len(ref); i++ {
		if ref[i] < '0' || ref[i] > '9' {
			return 0, 0, false
		}
		row = row*10 + int(ref[i]-'0')
	}
	return column - 1, row, true
}

// letters is a column's name in Excel: A, B … AA.
func letters(column int) string {
	out := ""
	for column++; column > 0; column = (column - 1) / 26 {
		out = string(rune('A'+(column-1)%26)) + out
	}
	return out
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
