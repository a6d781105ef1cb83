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
		"raw/a/ill":    {Columns: []lake.Column{{Name: "name", Privacy: "direct"}, {Name: "illness", Privacy: "sensitive"}, {Name: "_hash"}}},
		"raw/b/shop":   {Columns: []lake.Column{{Name: "code"}, {Name: "_hash"}}},
		"entity/ill":   {Columns: []lake.Column{{Name: "golden_id"}, {Name: "entity_key"}, {Name: "name", Privacy: "quasi"}, {Name: "illness", Privacy: "sensitive"}}},
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
		{"quality/a/p/metrics", "name", "", ""}, {"quality/a/p/quarantine", "name", "", ""},
		// identifiers that are digests of what a table holds, and keys
		{"entity/human", "golden_id", "", "direct"}, {"entity/human/crosswalk", "golden_id", "", "direct"}, {"entity/human/conflicts", "golden_id", "", "direct"},
		{"entity/firm", "golden_id", "", ""}, {"entity/gone/crosswalk", "golden_id", "", "direct"},
		{"raw/a/ill", "_hash", "", "sensitive"}, {"raw/a/p", "_hash", "", "direct"}, {"standard/a/p", "_key", "", "direct"},
		{"quality/a/p/failures", "_key", "", "direct"}, {"quality/a/p/held", "_hash", "", "direct"}, {"quality/a/p/duplicates", "_key", "", "direct"},
		{"raw/a/ill", "_digest", "", "sensitive"}, {"raw/a/p", "_digest", "", "direct"}, {"quality/a/p/held", "_digest", "", "direct"}, {"raw/b/shop", "_digest", "", ""},
		{"raw/b/shop", "_hash", "", ""}, {"standard/b/shop", "_key", "", ""}, {"quality/b/shop/duplicates", "kept", "", ""},
		// columns that may hold a value of any other are as strict as the strictest of them
		{"quality/a/ill/quarantine", "text", "", "sensitive"}, {"entity/ill/conflicts", "holder_value", "direct", "sensitive"},
		{"entity/ill/conflicts", "authority_value", "", "sensitive"}, {"entity/ill", "entity_key", "direct", "direct"},
	} {
		if got := mask.Class(rel, c.dataset, lake.Column{Name: c.column, Privacy: c.own}); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.dataset, c.column, got, c.want)
		}
	}
}

// Where no entity has a personal element, the keys of a source's records may yet.
func TestClassOfRecordKeys(t *testing.T) {
	rel := func(key string) *lake.Release {
		return &lake.Release{Sources: []string{"b/shop#owner"}, Datasets: map[string]lake.Dataset{
			"entity/firm":     {Columns: []lake.Column{{Name: "full"}}},
			"standard/b/shop": {Columns: []lake.Column{{Name: "code"}, {Name: "owner_id", Privacy: "direct"}, {Name: "_key"}}, Sorted: []string{key}},
		}}
	}
	for key, want := range map[string]catalog.Privacy{"code": "", "owner_id": "direct", "_key": "direct"} {
		if got := mask.Class(rel(key), "entity/firm/crosswalk", lake.Column{Name: "record_key"}); got != want {
			t.Errorf("key %s: record_key is %q, want %q", key, got, want)
		}
	}
}

// A pseudonym is equal where the identifier is, so that tables join; it is not a
// digest anybody can make, and another query has others.
func TestPseudonyms(t *testing.T) {
	rel := &lake.Release{Datasets: map[string]lake.Dataset{
		"entity/person": {Columns: []lake.Column{{Name: "golden_id", Type: "VARCHAR"}, {Name: "name", Type: "VARCHAR", Privacy: "direct"}}},
		"entity/firm":   {Columns: []lake.Column{{Name: "golden_id", Type: "VARCHAR"}}},
		"standard/a/p":  {Columns: []lake.Column{{Name: "name", Type: "VARCHAR", Privacy: "direct"}, {Name: "kept", Type: "VARCHAR", Privacy: "direct"}}},
	}}
	id := lake.Column{Name: "golden_id", Type: "VARCHAR"}
	s, err := engine.Open(t.Context(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	shown := func(p mask.Projection, dataset string, c lake.Column, value string) string {
		var got sql.NullString
		q := fmt.Sprintf("SELECT %s FROM (SELECT %s::VARCHAR AS %s)", p.Column(rel, dataset, c), value, engine.Ident(c.Name))
		if err := s.Row(t.Context(), "t", q, &got); err != nil {
			t.Fatal(err)
		}
		if !got.Valid {
			return "NULL"
		}
		return got.String
	}
	one, other := mask.NewProjection(), mask.NewProjection()
	a := shown(one, "entity/person", id, "'a'")
	switch {
	case len(a) != 16 || a == "ca978112ca1bbdca": // sha256 of a without a salt
		t.Errorf("the golden id is shown as %s", a)
	case shown(one, "entity/person/crosswalk", id, "'a'") != a || shown(one, "entity/person/conflicts", id, "'a'") != a:
		t.Error("the tables of an entity do not join")
	case shown(one, "entity/person", id, "'b'") == a:
		t.Error("two ids have one pseudonym")
	case shown(other, "entity/person", id, "'a'") == a:
		t.Error("another query has the same pseudonym")
	case shown(one, "entity/person", id, "NULL") != "NULL":
		t.Error("nothing has a pseudonym")
	case shown(one, "entity/firm", id, "'a'") != "a":
		t.Error("an id of what is not personal is hidden")
	case shown(one, "standard/a/p", lake.Column{Name: "kept", Type: "VARCHAR", Privacy: "direct"}, "'张三'") != "张**":
		t.Error("an item that is called as a column of guiji's is not shown by its class")
	}
}
