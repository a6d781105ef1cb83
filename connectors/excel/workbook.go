package excel

import (
	"context"
	"io"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/text"
)

// Workbook is an xlsx file read cell by cell and not as a table: a list that comes back
// filled in. The same limits hold as for a source; errors name the file, never a value.
type Workbook struct {
	b *book
}

// Cell is one cell of a row.
type Cell struct {
	Column  int      // from 0
	Text    string   // the value as a source's would be
	Formula bool     // calculated: Text is what some program made of it
	Wrong   text.Key // why it holds no value that could be told; "" if it does
}

// OpenWorkbook opens a file that may unpack to so many MiB. What is no workbook, is
// encrypted, of the old binary form, damaged or too large is fault.Data.
func OpenWorkbook(ctx context.Context, path string, limit int) (*Workbook, error) {
	settings := DefaultSettings()
	settings.Path, settings.UnzipLimit = path, limit
	s, err := Open(*settings, connectors.Env{})
	if err != nil {
		return nil, err
	}
	found, err := s.folder.Resolve("")
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fault.New(fault.Config, "files.no_file", path)
	}
	b, err := s.open(ctx, found[0])
	if err != nil {
		return nil, err
	}
	return &Workbook{b}, nil
}

// Name is the file's.
func (w *Workbook) Name() string { return w.b.Name }

// Sheets are the names of the sheets, hidden ones too, in their order.
func (w *Workbook) Sheets() []string {
	out := make([]string, len(w.b.sheets))
	for i, s := range w.b.sheets {
		out[i] = s.name
	}
	return out
}

// Rows hands over the rows of a sheet, by its place in Sheets, in order; rows without
// cells are not among them. row's cells hold until it returns; an error of its own ends
// the reading and is returned as it is.
func (w *Workbook) Rows(sheet int, row func(number int, cells []Cell) error) error {
	s, err := w.b.sheetAt(w.b.sheets[sheet].path)
	if err != nil {
		return w.b.explain(err)
	}
	var cells []Cell
	for {
		err := s.advance()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return w.b.explain(err)
		}
		cells = cells[:0]
		for _, c := range s.row.cells {
			value, why, err := w.b.value(nil, &s.row, c)
			if err != nil {
				return w.b.explain(err)
			}
			cells = append(cells, Cell{Column: c.column, Text: string(value), Formula: c.formula, Wrong: why})
		}
		if err := row(s.row.number, cells); err != nil {
			return err
		}
	}
}

// Merged calls f with each block of merged cells of a sheet: columns from 0, rows from 1,
// ends included.
func (w *Workbook) Merged(sheet int, f func(left, top, right, bottom int)) error {
	areas, err := w.b.areas(w.b.sheets[sheet].path, maxRows)
	if err != nil {
		return w.b.explain(err)
	}
	for _, a := range areas {
		f(a.left, a.top, a.right, a.bottom)
	}
	return nil
}

// Close lets go of the file; it may be called twice.
func (w *Workbook) Close() {
	if w.b != nil {
		w.b.close()
		w.b = nil
	}
}
