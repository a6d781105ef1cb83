package command_test

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	_ "modernc.org/sqlite" // the database behind the program
)

// program is a source program over a SQLite file, as an engineer would write one in Go:
// PROGRAM FILE VERB [QUESTION]. The test binary runs as it when asked to.
type program struct {
	path string
	db   *sql.DB
	mode string // how it misbehaves; "" not at all
}

type asked struct {
	Table   string
	Columns []string
	Key     []string
	Parts   int
	Rows    int `json:"batch_rows"`
	Limit   int64
	Window  *struct{ Column, From, To string }
	Token   string // the copy that is the snapshot's moment
	Part    *struct {
		ID   string
		Spec struct{ Rest, Of int }
	}
	Cursor string
}

// runProgram is the program's main; it returns the exit code.
func runProgram(args []string) int {
	p := program{path: args[0], mode: os.Getenv("MODE")}
	if want := os.Getenv("PASSWORD"); want != "p'w" {
		fmt.Fprintln(os.Stderr, "wrong password", want)
		return 5
	}
	var q asked
	if len(args) > 2 && args[1] != "discover" {
		if err := json.Unmarshal([]byte(args[2]), &q); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
	}
	from := p.path
	if q.Token != "" {
		from = q.Token
	}
	var err error
	if p.db, err = sql.Open("sqlite", "file:"+from+"?mode=ro&_pragma=busy_timeout(5000)"); err != nil {
		return 4
	}
	defer p.db.Close()
	switch args[1] {
	case "discover":
		err = p.discover(args[2:])
	case "snapshot":
		err = p.snapshot(q)
	case "cursor":
		err = p.cursor(q)
	case "keys":
		q.Columns = q.Key
		q.Window = nil
		err = p.rows(q)
	case "read":
		err = p.rows(q)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	return 0
}

type column struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Arrow    string `json:"arrow"`
	Nullable bool   `json:"nullable"`
	Indexed  bool   `json:"indexed"`
}

func (p program) columns(table string) (columns []column, key []string, err error) {
	rows, err := p.db.Query(`SELECT name, type, pk FROM pragma_table_info(?)`, table)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c column
		var pk int
		if err := rows.Scan(&c.Name, &c.Type, &pk); err != nil {
			return nil, nil, err
		}
		c.Arrow, c.Nullable = arrowName(c.Type), pk == 0
		if pk > 0 {
			key = append(key, c.Name)
		}
		columns = append(columns, c)
	}
	for i := range columns {
		err := p.db.QueryRow(`SELECT count(*) FROM pragma_index_list(?) l, pragma_index_info(l.name) i WHERE i.seqno = 0 AND i.name = ?`, table, columns[i].Name).Scan(&columns[i].Indexed)
		if err != nil {
			return nil, nil, err
		}
	}
	return columns, key, rows.Err()
}

// arrowName takes a column's declared type for an Arrow type, with a few of SQLite's own.
func arrowName(typ string) string {
	switch strings.ToLower(typ) {
	case "varchar(200)", "text":
		return "utf8"
	case "bigint":
		return "int64"
	case "blob":
		return "binary"
	case "blob u64":
		return "uint64"
	case "blob decimal":
		return "decimal128(38,6)"
	}
	return typ
}

func (p program) discover(names []string) error {
	if len(names) == 0 {
		rows, err := p.db.Query(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n string
			if err := rows.Scan(&n); err != nil {
				return err
			}
			names = append(names, n)
		}
	}
	type table struct {
		Name    string   `json:"name"`
		Key     []string `json:"key"`
		Columns []column `json:"columns"`
	}
	out := []table{}
	for _, n := range names {
		columns, key, err := p.columns(n)
		if err != nil {
			return err
		}
		if len(columns) == 0 {
			return fmt.Errorf("no table %q", n)
		}
		out = append(out, table{n, key, columns})
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

func (p program) snapshot(q asked) error {
	if p.mode == "hang" {
		time.Sleep(time.Minute)
	}
	if p.mode == "chatter" {
		fmt.Println("driver loaded")
	}
	columns, err := p.chosen(q.Table, q.Columns)
	if err != nil {
		return err
	}
	keys, err := p.chosen(q.Table, q.Key)
	if err != nil {
		return err
	}
	if w := q.Window; w != nil {
		if err := p.within(q.Table, w.Column, w.From, w.To); err != nil {
			return err
		}
	}
	head := make([]byte, 100)
	file, err := os.Open(p.path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.ReadFull(file, head); err != nil {
		return err
	}
	token := fmt.Sprintf("%s.%d", p.path, time.Now().UnixNano())
	if _, err := p.db.Exec("VACUUM INTO ?", token); err != nil {
		return err
	}
	type part struct {
		ID   string         `json:"id"`
		Spec map[string]int `json:"spec"`
	}
	parts := []part{{"all", map[string]int{"rest": 0, "of": 1}}}
	if q.Parts > 1 && q.Limit == 0 {
		parts = nil
		for i := range q.Parts {
			parts = append(parts, part{fmt.Sprintf("p%02d", i), map[string]int{"rest": i, "of": q.Parts}})
		}
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"columns": columns, "key": keys, "parts": parts, "consistent": true, "identity": fmt.Sprintf("%x", head[24:28]),
		"token": token, "can": []string{"cursor", "keys"},
	})
}

// within refuses bounds that are no numbers and columns that hold none.
func (p program) within(table, column string, bounds ...string) error {
	c, err := p.chosen(table, []string{column})
	if err != nil {
		return err
	}
	if c[0].Arrow != "int64" {
		return errors.New("a cursor is a bigint")
	}
	for _, b := range bounds {
		if _, err := strconv.ParseInt(b, 10, 64); err != nil && b != "" {
			return errors.New("a bound that is no number")
		}
	}
	return nil
}

func (p program) chosen(table string, names []string) ([]column, error) {
	all, _, err := p.columns(table)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no table %q", table)
	}
	out := []column{}
	for _, name := range names {
		found := false
		for _, c := range all {
			if c.Name == name {
				out, found = append(out, c), true
			}
		}
		if !found {
			return nil, fmt.Errorf("no column %q", name)
		}
	}
	return out, nil
}

func (p program) cursor(q asked) error {
	var max sql.NullString
	var nulls bool
	c, err := p.chosen(q.Table, []string{q.Cursor})
	if err != nil {
		return err
	}
	err = p.db.QueryRow(fmt.Sprintf(`SELECT CAST(max(%[1]s) AS TEXT), count(*) > count(%[1]s) FROM %[2]s`, ident(q.Cursor), ident(q.Table))).Scan(&max, &nulls)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"kind": "number", "max": max.String, "nulls": nulls, "indexed": c[0].Indexed})
}

func (p program) rows(q asked) error {
	columns, err := p.chosen(q.Table, q.Columns)
	if err != nil {
		return err
	}
	names := make([]string, len(columns))
	var fields []arrow.Field
	for i, c := range columns {
		names[i] = "+" + ident(c.Name) // the sign keeps the driver from making times of texts
		fields = append(fields, arrow.Field{Name: c.Name, Type: typeOf(c.Arrow), Nullable: true})
	}
	if p.mode == "schema" {
		fields[0].Name = "other"
	}
	query := "SELECT " + strings.Join(names, ", ") + " FROM " + ident(q.Table) + " WHERE true"
	if q.Part != nil {
		query += fmt.Sprintf(" AND rowid %% %d = %d", q.Part.Spec.Of, q.Part.Spec.Rest)
	}
	if w := q.Window; w != nil {
		for op, bound := range map[string]string{">=": w.From, "<=": w.To} {
			if bound != "" {
				query += fmt.Sprintf(" AND (%[1]s %[2]s %[3]s OR %[1]s IS NULL)", ident(w.Column), op, bound)
			}
		}
	}
	query += " ORDER BY rowid"
	if q.Limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", q.Limit)
	}
	rows, err := p.db.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	return p.write(arrow.NewSchema(fields, nil), rows, q.Rows)
}

func (p program) write(schema *arrow.Schema, rows *sql.Rows, most int) error {
	out := ipc.NewWriter(os.Stdout, ipc.WithSchema(schema))
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	values, into := make([]sql.RawBytes, schema.NumFields()), make([]any, schema.NumFields())
	for i := range values {
		into[i] = &values[i]
	}
	n := 0
	flush := func() error {
		rec := b.NewRecordBatch()
		defer rec.Release()
		n = 0
		return out.Write(rec)
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			if err := appendValue(b.Field(i), v); err != nil {
				return err
			}
		}
		if n++; n == 3*most { // more than is asked for: guiji cuts it
			if err := flush(); err != nil {
				return err
			}
			if p.mode == "cut" {
				os.Exit(0)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	return out.Close()
}

func typeOf(name string) arrow.DataType {
	for _, t := range []arrow.DataType{arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint64, arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.Binary,
		arrow.FixedWidthTypes.Boolean, arrow.FixedWidthTypes.Date32, &arrow.TimestampType{Unit: arrow.Microsecond}, &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"},
		&arrow.Decimal128Type{Precision: 38, Scale: 6}} {
		if t.String() == name || name == "decimal128(38,6)" && t.ID() == arrow.DECIMAL128 {
			return t
		}
	}
	return arrow.BinaryTypes.String
}

func appendValue(b array.Builder, v sql.RawBytes) error {
	if v == nil {
		b.AppendNull()
		return nil
	}
	switch x := b.(type) {
	case *array.StringBuilder:
		x.BinaryBuilder.Append(v)
	case *array.BinaryBuilder:
		raw, err := hex.DecodeString(string(v))
		if err != nil {
			return err
		}
		x.Append(raw)
	default:
		return b.AppendValueFromString(string(v))
	}
	return nil
}

func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
