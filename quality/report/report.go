// Package report makes the departments' reports out of a release: one page and
// one work list (XLSX) a department, and an overall page. It reads releases, never
// runs, so a report can be made again later and says the same. pipelines and cmd
// import it; it imports quality, lake, catalog and internal.
//
// A department's own report is the one place where values and whole keys are
// shown; the overall page holds counts only.
package report

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality/orders"
	"guiji/quality/worklist"
)

// Input is what a report is made of.
type Input struct {
	Project  *catalog.Project
	Release  *lake.Release
	Previous *lake.Release // nil at first
	// Earlier is the release before another, nil before the first. With it a
	// resource that Release did not check anew is compared with its own run before;
	// without, only Previous is looked at.
	Earlier func(ctx context.Context, rel *lake.Release) (*lake.Release, error)
	// Orders are the release's work orders, opened with Session; nil: the failures of two
	// releases are compared.
	Orders *orders.Book
	// Corrections are what authorities are to mend after disputes that were upheld.
	Corrections []Correction
	// Session is in memory; the report runs SQL over relations with it.
	Session *engine.Session
	// Relation is a dataset's files as SQL, as in engine.Parquet; ok is false where
	// the release has no such dataset.
	Relation func(ctx context.Context, rel *lake.Release, dataset string) (sql string, ok bool, err error)
	// Advice is a check's 整改建议 and 规范示例 by its kind; both may be empty.
	Advice func(kind string) (advice, example string)
	Dir    string // folder of the reports
	Lang   text.Lang
	Now    time.Time // in the project's time zone
	// Deadline is when what is found on a day is to be mended; provisional where it
	// reaches into a year whose working days are not announced. Nil: none is named.
	Deadline func(start time.Time) (due time.Time, provisional bool)
	// Made is when a release was made, one whose data is gone too: the terms of conflicts
	// count from the release that first carried them. Errors that say it is not there to be
	// read, and nil, leave the earliest after it that is known.
	Made func(ctx context.Context, version uint64) (time.Time, error)
	// RowsPerFile splits a work list over several files; 0 is 200 000, the most is
	// what a sheet can hold.
	RowsPerFile int
	// PagedPerRule is how many problems of a rule the pages list; of more they say how many
	// there are, and the work list has all. 0: all are on pages.
	PagedPerRule int64
	// File is the file whose rows are reported on before they are reported to anybody
	// (BuildFile): there is no release then. Place is the column of the image that tells
	// where in it a row stands, as file:line.
	File, Place string
}

// Result is what was made.
type Result struct {
	Files       []Written          // department by department, the overall ones last
	Departments []worklist.Summary // of every department, in the order of departments.yaml
	Overall     worklist.Summary
}

// Summary is what a report comes to, in counts.
type Summary = worklist.Summary

// Written is one file of the reports.
type Written struct {
	Department string // "" for the overall page
	Path       string
	Rows       int64 // rows of a work list; problems named on a page
	Page       bool  // one of many: an index lists them
}

// Rows that one file of a work list holds: a file of this size still opens on an
// office machine; a sheet ends at 1 048 576 rows, its header included.
const (
	rowsPerFile  = 200_000
	rowsPerSheet = 1_048_575
)

// Build writes <Dir>/index.html, report.json and junit.xml and, for each department, into
// <Dir>/<id> its page, its work list, its letter and its report.json, all of them
// or, on an error, none: files are written beside (0600, folders 0700) and swapped in
// at the end.
func Build(ctx context.Context, in Input) (*Result, error) {
	b, err := newBuilder(ctx, in)
	if err != nil {
		return nil, err
	}
	stage, err := newStage(in.Dir)
	if err != nil {
		return nil, err
	}
	defer stage.discard()
	out := &Result{}
	var all []*department
	for i := range in.Project.Departments {
		d, err := b.department(ctx, stage, &in.Project.Departments[i])
		if err != nil {
			return nil, fmt.Errorf("report of department %q: %w", in.Project.Departments[i].ID, err)
		}
		all, out.Departments = append(all, d), append(out.Departments, d.Summary)
		out.Files = append(out.Files, d.written(filepath.Join(in.Dir, d.Entry.ID))...)
	}
	o, err := b.overall(ctx, stage, all)
	if err != nil {
		return nil, fmt.Errorf("overall report: %w", err)
	}
	if err := stage.swap(); err != nil {
		return nil, err
	}
	out.Overall = o.Summary
	for _, f := range o.Summary.Files {
		out.Files = append(out.Files, Written{Path: filepath.Join(in.Dir, f.Name), Rows: f.Rows})
	}
	return out, nil
}

// department makes one department's files in the stage and returns what the
// overall page says of it.
func (b *builder) department(ctx context.Context, stage *stage, entry *catalog.Department) (*department, error) {
	dir, err := stage.folder(entry.ID)
	if err != nil {
		return nil, err
	}
	d, err := b.gather(ctx, entry)
	if err != nil {
		return nil, err
	}
	list := newWorkList(b, d, dir)
	defer list.close()
	if err := b.fill(ctx, d, list); err != nil {
		return nil, err
	}
	d.count(b)
	if d.Files, err = list.finish(); err != nil {
		return nil, err
	}
	if err := b.writeNotice(d, dir); err != nil {
		return nil, err
	}
	d.summarise(b)
	if err := b.writePage(filepath.Join(dir, pageFile), "department.html.tmpl", d); err != nil {
		return nil, err
	}
	return d, b.writeJSON(filepath.Join(dir, jsonFile), b.departmentJSON(d))
}
