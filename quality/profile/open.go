package profile

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
)

const (
	openAsked = 200 // the commonest values are asked whether they may show
	openRows  = 10  // a value of fewer rows may be one person's
	openShare = 50  // and one of less than so many a share of the cells
	openChars = 20  // what is longer is no code
)

// plainCode is what is too short to be a name or a number of somebody.
var plainCode = regexp.MustCompile(`^(?:[0-9]{1,6}|[0-9A-Za-z.-]{1,4})$`)

// open finds the values of a text that may show though the catalogue gives the item no
// privacy class: those of its code table, short codes, and those that come again and
// again. A name cannot be told from other words, so that all others are masked.
func (w *work) open(lake.Column) error {
	if w.class != catalog.PrivacyNone || w.out.kind != words {
		return nil
	}
	table, filled := w.codeTable(), w.out.Filled(w.rows)
	w.shut = true
	err := w.Session.Each(w.ctx, "profile", fmt.Sprintf("SELECT v, n::BIGINT FROM held ORDER BY n DESC, v LIMIT %d", openAsked), func(scan engine.Scanner) error {
		var v string
		var n int64
		if err := scan(&v, &n); err != nil {
			return err
		}
		common := n >= openRows && n*openShare >= filled && utf8.RuneCountInString(v) <= openChars
		if _, coded := table.Lookup(v); coded || common || plainCode.MatchString(v) {
			w.opened = append(w.opened, engine.Lit(v))
		}
		return nil
	})
	w.out.MaskedInPart = int64(len(w.opened)) < w.out.Distinct
	return err
}

// codeTable is that of the item, by its check or by its data element; an empty one where
// there is none.
func (w *work) codeTable() *catalog.CodeTable {
	name := w.out.item.CodeTable()
	if w.Project == nil {
		return &catalog.CodeTable{}
	}
	if e := w.Project.Element(w.out.item.Element); name == "" && e != nil {
		name = e.Domain.Codes
	}
	if t := w.Project.Codes[name]; t != nil {
		return t
	}
	return &catalog.CodeTable{}
}

// shutSQL is the SQL of v where only what is open shows.
func (w *work) shutSQL() string {
	masked := w.Mask(catalog.PrivacyDirect, w.out.Stored, "v")
	if len(w.opened) == 0 {
		return masked
	}
	return "CASE WHEN v IN (" + strings.Join(w.opened, ", ") + ") THEN v ELSE " + masked + " END"
}
