package mysql

import (
	"database/sql"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// most decimal digits that DuckDB and decimal128 hold; wider ones go as text.
const most128 = 38

// form is how a column comes into Arrow.
type form struct {
	arrow arrow.DataType
	// build makes the builder of the form's columns.
	build func(memory.Allocator) builder
	// expr selects the column, given its quoted name; nil is the name itself.
	expr func(string) string
}

// form chooses the Arrow type of a column: the source's own types, with every date and
// time as text, since MySQL's can be zero, partial or beyond a day.
func (c column) form() form {
	switch c.family {
	case "tinyint":
		return pick(c.unsigned, integers[uint8](arrow.PrimitiveTypes.Uint8), integers[int8](arrow.PrimitiveTypes.Int8))
	case "smallint":
		return pick(c.unsigned, integers[uint16](arrow.PrimitiveTypes.Uint16), integers[int16](arrow.PrimitiveTypes.Int16))
	case "mediumint", "int", "integer":
		return pick(c.unsigned, integers[uint32](arrow.PrimitiveTypes.Uint32), integers[int32](arrow.PrimitiveTypes.Int32))
	case "bigint":
		return pick(c.unsigned, integers[uint64](arrow.PrimitiveTypes.Uint64), integers[int64](arrow.PrimitiveTypes.Int64))
	case "year":
		return integers[int16](arrow.PrimitiveTypes.Int16)
	case "decimal", "numeric":
		if c.precision < 1 || c.precision > most128 {
			return composed()
		}
		t := &arrow.Decimal128Type{Precision: int32(c.precision), Scale: int32(c.scale)}
		return form{arrow: t, build: func(a memory.Allocator) builder { return newDecimals(a, t) }}
	case "float":
		// The text protocol shows six digits of a FLOAT; as a DOUBLE it shows all.
		f := floats[float32](arrow.PrimitiveTypes.Float32)
		f.expr = func(name string) string { return name + " + 0e0" }
		return f
	case "double", "real":
		return floats[float64](arrow.PrimitiveTypes.Float64)
	case "bit":
		return form{arrow: arrow.BinaryTypes.String, build: func(a memory.Allocator) builder { return &bitColumn{newStrings(a, arrow.BinaryTypes.String)} }}
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector",
		"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection", "geomcollection":
		return form{arrow: arrow.BinaryTypes.Binary, build: func(a memory.Allocator) builder { return &binaryColumn{newStrings(a, arrow.BinaryTypes.Binary)} }}
	case "date", "datetime", "timestamp", "time":
		return composed()
	}
	// char, text, enum, set, json, uuid, inet6 and what comes after us
	return form{arrow: arrow.BinaryTypes.String, build: func(a memory.Allocator) builder { return &textColumn{newStrings(a, arrow.BinaryTypes.String)} }}
}

func pick(unsigned bool, u, s form) form {
	if unsigned {
		return u
	}
	return s
}

// composed is a text that the server writes out of a number or a time: ASCII, so that nobody
// need look for broken characters.
func composed() form {
	return form{arrow: arrow.BinaryTypes.String, build: func(a memory.Allocator) builder { return &binaryColumn{newStrings(a, arrow.BinaryTypes.String)} }}
}

// integral tells whether the column's values can bound parts.
func (c column) integral() bool {
	switch c.family {
	case "tinyint", "smallint", "mediumint", "int", "integer", "bigint":
		return true
	}
	return false
}

func number(v sql.NullString, otherwise int64) int64 {
	n, err := strconv.ParseInt(v.String, 10, 64)
	if !v.Valid || err != nil {
		return otherwise
	}
	return n
}
