package excel

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/connectors/files"
	"guiji/internal/fault"
)

// Discover describes tables by their first file: those named, or every folder and every
// workbook, one with several sheets by sheet. A sheet without a header is no table then.
func (s *Source) Discover(ctx context.Context, tables ...string) ([]connectors.Table, error) {
	out, err := files.Describe(tables, func() ([]string, error) { return s.tables(ctx) }, func(name string) (connectors.Table, error) { return s.describe(ctx, name) })
	if len(tables) > 0 || err != nil {
		return out, err
	}
	return slices.DeleteFunc(out, func(t connectors.Table) bool {
		var wrong *fault.Error
		if errors.As(t.Problem, &wrong) {
			return wrong.Key == "excel.no_header" || wrong.Key == "excel.no_header_with"
		}
		return len(t.Columns) == 0
	}), nil
}

// tables names what there is, with the sheets of single files.
func (s *Source) tables(ctx context.Context) ([]string, error) {
	names, err := s.folder.Tables()
	if err != nil || s.settings.Sheet != "" {
		return names, err
	}
	var out []string
	for _, name := range names {
		found, err := s.folder.Resolve(name)
		if err != nil {
			return nil, err
		}
		if len(found) != 1 || found[0].Name != name { // a folder
			out = append(out, name)
			continue
		}
		b, err := s.open(ctx, found[0])
		if connectors.OfOneTable(err) { // what describes it says so
			out = append(out, name)
			continue
		}
		if err != nil {
			return nil, err
		}
		sheets := b.sheets
		b.close()
		if len(sheets) == 1 {
			out = append(out, name)
			continue
		}
		for _, sheet := range sheets {
			out = append(out, name+"#"+sheet.name)
		}
	}
	return out, nil
}

func (s *Source) describe(ctx context.Context, name string) (connectors.Table, error) {
	t, err := s.resolve(name)
	if err != nil {
		return connectors.Table{}, err
	}
	o, err := s.begin(ctx, t.files[0], t.sheet)
	if err != nil {
		return connectors.Table{}, err
	}
	defer o.close()
	names := o.names
	if names == nil {
		if names, err = o.lettered(); err != nil {
			return connectors.Table{}, o.explain(err)
		}
	}
	out := connectors.Table{Name: name, Rows: -1}
	if len(t.files) == 1 && o.rows >= o.first { // what a sheet says of itself is an estimate
		out.Rows = int64(o.rows - o.first + 1)
	}
	for _, n := range names {
		if n != "" {
			out.Columns = append(out.Columns, connectors.Column{Name: n, SourceType: "cell", Type: arrow.BinaryTypes.String, Nullable: true})
		}
	}
	return out, nil
}

// lettered names the columns of a sheet without a header, as many as its first row has.
func (o *opened) lettered() ([]string, error) {
	var names []string
	for {
		err := o.advance()
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if o.row.number < o.first || len(o.row.cells) == 0 {
			continue
		}
		for range o.row.cells[len(o.row.cells)-1].column + 1 {
			names = append(names, letters(len(names)))
		}
		return names, nil
	}
}

// Doctor looks whether every workbook can be opened and has its header.
func (s *Source) Doctor(ctx context.Context) ([]connectors.Finding, error) {
	return s.folder.Examine(ctx, s.examine)
}

func (s *Source) examine(ctx context.Context, f files.File) (connectors.Finding, error) {
	o, err := s.begin(ctx, f, s.settings.Sheet)
	if err != nil {
		return connectors.Finding{}, err
	}
	defer o.close()
	columns := 0
	for _, n := range o.names {
		if n != "" {
			columns++
		}
	}
	return connectors.Finding{OK: true, Key: "excel.doctor_ok", Args: []any{o.place(), columns, len(o.sheets)}}, nil
}
