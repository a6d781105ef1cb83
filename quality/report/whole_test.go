package report_test

import (
	"context"
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/lake"
	"guiji/quality"
	"guiji/quality/checks"
	"guiji/quality/report"
)

// judged is a project whose entry has a rule of the whole, one with a filter and one that
// bears some failures, read from files as a bureau writes them, with one release of it.
func judged(t *testing.T, s *store) report.Input {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "guiji.yaml", "name: x\nquality: {weights: {dimensions: {\"01\": 3, \"02\": 0}}, grades: [{name: 甲, from: 60}, {name: 乙, from: 0}]}\n")
	write(t, dir, "departments.yaml", "- {id: gongan, name: 公安分局, code: 11371502MB28G1240Q, contact: {name_of_office: 科信科}}\n")
	write(t, dir, "catalog/gongan/resident.yaml", `name: 常住人口
code: 101001/000001
provider: gongan
status: published
source: {connection: c, table: t_person, key: [id]}
items:
  - {name: id, label: 编号, type: N(18)}
  - name: name
    label: 姓名
    type: C(50)
    checks:
      - {length: {min: 2}, at_most: 50%, where: {kind: [常住, 暂住], id: {min: 1, max: 9}}}
  - {name: kind, label: 类别, type: C(10)}
checks:
  - row_count: {min: 1000}
`)
	p, err := catalog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	rel := release(1, 20)
	s.put(rel, "raw/gongan/resident", "SELECT i AS id, 'x' AS name, '常住' AS kind FROM range(4) t(i)")
	env := &quality.Env{Project: p, Resource: p.Resources[0], Today: "2026-11-23"}
	items := []*catalog.Item{&p.Resources[0].Items[0], &p.Resources[0].Items[1], &p.Resources[0].Items[2]}
	rules, errs := quality.Bind(env, items, nil, checks.All())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var list []metric
	for _, r := range rules {
		m := metric{r.ID, r.Version, r.Check.Name, r.ID[:strings.IndexAny(r.ID+".", ".")], r.Title, r.Indicator, "error", "pass", 4, 0, ""}
		switch r.Check.Name {
		case "length":
			m.failed = 1
			s.put(rel, "quality/gongan/resident/failures", "SELECT 1::BIGINT AS id, '"+r.ID+"' AS rule, '"+r.Version+"' AS version")
		case "row_count":
			m.b, m.failed, m.status = 1, 1, "fail"
		}
		list = append(list, m)
	}
	s.metrics(rel, "gongan/resident", list...)
	s.put(rel, "quality/gongan/resident/metrics", "SELECT *, CASE kind WHEN 'row_count' THEN '4' END AS observed FROM read_parquet('"+s.file(rel, "quality/gongan/resident/metrics")+"')")
	rel.Resources["gongan/resident"] = lake.Resource{Outcome: "ok", Read: 4, Landed: 4, Pulled: rel.Created}
	in := s.input(rel, nil, t.TempDir())
	in.Project = p
	return in
}

// A rule of the whole names no record, yet is not lost; a filter and what a rule bears are
// said where the rule is.
func TestRulesOfTheWholeAndWhatTheyBear(t *testing.T) {
	s := newStore(t)
	in := judged(t, s)
	build(t, in)
	page := read(t, in.Dir, "gongan", "index.html")
	contains(t, page, "整体核查未通过1项", "整体核查未通过</h2>", "常住人口的记录数不在合理范围内", `<td class="num">4</td><td>不小于1000</td>`,
		"类别为常住、暂住，且编号应在1至9之间", "不合格比例未超过容许的50%", "请于")
	var rows [][]string
	for _, r := range sheet(t, "规则说明", in.Dir, "gongan", "work-list.xlsx") {
		if r[1] == "name.length" {
			rows = append(rows, r[5:8])
		}
	}
	if len(rows) != 1 || rows[0][0] != "类别为常住、暂住，且编号应在1至9之间" || rows[0][1] != "50%" {
		t.Errorf("the rule's row %v", rows)
	}
	contains(t, read(t, in.Dir, "gongan", "report.json"), `"at_most": 0.5`, `"observed": "4"`, `"wholes": 1`, `"grade": "甲"`)
}

// What fails as a whole in two releases is no problem less in the second.
func TestRulesOfTheWholeAreNoDifference(t *testing.T) {
	s := newStore(t)
	in := judged(t, s)
	before := in.Release
	now := release(2, 21)
	for name, d := range before.Datasets {
		now.Datasets[name] = d
	}
	r := before.Resources["gongan/resident"]
	r.Slot, r.Pulled = "nightly@2", now.Created
	now.Resources["gongan/resident"] = r
	relation := in.Relation
	in.Release, in.Previous = now, before
	in.Relation = func(ctx context.Context, _ *lake.Release, dataset string) (string, bool, error) {
		return relation(ctx, before, dataset)
	}
	build(t, in)
	contains(t, read(t, in.Dir, "gongan", "index.html"), "发现问题1条，与上期持平；", "整体核查未通过1项")
	contains(t, read(t, in.Dir, "gongan", "report.json"), `"delta": 0`)
}
