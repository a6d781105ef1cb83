package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/lake"
)

// openTask is a catalogue task as catalog tasks prints it.
type openTask struct {
	lake.Task
	Department string `json:"department"` // ids of those who are to mend it, parted by commas; "" is the bureau
	Late       bool   `json:"overdue"`
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
			list := openTasks(w, head)
			return a.print(cmd, list, func() string { return a.tasksText(w.project, list) })
		},
	}
}

// openTasks are those of the newest release, what is due first in front; without a due
// date last.
func openTasks(w *workspace, head *lake.Release) []openTask {
	list := []openTask{}
	if head == nil {
		return list
	}
	for _, t := range head.Tasks {
		list = append(list, openTask{Task: t, Department: strings.Join(t.Departments(), ","), Late: t.Overdue(w.now())})
	}
	slices.SortStableFunc(list, func(x, y openTask) int {
		if (x.Due == "") != (y.Due == "") {
			return strings.Compare(y.Due, x.Due)
		}
		return strings.Compare(x.Due, y.Due)
	})
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
	late := 0
	for _, o := range list {
		due, state := o.Due, a.say("command.tasks.open")
		if o.Provisional {
			due = a.say("command.tasks.provisional", o.Due)
		}
		if o.Stops {
			state = a.say("command.tasks.stops")
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
