package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"guiji/catalog"
	"guiji/internal/fault"
)

// xlsx FROM.csv TO.xlsx SHEET [PASSWORD] makes a workbook as an office saves it: a first
// sheet of explanations, then the rows; =… is a formula, #… a number typed as one.
func xlsx(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: xlsx FROM.csv TO.xlsx SHEET [PASSWORD]")
	}
	reader := csv.NewReader(strings.NewReader(ts.ReadFile(args[0])))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	ts.Check(err)
	f := excelize.NewFile()
	ts.Check(f.SetCellStr("Sheet1", "A1", "填报说明"))
	_, err = f.NewSheet(args[2])
	ts.Check(err)
	for i, row := range rows {
		for j, v := range row {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			ts.Check(err)
			if formula, ok := strings.CutPrefix(v, "="); ok {
				ts.Check(f.SetCellFormula(args[2], cell, formula))
			} else if number, ok := strings.CutPrefix(v, "#"); ok {
				ts.Check(f.SetCellDefault(args[2], cell, number))
			} else if v != "" {
				ts.Check(f.SetCellStr(args[2], cell, v))
			}
		}
	}
	options := excelize.Options{}
	if len(args) > 3 {
		options.Password = args[3]
	}
	ts.Check(f.SaveAs(ts.MkAbs(args[1]), options))
	ts.Check(f.Close())
}

func TestColumnsStandForItems(t *testing.T) {
	res := &catalog.Resource{ID: "a/b", Items: []catalog.Item{
		{Name: "id", Label: "编号", Column: "bh"}, {Name: "name", Label: "姓名", Column: "xm"}, {Name: "xm", Label: "曾用名", Column: "cym"}, {Name: "sex", Label: "性别", Column: "xb"},
	}}
	for name, c := range map[string]struct {
		header  []string
		want    string // item=column
		missing string
		unknown string
	}{
		"the source's own":       {[]string{"bh", "xm", "cym", "xb"}, "id=bh name=xm xm=cym sex=xb", "", ""},
		"Chinese names":          {[]string{" 姓名* ", "编 号", "性别", "备注", "备注", ""}, "id=编 号 name= 姓名*  sex=性别", "xm", "备注"},
		"a column before a name": {[]string{"BH", "XM"}, "id=BH name=XM", "xm sex", ""},
		"nothing":                {[]string{"a"}, "", "id name xm sex", "a"},
	} {
		m, err := matchColumns(res, c.header)
		var got []string
		for _, x := range m.Columns {
			got = append(got, x.Item+"="+x.Column)
		}
		if err != nil || strings.Join(got, " ") != c.want || strings.Join(m.without(), " ") != c.missing || strings.Join(m.Unknown, " ") != c.unknown {
			t.Errorf("%s: %v, columns %q, missing %q, unknown %q", name, err, got, m.without(), m.Unknown)
		}
	}
	if _, err := matchColumns(res, []string{"编号", "姓名", "编号"}); fault.KindOf(err) != fault.Config || err == nil {
		t.Errorf("a name twice: %v", err)
	}
}

func TestEncodingsAreTold(t *testing.T) {
	dir := t.TempDir()
	for content, want := range map[string]string{
		"id,name\n1,a\n":        "",
		"id,姓名\n":               "utf-8",
		"id,\xd0\xd5\xc3\xfb\n": "gb18030",
		"\xff\xfei\x00":         "",
		strings.Repeat("编号,姓名\n", sniffed/14): "utf-8",
	} {
		path := filepath.Join(dir, "x.csv")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := encodingOf(path); err != nil || got != want {
			t.Errorf("%.20q: %q, %v", content, got, err)
		}
	}
}
