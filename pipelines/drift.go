package pipelines

import (
	"context"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
)

// drift is what a run found of a resource's table, against what the entry was made for.
type drift struct {
	tasks   []lake.Task         // Since, Opened, Due and Basis are the release's to fill in
	columns []lake.SourceColumn // what the next run compares with
	now     []lake.SourceColumn // the collected columns as they are
	foreign bool                // the table has none of them: the source says best what it is
	cause   error               // the source's word on a missing table
}

// stops are the tasks that keep the resource from being collected.
func (d *drift) stops() []lake.Task {
	return slices.DeleteFunc(slices.Clone(d.tasks), func(t lake.Task) bool { return !t.Stops })
}

// lookAt compares a resource's table with what its catalogue entry was made for: its
// columns when the entry's version first landed. A table that never landed is compared
// with nothing: what is missing from it is an error of configuration.
func (r *run) lookAt(ctx context.Context, plan *PlannedPull) (*drift, error) {
	var was lake.Resource
	landed := false
	if r.head != nil {
		was, landed = r.head.Resources[plan.Resource]
	}
	source, err := r.sources.open(ctx, plan.Connection)
	if err != nil {
		return nil, err
	}
	tables, err := source.Discover(ctx, plan.Table)
	switch {
	case fault.KindOf(err) == fault.Config && err != nil && landed:
		return &drift{columns: was.Columns, cause: err, tasks: []lake.Task{newTask(plan.Resource, lake.TaskTableMissing, "", plan.Table, "", true)}}, nil
	case err != nil:
		return nil, err
	}
	plan.table = nil
	for i := range tables[0].Columns {
		plan.table = append(plan.table, tables[0].Columns[i].Name)
	}
	if !landed {
		return compareTable(plan, nil, &tables[0], false), nil
	}
	if was.Entry != plan.res.Version { // the department has looked at its entry since
		was.Columns = nil
	}
	return compareTable(plan, was.Columns, &tables[0], true), nil
}

// compareTable finds what a table has that was not there, and lacks or has changed of
// what is collected. was is empty where there is nothing to compare with; missing
// columns are drift only of a resource that has landed. Where columns are missing, new ones
// are not told of: a text file without its header line has values for names.
func compareTable(plan *PlannedPull, was []lake.SourceColumn, table *connectors.Table, landed bool) *drift {
	d := &drift{columns: slices.Clone(was)}
	if len(was) == 0 {
		for i := range table.Columns {
			d.columns = append(d.columns, sourceColumn(&table.Columns[i]))
		}
	}
	for _, name := range plan.columns() {
		at := columnAt(table.Columns, name)
		old := known(was, name)
		if at < 0 {
			if landed {
				d.tasks = append(d.tasks, newTask(plan.Resource, lake.TaskColumnMissing, name, old.Type, "", true))
			}
			continue
		}
		is := sourceColumn(&table.Columns[at])
		d.now = append(d.now, is)
		switch {
		case old.Name == "" && len(was) > 0: // an item that was added to the entry
			d.columns = append(d.columns, is)
		case old.Name != "" && retyped(old, is):
			d.tasks = append(d.tasks, newTask(plan.Resource, lake.TaskColumnRetyped, name, old.Type, is.Type, old.Class != is.Class))
		}
	}
	missing := len(plan.columns()) - len(d.now)
	if d.foreign = landed && len(d.now) == 0; d.foreign {
		d.tasks = nil
	}
	if len(was) > 0 && missing == 0 {
		d.tasks = append(d.tasks, newColumns(plan, d.columns, table)...)
	}
	slices.SortFunc(d.tasks, func(a, b lake.Task) int { return strings.Compare(a.ID, b.ID) })
	return d
}

// newColumns, of a table that lacks nothing, are those that neither the entry nor the table it was made for has.
func newColumns(plan *PlannedPull, was []lake.SourceColumn, table *connectors.Table) []lake.Task {
	var out []lake.Task
	for i := range table.Columns {
		c := &table.Columns[i]
		inEntry := slices.ContainsFunc(plan.res.Items, func(it catalog.Item) bool { return strings.EqualFold(it.Column, c.Name) })
		if !inEntry && known(was, c.Name).Name == "" {
			out = append(out, newTask(plan.Resource, lake.TaskColumnNew, c.Name, "", c.SourceType, false))
		}
	}
	return out
}

func newTask(resource, kind, column, was, is string, stops bool) lake.Task {
	id := resource + ":" + kind
	if column != "" {
		id += ":" + column
	}
	return lake.Task{ID: id, Resource: resource, Kind: kind, Column: column, Was: was, Is: is, Stops: stops}
}

// columnAt finds a column in its own case, else in any; -1 if there is none.
func columnAt(columns []connectors.Column, name string) int {
	if i := slices.IndexFunc(columns, func(c connectors.Column) bool { return c.Name == name }); i >= 0 {
		return i
	}
	return slices.IndexFunc(columns, func(c connectors.Column) bool { return strings.EqualFold(c.Name, name) })
}

// known finds a column among those of a release; without a name if it has none.
func known(columns []lake.SourceColumn, name string) lake.SourceColumn {
	for _, c := range columns {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return lake.SourceColumn{}
}

// retyped tells of another type. What follows a semicolon is how a text file happens to
// be encoded today, and the width of a whole number is no type.
func retyped(was, is lake.SourceColumn) bool {
	a, _, _ := strings.Cut(was.Type, ";")
	b, _, _ := strings.Cut(is.Type, ";")
	if was.Class == is.Class && is.Class == "integer" {
		a, b = withoutWidth(a), withoutWidth(b)
	}
	return a != b || was.Class != is.Class
}

// withoutWidth is bigint unsigned for bigint(20) unsigned: servers differ in telling it.
func withoutWidth(typ string) string {
	before, rest, ok := strings.Cut(typ, "(")
	_, after, closed := strings.Cut(rest, ")")
	if !ok || !closed {
		return typ
	}
	return before + after
}

func sourceColumn(c *connectors.Column) lake.SourceColumn {
	return lake.SourceColumn{Name: c.Name, Type: c.SourceType, Class: classOf(c.Type)}
}

// classOf is what kind of values a type holds. Rules and steps made for one kind do not
// fit another.
func classOf(t arrow.DataType) string {
	switch {
	case arrow.IsInteger(t.ID()):
		return "integer"
	case arrow.IsDecimal(t.ID()):
		return "decimal"
	case arrow.IsFloating(t.ID()):
		return "float"
	case t.ID() == arrow.STRING || t.ID() == arrow.LARGE_STRING || t.ID() == arrow.STRING_VIEW:
		return "text"
	case arrow.IsBinaryLike(t.ID()) || t.ID() == arrow.FIXED_SIZE_BINARY:
		return "bytes"
	}
	return strings.ToLower(t.ID().String())
}

// keepDrift remembers what was found of a resource; where it stops the resource, the run's
// record says why, as of a shut gate.
func (r *run) keepDrift(resource string, d *drift) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drifts[resource] = d
	if len(d.stops()) == 0 {
		return
	}
	err := r.stopped(d)
	r.record.Resources[resource] = lake.RunResource{Outcome: lake.RunGated, Kind: err.Kind.String(), Reason: fault.Message(r.Lang, err), Drift: d.tasks}
	r.Log.Warn("drift stops a resource", "run", r.id, "resource", resource, "columns", len(d.stops()))
	r.resume.drop(resource)
	r.Progress.Done(resource, lake.RunGated)
}

// stopped says why drift stops a resource.
func (r *run) stopped(d *drift) *fault.Error {
	stops := d.stops()
	var what []string
	for _, t := range stops {
		what = append(what, t.In(r.Lang))
	}
	err := fault.New(fault.Gate, "pipeline.drift", stops[0].Resource, strings.Join(what, text.Format(r.Lang, "pipeline.drift.and"))).Try("pipeline.drift.hint", stops[0].Resource)
	if d.cause != nil {
		err = err.Because(d.cause)
	}
	return err
}

// sameColumns tells whether the collected columns are as they were before the pull.
func (d *drift) sameColumns(after *drift) bool { return slices.Equal(d.now, after.now) }

// rebuilt is why an increment would not do: columns that are collected were dropped,
// retyped or put back since the head, which writes values and sets no cursor. "" if none
// were.
func (r *run) rebuilt(plan *PlannedPull, d *drift) text.Key {
	told := func(tasks []lake.Task) (out []string) {
		for _, t := range tasks {
			if t.Resource == plan.Resource && t.Kind != lake.TaskColumnNew {
				out = append(out, t.ID+" "+t.Is)
			}
		}
		slices.Sort(out)
		return out
	}
	if r.head == nil || slices.Equal(told(r.head.Tasks), told(d.tasks)) {
		return ""
	}
	return "pipeline.mode.rebuilt"
}
