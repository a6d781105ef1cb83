package returned

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/quality/worklist"
)

// Read reads the files of one list: the work list and those it goes on in. Sheets and
// columns are found by their headers, in either language, whatever they were renamed or
// moved to; other sheets and columns do not matter. A file without a list, or a list that
// lacks a column that is read, is fault.Data and nothing of any file is taken. lang is that
// of headers in errors.
func Read(books []Book, lang text.Lang) (*List, error) {
	l := &List{}
	for _, book := range books {
		found := false
		for i, name := range book.Sheets() {
			r := &reading{list: l, book: book, sheet: i, name: name, lang: lang}
			if err := r.all(); err != nil {
				return nil, err
			}
			found = found || r.layout.kind == problems
		}
		if !found {
			return nil, fault.New(fault.Data, "returned.no_list", book.Name(), worklist.Number.Header(lang), worklist.State.Header(lang)).Try("returned.no_list.hint")
		}
	}
	l.twice()
	return l, nil
}

// reading is one sheet under way.
type reading struct {
	list   *List
	book   Book
	sheet  int
	name   string
	lang   text.Lang
	layout layout
	merged map[int]bool // rows in which a cell that is read is merged with another
}

// errNoList ends the reading of a sheet that holds none.
var errNoList = errors.New("no list")

func (r *reading) all() error {
	err := r.book.Rows(r.sheet, func(number int, cells []Cell) error {
		if r.layout.kind != other {
			return r.row(number, cells)
		}
		if number > MostHeader {
			return errNoList
		}
		r.title(cells)
		l, ok := headerIn(number, cells)
		if !ok {
			return nil
		}
		if err := l.complete(r.book, r.name, r.lang); err != nil {
			return err
		}
		r.layout = l
		return r.findMerged()
	})
	if errors.Is(err, errNoList) {
		return nil
	}
	return err
}

var version = regexp.MustCompile(`v([0-9]{1,15})`)

// title takes from the rows above a header, and from a sheet without one, whose list it is
// and which release's.
func (r *reading) title(cells []Cell) {
	for _, c := range cells {
		for _, lang := range []text.Lang{text.ZH, text.EN} {
			before, after, _ := strings.Cut(text.Format(lang, "report.list.title", "\x00"), "\x00")
			if owner, ok := strings.CutSuffix(strings.TrimPrefix(c.Text, before), after); ok && owner != "" && !slices.Contains(r.list.Owners, owner) {
				r.list.Owners = append(r.list.Owners, owner)
			}
			made, _, _ := strings.Cut(text.Format(lang, "report.meta", 0, ""), "v0")
			if m := version.FindStringSubmatch(c.Text); m != nil && strings.HasPrefix(c.Text, made) {
				if n, err := strconv.ParseUint(m[1], 10, 64); err == nil && (r.list.Release == 0 || n < r.list.Release) {
					r.list.Release = n
				}
			}
		}
	}
}

// findMerged finds the rows in which a number or an answer is merged with another cell:
// whose it is nobody could tell.
func (r *reading) findMerged() error {
	r.merged = map[int]bool{}
	return r.book.Merged(r.sheet, func(left, top, right, bottom int) {
		for f, column := range r.layout.columns {
			if (f == worklist.Number || slices.Contains(worklist.Answers(), f)) && left <= column && column <= right {
				for row := max(top, r.layout.row+1); row <= bottom; row++ {
					r.merged[row] = true
				}
			}
		}
	})
}

// twice takes out the problems that are answered more than once in different ways, and all
// but one of those answered alike.
func (l *List) twice() {
	first, differ := map[string]int{}, map[string]bool{}
	for i, e := range l.Entries {
		at, seen := first[e.Number]
		if !seen {
			first[e.Number] = i
			continue
		}
		a := l.Entries[at]
		if e.Place = a.Place; e != a {
			differ[e.Number] = true
		}
	}
	kept := l.Entries[:0]
	for i, e := range l.Entries {
		switch {
		case differ[e.Number]:
			l.refuse(e.Place, e.Number, "returned.differs", e.Number)
		case first[e.Number] == i:
			kept = append(kept, e)
		}
	}
	l.Entries = kept
}
