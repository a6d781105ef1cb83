package main

import (
	"reflect"
	"testing"
	"time"

	"guiji/publish/deliver"
	"guiji/quality/orders"
	"guiji/quality/report"
)

// Conflicts and doubts count with work orders from the day they are due: what is due today
// is not overdue, and the department above is told by the same day.
func TestStanding(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.FixedZone("CST", 8*3600)) }
	days := dueDays{today: at(23), soon: at(26), late: at(9)}
	owing := []report.Owed{
		{Department: "gongan", Count: 4, Due: "2026-11-09"}, {Department: "gongan", Count: 3, Due: "2026-11-10"}, {Department: "gongan", Count: 2, Due: "2026-11-23"},
		{Department: "gongan", Count: 90, Due: "2026-11-27"}, {Department: "gongan", Count: 7},
		{Department: "gongan", Doubts: true, Count: 1, Due: "2026-11-22"}, {Department: "gongan", Doubts: true, Count: 5, Due: "2026-11-26"},
		{Department: "renshe", Count: 50, Due: "2026-11-01"},
	}
	for name, c := range map[string]struct {
		counts orders.Counts
		late   int64
		want   deliver.Orders
	}{
		"with orders": {
			orders.Counts{Department: "gongan", Open: 10, Overdue: 2, Soon: 1, Due: "2026-11-05", SoonDue: "2026-11-25"}, 1,
			deliver.Orders{Department: "gongan", Open: 122, Soon: 8, Overdue: 10, Late: 5, SoonDue: "2026-11-23", FirstDue: "2026-11-05", OpenOf: deliver.Kinds{Conflicts: 106, Doubts: 6},
				SoonOf: deliver.Kinds{Conflicts: 2, Doubts: 5}, OverdueOf: deliver.Kinds{Conflicts: 7, Doubts: 1}, LateOf: deliver.Kinds{Conflicts: 4}},
		},
		"without": {
			orders.Counts{Department: "renshe"}, 0,
			deliver.Orders{Department: "renshe", Open: 50, Overdue: 50, Late: 50, FirstDue: "2026-11-01", OpenOf: deliver.Kinds{Conflicts: 50}, OverdueOf: deliver.Kinds{Conflicts: 50}, LateOf: deliver.Kinds{Conflicts: 50}},
		},
		"nothing owed": {
			orders.Counts{Department: "minzheng", Open: 2, Soon: 1, Due: "2026-11-24", SoonDue: "2026-11-24"}, 0,
			deliver.Orders{Department: "minzheng", Open: 2, Soon: 1, SoonDue: "2026-11-24"},
		},
	} {
		if got := days.standing(c.counts, c.late, owing); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
