package main

import (
	"archive/zip"
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"guiji/connectors"
	"guiji/connectors/excel"
	"guiji/internal/arrowpool"
)

// excelColumns are the measured sheet's: texts that cells share, of which three columns
// hold a new one each row, numbers, and a day.
var excelColumns = []string{"序号", "公民身份号码", "姓名", "性别", "出生日期", "户籍地址", "联系电话", "金额", "类别", "备注"}

// excel reads a sheet of up to 10 million cells and prints what it took.
func (b *bench) excel(ctx context.Context) error {
	rows := min(b.rows/5, 1_000_000)
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(b.dir, "bench.xlsx")
	if err := writeWorkbook(path, rows); err != nil {
		return err
	}
	took, rss, err := b.reading(ctx, "excel", path)
	if err != nil {
		return err
	}
	fmt.Printf("figure excel_cells_per_s %.0f cells/s\n", float64(rows*len(excelColumns))/median(took))
	fmt.Printf("figure excel_peak_rss %.0f MB\n", slices.Max(rss))
	return os.Remove(path)
}

// readWorkbook reads the sheet through the product's connector, batches released.
func readWorkbook(ctx context.Context, a childArgs) error {
	settings := excel.DefaultSettings()
	settings.Path = a.table
	source, err := excel.Open(*settings, connectors.Env{Timezone: "Asia/Shanghai", Alloc: arrowpool.New(128 << 20), Scratch: a.dir})
	if err != nil {
		return err
	}
	defer source.Close()
	snap, err := source.Snapshot(ctx, connectors.Request{Table: "", Columns: excelColumns, Key: excelColumns[:1], Parts: 1, BatchRows: 8192})
	if err != nil {
		return err
	}
	defer snap.Close()
	return snap.Read(ctx, snap.Parts()[0], discard{})
}

const (
	relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	spreadsheet   = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	packageParts  = "http://schemas.openxmlformats.org/package/2006/relationships"
)

// writeWorkbook writes the workbook as Excel lays one out: texts are shared, numbered
// as they appear.
func writeWorkbook(path string, rows int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for _, p := range []struct {
		name  string
		write func(w io.Writer)
	}{
		{"_rels/.rels", func(w io.Writer) {
			fmt.Fprintf(w, `<Relationships xmlns="%s"><Relationship Id="a" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>`, packageParts, relationships)
		}},
		{"xl/workbook.xml", func(w io.Writer) {
			fmt.Fprintf(w, `<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="名册" sheetId="1" r:id="a"/></sheets></workbook>`, spreadsheet, relationships)
		}},
		{"xl/_rels/workbook.xml.rels", func(w io.Writer) {
			fmt.Fprintf(w, `<Relationships xmlns="%[1]s"><Relationship Id="a" Type="%[2]s/worksheet" Target="sheet.xml"/><Relationship Id="b" Type="%[2]s/styles" Target="styles.xml"/>`+
				`<Relationship Id="c" Type="%[2]s/sharedStrings" Target="texts.xml"/></Relationships>`, packageParts, relationships)
		}},
		{"xl/styles.xml", func(w io.Writer) {
			fmt.Fprintf(w, `<styleSheet xmlns="%s"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`, spreadsheet)
		}},
		{"xl/sheet.xml", func(w io.Writer) { writeSheet(w, rows) }},
		{"xl/texts.xml", func(w io.Writer) { writeTexts(w, rows) }},
	} {
		part, err := z.Create(p.name)
		if err != nil {
			return err
		}
		w := bufio.NewWriter(part)
		p.write(w)
		if err := w.Flush(); err != nil { // it keeps the first error
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

func writeSheet(w io.Writer, rows int) {
	fmt.Fprintf(w, `<worksheet xmlns="%s"><sheetData><row r="1">`, spreadsheet)
	for i := range excelColumns {
		fmt.Fprintf(w, `<c r="%c1" t="s"><v>%d</v></c>`, 'A'+i, i)
	}
	fmt.Fprint(w, "</row>")
	for i := range rows {
		r, text := i+2, len(excelColumns)+2+3*i
		fmt.Fprintf(w, `<row r="%[1]d"><c r="A%[1]d"><v>%[2]d</v></c><c r="B%[1]d" t="s"><v>%[3]d</v></c><c r="C%[1]d" t="s"><v>10</v></c><c r="D%[1]d"><v>%[4]d</v></c>`+
			`<c r="E%[1]d" s="1"><v>%[5]d</v></c><c r="F%[1]d" t="s"><v>%[6]d</v></c><c r="G%[1]d" t="s"><v>%[7]d</v></c><c r="H%[1]d"><v>%[8]d.5</v></c><c r="I%[1]d" t="s"><v>11</v></c><c r="J%[1]d" t="s"><v>11</v></c></row>`,
			r, i+1, text, 1+i%2, 20000+i%20000, text+1, text+2, i%100000)
	}
	fmt.Fprint(w, "</sheetData></worksheet>")
}

func writeTexts(w io.Writer, rows int) {
	fmt.Fprintf(w, `<sst xmlns="%s">`, spreadsheet)
	for _, c := range append(slices.Clone(excelColumns), "王小明", "城镇") {
		fmt.Fprintf(w, "<si><t>%s</t></si>", c)
	}
	for i := range rows {
		fmt.Fprintf(w, "<si><t>371502%08d%04d</t></si><si><t>山东省聊城市东昌府区柳园街道第%d号</t></si><si><t>138%08d</t></si>", 19500101+i%500000, i%10000, i, i)
	}
	fmt.Fprint(w, "</sst>")
}
