package csvfile

import (
	"context"
	"slices"
	"strconv"
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
	schema  *arrow.Schema
	parts   []connectors.Part
	places  files.Standings
}

// Snapshot looks at every file's header and divides the files among parts.
func (s *Source) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	picked, err := s.folder.Pick(req)
	if err != nil {
		return nil, err
	}
	return s.Over(ctx, req, picked)
}

// Over opens a snapshot of files that were picked.
func (s *Source) Over(ctx context.Context, req connectors.Request, picked files.Picked) (connectors.Snapshot, error) {
	if req.Window != nil {
		return nil, fault.New(fault.Config, "csvfile.window", req.Table).Try("csvfile.window.hint")
	}
	for _, f := range picked.Fresh {
		o, err := s.open(ctx, f)
		if err != nil {
			return nil, err
		}
		_, err = s.find(o, req.Columns)
		o.close()
		if err != nil {
			return nil, err
		}
	}
	snap := &snapshot{Source: s, Picked: picked, request: req}
	var fields []arrow.Field
	for _, c := range req.Columns {
		fields = append(fields, arrow.Field{Name: c, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	snap.schema = arrow.NewSchema(fields, nil)
	var err error
	snap.parts, err = files.Divide(picked.Fresh, req)
	return snap, err
}

// find finds the columns in a file: by its header's names, or by col1, col2 …
// A name that is missing or stands twice is fault.Config.
func (s *Source) find(o *opened, columns []string) ([]int, error) {
	out := make([]int, len(columns))
	for i, c := range columns {
		if s.settings.Header == 0 {
			number, err := strconv.Atoi(strings.TrimPrefix(c, "col"))
			if err != nil || number < 1 || c != "col"+strconv.Itoa(number) {
				return nil, fault.New(fault.Config, "csvfile.no_numbered", o.Name, c)
			}
			out[i] = number - 1
			continue
		}
		out[i] = slices.Index(o.header, c)
		if out[i] < 0 {
			return nil, s.missing(o, c, columns)
		}
		if slices.Contains(o.header[out[i]+1:], c) {
			return nil, fault.New(fault.Config, "csvfile.twice", o.Name, c)
		}
	}
	return out, nil
}

// missing names what the header has; where the file reads well in another
// encoding, that may be the reason. A line with none of the columns may be a row:
// its text is data, and is not told.
func (s *Source) missing(o *opened, column string, columns []string) error {
	err := fault.New(fault.Config, "csvfile.no_column", o.Name, column, strings.Join(o.header, ", "))
	if !slices.ContainsFunc(columns, func(c string) bool { return slices.Contains(o.header, c) }) {
		err = fault.New(fault.Config, "csvfile.no_names", o.Name, column)
	}
	if better := s.suggest(o.head()); better == "utf-8" && o.encoding != better {
		return err.Try("csvfile.set_encoding", better)
	}
	return err.Try("csvfile.check_header")
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
	return "csvfile-" + sum
}

// Place names file and line of a row of the batch a sink has borrowed.
func (s *snapshot) Place(part connectors.Part, row int64) string { return s.places.Place(part.ID, row) }
