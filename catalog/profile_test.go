package catalog

import (
	"testing"
	"time"
)

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAddWorkdays(t *testing.T) {
	cases := []struct {
		start       string
		n           int
		due         string
		provisional bool
	}{
		{"2020-09-21", 15, "2020-10-16", false},
		{"2025-09-24", 10, "2025-10-14", false},
		{"2026-02-09", 15, "2026-03-06", false},
		{"2026-02-09", 10, "2026-02-28", false}, // a Saturday worked
		{"2026-02-09", 0, "2026-02-09", false},
		{"2026-12-30", 1, "2026-12-31", false},
		{"2026-12-30", 2, "2027-01-01", true},
		{"2014-12-30", 2, "2015-01-04", true}, // 2014 is not in the table; 2015-01-04 was a Sunday worked
	}
	for _, c := range cases {
		due, provisional := AddWorkdays(day(t, c.start).Add(23*time.Hour), c.n)
		if got := due.Format(time.DateOnly); got != c.due || provisional != c.provisional {
			t.Errorf("%s + %d = %s, provisional %v; want %s, %v", c.start, c.n, got, provisional, c.due, c.provisional)
		}
		if !c.provisional {
			if n := Workdays(day(t, c.start), due); n != c.n {
				t.Errorf("Workdays(%s, %s) = %d, want %d", c.start, c.due, n, c.n)
			}
		}
	}
	if n := Workdays(day(t, "2026-02-28"), day(t, "2026-02-09")); n != -10 {
		t.Errorf("backwards: %d, want -10", n)
	}
}

// Exceptions that are none (a Saturday off, a Monday worked) would be a slip of
// the one who typed the year.
func TestMendByCountsTheConfiguredDays(t *testing.T) {
	p := &Project{}
	p.Config.Defaults.MendDays = 15
	if due, provisional := p.MendBy(day(t, "2026-02-09")); due.Format(time.DateOnly) != "2026-03-06" || provisional {
		t.Errorf("due %s, provisional %v", due.Format(time.DateOnly), provisional)
	}
}

func TestWorkdayTableHoldsOnlyExceptions(t *testing.T) {
	c := workCalendar()
	if len(c.years) != 12 || !c.years[2015] || !c.years[2026] {
		t.Errorf("years are %v, want 2015 to 2026", c.years)
	}
	for _, set := range []struct {
		days    map[string]bool
		weekend bool
	}{{c.off, false}, {c.work, true}} {
		for s := range set.days {
			wd := day(t, s).Weekday()
			if (wd == time.Saturday || wd == time.Sunday) != set.weekend {
				t.Errorf("%s is a %s", s, wd)
			}
		}
	}
	if got := len(c.off) + len(c.work); got != 289 {
		t.Errorf("%d exceptions, want 289", got)
	}
}

func TestDeadlinesStrictestFirst(t *testing.T) {
	p := &Project{Profiles: []ActiveProfile{{ID: "dongchang-2020"}, {ID: "state-council-809-2025"}}}
	got := p.Deadlines("catalogue_update", day(t, "2026-02-09"))
	if len(got) != 2 {
		t.Fatalf("%d deadlines, want those of both profiles", len(got))
	}
	if got[0].Days != 10 || got[0].Due.Format(time.DateOnly) != "2026-02-28" || !got[0].Unverified {
		t.Errorf("strictest is %+v", got[0])
	}
	if want := "《东昌府区政务数据资源管理暂行办法》（东昌政办字〔2020〕12号）第十六条"; got[1].Basis != want || got[1].Days != 15 {
		t.Errorf("second is %+v, want 15 days by %s", got[1], want)
	}
	if early := p.Deadlines("catalogue_update", day(t, "2021-02-09")); len(early) != 1 || early[0].Days != 15 {
		t.Errorf("before the regulation of 2025: %+v", early)
	}
	if none := p.Deadlines("nothing", day(t, "2026-02-09")); none != nil {
		t.Errorf("an unknown term: %+v", none)
	}
}

func TestBasisKinds(t *testing.T) {
	cases := map[string]Basis{
		"《中华人民共和国居民身份证法》第十九条":                     Law,
		"《中华人民共和国民法典》第一千零三十四条":                    Law,
		"《中华人民共和国个人信息保护法》":                        Law,
		"个人信息保护法第二十五条":                            Law,
		"《中华人民共和国户口登记条例》第三条":                      Regulation,
		"《政务数据共享条例》（国务院令第809号）":                   Regulation,
		"《政府部门涉企信息统一归集公示工作实施方案》（国办发〔2016〕74号）":    NationalDocument,
		"《政务信息资源目录编制指南（试行）》（发改高技〔2017〕1272号）":     NationalDocument,
		"《国务院关于印发政务信息资源共享管理暂行办法的通知》（国发〔2016〕51号）": NationalDocument,
		"《居住证管理办法》（公安部令第1号）":                      DepartmentRule,
		"《山东省公共数据开放办法》（省政府令第344号）":                DepartmentRule,
		"《某某管理办法》第三条":                             DepartmentRule,
		"《东昌府区政务数据资源管理暂行办法》（东昌政办字〔2020〕12号）第二十二条": OtherDocument,
		"工作需要": OtherDocument,
	}
	for basis, want := range cases {
		got := BasisKinds(basis)
		if len(got) != 1 || got[0] != want {
			t.Errorf("BasisKinds(%s) = %v, want %s", basis, got, want)
		}
	}
	if got := BasisKinds("《居住证管理办法》、《中华人民共和国户口登记条例》第三条"); len(got) != 2 || got[0] != DepartmentRule || got[1] != Regulation {
		t.Errorf("two documents: %v", got)
	}
	if got := BasisKinds(" "); got != nil {
		t.Errorf("an empty basis: %v", got)
	}
}

func TestProfilesCite(t *testing.T) {
	p := &Project{Profiles: []ActiveProfile{{ID: "dongchang-2020"}, {ID: "state-council-809-2025"}}}
	want := "《东昌府区政务数据资源管理暂行办法》（东昌政办字〔2020〕12号）第十七条第二款；《政务数据共享条例》（国务院令第809号）"
	if got := p.Cite("collect_once", "2026-01-01"); got != want {
		t.Errorf("Cite = %s, want %s", got, want)
	}
	if got := p.Cite("collect_once", "2019-01-01"); got != "" {
		t.Errorf("before any is in force: %s", got)
	}
}
