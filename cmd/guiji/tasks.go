package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/pipelines"
)

// openTask is a catalogue task as catalog tasks prints it.
type openTask struct {
	lake.Task
	Department string `json:"department"` // ids of those who are to mend it, parted by commas; "" is the bureau
	Late       bool   `json:"overdue"`
	New        bool   `json:"not_in_release,omitempty"` // the catalogue tells of it, and no run has taken it up: its term is counted from today
}

func (a *app) catalogTasks() *cobra.Command {
	return &cobra.Command{
		Use:   "tasks",
		Short: a.say("command.tasks"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			head, err := w.chain.Head(cmd.Context())
			if err != nil {
				return err
			}
			open, err := pipelines.Tasks(w.project, head, w.now())
			if err != nil { // what the comparison kept is derived; the next one writes it anew
				fmt.Fprintln(cmd.ErrOrStderr(), a.say("command.tasks.evidence", fault.Message(a.language(), err)))
			}
			list := openTasks(open, w.now())
			return a.print(cmd, list, func() string { return a.tasksText(w.project, list) })
		},
	}
}

// openTasks are what is due first in front: at once, then by day; without a due date last.
func openTasks(open []lake.Task, now time.Time) []openTask {
	list := []openTask{}
	for _, t := range open {
		list = append(list, openTask{Task: t, Department: strings.Join(t.Departments(), ","), Late: t.Overdue(now), New: t.Since == 0 && t.Kind != lake.TaskCleanUp})
	}
	due := func(t openTask) string {
		if t.Due == "" && !t.Stops {
			return "later"
		}
		return t.Due
	}
	slices.SortStableFunc(list, func(x, y openTask) int { return strings.Compare(due(x), due(y)) })
	return list
}

func (a *app) tasksText(p *catalog.Project, list []openTask) string {
	if len(list) == 0 {
		return a.say("command.tasks.none")
	}
	var b strings.Builder
	t := newTable()
	t.AppendHeader(table.Row{a.say("command.tasks.about"), a.say("command.tasks.whose"), a.say("command.tasks.what"), a.say("command.tasks.opened"), a.say("command.tasks.due"), a.say("command.tasks.state")})
	var bases []string
	late, undated := 0, 0
	for _, o := range list {
		due, state := o.Due, a.say("command.tasks.open")
		if o.Provisional {
			due = a.say("command.tasks.provisional", o.Due)
		}
		switch {
		case o.Stops && o.Kind == lake.TaskCleanUp:
			state = a.say("command.cleanup.refused")
		case o.Stops:
			state = a.say("command.tasks.stops")
		case o.New:
			undated++
			state = a.say("command.tasks.new")
		}
		if o.Late {
			late++
			state += a.say("pipeline.drift.and") + a.say("command.tasks.overdue")
		}
		t.AppendRow(table.Row{cmp.Or(o.Resource, o.Element), a.whose(p, o.Departments()), o.In(a.language()), o.Opened, due, state})
		if o.Basis != "" && !slices.Contains(bases, o.Basis) {
			bases = append(bases, o.Basis)
		}
	}
	fmt.Fprintln(&b, t.Render())
	for _, basis := range bases {
		fmt.Fprintln(&b, a.say("command.catalog.basis", basis))
	}
	if undated > 0 {
		fmt.Fprintln(&b, a.say("command.tasks.undated", undated))
	}
	fmt.Fprint(&b, a.say("command.tasks.sum", len(list), late))
	return b.String()
}

// whose names the departments a task is for.
func (a *app) whose(p *catalog.Project, ids []string) string {
	var names []string
	for _, id := range ids {
		if d := p.Department(id); d != nil {
			id = d.Name
		}
		names = append(names, id)
	}
	if len(names) == 0 {
		return cmp.Or(p.Config.Bureau.Name, a.say("command.tasks.bureau"))
	}
	return strings.Join(names, a.say("pipeline.drift.and"))
}

// writeDrift tells of a run's drift that stopped nothing; what stopped a resource is its
// reason, and has been told.
func (a *app) writeDrift(b *strings.Builder, rec *lake.RunRecord, ids []string) {
	for _, id := range ids {
		for _, t := range rec.Resources[id].Drift {
			if !t.Stops {
				fmt.Fprintln(b, a.say("command.run.drift", id, t.In(a.language())))
			}
		}
		if n := rec.Resources[id].Resumed; n > 0 {
			fmt.Fprintln(b, a.say("command.run.resumed", id, n))
		}
	}
	if rec.Tasks > 0 {
		fmt.Fprintln(b, a.say("command.run.tasks", rec.Tasks))
	}
}
