package pipelines_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/connectors/all"
	"guiji/internal/engine"
	"guiji/internal/state/audit"
	"guiji/internal/testkit/mariadb"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/pipelines"
	"guiji/quality/checks"
)

// loadResidents fills hukou.t_person with one clean row, one to be mended, an
// older duplicate of it, and three with a defect each.
func loadResidents(t *testing.T, server *mariadb.Server) {
	t.Helper()
	server.Exec(t, "CREATE DATABASE hukou",
		"CREATE TABLE hukou.t_person (id bigint unsigned PRIMARY KEY, sfzh varchar(40), xm varchar(50), xb varchar(4), csrq varchar(20), gxsj datetime)",
		fmt.Sprintf(`INSERT INTO hukou.t_person VALUES
			(1, '%s', '张三', '1', '1990-01-01', '2026-01-01 08:00:00'),
			(2, ' %s　', '李四 ', '女', '1992/3/4', '2026-01-02 08:00:00'),
			(3, '%s', '李四', '2', '1992-03-04', '2026-01-01 08:00:00'),
			(4, '%s', '王五', '7', '1985-07-15', '2026-01-01 08:00:00'),
			(5, '%s', '赵六', '1', '1970-01-01', '2026-01-01 08:00:00'),
			(6, '%s', NULL, '1', '1970-13-45', '2026-01-01 08:00:00')`, id1, id2, id2, id3, wrong, id4))
}

const (
	configYAML = `
name: test
store: file://./lake
connections:
  gongan: {connector: mysql, address: "%s", database: hukou, user: root, password: "", tls: "off"}
pipelines:
  nightly: {resources: ["*"], gate: {max_failure_rate: 90%%}}
`
	departmentsYAML = `
- {id: gongan, name: 聊城市公安局东昌府分局, code: 11371502MB28G1239K, contact: {name_of_office: 科技信息化科}}
`
	elementsYAML = `
- {code: DE0001, name: 公民身份号码, column: citizen_id, entity: person, key: true, privacy: direct, standard: GB 11643, authority: gongan/resident.citizen_id}
- {code: DE0002, name: 姓名, column: name, entity: person, privacy: direct, authority: gongan/resident.name}
`
	entitiesYAML = `
- {id: person, name: 自然人, keys: [DE0001]}
`
	residentYAML = `
code: 107001/000012
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
  - {name: id, label: 编号, type: N(20)}
  - {name: citizen_id, label: 公民身份号码, column: sfzh, type: C(18), element: DE0001, privacy: direct, checks: [not_null, citizen_id]}
  - {name: name, label: 姓名, column: xm, type: C(50), element: DE0002, privacy: direct, checks: [not_null, {length: {min: 2, max: 50}}]}
  - {name: sex, label: 性别, column: xb, type: C(1), checks: [{in_codes: gbt2261_1}]}
  - {name: birth, label: 出生日期, column: csrq, type: D, privacy: quasi, checks: [{range: {min: 1900-01-01, max: today}}]}
  - {name: updated_at, label: 更新时间, column: gxsj, type: T}
duplicates: {by: [citizen_id], keep: latest(updated_at)}
`
	sexCSV = "code,name,alias\n1,男性,男\n2,女性,女\n9,未说明的性别,\n"
)

// testProject is a project directory with a store of its own.
type testProject struct {
	dir     string
	objs    lake.Objects
	opened  func(connectors.Source) connectors.Source // told of each source of a run; may stand in front of it
	report  func(rel, previous *lake.Release)         // told of the reports of a run
	gave    func(n int64)                             // told of what the sources give
	now     func() time.Time                          // the wall clock; nil is the machine's
	window  time.Duration                             // of min_rate
	at      func(point string)                        // the failpoints of a run
	audit   func(act, object, result string)          // told of what is audited
	scratch string                                    // as guiji.yaml has it, below the project; "" is one of the test's own
}

func newProject(t *testing.T, server *mariadb.Server) *testProject {
	t.Helper()
	p := &testProject{dir: t.TempDir()}
	p.write(t, "guiji.yaml", fmt.Sprintf(configYAML, server.Address))
	p.write(t, "departments.yaml", departmentsYAML)
	p.write(t, "elements.yaml", elementsYAML)
	p.write(t, "entities.yaml", entitiesYAML)
	p.write(t, "catalog/gongan/resident.yaml", residentYAML)
	p.write(t, "codes/gbt2261_1.csv", sexCSV)
	p.objs = reopened(t, p.dir).objs
	return p
}

// reopened is a project that is there already, with its store.
func reopened(t *testing.T, dir string) *testProject {
	t.Helper()
	objs, err := localdir.Open(filepath.Join(dir, "lake"))
	if err != nil {
		t.Fatal(err)
	}
	return &testProject{dir: dir, objs: objs, scratch: filepath.Join(dir, "scratch")}
}

func (p *testProject) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

type quiet struct{ rows func(n int64) }

func (quiet) Stage(string) {}

func (q quiet) Rows(_ string, n int64) {
	if q.rows != nil {
		q.rows(n)
	}
}

func (quiet) Done(string, string) {}

// run runs a pipeline with the product's own parts, but for serving and reports.
func (p *testProject) run(t *testing.T, req pipelines.Request) (*lake.RunRecord, error) {
	t.Helper()
	r := p.runner(t)
	rec, err := r.Run(t.Context(), req)
	if left, _ := os.ReadDir(r.Project.Scratch()); len(left) > 0 {
		t.Errorf("the run left %d files in its scratch folder", len(left))
	}
	return rec, err
}

// runner is what the program would run the project with.
func (p *testProject) runner(t *testing.T) *pipelines.Runner {
	t.Helper()
	project, err := catalog.Load(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	project.Authorise(p.clock().Format(time.DateOnly))
	cache, err := lake.NewCache(p.objs, filepath.Join(p.dir, "cache"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if project.Config.Defaults.Scratch = p.scratch; p.scratch == "" {
		project.Config.Defaults.Scratch = t.TempDir()
	}
	return &pipelines.Runner{
		Project: project, Objects: p.objs, Cache: cache, Checks: checks.All(), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Progress: quiet{p.gave}, Lang: text.EN, Now: p.clock, Version: "test", Owner: "test",
		OpenSource: func(ctx context.Context, name string, env connectors.Env) (connectors.Source, error) {
			conn := project.Config.Connections[name]
			c, ok := all.Find(conn.Connector)
			if !ok {
				return nil, fmt.Errorf("no connector %s", conn.Connector)
			}
			settings := c.Settings()
			if err := conn.Decode(settings, true); err != nil {
				return nil, err
			}
			src, err := c.Open(ctx, settings, env)
			if err == nil && p.opened != nil {
				src = p.opened(src)
			}
			return src, err
		},
		Serve: func(context.Context, *lake.Release) error { return nil },
		Report: func(_ context.Context, rel, previous *lake.Release) error {
			if p.report != nil {
				p.report(rel, previous)
			}
			return nil
		},
		Audit: func(act, object, result string) error {
			if p.audit != nil {
				p.audit(act, object, result)
			}
			return nil
		},
		AuditHead: func() (audit.Head, error) { return audit.Head{}, nil },
		At:        p.at, RateWindow: p.window,
	}
}

func (p *testProject) clock() time.Time {
	if p.now != nil {
		return p.now()
	}
	return time.Now().In(time.UTC)
}

func (p *testProject) release(t *testing.T) *lake.Release {
	t.Helper()
	rel, err := lake.NewChain(p.objs).Head(t.Context())
	if err != nil || rel == nil {
		t.Fatalf("head: %v, %v", rel, err)
	}
	return rel
}

// same compares the rows of a query over a dataset; {} stands for it. All values
// are compared as text.
func (p *testProject) same(t *testing.T, dataset, query string, want [][]any) {
	t.Helper()
	if got := p.rows(t, dataset, query); !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", dataset, got, want)
	}
}

// rows are those of a query over a dataset, as text.
func (p *testProject) rows(t *testing.T, dataset, query string) [][]any {
	t.Helper()
	cache, err := lake.NewCache(p.objs, t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	d, ok := p.release(t).Datasets[dataset]
	if !ok {
		t.Fatalf("the release has no %s", dataset)
	}
	files, err := cache.Files(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	s, err := engine.Open(t.Context(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err := s.Query(t.Context(), "test", strings.ReplaceAll(query, "{}", engine.Parquet(files)))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got [][]any
	for rows.Next() {
		got = append(got, scanTexts(t, rows))
	}
	return got
}

func scanTexts(t *testing.T, rows *sql.Rows) []any {
	t.Helper()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, out := make([]sql.Null[any], len(names)), make([]any, len(names))
	ptrs := make([]any, len(names))
	for i := range values {
		ptrs[i] = &values[i]
	}
	if err := rows.Scan(ptrs...); err != nil {
		t.Fatal(err)
	}
	for i, v := range values {
		if v.Valid {
			out[i] = fmt.Sprint(v.V)
		}
	}
	return out
}

// edit replaces a text in a project file; it must be there.
func (p *testProject) edit(t *testing.T, name, old, now string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil || !strings.Contains(string(b), old) {
		t.Fatalf("%s does not say %q, %v", name, old, err)
	}
	p.write(t, name, strings.Replace(string(b), old, now, 1))
}
