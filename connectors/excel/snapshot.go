package excel

import (
	"context"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/connectors/files"
	"guiji/internal/fault"
)

// snapshot is a table's files as they were when it was opened: a file that is
// not the same when it is read, and still at its end, is refused.
type snapshot struct {
	*Source
	files.Picked
	request connectors.Request
	table   table
	schema  *arrow.Schema
	parts   []connectors.Part
	places  files.Standings
}

// Snapshot looks at every file's header and divides the files among parts.
func (s *Source) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	t, err := s.resolve(req.Table)
	if err != nil {
		return nil, err
	}
	picked, err := files.Pick(req.Table, t.files, req.Deliveries, s.folder.Sum)
	if err != nil {
		return nil, err
	}
	return s.Over(ctx, req, picked)
}

// Over opens a snapshot of files that were picked.
func (s *Source) Over(ctx context.Context, req connectors.Request, picked files.Picked) (connectors.Snapshot, error) {
	if req.Window != nil {
		return nil, fault.New(fault.Config, "excel.window", req.Table).Try("excel.window.hint")
	}
	t, err := s.resolve(req.Table)
	if err != nil {
		return nil, err
	}
	for _, f := range picked.Fresh {
		o, err := s.begin(ctx, f, t.sheet)
		if err != nil {
			return nil, err
		}
		_, err = o.find(req.Columns)
		o.close()
		if err != nil {
			return nil, err
		}
	}
	snap := &snapshot{Source: s, Picked: picked, request: req, table: t}
	var fields []arrow.Field
	for _, c := range req.Columns {
		fields = append(fields, arrow.Field{Name: c, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	snap.schema = arrow.NewSchema(fields, nil)
	snap.parts, err = files.Divide(picked.Fresh, req)
	return snap, err
}

// find finds the columns in a sheet: by its header's names, or by A, B … A name that
// is missing or stands twice is fault.Config.
func (o *opened) find(columns []string) ([]int, error) {
	out := make([]int, len(columns))
	for i, c := range columns {
		if o.names == nil {
			column, _, ok := reference(c + "1")
			if !ok || column >= maxColumns || letters(column) != c {
				return nil, fault.New(fault.Config, "excel.no_lettered", o.place(), c)
			}
			out[i] = column
			continue
		}
		out[i] = slices.Index(o.names, c)
		if out[i] < 0 || c == "" {
			return nil, o.missing(c, columns)
		}
		if slices.Contains(o.names[out[i]+1:], c) {
			return nil, fault.New(fault.Config, "excel.twice", o.place(), c)
		}
	}
	return out, nil
}

// missing names what the header has. A row with none of the columns may be one of
// data: its text is not told.
func (o *opened) missing(column string, columns []string) error {
	if !slices.ContainsFunc(columns, func(c string) bool { return slices.Contains(o.names, c) }) {
		return fault.New(fault.Config, "excel.no_names", o.place(), column, o.first-1).Try("excel.check_header")
	}
	there := slices.DeleteFunc(slices.Clone(o.names), func(n string) bool { return n == "" })
	return fault.New(fault.Config, "excel.no_column", o.place(), column, strings.Join(there, ", ")).Try("excel.check_header")
}

func (s *snapshot) Schema() *arrow.Schema { return s.schema }

func (s *snapshot) Parts() []connectors.Part { return s.parts }

// Consistent: files do not change while they are read, or the part fails.
func (s *snapshot) Consistent() bool { return true }

func (s *snapshot) Close() error { return nil }

// Identity names the files by what they are and how they are read.
func (s *snapshot) Identity() string {
	settings := s.settings
	settings.Path = "" // the same files under another mount are the same files
	sum := s.folder.Identity(s.Fresh, struct {
		Settings Settings
		Request  connectors.Request
		Parts    []connectors.Part
	}{settings, s.request, s.parts})
	if sum == "" {
		return ""
	}
	return "excel-" + sum
}

// Place names file, sheet and row of a row of the batch a sink has borrowed.
func (s *snapshot) Place(part connectors.Part, row int64) string { return s.places.Place(part.ID, row) }
