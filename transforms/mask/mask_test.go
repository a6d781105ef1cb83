package mask_test

import (
	"database/sql"
	"fmt"
	"testing"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
	"guiji/transforms/mask"
)

func TestExpression(t *testing.T) {
	s, err := engine.Open(t.Context(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, c := range []struct {
		class             catalog.Privacy
		kind, value, want string
	}{
		{"", "VARCHAR", "'张三丰'", "张三丰"},
		{"direct", "VARCHAR", "'371502199001011234'", "371502********1234"},
		{"direct", "VARCHAR", "'37150219900101123X'", "371502********123X"},
		{"direct", "VARCHAR", "'371502900101123'", "371502*****1123"},
		{"direct", "VARCHAR", "'13812345678'", "138****5678"},
		{"direct", "VARCHAR", "'张三丰'", "张**"},
		{"direct", "VARCHAR", "'张三'", "张**"},
		{"direct", "VARCHAR", "'张'", "*"},
		{"direct", "VARCHAR", "''", "*"},
		{"direct", "VARCHAR", "'买买提·吐尔逊'", "买****"},
		{"direct", "VARCHAR", "'371502199001011234 '", "3****"},
		{"direct", "VARCHAR", "NULL", "NULL"},
		{"quasi", "VARCHAR", "'山东省聊城市东昌府区柳园街道1号'", "山东省聊城市****"},
		{"quasi", "VARCHAR", "'东昌府区柳园'", "东****"},
		{"sensitive", "VARCHAR", "'乙型肝炎'", "****"},
		{"sensitive", "VARCHAR", "NULL", "NULL"},
		{"quasi", "DATE", "DATE '1990-05-06'", "1990-01-01"},
		{"quasi", "TIMESTAMP", "TIMESTAMP '1990-05-06 07:08:09'", "1990-01-01 00:00:00"},
		{"direct", "DATE", "DATE '1990-05-06'", "NULL"},
		{"sensitive", "BIGINT", "5", "NULL"},
		{"quasi", "DECIMAL(12,2)", "5.25", "NULL"},
		{"direct", "BLOB", "'x'::BLOB", "NULL"},
	} {
		e := mask.Expression(c.class, c.kind, `a"b`)
		var got sql.NullString
		var kind string
		q := fmt.Sprintf(`SELECT (%[1]s)::VARCHAR, typeof(%[1]s) FROM (SELECT CAST(%[2]s AS %[3]s) AS "a""b")`, e, c.value, c.kind)
		if err := s.Row(t.Context(), "t", q, &got, &kind); err != nil {
			t.Fatalf("%v: %v", c, err)
		}
		if !got.Valid {
			got.String = "NULL"
		}
		if got.String != c.want || kind != c.kind {
			t.Errorf("%s %s %s: %s %s, want %s", c.class, c.kind, c.value, got.String, kind, c.want)
		}
	}
}

func TestClass(t *testing.T) {
	rel := &lake.Release{Datasets: map[string]lake.Dataset{
		"raw/a/p":      {Columns: []lake.Column{{Name: "id"}, {Name: "name", Privacy: "direct"}, {Name: "name_raw"}}},
		"standard/a/p": {Columns: []lake.Column{{Name: "id"}, {Name: "name", Privacy: "direct"}}},
		"raw/b/shop":   {Columns: []lake.Column{{Name: "code"}}},
		"entity/human": {Columns: []lake.Column{{Name: "entity_key"}, {Name: "full", Privacy: "quasi"}}},
		"entity/firm":  {Columns: []lake.Column{{Name: "entity_key"}, {Name: "full"}}},
	}}
	for _, c := range []struct {
		dataset, column, own string
		want                 catalog.Privacy
	}{
		{"raw/a/p", "name", "direct", "direct"}, {"raw/a/p", "name_raw", "", "direct"}, {"raw/a/p", "id_raw", "", ""},
		{"quality/a/p/failures", "name", "", "direct"}, {"quality/a/p/failures", "rule", "", ""},
		{"quality/a/p/quarantine", "text", "", "direct"}, {"quality/a/p/quarantine", "key", "", "direct"}, {"quality/a/p/quarantine", "reason", "", ""},
		{"quality/a/p/held", "name_raw", "", "direct"}, {"quality/a/p/duplicates", "kept", "", "direct"},
		{"quality/b/shop/quarantine", "text", "", ""}, {"quality/gone/x/quarantine", "text", "", "direct"},
		{"entity/human", "entity_key", "", "direct"}, {"entity/human/crosswalk", "record_key", "", "direct"},
		{"entity/human/conflicts", "holder_value", "", "direct"}, {"entity/human/conflicts", "full", "", "quasi"},
		{"entity/firm", "entity_key", "", ""}, {"entity/firm/conflicts", "authority_value", "", ""}, {"entity/firm", "entity_key", "sensitive", "sensitive"},
		{"meta/items", "name", "", ""},
	} {
		if got := mask.Class(rel, c.dataset, lake.Column{Name: c.column, Privacy: c.own}); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.dataset, c.column, got, c.want)
		}
	}
}
