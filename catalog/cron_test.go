package catalog

import (
	"slices"
	"testing"
	"time"
)

func between(t *testing.T, spec, zone, from, to string) []string {
	t.Helper()
	c, err := ParseCron(spec)
	if err != nil {
		t.Fatal(err)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		out, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var out []string
	for s := range c.Between(at(from), at(to)) {
		out = append(out, s.Format("01-02 15:04 -07"))
	}
	return out
}

func TestCronTimes(t *testing.T) {
	for _, c := range []struct {
		spec, zone, from, to string
		want                 []string
	}{
		{"0 22 * * *", "Asia/Shanghai", "2026-11-21 22:00", "2026-11-22 22:00", []string{"11-22 22:00 +08"}}, // after from, up to to
		{"0 0 29 2 *", "Asia/Shanghai", "2026-01-01 00:00", "2029-01-01 00:00", []string{"02-29 00:00 +08"}},
		{"0 9 31 1-4 *", "Asia/Shanghai", "2026-01-01 00:00", "2027-01-01 00:00", []string{"01-31 09:00 +08", "03-31 09:00 +08"}},
		{"0 9 1 FEB,8 *", "Asia/Shanghai", "2026-01-01 00:00", "2027-01-01 00:00", []string{"02-01 09:00 +08", "08-01 09:00 +08"}},
		{"0 9 3 11 1", "Asia/Shanghai", "2026-11-01 00:00", "2026-11-10 00:00", []string{"11-02 09:00 +08", "11-03 09:00 +08", "11-09 09:00 +08"}}, // either day
		{"30 23 31 12 *", "Asia/Shanghai", "2026-12-31 23:29", "2027-01-01 00:00", []string{"12-31 23:30 +08"}},
		// the clocks go from 2:00 to 3:00 on 29 March, and from 3:00 to 2:00 on 25 October
		{"30 2 * * *", "Europe/Berlin", "2026-03-28 12:00", "2026-03-30 12:00", []string{"03-29 03:00 +02", "03-30 02:30 +02"}},
		{"30 2 * * *", "Europe/Berlin", "2026-10-24 12:00", "2026-10-26 12:00", []string{"10-25 02:30 +02", "10-26 02:30 +01"}},
		{"30 * * * *", "Europe/Berlin", "2026-10-25 01:00", "2026-10-25 03:00", []string{"10-25 01:30 +02", "10-25 02:30 +02", "10-25 02:30 +01"}},
		{"30 * * * *", "Europe/Berlin", "2026-03-29 01:00", "2026-03-29 04:00", []string{"03-29 01:30 +01", "03-29 03:30 +02"}},
		{"0 0 * * *", "America/Sao_Paulo", "2018-11-03 12:00", "2018-11-05 12:00", []string{"11-04 01:00 -02", "11-05 00:00 -02"}}, // no midnight
	} {
		if got := between(t, c.spec, c.zone, c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("%s in %s: %q, want %q", c.spec, c.zone, got, c.want)
		}
	}
}

// Where one begins to look changes no time: daemons that start at different moments
// agree.
func TestCronTimesDoNotDependOnTheStart(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range []string{"30 2 * * *", "*/20 1-3 * * *", "15 */2 * * *", "0 0 * * *"} {
			c, err := ParseCron(spec)
			if err != nil {
				t.Fatal(err)
			}
			for _, begin := range []time.Time{time.Date(2018, 11, 3, 12, 0, 0, 0, loc), time.Date(2026, 3, 28, 12, 0, 0, 0, loc), time.Date(2026, 10, 24, 12, 0, 0, 0, loc), time.Date(2026, 4, 4, 12, 0, 0, 0, loc), time.Date(2026, 10, 3, 12, 0, 0, 0, loc)} {
				end := begin.Add(36 * time.Hour)
				whole := slices.Collect(c.Between(begin, end))
				for from := begin; from.Before(end); from = from.Add(7 * time.Minute) {
					want := slices.DeleteFunc(slices.Clone(whole), func(s time.Time) bool { return !s.After(from) })
					if got := slices.Collect(c.Between(from, end)); !slices.EqualFunc(got, want, time.Time.Equal) {
						t.Fatalf("%s in %s from %s: %v, want %v", spec, zone, from, got, want)
					}
				}
			}
		}
	}
}

func FuzzParseCron(f *testing.F) {
	for _, s := range []string{"0 22 * * *", "*/5 1-3 1,15 JAN *", "0 0 30 2 *", "@daily", "TZ=UTC 0 0 * * *", "", "* * * * * *", "0 0 ? * MON#2"} {
		f.Add(s)
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, spec string) {
		c, err := ParseCron(spec)
		if err != nil {
			return
		}
		last := from
		for s := range c.Between(from, from.AddDate(0, 0, 2)) {
			if !s.After(last) || s.Second() != 0 {
				t.Fatalf("%q: %s after %s", spec, s, last)
			}
			last = s
		}
	})
}

func TestPeriods(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	at := time.Date(2026, 11, 22, 22, 30, 0, 0, zone) // a Sunday
	for cycle, want := range map[string]string{
		"每日": "2026-11-22", "每周": "2026-11-16", "每月": "2026-11-01", "每季度": "2026-10-01", "每半年": "2026-07-01", "每年": "2026-01-01",
	} {
		got, ok := PeriodStart(cycle, at)
		if !ok || got.Format(time.DateTime) != want+" 00:00:00" || got.Location() != zone {
			t.Errorf("%s: %s, %v", cycle, got, ok)
		}
		if before, _ := PeriodStart(cycle, got.Add(-time.Second)); !before.Before(got) || got.Sub(before) > LateAfter(cycle) {
			t.Errorf("%s: the period before begins %s, its limit is %s", cycle, before, LateAfter(cycle))
		}
		if again, _ := PeriodStart(cycle, got); !again.Equal(got) {
			t.Errorf("%s: a period's first moment is in that of %s", cycle, again)
		}
	}
	if got, ok := PeriodStart("实时", at); !ok || !got.Equal(at) {
		t.Errorf("实时: %s, %v", got, ok)
	}
	if _, ok := PeriodStart("不定期", at); ok || LateAfter("不定期") != 0 || LateAfter("有时") != 0 {
		t.Error("不定期 has a period")
	}
	if got, _ := PeriodStart("每周", time.Date(2026, 11, 23, 0, 0, 0, 0, zone)); got.Day() != 23 {
		t.Errorf("a Monday's week begins on %s", got)
	}
}
