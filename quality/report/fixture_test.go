package report_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality/report"
)

// store holds releases as Parquet files in a folder, as the local cache does.
type store struct {
	t       testing.TB
	dir     string
	session *engine.Session
}

func newStore(t testing.TB) *store {
	t.Helper()
	s, err := engine.Open(context.Background(), engine.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &store{t: t, dir: t.TempDir(), session: s}
}

func (s *store) file(rel *lake.Release, dataset string) string {
	return filepath.Join(s.dir, fmt.Sprintf("v%d", rel.Version), strings.ReplaceAll(dataset, "/", "__")+".parquet")
}

// put writes a query's rows as a dataset of the release.
func (s *store) put(rel *lake.Release, dataset, query string) {
	s.t.Helper()
	path := s.file(rel, dataset)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	n, err := s.session.CopyQuery(context.Background(), "put", query, path, engine.ParquetOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	rel.Datasets[dataset] = lake.Dataset{Rows: n, Since: rel.Version}
}

func (s *store) relation(_ context.Context, rel *lake.Release, dataset string) (string, bool, error) {
	if _, ok := rel.Datasets[dataset]; !ok {
		return "", false, nil
	}
	return engine.Parquet([]string{s.file(rel, dataset)}), true, nil
}

func release(version uint64, day int) *lake.Release {
	at := time.Date(2026, 11, day, 22, 0, 0, 0, time.UTC)
	return &lake.Release{
		Version: version, Created: at, Datasets: map[string]lake.Dataset{}, Resources: map[string]lake.Resource{},
		Sources: []string{"gongan/resident", "renshe/insured"},
	}
}

func project() *catalog.Project {
	item := func(name, label, column, kind, element string) catalog.Item {
		typ, err := catalog.ParseType(kind)
		if err != nil {
			panic(err)
		}
		return catalog.Item{Name: name, Label: label, Column: column, Type: typ, Element: element}
	}
	return &catalog.Project{
		Departments: []catalog.Department{
			{ID: "gongan", Name: "东昌府公安分局", Contact: catalog.Contact{Office: "科技信息化科", Phone: "0635-0000000"}},
			{ID: "renshe", Name: "区人力资源和社会保障局", Contact: catalog.Contact{Office: "信息中心"}},
			{ID: "minzheng", Name: "区民政局"},
		},
		Elements: []catalog.Element{
			{Code: "DE0001", Name: "公民身份号码", Column: "citizen_id", Entity: "person", Key: true, Standard: "GB 11643-1999", Privacy: catalog.PrivacyDirect},
			{Code: "DE0002", Name: "姓名", Column: "name", Entity: "person", Privacy: catalog.PrivacyDirect},
		},
		Entities: []catalog.Entity{{ID: "person", Name: "自然人", Keys: []string{"DE0001"}}},
		Resources: []*catalog.Resource{
			{
				ID: "gongan/resident", Code: "107001/000012", Name: "常住人口基本信息", Status: catalog.Published,
				Source: catalog.Source{Table: "t_person", Key: []string{"id"}},
				Items: []catalog.Item{
					item("id", "人员编号", "rybh", "N(18)", ""), item("citizen_id", "公民身份号码", "sfzh", "C(18)", "DE0001"),
					item("name", "姓名", "xm", "C(50)", "DE0002"), item("birth", "出生日期", "csrq", "D", ""),
				},
			},
			{
				ID: "renshe/insured", Code: "307002/000003", Name: "参保人员信息", Status: catalog.Published,
				Source: catalog.Source{Table: "canbao"},
				Items: []catalog.Item{
					item("citizen_id", "公民身份号码", "身份证号", "C(18)", "DE0001"), item("name", "姓名", "姓名", "C(50)", "DE0002"),
				},
			},
			{ID: "minzheng/household", Name: "低保家庭信息", Status: catalog.Published},
		},
	}
}

type metric struct {
	rule, version, kind, item, title, indicator, severity, status string
	b, failed                                                     int64
	reason                                                        string
}

func (s *store) metrics(rel *lake.Release, resource string, list ...metric) {
	s.t.Helper()
	rows := make([]string, len(list))
	for i, m := range list {
		rows[i] = fmt.Sprintf("(%s, %s, %s, %s, %s, %s, %s, 'warn', %s, %s, %d::BIGINT, %d::BIGINT, %d::BIGINT)", engine.Lit(m.rule), engine.Lit(m.version), engine.Lit(m.kind),
			engine.Lit(m.item), engine.Lit(m.title), engine.Lit(m.indicator), engine.Lit(m.severity), engine.Lit(m.status), engine.Lit(m.reason), m.b-m.failed, m.b, m.failed)
	}
	s.put(rel, "quality/"+resource+"/metrics", "SELECT * FROM (VALUES "+strings.Join(rows, ", ")+
		") v(rule, version, kind, item, title, indicator, severity, on_fail, status, reason, a, b, failed) ORDER BY rule")
}

// input is a run of the reports over a release of the store.
func (s *store) input(rel, before *lake.Release, dir string) report.Input {
	return report.Input{
		Project: project(), Release: rel, Previous: before, Session: s.session, Relation: s.relation, Dir: dir, Lang: text.ZH,
		Now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.FixedZone("CST", 8*3600)),
		Advice: func(kind string) (string, string) {
			if kind == "citizen_id" {
				return "请对照居民身份证核实并更正号码。", "371502199001011239"
			}
			return "", ""
		},
		Deadline: func(start time.Time) (time.Time, bool) { return start.AddDate(0, 0, 20), false },
	}
}

func build(t testing.TB, in report.Input) []report.Written {
	t.Helper()
	out, err := report.Build(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out.Files
}

func read(t testing.TB, parts ...string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// sheet reads a sheet's rows, the header first.
func sheet(t testing.TB, name string, path ...string) [][]string {
	t.Helper()
	f, err := excelize.OpenFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func contains(t testing.TB, page string, wants ...string) {
	t.Helper()
	for _, w := range wants {
		if !strings.Contains(page, w) {
			t.Errorf("page lacks %q", w)
		}
	}
}

func lacks(t testing.TB, page string, not ...string) {
	t.Helper()
	for _, w := range not {
		if strings.Contains(page, w) {
			t.Errorf("page has %q", w)
		}
	}
}

func write(t testing.TB, dir, name, body string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
}
