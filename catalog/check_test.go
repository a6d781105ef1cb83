package catalog

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/internal/text"
)

// when is a date at which both profiles are known and the older one is over.
var when = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

const (
	resident  = "catalog/gongan/resident.yaml"
	household = "catalog/minzheng/household.yaml"
	article   = "《东昌府区政务数据资源管理暂行办法》（东昌政办字〔2020〕12号）"
)

// second is an entry of another department: two subjects, a copy, a fallback.
const second = `code: 307002/000001
name: 低保家庭信息
version: 2
status: published
provider: minzheng
category: [部门, 民政]
format: 数据库
update_cycle: 每月
published: 2026-01-05
related: [107001/000012]
legal_basis: 《社会救助暂行办法》（国务院令第649号）
share: {class: 无条件}
open: {class: 不予, basis: 《中华人民共和国个人信息保护法》第二十五条}
source: {connection: renshe, table: t_household, key: [no]}
items:
  - {name: no, label: 证号, type: C(20)}
  - {name: head_id, label: 户主号码, type: C(18), element: DE0001, privacy: direct}
  - {name: head_name, label: 户主姓名, type: C(50), privacy: direct, role: copy, held_since: 2020-11-01, clean_up_by: 2030-12-31, legal_basis: 《社会救助暂行办法》第十一条}
  - {name: income, label: 收入, type: "N(12,2)"}
subjects:
  - {entity: person, as: head, key: head_id, items: {DE0001: head_id, DE0002: head_name}}
vote: latest(no)
lookup_key: [no]
`

// checked loads the small project with changes and judges it.
func checked(t *testing.T, changes map[string]string) (*Project, []Violation) {
	t.Helper()
	p, errs := load(tree(changes), "dir")
	for _, err := range errs {
		t.Error(err)
	}
	if len(errs) > 0 {
		t.FailNow()
	}
	return p, p.Check(when)
}

// full is the small project with a second department; edits are pairs of old and
// new text in one file.
func full(t *testing.T, file string, edits ...string) map[string]string {
	t.Helper()
	changes := map[string]string{
		household: second,
		departmentsFile: project[departmentsFile] + `- {id: minzheng, name: 区民政局, code: 11371502MB28G1240Q, parent: gongan, contact: {name_of_office: 办公室}}
`,
	}
	for i := 0; i+1 < len(edits); i += 2 {
		body, ok := changes[file]
		if !ok {
			body = project[file]
		}
		if !strings.Contains(body, edits[i]) {
			t.Fatalf("%s does not hold %q", file, edits[i])
		}
		changes[file] = strings.Replace(body, edits[i], edits[i+1], 1)
	}
	return changes
}

func describe(vs []Violation) string {
	var b strings.Builder
	for _, v := range vs {
		b.WriteString("\n  " + string(v.Severity) + " " + v.At.String() + " " + string(v.Key) + ": " + v.Message(text.EN) + " | " + v.Message(text.ZH) + " | " + v.Basis)
	}
	return b.String()
}

func TestCheckIsContentWithTheProject(t *testing.T) {
	for _, changes := range []map[string]string{nil, full(t, "")} {
		_, vs := checked(t, changes)
		if len(vs) != 1 || vs[0].Key != "catalog.check.profile.extended" || vs[0].Severity != Note {
			t.Errorf("want the note on the profile's term alone, have:%s", describe(vs))
		}
		if Failed(vs) {
			t.Error("a note counts as an error")
		}
	}
}

// violation is one edit that breaks one rule.
type violation struct {
	file  string
	edits []string
	key   text.Key // without catalog.check.
	at    string   // file:line
	basis string   // "" for rules of the platform's own
}

var violations = []violation{
	// guiji.yaml
	{configFile, []string{"name: dongchang\n", ""}, "project.name", "guiji.yaml:1", ""},
	{configFile, []string{"store: s3:", "store: ftp:"}, "store", "guiji.yaml:3", ""},
	{configFile, []string{"name: dongchang\n", "name: dongchang\ntimezone: Asia/Liaocheng\n"}, "timezone", "guiji.yaml:2", ""},
	{configFile, []string{"name: dongchang\n", "name: dongchang\nlang: fr\n"}, "lang", "guiji.yaml:2", ""},
	{configFile, []string{"state-council-809-2025", "state-council-810"}, "profile", "guiji.yaml:2", ""},
	{configFile, []string{"0 22 * * *", "every night"}, "cron", "guiji.yaml:9", ""},
	{configFile, []string{`resources: ["*"], `, ""}, "pipeline.empty", "guiji.yaml:9", ""},
	{configFile, []string{"  nightly:", "  ../../nightly:"}, "pipeline.name", "guiji.yaml:9", ""},
	{configFile, []string{"  nightly:", "  每夜:"}, "pipeline.name", "guiji.yaml:9", ""},
	{configFile, []string{"  nightly:", "  Nightly:"}, "pipeline.name", "guiji.yaml:9", ""},
	{configFile, []string{`["*"]`, `["*", "shuiwu/*"]`}, "pipeline.unknown", "guiji.yaml:9", ""},
	{configFile, []string{"pipelines:\n", "pipelines:\n  again: {resources: [gongan/resident]}\n"}, "pipeline.twice", "guiji.yaml:10", ""},
	// departments.yaml
	{departmentsFile, []string{"id: gongan", "id: GongAn"}, "department.id", "departments.yaml:1", ""},
	{departmentsFile, []string{"id: minzheng", "id: gongan"}, "department.twice", "departments.yaml:2", ""},
	{departmentsFile, []string{"name: 区民政局", "name: ''"}, "department.name", "departments.yaml:2", guide},
	{departmentsFile, []string{"1240Q", "1240"}, "department.code", "departments.yaml:2", creditRule},
	{departmentsFile, []string{"1240Q", "1240U"}, "department.code.check", "departments.yaml:2", creditRule},
	{departmentsFile, []string{"11371502MB28G1240Q", "11371502MB28G1239K"}, "department.code.twice", "departments.yaml:2", creditRule},
	{departmentsFile, []string{"parent: gongan", "parent: nobody"}, "department.parent", "departments.yaml:2", article + "第七条"},
	{departmentsFile, []string{"name: 区公安分局", "name: 区公安分局, parent: minzheng"}, "department.cycle", "departments.yaml:1", article + "第七条"},
	{departmentsFile, []string{"parent: gongan", "parent: minzheng"}, "department.cycle", "departments.yaml:2", article + "第七条"},
	// entities.yaml
	{entitiesFile, []string{"id: person", "id: Person"}, "entity.id", "entities.yaml:1", ""},
	{entitiesFile, []string{"- {id: person", "- {id: person, name: 人, keys: [DE0001]}\n- {id: person"}, "entity.twice", "entities.yaml:2", ""},
	{entitiesFile, []string{"name: 自然人", "name: ''"}, "entity.name", "entities.yaml:1", ""},
	{entitiesFile, []string{", keys: [DE0001]", ""}, "entity.keys", "entities.yaml:1", ""},
	{entitiesFile, []string{"[DE0001]", "[DE0001, DE0404]"}, "element.unknown", "entities.yaml:1", guide},
	{entitiesFile, []string{"- {id: person", "- {id: place, name: 地点, keys: [DE0002]}\n- {id: person"}, "entity.key", "entities.yaml:1", ""},
	// elements.yaml
	{elementsFile, []string{"code: DE0002", "code: DE0001"}, "element.code", "elements.yaml:2", guide},
	{elementsFile, []string{"  name: 姓名\n", ""}, "element.name", "elements.yaml:2", guide},
	{elementsFile, []string{"column: name", "column: 姓名"}, "element.column", "elements.yaml:4", ""},
	{elementsFile, []string{"column: name", "column: citizen_id"}, "element.column.twice", "elements.yaml:4", ""},
	{elementsFile, []string{"entity: person\n", "entity: animal\n"}, "entity.unknown", "elements.yaml:5", ""},
	{elementsFile, []string{"from: 2020-01-01", "from: 2019-12-31"}, "authority.two", "elements.yaml:7", article + "第十七条第二款；《政务数据共享条例》（国务院令第809号）"},
	{elementsFile, []string{"from: 2020-01-01", "from: 2020-02-30"}, "authority.dates", "elements.yaml:8", article + "第十七条第二款；《政务数据共享条例》（国务院令第809号）"},
	{elementsFile, []string{"from: 2020-01-01", "from: 2020-01-01, to: 2019-01-01"}, "authority.dates", "elements.yaml:8", article + "第十七条第二款；《政务数据共享条例》（国务院令第809号）"},
	{elementsFile, []string{"gongan/resident.name", "gongan/resident.nick"}, "ref", "elements.yaml:8", guide},
	{elementsFile, []string{"gongan/resident.name", "resident.name"}, "ref", "elements.yaml:8", guide},
	{elementsFile, []string{"gongan/resident.name", "gongan/resident.citizen_id"}, "ref.element", "elements.yaml:8", guide},
	{elementsFile, []string{"gongan/resident.name", "minzheng/household.head_name"}, "ref.copy", "elements.yaml:8", guide},
	{elementsFile, []string{"  entity: person\n", "  entity: person\n  when_empty: fallback\n"}, "fallback.none", "elements.yaml:6", ""},
	{elementsFile, []string{"  entity: person\n", "  entity: person\n  fallback: [nowhere/x.y]\n"}, "ref", "elements.yaml:6", guide},
	{elementsFile, []string{"  entity: person\n", "  entity: person\n  fallback: [gongan/resident.name]\n"}, "fallback.authority", "elements.yaml:6", ""},
	// the entry: what it is called
	{resident, []string{"provider: gongan", "provider: minzheng"}, "provider.folder", resident + ":5", guide},
	{departmentsFile, []string{"id: minzheng", "id: minzheng_ju"}, "provider", household + ":5", guide},
	{resident, []string{"107001/000012", "0402"}, "code", resident + ":1", guide},
	{resident, []string{"107001/000012", "107001-000012"}, "code", resident + ":1", guide},
	{resident, []string{"107001/000012", "407001/000012"}, "code", resident + ":1", guide},
	{resident, []string{"107001/000012", "307001/000012"}, "code.category", resident + ":1", guide},
	{household, []string{"code: 307002/000001", "code: 107001/000012"}, "code.twice", household + ":1", guide},
	{resident, []string{"name: 常住人口基本信息", "name: ''"}, "name", resident + ":2", guide},
	{resident, []string{"version: 1", "version: 0"}, "version", resident + ":3", article + "第十四条"},
	{resident, []string{"[基础, 人口]", "[人口]"}, "category", resident + ":6", guide},
	{resident, []string{"[基础, 人口]", "[基础, 民政]"}, "theme", resident + ":6", guide},
	{resident, []string{"[基础, 人口]", "[基础]"}, "theme", resident + ":6", guide},
	{resident, []string{"format: 数据库", "format: mysql"}, "format", resident + ":7", guide},
	{resident, []string{"每日", "有时"}, "cycle", resident + ":8", guide},
	{household, []string{"2026-01-05", "2026-1-5"}, "date", household + ":9", guide},
	{household, []string{"[107001/000012]", "[107001]"}, "code", household + ":10", guide},
	// terms
	{resident, []string{"share: {class: 有条件", "share: {class: 有条件共享"}, "share.class", resident + ":10", article + "第十九条第三款"},
	{resident, []string{"reason: 含个人信息, ", ""}, "share.reason", resident + ":10", article + "第十九条第三款"},
	{resident, []string{"condition: 履职需要, ", ""}, "share.condition", resident + ":10", guide},
	{resident, []string{"basis: 《中华人民共和国居民身份证法》第十九条, ", ""}, "share.basis", resident + ":10", article + "第十九条第三款"},
	{resident, []string{"《中华人民共和国居民身份证法》第十九条", "工作需要"}, "share.kind", resident + ":10", article + "第十九条第三款"},
	{resident, []string{"open:  {class: 不予", "open:  {class: 不予开放"}, "open.class", resident + ":11", article + "第二十二条第二款"},
	{resident, []string{", basis: 《中华人民共和国个人信息保护法》第二十五条", ""}, "open.basis", resident + ":11", article + "第二十二条第二款"},
	{resident, []string{"《中华人民共和国个人信息保护法》第二十五条", "《居住证管理办法》（公安部令第1号）"}, "open.kind", resident + ":11", article + "第二十二条第二款"},
	{resident, []string{"open:  {class: 不予", "open:  {class: 有条件"}, "open.condition", resident + ":11", guide},
	// items
	{resident, []string{"- {name: id,", "- {name: 编号,"}, "item.name", resident + ":14", guide},
	{resident, []string{"- {name: id,", "- {name: _id,"}, "item.name", resident + ":14", guide},
	{resident, []string{"- {name: id,", "- {name: id_raw,"}, "item.reserved", resident + ":14", guide},
	{resident, []string{"- {name: id,", "- {name: id__from,"}, "item.reserved", resident + ":14", guide},
	{resident, []string{"- {name: citizen_id,", "- {name: ID, type: D}\n  - {name: citizen_id,"}, "item.twice", resident + ":15", guide},
	{resident, []string{"- {name: id, type: N(20)}", "- {name: id}"}, "item.type", resident + ":14", guide},
	{resident, []string{"legal_basis: 《中华人民共和国户口登记条例》第三条\n", ""}, "item.basis", resident + ":13", article + "第十七条第一款"},
	{resident, []string{"element: DE0002", "element: DE0404"}, "element.unknown", resident + ":16", guide},
	{resident, []string{"element: DE0001, privacy: direct", "element: DE0001"}, "item.privacy", resident + ":15", article + "第二十八条第二款"},
	{resident, []string{"element: DE0001, privacy: direct", "element: DE0001, privacy: quasi"}, "item.privacy", resident + ":15", article + "第二十八条第二款"},
	{household, []string{second, strings.Replace(second[:strings.Index(second, "items:")], ", key: [no]", "", 1)}, "items.none", household + ":1", guide},
	{household, []string{"held_since: 2020-11-01, ", ""}, "held", household + ":18", article + "第十七条第二款；《政务数据共享条例》（国务院令第809号）"},
	{household, []string{"held_since: 2020-11-01", "held_since: 2026-11-23"}, "held.since", household + ":18", article + "第十七条第二款；《政务数据共享条例》（国务院令第809号）"},
	{household, []string{"2030-12-31", "2020-10-31"}, "held.since", household + ":18", article + "第十七条第二款；《政务数据共享条例》（国务院令第809号）"},
	{household, []string{"clean_up_by: 2030-12-31, ", ""}, "held", household + ":18", article + "第十七条第二款；《政务数据共享条例》（国务院令第809号）"},
	{household, []string{", legal_basis: 《社会救助暂行办法》第十一条", ""}, "held", household + ":18", article + "第十七条第二款；《政务数据共享条例》（国务院令第809号）"},
	{household, []string{"2030-12-31", "2030"}, "date", household + ":18", article + "第十七条第二款；《政务数据共享条例》（国务院令第809号）"},
	{household, []string{", DE0002: head_name", ""}, "copy.element", household + ":18", article + "第十七条第二款；《政务数据共享条例》（国务院令第809号）"},
	{household, []string{"key: [no]", "key: [no, head_name]"}, "copy.key", household + ":18", ""},
	{household, []string{"privacy: direct, role: copy", "role: copy", "{DE0001: head_id, DE0002: head_name}", "{DE0001: head_id, DE0002: head_name, DE0003: head_name}"}, "element.unknown", household + ":21", guide},
	// what is named must be there
	{household, []string{"connection: renshe", "connection: minzheng"}, "connection", household + ":14", ""},
	{household, []string{"table: t_household, ", ""}, "table", household + ":14", ""},
	{household, []string{"key: [no]", "key: [nr]"}, "item.none", household + ":14", ""},
	{household, []string{"key: [no]", "key: [no, no]"}, "item.again", household + ":14", ""},
	{household, []string{"latest(no)", "latest(nr)"}, "item.none", household + ":22", ""},
	{household, []string{"lookup_key: [no]", "lookup_key: [nr]"}, "item.none", household + ":23", ""},
	{household, []string{"lookup_key: [no]", "lookup_key: [no, head_name]"}, "lookup.copy", household + ":23", ""},
	{resident, []string{"by: [citizen_id]", "by: [citizen]"}, "item.none", resident + ":21", ""},
	{resident, []string{"by: [citizen_id], ", ""}, "duplicates", resident + ":21", ""},
	{resident, []string{", keep: latest(id)", ""}, "keep", resident + ":21", ""},
	{resident, []string{"latest(id)", "latest(updated_at)"}, "item.none", resident + ":21", ""},
	{household, []string{"entity: person, as", "entity: animal, as"}, "entity.unknown", household + ":21", ""},
	{household, []string{"key: head_id", "key: head"}, "item.none", household + ":21", ""},
	{household, []string{"DE0002: head_name", "DE0002: head_name, DE0404: no"}, "element.unknown", household + ":21", guide},
	{household, []string{"DE0001: head_id", "DE0001: head"}, "item.none", household + ":21", ""},
	{household, []string{"subjects:\n", "subjects:\n  - {entity: person, as: head, key: head_id}\n"}, "subject.twice", household + ":22", ""},
	// checks
	{resident, []string{"indicator: 0402", "indicator: 0901"}, "indicator", resident + ":17", qualityGB},
	{resident, []string{"id: own", "id: name.in_codes"}, "rule.twice", resident + ":17", qualityGB},
}

func TestCheckTellsEveryViolation(t *testing.T) { tellsEvery(t, violations) }

// tellsEvery judges the small project with each edit: it must break that rule, there.
func tellsEvery(t *testing.T, cases []violation) {
	t.Helper()
	for _, c := range cases {
		t.Run(string(c.key)+" "+strings.Join(c.edits, "→"), func(t *testing.T) {
			_, vs := checked(t, full(t, c.file, c.edits...))
			i := slices.IndexFunc(vs, func(v Violation) bool {
				return v.Key == "catalog.check."+c.key && (c.at == "" || v.At.String() == c.at) && v.Basis == c.basis && v.Severity == Error
			})
			if i < 0 {
				t.Fatalf("no error %s at %s by %s among:%s", c.key, c.at, c.basis, describe(vs))
			}
			for _, lang := range []text.Lang{text.EN, text.ZH} {
				if m := vs[i].Message(lang); strings.Contains(m, "%!") || m == "" {
					t.Errorf("message in %s: %s", lang, m)
				}
			}
		})
	}
}

// An item without an element of its own is personal by what a subject says of it.
func TestPersonalBySubject(t *testing.T) {
	changes := full(t, household, "type: C(50), privacy: direct", "type: C(50)")
	changes[elementsFile] = strings.Replace(project[elementsFile], "  entity: person\n", "  entity: person\n  privacy: direct\n", 1)
	_, vs := checked(t, changes)
	if !slices.ContainsFunc(vs, func(v Violation) bool {
		return v.Key == "catalog.check.item.privacy" && v.Item == "head_name" && v.At.File == household
	}) {
		t.Errorf("no violation of head_name among:%s", describe(vs))
	}
}

// Not every violation is an error.
func TestCheckWarnsAndNotes(t *testing.T) {
	cases := []struct {
		file     string
		edits    []string
		key      text.Key
		severity Severity
	}{
		{configFile, []string{", extended_by: 示例", ""}, "catalog.check.profile.over", Warning},
		{household, []string{"published: 2026-01-05\n", ""}, "catalog.check.published", Warning},
		{configFile, []string{"${GUIJI_TEST_PW}", "hunter2"}, "catalog.check.secret.plain", Warning},
		{configFile, []string{"path: ./drop/renshe", "auth: {key: {secret: hunter2}}"}, "catalog.check.secret.plain", Warning},
		{configFile, []string{"${file:none}", "hunter2"}, "catalog.check.secret.plain", Warning},
		{elementsFile, []string{"- code: DE0002", "- {code: DE0009, name: 收入, column: income, entity: family, authority: minzheng/household.income}\n- code: DE0002"}, "catalog.check.subject.none", Warning},
		{configFile, []string{`["*"]`, `["gongan/*"]`}, "catalog.check.pipeline.none", Warning},
		{departmentsFile, []string{"name_of_office: 办公室", "phone: '1'"}, "catalog.check.department.contact", Warning},
		{elementsFile, []string{"    - {item: gongan/resident.name, from: 2020-01-01}\n", ""}, "catalog.check.authority.none", Warning},
		{resident, []string{"status: published", "status: withdrawn"}, "catalog.check.authority.unpublished", Warning},
		{resident, []string{"open:  {class: 不予", "open:  {class: 无条件"}, "catalog.check.open.personal", Warning},
		{household, []string{"label: 收入", "label: 密级"}, "catalog.check.secret.column", Warning},
		{household, []string{"status: published", "status: draft", "format: 数据库", "format: x"}, "catalog.check.format", Warning},
	}
	for _, c := range cases {
		changes := full(t, c.file, c.edits...)
		if c.key == "catalog.check.subject.none" {
			changes[entitiesFile] = project[entitiesFile] + "- {id: family, name: 家庭, keys: [DE0010]}\n"
			changes[elementsFile] += "- {code: DE0010, name: 证号, column: no, entity: family, key: true, authority: minzheng/household.no}\n"
			changes[household] = strings.Replace(strings.Replace(second, "type: C(20)", "type: C(20), element: DE0010", 1), "label: 收入", "label: 收入, element: DE0009", 1)
		}
		_, vs := checked(t, changes)
		if !slices.ContainsFunc(vs, func(v Violation) bool { return v.Key == c.key && v.Severity == c.severity }) {
			t.Errorf("%v: no %s %s among:%s", c.edits, c.severity, c.key, describe(vs))
		}
		if Failed(vs) {
			t.Errorf("%v: an error among:%s", c.edits, describe(vs))
		}
	}
}

func TestCheckNotesAProfileToCome(t *testing.T) {
	p, errs := load(tree(nil), "dir")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	vs := p.Check(time.Date(2021, 3, 1, 0, 0, 0, 0, time.UTC))
	if len(vs) != 1 || vs[0].Key != "catalog.check.profile.early" || vs[0].Severity != Note {
		t.Errorf("in 2021, want a note on the regulation to come, have:%s", describe(vs))
	}
}

func TestSecrecy(t *testing.T) {
	cases := []struct {
		name, summary string
		key           text.Key // "" is accepted
	}{
		{"国家秘密载体清单", "", "secret"},
		{"机密文件目录", "", "secret"},
		{"绝密级设施", "", "secret"},
		{"常住人口", "含国家秘密的部分", "secret"},
		{"常住人口", "秘密级以上", "secret"},
		{"涉密人员", "", "secret"},
		{"政府信息公开目录", "", "disclosure"},
		{"依申请公开办理情况", "", "disclosure"},
		{"主动公开文件", "", "disclosure"},
		{"常住人口", "不含国家秘密", ""},
		{"常住人口", "不涉及国家秘密和商业秘密", ""},
		{"常住人口", "不涉密", ""},
		{"常住人口", "非涉密数据", ""},
		{"商业秘密保护示范点", "", ""},
		{"国家秘密载体印制资质单位名录", "", ""},
		{"企业信息公示", "", ""},
		{"环境信息公开", "企业环境信息", ""},
		{"系统等级保护", "关注数据的机密性、完整性", ""},
		{"常住人口", "不含国家秘密，但附机密材料", "secret"},
	}
	for _, c := range cases {
		_, vs := checked(t, full(t, resident, "name: 常住人口基本信息", "name: "+c.name+"\nsummary: "+c.summary))
		var got text.Key
		for _, v := range vs {
			if v.Severity == Error {
				got = v.Key
				if v.Basis != article+"第二条第二款" {
					t.Errorf("%s %s: by %s", c.name, c.summary, v.Basis)
				}
			}
		}
		if want := c.key; want == "" && got != "" || want != "" && got != "catalog.check."+want {
			t.Errorf("%s %s: %q, want %q", c.name, c.summary, got, c.key)
		}
	}
	// a draft is no excuse: registering is refused
	_, vs := checked(t, full(t, resident, "name: 常住人口基本信息", "name: 机密文件目录", "status: published", "status: draft"))
	if !Failed(vs) {
		t.Errorf("a draft that holds secrets passes:%s", describe(vs))
	}
}

// Without a profile the national guide is cited, and only a basis is asked for.
func TestCheckWithoutProfiles(t *testing.T) {
	_, vs := checked(t, full(t, configFile, "profiles: [{id: dongchang-2020, extended_by: 示例}, state-council-809-2025]\n", ""))
	if len(vs) != 0 {
		t.Errorf("violations:%s", describe(vs))
	}
	changes := full(t, configFile, "profiles: [{id: dongchang-2020, extended_by: 示例}, state-council-809-2025]\n", "")
	changes[resident] = strings.Replace(project[resident], "reason: 含个人信息, ", "", 1)
	_, vs = checked(t, changes)
	if len(vs) != 1 || vs[0].Basis != guide {
		t.Errorf("want one violation by the guide, have:%s", describe(vs))
	}
}
