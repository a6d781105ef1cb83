package parquetfile

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"guiji/internal/fault"
)

// column is a column asked for, in a file.
type column struct {
	leaf int
	from arrow.DataType
}

// find finds the columns in a file. A name that is missing, stands twice or holds lists or
// records is fault.Config.
func (o *opened) find(names []string) ([]column, error) {
	out := make([]column, len(names))
	for i, name := range names {
		at := -1
		for n, f := range o.reader.Manifest.Fields {
			if f.Field.Name != name {
				continue
			}
			if at >= 0 {
				return nil, fault.New(fault.Config, "parquetfile.twice", o.Name, name)
			}
			at = n
		}
		if at < 0 {
			return nil, fault.New(fault.Config, "parquetfile.no_column", o.Name, name)
		}
		field := &o.reader.Manifest.Fields[at]
		if !flat(field) {
			return nil, fault.New(fault.Config, "parquetfile.nested", o.Name, name, field.Field.Type.String())
		}
		out[i] = column{leaf: field.ColIndex, from: field.Field.Type}
	}
	return out, nil
}

// flat reports whether a field is a plain value.
func flat(f *pqarrow.SchemaField) bool {
	return f.IsLeaf() && len(f.Children) == 0 && f.LevelInfo.RepLevel == 0 && shape(f.Field.Type) != nil
}

// shape is the type that a column's values have in a batch; nil of types that no source has.
// Dates and times are text, and so is what no other type of a source holds.
func shape(t arrow.DataType) arrow.DataType {
	switch t.ID() {
	case arrow.BOOL, arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64,
		arrow.FLOAT32, arrow.FLOAT64, arrow.DECIMAL128:
		return t
	case arrow.BINARY, arrow.LARGE_BINARY, arrow.FIXED_SIZE_BINARY:
		return arrow.BinaryTypes.Binary
	case arrow.STRING, arrow.LARGE_STRING, arrow.NULL, arrow.FLOAT16, arrow.DECIMAL32, arrow.DECIMAL64, arrow.DECIMAL256,
		arrow.DATE32, arrow.DATE64, arrow.TIME32, arrow.TIME64, arrow.TIMESTAMP:
		return arrow.BinaryTypes.String
	case arrow.EXTENSION:
		return arrow.BinaryTypes.String
	case arrow.DICTIONARY:
		if shape(t.(*arrow.DictionaryType).ValueType) == arrow.BinaryTypes.String {
			return arrow.BinaryTypes.String
		}
	}
	return nil
}
