package pipelines

import (
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/fault"
)

// CheckWindow refuses a backfill's window that cannot be meant: a form that no cursor
// has, ends of two kinds or in the wrong order, together with a full read or a sample,
// or for resources whose cursors are of different kinds. Without From and To all is
// well. The error is of kind fault.Config.
func CheckWindow(p *catalog.Project, plan *Plan, req Request) error {
	if req.From == "" && req.To == "" {
		return nil
	}
	if req.Full || req.Sample > 0 {
		return fault.New(fault.Config, "pipeline.backfill.both")
	}
	from, to, err := parseWindow(req)
	if err != nil {
		return err
	}
	kinds := map[connectors.CursorKind][]string{}
	for i := range plan.Resources {
		pull := &plan.Resources[i]
		if !pull.res.Incremental() {
			return fault.New(fault.Config, "pipeline.backfill.full", pull.Resource)
		}
		kind := cursorKind(pull.res)
		if kind == "" {
			continue // no item tells; its source will
		}
		kinds[kind] = append(kinds[kind], pull.Resource)
		for at, w := range map[string]written{req.From: from, req.To: to} {
			if _, ok := w.as(kind, false); !ok && w.kind != "" {
				return fault.New(fault.Config, "pipeline.backfill.kind", pull.Resource, kind, at)
			}
		}
	}
	if len(kinds) > 1 {
		var all []string
		for kind, ids := range kinds {
			all = append(all, string(kind)+" "+strings.Join(ids, " "))
		}
		slices.Sort(all)
		return fault.New(fault.Config, "pipeline.backfill.kinds", strings.Join(all, ", ")).Try("pipeline.backfill.kinds.hint")
	}
	return nil
}

// cursorKind is the kind of a resource's cursor by the type of its item; "" if no item
// tells.
func cursorKind(res *catalog.Resource) connectors.CursorKind {
	it := res.CursorItem()
	if it == nil {
		return ""
	}
	switch it.Type.Kind {
	case catalog.Number:
		return connectors.CursorNumber
	case catalog.Date:
		return connectors.CursorDay
	case catalog.Time:
		return connectors.CursorTime
	}
	return ""
}

// parseWindow reads both ends; one that is open has no kind.
func parseWindow(req Request) (from, to written, err error) {
	var ok bool
	if req.From != "" {
		if from, ok = parseWritten(req.From); !ok {
			return from, to, fault.New(fault.Config, "pipeline.backfill.form", req.From)
		}
	}
	if req.To != "" {
		if to, ok = parseWritten(req.To); !ok {
			return from, to, fault.New(fault.Config, "pipeline.backfill.form", req.To)
		}
	}
	if req.From == "" || req.To == "" {
		return from, to, nil
	}
	if (from.kind == connectors.CursorNumber) != (to.kind == connectors.CursorNumber) {
		return from, to, fault.New(fault.Config, "pipeline.backfill.mixed", req.From, req.To)
	}
	if !windowOrdered(from, to) {
		return from, to, fault.New(fault.Config, "pipeline.backfill.order", req.From, req.To)
	}
	return from, to, nil
}

// backfill reads the window that was asked for. The cursor stays where it is.
func (w *reach) backfill(plan *PlannedPull, req Request) error {
	w.mode, w.cursor, w.kind = modeBackfill, w.was.Cursor, connectors.CursorKind(w.was.CursorKind)
	w.window = &connectors.Window{Column: plan.res.CursorColumn()}
	return w.widen(plan, req, w.kind)
}

// widen writes the ends of a backfill's window as a cursor of the kind has them.
func (w *reach) widen(plan *PlannedPull, req Request, kind connectors.CursorKind) error {
	from, to, err := parseWindow(req)
	if err != nil {
		return err
	}
	for _, end := range []struct {
		asked string
		at    written
		last  bool
		into  *string
	}{{req.From, from, false, &w.window.From}, {req.To, to, true, &w.window.To}} {
		if end.asked == "" {
			continue
		}
		p, ok := end.at.as(kind, end.last)
		if !ok {
			return fault.New(fault.Config, "pipeline.backfill.kind", plan.Resource, kind, end.asked)
		}
		*end.into = p.String()
	}
	return nil
}
