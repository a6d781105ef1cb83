package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"guiji/internal/text"
	"guiji/quality/worklist"
)

// fill FROM TO ANSWER… fills in a work list as an officer does and saves it under another
// name. An answer is row:field=value, field as in quality/worklist (state, note, waive,
// dispute, number); value =… is a formula. A row may be ITEM (字段中文名) instead of a
// number: the first row of it. Further answers: drop:FIELD takes a column out,
// merge:FIELD:ROW merges a cell with the one below, sheet:NAME renames the sheet.
func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fill FROM TO ANSWER...")
	}
	f, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	sheet := text.Format(text.ZH, "report.sheet.problems")
	for _, answer := range args[2:] {
		row, rest, _ := strings.Cut(answer, ":")
		switch row {
		case "drop":
			ts.Check(f.RemoveCol(sheet, columnOf(ts, f, sheet, rest)))
		case "merge":
			field, at, _ := strings.Cut(rest, ":")
			n, err := strconv.Atoi(at)
			ts.Check(err)
			column := columnOf(ts, f, sheet, field)
			ts.Check(f.MergeCell(sheet, column+at, column+strconv.Itoa(n+1)))
		case "sheet":
			ts.Check(f.SetSheetName(sheet, rest))
			sheet = rest
		default:
			field, value, _ := strings.Cut(rest, "=")
			cell := columnOf(ts, f, sheet, field) + rowOf(ts, f, sheet, row)
			if formula, ok := strings.CutPrefix(value, "="); ok {
				ts.Check(f.SetCellFormula(sheet, cell, formula))
			} else {
				ts.Check(f.SetCellStr(sheet, cell, value))
			}
		}
	}
	ts.Check(f.SaveAs(ts.MkAbs(args[1])))
	ts.Check(f.Close())
}

// sheet FILE prints the first sheet of a workbook, its columns parted by |.
func sheet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sheet FILE.xlsx")
	}
	f, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	rows, err := f.GetRows(f.GetSheetName(0))
	ts.Check(err)
	for _, r := range rows {
		_, err := fmt.Fprintln(ts.Stdout(), strings.Join(r, "|"))
		ts.Check(err)
	}
	ts.Check(f.Close())
}

// columnOf is the letter of a field's column.
func columnOf(ts *testscript.TestScript, f *excelize.File, sheet, field string) string {
	rows, err := f.GetRows(sheet)
	ts.Check(err)
	for i, h := range rows[0] {
		if got, ok := worklist.FieldOf(h); ok && string(got) == field {
			name, err := excelize.ColumnNumberToName(i + 1)
			ts.Check(err)
			return name
		}
	}
	ts.Fatalf("the list has no column %s", field)
	return ""
}

// rowOf is the number of the first row of an item.
func rowOf(ts *testscript.TestScript, f *excelize.File, sheet, item string) string {
	if _, err := strconv.Atoi(item); err == nil {
		return item
	}
	column, err := excelize.ColumnNameToNumber(columnOf(ts, f, sheet, string(worklist.Item)))
	ts.Check(err)
	rows, err := f.GetRows(sheet)
	ts.Check(err)
	for i, r := range rows {
		if len(r) >= column && r[column-1] == item {
			return strconv.Itoa(i + 1)
		}
	}
	ts.Fatalf("the list has no row of %s", item)
	return ""
}
