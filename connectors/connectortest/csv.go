package connectortest

import (
	"bytes"
	"strings"
)

// CSV is a table as up to four CSV files, so that it has parts: for connectors that read such
// files wherever they lie. NULL is an empty field.
func CSV(table Table) [][]byte {
	each := max(1, len(table.Rows))
	if each > 100 {
		each = (each + 3) / 4
	}
	header := make([]Value, len(table.Columns))
	for i := range table.Columns {
		header[i] = &table.Columns[i].Name
	}
	var files [][]byte
	for n := 0; n == 0 || n*each < len(table.Rows); n++ {
		var out bytes.Buffer
		record(&out, header)
		for _, row := range table.Rows[n*each : min((n+1)*each, len(table.Rows))] {
			record(&out, row)
		}
		files = append(files, out.Bytes())
	}
	return files
}

func record(out *bytes.Buffer, row []Value) {
	for i, v := range row {
		if i > 0 {
			out.WriteByte(',')
		}
		if v != nil {
			out.WriteString(`"` + strings.ReplaceAll(*v, `"`, `""`) + `"`)
		}
	}
	out.WriteByte('\n')
}
