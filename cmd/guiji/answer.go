package main

import (
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
)

// answer is a query's result.
type answer struct {
	Release uint64   `json:"release"`
	Masked  bool     `json:"masked"`
	Columns []string `json:"columns"`
	Types   []string `json:"types"`
	Rows    [][]any  `json:"rows"`
	More    bool     `json:"more"` // there are rows behind these
}

// read takes at most limit rows, 0 for all.
func (a *answer) read(rows *sql.Rows, limit int) error {
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	for _, t := range types {
		a.Columns, a.Types = append(a.Columns, t.Name()), append(a.Types, t.DatabaseTypeName())
	}
	a.Rows = [][]any{}
	for rows.Next() {
		if limit > 0 && len(a.Rows) == limit {
			a.More = true
			return nil
		}
		row, to := make([]any, len(types)), make([]any, len(types))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return err
		}
		for i := range row {
			row[i] = cell(row[i], a.Types[i])
		}
		a.Rows = append(a.Rows, row)
	}
	return rows.Err()
}

// cell is a value as JSON can say it without loss: numbers and texts as such, the
// rest as DuckDB would write it.
func cell(v any, kind string) any {
	switch v := v.(type) {
	case nil, bool, string, int8, int16, int32, int64, uint8, uint16, uint32, uint64:
		return v
	case float32:
		return cell(float64(v), kind)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
		return v
	case time.Time:
		switch kind {
		case "DATE":
			return v.Format(time.DateOnly)
		case "TIME":
			return v.Format("15:04:05.999999")
		case "TIMESTAMPTZ":
			return v.Format("2006-01-02 15:04:05.999999-07")
		}
		return v.Format("2006-01-02 15:04:05.999999")
	case []byte:
		return fmt.Sprintf("%x", v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = cell(v[i], "")
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = cell(v[k], "")
		}
		return out
	}
	s := fmt.Sprintf("%+v", v)
	if scale, ok := decimalScale(kind); ok { // the binding drops zeros at the end
		whole, part, _ := strings.Cut(s, ".")
		s = whole + "." + part + strings.Repeat("0", max(0, scale-len(part)))
	}
	return s
}

// decimalScale reads the scale of DECIMAL(p,s), if it is above 0.
func decimalScale(kind string) (int, bool) {
	var precision, scale int
	_, err := fmt.Sscanf(kind, "DECIMAL(%d,%d)", &precision, &scale)
	return scale, err == nil && scale > 0
}

func (a *app) answerText(out *answer) string {
	t := newTable()
	header := make(table.Row, len(out.Columns))
	for i, c := range out.Columns {
		header[i] = printable(c)
	}
	t.AppendHeader(header)
	for _, r := range out.Rows {
		row := make(table.Row, len(r))
		for i, v := range r {
			if v == nil {
				row[i] = "NULL"
				continue
			}
			row[i] = printable(fmt.Sprint(v))
		}
		t.AppendRow(row)
	}
	lines := []string{t.Render(), a.say("command.answer.rows", len(out.Rows), releaseName(out.Release))}
	if out.More {
		lines = append(lines, a.say("command.answer.more", len(out.Rows)))
	}
	if out.Masked {
		lines = append(lines, a.say("command.answer.masked"))
	}
	return strings.Join(lines, "\n")
}

// printable keeps a value from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

func releaseName(version uint64) string { return fmt.Sprintf("v%012d", version) }
