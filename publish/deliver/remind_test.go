package deliver_test

import (
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/publish/deliver"
)

// Departments are reminded before the due date and after it, and the department above is
// told of what is long overdue: counts, once a week and stage.
func TestRemind(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Config.Delivery.Remind = catalog.Remind{Before: 3, Parent: 10}
		l.project.Departments[1].Delivery.To = []catalog.Channel{{Mail: []string{"minzheng@example.test"}}}
	})
	orders := []deliver.Orders{{Department: "minzheng", Open: 40, Soon: 5, Overdue: 12, Late: 7, SoonDue: "2026-11-25", FirstDue: "2026-11-02"}, {Department: "gongan", Open: 3}, {Department: "nobody", Overdue: 9}}
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
		{"minzheng@", "5 件整改事项即将到期", "3 个工作日内", "2026-11-25", "/guiji/minzheng/"},
		{"minzheng@", "12 件整改事项已逾期", "40 件", "2026-11-02"},
		{"gongan@", "7 件整改事项逾期超过 10 个工作日", "示例区公安局：", "示例区民政局有 40 件"},
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
