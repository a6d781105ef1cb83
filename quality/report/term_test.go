package report_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality/report"
)

// shortTerms is a release of conflicts and a doubt, of which what the release before
// carried is overdue by a day: a day is the term.
func shortTerms(t *testing.T) (*store, report.Input) {
	t.Helper()
	s := newStore(t)
	first, second := chain(s)
	withDoubts(s, second)
	s.put(second, "entity/person/doubts", "SELECT * REPLACE (1::BIGINT AS since) FROM ("+doubtRows+")")
	in := s.input(second, first, t.TempDir())
	in.Deadline = func(start time.Time) (time.Time, bool) { return start.AddDate(0, 0, 1), false }
	return s, in
}

// The term of a conflict and of a doubt begins with the release that first carried it.
func TestConflictsAndDoubtsAreDue(t *testing.T) {
	s, in := shortTerms(t)
	s.put(in.Release, "entity/person/doubts", "SELECT * REPLACE (1::BIGINT AS since, '王' AS other_value, 'minzheng/household' AS held_by) FROM ("+doubtRows+")")
	out, err := report.Build(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	var due []string
	for _, r := range sheet(t, "跨部门不一致", in.Dir, "renshe", "work-list.xlsx")[1:] {
		due = append(due, r[12]+" "+strings.Join(r[13:], ""))
	}
	if got, want := strings.Join(due, "|"), "新增 2026年11月24日|自版本v1起 2026年11月22日（已逾期）|自版本v1起 "; got != want {
		t.Errorf("terms %q, want %q", got, want)
	}
	if rows := sheet(t, "存疑数据", in.Dir, "gongan", "work-list.xlsx"); rows[1][11] != "2026年11月22日（已逾期）" {
		t.Errorf("the doubt: %v", rows[1])
	}
	if rows := sheet(t, "跨部门不一致", in.Dir, "gongan", "work-list.xlsx"); rows[1][13] != "2026年11月22日（已逾期）" {
		t.Errorf("what the authority is to confirm: %v", rows[1])
	}
	contains(t, read(t, in.Dir, "renshe", "index.html"), "与权威来源不一致2条（其中逾期1条）", "已逾期1条。", `<td class="num error">2026年11月22日（已逾期）</td>`, `<td class="num">2026年11月24日</td>`, "请于2026年11月24日前完成整改")
	contains(t, read(t, in.Dir, "renshe", "notice.html"), "与权威来源不一致2条（其中逾期1条）", "逾期事项请立即完成整改，其余事项请对照所附清单载明的期限（最近一期为2026年11月24日）")
	contains(t, read(t, in.Dir, "gongan", "index.html"), "存疑、需核实1条（其中逾期1条）", "请本部门核实补充，明细见清单（其他部门的标识已脱敏）。已逾期1条。")
	contains(t, read(t, in.Dir, "index.html"), "跨部门数据不一致2条（其中逾期1条）", `2<br><span class="error">逾期1</span>`)
	if o, holder := out.Overall, out.Departments[1]; o.ConflictsOverdue != 1 || o.DoubtsOverdue != 1 || holder.Overdue != 0 || holder.ConflictsOverdue != 1 || holder.Due != "2026-11-24" {
		t.Errorf("overall %+v\nholder %+v", o, holder)
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(read(t, in.Dir, "gongan", "report.json")), &m); err != nil || m["doubts_overdue"] != 1.0 || m["conflicts_overdue"] != 0.0 {
		t.Errorf("report.json: %v %v, %v", m["doubts_overdue"], m["conflicts_overdue"], err)
	}
}

// A release that has expired still tells when it was made; one that is not there to be read
// leaves the next that is, and no report fails for it. A store that does not answer does.
func TestTermsOutliveReleases(t *testing.T) {
	s := newStore(t)
	rel := release(9, 22)
	s.put(rel, "meta/sources", "SELECT * FROM (VALUES (1::SMALLINT, 'gongan/resident'), (2, 'renshe/insured')) v(source, resource)")
	keyless(s, rel)
	s.put(rel, "entity/person/conflicts", "SELECT * REPLACE (2::BIGINT AS since) FROM ("+conflictRows+") WHERE kind = 'differs'")
	gone := fault.New(fault.Config, "lake.release.none", 2).Because(lake.ErrNotFound)
	made := func(from uint64, otherwise error) func(context.Context, uint64) (time.Time, error) {
		return func(_ context.Context, v uint64) (time.Time, error) {
			if v < from {
				return time.Time{}, otherwise
			}
			return time.Date(2026, 11, int(v), 2, 0, 0, 0, time.UTC), nil
		}
	}
	for name, c := range map[string]struct {
		made func(context.Context, uint64) (time.Time, error)
		want string
	}{
		"expired":  {made(1, nil), "2026年11月22日（已逾期）"},
		"gone":     {made(5, gone), "2026年11月25日"},
		"all gone": {made(99, gone), "2026年12月11日"}, // 8 was read for the line of scores
		"unknown":  {nil, "2026年12月11日"},
	} {
		in := s.input(rel, release(8, 20), t.TempDir())
		in.Made = c.made
		build(t, in)
		if rows := sheet(t, "跨部门不一致", in.Dir, "renshe", "work-list.xlsx"); len(rows) != 2 || rows[1][13] != c.want {
			t.Errorf("%s: %v, want %s", name, rows[1:], c.want)
		}
	}
	in := s.input(rel, release(8, 20), t.TempDir())
	in.Made = made(99, errors.New("no answer"))
	if _, err := report.Build(context.Background(), in); err == nil || !strings.Contains(err.Error(), "time of release 2") {
		t.Errorf("a store that does not answer: %v", err)
	}
}

func TestTermsOfConflictsInEnglish(t *testing.T) {
	_, in := shortTerms(t)
	in.Lang = text.EN
	build(t, in)
	contains(t, read(t, in.Dir, "renshe", "index.html"), "differ from their authority", "2026-11-22 (overdue)")
	contains(t, read(t, in.Dir, "gongan", "index.html"), "to be checked (1 of them overdue)", "Overdue: 1.")
	lacks(t, read(t, in.Dir, "gongan", "index.html"), "report.", "%!")
}
