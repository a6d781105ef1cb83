package pipelines

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality"
)

// storedImage is what the head holds of a resource, and how today's catalogue takes it:
// as it is, or standardised anew from the texts that were pulled.
type storedImage struct {
	run     *run
	plan    *PlannedPull // of the items that are stored
	was     lake.Resource
	dataset lake.Dataset
	held    bool // it is the image that a shut gate held back
	files   []string
	s       *engine.Session

	bits    []bitRule
	defined map[string]storedItem // nil: from before files told

	anew    []*catalog.Item     // standardised anew
	stuck   map[string]text.Key // items that stay as they are, though today's catalogue has others: why
	absent  []string            // items of today's catalogue that are not stored
	current bool                // no item has another definition today: the image is the one its fingerprint names
}

// stored opens what the head holds of a resource: the image that a shut gate held back,
// else the current one. nil where there is none.
func (r *run) storedImage(ctx context.Context, plan *PlannedPull) (*storedImage, error) {
	im := &storedImage{run: r, was: r.head.Resources[plan.Resource], stuck: map[string]text.Key{}}
	held, gated := r.head.Datasets[datasetName("quality", plan.Resource, "held")]
	im.dataset = r.head.Datasets[datasetName("raw", plan.Resource)]
	if im.held = gated && im.was.Outcome == lake.RunGated; im.held {
		im.dataset = held
	}
	if len(im.dataset.Files) == 0 {
		return nil, nil
	}
	mine := *plan
	im.plan, mine.items = &mine, nil
	for _, it := range plan.items {
		if slices.ContainsFunc(im.dataset.Columns, func(c lake.Column) bool { return c.Name == it.Name }) {
			mine.items = append(mine.items, it)
		} else {
			im.absent = append(im.absent, it.Name)
		}
	}
	var err error
	if im.files, err = r.Cache.Files(ctx, im.dataset); err != nil {
		return nil, err
	}
	if im.s, err = r.openEngine(ctx); err != nil {
		return nil, err
	}
	return im, nil
}

// judge reads what the files tell of rules and items and says what becomes of each item.
func (im *storedImage) judge(ctx context.Context) error {
	res := im.plan.res
	if err := im.sameKey(); err != nil {
		return err
	}
	for _, name := range asked(res) {
		if slices.Contains(im.absent, name) {
			return fault.New(fault.Config, "recheck.asked", res.ID, name).Try("recheck.run.hint", res.ID)
		}
	}
	rules, err := im.s.Metadata(ctx, im.files[0], rulesKey)
	if err != nil {
		return err
	}
	if im.bits, err = readRules(rules); err != nil {
		return fmt.Errorf("rules of %s: %w", res.ID, err)
	}
	items, err := im.s.Metadata(ctx, im.files[0], itemsKey)
	if err != nil {
		return err
	}
	if im.defined, err = readItems(items); err != nil {
		return err
	}
	im.current = len(im.absent) == 0 && !im.dropsItems()
	for _, it := range im.plan.items {
		if err := im.judgeItem(ctx, it); err != nil {
			return err
		}
	}
	return nil
}

// sameKey refuses an image of another key: its records are others today.
func (im *storedImage) sameKey() error {
	res := im.plan.res
	if im.run.rekeyed(res) {
		return fault.New(fault.Config, "recheck.key", res.ID).Try("recheck.run.hint", res.ID)
	}
	return nil
}

// asked are the items by which a resource picks its rows.
func asked(res *catalog.Resource) []string {
	out := slices.Clone(res.Source.Key)
	if d := res.Duplicates; d != nil {
		out = append(out, d.By...)
		if d.Keep.Item != "" {
			out = append(out, d.Keep.Item)
		}
	}
	if res.Vote != nil && res.Vote.Item != "" {
		out = append(out, res.Vote.Item)
	}
	return out
}

// dropsItems reports whether items are stored that today's catalogue does not collect.
func (im *storedImage) dropsItems() bool {
	return slices.ContainsFunc(im.bits, func(b bitRule) bool {
		return b.Kind == quality.TypeCheck && !slices.ContainsFunc(im.plan.items, func(it *catalog.Item) bool { return it.Name == b.Item })
	})
}

// judgeItem takes an item as it is where its definition is today's. One of another is
// standardised anew from the text that was pulled, coalesce(item_raw, item), where that
// text is whole.
func (im *storedImage) judgeItem(ctx context.Context, it *catalog.Item) error {
	res := im.plan.res
	_, same, _ := (&images{run: im.run}).stored(im.dataset.Columns, it)
	was, known := im.defined[it.Name]
	today := definitionOf(im.run.Project, res, it)
	switch {
	case same && known && was == today,
		same && !known && (im.was.Image == fingerprint(im.run.Project, im.run.plannedAs(im.plan)) || it.Type.Kind == catalog.Binary):
		return nil
	case known && was.Column != today.Column:
		im.stuck[it.Name] = "recheck.column"
	case slices.Contains(res.Source.Key, it.Name):
		im.stuck[it.Name] = "recheck.key_item"
		if same && !known {
			delete(im.stuck, it.Name) // nothing tells that it changed
			return nil
		}
	default:
		whole, err := im.whole(ctx, it)
		if err != nil {
			return err
		}
		if !whole {
			im.stuck[it.Name] = "recheck.bytes"
		}
	}
	im.current = false
	if im.stuck[it.Name] == "" {
		im.anew = append(im.anew, it)
		return nil
	}
	if !same {
		return fault.New(fault.Config, "recheck.type", res.ID, it.Name).Try("recheck.run.hint", res.ID)
	}
	return nil
}

// whole reports whether the texts that were pulled are stored as they were: bytes that
// were no text are shown, not kept, and a binary item has no text beside it.
func (im *storedImage) whole(ctx context.Context, it *catalog.Item) (bool, error) {
	if it.Type.Kind == catalog.Binary {
		return false, nil
	}
	bit := im.typeBit(it)
	if bit < 0 {
		return true, nil
	}
	var shown int64
	err := im.s.Row(ctx, "recheck", fmt.Sprintf(`SELECT count(*) FROM %s WHERE (%s >> %d) & 1 = 1 AND regexp_matches(%s, '\\x[0-9A-F]{2}')`,
		engine.Parquet(im.files), quality.MaskColumn(bit/quality.MaskBits), bit%quality.MaskBits, engine.Ident(it.Name+"_raw")), &shown)
	return shown == 0, err
}

// typeBit is the bit that says which stored cells of an item did not fit; -1 for none.
func (im *storedImage) typeBit(it *catalog.Item) int {
	at := slices.IndexFunc(im.bits, func(b bitRule) bool { return b.Kind == quality.TypeCheck && b.Item == it.Name })
	if at < 0 {
		return -1
	}
	return im.bits[at].Bit
}

// write writes the image to one file, as its steps take it: each item with its _raw, of
// those to be standardised anew the text that was pulled; the hash; the bits of the type
// rules where today's have them.
func (im *storedImage) write(ctx context.Context, dir string) (string, error) {
	var columns []string
	words := make([][]string, len(typeMasks(len(im.plan.items))))
	for i, it := range im.plan.items {
		name, raw := engine.Ident(it.Name), engine.Ident(it.Name+"_raw")
		if slices.Contains(im.anew, it) {
			columns = append(columns, "coalesce("+raw+", CAST("+name+" AS VARCHAR)) AS "+name)
			continue
		}
		columns = append(columns, name, raw)
		if bit := im.typeBit(it); bit >= 0 {
			words[i/quality.MaskBits] = append(words[i/quality.MaskBits],
				fmt.Sprintf("(((%s >> %d) & 1) << %d)", quality.MaskColumn(bit/quality.MaskBits), bit%quality.MaskBits, i%quality.MaskBits))
		}
	}
	if len(im.plan.res.Source.Key) == 0 {
		columns = append(columns, "_hash")
	}
	for w, terms := range words {
		columns = append(columns, fmt.Sprintf("CAST(%s AS BIGINT) AS _type%d", strings.Join(append(terms, "0"), " | "), w))
	}
	path := filepath.Join(dir, "stored.parquet")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	_, err := im.s.CopyQuery(ctx, "recheck", "SELECT "+strings.Join(columns, ", ")+" FROM "+engine.Parquet(im.files), path, engine.ParquetOptions{})
	return path, err
}

// plannedAs is the plan of a resource with all its items.
func (r *run) plannedAs(plan *PlannedPull) *PlannedPull {
	for i := range r.plan.Resources {
		if r.plan.Resources[i].Resource == plan.Resource {
			return &r.plan.Resources[i]
		}
	}
	return plan
}
