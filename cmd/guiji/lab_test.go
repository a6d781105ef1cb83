package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/internal/testkit/mariadb"
	"guiji/lake"
	"guiji/lake/localdir"
)

// password is that of the account the tests' projects sign in with; it must never
// be seen in any output.
const password = "c4nary-Kennwort-7731"

const (
	labConfig = `
name: lab
profiles: [state-council-809-2025]
store: %[1]s
%[2]sconnections:
  gongan: {connector: mysql, address: "%[3]s", database: %[4]s, user: %[4]s, password: "${LAB_PASSWORD}", connect_timeout: 3s}
  files: {connector: csvfile, path: ./drop}
pipelines:
  nightly: {resources: ["*"], gate: {max_failure_rate: 90%%}}
defaults: {scratch: %[5]s}
`
	labDepartments = `
- {id: gongan, name: 聊城市公安局东昌府分局, code: 11371502MB28G1239K, contact: {name_of_office: 科技信息化科}}
`
	labElements = `
- {code: DE0001, name: 公民身份号码, column: citizen_id, entity: person, key: true, privacy: direct, standard: GB 11643, authority: gongan/resident.citizen_id}
- {code: DE0002, name: 姓名, column: name, entity: person, privacy: direct, authority: gongan/resident.name}
`
	labEntities = `
- {id: person, name: 自然人, keys: [DE0001]}
`
	labHead = `
code: %[1]s
name: %[2]s
version: 1
status: published
published: 2026-01-01
provider: gongan
category: [基础, 人口]
format: 数据库
update_cycle: 每日
legal_basis: 《中华人民共和国户口登记条例》第三条
share: {class: 有条件, condition: 履职需要, reason: 含个人信息, basis: 《中华人民共和国居民身份证法》第十九条, mode: [api]}
open:  {class: 不予, basis: 《中华人民共和国个人信息保护法》第二十五条}
`
	labResident = `
source: {connection: gongan, table: t_person, key: [id]}
items:
  - {name: id, label: 编号, type: N(20)}
  - {name: citizen_id, label: 公民身份号码, column: sfzh, type: C(18), element: DE0001, privacy: direct}
  - {name: name, label: 姓名, column: xm, type: C(50), element: DE0002, privacy: direct, checks: [not_null]}
  - {name: age, label: 年龄, column: nl, type: N(3), checks: [{range: {min: 0, max: 150}}]}
`
	labHouse = `
source: {connection: gongan, table: t_house, key: [id]}
items:
  - {name: id, label: 编号, type: N(20)}
  - {name: address, label: 地址, column: dz, type: C(200), privacy: quasi}
`
)

// desk is a project directory worked on with the real program. Its first release
// holds two resources of one MySQL connection, 3 and 2 rows.
type desk struct {
	*testing.T
	dir, scratch string
	database     string // and account
	address      string
	env          []string
	program      string              // "": that of this test
	store        func() lake.Objects // the store, looked at from outside
}

// newDesk makes the project, its database and its account on a server.
func newDesk(t *testing.T, server *mariadb.Server, name string) *desk {
	t.Helper()
	d := &desk{T: t, dir: t.TempDir(), database: name, address: server.Address}
	d.scratch = filepath.Join(t.TempDir(), "scratch")
	if err := os.Mkdir(d.scratch, 0o700); err != nil {
		t.Fatal(err)
	}
	d.env = append(os.Environ(), "LAB_PASSWORD="+password, "LANG=C.UTF-8", "LC_ALL=")
	d.store = func() lake.Objects {
		o, err := localdir.Open(filepath.Join(d.dir, "lake"))
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	server.Exec(t, "CREATE OR REPLACE DATABASE "+name, "CREATE OR REPLACE USER "+name+"@'%' IDENTIFIED BY '"+password+"'", "GRANT SELECT ON "+name+".* TO "+name+"@'%'",
		"CREATE TABLE "+name+".t_person (id bigint, sfzh varchar(40), xm varchar(50), nl int)",
		"INSERT INTO "+name+".t_person VALUES (1, '371502199001010012', '张三', 30), (2, '371502199203040023', '李四', 31), (3, '371502198507150034', '王五', 32)",
		"CREATE TABLE "+name+".t_house (id bigint PRIMARY KEY, dz varchar(200))",
		"INSERT INTO "+name+".t_house VALUES (1, '柳园南路1号'), (2, '柳园南路2号')")
	d.files()
	return d
}

// files writes the project as it is before anything is wrong with it.
func (d *desk) files() {
	d.Helper()
	d.config("file://./lake", "", d.address)
	d.write("departments.yaml", labDepartments)
	d.write("elements.yaml", labElements)
	d.write("entities.yaml", labEntities)
	d.entry("gongan/resident", "107001/000012", "常住人口基本信息", labResident)
	d.entry("gongan/house", "107001/000013", "房屋信息", labHouse)
}

// config writes guiji.yaml; more stands between store and connections.
func (d *desk) config(store, more, address string) {
	d.Helper()
	d.write("guiji.yaml", fmt.Sprintf(labConfig, store, more, address, d.database, d.scratch))
}

// entry writes a catalogue entry.
func (d *desk) entry(id, code, name, rest string) {
	d.Helper()
	d.write("catalog/"+id+".yaml", fmt.Sprintf(labHead, code, name)+rest)
}

func (d *desk) write(name, content string) {
	d.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		d.Fatal(err)
	}
}

// edit replaces a text in a project file; it must be there.
func (d *desk) edit(name, old, now string) {
	d.Helper()
	b, err := os.ReadFile(filepath.Join(d.dir, name))
	if err != nil {
		d.Fatal(err)
	}
	if !strings.Contains(string(b), old) {
		d.Fatalf("%s does not say %q", name, old)
	}
	d.write(name, strings.ReplaceAll(string(b), old, now))
}

// ended is what a command left behind.
type ended struct {
	code      int
	out, errs string
	took      time.Duration
}

func (e ended) all() string { return e.out + e.errs }

// command is the program on this project.
func (d *desk) command(args ...string) *exec.Cmd {
	cmd := exec.Command(cmp.Or(d.program, "guiji"), append([]string{"-C", d.dir}, args...)...)
	cmd.Env = d.env
	return cmd
}

// guiji runs the program to its end.
func (d *desk) guiji(args ...string) ended {
	d.Helper()
	return d.wait(d.command(args...))
}

func (d *desk) wait(cmd *exec.Cmd) ended {
	d.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	began := time.Now()
	err := cmd.Run()
	e := ended{cmd.ProcessState.ExitCode(), out.String(), errs.String(), time.Since(began)}
	if err != nil && e.code < 0 {
		d.Fatalf("guiji: %v\n%s", err, e.all())
	}
	if strings.Contains(e.all(), password) {
		d.Error("the password was printed")
	}
	return e
}

// good runs the pipeline, which must succeed.
func (d *desk) good() ended {
	d.Helper()
	e := d.guiji("run", "--lang", "en")
	if e.code != 0 {
		d.Fatalf("guiji run: exit code %d\n%s", e.code, e.all())
	}
	return e
}

// objects reads all small objects of the store below a prefix.
func (d *desk) objects(prefix string) map[string]string {
	d.Helper()
	out := map[string]string{}
	s := d.store()
	for o, err := range s.List(d.Context(), prefix) {
		if err != nil {
			d.Fatal(err)
		}
		body, _, err := s.Get(d.Context(), o.Key)
		if err != nil {
			d.Fatal(err)
		}
		b, err := io.ReadAll(body)
		body.Close()
		if err != nil {
			d.Fatal(err)
		}
		out[o.Key] = string(b)
	}
	return out
}

// head is the newest release.
func (d *desk) head() *lake.Release {
	d.Helper()
	rel, err := lake.NewChain(d.store()).Head(context.Background())
	if err != nil {
		d.Fatal(err)
	}
	return rel
}

// last is the record of the newest run; of two in one second, the one that ended last.
func (d *desk) last() lake.RunRecord {
	d.Helper()
	runs, err := lake.Runs(d.Context(), d.store(), 0)
	if err != nil || len(runs) == 0 {
		d.Fatalf("runs: %d, %v", len(runs), err)
	}
	return slices.MaxFunc(runs, func(a, b lake.RunRecord) int { return a.Ended.Compare(b.Ended) })
}

// tidy checks what every run must leave behind: no lease held, nothing in scratch.
func (d *desk) tidy() {
	d.Helper()
	owner, _, held, err := lake.Holder(d.Context(), d.store(), "nightly", time.Now())
	if err != nil || held {
		d.Errorf("the lease is held by %q, %v", owner, err)
	}
	left, err := os.ReadDir(d.scratch)
	if err != nil || len(left) > 0 {
		d.Errorf("scratch holds %v, %v", left, err)
	}
}

// releases are the release files with their bytes.
func (d *desk) releases() map[string]string { return d.objects("release/v") }

// files of a dataset of the head, by content.
func (d *desk) content(dataset string) []string {
	d.Helper()
	var out []string
	for _, f := range d.head().Datasets[dataset].Files {
		out = append(out, f.SHA256)
	}
	return out
}

// contains checks that a text says all of these.
func (d *desk) contains(what, text string, wants ...string) {
	d.Helper()
	for _, w := range wants {
		if !strings.Contains(text, w) {
			d.Errorf("%s does not say %q:\n%s", what, w, text)
		}
	}
}

// rows answers a query with --reveal: a list of rows.
func (d *desk) rows(query string) [][]any {
	d.Helper()
	e := d.guiji("query", query, "--reveal", "--reason", "test", "--json", "-n", "0")
	var a struct{ Rows [][]any }
	if err := json.Unmarshal([]byte(e.out), &a); err != nil || e.code != 0 {
		d.Fatalf("%s: exit code %d, %v\n%s", query, e.code, err, e.all())
	}
	return a.Rows
}
