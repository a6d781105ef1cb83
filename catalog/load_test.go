package catalog

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/internal/text"
)

// project is a small project as an engineer would write it.
var project = map[string]string{
	"guiji.yaml": `name: dongchang
profiles: [{id: dongchang-2020, extended_by: 示例}, state-council-809-2025]
store: s3://127.0.0.1:9000/guiji
store_auth: {access_key: "${GUIJI_TEST_KEY}", secret_key: "${file:none}"}
connections:
  gongan: {connector: mysql, address: "10.1.2.3:3306", user: reader, password: "${GUIJI_TEST_PW}", max_connections: 2}
  renshe: {connector: csvfile, path: ./drop/renshe, encoding: gb18030}
pipelines:
  nightly: {cron: "0 22 * * *", resources: ["*"], gate: {max_failure_rate: 5%}}
`,
	"departments.yaml": `- {id: gongan, name: 区公安分局, code: 11371502MB28G1239K, contact: {name_of_office: 科技信息化科, email: kxk@example.test}}
`,
	"elements.yaml": `- {code: DE0001, name: 公民身份号码, column: citizen_id, entity: person, key: true, privacy: direct, authority: gongan/resident.citizen_id}
- code: DE0002
  name: 姓名
  column: name
  entity: person
  authority:
    - {item: minzheng/old.name, to: 2019-12-31}
    - {item: gongan/resident.name, from: 2020-01-01}
`,
	"entities.yaml": "- {id: person, name: 自然人, keys: [DE0001]}\n",
	"catalog/gongan/resident.yaml": `code: 107001/000012
name: 常住人口基本信息
version: 1
status: published
provider: gongan
category: [基础, 人口]
format: 数据库
update_cycle: 每日
legal_basis: 《中华人民共和国户口登记条例》第三条
share: {class: 有条件, condition: 履职需要, reason: 含个人信息, basis: 《中华人民共和国居民身份证法》第十九条, mode: [api]}
open:  {class: 不予, basis: 《中华人民共和国个人信息保护法》第二十五条}
source: {connection: gongan, table: t_person, key: [id]}
items:
  - {name: id, type: N(20)}
  - {name: citizen_id, label: 公民身份号码, column: sfzh, type: C(18), element: DE0001, privacy: direct, checks: [not_null, {length: {min: 2, max: 50}}]}
  - {name: name, label: 姓名, column: xm, type: C(50), element: DE0002, privacy: direct, standardize: [trim, {map_codes: gbt2261_1}],
     checks: [{in_codes: gbt2261_1}, {sql: "name <> ''", title: 姓名, indicator: 0402, severity: warning, on_fail: quarantine, id: own}]}
checks:
  - unique: [citizen_id, name]
    title: 重复
duplicates: {by: [citizen_id], keep: latest(id)}
gate: {max_failure_rate: 0.05}
published: 2026-01-05
`,
	"codes/gbt2261_1.csv": "\ufeffcode,name,alias,valid_from,valid_to\n1,男,男性|M,,\n2,女,女性,2020-01-01,2020-12-31\n",
	"catalog/README.md":   "notes",
}

// tree is a copy of the small project with changed files; "" removes one.
func tree(changes map[string]string) fstest.MapFS {
	all := maps.Clone(project)
	maps.Copy(all, changes)
	fsys := fstest.MapFS{}
	for name, body := range all {
		if body != "" {
			fsys[name] = &fstest.MapFile{Data: []byte(body)}
		}
	}
	return fsys
}

func TestLoad(t *testing.T) {
	p, errs := load(tree(nil), "dir")
	for _, err := range errs {
		t.Error(fault.Message(text.EN, err))
	}
	if len(errs) > 0 {
		t.FailNow()
	}
	r := p.Resource("gongan/resident")
	if r == nil {
		t.Fatal("gongan/resident is missing")
	}
	name := r.Item("name")
	checks := []struct{ what, got, want any }{
		{"profiles", p.Profiles, []ActiveProfile{{ID: "dongchang-2020", ExtendedBy: "示例"}, {ID: "state-council-809-2025"}}},
		{"default", p.Config.Timezone, "Asia/Shanghai"},
		{"gate", p.Config.Pipelines["nightly"].Gate, &Gate{MaxFailureRate: new(Rate(0.05))}},
		{"gate as a number", r.Gate, &Gate{MaxFailureRate: new(Rate(0.05))}},
		{"authority", p.Element("DE0001").Authority, Authority{{Item: "gongan/resident.citizen_id"}}},
		{"dated authority", p.Element("DE0002").Authority, Authority{{Item: "minzheng/old.name", To: "2019-12-31"}, {Item: "gongan/resident.name", From: "2020-01-01"}}},
		{"when empty", p.Element("DE0002").WhenEmpty, EmptyMeansEmpty},
		{"type", r.Item("id").Type, Type{Kind: Number, Precision: 20}},
		{"default column", r.Item("id").Column, "id"},
		{"column", name.Column, "xm"},
		{"unfit of a key", r.Item("id").Unfit, UnfitRow},
		{"unfit", name.Unfit, UnfitCell},
		{"keep", r.Duplicates, &Duplicates{By: []string{"citizen_id"}, Keep: KeepRule{"latest", "id"}}},
		{"steps", name.Standardize, []StepSpec{{Name: "trim", At: Pos{r.File, 16}}, {Name: "map_codes", Param: "gbt2261_1", At: Pos{r.File, 16}}}},
		{"bare check", r.Items[1].Checks[0].Kind, "not_null"},
		{"check id", r.Items[1].Checks[0].ID, "citizen_id.not_null"},
		{"own id", name.Checks[1].ID, "own"},
		{"a code keeps its zero", name.Checks[1].Indicator, "0402"},
		{"severity", name.Checks[1].Severity, "warning"},
		{"on_fail", name.Checks[1].OnFail, "quarantine"},
		{"default severity", name.Checks[0].Severity, "error"},
		{"place of a check", name.Checks[1].At, Pos{r.File, 17}},
		{"title", r.Checks[0].Title, "重复"},
		{"basis", r.Basis(name), "《中华人民共和国户口登记条例》第三条"},
		{"place of an item", p.at(r.File, "items[2].type"), Pos{r.File, 16}},
		{"place of what is not written", p.at(r.File, "items[2].held_since"), Pos{r.File, 16}},
	}
	for _, c := range checks {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (−want +got):\n%s", c.what, diff)
		}
	}
}

func TestCheckSpecDecode(t *testing.T) {
	p, errs := load(tree(nil), "dir")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	r := p.Resource("gongan/resident")
	length := struct {
		Min int `yaml:"min"`
		Max int `yaml:"max"`
	}{}
	if err := r.Items[1].Checks[1].Decode(&length); err != nil || length.Min != 2 || length.Max != 50 {
		t.Errorf("length decodes to %+v, %v", length, err)
	}
	var table string
	if err := r.Items[2].Checks[0].Decode(&table); err != nil || table != "gbt2261_1" {
		t.Errorf("in_codes decodes to %q, %v", table, err)
	}
	var list []string
	if err := r.Checks[0].Decode(&list); err != nil || !slices.Equal(list, []string{"citizen_id", "name"}) {
		t.Errorf("unique decodes to %q, %v", list, err)
	}
	narrow := struct {
		Min int `yaml:"min"`
	}{}
	err := r.Items[1].Checks[1].Decode(&narrow)
	if err == nil || !strings.Contains(err.Error(), r.File+":15") || !strings.Contains(err.Error(), `"max"`) {
		t.Errorf("an unknown parameter gives %v", err)
	}
	if err := r.Items[1].Checks[0].Decode(&narrow); err != nil {
		t.Errorf("a bare name: %v", err)
	}
}

type mysqlSettings struct {
	Address        string        `yaml:"address"`
	User           string        `yaml:"user"`
	Password       secret.Secret `yaml:"password"`
	MaxConnections int           `yaml:"max_connections"`
}

func TestConnectionDecode(t *testing.T) {
	p, errs := load(tree(nil), t.TempDir())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	c := p.Config.Connections["gongan"]
	if c.Name != "gongan" || c.Connector != "mysql" || c.At != (Pos{"guiji.yaml", 6}) {
		t.Errorf("connection is %s, %s, %v", c.Name, c.Connector, c.At)
	}
	var s mysqlSettings
	if err := c.Decode(&s, false); err != nil || s.MaxConnections != 2 || s.Password.Reveal() != "${GUIJI_TEST_PW}" {
		t.Errorf("without expansion: %+v, %v", s, err)
	}
	if err := c.Decode(&s, true); err == nil || !strings.Contains(err.Error(), "GUIJI_TEST_PW") || !strings.Contains(err.Error(), "gongan") {
		t.Errorf("a missing variable gives %v", err)
	}
	t.Setenv("GUIJI_TEST_PW", "0012")
	if err := c.Decode(&s, true); err != nil || s.Password.Reveal() != "0012" {
		t.Errorf("with expansion: %+v, %v", s, err)
	}
	var narrow struct {
		Address string `yaml:"address"`
		User    string `yaml:"user"`
	}
	err := c.Decode(&narrow, false)
	if err == nil || !strings.Contains(err.Error(), "guiji.yaml:6") || !strings.Contains(err.Error(), `"password"`) || !strings.Contains(err.Error(), `"max_connections"`) {
		t.Errorf("unknown settings give %v", err)
	}
}
