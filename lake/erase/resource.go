package erase

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"guiji/internal/engine"
	"guiji/lake"
)

// resource is a dataset of a resource without the records that go, and how many rows
// that are; the files that hold none of them stay.
func (w *rewriter) resource(ctx context.Context, r *lake.Release, name, resource string) (lake.Dataset, int64, error) {
	d := r.Datasets[name]
	cond := w.condition(r, name, resource)
	if cond == "" {
		return d, 0, nil
	}
	var rows int64
	out := d
	out.Files = slices.Clone(d.Files)
	for i, f := range d.Files {
		m, err := w.without(ctx, name, f, cond)
		if err != nil {
			return d, 0, err
		}
		out.Files[i] = m.file
		rows += m.rows
	}
	out.Rows -= rows
	return out, rows, nil
}

// condition holds for the rows of a dataset that go; "" where it names no record.
func (w *rewriter) condition(r *lake.Release, name, resource string) string {
	d := r.Datasets[name]
	lit := engine.Lit(resource)
	among := func(key string) string {
		return key + " IN (SELECT record_key FROM gone_record WHERE resource = " + lit + ")"
	}
	var any []string
	for _, keys := range w.keys(r, resource) {
		if !slices.Equal(keys, []string{"_key"}) && has(d, keys...) {
			any = append(any, among(recordKey(keys)))
		}
	}
	for _, c := range []string{"_hash", "_key"} {
		if has(d, c) { // equal rows have one hash: all of them go
			any = append(any, "split_part("+engine.Ident(c)+", '-', 1) IN (SELECT hash FROM gone_record WHERE resource = "+lit+")")
		}
	}
	if has(d, "order_number") {
		any = append(any, "order_number IN (SELECT number FROM gone_order)")
	}
	if has(d, "kept") {
		any = append(any, among(engine.Ident("kept")))
	}
	if has(d, "key", "column", "text", "place") { // quarantine: the key as pulled, or as column=value
		any = append(any, among(`"key"`), among(`CAST(to_json(list_transform(string_split("key", ', '), lambda x: regexp_replace(x, '^[^=]*=', ''))) AS VARCHAR)`),
			"EXISTS (SELECT 1 FROM gone_text g WHERE g.resource = "+lit+" AND (contains("+asText(`"text"`)+", g.part) OR contains("+asText(`"key"`)+", g.part)))")
	}
	return strings.Join(any, " OR ")
}

// keys are the lists of columns that may be the record key of a resource's datasets:
// those its image landed with, and those the catalogue has now, which a refused image
// may go by.
func (w *rewriter) keys(r *lake.Release, resource string) [][]string {
	var out [][]string
	if k := r.Datasets["standard/"+resource].Sorted; len(k) > 0 {
		out = append(out, k)
	}
	if res := w.Project.Resource(resource); res != nil && len(res.Source.Key) > 0 && !slices.ContainsFunc(out, func(k []string) bool { return slices.Equal(k, res.Source.Key) }) {
		out = append(out, res.Source.Key)
	}
	return out
}

func has(d lake.Dataset, columns ...string) bool {
	for _, name := range columns {
		if !slices.ContainsFunc(d.Columns, func(c lake.Column) bool { return c.Name == name }) {
			return false
		}
	}
	return len(columns) > 0
}

// recordKey is the record key in one column (docs/layout.md).
func recordKey(keys []string) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = "CAST(" + engine.Ident(k) + " AS VARCHAR)"
	}
	return "CAST(to_json([" + strings.Join(parts, ", ") + "]) AS VARCHAR)"
}

// without is a file without the rows a condition holds for: the others stay as they
// are, in their order, with the file's metadata.
func (w *rewriter) without(ctx context.Context, dataset string, f lake.File, cond string) (made, error) {
	memo := f.SHA256 + cond
	if m, ok := w.files[memo]; ok {
		return m, nil
	}
	path, err := w.Cache.Fetch(ctx, f)
	if err != nil {
		return made{}, err
	}
	from := engine.Parquet([]string{path})
	m := made{file: f}
	if err := w.Session.Row(ctx, "count", "SELECT count(*) FROM "+from+" WHERE "+cond, &m.rows); err != nil {
		return made{}, err
	}
	if m.rows > 0 {
		meta, err := metadata(ctx, w.Session, path)
		if err != nil {
			return made{}, err
		}
		fresh := filepath.Join(w.Scratch, fmt.Sprintf("%06d.parquet", len(w.files)))
		n, err := w.Session.CopyQuery(ctx, "erase", "SELECT * FROM "+from+" WHERE ("+cond+") IS NOT TRUE", fresh, engine.ParquetOptions{Metadata: meta})
		if err != nil {
			return made{}, err
		}
		if n != f.Rows-m.rows {
			return made{}, fmt.Errorf("%d rows stayed of %d without %d", n, f.Rows, m.rows)
		}
		if m.file, err = w.upload(ctx, dataset, fresh, n); err != nil {
			return made{}, err
		}
	}
	w.files[memo] = m
	return m, nil
}

// metadata is a file's key-value metadata as guiji wrote it.
func metadata(ctx context.Context, s *engine.Session, path string) (map[string]string, error) {
	out := map[string]string{}
	err := s.Each(ctx, "metadata", "SELECT decode(key), decode(value) FROM parquet_kv_metadata("+engine.Lit(path)+") WHERE decode(key) <> 'ARROW:schema'", func(scan engine.Scanner) error {
		var k, v string
		if err := scan(&k, &v); err != nil {
			return err
		}
		out[k] = v
		return nil
	})
	return out, err
}
