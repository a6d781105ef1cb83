package parquetfile

import (
	"context"

	"guiji/connectors"
	"guiji/connectors/files"
)

// Discover describes tables by their files: those named, or every file the pattern takes and
// every sub-folder that has one. Columns of lists and records are told of, and cannot be read.
func (s *Source) Discover(ctx context.Context, tables ...string) ([]connectors.Table, error) {
	return files.Describe(tables, s.folder.Tables, func(name string) (connectors.Table, error) {
		found, err := s.folder.Resolve(name)
		if err != nil {
			return connectors.Table{}, err
		}
		t := connectors.Table{Name: name}
		o, err := s.open(ctx, found[0])
		if err != nil {
			return connectors.Table{}, err
		}
		defer o.close()
		for i := range o.reader.Manifest.Fields {
			f := &o.reader.Manifest.Fields[i]
			c := connectors.Column{Name: f.Field.Name, SourceType: f.Field.Type.String(), Type: f.Field.Type, Nullable: f.Field.Nullable}
			if c.Unreadable = !flat(f); !c.Unreadable {
				c.Type = shape(f.Field.Type)
			}
			t.Columns = append(t.Columns, c)
		}
		t.Rows = o.whole.NumRows() * int64(len(found)) // the other files are as long, for all one knows
		return t, nil
	})
}

// Doctor looks whether every file's description can be read.
func (s *Source) Doctor(ctx context.Context) ([]connectors.Finding, error) {
	return s.folder.Examine(ctx, func(ctx context.Context, f files.File) (connectors.Finding, error) {
		o, err := s.open(ctx, f)
		if err != nil {
			return connectors.Finding{}, err
		}
		defer o.close()
		return connectors.Finding{OK: true, Key: "parquetfile.doctor_ok", Args: []any{f.Name, o.whole.NumRows(), len(o.reader.Manifest.Fields)}}, nil
	})
}
