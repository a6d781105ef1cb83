package lineage

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"guiji/catalog"
	"guiji/lake"
	"guiji/quality"
)

// Checks reads how the checks of a resource ended from its dataset
// quality/<resource>/metrics, one assertion a rule. Rules that were not evaluated
// assert nothing.
func Checks(ctx context.Context, cache *lake.Cache, rel *lake.Release, r *catalog.Resource) ([]Assertion, error) {
	paths, err := cache.Files(ctx, rel.Datasets["quality/"+r.ID+"/metrics"])
	if err != nil {
		return nil, fmt.Errorf("fetch the metrics of %s: %w", r.ID, err)
	}
	var out []Assertion
	for _, path := range paths {
		t, err := readTable(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("read the metrics of %s: %w", r.ID, err)
		}
		out = append(out, asserted(t, r)...)
		t.Release()
	}
	return out, nil
}

func readTable(ctx context.Context, path string) (arrow.Table, error) {
	f, err := file.OpenParquetFile(path, false)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	reader, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	return reader.ReadTable(ctx)
}

func asserted(t arrow.Table, r *catalog.Resource) []Assertion {
	rows := array.NewTableReader(t, 0)
	defer rows.Release()
	var out []Assertion
	for rows.Next() {
		b := rows.RecordBatch()
		col := func(name string, i int) string {
			at := b.Schema().FieldIndices(name)
			if len(at) == 0 || b.Column(at[0]).IsNull(i) {
				return ""
			}
			return b.Column(at[0]).ValueStr(i)
		}
		for i := range int(b.NumRows()) {
			if status := col("status", i); status == string(quality.NotEvaluated) || status == "" {
				continue
			}
			a := Assertion{Kind: col("kind", i), Success: col("status", i) == string(quality.Pass), Column: sourceColumn(r, col("item", i)),
				Name: col("rule", i), Severity: "error", Expected: col("b", i), Actual: col("a", i)}
			if col("severity", i) == string(quality.Warning) {
				a.Severity = "warn"
			}
			if _, err := strconv.ParseInt(a.Actual, 10, 64); err != nil { // a count and nothing else
				a.Actual, a.Expected = "", ""
			}
			out = append(out, a)
		}
	}
	return out
}

// sourceColumn is the column of an item in the source; "" where a check is over
// several, or over the table.
func sourceColumn(r *catalog.Resource, item string) string {
	if strings.Contains(item, ",") {
		return ""
	}
	if it := r.Item(item); it != nil {
		return it.Column
	}
	return ""
}
