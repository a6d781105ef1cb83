package pipelines

import (
	"os"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// rowWriter writes rows made in Go (quarantine, meta tables) to a Parquet file, a
// few thousand at a time. These files are small or rare; bulk goes through
// engine.CopyArrow.
type rowWriter struct {
	file    *os.File
	writer  *pqarrow.FileWriter
	builder *array.RecordBuilder
	rows    int
}

const rowWriterBatch = 8192

func newRowWriter(path string, fields []arrow.Field) (*rowWriter, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	schema := arrow.NewSchema(fields, nil)
	w, err := pqarrow.NewFileWriter(schema, f, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	if err != nil {
		f.Close()
		return nil, err
	}
	return &rowWriter{file: f, writer: w, builder: array.NewRecordBuilder(memory.DefaultAllocator, schema)}, nil
}

// append adds one row; values are string, int16, int64 or nil, by the schema.
func (w *rowWriter) append(values ...any) error {
	for i, v := range values {
		switch b := w.builder.Field(i).(type) {
		case *array.StringBuilder:
			if s, ok := v.(string); ok {
				b.Append(s)
			} else {
				b.AppendNull()
			}
		case *array.Int64Builder:
			b.Append(v.(int64))
		case *array.Int16Builder:
			b.Append(v.(int16))
		}
	}
	if w.rows++; w.rows%rowWriterBatch == 0 {
		return w.flush()
	}
	return nil
}

func (w *rowWriter) flush() error {
	rec := w.builder.NewRecordBatch()
	defer rec.Release()
	if rec.NumRows() == 0 {
		return nil
	}
	return w.writer.WriteBuffered(rec)
}

// close writes what is left and closes the file.
func (w *rowWriter) close() error {
	err := w.flush()
	w.builder.Release()
	if cerr := w.writer.Close(); err == nil { // closes the file too
		err = cerr
	}
	return err
}

// texts are fields of utf8 columns.
func texts(names ...string) []arrow.Field {
	out := make([]arrow.Field, len(names))
	for i, n := range names {
		out[i] = arrow.Field{Name: n, Type: arrow.BinaryTypes.String, Nullable: true}
	}
	return out
}

// integers are fields of int64 columns.
func integers(names ...string) []arrow.Field {
	out := make([]arrow.Field, len(names))
	for i, n := range names {
		out[i] = arrow.Field{Name: n, Type: arrow.PrimitiveTypes.Int64}
	}
	return out
}
