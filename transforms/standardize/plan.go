package standardize

import (
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
	"guiji/internal/fault"
)

// Plan says how a resource's source columns become items. It is immutable: any
// number of goroutines may apply it.
type Plan struct {
	resource string
	columns  []column
	keys     []int // the declared key's places in columns
	hashed   []int // keyless: the columns in order of item name, which _hash covers
	source   *arrow.Schema
	schema   *arrow.Schema
}

// column is one item's way out of one source column.
type column struct {
	item    *catalog.Item
	source  int // place in the source's schema
	menders []mender
	empty   bool // an empty text is NULL
	row     bool // what does not fit sends the row to quarantine
}

// Bind plans how source columns become items: those collected, in the order
// their columns shall have. Source is the connector's schema, fields named as
// the source names its columns; two items may share one. Elements tell which
// standard an item's values follow; without them only types and checks do.
// Errors are of kind fault.Config and name item, column and types.
func Bind(res *catalog.Resource, items []*catalog.Item, source *arrow.Schema,
	codes map[string]*catalog.CodeTable, elements ...catalog.Element) (*Plan, error) {
	p := &Plan{resource: res.ID, source: source}
	var fields []arrow.Field
	for _, item := range items {
		c, err := bindColumn(res, item, source, codes, elements)
		if err != nil {
			return nil, err
		}
		p.columns = append(p.columns, c)
		fields = append(fields,
			arrow.Field{Name: item.Name, Type: item.Type.Arrow(), Nullable: true},
			arrow.Field{Name: item.Name + "_raw", Type: arrow.BinaryTypes.String, Nullable: true})
	}
	for _, key := range res.Source.Key {
		at := slices.IndexFunc(items, func(i *catalog.Item) bool { return i.Name == key })
		if at < 0 {
			return nil, fault.New(fault.Config, "standardize.key_missing", res.ID, key)
		}
		p.keys = append(p.keys, at)
	}
	if len(p.keys) == 0 {
		p.hashed = byName(items)
		fields = append(fields, arrow.Field{Name: "_hash", Type: arrow.BinaryTypes.String, Nullable: true})
	}
	p.schema = arrow.NewSchema(fields, nil)
	return p, nil
}

func bindColumn(res *catalog.Resource, item *catalog.Item, source *arrow.Schema,
	codes map[string]*catalog.CodeTable, elements []catalog.Element) (column, error) {
	name := item.Column
	if name == "" {
		name = item.Name
	}
	at := slices.IndexFunc(source.Fields(), func(f arrow.Field) bool { return f.Name == name })
	if at < 0 {
		return column{}, fault.New(fault.Config, "standardize.no_column", res.ID, item.Name, name)
	}
	if from := source.Field(at).Type; !castable(from, item.Type.Kind) {
		return column{}, fault.New(fault.Config, "standardize.type_changed", res.ID, item.Name, name, from.String(), item.Type.String()).
			Try("standardize.change_type")
	}
	specs := item.Standardize
	if specs == nil {
		specs = Defaults(item, standardOf(item, elements))
	}
	menders, err := bindSteps(item, specs, codes)
	if err != nil {
		return column{}, err
	}
	c := column{item: item, source: at, row: item.Unfit == catalog.UnfitRow || slices.Contains(res.Source.Key, item.Name)}
	for _, m := range menders {
		c.empty = c.empty || m.empty
		if m.apply != nil {
			c.menders = append(c.menders, m)
		}
	}
	return c, nil
}

func standardOf(item *catalog.Item, elements []catalog.Element) string {
	for _, e := range elements {
		if e.Code == item.Element {
			return e.Standard
		}
	}
	return ""
}

// byName orders the columns by item name, so that a hash does not change when
// items are written in another order.
func byName(items []*catalog.Item) []int {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(items[a].Name, items[b].Name) })
	return order
}

// Schema is that of every batch: for each item <item> in its catalogue type and
// <item>_raw (utf8); a keyless resource has _hash (utf8, 32 hex digits) at the end.
func (p *Plan) Schema() *arrow.Schema { return p.schema }
