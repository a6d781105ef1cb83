package pipelines

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/lake"
)

// nearDays before its clean-up date an item held beside its authority is a task.
const nearDays = 30

// Tasks are the catalogue tasks that are open on a day: those of the newest release (head;
// nil is none) with their dates, and those the catalogue alone tells of and no release has
// yet, dated as if a run of that day found them and with Since 0. The items that are to be
// cleaned up, or soon, come from the catalogue each time: their dates stand there. An error
// is of what data said of duplicates, which the tasks beside it do without.
func Tasks(p *catalog.Project, head *lake.Release, now time.Time) ([]lake.Task, error) {
	var out []lake.Task
	was := map[string]lake.Task{}
	if head != nil {
		out = slices.Clone(head.Tasks)
		was = tasksOf(p, head)
	}
	found, err := fromCatalogue(p, was, now)
	for _, t := range found {
		if _, told := was[t.ID]; !told {
			dateTask(p, now, &t)
			out = append(out, t)
		}
	}
	return append(out, cleanUpTasks(p, now)...), err
}

// tasksOf are a release's tasks by id. One of an element that has another code today is
// the same task.
func tasksOf(p *catalog.Project, head *lake.Release) map[string]lake.Task {
	out := map[string]lake.Task{}
	for _, t := range head.Tasks {
		if t.Element != "" {
			code := p.CurrentCode(t.Element)
			t.ID, t.Element = registerTask(code, t.Kind), code
		}
		out[t.ID] = t
	}
	return out
}

// registerTask is the id of a task about a data element.
func registerTask(code, kind string) string { return code + ":" + kind }

// fromCatalogue are the tasks that need no look at a source, without dates: of the register
// and of entries that may be one. was are those told before, by id.
func fromCatalogue(p *catalog.Project, was map[string]lake.Task, now time.Time) ([]lake.Task, error) {
	twins, err := duplicateTasks(p, was)
	return append(registerTasks(p, now.Format(time.DateOnly)), twins...), err
}

// registerTasks ask for an authority over each element that has none on the day: those
// whose published entries hold it, else the bureau. And where its entry is not published,
// its department for the entry: nobody says the value till then.
func registerTasks(p *catalog.Project, day string) []lake.Task {
	var out []lake.Task
	for i := range p.Elements {
		e := &p.Elements[i]
		if e.HeldBack(day) {
			out = append(out, designation(p, e))
		}
		for _, c := range p.Unpublished(e, day) {
			out = append(out, lake.Task{ID: registerTask(e.Code, lake.TaskAuthorityUnpublished), Kind: lake.TaskAuthorityUnpublished,
				Resource: c.Resource.ID, Element: e.Code, Name: e.Name, For: []string{c.Resource.Provider}})
		}
	}
	return out
}

func designation(p *catalog.Project, e *catalog.Element) lake.Task {
	t := lake.Task{ID: registerTask(e.Code, lake.TaskAuthorityMissing), Kind: lake.TaskAuthorityMissing, Element: e.Code, Name: e.Name}
	for _, u := range p.Carriers(e.Code) {
		if u.Resource.Status == catalog.Published && !slices.Contains(t.For, u.Resource.Provider) {
			t.For = append(t.For, u.Resource.Provider)
		}
	}
	return t
}

// cleanUpTasks are the items held beside their authority whose clean-up date has come, comes
// within nearDays, or is missing. No release carries them: reports list all such items.
func cleanUpTasks(p *catalog.Project, now time.Time) []lake.Task {
	soon := now.AddDate(0, 0, nearDays).Format(time.DateOnly)
	var out []lake.Task
	for _, u := range p.CleanUps(now, "") {
		if !u.Refused && u.Item.CleanUpBy > soon {
			continue
		}
		out = append(out, lake.Task{ID: fmt.Sprintf("%s:%s:%s", u.Ref(), lake.TaskCleanUp, u.Element.Code), Kind: lake.TaskCleanUp, Resource: u.Resource.ID,
			Element: u.Element.Code, Name: u.Item.Title(), For: []string{u.Resource.Provider}, Was: string(u.Authority), Due: u.Item.CleanUpBy, Stops: u.Refused,
			Basis: cmp.Or(p.Cite("collect_once", now.Format(time.DateOnly)), u.Item.LegalBasis)})
	}
	return out
}

// dateTask opens a task on a day. It is due when the strictest of the active profiles says an
// entry must be up to date (暂行办法第十六条); all that know a term are named. Without one
// it has no due date.
func dateTask(p *catalog.Project, today time.Time, t *lake.Task) {
	t.Opened = today.Format(time.DateOnly)
	var basis []string
	for i, d := range p.Deadlines("catalogue_update", today) {
		if i == 0 {
			t.Due, t.Provisional = d.Due.Format(time.DateOnly), d.Provisional
		}
		note := ""
		if d.Unverified {
			note = "，期限未经与公布文本核对"
		}
		basis = append(basis, fmt.Sprintf("%s（%d个工作日%s）", d.Basis, d.Days, note))
	}
	if t.Kind == lake.TaskDuplicateUndecided { // that duplicates are to be merged is a rule without a term: a merge brings an entry up to date
		if rule := p.Cite("duplicates", t.Opened); rule != "" {
			basis = append([]string{rule}, basis...)
		}
	}
	t.Basis = strings.Join(basis, "；")
}
