package csvfile

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/connectors/files"
)

// Discover describes tables by their first file: those named, or every file the
// pattern takes and every sub-folder that has one.
func (s *Source) Discover(ctx context.Context, tables ...string) ([]connectors.Table, error) {
	return files.Describe(tables, s.folder.Tables, func(name string) (connectors.Table, error) {
		found, err := s.folder.Resolve(name)
		if err != nil {
			return connectors.Table{}, err
		}
		return s.table(ctx, name, found)
	})
}

func (s *Source) table(ctx context.Context, name string, found []files.File) (connectors.Table, error) {
	o, err := s.open(ctx, found[0])
	if err != nil {
		return connectors.Table{}, err
	}
	defer o.close()
	columns := o.header
	if s.settings.Header == 0 {
		if err := o.scan.next(); err != nil {
			return connectors.Table{}, o.lines(err)
		}
		for i := range o.scan.fields {
			columns = append(columns, fmt.Sprintf("col%d", i+1))
		}
	}
	t := connectors.Table{Name: name, Rows: estimate(o.head(), found)}
	for _, c := range columns {
		t.Columns = append(t.Columns, connectors.Column{Name: c, SourceType: "text/csv; charset=" + o.encoding, Type: arrow.BinaryTypes.String, Nullable: true, Charset: o.encoding})
	}
	return t, nil
}

// estimate counts rows by the length of the first file's first lines.
func estimate(head []byte, found []files.File) int64 {
	lines := int64(bytes.Count(head, []byte{'\n'}))
	if lines == 0 {
		return -1
	}
	var total int64
	for _, f := range found {
		total += f.Size
	}
	return max(0, total*lines/int64(len(head))-int64(len(found)))
}

// Doctor looks whether the beginning of every file can be decoded and has a header.
func (s *Source) Doctor(ctx context.Context) ([]connectors.Finding, error) {
	return s.folder.Examine(ctx, s.examine)
}

// examine reads the records of a file's first piece.
func (s *Source) examine(ctx context.Context, f files.File) (connectors.Finding, error) {
	o, err := s.open(ctx, f)
	if err != nil {
		return connectors.Finding{}, err
	}
	defer o.close()
	for range 200 {
		err := o.scan.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return connectors.Finding{}, o.lines(err)
		}
		if !utf8.Valid(o.scan.text) {
			return connectors.Finding{Key: "csvfile.doctor_encoding", Args: []any{o.Name, o.scan.at, o.encoding, cmp.Or(s.suggest(o.head()), "–")}, Warning: true}, nil
		}
	}
	return connectors.Finding{OK: true, Key: "csvfile.doctor_ok", Args: []any{o.Name, o.encoding, len(o.header)}}, nil
}
