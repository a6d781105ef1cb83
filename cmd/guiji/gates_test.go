package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
)

// Data that is bad in itself: it is read, told of and never lets a good release
// go. Cases share one server.
func TestBadData(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	for i, c := range []struct {
		name string
		test func(*desk, *mariadb.Server)
	}{
		{"empty table at the first run", emptyAtFirst},
		{"empty table after a good run", emptyAfter},
		{"no failure allowed", noFailure},
		{"no row that can be read", nothingReadable},
		{"letters in a number", lettersInNumber},
		{"keys that are NULL or text", badKeys},
		{"rows without a key", keyless},
		{"hostile names", hostileNames},
		{"a text of 16 MiB", longText},
		{"300 columns", manyColumns},
		{"more than 63 rules", manyRules},
		{"CSV with broken quotes and mixed encodings", brokenCSV},
		{"whole rows twice in a CSV", doubledCSV},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, server, fmt.Sprintf("data%d", i))
			c.test(d, server)
			d.tidy()
			if e := d.guiji("verify"); e.code != 0 {
				t.Errorf("verify: exit code %d\n%s", e.code, e.all())
			}
		})
	}
}

// gated runs into a shut gate, in both languages.
func (d *desk) gated(en, zh []string) {
	d.Helper()
	for lang, wants := range map[string][]string{"en": en, "zh": zh} {
		e := d.guiji("run", "--lang", lang)
		if e.code != 3 {
			d.Errorf("%s: exit code %d, want 3", lang, e.code)
		}
		d.contains("guiji run --lang "+lang, e.out, wants...)
		if rec := d.last(); rec.Outcome != lake.RunGated || rec.Kind != "gate" || rec.Reason == "" {
			d.Errorf("the record says %s, %s, %q", rec.Outcome, rec.Kind, rec.Reason)
		}
	}
}

var (
	emptyEN = []string{"t_person", "no rows at the source", "gate.allow_empty"}
	emptyZH = []string{"t_person", "没有任何数据", "gate.allow_empty"}
)

func emptyAtFirst(d *desk, s *mariadb.Server) {
	s.Exec(d, "TRUNCATE "+d.database+".t_person")
	d.gated(emptyEN, emptyZH)
	if _, ok := d.head().Datasets["standard/gongan/resident"]; ok {
		d.Error("an empty table landed")
	}
	d.edit("guiji.yaml", "gate: {", "gate: {allow_empty: true, ")
	d.good()
	if got := d.rows("SELECT count(*) FROM standard.gongan__resident"); fmt.Sprint(got) != "[[0]]" {
		d.Errorf("rows %v", got)
	}
}

func emptyAfter(d *desk, s *mariadb.Server) {
	d.good()
	raw, clean := d.content("raw/gongan/resident"), d.content("standard/gongan/resident")
	s.Exec(d, "DELETE FROM "+d.database+".t_person")
	d.gated(emptyEN, emptyZH)
	if !slices.Equal(raw, d.content("raw/gongan/resident")) || !slices.Equal(clean, d.content("standard/gongan/resident")) {
		d.Error("the last good data did not stay")
	}
	if got := d.rows("SELECT count(*) FROM standard.gongan__resident"); fmt.Sprint(got) != "[[3]]" {
		d.Errorf("rows %v", got)
	}
	d.edit("guiji.yaml", "gate: {", "gate: {allow_empty: true, ")
	d.good()
	if got := d.rows("SELECT count(*) FROM standard.gongan__resident"); fmt.Sprint(got) != "[[0]]" {
		d.Errorf("rows %v, want none: that was allowed", got)
	}
}

// 0% means none, not that there is no gate.
func noFailure(d *desk, s *mariadb.Server) {
	d.edit("guiji.yaml", "max_failure_rate: 90%", "max_failure_rate: 0%")
	d.good()
	was := d.content("standard/gongan/resident")
	s.Exec(d, "UPDATE "+d.database+".t_person SET nl = 200 WHERE id = 1")
	d.gated([]string{"1 of 3 rows have errors, 33.33% (limit 0.00%)"}, []string{"3 条中有 1 条存在错误"})
	if !slices.Equal(was, d.content("standard/gongan/resident")) {
		d.Error("the last good data did not stay")
	}
}

// Without a gate, too, a full table of which nothing can be read empties no good data.
func nothingReadable(d *desk, s *mariadb.Server) {
	d.edit("guiji.yaml", ", gate: {max_failure_rate: 90%}", "")
	d.good()
	was := d.content("standard/gongan/resident")
	s.Exec(d, "UPDATE "+d.database+".t_person SET id = NULL")
	d.gated([]string{"t_person", "none of its 3 rows could be read"}, []string{"t_person", "3 条全部无法读取"})
	if !slices.Equal(was, d.content("standard/gongan/resident")) {
		d.Error("the last good data did not stay")
	}
}

func lettersInNumber(d *desk, s *mariadb.Server) {
	d.good()
	d.edit("catalog/gongan/resident.yaml", "version: 1", "version: 2") // the department has mended its entry
	s.Exec(d, "ALTER TABLE "+d.database+".t_person MODIFY nl varchar(20)", "UPDATE "+d.database+".t_person SET nl = '三十' WHERE id = 1")
	d.good()
	got := d.rows("SELECT id, age, age_raw FROM raw.gongan__resident ORDER BY id")
	if want := "[[1 <nil> 三十] [2 31 <nil>] [3 32 <nil>]]"; fmt.Sprint(got) != want {
		d.Errorf("%v, want %s", got, want)
	}
	if got := d.rows("SELECT id, rule FROM quality.gongan__resident__failures"); fmt.Sprint(got) != "[[1 age.type]]" {
		d.Errorf("failures %v", got)
	}
}

func badKeys(d *desk, s *mariadb.Server) {
	s.Exec(d, "ALTER TABLE "+d.database+".t_person MODIFY id varchar(20)",
		"UPDATE "+d.database+".t_person SET id = NULL WHERE xm = '张三'", "UPDATE "+d.database+".t_person SET id = '二' WHERE xm = '李四'")
	d.good()
	got := d.rows("SELECT \"column\", text, reason FROM quality.gongan__resident__quarantine ORDER BY ALL")
	if len(got) != 2 || got[0][0] != "id" || got[1][0] != "id" {
		d.Fatalf("quarantine %v", got)
	}
	reasons := fmt.Sprint(got)
	if !strings.Contains(reasons, "null_key") || !strings.Contains(reasons, "not_number") || !strings.Contains(reasons, "二") {
		d.Errorf("quarantine %v", got)
	}
	if got := d.rows("SELECT name FROM standard.gongan__resident"); fmt.Sprint(got) != "[[王五]]" {
		d.Errorf("landed %v", got)
	}
	if c := d.last().Resources["gongan/resident"].Resource; c.Read != 3 || c.Quarantined != 2 || c.Landed != 1 {
		d.Errorf("read %d, quarantined %d, landed %d", c.Read, c.Quarantined, c.Landed)
	}
}

// Equal rows of a resource without a key are all kept, each told apart by its ordinal.
func keyless(d *desk, s *mariadb.Server) {
	d.edit("catalog/gongan/house.yaml", ", key: [id]", "")
	s.Exec(d, "ALTER TABLE "+d.database+".t_house DROP PRIMARY KEY, MODIFY id bigint NULL", "INSERT INTO "+d.database+".t_house SELECT * FROM "+d.database+".t_house WHERE id = 1",
		"INSERT INTO "+d.database+".t_house VALUES (NULL, NULL), (NULL, NULL), (NULL, '')")
	d.good()
	if got := d.rows("SELECT count(*), count(DISTINCT _key), count(id) FROM standard.gongan__house"); fmt.Sprint(got) != "[[6 6 3]]" {
		d.Errorf("rows, keys, with id: %v", got)
	}
	before := d.content("standard/gongan/house")
	d.good()
	if !slices.Equal(before, d.content("standard/gongan/house")) {
		d.Error("the same rows gave other bytes")
	}
}

func hostileNames(d *desk, s *mariadb.Server) {
	table, column := "表 `a`; DROP TABLE x; --\"'", "列'\"`; DELETE FROM t_house; --"
	quoted := func(n string) string { return "`" + strings.ReplaceAll(n, "`", "``") + "`" }
	s.Exec(d, "CREATE TABLE "+d.database+"."+quoted(table)+" (id bigint PRIMARY KEY, "+quoted(column)+" varchar(50))",
		"INSERT INTO "+d.database+"."+quoted(table)+" VALUES (1, ''''), (2, '`; DROP TABLE t_house; --'), (3, '<img src=x onerror=alert(1)>'), (4, '=1+1')")
	d.entry("gongan/hostile", "107001/000014", "名'称`\"", "source: {connection: gongan, table: "+yamlQuoted(table)+", key: [id]}\nitems:\n"+
		"  - {name: id, label: "+yamlQuoted("编'号\"; DROP VIEW x")+", type: N(20)}\n  - {name: select, label: 值, column: "+yamlQuoted(column)+", type: C(100), checks: [{length: {max: 3}}]}\n")
	drop := "弃 '; DROP TABLE x; --"
	d.write("drop/"+drop+".csv", "id,"+`"列 ""'; --"`+"\n1,甲\n2,乙\n")
	d.entry("gongan/files", "107001/000015", "文件", "source: {connection: files, table: "+yamlQuoted(drop+".csv")+", key: [id]}\nitems:\n"+
		"  - {name: id, type: N(20)}\n  - {name: order, column: "+yamlQuoted(`列 "'; --`)+", type: C(10)}\n")
	d.good()
	if got := d.rows(`SELECT "select" FROM raw.gongan__hostile ORDER BY id`); fmt.Sprint(got) != "[['] [`; DROP TABLE t_house; --] [<img src=x onerror=alert(1)>] [=1+1]]" {
		d.Errorf("rows %v", got)
	}
	if got := d.rows(`SELECT "order" FROM standard.gongan__files ORDER BY id`); fmt.Sprint(got) != "[[甲] [乙]]" {
		d.Errorf("rows %v", got)
	}
	if got := d.rows("SELECT count(*) FROM standard.gongan__house"); fmt.Sprint(got) != "[[2]]" {
		d.Errorf("rows %v", got)
	}
	for _, page := range d.pages() {
		if strings.Contains(page, "<img src=x") {
			d.Error("a report holds a value as markup")
		}
	}
}

func yamlQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// pages are all HTML pages of the reports.
func (d *desk) pages() map[string]string {
	d.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(filepath.Join(d.dir, "reports"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".html" {
			return err
		}
		b, err := os.ReadFile(path)
		out[path] = string(b)
		return err
	})
	if err != nil || len(out) == 0 {
		d.Fatalf("%d pages, %v", len(out), err)
	}
	return out
}

func longText(d *desk, s *mariadb.Server) {
	s.Exec(d, "ALTER TABLE "+d.database+".t_house MODIFY dz longtext", "UPDATE "+d.database+".t_house SET dz = REPEAT('路', 5592405) WHERE id = 1")
	d.edit("catalog/gongan/house.yaml", "type: C(200)", "type: C(6000000)")
	d.good()
	if got := d.rows("SELECT length(address), address = repeat('路', 5592405) FROM standard.gongan__house WHERE id = 1"); fmt.Sprint(got) != "[[5.592405e+06 true]]" {
		d.Errorf("length %v", got)
	}
	d.edit("catalog/gongan/house.yaml", "type: C(6000000)", "type: C(200)")
	d.good()
	if got := d.rows("SELECT address IS NULL, length(address_raw) FROM raw.gongan__house WHERE id = 1"); fmt.Sprint(got) != "[[true 5.592405e+06]]" {
		d.Errorf("the text that does not fit is kept beside: %v", got)
	}
}

func manyColumns(d *desk, s *mariadb.Server) {
	var columns, values, items strings.Builder
	for i := range 300 {
		fmt.Fprintf(&columns, ", c%d text", i)
		fmt.Fprintf(&values, ", '值%d'", i)
		fmt.Fprintf(&items, "  - {name: c%d, type: C(30)}\n", i)
	}
	s.Exec(d, "CREATE TABLE "+d.database+".wide (id bigint PRIMARY KEY"+columns.String()+")", "INSERT INTO "+d.database+".wide VALUES (1"+values.String()+")")
	d.entry("gongan/wide", "107001/000014", "宽表", "source: {connection: gongan, table: wide, key: [id]}\nitems:\n  - {name: id, type: N(20)}\n"+items.String())
	d.good()
	if got := d.rows("SELECT c0, c299 FROM standard.gongan__wide"); fmt.Sprint(got) != "[[值0 值299]]" {
		d.Errorf("rows %v", got)
	}
}

// 63 bits are one mask column; rules beyond stand in the next.
func manyRules(d *desk, s *mariadb.Server) {
	var list []string
	for i := range 70 {
		list = append(list, fmt.Sprintf("{length: {min: %d}, id: long%02d}", i+1, i))
	}
	d.edit("catalog/gongan/house.yaml", "privacy: quasi}", "privacy: quasi, checks: ["+strings.Join(list, ", ")+"]}")
	s.Exec(d, "UPDATE "+d.database+".t_house SET dz = REPEAT('x', 66) WHERE id = 1", "UPDATE "+d.database+".t_house SET dz = REPEAT('x', 80) WHERE id = 2")
	d.good()
	if got := d.rows("SELECT id, rule FROM quality.gongan__house__failures ORDER BY ALL"); fmt.Sprint(got) != "[[1 long66] [1 long67] [1 long68] [1 long69]]" {
		d.Errorf("failures %v", got)
	}
	if got := d.rows("SELECT count(*) FROM raw.gongan__house WHERE _mask1 <> 0"); fmt.Sprint(got) != "[[1]]" {
		d.Errorf("rows with bits in the second mask: %v", got)
	}
}

const csvEntry = `
source: {connection: files, table: people.csv, key: [id]}
items:
  - {name: id, label: 编号, type: N(20)}
  - {name: name, label: 姓名, type: C(50), privacy: direct}
`

func brokenCSV(d *desk, _ *mariadb.Server) {
	d.entry("gongan/people", "107001/000014", "人员", csvEntry)
	d.write("drop/people.csv", "id,name\n1,甲\n2,\"乙\"x\n3,\xb1\xfb\n4,丁,多\n5,\"从未结束\n6,己\n")
	d.good()
	if got := d.rows("SELECT id, name FROM standard.gongan__people ORDER BY id"); fmt.Sprint(got) != "[[1 甲] [6 己]]" {
		d.Errorf("landed %v", got)
	}
	got := d.rows("SELECT reason, place FROM quality.gongan__people__quarantine ORDER BY place")
	if want := "[[csvfile.broken_quotes people.csv:3] [csvfile.undecodable people.csv:4] [csvfile.wrong_fields people.csv:5] [csvfile.broken_quotes people.csv:6]]"; fmt.Sprint(got) != want {
		d.Errorf("quarantine %v, want %s", got, want)
	}
	raw := d.content("standard/gongan/people")
	d.write("drop/people.csv", "id,name\n1,\xbc\xd7\n2,\xd2\xd2\n") // all of it in another encoding
	for lang, wants := range map[string][]string{"en": {"people.csv", "utf-8", "encoding: gb18030"}, "zh": {"people.csv", "encoding: gb18030"}} {
		e := d.guiji("run", "gongan/people", "--lang", lang)
		if e.code == 0 {
			d.Errorf("a file in another encoding was read")
		}
		d.contains("guiji run", e.out, wants...)
	}
	d.write("drop/people.csv", "371502199001010012,张三丰\n2,乙\n") // no header: its first line is a row, and nothing of it is told
	for lang, want := range map[string]string{"en": "its header line is missing", "zh": "可能缺少表头行"} {
		e := d.guiji("run", "gongan/people", "--lang", lang)
		if e.code != 2 || strings.Contains(e.all(), "371502199001010012") || strings.Contains(e.all(), "张三丰") {
			d.Errorf("exit code %d\n%s", e.code, e.all())
		}
		d.contains("guiji run", e.out, "people.csv", want)
	}
	if !slices.Equal(raw, d.content("standard/gongan/people")) {
		d.Error("the last good data did not stay")
	}
}

func doubledCSV(d *desk, _ *mariadb.Server) {
	d.entry("gongan/people", "107001/000014", "人员", csvEntry+"gate: {max_failure_rate: 100%}\n")
	d.write("drop/people.csv", "id,name\n1,甲\n1,甲\n2,乙\n2,乙乙\n")
	d.good()
	if c := d.last().Resources["gongan/people"].Resource; c.Read != 4 || c.Duplicates != 2 || c.Landed != 2 {
		d.Errorf("read %d, duplicates %d, landed %d", c.Read, c.Duplicates, c.Landed)
	}
	if got := d.rows("SELECT count(*) FROM raw.gongan__people"); fmt.Sprint(got) != "[[4]]" {
		d.Errorf("raw keeps all: %v", got)
	}
	if got := d.rows("SELECT DISTINCT rule FROM quality.gongan__people__failures"); fmt.Sprint(got) != "[[key_unique]]" {
		d.Errorf("failures %v", got)
	}
}
