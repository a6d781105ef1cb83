package catalog

import (
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

// What is wrong with a schedule is told with its place in guiji.yaml.
func TestSchedulesAreJudged(t *testing.T) {
	const cron = `cron: "0 22 * * *"`
	for _, c := range []struct {
		old, now string
		key      text.Key // "" is nothing
		severity Severity
	}{
		{cron, `cron: "61 22 * * *"`, "cron", Error},
		{cron, `cron: "0 22 * *"`, "cron", Error},
		{cron, `cron: "0 0 22 * * *"`, "cron", Error},
		{cron, `cron: "@daily"`, "cron", Error},
		{cron, `cron: "@every 5m"`, "cron", Error},
		{cron, `cron: "TZ=Europe/Berlin 0 22 * * *"`, "cron", Error},
		{cron, `cron: "0 22 32 * *"`, "cron", Error},
		{cron, `cron: "0 22 * 13 *"`, "cron", Error},
		{cron, `cron: "0 22 * * 8"`, "cron", Error},
		{cron, `cron: "0 22 */0 * *"`, "cron", Error},
		{cron, `cron: "0 22 30 2 *"`, "cron.never", Error},
		{cron, `cron: "0 22 31 4,6,9,11 *"`, "cron.never", Error},
		{cron, `cron: "0 22 29 2 *"`, "", ""},
		{cron, `cron: "0 22 30 2 1"`, "", ""}, // Mondays
		{cron, `cron: "0,30 8-18/2 1,15 JAN-MAR,12 *"`, "", ""},
		{cron, cron + `, due: daily`, "due", Error},
		{cron, cron + `, due: cycle`, "", ""},
		{cron, cron + `, jitter: 24h`, "jitter", Error},
		{cron, cron + `, jitter: 23h`, "", ""},
		{cron, cron + `, jitter: -1s`, "negative", Error},
		{cron, cron + `, catch_up: -1s`, "negative", Error},
		{cron, cron + `, deadline: -1s`, "negative", Error},
		{cron, cron + `, min_rate: -1`, "negative", Error},
		{cron, `workdays: true`, "unscheduled", Warning},
		{cron, `due: cycle`, "unscheduled", Warning},
		{cron, cron + `, workdays: true`, "", ""},
		{cron, `cron: "0 22 * * 6", workdays: true`, "cron.workdays", Warning},
		{cron, `cron: "0 22 1-31 12 *", workdays: true`, "", ""},
	} {
		tells(t, c.now, c.key, c.severity, "guiji.yaml:9", judged(t, configFile, c.old, c.now))
	}
	for now, key := range map[string]text.Key{
		"{retry: 0s}": "schedule.least", "{grace: 1ms}": "schedule.least", "{tries: 0}": "schedule.tries", "{tries: 101}": "schedule.tries",
		"{metrics: '9464'}": "schedule.listen", "{metrics: 'localhost:http'}": "schedule.listen", "{metrics: '127.0.0.1:9464'}": "", "{tries: 1, retry: 1s, grace: 1s}": "",
	} {
		tells(t, now, key, Error, "guiji.yaml:8", judged(t, configFile, "pipelines:\n", "schedule: "+now+"\npipelines:\n"))
	}
}

// In December the next year's working days are asked for.
func TestUnannouncedWorkingDays(t *testing.T) {
	p, _ := checked(t, full(t, configFile, `cron: "0 22 * * *"`, `cron: "0 22 * * *", workdays: true`))
	last := 0
	for year := range workCalendar().years {
		last = max(last, year)
	}
	for days, want := range map[int]bool{0: false, 30: true} { // after 22 November
		at := when.AddDate(last-when.Year(), 0, days)
		got := slices.ContainsFunc(p.Check(at), func(v Violation) bool { return v.Key == "catalog.check.workdays" })
		if got != want {
			t.Errorf("%s: told %v", at, got)
		}
	}
}

func judged(t *testing.T, file string, edits ...string) []Violation {
	t.Helper()
	_, vs := checked(t, full(t, file, edits...))
	return vs
}

// tells asserts that of the schedule's rules this one alone is broken; "" is none.
func tells(t *testing.T, what string, key text.Key, severity Severity, at string, vs []Violation) {
	t.Helper()
	ours := slices.DeleteFunc(slices.Clone(vs), func(v Violation) bool {
		rest := strings.TrimPrefix(string(v.Key), "catalog.check.")
		return !slices.Contains([]string{"due", "jitter", "negative", "unscheduled", "workdays"}, rest) && !strings.HasPrefix(rest, "cron") && !strings.HasPrefix(rest, "schedule.")
	})
	switch {
	case key == "" && len(ours) == 0:
	case key == "" || len(ours) == 0:
		t.Errorf("%s: told %s", what, describe(ours))
	case ours[0].Key != "catalog.check."+key || ours[0].Severity != severity || ours[0].At.String() != at:
		t.Errorf("%s: told %s", what, describe(ours))
	}
	for _, v := range ours {
		for _, lang := range []text.Lang{text.EN, text.ZH} {
			if strings.Contains(v.Message(lang), "%!") {
				t.Error(v.Message(lang))
			}
		}
	}
}
