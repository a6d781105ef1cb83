package postgres

import (
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// Types of the server by their fixed numbers (pg_type.dat).
const (
	oidBool        = 16
	oidBytea       = 17
	oidChar        = 18 // the type "char", one byte
	oidName        = 19
	oidInt8        = 20
	oidInt2        = 21
	oidInt4        = 23
	oidText        = 25
	oidOID         = 26
	oidJSON        = 114
	oidFloat4      = 700
	oidFloat8      = 701
	oidBpchar      = 1042
	oidVarchar     = 1043
	oidDate        = 1082
	oidTime        = 1083
	oidTimestamp   = 1114
	oidTimestamptz = 1184
	oidNumeric     = 1700
	oidUUID        = 2950
	oidJSONB       = 3802
)

// most decimal digits that DuckDB and decimal128 hold; wider ones go as text.
const most128 = 38

// form is how a column comes into Arrow.
type form struct {
	arrow arrow.DataType
	// field makes what takes the column's values, as COPY's binary form has them.
	field func(array.Builder, *time.Location) field
	// text has the server write the value: types whose binary form means nothing elsewhere.
	text bool
}

// form chooses the Arrow type of a column: the source's own types, with every date and
// time as text, since PostgreSQL's can be infinite or before Christ.
func (c column) form() form {
	switch c.oid {
	case oidBool:
		return form{arrow: arrow.FixedWidthTypes.Boolean, field: boolean}
	case oidInt2:
		return form{arrow: arrow.PrimitiveTypes.Int16, field: small}
	case oidInt4:
		return form{arrow: arrow.PrimitiveTypes.Int32, field: middling}
	case oidInt8:
		return form{arrow: arrow.PrimitiveTypes.Int64, field: large}
	case oidOID:
		return form{arrow: arrow.PrimitiveTypes.Uint32, field: number32}
	case oidFloat4:
		return form{arrow: arrow.PrimitiveTypes.Float32, field: single}
	case oidFloat8:
		return form{arrow: arrow.PrimitiveTypes.Float64, field: double}
	case oidNumeric:
		precision, scale := c.digits()
		if precision < 1 || precision > most128 || scale < 0 || scale > precision {
			return written()
		}
		return form{arrow: &arrow.Decimal128Type{Precision: int32(precision), Scale: int32(scale)}, field: decimals}
	case oidBytea:
		return form{arrow: arrow.BinaryTypes.Binary, field: octets}
	case oidText, oidVarchar, oidBpchar, oidName, oidChar, oidJSON:
		return form{arrow: arrow.BinaryTypes.String, field: texts}
	case oidJSONB:
		return form{arrow: arrow.BinaryTypes.String, field: jsonb}
	case oidUUID:
		return form{arrow: arrow.BinaryTypes.String, field: uuids}
	case oidDate:
		return form{arrow: arrow.BinaryTypes.String, field: dates}
	case oidTime:
		return form{arrow: arrow.BinaryTypes.String, field: clocks}
	case oidTimestamp:
		return form{arrow: arrow.BinaryTypes.String, field: walls}
	case oidTimestamptz:
		return form{arrow: arrow.BinaryTypes.String, field: instants}
	}
	if c.enum {
		return form{arrow: arrow.BinaryTypes.String, field: texts}
	}
	// interval, arrays, ranges, composites, inet, bit, money, geometry and what comes after us
	return written()
}

func written() form {
	return form{arrow: arrow.BinaryTypes.String, field: texts, text: true}
}

// digits are a NUMERIC's; 0 where it was declared without.
func (c column) digits() (precision, scale int) {
	if c.modifier < 4 {
		return 0, 0
	}
	m := c.modifier - 4
	return m >> 16 & 0xFFFF, (m&0x7FF ^ 1024) - 1024
}
