package report_test

import (
	"context"
	"strings"
	"testing"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/quality/report"
)

// The line has a point for each run that checked anything anew, marks where other rules
// ran, and reads a file once that several releases carry.
func TestTrendOverReleases(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	second.Previous = &lake.Link{Version: 1}
	third, fourth := release(3, 23), release(4, 24)
	third.Previous, fourth.Previous = &lake.Link{Version: 2}, &lake.Link{Version: 3}
	for _, rel := range []*lake.Release{third, fourth} { // of other pipelines
		rel.Resources = second.Resources
		for name, d := range second.Datasets {
			rel.Datasets[name] = d
		}
	}
	in := s.input(fourth, third, t.TempDir())
	reads := 0
	in.Relation = func(ctx context.Context, rel *lake.Release, dataset string) (string, bool, error) {
		if strings.HasSuffix(dataset, "/metrics") {
			reads++
		}
		if rel.Version > 2 {
			rel = second
		}
		return s.relation(ctx, rel, dataset)
	}
	in.Earlier = func(_ context.Context, rel *lake.Release) (*lake.Release, error) {
		return map[uint64]*lake.Release{4: third, 3: second, 2: first}[rel.Version], nil
	}
	build(t, in)
	page := read(t, in.Dir, "gongan", "index.html")
	if n := strings.Count(page, `<circle class="dot`); n != 2+1 { // two runs, and the end of accuracy's line
		t.Errorf("%d points", n)
	}
	contains(t, page, `class="dot other"`, "空心点表示该期规则有增减或调整", "近期得分：2026-11-21 50.00, 2026-11-23 58.33")
	contains(t, read(t, in.Dir, "gongan", "report.json"), `"other_rules": true`)
	if reads > 4 { // two files for the line, and those of the two runs that are compared
		t.Errorf("metrics are read %d times", reads)
	}
}

// An earlier release that is there no more shortens the line; a store out of reach is an error.
func TestTrendBeginsBehindWhatIsGone(t *testing.T) {
	for _, c := range []struct {
		err   error
		fails bool
	}{{fault.New(fault.Data, "lake.cache.missing", "data/x"), false}, {lake.ErrNotFound, false}, {fault.New(fault.Unreachable, "lake.cache.missing", "data/x"), true}} {
		s := newStore(t)
		first, second := chain(s)
		second.Previous = &lake.Link{Version: 1}
		third := release(3, 23)
		third.Previous, third.Resources, third.Datasets = &lake.Link{Version: 2}, second.Resources, second.Datasets
		in := s.input(third, second, t.TempDir())
		in.Relation = func(ctx context.Context, rel *lake.Release, dataset string) (string, bool, error) {
			if rel.Version == 1 {
				return "", false, c.err
			}
			return s.relation(ctx, second, dataset)
		}
		in.Earlier = func(_ context.Context, rel *lake.Release) (*lake.Release, error) {
			if rel.Version == 2 && !c.fails {
				return nil, c.err
			}
			return first, c.err
		}
		if _, err := report.Build(t.Context(), in); (err != nil) != c.fails {
			t.Errorf("%v: %v", c.err, err)
		}
	}
}

const unlinkedRows = `SELECT * FROM (VALUES
	('invalid_key', 'check', 1::SMALLINT, '["7"]', 'DE0001', NULL::VARCHAR, 1::BIGINT),
	('shared_key', NULL, 2, '["371502199001011239","x"]', 'DE0001', NULL, 1),
	('decision_unmatched', NULL, NULL, NULL, NULL, 'd1', 1)) v(kind, reason, source, record_key, element, decision, records)`

// What could not be linked goes to who holds the record, and decisions to the bureau.
func TestUnlinkedRecordsGoToTheirHolder(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	keyless(s, second)
	s.put(second, "entity/person/problems", unlinkedRows)
	in := s.input(second, first, t.TempDir())
	build(t, in)
	page := read(t, in.Dir, "gongan", "index.html")
	contains(t, page, "标识无效，未关联到主体", "请对照证件核实并更正标识")
	lacks(t, page, "多个主体使用同一标识")
	rows := sheet(t, "主体关联问题", in.Dir, "gongan", "work-list.xlsx")
	if len(rows) != 2 || strings.Join(rows[1][:7], "|") != "自然人|常住人口基本信息|7|公民身份号码|标识无效，未关联到主体|标识未通过核查|1" {
		t.Errorf("the holder's rows %v", rows)
	}
	overall := read(t, in.Dir, "index.html")
	contains(t, overall, "决定所指记录或主体不存在")
	lacks(t, overall, "371502199001011239")
}
