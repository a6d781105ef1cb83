package mysql

import (
	"database/sql/driver"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/internal/fault"
	"guiji/internal/gb18030"
)

// Encodings that latin1 columns may truly hold.
const (
	bytesGB18030 = "gb18030"
	bytesGBK     = "gbk"
)

// validBytes judges charset_of_bytes and bytes_columns.
func (s *Settings) validBytes() error {
	if s.CharsetOfBytes != "" && s.CharsetOfBytes != bytesGB18030 && s.CharsetOfBytes != bytesGBK {
		return fault.New(fault.Config, "mysql.setting.bytes", s.CharsetOfBytes)
	}
	for _, name := range s.BytesColumns {
		table, column, ok := strings.Cut(name, ".")
		if !ok || table == "" || column == "" || s.CharsetOfBytes == "" {
			return fault.New(fault.Config, "mysql.setting.bytes_columns", name)
		}
	}
	return nil
}

// holdsBytes tells whether a column is taken for bytes of another encoding: one of latin1, and
// named where the settings name any.
func (s *Source) holdsBytes(t *table, c column) bool {
	if s.gb == nil || c.charset != "latin1" {
		return false
	}
	return len(s.settings.BytesColumns) == 0 || slices.ContainsFunc(s.settings.BytesColumns, func(name string) bool {
		table, column, _ := strings.Cut(name, ".")
		return strings.EqualFold(table, t.name) && (column == "*" || strings.EqualFold(column, c.name))
	})
}

// formOf is how a column comes into Arrow under the connection's settings. The server must not
// convert bytes whose character set it does not know, so it is asked for them as they are.
func (s *Source) formOf(t *table, c column) form {
	if !s.holdsBytes(t, c) {
		return c.form()
	}
	gbk := s.settings.CharsetOfBytes == bytesGBK
	return form{
		arrow: arrow.BinaryTypes.String,
		build: func(a memory.Allocator) builder {
			return &gbColumn{stringColumn: newStrings(a, arrow.BinaryTypes.String), table: s.gb, gbk: gbk}
		},
		expr: func(name string) string { return "CAST(" + name + " AS BINARY)" },
	}
}

// gbColumn takes bytes of GB 18030 or GBK as text.
type gbColumn struct {
	stringColumn
	table   *gb18030.Table
	gbk     bool
	scratch []byte
}

func (c *gbColumn) append(v driver.Value) flaw { return taken(c, v) }

func (c *gbColumn) take(raw []byte) flaw {
	if need := 4*len(raw) + 8; cap(c.scratch) < need {
		c.scratch = make([]byte, need)
	}
	out := c.scratch[:cap(c.scratch)]
	written, read := c.table.Decode(out, raw, c.gbk, true)
	// Bytes that are no character pass the decoder as they are, and are no UTF-8.
	if read < len(raw) || !utf8.Valid(out[:written]) {
		return flawText
	}
	c.put(out[:written])
	return sound
}
