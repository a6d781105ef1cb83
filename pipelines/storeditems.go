package pipelines

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"guiji/catalog"
	"guiji/transforms/standardize"
)

// itemsKey is the key of raw Parquet files' metadata that says how each item came out
// of standardising: a recheck standardises those anew whose definition is another today.
const itemsKey = "guiji.items"

// storedItem is what a raw file says of one item.
type storedItem struct {
	Column     string `json:"column"`     // of the source
	Definition string `json:"definition"` // digest of standardize.Definition of this item alone
}

// definitionOf is an item as today's catalogue defines it.
func definitionOf(p *catalog.Project, res *catalog.Resource, it *catalog.Item) storedItem {
	return storedItem{Column: it.Column, Definition: standardize.Definition(res, []*catalog.Item{it}, p.Codes, p.Elements...)[:16]}
}

// itemsMetadata is what a raw file says of its items: those of a recheck that stay as
// they were stored keep what was said of them.
func (r *run) itemsMetadata(p *pulled) (string, error) {
	b, err := json.Marshal(r.itemsOf(p))
	return string(b), err
}

// itemsOf are the items of an image as they came out of standardising.
func (r *run) itemsOf(p *pulled) map[string]storedItem {
	out := map[string]storedItem{}
	for _, it := range p.plan.items {
		one, kept := p.stored[it.Name]
		if !kept {
			one = definitionOf(r.Project, p.plan.res, it)
		}
		out[it.Name] = one
	}
	return out
}

// standardised is, by rule, a digest over the items it looks at as they came out of
// standardising; "" of a rule that looks at none.
func (r *run) standardised(p *pulled) map[string]string {
	items, out := r.itemsOf(p), map[string]string{}
	for _, rule := range p.rules {
		names := rule.Names()
		if len(names) == 0 {
			continue
		}
		h := sha256.New()
		for _, name := range names {
			fmt.Fprintf(h, "%s %s\n", items[name].Column, items[name].Definition)
		}
		out[rule.ID] = hex.EncodeToString(h.Sum(nil)[:8])
	}
	return out
}

// readItems reads what a raw file says; nil where it is from before files said it.
func readItems(metadata string) (map[string]storedItem, error) {
	if metadata == "" {
		return nil, nil
	}
	var out map[string]storedItem
	if err := json.Unmarshal([]byte(metadata), &out); err != nil {
		return nil, fmt.Errorf("items of a raw file: %w", err)
	}
	return out, nil
}
