package report

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/xuri/excelize/v2"
)

// column is one column of a sheet.
type column struct {
	Head    string
	Width   float64 // in characters, as spreadsheets count
	Fill    bool    // the department fills it in
	Number  bool    // counts; all else is text
	Choices []string
}

// book is one XLSX file, written as a stream: rows go to files in the stage's
// folder (0600) as they come, so memory is flat.
type book struct {
	path   string
	tmp    string // folder of the temporary files
	file   *excelize.File
	styles styles
	sheets []*sheet
}

type styles struct{ head, fillHead, text, number, fill, title, note int }

// sheet is one sheet that is being written.
type sheet struct {
	name    string
	columns []column
	stream  *excelize.StreamWriter
	styles  []int    // of the columns
	below   *rowFile // the rows below the header; nil before the first
	rows    int      // without the header
}

// quickZip packs at the fastest level: a work list repeats itself so much that the
// others gain little and cost a third of the time.
func quickZip(w io.Writer) *zip.Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestSpeed)
	})
	return z
}

func newBook(path, tmp string) (*book, error) {
	bk := &book{path: path, tmp: tmp, file: excelize.NewFile(excelize.Options{TmpDir: tmp})}
	bk.file.SetZipWriter(func(w io.Writer) excelize.ZipWriter { return quickZip(w) })
	border := func(colour string) []excelize.Border {
		var out []excelize.Border
		for _, side := range []string{"left", "right", "top", "bottom"} {
			out = append(out, excelize.Border{Type: side, Color: colour, Style: 1})
		}
		return out
	}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	centre := &excelize.Alignment{Vertical: "center", Horizontal: "center", WrapText: true}
	body := &excelize.Font{Family: "宋体", Size: 10}
	bold := &excelize.Font{Family: "宋体", Size: 10, Bold: true}
	solid := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	const (
		asText  = 49 // number format @: what is typed stays as typed, ids keep their digits
		asCount = 3  // #,##0
	)
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&bk.styles.head, excelize.Style{Font: bold, Alignment: centre, Border: border("A6B1BD"), Fill: solid("DCE6F1")}},
		{&bk.styles.fillHead, excelize.Style{Font: bold, Alignment: centre, Border: border("A6B1BD"), Fill: solid("FFE8B3")}},
		{&bk.styles.text, excelize.Style{Font: body, Alignment: wrap, Border: border("D0D7DE"), NumFmt: asText}},
		{&bk.styles.number, excelize.Style{Font: body, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right"}, Border: border("D0D7DE"), NumFmt: asCount}},
		{&bk.styles.fill, excelize.Style{Font: body, Alignment: wrap, Border: border("D0D7DE"), NumFmt: asText, Fill: solid("FFFBF0")}},
		{&bk.styles.title, excelize.Style{Font: &excelize.Font{Family: "黑体", Size: 16, Bold: true}}},
		{&bk.styles.note, excelize.Style{Font: body, Alignment: wrap}},
	} {
		id, err := bk.file.NewStyle(&s.style)
		if err != nil {
			return nil, fmt.Errorf("style of work list: %w", err)
		}
		*s.id = id
	}
	return bk, nil
}

// sheet opens a sheet with its header; print set-up is landscape, one page wide,
// the header on each page, A3 where a sheet has many columns.
func (bk *book) sheet(name string, columns []column) (*sheet, error) {
	s := &sheet{name: name, columns: columns}
	size := paperA4
	if len(columns) > 8 {
		size = paperA3
	}
	if err := bk.open(s, "landscape", size); err != nil {
		return nil, err
	}
	for i, c := range columns {
		style := bk.styles.text
		switch {
		case c.Fill:
			style = bk.styles.fill
		case c.Number:
			style = bk.styles.number
		}
		s.styles = append(s.styles, style)
		if err := s.stream.SetColStyle(i+1, i+1, style); err != nil {
			return nil, err
		}
		if err := s.stream.SetColWidth(i+1, i+1, c.Width); err != nil {
			return nil, err
		}
	}
	panes := &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if err := s.stream.SetPanes(panes); err != nil {
		return nil, err
	}
	head := make([]any, len(columns))
	for i, c := range columns {
		head[i] = excelize.Cell{StyleID: bk.styles.head, Value: c.Head}
		if c.Fill {
			head[i] = excelize.Cell{StyleID: bk.styles.fillHead, Value: c.Head}
		}
	}
	return s, s.stream.SetRow("A1", head, excelize.RowOpts{Height: 30})
}

// Paper sizes as spreadsheets number them.
const (
	paperA3 = 8
	paperA4 = 9
)

// open makes the sheet and its print set-up.
func (bk *book) open(s *sheet, orientation string, paper int) error {
	if len(bk.sheets) == 0 {
		if err := bk.file.SetSheetName("Sheet1", s.name); err != nil {
			return err
		}
	} else if _, err := bk.file.NewSheet(s.name); err != nil {
		return err
	}
	bk.sheets = append(bk.sheets, s)
	yes, one, asMany := true, 1, 0
	if err := bk.file.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	if err := bk.file.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &orientation, FitToWidth: &one, FitToHeight: &asMany}); err != nil {
		return err
	}
	side, edge, foot := 0.4, 0.6, 0.3 // inches
	margins := &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &edge, Bottom: &edge, Header: &foot, Footer: &foot}
	if err := bk.file.SetPageMargins(s.name, margins); err != nil {
		return err
	}
	if err := bk.file.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{OddFooter: "&C&P / &N"}); err != nil {
		return err
	}
	var err error
	s.stream, err = bk.file.NewStreamWriter(s.name)
	return err
}

// add writes one row, as tall as its longest cell needs.
func (bk *book) add(s *sheet, cells ...any) (err error) {
	if s.below == nil {
		if s.below, err = newRowFile(bk.tmp, s.styles); err != nil {
			return err
		}
	}
	s.rows++
	lines := 1
	for i, c := range cells {
		if text, ok := c.(string); ok {
			lines = max(lines, linesOf(text, s.columns[i].Width))
		}
	}
	height := 0.0
	if lines > 1 {
		height = min(lineHeight*float64(lines)+2, maxHeight)
	}
	return s.below.add(s.rows+1, height, cells)
}

// seal ends a sheet: filter, repeated header, choices to pick from.
func (bk *book) seal(s *sheet) error {
	if len(s.columns) > 0 {
		last, err := excelize.ColumnNumberToName(len(s.columns))
		if err != nil {
			return err
		}
		if err := bk.file.AutoFilter(s.name, fmt.Sprintf("A1:%s%d", last, s.rows+1), nil); err != nil {
			return err
		}
		titles := &excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + s.name + "'!$1:$1", Scope: s.name}
		if err := bk.file.SetDefinedName(titles); err != nil {
			return err
		}
		if err := bk.choices(s); err != nil {
			return err
		}
	}
	return s.stream.Flush()
}

func (bk *book) choices(s *sheet) error {
	for i, c := range s.columns {
		if len(c.Choices) == 0 || s.rows == 0 {
			continue
		}
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		dv := excelize.NewDataValidation(true)
		dv.Sqref = fmt.Sprintf("%s2:%s%d", name, name, s.rows+1)
		if err := dv.SetDropList(c.Choices); err != nil {
			return err
		}
		if err := bk.file.AddDataValidation(s.name, dv); err != nil {
			return err
		}
	}
	return nil
}

// write ends the sheets and writes the file.
func (bk *book) write() error {
	rows := map[string]*rowFile{}
	for _, s := range bk.sheets {
		if err := bk.seal(s); err != nil {
			return fmt.Errorf("sheet %q: %w", s.name, err)
		}
		if s.below != nil {
			rows[fmt.Sprintf("xl/worksheets/sheet%d.xml", s.stream.SheetID)] = s.below
		}
	}
	if err := bk.save(bk.path + ".part"); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(bk.path), err)
	}
	if err := ordered(bk.path+".part", bk.path, rows); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(bk.path), err)
	}
	return os.Remove(bk.path + ".part")
}

// close removes the temporary files; it is safe to call twice.
func (bk *book) close() error {
	if bk.file == nil {
		return nil
	}
	for _, s := range bk.sheets {
		if s.below != nil {
			s.below.remove()
		}
	}
	err := bk.file.Close()
	bk.file, bk.sheets = nil, nil
	return err
}

func (bk *book) save(path string) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := bk.file.Write(out); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}
