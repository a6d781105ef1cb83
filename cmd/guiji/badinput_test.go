package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"testing"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
)

// trouble is one thing that is wrong with a project or a source after a good run.
type trouble struct {
	name    string
	cause   func(d *desk, server *mariadb.Server)
	code    int
	en, zh  []string
	partial bool // the other resource lands
}

// Everything a person can get wrong gives one clear error that names file or
// source and says what to do, in both languages; nothing lands in part.
func TestBadInput(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	for i, c := range slicesOf(fileTroubles(), sourceTroubles()) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, server, fmt.Sprintf("bad%d", i))
			d.good()
			was := d.releases()
			if c.cause(d, server); t.Failed() {
				return
			}
			for lang, wants := range map[string][]string{"en": c.en, "zh": c.zh} {
				before := d.head()
				e := d.guiji("run", "--lang", lang)
				if e.code != c.code {
					t.Errorf("%s: exit code %d, want %d", lang, e.code, c.code)
				}
				d.contains("guiji run --lang "+lang, e.all(), wants...)
				d.tidy()
				d.untouched(c, before)
			}
			now := d.releases()
			for key, body := range was {
				if now[key] != body {
					t.Errorf("%s was changed", key)
				}
			}
			d.files()
			if e := d.guiji("verify"); e.code != 0 {
				t.Errorf("verify: exit code %d\n%s", e.code, e.all())
			}
		})
	}
}

// untouched compares the head with that before a failed run.
func (d *desk) untouched(c trouble, before *lake.Release) {
	d.Helper()
	head := d.head()
	if !c.partial {
		if head.Version != before.Version {
			d.Errorf("release %d was made", head.Version)
		}
		return
	}
	if head.Version != before.Version+1 {
		d.Errorf("release %d, want %d: the other resource lands", head.Version, before.Version+1)
	}
	for _, name := range []string{"raw/gongan/resident", "standard/gongan/resident", "quality/gongan/resident/metrics"} {
		if was, now := before.Datasets[name], head.Datasets[name]; len(was.Files) == 0 || was.Files[0] != now.Files[0] {
			d.Errorf("%s was changed", name)
		}
	}
	if rec := d.last(); rec.Outcome != map[bool]string{true: lake.RunGated, false: lake.RunPartial}[c.code == 3] || rec.Kind == "" || rec.Reason == "" || rec.Resources["gongan/resident"].Reason == "" {
		d.Errorf("the record says %s, %q, %q", rec.Outcome, rec.Kind, rec.Reason)
	}
}

func slicesOf(lists ...[]trouble) []trouble {
	var out []trouble
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// fileTroubles are in the project directory: no run begins.
func fileTroubles() []trouble {
	unknown := func(file, old, now string) func(*desk, *mariadb.Server) {
		return func(d *desk, _ *mariadb.Server) { d.edit(file, old, now) }
	}
	return []trouble{
		{"unknown key in guiji.yaml", unknown("guiji.yaml", "name: lab", "nome: lab"), 2,
			[]string{`guiji.yaml:2: unknown key "nome"`}, []string{"guiji.yaml:2", `"nome"`}, false},
		{"unknown key in a connection", unknown("guiji.yaml", "connect_timeout", "conect_timeout"), 2,
			[]string{"guiji.yaml:6", `"conect_timeout"`}, []string{"guiji.yaml:6", `"conect_timeout"`}, false},
		{"unknown key in departments.yaml", unknown("departments.yaml", "code:", "cod:"), 2,
			[]string{`departments.yaml:2: unknown key "cod"`}, []string{"departments.yaml:2", `"cod"`}, false},
		{"unknown key in elements.yaml", unknown("elements.yaml", "standard:", "standart:"), 2,
			[]string{`elements.yaml:2: unknown key "standart"`}, []string{"elements.yaml:2", `"standart"`}, false},
		{"unknown key in entities.yaml", unknown("entities.yaml", "keys:", "key:"), 2,
			[]string{`entities.yaml:2: unknown key "key"`}, []string{"entities.yaml:2", `"key"`}, false},
		{"unknown key in an entry", unknown("catalog/gongan/resident.yaml", "label: 年龄", "lable: 年龄"), 2,
			[]string{"catalog/gongan/resident.yaml:", `unknown key "lable"`}, []string{"catalog/gongan/resident.yaml:", `"lable"`}, false},
		{"broken YAML", unknown("catalog/gongan/resident.yaml", "items:", "items: ]"), 2,
			[]string{"catalog/gongan/resident.yaml:"}, []string{"catalog/gongan/resident.yaml:"}, false},
		{"two resources with one code", unknown("catalog/gongan/house.yaml", "107001/000013", "107001/000012"), 2,
			[]string{"catalog/gongan/", "107001/000012"}, []string{"catalog/gongan/", "107001/000012"}, false},
		{"unknown connection", unknown("catalog/gongan/resident.yaml", "connection: gongan", "connection: nowhere"), 2,
			[]string{"catalog/gongan/resident.yaml", "nowhere"}, []string{"catalog/gongan/resident.yaml", "nowhere"}, false},
		{"unknown check", unknown("catalog/gongan/resident.yaml", "checks: [not_null]", "checks: [not_nul]"), 2,
			[]string{"catalog/gongan/resident.yaml", "not_nul"}, []string{"catalog/gongan/resident.yaml", "not_nul"}, false},
		{"unknown connector", unknown("guiji.yaml", "connector: mysql", "connector: oracle"), 2,
			[]string{"guiji.yaml", "oracle"}, []string{"guiji.yaml", "oracle"}, false},
		{"settings that cannot be", unknown("guiji.yaml", "defaults: {", "defaults: {parts: -3, batch: 0, memory: lots, "), 2,
			[]string{"guiji.yaml:10", "defaults.parts is -3", "defaults.batch is 0", "defaults.memory"}, []string{"guiji.yaml:10", "defaults.parts 为 -3", "例如 400MB"}, false},
		{"secret that is not set", unknown("guiji.yaml", "${LAB_PASSWORD}", "${LAB_NOTHING}"), 2,
			[]string{"LAB_NOTHING"}, []string{"LAB_NOTHING"}, false},
		{"no project at all", func(d *desk, _ *mariadb.Server) {
			if err := os.Remove(filepath.Join(d.dir, "guiji.yaml")); err != nil {
				d.Fatal(err)
			}
		}, 2, []string{"guiji.yaml"}, []string{"guiji.yaml"}, false},
	}
}

// sourceTroubles are at the source of one resource, or of all.
func sourceTroubles() []trouble {
	sql := func(statements ...string) func(*desk, *mariadb.Server) {
		return func(d *desk, s *mariadb.Server) {
			for _, q := range statements {
				s.Exec(d, fmt.Sprintf(q, d.database))
			}
		}
	}
	return []trouble{
		{"no such table", sql("RENAME TABLE %[1]s.t_person TO %[1]s.t_other"), 3,
			[]string{"t_person", "there is no such table", "compare the catalogue entry"}, []string{"t_person", "表不存在", "请核对目录条目"}, true},
		{"no such column", sql("ALTER TABLE %[1]s.t_person RENAME COLUMN nl TO nianling"), 3,
			[]string{"gongan/resident", "column nl is missing", "catalog/gongan/resident.yaml"}, []string{"gongan/resident", "源表缺少字段 nl", "更新目录条目"}, true},
		{"key became bytes", sql("ALTER TABLE %[1]s.t_person MODIFY id varbinary(40)"), 3,
			[]string{"gongan/resident", "column id was bigint(20) and is varbinary(40)", "up to date"}, []string{"字段 id 的类型", "更新目录条目"}, true},
		{"number became a picture", sql("ALTER TABLE %[1]s.t_person MODIFY nl longblob"), 3,
			[]string{"gongan/resident", "column nl was int(11) and is longblob", "up to date"}, []string{"字段 nl 的类型", "更新目录条目"}, true},
		{"wrong password", sql("SET PASSWORD FOR %[1]s = PASSWORD('another')"), 5,
			[]string{"refused the account", "check user and password of this connection in guiji.yaml"}, []string{"拒绝账号", "请核对 guiji.yaml"}, false},
		{"no right to select", sql("REVOKE SELECT ON %[1]s.* FROM %[1]s", "GRANT SELECT ON %[1]s.t_house TO %[1]s", "GRANT INSERT ON %[1]s.t_person TO %[1]s"), 5,
			[]string{"t_person", "lacks the right", "GRANT SELECT"}, []string{"t_person", "权限不足", "SELECT"}, true},
		{"no right to see the table", sql("REVOKE SELECT ON %[1]s.* FROM %[1]s", "GRANT SELECT ON %[1]s.t_house TO %[1]s"), 3,
			[]string{"t_person", "may not see it"}, []string{"t_person", "无权查看"}, true},
		{"no such database", func(d *desk, _ *mariadb.Server) { d.edit("guiji.yaml", "database: "+d.database, "database: elsewhere") }, 5,
			[]string{"elsewhere"}, []string{"elsewhere"}, false},
		{"server down", func(d *desk, _ *mariadb.Server) { d.edit("guiji.yaml", d.address, closedPort(d)) }, 4,
			[]string{"127.0.0.1:", "cannot be reached", "check address, network"}, []string{"127.0.0.1:", "无法连接", "请检查 address"}, false},
		{"folder that is not there", func(d *desk, _ *mariadb.Server) {
			d.edit("catalog/gongan/resident.yaml", "connection: gongan", "connection: files")
		}, 2,
			[]string{"drop", "check path in guiji.yaml"}, []string{"drop", "请检查 guiji.yaml"}, true},
		{"host that does not exist", func(d *desk, _ *mariadb.Server) { d.edit("guiji.yaml", d.address, "no-such-host.invalid:3306") }, 4,
			[]string{"no-such-host.invalid", "check address"}, []string{"no-such-host.invalid", "请检查 address"}, false},
	}
}

// closedPort is an address where nobody listens.
func closedPort(d *desk) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		d.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A run that fails whole still leaves its record, which says why.
func TestFailedRunIsRecorded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, mariadb.Shared(t), "failed")
	d.edit("guiji.yaml", d.address, closedPort(d))
	e := d.guiji("run", "--json", "--lang", "en")
	var recs []lake.RunRecord
	if err := json.Unmarshal([]byte(e.out), &recs); err != nil || len(recs) != 1 {
		t.Fatalf("%v: %s", err, e.out)
	}
	rec := d.last()
	if rec.ID != recs[0].ID || rec.Outcome != lake.RunFailed || rec.Kind != "unreachable" || rec.Reason == "" || rec.Release != 0 || rec.Ended.IsZero() {
		t.Errorf("record %s: %s %s %q", rec.ID, rec.Outcome, rec.Kind, rec.Reason)
	}
	for _, id := range []string{"gongan/resident", "gongan/house"} {
		if r := rec.Resources[id]; r.Outcome != lake.RunFailed || r.Reason == "" {
			t.Errorf("%s: %s %q", id, r.Outcome, r.Reason)
		}
	}
	if d.head() != nil {
		t.Errorf("a release was made: %v", maps.Keys(d.releases()))
	}
	d.tidy()
	if e := d.guiji("runs", "--lang", "zh"); e.code != 0 {
		t.Errorf("runs: exit code %d", e.code)
	}
}
