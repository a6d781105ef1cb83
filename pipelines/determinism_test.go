package pipelines_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guiji/internal/engine"
	"guiji/internal/ident"
	"guiji/lake"
	"guiji/pipelines"
)

const insuredYAML = `
code: 307002/000003
name: 参保人员信息
version: 1
status: published
provider: renshe
category: [部门, 社保]
format: 电子表格
update_cycle: 每月
legal_basis: 《中华人民共和国社会保险法》第五十七条
share: {class: 有条件, condition: 履职需要, reason: 含个人信息, basis: 《中华人民共和国社会保险法》第九十二条, mode: [api]}
open:  {class: 不予, basis: 《中华人民共和国个人信息保护法》第二十五条}
source: {connection: gongan, table: insured}
items:
  - {name: citizen_id, label: 公民身份号码, column: sfzh, type: C(18), element: DE0001, privacy: direct, checks: [not_null, citizen_id]}
  - {name: name, label: 姓名, column: xm, type: C(50), element: DE0002, privacy: direct, role: copy, held_since: 2020-01-01, clean_up_by: 2099-12-31, legal_basis: 《社会保险费征缴暂行条例》}
  - {name: base, label: 缴费基数, column: js, type: "N(12,2)"}
`

// persons is more than one row group of people in no order, in several files,
// with defects, duplicates and rows nobody can read; and what another department
// holds of them, in a table without a key.
func persons(t *testing.T) map[string]string {
	t.Helper()
	const n = 130_000
	r := rand.New(rand.NewPCG(1, 2))
	id := func(i int) string {
		return ident.CompleteCitizenID(fmt.Sprintf("37150219%02d0%d%02d%03d", 40+i/27_000%60, 1+i/27_000%9, 1+i/1_000%27, i%1_000))
	}
	var residents, insured [4]strings.Builder
	for k := range residents {
		residents[k].WriteString(personHeader)
		insured[k].WriteString("sfzh,xm,js\n")
	}
	for _, i := range r.Perm(n) {
		key, name, born := fmt.Sprint(i), fmt.Sprintf("张%d", i), "1990-01-01"
		switch i % 100 {
		case 1:
			name = ""
		case 2:
			born = "1990-02-30"
		case 3:
			born = "1990/3/4"
		}
		if i%1000 == 7 {
			key = ""
		}
		fmt.Fprintf(&residents[r.IntN(4)], "%s,%s,%s,%d,%s,2026-01-01 08:00:%02d\n", key, id(i-i%50/49), name, i%4, born, i%60)
		if i%10 == 0 {
			fmt.Fprintf(&insured[r.IntN(4)], "%s,张%d,%d.5\n", id(i), i+i%3, i)
		}
	}
	files := map[string]string{}
	for k := range residents {
		files[fmt.Sprintf("drop/t_person/%d.csv", k)] = residents[k].String()
		files[fmt.Sprintf("drop/insured/%d.csv", k)] = insured[k].String()
	}
	return files
}

// landed runs the project on a fresh store.
func landed(t *testing.T, files map[string]string, parts, threads int) *testProject {
	t.Helper()
	p := newFolderProject(t, fmt.Sprintf("defaults: {parts: %d, threads: %d, batch: 2048}\n", parts, threads))
	p.write(t, "departments.yaml", departmentsYAML+"- {id: renshe, name: 区人力资源和社会保障局, code: 11371502MB28G1239K, contact: {name_of_office: 信息中心}}\n")
	p.write(t, "catalog/renshe/insured.yaml", insuredYAML)
	for name, content := range files {
		p.write(t, name, content)
	}
	p.now = func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) } // when a problem was found is part of its work order
	if _, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); err != nil {
		t.Fatal(err)
	}
	return p
}

// What lands depends on the data alone: standard, entity and quality to the byte
// whatever the threads, everything in content whatever the parts.
func TestRunsAreDeterministic(t *testing.T) {
	files := persons(t)
	first := landed(t, files, 4, 1)
	rel := first.release(t)
	for _, name := range []string{"entity/person/conflicts", "quality/gongan/resident/failures", "quality/gongan/resident/orders", "quality/gongan/resident/quarantine", "quality/gongan/resident/duplicates", "standard/renshe/insured"} {
		if rel.Datasets[name].Rows == 0 {
			t.Errorf("%s is empty: nothing is compared", name)
		}
	}
	for _, threads := range []int{2, 4} {
		sameBytes(t, fmt.Sprintf("%d threads", threads), rel, landed(t, files, 4, threads).release(t))
	}
	want := contents(t, first)
	for _, parts := range []int{1, 2} {
		if got := contents(t, landed(t, files, parts, 2)); !maps.Equal(got, want) {
			for _, name := range slices.Sorted(maps.Keys(want)) {
				if got[name] != want[name] {
					t.Errorf("%d parts: %s is %s, with 4 parts %s", parts, name, got[name], want[name])
				}
			}
		}
	}
}

func sameBytes(t *testing.T, what string, want, got *lake.Release) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want.Datasets)) {
		if layer, _, _ := strings.Cut(name, "/"); layer == "raw" || layer == "meta" {
			continue
		}
		var a, b []string
		for _, f := range want.Datasets[name].Files {
			a = append(a, f.SHA256)
		}
		for _, f := range got.Datasets[name].Files {
			b = append(b, f.SHA256)
		}
		if !slices.Equal(a, b) {
			t.Errorf("%s: %s differs in its bytes", what, name)
		}
	}
	if len(got.Datasets) != len(want.Datasets) {
		t.Errorf("%s: %d datasets, want %d", what, len(got.Datasets), len(want.Datasets))
	}
}

// contents are all datasets' rows, in no order, as a count and a sum of hashes.
func contents(t *testing.T, p *testProject) map[string]string {
	t.Helper()
	s, err := engine.Open(t.Context(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out := map[string]string{}
	for name, d := range p.release(t).Datasets {
		var paths []string
		for _, f := range d.Files {
			path := filepath.Join(p.dir, "lake", f.Key)
			if _, err := os.Stat(path); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
		var digest string
		if err := s.Row(t.Context(), "test", "SELECT count(*) || ' ' || coalesce(sum(hash(r::VARCHAR)::HUGEINT), 0) FROM "+engine.Parquet(paths)+" r", &digest); err != nil {
			t.Fatal(err)
		}
		out[name] = digest
	}
	return out
}
