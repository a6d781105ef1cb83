package pipelines_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/testkit/proof"
	"guiji/lake"
	"guiji/pipelines"
)

const visits = "weijian/visit"

// dropProject is a project whose one resource is a folder of files.
func dropProject(t *testing.T, source string) *testProject {
	t.Helper()
	p := &testProject{dir: t.TempDir()}
	p.write(t, "guiji.yaml", "name: 归集测试\ntimezone: Asia/Shanghai\nstore: file://./lake\ndefaults: {parts: 2, batch: 1000}\n"+
		"connections:\n  weijian: {connector: csvfile, path: ./drop}\npipelines:\n  nightly: {resources: [\"*\"]}\n")
	p.write(t, "departments.yaml", "- {id: weijian, name: 市卫生健康委员会}\n")
	p.write(t, "elements.yaml", elementsYAML)
	p.write(t, "entities.yaml", entitiesYAML)
	p.write(t, "catalog/weijian/visit.yaml", `
code: 107001/000013
name: 就诊记录
version: 1
status: published
provider: weijian
category: [基础, 人口]
format: 文件
update_cycle: 每日
legal_basis: 《中华人民共和国基本医疗卫生与健康促进法》第四十九条
share: {class: 有条件, condition: 履职需要, reason: 含个人信息, basis: 《中华人民共和国个人信息保护法》第十三条, mode: [api]}
open:  {class: 不予, basis: 《中华人民共和国个人信息保护法》第二十五条}
source: {connection: weijian, table: ., mode: new_files`+source+`}
items:
  - {name: id, label: 编号, type: N(10)}
  - {name: name, label: 姓名, type: C(20), privacy: direct}
`)
	p.objs = reopened(t, p.dir).objs
	return p
}

// drop delivers a file that was written at a minute of a day gone by.
func (p *testProject) drop(t *testing.T, name string, minute int, rows ...string) {
	t.Helper()
	p.write(t, "drop/"+name, "id,name\n"+strings.Join(rows, "\n")+"\n")
	at := time.Date(2026, 1, 5, 8, minute, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(p.dir, "drop", name), at, at); err != nil {
		t.Fatal(err)
	}
}

func (p *testProject) away(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(p.dir, "drop", name)); err != nil {
		t.Fatal(err)
	}
}

// take runs the folder and returns what the run says of it.
func (p *testProject) take(t *testing.T, req pipelines.Request) lake.RunResource {
	t.Helper()
	req.Pipeline = "nightly"
	rec, err := p.run(t, req)
	if err != nil {
		t.Fatalf("%v: %s", err, rec.Reason)
	}
	return rec.Resources[visits]
}

const visitNames = "SELECT id, name FROM {} ORDER BY ALL"

func (p *testProject) visited(t *testing.T, rows ...string) {
	t.Helper()
	var want [][]any
	for _, r := range rows {
		id, name, _ := strings.Cut(r, ",")
		want = append(want, []any{id, name})
	}
	p.same(t, "raw/weijian/visit", visitNames, want)
	p.same(t, "standard/weijian/visit", visitNames, want)
}

func (p *testProject) took(t *testing.T, r lake.RunResource, mode string, fetched, read int64, warnings ...string) {
	t.Helper()
	if r.Resource.Mode != mode || r.Resource.Fetched != fetched || r.Resource.Read != read || len(r.Warnings) != len(warnings) {
		t.Errorf("%s because %q, %d rows of %d, warnings %q", r.Resource.Mode, r.Resource.ModeReason, r.Resource.Fetched, r.Resource.Read, r.Warnings)
		return
	}
	for i, w := range warnings {
		if !strings.Contains(r.Warnings[i], w) {
			t.Errorf("%q does not say %q", r.Warnings[i], w)
		}
	}
}

// Each file is read once; the last delivery of a key stands; a changed file comes again; what
// is gone is told once, and its rows stay.
func TestOnlyNewFilesAreRead(t *testing.T) {
	p := dropProject(t, ", key: [id]")
	p.drop(t, "0101.csv", 1, "1,甲", "2,乙")
	p.drop(t, "0102.csv", 2, "3,丙", "2,乙二")
	p.took(t, p.take(t, pipelines.Request{}), "full", 4, 3, "replaced: 1")
	p.visited(t, "1,甲", "2,乙二", "3,丙")
	p.took(t, p.take(t, pipelines.Request{}), "new_files", 0, 3)
	p.drop(t, "0103.csv", 3, "4,丁", "1,甲三")
	p.took(t, p.take(t, pipelines.Request{}), "new_files", 2, 4)
	p.visited(t, "1,甲三", "2,乙二", "3,丙", "4,丁")
	p.drop(t, "0102.csv", 4, "3,丙四")
	p.away(t, "0101.csv")
	p.took(t, p.take(t, pipelines.Request{}), "new_files", 1, 4, "0102.csv", "0101.csv")
	p.visited(t, "1,甲三", "2,乙二", "3,丙四", "4,丁")
	p.took(t, p.take(t, pipelines.Request{}), "new_files", 0, 4)
	p.took(t, p.take(t, pipelines.Request{Full: true}), "full", 3, 3, "left out")
	p.visited(t, "1,甲三", "3,丙四", "4,丁")
}

// A file that a restore or a copy gave another time, and that holds what it held, puts no
// older value back.
func TestATouchedFileIsNotReadAgain(t *testing.T) {
	p := dropProject(t, ", key: [id]")
	p.drop(t, "0101.csv", 1, "1,甲", "2,乙")
	p.drop(t, "0102.csv", 2, "1,甲二")
	p.take(t, pipelines.Request{})
	p.drop(t, "0101.csv", 59, "1,甲", "2,乙")
	p.took(t, p.take(t, pipelines.Request{}), "new_files", 0, 2)
	p.visited(t, "1,甲二", "2,乙")
	p.took(t, p.take(t, pipelines.Request{Full: true}), "full", 3, 2, "replaced: 1")
	p.visited(t, "1,甲二", "2,乙")
}

// Without a key rows are added, equal ones too; a changed file has the folder read in full.
func TestNewFilesWithoutAKey(t *testing.T) {
	p := dropProject(t, "")
	p.drop(t, "a.csv", 1, "1,甲", "1,甲")
	p.took(t, p.take(t, pipelines.Request{}), "full", 2, 2)
	p.drop(t, "b.csv", 2, "1,甲", "2,乙")
	p.took(t, p.take(t, pipelines.Request{}), "new_files", 2, 4)
	p.visited(t, "1,甲", "1,甲", "1,甲", "2,乙")
	p.drop(t, "a.csv", 3, "1,甲")
	got := p.take(t, pipelines.Request{})
	p.took(t, got, "full", 3, 3)
	if !strings.Contains(got.Resource.ModeReason, "a.csv") {
		t.Errorf("because %q", got.Resource.ModeReason)
	}
	p.visited(t, "1,甲", "1,甲", "2,乙")
}

// Files read one by one, in whatever runs, give what a full read of the folder gives.
func TestNewFilesEqualAFullRead(t *testing.T) {
	for source, quarantined := range map[string]int64{", key: [id]": 14, "": 7} { // a cell that does not fit holds a row back by its key alone
		p := dropProject(t, source)
		for n := range 7 {
			var rows []string
			for i := range 40 {
				id := (i*7 + n*13) % 90
				rows = append(rows, fmt.Sprintf("%d,%c%d", id, '甲'+rune(n), i%3))
			}
			p.drop(t, fmt.Sprintf("%d.csv", (n*5)%7), n, append(rows, fmt.Sprintf("x%d,坏", n), `"lone`)...)
			if n != 2 && n != 4 { // two and three at once, too
				p.take(t, pipelines.Request{})
			}
		}
		one := p.release(t)
		got := p.take(t, pipelines.Request{Full: true})
		if got.Resource.Mode != "full" || got.Resource.Quarantined != quarantined {
			t.Errorf("%+v", got.Resource)
		}
		whole := p.release(t)
		for name, d := range one.Datasets {
			if d.Layer != "raw" && d.Layer != "meta" && !strings.HasSuffix(name, "/changes") && !strings.HasSuffix(name, "/orders") && (len(d.Files) != 1 || d.Files[0].SHA256 != whole.Datasets[name].Files[0].SHA256) {
				t.Errorf("%q: %s is not that of a full read", source, name)
			}
		}
	}
}

// What cannot be read any more is given up by a person alone.
func TestFilesThatAreGoneHoldAFullReadBack(t *testing.T) {
	p := dropProject(t, ", key: [id]")
	p.drop(t, "a.csv", 1, "1,甲")
	p.drop(t, "b.csv", 2, "2,乙")
	p.take(t, pipelines.Request{})
	p.away(t, "a.csv")
	p.edit(t, "catalog/weijian/visit.yaml", "type: C(20)", "type: C(20), standardize: [trim]")
	rec, err := p.run(t, pipelines.Request{Pipeline: "nightly"})
	if fault.KindOf(err) != fault.Config || !strings.Contains(rec.Reason, "--full") {
		t.Fatalf("%v: %s", err, rec.Reason)
	}
	p.visited(t, "1,甲", "2,乙")
	p.drop(t, "a.csv", 1, "1,甲")
	p.took(t, p.take(t, pipelines.Request{}), "full", 2, 2)
}

// A shut gate leaves the manifest where it is: what it held back is new still.
func TestAGateLeavesTheManifest(t *testing.T) {
	p := dropProject(t, ", key: [id]")
	p.edit(t, "catalog/weijian/visit.yaml", "items:", "gate: {max_failure_rate: 10%}\nitems:")
	p.drop(t, "a.csv", 1, "1,甲", "2,乙", "3,丙")
	p.take(t, pipelines.Request{})
	before := p.release(t).Resources[visits]
	p.drop(t, "b.csv", 2, "4,丁", "x,坏")
	if _, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); fault.KindOf(err) != fault.Gate {
		t.Fatal(err)
	}
	if now := p.release(t).Resources[visits]; now.Cursor != before.Cursor || now.CursorKind != "files" {
		t.Error("the manifest has moved")
	}
	p.away(t, "b.csv")
	p.drop(t, "c.csv", 3, "4,丁", "5,戊")
	p.took(t, p.take(t, pipelines.Request{}), "new_files", 2, 5)
	p.visited(t, "1,甲", "2,乙", "3,丙", "4,丁", "5,戊")
	p.same(t, "quality/weijian/visit/quarantine", "SELECT count(*) FROM {}", [][]any{{"0"}})
}

// Wherever a run is killed, nothing is lost and nothing is taken twice.
func TestNewFilesOfAKilledRun(t *testing.T) {
	dying(t)
	for source, points := range map[string][]string{
		", key: [id]": {"pull.part", "settle.done", "commit.before", "commit.put"}, "": {"commit.before", "commit.put"},
	} {
		if proof.Long() {
			points = pipelines.Failpoints()
		}
		p := dropProject(t, source)
		p.edit(t, "guiji.yaml", "batch: 1000", "batch: 1000, lease: 1s")
		if p.scratch = filepath.Join(p.dir, "scratch"); os.Mkdir(p.scratch, 0o700) != nil {
			t.Fatal("no scratch folder")
		}
		p.drop(t, "a.csv", 1, "1,甲")
		p.take(t, pipelines.Request{})
		rows := []string{"1,甲"}
		for i, point := range points {
			p.drop(t, fmt.Sprintf("n%02d.csv", i), 2+i, fmt.Sprintf("%d,乙", 10+i))
			rows = append(rows, fmt.Sprintf("%d,乙", 10+i))
			t.Setenv("GUIJI_TEST_POINT", point)
			die(t, p, "1")
			time.Sleep(1100 * time.Millisecond) // the lease of a killed process
			p.take(t, pipelines.Request{})
			p.visited(t, rows...)
		}
	}
}

// A file that comes while a folder is read is the next run's; one that becomes another one
// while it is read has the folder read again.
func TestNewFilesThatComeMeanwhile(t *testing.T) {
	p := dropProject(t, ", key: [id]")
	p.drop(t, "a.csv", 1, "1,甲")
	meanwhile := func(f func()) {
		done := false
		p.at = func(point string) {
			if point == "pull.snapshot" && !done {
				done = true
				f()
			}
		}
	}
	meanwhile(func() { p.drop(t, "b.csv", 2, "2,乙") })
	p.took(t, p.take(t, pipelines.Request{}), "full", 1, 1)
	p.took(t, p.take(t, pipelines.Request{}), "new_files", 1, 2)
	p.drop(t, "c.csv", 3, "3,丙")
	meanwhile(func() { p.drop(t, "c.csv", 4, "3,丙二", "4,丁") })
	p.took(t, p.take(t, pipelines.Request{}), "new_files", 2, 4)
	p.visited(t, "1,甲", "2,乙", "3,丙二", "4,丁")
	p.took(t, p.take(t, pipelines.Request{}), "new_files", 0, 4)
}

// A source that has no files says so and is read in full.
func TestNewFilesOfATable(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	p.edit(t, "catalog/gongan/resident.yaml", "key: [id]}", "key: [id], mode: new_files}")
	for range 2 {
		if got := p.pull(t, pipelines.Request{}); got.Mode != "full" || !strings.Contains(got.ModeReason, "cannot tell new files") || got.Cursor != "" {
			t.Errorf("%+v", got)
		}
	}
}
