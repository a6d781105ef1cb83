package pipelines_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
	"guiji/pipelines"
)

const visitYAML = `
code: 304001/000001
name: 网格走访信息
version: 1
status: published
provider: jiedao
category: [部门, 基层治理]
format: 数据库
update_cycle: 每日
legal_basis: 《中华人民共和国地方各级人民代表大会和地方各级人民政府组织法》
share: {class: 无条件}
open:  {class: 不予, basis: 《中华人民共和国个人信息保护法》第二十五条}
source: {connection: gongan, table: t_visit, key: [id]}
items:
  - {name: id, type: N(18)}
  - {name: citizen_id, column: sfzh, type: C(18), element: DE0001, privacy: direct}
  - {name: their_name, column: xm, type: C(50), element: DE0002, privacy: direct, role: copy, held_since: 2020-03-01, clean_up_by: 2099-12-31, legal_basis: 《村民委员会组织法》}
  - {name: other_name, column: cym, type: C(50), element: DE0002, privacy: direct}
`

const visitAuthorised = `
- id: SQ-1
  reason: 紧急
  approver: 区政府办公室
  document: 东昌政办字〔2026〕18号
  resource: jiedao/visit
  items: [{name: contact, label: 紧急联系人, column: jjlxr, type: C(20)}]
  expires: 2026-12-31
`

// What is asked of the server, by its own log: the columns of the catalogue, of copies
// and, for its time, of an authorisation; never a refused item's column, nor one that
// nobody named.
func TestOnlyNamedColumnsAreRead(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	server.Exec(t, "CREATE TABLE hukou.t_visit (id bigint PRIMARY KEY, sfzh varchar(18), xm varchar(50), cym varchar(50), jjlxr varchar(20), bz varchar(20))",
		"INSERT INTO hukou.t_visit VALUES (1, '"+id1+"', '张三', '阿三', '联系人', '备注')")
	p := newProject(t, server)
	p.write(t, "departments.yaml", departmentsYAML+"- {id: jiedao, name: 街道, code: 11371502MB28G6785W, contact: {name_of_office: 网格中心}}\n")
	p.write(t, "catalog/jiedao/visit.yaml", visitYAML)
	p.write(t, "decisions/authorisations.yaml", visitAuthorised)
	for _, c := range []struct {
		day  string
		read []string
		raw  []string
	}{
		{"2026-12-31", []string{"sfzh", "xm", "jjlxr"}, []string{"their_name", "contact"}},
		{"2027-01-01", []string{"sfzh", "xm"}, []string{"their_name"}},
	} {
		p.now = func() time.Time { at, _ := time.Parse(time.DateOnly, c.day); return at.Add(10 * time.Hour) }
		asked := logged(t, server, "`t_visit`", func() {
			if rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); err != nil || rec.Outcome != lake.RunOK {
				t.Fatalf("run: %+v, %v", rec, err)
			}
		})
		for _, column := range []string{"sfzh", "xm", "cym", "jjlxr", "bz"} {
			if read := strings.Contains(asked, "`"+column+"`"); read != slices.Contains(c.read, column) {
				t.Errorf("on %s column %s is read: %v\n%s", c.day, column, read, asked)
			}
		}
		if strings.Contains(asked, "*") {
			t.Errorf("everything is asked for:\n%s", asked)
		}
		p.setAside(t, c.raw)
	}
	p.same(t, "raw/jiedao/visit", "SELECT their_name FROM {}", [][]any{{"张三"}})
	if got := p.release(t).Resources["jiedao/visit"].Refused; !slices.Equal(got, []string{"jiedao/visit.other_name"}) {
		t.Errorf("refused: %v", got)
	}
}

// setAside tells of columns that should stand in raw alone, and of any that is missing there.
func (p *testProject) setAside(t *testing.T, want []string) {
	t.Helper()
	for name, d := range p.release(t).Datasets {
		var have []string
		for _, c := range d.Columns {
			if slices.Contains([]string{"their_name", "other_name", "contact"}, c.Name) {
				have = append(have, c.Name)
			}
		}
		if name == "raw/jiedao/visit" && !slices.Equal(have, want) || name != "raw/jiedao/visit" && len(have) > 0 {
			t.Errorf("dataset %s has %v", name, have)
		}
	}
}

// logged is what a server was asked that names a table as its rows are read: in backquotes.
func logged(t *testing.T, server *mariadb.Server, table string, f func()) string {
	t.Helper()
	server.Exec(t, "SET GLOBAL log_output = 'TABLE'", "TRUNCATE mysql.general_log", "SET GLOBAL general_log = ON")
	f()
	server.Exec(t, "SET GLOBAL general_log = OFF")
	rows, err := server.DB().Query("SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log WHERE argument LIKE CONCAT('%', ?, '%') AND command_type IN ('Query', 'Execute', 'Prepare')", table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var statement string
		if err := rows.Scan(&statement); err != nil {
			t.Fatal(err)
		}
		out = append(out, statement)
	}
	if rows.Err() != nil || len(out) == 0 {
		t.Fatalf("the log of %s: %d statements, %v", table, len(out), rows.Err())
	}
	return strings.Join(out, "\n")
}
