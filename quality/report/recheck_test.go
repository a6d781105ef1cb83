package report_test

import (
	"context"
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality/report"
)

// A recheck checks anew what was collected before, and the report says that: neither that
// nothing was checked, nor that data were collected. It is compared with what it looks at
// again. What carries it on says that nothing was checked.
func TestARecheckIsACheck(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	second.Previous = &lake.Link{Version: 1}
	carry := func(version uint64, day int, from *lake.Release) *lake.Release {
		rel := release(version, day)
		rel.Previous, rel.Slots = &lake.Link{Version: from.Version}, from.Slots
		for id, r := range from.Resources {
			rel.Resources[id] = r
		}
		for name, d := range second.Datasets {
			rel.Datasets[name] = d
		}
		return rel
	}
	third := carry(3, 24, second)
	third.Slots = []string{"nightly@x", "recheck@r1"}
	now := third.Resources["gongan/resident"]
	now.Mode = "recheck"
	third.Resources["gongan/resident"] = now
	fourth := carry(4, 25, third) // something was taken out of the releases
	in := func(rel, before *lake.Release) report.Input {
		in := s.input(rel, before, t.TempDir())
		in.Relation = func(ctx context.Context, rel *lake.Release, dataset string) (string, bool, error) {
			if rel.Version > 2 {
				rel = second
			}
			return s.relation(ctx, rel, dataset)
		}
		in.Earlier = func(_ context.Context, rel *lake.Release) (*lake.Release, error) {
			return map[uint64]*lake.Release{4: third, 3: second, 2: first}[rel.Version], nil
		}
		return in
	}
	rechecked, carried := in(third, second), in(fourth, third)
	build(t, rechecked)
	page := read(t, rechecked.Dir, "gongan", "index.html")
	contains(t, page, "本期未重新归集，按现行规则对最近一次（2026年11月23日）归集的数据重新核查，共核查数据5条，发现问题4条，与上期持平", "按现行规则重新核查</td>")
	lacks(t, page, "本期未重新核查")
	if strings.Contains(read(t, rechecked.Dir, "gongan", "report.json"), `"stale": true`) {
		t.Error("a recheck is told as if nothing had been checked")
	}
	build(t, carried)
	contains(t, read(t, carried.Dir, "gongan", "index.html"), "本期未重新核查；最近一次")
}

// A recheck of one resource names it: of the department's others nothing was checked. What
// an earlier recheck found and this one carries on is not its own.
func TestARecheckNamesItsResources(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	third := release(3, 24)
	third.Slots = []string{"nightly@x", "recheck@r1"}
	for name, d := range second.Datasets {
		third.Datasets[name] = d
	}
	was := second.Resources["gongan/resident"]
	now, earlier := was, was
	now.Mode, now.Since, earlier.Mode, earlier.Pulled = "recheck", 3, "recheck", was.Pulled.AddDate(0, 0, 1)
	second.Resources["gongan/house"], third.Resources["gongan/house"], third.Resources["gongan/resident"] = earlier, earlier, now
	second.Slots, third.Previous = []string{"recheck@r0"}, &lake.Link{Version: 2}
	in := s.input(third, second, t.TempDir())
	in.Project.Resources = append(in.Project.Resources, &catalog.Resource{ID: "gongan/house", Name: "房屋信息", Status: catalog.Published, Source: catalog.Source{Table: "t_house", Key: []string{"id"}}, Items: in.Project.Resources[0].Items})
	in.Relation = func(ctx context.Context, rel *lake.Release, dataset string) (string, bool, error) {
		if rel.Version > 2 {
			rel = second
		}
		return s.relation(ctx, rel, dataset)
	}
	in.Earlier = func(_ context.Context, rel *lake.Release) (*lake.Release, error) {
		return map[uint64]*lake.Release{3: second, 2: first}[rel.Version], nil
	}
	build(t, in)
	page := read(t, in.Dir, "gongan", "index.html")
	contains(t, page, "本期未重新归集，按现行规则对《常住人口基本信息》最近一次（2026年11月23日）归集的数据重新核查，其余信息资源沿用此前核查结果，合计数据10条，发现问题4条")
	if n := strings.Count(page, "按现行规则重新核查</td>"); n != 1 {
		t.Errorf("%d resources are said to be rechecked", n)
	}
	in.Lang = text.EN
	build(t, in)
	contains(t, read(t, in.Dir, "gongan", "index.html"), "the data of “常住人口基本信息” (2026-11-23) were checked anew by today")
}
