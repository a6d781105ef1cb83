package onesource_test

import (
	"testing"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/transforms/onesource"
)

// two is a world of an authority and a holder with one row and one field each.
func two(t testing.TB, s *engine.Session, own, ownType, held, heldType string, fallback bool) onesource.Entity {
	e := onesource.Entity{Entity: catalog.Entity{ID: "person", Keys: []string{"K"}}, Version: 1, Date: day(t, "2025-01-01"),
		Elements: []catalog.Element{{Code: "E", Column: "e", Authority: catalog.Authority{{Item: "d/own.e"}}}}}
	if fallback {
		e.Elements[0].WhenEmpty, e.Elements[0].Fallback = catalog.EmptyMeansFallback, []catalog.ItemRef{"d/held.e"}
	}
	for i, c := range []struct{ name, value, typ string }{{"own", own, ownType}, {"held", held, heldType}} {
		r := &catalog.Resource{ID: "d/" + c.name, Items: []catalog.Item{{Name: "id"}, {Name: "k"}, {Name: "e", Type: typ(t, c.typ)}}}
		duck := map[string]string{"C": "VARCHAR", "D": "DATE", "T": "TIMESTAMP", "Y": "SMALLINT", "F": "DOUBLE", "B": "BLOB", "N(9)": "BIGINT",
			"N(12,2)": "DECIMAL(12,2)", "N(38,10)": "DECIMAL(38,10)", "N(60)": "VARCHAR"}[c.typ]
		image(t, s, c.name, []string{"id VARCHAR", "k VARCHAR", "e " + duck}, []string{"('1', 'A', " + c.value + ")"})
		e.Members = append(e.Members, onesource.Member{Source: int16(i), Resource: r, Items: items(r), Keys: []string{"id"}, Raw: c.name,
			Routes: []*catalog.Item{r.Item("k")}, Elements: map[string]*catalog.Item{"K": r.Item("k"), "E": r.Item("e")}})
	}
	return e
}

func TestWhatIsAConflict(t *testing.T) {
	s := open(t, 1)
	for _, c := range []struct{ own, ownType, held, heldType, want string }{
		{"'张三'", "C", "'张 三　'", "C", ""},
		{"'ABC１２３'", "C", "'abc123'", "C", ""},
		{"'买买提·艾力'", "C", "'买买提・艾力'", "C", ""},
		{"'买买提·艾力'", "C", "'买买提.艾力'", "C", ""},
		{"'买买提．艾力'", "C", "'买买提. 艾力'", "C", ""},
		{"'买买提•艾力'", "C", "'买买提.艾力'", "C", ""},
		{"'买买提.艾力'", "C", "'买买提艾力'", "C", "differs"},
		{"'买买提.艾力'", "C", "'买买提.艾山'", "C", "differs"},
		{"'1.5'", "C", "'15'", "C", "differs"},
		{"'1.5'", "C", "'1.5 '", "C", ""},
		{"1.50", "N(12,2)", "'1.5'", "C", ""},
		{"1.50", "N(12,2)", "'15'", "C", "differs"},
		{"1.5", "F", "1.50", "N(12,2)", ""},
		{"'.'", "C", "' '", "C", "authority_has"},
		{"'张三'", "C", "'张散'", "C", "differs"},
		{"'张三'", "C", "' '", "C", "authority_has"},
		{"'  '", "C", "'张三'", "C", "copy_has"},
		{"NULL", "C", "NULL", "C", ""},
		{"1", "N(9)", "1.00", "N(12,2)", ""},
		{"1", "N(9)", "1.01", "N(12,2)", "differs"},
		{"10", "N(9)", "10", "F", ""},
		{"10", "N(9)", "'10'", "C", ""},
		{"100", "N(9)", "'1'", "C", "differs"},
		{"2020", "Y", "2020", "N(9)", ""},
		{"12345678901234567890", "N(60)", "12345678901234567890", "N(38,10)", ""},
		{"DATE '2020-01-02'", "D", "TIMESTAMP '2020-01-02 00:00:00'", "T", ""},
		{"DATE '2020-01-02'", "D", "TIMESTAMP '2020-01-02 00:00:01'", "T", "differs"},
		{"TIMESTAMP '2020-01-02 03:04:05'", "T", "'2020-01-02 03:04:05'", "C", ""},
		{"DATE '2020-01-02'", "D", "'2020/1/2'", "C", "differs"},
		{"'ab'::BLOB", "B", "'ac'::BLOB", "B", "differs"},
	} {
		e := two(t, s, c.own, c.ownType, c.held, c.heldType, false)
		resolve(t, s, e, onesource.Options{})
		want := []string{}
		if c.want != "" {
			want = append(want, c.want)
		}
		same(t, c.own+" and "+c.held, want, rowsOf(t, s, "SELECT kind FROM ("+onesource.ConflictsQuery(e, onesource.Options{})+")"))
	}
}

func TestFallbacksConvertWithoutLossOrNotAtAll(t *testing.T) {
	s := open(t, 1)
	for _, c := range []struct{ ownType, held, heldType, want string }{
		{"N(9)", "7.00", "N(12,2)", "7|1"},
		{"N(9)", "7.50", "N(12,2)", "∅|∅"},
		{"N(12,2)", "7", "N(9)", "7.00|1"},
		{"D", "'2020-01-02'", "C", "2020-01-02|1"},
		{"D", "TIMESTAMP '2020-01-02 10:00:00'", "T", "∅|∅"},
		{"D", "'昨天'", "C", "∅|∅"},
		{"C", "DATE '2020-01-02'", "D", "2020-01-02|1"},
		{"Y", "99999", "N(9)", "∅|∅"},
	} {
		e := two(t, s, "NULL", c.ownType, c.held, c.heldType, true)
		resolve(t, s, e, onesource.Options{})
		same(t, c.ownType+" from "+c.held, []string{c.want}, rowsOf(t, s, "SELECT e, e__from FROM ("+onesource.GoldenQuery(e, onesource.Options{})+")"))
	}
}

func TestMaskClear(t *testing.T) {
	s := open(t, 1)
	exec(t, s, "CREATE TEMP TABLE m AS SELECT * FROM (VALUES (0, 0), (1, 0), (2, 0), (4611686018427387904, 0), (0, 2), (0, 1)) v(_mask0, _mask1)")
	if p := onesource.MaskClear(nil); p != "" {
		t.Errorf("no bits: %q", p)
	}
	same(t, "rows", []string{"0|0", "2|0", "0|1"}, rowsOf(t, s, "SELECT * FROM m WHERE "+onesource.MaskClear([]int{0, 62, 64})))
}
