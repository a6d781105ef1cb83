package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"guiji/lake"
	"guiji/lake/localdir"
)

const (
	twinConfig = `
name: twins
profiles: [{id: dongchang-2020, extended_by: 延续施行文件}, state-council-809-2025]
store: file://./lake
connections:
  canlian: {connector: csvfile, path: ./drop/canlian}
  minzheng: {connector: csvfile, path: ./drop/minzheng, encoding: gb18030}
pipelines:
  nightly: {resources: ["*"]}
`
	twinDepartments = `
- {id: canlian, name: 东昌府区残疾人联合会, code: 11371502MB28G23468, contact: {name_of_office: 康复科}}
- {id: minzheng, name: 东昌府区民政局, code: 11371502MB28G1239K, contact: {name_of_office: 社会救助科}}
`
	twinElements = `
- {code: DE0001, name: 公民身份号码, column: citizen_id, entity: person, key: true, privacy: direct, authority: canlian/disabled.citizen_id}
- {code: DE0002, name: 姓名, column: name, entity: person, privacy: direct, authority: canlian/disabled.name}
`
	twinHead = `
code: %s
name: %s
version: 1
status: published
published: 2026-01-01
provider: %s
category: [基础, 人口]
format: 数据库
update_cycle: 每日
legal_basis: 《中华人民共和国残疾人保障法》第二条
share: {class: 有条件, condition: 履职需要, reason: 含个人信息, basis: 《中华人民共和国居民身份证法》第十九条, mode: [api]}
open:  {class: 不予, basis: 《中华人民共和国个人信息保护法》第二十五条}
`
	twinDisabled = `
source: {connection: canlian, table: disabled.csv, key: [citizen_id]}
items:
  - {name: citizen_id, label: 公民身份号码, type: C(18), element: DE0001, privacy: direct}
  - {name: name, label: 姓名, type: C(50), element: DE0002, privacy: direct}
  - {name: level, label: 残疾等级, type: C(10)}
  - {name: kind, label: 残疾类别, type: C(10)}
  - {name: day, label: 发证日期, type: D}
`
	twinSubsidy = `
source: {connection: minzheng, table: bt.csv, key: [zj]}
items:
  - {name: zj, label: 证件标识, type: C(18), privacy: direct}
  - {name: rq, label: 核发时点, type: C(10)}
  - {name: lb, label: 对象分类, type: C(10)}
  - {name: dj, label: 重轻程度, type: C(10)}
  - {name: je, label: 发放额, type: "N(10,2)"}
`
	twinSupplies = `
source: {connection: minzheng, table: wz.csv, key: [bh]}
items:
  - {name: bh, label: 物资编号, type: C(18)}
  - {name: lb, label: 残疾类别, type: C(10)}
  - {name: dj, label: 残疾等级, type: C(10)}
`
)

// twinDesk is a project whose second department keeps half of the first one's records:
// in GB 18030, in another order, under other names. Its third table has the same codes.
func twinDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, dir: t.TempDir(), env: append(os.Environ(), "LANG=C.UTF-8", "LC_ALL=")}
	d.store = func() lake.Objects {
		o, err := localdir.Open(filepath.Join(d.dir, "lake"))
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	d.write("guiji.yaml", twinConfig)
	d.write("departments.yaml", twinDepartments)
	d.write("elements.yaml", twinElements)
	d.write("entities.yaml", labEntities)
	d.write("catalog/canlian/disabled.yaml", fmt.Sprintf(twinHead, "107001/000001", "残疾人基本信息", "canlian")+twinDisabled)
	d.write("catalog/minzheng/subsidy.yaml", fmt.Sprintf(twinHead, "107001/000002", "两项补贴发放", "minzheng")+twinSubsidy)
	d.write("catalog/minzheng/supplies.yaml", fmt.Sprintf(twinHead, "107001/000003", "救助物资", "minzheng")+twinSupplies)
	rng := rand.New(rand.NewPCG(7, 7))
	disabled, subsidy := []string{"citizen_id,name,level,kind,day"}, []string{}
	supplies := []string{"bh,lb,dj"}
	kinds := []string{"视力", "听力", "言语", "肢体", "智力", "精神"}
	for i := range 600 {
		id, level, kind := fmt.Sprintf("371502%012d", 19900101000+i*37), []string{"一级", "二级", "三级", "四级"}[rng.IntN(4)], kinds[rng.IntN(len(kinds))]
		day := fmt.Sprintf("20%02d-%02d-%02d", 10+rng.IntN(15), 1+rng.IntN(12), 1+rng.IntN(28))
		disabled = append(disabled, fmt.Sprintf("%s,张%c,%s,%s,%s", id, rune(0x4e00+rng.IntN(3000)), level, kind, day))
		if i%2 == 0 {
			subsidy = append(subsidy, fmt.Sprintf("%s,%s, %s ,%s,%d", day, kind, level, id, 80+rng.IntN(40)))
		}
		supplies = append(supplies, fmt.Sprintf("WZ%06d,%s,%s", i, kinds[rng.IntN(len(kinds))], []string{"一级", "二级", "三级", "四级"}[rng.IntN(4)]))
	}
	rng.Shuffle(len(subsidy), func(i, j int) { subsidy[i], subsidy[j] = subsidy[j], subsidy[i] })
	d.write("drop/canlian/disabled.csv", strings.Join(disabled, "\n")+"\n")
	for name, lines := range map[string][]string{"bt": append([]string{"rq,lb,dj,zj,je"}, subsidy...), "wz": supplies} {
		gbk, err := simplifiedchinese.GB18030.NewEncoder().String(strings.Join(lines, "\n") + "\n")
		if err != nil {
			t.Fatal(err)
		}
		d.write("drop/minzheng/"+name+".csv", gbk)
	}
	return d
}

// pairs are those that catalog duplicates lists.
func (d *desk) pairs(args ...string) []duplicate {
	d.Helper()
	e := d.guiji(append([]string{"catalog", "duplicates", "--json"}, args...)...)
	var list []duplicate
	if err := json.Unmarshal([]byte(e.out), &list); err != nil || e.code != 0 {
		d.Fatalf("exit code %d, %v\n%s", e.code, err, e.all())
	}
	return list
}

func (d *desk) duplicateTasks() []string {
	d.Helper()
	var out []string
	for _, t := range d.head().Tasks {
		if t.Kind == "duplicate_undecided" {
			out = append(out, fmt.Sprintf("%s since %d opened %s due %s %v", t.ID, t.Since, t.Opened, t.Due, t.For))
		}
	}
	return out
}

// From two tables that nobody knew to be one to a decision that is asked for once.
func TestDuplicatesAreFoundAskedAndDecided(t *testing.T) {
	t.Parallel()
	d := twinDesk(t)
	d.good()
	if tasks := d.duplicateTasks(); len(tasks) != 0 {
		t.Fatalf("by names alone nothing is to be asked: %v", tasks)
	}
	list := d.pairs()
	if len(list) != 1 || list[0].A != "canlian/disabled" || list[0].B != "minzheng/subsidy" || list[0].Verdict != "contains" {
		t.Fatalf("pairs %+v", list)
	}
	if data := list[0].Data; data == nil || data.OneIn != 1 || data.KeysA != 600 || data.KeysB != 300 || data.Shared != 300 || data.Rows != 300 || len(data.Items) != 3 {
		t.Fatalf("data %+v", data)
	}
	for _, g := range list[0].Data.Items {
		if g.Equal != g.Compared || g.Compared != 300 {
			t.Errorf("%+v", g)
		}
	}
	for lang, wants := range map[string][]string{
		"zh": {"B 的对象包含在 A 中，取值一致", "数据按 公民身份号码=证件标识 关联：A 共 600 个标识，B 共 300 个；A 的 50.0% 在 B 中，B 的 100% 在 A 中", "残疾等级=重轻程度 100% 一致（300 行", "区残疾人联合会"},
		"en": {"B's subjects are among A's, and values agree", "all 600 keys of A, all 300 of B", "1 pairs, 1 to be decided"},
	} {
		e := d.guiji("catalog", "duplicates", "--lang", lang)
		d.contains("catalog duplicates --lang "+lang, e.out, wants...)
		if strings.Contains(e.all(), "371502") || strings.Contains(e.all(), "视力") {
			t.Error("a value of the data is printed")
		}
	}
	d.asked()
	d.decidedOnce()
}

// asked checks the tasks: one for both departments, with the same dates in the next run.
func (d *desk) asked() {
	d.Helper()
	d.good()
	first := d.duplicateTasks()
	if len(first) != 1 || !strings.HasPrefix(first[0], "canlian/disabled:duplicate_undecided:minzheng/subsidy since 2 ") || !strings.HasSuffix(first[0], "[canlian minzheng]") {
		d.Fatalf("tasks %v", first)
	}
	if err := os.Remove(filepath.Join(d.dir, "serving", "duplicates.json")); err != nil {
		d.Fatal(err) // derived: the question stays
	}
	d.write("serving/duplicates.json", "{") // nor does a broken file stop a run
	d.good()
	if again := d.duplicateTasks(); len(again) != 1 || again[0] != first[0] {
		d.Errorf("tasks %v, then %v", first, again)
	}
	d.contains("catalog tasks", d.guiji("catalog", "tasks", "--lang", "zh").out, "疑似重复", "第十五条", "minzheng/subsidy 两项补贴发放")
	for _, department := range []string{"canlian", "minzheng"} {
		page, err := os.ReadFile(filepath.Join(d.dir, "reports", department, "index.html"))
		if err != nil {
			d.Fatal(err)
		}
		d.contains("the page of "+department, string(page), "may hold the same data as minzheng/subsidy 两项补贴发放")
	}
}

// decidedOnce fills in the draft, and the pair is not asked again until another item is alike.
func (d *desk) decidedOnce() {
	d.Helper()
	draft := d.guiji("catalog", "duplicates", "--draft", "--lang", "en").out
	d.contains("the draft", draft, "- a: canlian/disabled\n  b: minzheng/subsidy\n", "items: {day: rq, kind: lb, level: dj}", "# - data joined by")
	d.write("decisions/duplicates.yaml", draft)
	if e := d.guiji("catalog", "check", "--lang", "en"); e.code != 2 || !strings.Contains(e.all(), "decisions/duplicates.yaml") || !strings.Contains(e.all(), "want merged or distinct") {
		d.Errorf("a draft that is not filled in: exit code %d\n%s", e.code, e.all())
	}
	d.edit("decisions/duplicates.yaml", "  outcome: # merged, or distinct\n  stays: # with merged: the entry that stays; else take the line out\n  because:\n  office:\n",
		"  outcome: merged\n  stays: canlian/disabled\n  because: 补贴对象即持证残疾人\n  office: 社会救助科\n")
	check := d.guiji("catalog", "check", "--lang", "en")
	if check.code != 0 {
		d.Errorf("exit code %d\n%s", check.code, check.all())
	}
	d.contains("catalog check", check.out, "decided to merge, and not carried out: minzheng/subsidy is to give way to canlian/disabled but still collects rq, lb, dj")
	if list := d.pairs(); len(list) != 1 || list[0].State != "unmerged" {
		d.Errorf("a merge that is not carried out is not listed: %+v", list)
	}
	d.good()
	if tasks := d.duplicateTasks(); len(tasks) != 0 {
		d.Errorf("decided, and still asked: %v", tasks)
	}
	d.edit("decisions/duplicates.yaml", "outcome: merged\n  stays: canlian/disabled\n", "outcome: distinct\n")
	if list := d.pairs(); len(list) != 0 {
		d.Errorf("decided, and still listed: %+v", list)
	}
	if list := d.pairs("--decided"); len(list) != 1 || list[0].State != "decided" || list[0].Decision.Because != "补贴对象即持证残疾人" {
		d.Errorf("--decided lists %+v", list)
	}
	d.edit("decisions/duplicates.yaml", "kind: lb, level: dj", "level: dj")
	if list := d.pairs(); len(list) != 1 || list[0].State != "reopened" {
		d.Errorf("an item the decision does not speak of: %+v", list)
	}
}

// Every pair of all, also what only looks alike, is told with what speaks against it.
func TestDuplicatesAllAndBadCalls(t *testing.T) {
	t.Parallel()
	d := twinDesk(t)
	if list := d.pairs("--all"); len(list) == 0 || list[0].Data != nil {
		t.Errorf("before anything landed: %+v", list)
	}
	d.good()
	for _, p := range d.pairs("--all") {
		if p.B == "minzheng/supplies" && p.Score >= 0.5 {
			t.Errorf("the same codes make a duplicate: %+v", p)
		}
	}
	if e := d.guiji("catalog", "duplicates", "--min", "7", "--lang", "en"); e.code != 2 || !strings.Contains(e.errs, "from 0 to 1") {
		t.Errorf("exit code %d\n%s", e.code, e.all())
	}
	var once, again bytes.Buffer
	for _, out := range []*bytes.Buffer{&once, &again} {
		cmd := exec.Command("guiji", "-C", d.dir, "catalog", "duplicates", "--all", "--json")
		cmd.Env, cmd.Stdout = d.env, out
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(once.Bytes(), again.Bytes()) {
		t.Error("two calls give two answers")
	}
}
