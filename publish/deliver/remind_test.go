package deliver_test

import (
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/internal/text"
	"guiji/publish/deliver"
)

// Departments are reminded before the due date and after it, and the department above is
// told of what is long overdue: counts, once a week and stage.
func TestRemind(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Config.Delivery.Remind = catalog.Remind{Before: 3, Parent: 10}
		l.project.Departments[1].Delivery.To = []catalog.Channel{{Mail: []string{"minzheng@example.test"}}}
	})
	orders := []deliver.Orders{{Department: "minzheng", Open: 40, Soon: 5, Overdue: 12, Late: 7, SoonDue: "2026-11-25", FirstDue: "2026-11-02",
		OpenOf: deliver.Kinds{Conflicts: 6, Doubts: 2}, SoonOf: deliver.Kinds{Doubts: 1}, OverdueOf: deliver.Kinds{Conflicts: 3, Doubts: 1}, LateOf: deliver.Kinds{Conflicts: 2}}, {Department: "gongan", Open: 3}, {Department: "nobody", Overdue: 9}}
	remind := func() int {
		t.Helper()
		before := len(l.mail.Letters())
		if _, err := l.Remind(t.Context(), 12, orders, ""); err != nil {
			t.Fatal(err)
		}
		l.send()
		return len(l.mail.Letters()) - before
	}
	if n := remind(); n != 3 {
		t.Fatalf("%d letters: %s", n, l.log)
	}
	var all []string
	for _, x := range l.mail.Letters() {
		subject, body, _, _ := x.Read(t)
		all = append(all, x.To[0]+" "+subject+" "+body)
	}
	for _, want := range [][]string{
		{"minzheng@", "5 件整改事项即将到期", "40 件整改事项未办结（含跨部门数据不一致 6 件、存疑数据 2 件），其中 5 件将于 3 个工作日内到期（含存疑数据 1 件），最早一件期限为 2026-11-25。请按期整改，存疑数据请按期核实。", "/guiji/minzheng/"},
		{"minzheng@", "12 件整改事项已逾期", "其中 12 件已超过整改期限（含跨部门数据不一致 3 件、存疑数据 1 件），最早一件期限为 2026-11-02。", "；认为权威来源数据有误的，请提出数据异议；存疑数据请尽快核实。"},
		{"gongan@", "7 件整改事项逾期超过 10 个工作日", "示例区公安局：", "示例区民政局有 40 件整改事项未办结（含跨部门数据不一致 6 件、存疑数据 2 件），其中 12 件已逾期（含跨部门数据不一致 3 件、存疑数据 1 件），7 件逾期超过 10 个工作日（含跨部门数据不一致 2 件）。请督促办理。"},
	} {
		found := false
		for _, x := range all {
			ok := true
			for _, w := range want {
				ok = ok && strings.Contains(x, w)
			}
			found = found || ok
		}
		if !found {
			t.Errorf("no letter says %v: %v", want, all)
		}
	}
	if strings.Contains(all[2]+all[1]+all[0], "gongan/") {
		t.Error("the department above is sent into another's report")
	}
	if n := remind(); n != 0 {
		t.Errorf("%d letters at once again", n)
	}
	l.now = l.now.AddDate(0, 0, 6) // Sunday of the same week
	if n := remind(); n != 0 {
		t.Errorf("%d letters in the same week", n)
	}
	l.now = l.now.AddDate(0, 0, 1)
	if n := remind(); n != 3 {
		t.Errorf("%d letters in the next week", n)
	}
	l.project.Config.Delivery.Remind = catalog.Remind{}
	l.now = l.now.AddDate(0, 0, 7)
	if n := remind(); n != 0 {
		t.Errorf("%d letters though nobody is to be reminded", n)
	}
}

// Work orders alone are told without a word of other tasks, in either language.
func TestRemindOfOrdersAlone(t *testing.T) {
	for lang, want := range map[text.Lang]string{text.ZH: "贵单位有 9 件整改事项未办结，其中 2 件已超过整改期限，最早一件期限为 2026-11-02。请尽快整改；确实无法整改的，请说明理由并按程序申请不予整改。\n\n", text.EN: "Of your 9 open repair tasks, 2 are past their due date, the first since 2026-11-02."} {
		l := newLab(t, func(l *lab) {
			l.project.Config.Delivery.Remind = catalog.Remind{Before: 3, Parent: 10}
			l.options.Lang = lang
		})
		shown, err := l.Preview(t.Context(), deliver.Release{Version: 12}, deliver.Request{Department: "gongan"}, []deliver.Orders{{Department: "gongan", Open: 9, Overdue: 2, FirstDue: "2026-11-02"}})
		if err != nil {
			t.Fatal(err)
		}
		last := shown[len(shown)-1]
		if last.Kind != deliver.OfOverdue || !strings.Contains(last.Text, want) || strings.Contains(last.Text, "异议") || strings.HasSuffix(last.Text, "\n\n") {
			t.Errorf("%s: %s", last.Kind, last.Text)
		}
	}
}
