package catalog

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
)

// TypeKind is the family of a catalogue type.
type TypeKind int

// The families, with the Arrow type each is stored in.
const (
	Text   TypeKind = iota // C(n), C: utf8, n in characters, 0 unlimited
	Number                 // N(p), N(p,s): int64, decimal128, or utf8 beyond 38 digits
	Date                   // D: date32
	Time                   // T: timestamp[us] without zone, wall clock of the project's zone
	Year                   // Y: int16
	Float                  // F: float64
	Binary                 // B: binary
)

// Type is an item's type as written in the catalogue: C(18), N(12,2), D, T, Y, F, B.
type Type struct {
	Kind             TypeKind
	Length           int // C: characters
	Precision, Scale int // N
}

// ParseType reads C(18), C, N(12), N(12,2), D, T, Y, F, B.
func ParseType(s string) (Type, error) {
	name, args, bracket := strings.Cut(strings.TrimSpace(s), "(")
	var nums []int
	if bracket {
		inner, ok := strings.CutSuffix(args, ")")
		if !ok {
			return Type{}, fmt.Errorf("type %q: no closing bracket", s)
		}
		for _, p := range strings.Split(inner, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(p))
			if err != nil || n < 0 {
				return Type{}, fmt.Errorf("type %q: %q is no length", s, p)
			}
			nums = append(nums, n)
		}
	}
	switch {
	case name == "C" && len(nums) == 0:
		return Type{Kind: Text}, nil
	case name == "C" && len(nums) == 1 && nums[0] > 0:
		return Type{Kind: Text, Length: nums[0]}, nil
	case name == "N" && len(nums) == 1 && nums[0] > 0:
		return Type{Kind: Number, Precision: nums[0]}, nil
	case name == "N" && len(nums) == 2 && nums[0] > 0 && nums[1] <= nums[0]:
		return Type{Kind: Number, Precision: nums[0], Scale: nums[1]}, nil
	case len(nums) == 0:
		for k, n := range map[TypeKind]string{Date: "D", Time: "T", Year: "Y", Float: "F", Binary: "B"} {
			if n == name {
				return Type{Kind: k}, nil
			}
		}
	}
	return Type{}, fmt.Errorf("type %q: write C(n), N(p), N(p,s), D, T, Y, F or B", s)
}

// String is the type as written.
func (t Type) String() string {
	switch t.Kind {
	case Text:
		if t.Length > 0 {
			return fmt.Sprintf("C(%d)", t.Length)
		}
		return "C"
	case Number:
		if t.Scale > 0 {
			return fmt.Sprintf("N(%d,%d)", t.Precision, t.Scale)
		}
		return fmt.Sprintf("N(%d)", t.Precision)
	}
	return map[TypeKind]string{Date: "D", Time: "T", Year: "Y", Float: "F", Binary: "B"}[t.Kind]
}

// Arrow is the type the values are stored in.
func (t Type) Arrow() arrow.DataType {
	switch t.Kind {
	case Number:
		switch {
		case t.Scale == 0 && t.Precision <= 18:
			return arrow.PrimitiveTypes.Int64
		case t.Precision <= 38:
			return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
		}
		return arrow.BinaryTypes.String // canonical text: DuckDB stops at 38 digits
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Time:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case Year:
		return arrow.PrimitiveTypes.Int16
	case Float:
		return arrow.PrimitiveTypes.Float64
	case Binary:
		return arrow.BinaryTypes.Binary
	}
	return arrow.BinaryTypes.String
}

// MarshalYAML writes the written form.
func (t Type) MarshalYAML() (any, error) { return t.String(), nil }
