package report

import (
	"fmt"
	"path/filepath"

	"guiji/internal/text"
)

// workFile is one file of a work list.
type workFile struct {
	Name  string
	What  string // the sheet it holds or continues, and from which row to which
	Rows  int64
	First bool
}

// workList is a department's work list: one file, and further ones where a sheet
// holds more rows than one file may.
type workList struct {
	b     *builder
	d     *department
	dir   string
	main  *book
	files []*book
	index []workFile
	long  []*longSheet
	rules *sheet
	pages *pages
	err   error
}

// longSheet is a sheet that goes on in further files.
type longSheet struct {
	title   text.Key
	columns []column
	book    *book
	sheet   *sheet
	index   int // of its current file
	rows    int64
}

// The long sheets, in the order they stand in the file.
const (
	sheetProblems = iota
	sheetConflicts
	sheetDoubts
	sheetBadRows
	sheetDuplicates
	sheetReview
	sheetExempt
	sheetCorrections
	sheetSubjects
	sheetReleased
)

func newWorkList(b *builder, d *department, dir string) *workList {
	w := &workList{b: b, d: d, dir: dir, pages: newPages(b, d, dir)}
	w.long = []*longSheet{
		{title: "report.sheet.problems", columns: b.problemColumns()},
		{title: "report.sheet.conflicts", columns: b.conflictColumns()},
		{title: "report.sheet.doubts", columns: b.doubtColumns()},
		{title: "report.sheet.bad", columns: b.columns("report.col.resource", 26, "report.bad.place", 22, "report.bad.key", 24, "report.bad.column", 22, "report.bad.text", 46, "report.bad.reason", 40)},
		{title: "report.sheet.duplicates", columns: b.columns("report.col.resource", 30, "report.dup.key", 34, "report.dup.kept", 34)},
		{title: "report.sheet.review", columns: b.columns("report.col.number", 16, "report.col.resource", 30, "report.col.key", 28, "report.col.problem", 40, "report.review.outcome", 44)},
		{title: "report.sheet.exempt", columns: b.columns("report.col.number", 16, "report.col.resource", 26, "report.col.key", 22, "report.col.item", 14, "report.col.value", 22, "report.col.problem", 30,
			"report.exempt.reason", 34, "report.exempt.approver", 18, "report.exempt.until", 15)},
		{title: "report.sheet.corrections", columns: b.correctionColumns()},
		{title: "report.sheet.subjects", columns: b.subjectColumns()},
		{title: "report.sheet.released", columns: b.columns("report.col.resource", 26, "report.col.key", 22, "report.col.problem", 30, "report.let.reason", 34, "report.exempt.approver", 18, "report.exempt.until", 15)},
	}
	w.main, w.err = w.open("work-list.xlsx", workFile{First: true})
	if w.err == nil {
		w.err = w.main.open(&sheet{name: b.t("report.sheet.summary")}, "portrait", paperA4)
	}
	for i, l := range w.long {
		if w.err == nil && i == sheetReview {
			w.rules, w.err = w.main.sheet(b.t("report.sheet.rules"), b.ruleColumns())
		}
		if w.err == nil {
			l.book = w.main
			l.sheet, w.err = w.main.sheet(b.t(l.title), l.columns)
		}
	}
	return w
}

func (w *workList) open(name string, f workFile) (*book, error) {
	bk, err := newBook(filepath.Join(w.dir, name), w.dir)
	if err != nil {
		return nil, err
	}
	f.Name = name
	w.files, w.index = append(w.files, bk), append(w.index, f)
	return bk, nil
}

// add writes a row to a long sheet, in a further file where the one before is full.
func (w *workList) add(which int, cells ...any) error {
	if w.err != nil {
		return w.err
	}
	l := w.long[which]
	if l.sheet.rows == w.b.RowsPerFile {
		if w.err = w.roll(l); w.err != nil {
			return w.err
		}
	}
	l.rows++
	if l.index > 0 || which == sheetProblems {
		w.index[l.index].Rows++
	}
	w.err = l.book.add(l.sheet, cells...)
	return w.err
}

// roll goes on with a sheet in a file of its own. Continued files hold nothing
// else, so the one before is written and let go.
func (w *workList) roll(l *longSheet) error {
	if l.book != w.main {
		if err := l.book.write(); err != nil {
			return err
		}
		if err := l.book.close(); err != nil {
			return err
		}
	}
	w.describe(l, true)
	name := fmt.Sprintf("work-list-%d.xlsx", len(w.files)+1)
	bk, err := w.open(name, workFile{})
	if err != nil {
		return err
	}
	l.book, l.index = bk, len(w.index)-1
	l.sheet, err = bk.sheet(w.b.t(l.title), l.columns)
	return err
}

// describe says in the index what of a long sheet its current file holds; more:
// the sheet goes on in another.
func (w *workList) describe(l *longSheet, more bool) {
	if l.rows == 0 {
		return
	}
	from := l.rows - int64(l.sheet.rows) + 1
	f := &w.index[l.index]
	if f.What != "" {
		f.What += w.b.t("report.and")
	}
	if from == 1 && !more {
		f.What += w.b.t("report.rows.all", w.b.t(l.title), l.rows)
		return
	}
	f.What += w.b.t("report.rows", w.b.t(l.title), from, l.rows)
}

// finish writes the short sheets and what is still open.
func (w *workList) finish() ([]workFile, error) {
	if w.err != nil {
		return nil, w.err
	}
	for _, l := range w.long {
		w.describe(l, false)
		if l.book != w.main {
			if err := l.book.write(); err != nil {
				return nil, err
			}
		}
	}
	if err := w.b.fillRules(w.d, w.main, w.rules); err != nil {
		return nil, err
	}
	if err := w.summary(w.main.sheets[0]); err != nil {
		return nil, err
	}
	if err := w.pages.finish(); err != nil {
		return nil, err
	}
	return w.index, w.main.write()
}

// close removes the temporary files.
func (w *workList) close() {
	for _, bk := range w.files {
		_ = bk.close()
	}
	w.pages.close()
}
