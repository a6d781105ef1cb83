package onesource_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/transforms/onesource"
)

// Two persons on one number in a source that is de-duplicated by it: neither is linked,
// both are told, whichever of them de-duplication has left. Who spells a name in another
// way is the same.
func TestASharedKeyLinksNobody(t *testing.T) {
	s := open(t, 2)
	rows := []string{"1|A|张三", "2|A|李四", "3|B|王 五", "4|B|王五", "5|C|赵六", "6|D|孙七", "7|D|∅"}
	for name, c := range map[string]struct {
		change    func(r *catalog.Resource)
		decisions []catalog.Link
		links     []string
		shared    int64
	}{
		"de-duplicated by the key": {links: []string{`A|1|["1"]`, `B|0|["3"]`, `C|0|["5"]`, `D|0|["6"]`}, shared: 2},
		"a vote rule says that there are many": {func(r *catalog.Resource) { r.Vote = &catalog.KeepRule{Fn: "latest", Item: "id"} }, nil,
			[]string{`A|0|["1"]`, `A|1|["1"]`, `B|0|["3"]`, `C|0|["5"]`, `D|0|["6"]`}, 0},
		"not de-duplicated": {func(r *catalog.Resource) { r.Duplicates = nil }, nil,
			[]string{`A|0|["1"]`, `A|0|["2"]`, `A|1|["1"]`, `B|0|["3"]`, `B|0|["4"]`, `C|0|["5"]`, `D|0|["6"]`, `D|0|["7"]`}, 0},
		"a decision says whose it is": {nil, []catalog.Link{must("L", "a:1", "=A")}, []string{`A|0|["1"]`, `A|1|["1"]`, `B|0|["3"]`, `C|0|["5"]`, `D|0|["6"]`}, 1},
		"a decision parts them":       {nil, []catalog.Link{cannot("L", "a:1", "a:2")}, []string{`A|0|["1"]`, `A|1|["1"]`, `B|0|["3"]`, `C|0|["5"]`, `D|0|["6"]`}, 0},
		"one is left out":             {nil, []catalog.Link{exclude("L", "a:2")}, []string{`A|0|["1"]`, `A|1|["1"]`, `B|0|["3"]`, `C|0|["5"]`, `D|0|["6"]`}, 0},
	} {
		p, members := linked(t, catalog.Entity{Keys: []string{"K1"}, Distinguish: []string{"N"}}, 2)
		p.Links = c.decisions
		r := p.Resources[0]
		r.Duplicates = &catalog.Duplicates{By: []string{"K1"}, Keep: catalog.KeepRule{Fn: "first"}}
		if c.change != nil {
			c.change(r)
		}
		fillLinked(t, s, 1, rows, []string{"1|A|张三"})
		exec(t, s, "CREATE OR REPLACE TEMP TABLE withheld (id BIGINT)")
		table := onesource.Table{Resource: r, Items: items(r), Keys: []string{"id"}, Raw: "raw_a"}
		if _, err := onesource.Duplicates(context.Background(), s, table); err != nil {
			t.Fatal(err)
		}
		keep(t, s, "standard_a", onesource.StandardQuery(table))
		keep(t, s, "losers_a", onesource.DuplicatesQuery(table))
		if r.Vote != nil { // the losers would not be told: the rule leaves several
			exec(t, s, "DELETE FROM losers_a")
		}
		members[0].Standard, members[0].Losers = "standard_a", "losers_a"
		e := onesource.Entities(p, members, day(t, "2026-05-01"), 1)[0]
		out := resolve(t, s, e, onesource.Options{})
		got := links(t, s, e, "entity_key, source, record_key")
		if !slices.Equal(got, c.links) || out.Problems["shared_key"] != c.shared {
			t.Errorf("%s: %v, %v", name, got, out.Problems)
		}
	}
}

// A number on ten thousand rows of each source is told, has one vote a source, and costs
// no more than as many numbers would.
func TestOneKeyOnTenThousandRows(t *testing.T) {
	s := open(t, 2)
	p, members := linked(t, catalog.Entity{Keys: []string{"K1", "K2"}}, 3)
	for _, r := range p.Resources {
		r.Duplicates = nil
	}
	for i, key := range []string{"'A'", "'A'", "CASE WHEN i % 2 = 0 THEN 'A' END"} {
		exec(t, s, fmt.Sprintf("CREATE OR REPLACE TEMP TABLE raw_%c AS SELECT i AS id, NULL::VARCHAR AS id_raw, %s AS K1, NULL::VARCHAR AS K1_raw, 'p' || (i %% 3)::VARCHAR AS K2, NULL::VARCHAR AS K2_raw, "+
			"'张' || (i %% 7)::VARCHAR AS N, NULL::VARCHAR AS N_raw FROM range(10000) t(i)", 'a'+i, key))
	}
	e := onesource.Entities(p, members, day(t, "2026-05-01"), 1)[0]
	began := time.Now()
	out := resolve(t, s, e, onesource.Options{})
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
	if out.Golden != 1 || out.Members != 30_000 || out.Problems["many_records"] != 3 || out.Problems["ambiguous_route"] != 0 {
		t.Errorf("%+v", out)
	}
	same(t, "one vote a source", []string{"0|1", "1|1", "2|1"}, rowsOf(t, s, "SELECT source, count(*) FROM ("+onesource.CrosswalkQuery(e, onesource.Options{})+") WHERE votes GROUP BY source ORDER BY source"))
	if out.Conflicts > 30_000 {
		t.Errorf("%d conflicts of 30 000 records", out.Conflicts)
	}
	same(t, "told", []string{`many_records|∅|0|["1"]|∅|∅|10000`, `many_records|∅|1|["1"]|∅|∅|10000`, `many_records|∅|2|["1"]|∅|∅|10000`}, problems(t, s, e))

	p.Entities[0].ManyRecords = 10_001
	out = resolve(t, s, onesource.Entities(p, members, day(t, "2026-05-01"), 1)[0], onesource.Options{})
	if len(out.Problems) > 0 {
		t.Errorf("told below the number set: %v", out.Problems)
	}
}
