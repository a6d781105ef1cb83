package main

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/xuri/excelize/v2"

	"guiji/internal/fault"
	"guiji/internal/text"
)

// findingColumn is a column of the workbook of rows that were not taken over.
type findingColumn struct {
	key   text.Key
	width float64 // in characters
}

func findingColumns() []findingColumn {
	return []findingColumn{{"file", 28}, {"in", 16}, {"cell", 10}, {"number", 18}, {"reason", 80}}
}

// notItself refuses a workbook that would be written over a list which is to be read.
func notItself(path string, lists []string) error {
	there, err := os.Stat(path)
	if err != nil {
		return nil //nolint:nilerr // nothing is written over; what cannot be written is told then
	}
	for _, l := range lists {
		if list, err := os.Stat(l); err == nil && os.SameFile(there, list) {
			return fault.New(fault.Config, "orders.findings.same", path)
		}
	}
	return nil
}

// writeFindings writes the rows of a returned list that were not taken over as a workbook
// for whoever filled it in. It holds no value. Without any nothing is written, and one that
// an earlier import wrote there goes: it would be taken for this one's. Where these very
// files were taken over before it may be of them, and stays.
func (a *app) writeFindings(path string, t *takenBack) (err error) {
	switch {
	case path == "" || t.Before != "":
		return nil
	case len(t.Findings) == 0:
		return a.dropFindings(path, t)
	}
	defer func() {
		if err != nil {
			err = fault.New(fault.Config, "command.discover.write", path).Because(plainCause(err))
		}
	}()
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	name := a.say("orders.findings.sheet")
	if err := book.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	if err := printed(book, name); err != nil {
		return err
	}
	if err := a.fillFindings(book, name, t); err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = book.WriteTo(out)
	if err = errors.Join(err, out.Close()); err == nil {
		t.written = path
	}
	return err
}

// dropFindings removes the workbook of an earlier import; any other file stays, and is told.
func (a *app) dropFindings(path string, t *takenBack) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if !isFindings(path) {
		t.kept = path
		return nil
	}
	if err := os.Remove(path); err != nil {
		return fault.New(fault.Config, "orders.findings.remove", path).Because(plainCause(err))
	}
	t.dropped = path
	return nil
}

// isFindings tells whether a file is a workbook that writeFindings wrote, in whatever
// language.
func isFindings(path string) bool {
	book, err := excelize.OpenFile(path)
	if err != nil {
		return false
	}
	defer book.Close()
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil || !rows.Next() {
		return false
	}
	defer rows.Close()
	head, err := rows.Columns()
	if err != nil {
		return false
	}
	return slices.ContainsFunc([]text.Lang{text.ZH, text.EN}, func(lang text.Lang) bool {
		return slices.Equal(head, findingHead(lang))
	})
}

// findingHead are the columns' names.
func findingHead(lang text.Lang) []string {
	var out []string
	for _, c := range findingColumns() {
		out = append(out, text.Format(lang, "orders.findings."+c.key))
	}
	return out
}

// printed puts a sheet on A4 across, as wide as the page.
func printed(book *excelize.File, name string) error {
	across, a4, fit, wide, high := "landscape", 9, true, 1, 0
	err := book.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &across, Size: &a4, FitToWidth: &wide, FitToHeight: &high})
	return errors.Join(err, book.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}))
}

// fillFindings writes a row for each.
func (a *app) fillFindings(book *excelize.File, name string, t *takenBack) error {
	wrapped, err := book.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	w, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	var head []any
	names := findingHead(a.language())
	for i, c := range findingColumns() {
		head = append(head, names[i])
		if err := w.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	for i, f := range t.Findings {
		cell, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		row := []any{f.File, f.Sheet, f.Cell(), f.Number, excelize.Cell{StyleID: wrapped, Value: f.Text}}
		if err := w.SetRow(cell, row); err != nil {
			return err
		}
	}
	return w.Flush()
}
