package postgres

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// decimal shows a whole number or a NUMERIC of the wire; false for other types.
func (c column) decimal(v []byte) (string, bool) {
	switch {
	case c.oid == oidInt2 && len(v) == 2:
		return strconv.Itoa(int(int16(binary.BigEndian.Uint16(v)))), true
	case c.oid == oidInt4 && len(v) == 4:
		return strconv.Itoa(int(int32(binary.BigEndian.Uint32(v)))), true
	case c.oid == oidInt8 && len(v) == 8:
		return strconv.FormatInt(int64(binary.BigEndian.Uint64(v)), 10), true
	case c.oid == oidNumeric && !c.form().text && len(v) >= 8:
		return numericText(v), true
	}
	return "", false
}

// numericText writes a NUMERIC out, as far as its bytes are one.
func numericText(v []byte) string {
	switch binary.BigEndian.Uint16(v[4:]) {
	case 0xC000:
		return "NaN"
	case 0xD000:
		return "Infinity"
	case 0xF000:
		return "-Infinity"
	}
	weight, digits := int(int16(binary.BigEndian.Uint16(v[2:]))), v[8:]
	var b strings.Builder
	if binary.BigEndian.Uint16(v[4:]) == minus {
		b.WriteByte('-')
	}
	at := func(i int) int {
		if i < 0 || 2*i+2 > len(digits) {
			return 0
		}
		return int(binary.BigEndian.Uint16(digits[2*i:]))
	}
	whole := ""
	for i := 0; i <= weight; i++ {
		whole += fmt.Sprintf("%04d", at(i))
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	b.WriteString(whole)
	scale := int(binary.BigEndian.Uint16(v[6:]))
	if scale == 0 {
		return b.String()
	}
	part := ""
	for i := weight + 1; len(part) < scale; i++ {
		part += fmt.Sprintf("%04d", at(i))
	}
	return b.String() + "." + part[:scale]
}
