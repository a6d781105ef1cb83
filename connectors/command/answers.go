package command

import (
	"encoding/json"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/internal/fault"
)

// tableAnswer is what a program says of a table.
type tableAnswer struct {
	Name    string         `json:"name"`
	Comment string         `json:"comment"`
	Rows    *int64         `json:"rows"` // an estimate; null is unknown
	Key     []string       `json:"key"`
	Columns []columnAnswer `json:"columns"`
}

// columnAnswer is what a program says of a column.
type columnAnswer struct {
	Name     string `json:"name"`
	Type     string `json:"type"`  // the source's own words
	Arrow    string `json:"arrow"` // as in types.go
	Nullable bool   `json:"nullable"`
	Indexed  bool   `json:"indexed"`
	Comment  string `json:"comment"`
}

// snapshotAnswer is what a program says of a snapshot it will read.
type snapshotAnswer struct {
	Columns    []columnAnswer  `json:"columns"` // those asked for, in that order
	Key        []columnAnswer  `json:"key"`     // those of the declared key, for keys
	Parts      []partAnswer    `json:"parts"`
	Consistent bool            `json:"consistent"`
	Identity   string          `json:"identity"`
	Token      json.RawMessage `json:"token"` // comes back with every later question: a system change number, say
	Can        []string        `json:"can"`   // cursor, keys
}

type partAnswer struct {
	ID   string          `json:"id"`
	Rows *int64          `json:"rows"`
	Spec json.RawMessage `json:"spec"`
}

// cursorAnswer is what a program says of a cursor column.
type cursorAnswer struct {
	Kind    connectors.CursorKind `json:"kind"`
	Max     string                `json:"max"`
	Now     string                `json:"now"`
	Nulls   bool                  `json:"nulls"`
	Indexed bool                  `json:"indexed"`
}

// question is what a program is asked with.
type question struct {
	Table    string          `json:"table"`
	Columns  []string        `json:"columns"`
	Key      []string        `json:"key,omitempty"`
	Parts    int             `json:"parts"`
	Rows     int             `json:"batch_rows"`
	Limit    int64           `json:"limit,omitempty"`
	Timezone string          `json:"timezone"`
	Window   *windowQuestion `json:"window,omitempty"`
	Token    json.RawMessage `json:"token,omitempty"`
	Part     *partQuestion   `json:"part,omitempty"`
	Cursor   string          `json:"cursor,omitempty"`
}

type windowQuestion struct {
	Column string `json:"column"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
}

type partQuestion struct {
	ID   string          `json:"id"`
	Spec json.RawMessage `json:"spec,omitempty"`
}

func (s *Source) asked(req connectors.Request) question {
	q := question{Table: req.Table, Columns: req.Columns, Key: req.Key, Parts: max(1, req.Parts), Rows: max(1, req.BatchRows), Limit: req.Limit, Timezone: s.zone.String()}
	if w := req.Window; w != nil {
		q.Window = &windowQuestion{w.Column, w.From, w.To}
	}
	return q
}

func (s *Source) public(t tableAnswer) (connectors.Table, error) {
	out := connectors.Table{Name: t.Name, Comment: t.Comment, Rows: count(t.Rows), Key: t.Key}
	for _, c := range t.Columns {
		typ, err := s.typeOf(c)
		if err != nil {
			return out, err
		}
		out.Columns = append(out.Columns, connectors.Column{Name: c.Name, SourceType: c.Type, Type: typ.to, Nullable: c.Nullable, Indexed: c.Indexed, Comment: c.Comment})
	}
	return out, nil
}

func count(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}

// schemaOf is the schema of a program's answer, as guiji has it and as the program writes it.
func (s *Source) schemaOf(columns []columnAnswer, names []string) (*arrow.Schema, []conversion, error) {
	if len(columns) != len(names) {
		return nil, nil, fault.New(fault.Data, "exec.columns", s.settings.Command[0])
	}
	var fields []arrow.Field
	var types []conversion
	for i, c := range columns {
		if c.Name != names[i] {
			return nil, nil, fault.New(fault.Data, "exec.columns", s.settings.Command[0])
		}
		typ, err := s.typeOf(c)
		if err != nil {
			return nil, nil, err
		}
		fields, types = append(fields, arrow.Field{Name: names[i], Type: typ.to, Nullable: true}), append(types, typ)
	}
	return arrow.NewSchema(fields, nil), types, nil
}
