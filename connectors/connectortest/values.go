package connectortest

import (
	"fmt"
	"strings"
	"testing"
)

func (h Harness) discovery(t *testing.T) {
	table := h.Load(t, Table{"discovered", []Column{{Name: "id", Kind: Integer, Key: true}, {Name: "姓名"}}, [][]Value{{V("1"), V("甲")}}})
	src := h.source(t)
	named, err := src.Discover(deadline(t), table)
	if err != nil || len(named) != 1 {
		t.Fatalf("%d tables, %v", len(named), err)
	}
	got := named[0]
	if got.Name != table || len(got.Columns) != 2 || got.Columns[0].Name != "id" || got.Columns[1].Name != "姓名" {
		t.Fatalf("discovered %+v", got)
	}
	if !h.Cannot.Keys && (len(got.Key) != 1 || got.Key[0] != "id") {
		t.Fatalf("key %v", got.Key)
	}
	every, err := src.Discover(deadline(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range every {
		if e.Name == table {
			return
		}
	}
	t.Fatalf("%q is not among the %d tables", table, len(every))
}

// extremes reads each value in a table of its own: one that breaks shows by its name.
func (h Harness) extremes(t *testing.T) {
	for i, x := range h.Extremes {
		t.Run(fmt.Sprintf("%02d %s", i, x.Type), func(t *testing.T) {
			table := h.Load(t, Table{"extreme", []Column{{Name: "id", Kind: Integer, Key: true}, {Name: "v", Type: x.Type}},
				[][]Value{{V("1"), x.Value}, {V("2"), x.Value}}})
			snap := open(t, h.source(t), request(table, "id", "v"))
			if got := snap.Schema().Field(1).Type.String(); x.Arrow != "" && got != x.Arrow {
				t.Errorf("Arrow type %s, wanted %s", got, x.Arrow)
			}
			out := read(t, snap, 0)
			if len(out.bad) > 0 {
				t.Fatalf("quarantined for %s", out.bad[0].Reason)
			}
			h.same(t, out.cells, [][]Value{{V("1"), x.Want}, {V("2"), x.Want}})
		})
	}
}

func (h Harness) nulls(t *testing.T) {
	columns := []Column{{Name: "id", Kind: Integer, Key: true}, {Name: "a"}, {Name: "b", Kind: Integer}, {Name: "c", Kind: Long}}
	data := [][]Value{
		{V("1"), nil, nil, nil},
		{V("2"), V("x"), V("-5"), V("长")},
		{V("3"), nil, V("7"), nil},
		{V("4"), V(" "), nil, V("NULL")},
	}
	table := h.Load(t, Table{"nulls", columns, data})
	h.same(t, h.all(t, request(table, names(columns)...)).cells, data)
}

func (h Harness) emptyTable(t *testing.T) {
	table := h.Load(t, Table{"empty", []Column{{Name: "id", Kind: Integer, Key: true}, {Name: "a"}}, nil})
	req := request(table, "id", "a")
	req.Parts = 4
	if out := h.all(t, req); len(out.cells) != 0 || len(out.bad) != 0 {
		t.Fatalf("%d rows and %d bad ones", len(out.cells), len(out.bad))
	}
}

func (h Harness) oneRow(t *testing.T) {
	data := [][]Value{{V("-9223372036854775808"), V("唯一")}}
	table := h.Load(t, Table{"one", []Column{{Name: "id", Kind: Integer, Key: true}, {Name: "a"}}, data})
	req := request(table, "id", "a")
	req.Parts = 4
	h.same(t, h.all(t, req).cells, data)
}

func (h Harness) wideTable(t *testing.T) {
	columns := []Column{{Name: "id", Kind: Integer, Key: true}}
	rows := [][]Value{{V("1")}, {V("2")}}
	for i := 1; i < 300; i++ {
		columns = append(columns, Column{Name: fmt.Sprintf("c%d", i), Kind: Integer})
		for r := range rows {
			rows[r] = append(rows[r], V(fmt.Sprint(i*(r+1))))
		}
	}
	table := h.Load(t, Table{"wide", columns, rows})
	h.same(t, h.all(t, request(table, names(columns)...)).cells, rows)
}

// longText holds texts about the sizes where protocols and buffers change their form.
func (h Harness) longText(t *testing.T) {
	columns := []Column{{Name: "id", Kind: Integer, Key: true}, {Name: "a", Kind: Long}, {Name: "b"}}
	var rows [][]Value
	for i, n := range []int{0, 250, 251, 65_535, 65_536, 1 << 20, 16<<20 + 1, 3} {
		rows = append(rows, []Value{V(fmt.Sprint(i)), V(strings.Repeat("县", n/3) + strings.Repeat("x", n%3)), V("end")})
	}
	table := h.Load(t, Table{"long", columns, rows})
	h.same(t, h.all(t, request(table, names(columns)...)).cells, rows)
}

func (h Harness) identifiers(t *testing.T) {
	columns := []Column{{Name: "select", Kind: Integer, Key: true}, {Name: "a b"}, {Name: "q\"u'o"}, {Name: "ba`ck"},
		{Name: "户籍，地址"}, {Name: "a,b;--"}, {Name: "1"}, {Name: "%s"}}
	row := []Value{V("1"), V("a"), V("b"), V("c"), V("d"), V("e"), V("f"), V("g")}
	for _, name := range []string{"select", "表 `一` \"x\" '; --", "Order By"} {
		t.Run(name, func(t *testing.T) {
			table := h.Load(t, Table{name, columns, [][]Value{row}})
			h.same(t, h.all(t, request(table, names(columns)...)).cells, [][]Value{row})
		})
	}
}

func (h Harness) columnsAsAsked(t *testing.T) {
	columns := []Column{{Name: "id", Kind: Integer, Key: true}, {Name: "a"}, {Name: "b"}, {Name: "c"}}
	table := h.Load(t, Table{"asked", columns, [][]Value{{V("1"), V("A"), V("B"), V("C")}}})
	snap := open(t, h.source(t), request(table, "c", "a"))
	if s := snap.Schema(); s.NumFields() != 2 || s.Field(0).Name != "c" || s.Field(1).Name != "a" {
		t.Fatalf("schema %s", s)
	}
	h.same(t, read(t, snap, 0).cells, [][]Value{{V("C"), V("A")}})
}
