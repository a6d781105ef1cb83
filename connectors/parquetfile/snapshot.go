package parquetfile

import (
	"context"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/connectors/files"
	"guiji/internal/fault"
)

// snapshot is a table's files as they were when it was opened: a file that is not the same
// when it is read, and still at its end, is refused.
type snapshot struct {
	*Source
	files.Picked
	request connectors.Request
	schema  *arrow.Schema
	parts   []connectors.Part
	places  files.Standings
	zone    *time.Location
}

// Snapshot looks at every file's description and divides the files among parts.
func (s *Source) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	picked, err := s.folder.Pick(req)
	if err != nil {
		return nil, err
	}
	return s.Over(ctx, req, picked)
}

// Over opens a snapshot of files that were picked. A column that has different types in
// different files is text.
func (s *Source) Over(ctx context.Context, req connectors.Request, picked files.Picked) (connectors.Snapshot, error) {
	if req.Window != nil {
		return nil, fault.New(fault.Config, "files.window", req.Table)
	}
	zone, err := time.LoadLocation(s.env.Timezone)
	if err != nil {
		return nil, fault.New(fault.Config, "parquetfile.zone", s.env.Timezone)
	}
	types := make([]arrow.DataType, len(req.Columns))
	for _, f := range picked.Fresh {
		o, err := s.open(ctx, f)
		if err != nil {
			return nil, err
		}
		columns, err := o.find(req.Columns)
		o.close()
		if err != nil {
			return nil, err
		}
		for i, c := range columns {
			switch t := shape(c.from); {
			case types[i] == nil:
				types[i] = t
			case !arrow.TypeEqual(types[i], t):
				types[i] = arrow.BinaryTypes.String
			}
		}
	}
	var fields []arrow.Field
	for i, c := range req.Columns {
		if types[i] == nil { // no file
			types[i] = arrow.BinaryTypes.String
		}
		fields = append(fields, arrow.Field{Name: c, Type: types[i], Nullable: true})
	}
	snap := &snapshot{Source: s, Picked: picked, request: req, schema: arrow.NewSchema(fields, nil), zone: zone}
	snap.parts, err = files.Divide(picked.Fresh, req)
	return snap, err
}

func (s *snapshot) Schema() *arrow.Schema { return s.schema }

func (s *snapshot) Parts() []connectors.Part { return s.parts }

// Consistent: files do not change while they are read, or the part fails.
func (s *snapshot) Consistent() bool { return true }

func (s *snapshot) Close() error { return nil }

// Identity names the files by what they are and how they are read.
func (s *snapshot) Identity() string {
	sum := s.folder.Identity(s.Fresh, struct {
		Zone    string
		Request connectors.Request
		Parts   []connectors.Part
	}{s.env.Timezone, s.request, s.parts})
	if sum == "" {
		return ""
	}
	return "parquetfile-" + sum
}

// Place names file and row of a row of the batch a sink has borrowed.
func (s *snapshot) Place(part connectors.Part, row int64) string { return s.places.Place(part.ID, row) }
