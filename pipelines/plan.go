package pipelines

import (
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
)

// Plan says what a run would do. Making it touches no data.
type Plan struct {
	Pipeline  string        `json:"pipeline"`
	Date      string        `json:"date"`
	Resources []PlannedPull `json:"resources"`
	Saved     int           `json:"items_not_collected"`       // refused items whose columns nothing reads, several over one column once
	SavedRows int64         `json:"rows_not_collected"`        // values that are not collected twice: of each of these items, the rows of its resource
	SavedBy   uint64        `json:"rows_by_release,omitempty"` // the release whose rows were counted; 0: nothing has landed yet
	Uncounted int           `json:"items_uncounted,omitempty"` // those of resources that have not landed: how many rows they would give is not known
}

// PlannedPull is one resource as it will be pulled.
type PlannedPull struct {
	Resource   string    `json:"resource"`
	Name       string    `json:"name"`
	Connection string    `json:"connection"`
	Connector  string    `json:"connector"`
	Table      string    `json:"table"`
	Mode       string    `json:"mode"`                  // full or incremental
	ModeReason string    `json:"mode_reason,omitempty"` // why in full although it is incremental
	Cursor     string    `json:"cursor,omitempty"`      // the source's column
	From       string    `json:"from,omitempty"`        // where the window begins that it reads of the cursor, look-back included; Over tells
	Parts      int       `json:"parts"`                 // at most
	Items      []string  `json:"items"`
	Copies     []string  `json:"copies,omitempty"`     // read for comparison alone
	Authorised []string  `json:"authorised,omitempty"` // outside the catalogue, covered by an authorisation for a time
	Refused    []Refused `json:"refused,omitempty"`

	res   *catalog.Resource
	items []*catalog.Item
	gate  *catalog.Gate
	table []string // the source table's columns, in its order; as last looked at
}

// Refused is an item that is not collected, and by which rule.
type Refused struct {
	Item       string   `json:"item"`
	Column     string   `json:"column"` // in the source
	Element    string   `json:"element"`
	Authority  string   `json:"authority"`
	Department string   `json:"department"`          // that has the authority
	Entry      string   `json:"entry"`               // where it stands, department/name
	Code       string   `json:"code,omitempty"`      // 目录代码 of that entry
	Share      string   `json:"share,omitempty"`     // its class of sharing
	Why        string   `json:"why,omitempty"`       // in the language of Over
	Obtain     string   `json:"obtain,omitempty"`    // how it is had by sharing
	Rows       int64    `json:"rows,omitempty"`      // not collected twice: of its resource in the release counted; 0 where its column is read or counted already
	Needed     []Needed `json:"needed_by,omitempty"` // rules of the entry that cannot do without it: the resource fails
	refusal    catalog.Refusal
	saves      bool // nothing reads its column, and no refused item before it stands for it
}

// Needed is a rule of an entry that cannot do without an item which is refused.
type Needed struct {
	Rule  string `json:"rule"`          // as source.key[0]
	Place string `json:"place"`         // file:line
	Why   string `json:"why,omitempty"` // and what to do, in the language of Over
}

// MakePlan resolves a pipeline's selection of resources into what will be pulled.
// With names (ids, department/* or *), only those of the pipeline are planned.
func MakePlan(p *catalog.Project, pipeline string, names []string, at time.Time) (*Plan, error) {
	def, ok := p.Config.Pipelines[pipeline]
	if !ok {
		return nil, fault.New(fault.Config, "pipeline.unknown", pipeline).Try("pipeline.unknown.hint")
	}
	plan := &Plan{Pipeline: pipeline, Date: at.Format(time.DateOnly)}
	refusals := map[string][]catalog.Refusal{}
	for _, r := range p.CollectOnce(at) {
		refusals[r.Resource] = append(refusals[r.Resource], r)
	}
	for _, res := range p.Resources {
		if res.Status != catalog.Published || !selected(res.ID, def.Resources) || len(names) > 0 && !selected(res.ID, names) {
			continue
		}
		pull := planPull(p, res, def, refusals[res.ID])
		plan.Saved += pull.saved()
		plan.Resources = append(plan.Resources, pull)
	}
	if len(plan.Resources) == 0 {
		return nil, fault.New(fault.Config, "pipeline.nothing", pipeline).Try("pipeline.nothing.hint")
	}
	return plan, nil
}

func planPull(p *catalog.Project, res *catalog.Resource, def catalog.Pipeline, refusals []catalog.Refusal) PlannedPull {
	conn := p.Config.Connections[res.Source.Connection]
	pull := PlannedPull{
		Resource: res.ID, Name: res.Name, Connection: conn.Name, Connector: conn.Connector,
		Table: res.Source.Table, Mode: modeFull, Parts: max(1, p.Config.Defaults.Parts), res: res, gate: def.Gate,
	}
	if res.Incremental() {
		pull.Mode, pull.Cursor = modeIncremental, res.CursorColumn()
	}
	if res.NewFiles() {
		pull.Mode = modeNewFiles
	}
	if res.Gate != nil {
		pull.gate = res.Gate
	}
	for i := range res.Items {
		it := &res.Items[i]
		if k := slices.IndexFunc(refusals, func(r catalog.Refusal) bool { return r.Item == it.Name }); k >= 0 {
			r := refusals[k]
			pull.Refused = append(pull.Refused, refusedItem(it, r))
			continue
		}
		switch it.Role {
		case catalog.RoleCopy:
			pull.Copies = append(pull.Copies, it.Name)
		case catalog.RoleTemporary:
			pull.Authorised = append(pull.Authorised, it.Name)
		}
		pull.items = append(pull.items, it)
		pull.Items = append(pull.Items, it.Name)
	}
	pull.markSaved()
	return pull
}

func refusedItem(it *catalog.Item, r catalog.Refusal) Refused {
	out := Refused{Item: it.Name, Column: it.Column, Element: r.Element, Authority: string(r.Authority),
		Department: r.Way.Department, Entry: r.Way.Resource, Code: r.Way.Code, Share: r.Way.Share.Class, refusal: r}
	for _, n := range r.Needed {
		out.Needed = append(out.Needed, Needed{Rule: n.Rule, Place: n.At.String()})
	}
	return out
}

// markSaved finds the refused items by which a column is not read: what another item
// reads, or stands for too, is not saved, or not twice.
func (p *PlannedPull) markSaved() {
	for i := range p.Refused {
		same := func(column string) bool { return strings.EqualFold(column, p.Refused[i].Column) } // as CollectOnce has it
		p.Refused[i].saves = !slices.ContainsFunc(p.columns(), same) && !slices.ContainsFunc(p.Refused[:i], func(f Refused) bool { return same(f.Column) })
	}
}

// saved counts the columns that are not read.
func (p *PlannedPull) saved() int {
	n := 0
	for _, f := range p.Refused {
		if f.saves {
			n++
		}
	}
	return n
}

// Over tells of each resource how much of it a run over a head would read; a head of
// nil is none. Only its source can tell more: a cursor that went backwards makes an
// increment a full read.
func (plan *Plan) Over(p *catalog.Project, head *lake.Release, req Request, lang text.Lang, now time.Time) error {
	for i := range plan.Resources {
		pull := &plan.Resources[i]
		w, err := reachOf(p, pull, head, req, lang, now)
		if err != nil {
			return err
		}
		pull.Mode, pull.ModeReason = w.mode, w.why(lang)
		if w.window != nil {
			pull.From = w.window.From
		}
		plan.save(pull, head, lang)
	}
	return nil
}

// save counts what collect once saves a resource, by the rows its image has in the head,
// and says of each refused item why, and how it is had instead.
func (plan *Plan) save(pull *PlannedPull, head *lake.Release, lang text.Lang) {
	raw, landed := lake.Dataset{}, false
	if head != nil {
		plan.SavedBy = head.Version
		raw, landed = head.Datasets[datasetName("raw", pull.Resource)]
	}
	for i := range pull.Refused {
		f := &pull.Refused[i]
		f.Why, f.Obtain = f.refusal.Message(lang), f.refusal.Way.Message(lang)
		for k, n := range f.refusal.Needed {
			f.Needed[k].Why = n.Message(lang)
		}
		if !f.saves {
			continue
		}
		f.Rows = raw.Rows
		plan.SavedRows += raw.Rows
		if !landed {
			plan.Uncounted++
		}
	}
}

// PipelineOf finds the pipelines that hold the named resources, in order of name;
// without names, all pipelines.
func PipelineOf(p *catalog.Project, names []string) ([]string, error) {
	var all []string
	for name := range p.Config.Pipelines {
		all = append(all, name)
	}
	sort.Strings(all)
	if len(names) == 0 {
		return all, nil
	}
	var out []string
	for _, n := range names {
		found := false
		for _, name := range all {
			if name == n || slices.ContainsFunc(p.Resources, func(r *catalog.Resource) bool {
				return selected(r.ID, []string{n}) && selected(r.ID, p.Config.Pipelines[name].Resources)
			}) {
				found = true
				if !slices.Contains(out, name) {
					out = append(out, name)
				}
			}
		}
		if !found {
			return nil, fault.New(fault.Config, "pipeline.no_resource", n).Try("pipeline.no_resource.hint")
		}
	}
	return out, nil
}

// selected matches an id against ids, department/* and *.
func selected(id string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, id)
		return p == "*" || err == nil && ok
	})
}

// columns are the source's columns of the items to collect, each once, in order.
func (p *PlannedPull) columns() []string {
	var out []string
	for _, it := range p.items {
		if !slices.Contains(out, it.Column) {
			out = append(out, it.Column)
		}
	}
	return out
}

// keyColumns are the source's columns of the declared key.
func (p *PlannedPull) keyColumns() []string {
	var out []string
	for _, it := range p.res.KeyItems() {
		out = append(out, it.Column)
	}
	return out
}

// keys are the key columns of the resource's datasets: the declared key's items, or _key.
func keys(res *catalog.Resource) []string {
	if len(res.Source.Key) == 0 {
		return []string{"_key"}
	}
	return res.Source.Key
}
