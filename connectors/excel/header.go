package excel

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"guiji/connectors/files"
	"guiji/internal/fault"
)

// mostSearched is how many rows are looked at for a header with a name in it.
const mostSearched = 1000

// opened is a workbook's sheet being read, its header behind it.
type opened struct {
	*book
	*sheet
	title string   // of the sheet
	names []string // by column, "" where there is none; nil: without a header
	first int      // the number of the first row that may hold data
}

// begin opens a file's sheet and reads its header.
func (s *Source) begin(ctx context.Context, f files.File, wanted string) (*opened, error) {
	b, err := s.open(ctx, f)
	if err != nil {
		return nil, err
	}
	o := &opened{book: b}
	p, err := b.choose(wanted)
	if err == nil {
		o.title = p.name
		err = o.start(s, p)
	}
	if err != nil {
		err = b.explain(err)
		b.close()
		return nil, err
	}
	return o, nil
}

func (o *opened) start(s *Source, p part) (err error) {
	if o.sheet, err = o.sheetAt(p.path); err != nil {
		return err
	}
	first, rows, err := o.headerRows(s.settings)
	if err != nil {
		return err
	}
	o.first = first + s.settings.Skip
	if rows == nil {
		return nil
	}
	var merged []area
	if len(rows) > 1 {
		if merged, err = o.merged(p.path); err != nil {
			return err
		}
	}
	o.names = join(rows, first-len(rows), merged)
	if !slices.ContainsFunc(o.names, func(n string) bool { return n != "" }) {
		return fault.New(fault.Data, "excel.no_header", o.place()).Try("excel.check_header")
	}
	return nil
}

func (b *book) sheetAt(at string) (*sheet, error) {
	from, err := b.unpack(at)
	if err != nil {
		return nil, err
	}
	return &sheet{elements: newElements(from, &b.left)}, nil
}

// choose finds a sheet by name, else by number; "" is the first.
func (b *book) choose(wanted string) (part, error) {
	if wanted == "" {
		return b.sheets[0], nil
	}
	for _, s := range b.sheets {
		if s.name == wanted {
			return s, nil
		}
	}
	if n, err := strconv.Atoi(wanted); err == nil && n >= 1 && n <= len(b.sheets) {
		return b.sheets[n-1], nil
	}
	var names []string
	for _, s := range b.sheets {
		names = append(names, s.name)
	}
	return part{}, fault.New(fault.Config, "excel.no_sheet", b.Name, wanted, strings.Join(names, ", "))
}

// headerRows reads the header's rows as names by column, and the number of the row
// behind them; nil where the settings say there is none.
func (o *opened) headerRows(s Settings) (behind int, rows [][]string, err error) {
	if s.Header == 0 && s.HeaderHas == "" {
		return 1, nil, nil
	}
	first := s.Header
	for {
		err := o.advance()
		if err == io.EOF || err == nil && s.HeaderHas != "" && o.row.number > mostSearched {
			return 0, nil, o.noHeader(s)
		}
		if err != nil {
			return 0, nil, err
		}
		names, err := o.namesOf()
		if err != nil {
			return 0, nil, err
		}
		if s.HeaderHas != "" && rows == nil {
			if !slices.Contains(names, s.HeaderHas) {
				continue
			}
			first = o.row.number
		}
		last := first + s.HeaderRows - 1
		if o.row.number < first {
			continue
		}
		for len(rows) < min(o.row.number-first, s.HeaderRows) {
			rows = append(rows, []string{}) // rows that hold nothing are not in the file
		}
		if o.row.number <= last {
			rows = append(rows, names)
		}
		if o.row.number >= last {
			o.again = o.row.number > last
			return last + 1, rows, nil
		}
	}
}

func (o *opened) noHeader(s Settings) error {
	if s.HeaderHas != "" {
		return fault.New(fault.Data, "excel.no_header_with", o.place(), s.HeaderHas, mostSearched).Try("excel.check_header")
	}
	return fault.New(fault.Data, "excel.no_header", o.place()).Try("excel.check_header")
}

// namesOf is the row's texts by column, without the blanks around and the line ends
// within. What has no value has no name.
func (o *opened) namesOf() ([]string, error) {
	var out []string
	for _, c := range o.row.cells {
		text, why, err := o.value(nil, &o.row, c)
		if err != nil {
			return nil, err
		}
		if why != "" {
			continue
		}
		for len(out) <= c.column {
			out = append(out, "")
		}
		out[c.column] = strings.Trim(strings.NewReplacer("\r", "", "\n", "").Replace(string(text)), " \t\u00a0\u3000\ufeff\u200b")
	}
	return out, nil
}

// place is how the sheet is named everywhere.
func (o *opened) place() string { return o.Name + "#" + o.title }

// join makes one name a column of several header rows, the first of which has the
// number behind before: a merged cell's text counts for all it covers, and once.
func join(rows [][]string, before int, merged []area) []string {
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	out := make([]string, width)
	for column := range out {
		var parts []string
		covered := -1 // the area of the part before
		for i := range rows {
			at, from := slices.IndexFunc(merged, func(a area) bool { return a.covers(column, before+i) }), i
			source := column
			if at >= 0 {
				if at == covered {
					continue
				}
				source, from = merged[at].left, merged[at].top-before
			}
			covered = at
			if from >= 0 && source < len(rows[from]) && rows[from][source] != "" {
				parts = append(parts, rows[from][source])
			}
		}
		out[column] = strings.Join(parts, "/")
	}
	return out
}
