package orders

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/state"
	"guiji/lake"
)

// Book is the work orders of one release with what people did about them, for reading.
type Book struct {
	in     BookInput
	tables map[string]table
}

// BookInput is what a book is opened with.
type BookInput struct {
	Project *catalog.Project
	Release *lake.Release
	Session *engine.Session // the book keeps a temporary table in it: one book a session
	// Relation is a dataset's files as SQL, as in engine.Parquet; ok is false where the
	// release has no such dataset.
	Relation func(ctx context.Context, rel *lake.Release, dataset string) (sql string, ok bool, err error)
	// Acts calls f for every order that people acted on, as state.Store.EachOrder; nil for none.
	Acts func(ctx context.Context, f func(state.OrderStanding) error) error
	Now  time.Time // in the project's time zone: what is overdue depends on the day
}

// table is one resource's orders.
type table struct {
	sql  string
	keys []string
}

// OpenBook reads who did what and finds the release's orders.
func OpenBook(ctx context.Context, in BookInput) (*Book, error) {
	b := &Book{in: in, tables: map[string]table{}}
	for name, d := range in.Release.Datasets {
		resource := strings.TrimSuffix(strings.TrimPrefix(name, "quality/"), "/orders")
		if name != Dataset(resource) {
			continue
		}
		sql, ok, err := in.Relation(ctx, in.Release, name)
		if err != nil {
			return nil, fmt.Errorf("dataset %q: %w", name, err)
		}
		if ok {
			b.tables[resource] = table{sql: sql, keys: keysOf(d)}
		}
	}
	_, err := ReadActs(ctx, in.Session, in.Now.Location(), in.Acts)
	return b, err
}

// keysOf are the key columns of a resource's orders.
func keysOf(d lake.Dataset) []string {
	var out []string
	for _, c := range d.Columns {
		if !slices.Contains(Columns(), c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

// Resources are those that have orders or had, by id; with a department's id its own.
func (b *Book) Resources(department string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(b.tables)), func(id string) bool {
		return department != "" && !strings.HasPrefix(id, department+"/")
	})
}

// Keys are the key columns of a resource's orders; nil where it has none.
func (b *Book) Keys(resource string) []string { return b.tables[resource].keys }

// Ranges are conditions that part a resource's orders into ranges of about size, in the order
// of their rules and keys: SQL of Shown's columns, "" for all. Few orders are one range.
func (b *Book) Ranges(ctx context.Context, resource string, size int64) ([]string, error) {
	t := b.tables[resource]
	if len(t.keys) == 0 {
		return []string{""}, nil
	}
	return ranges(ctx, b.in.Session, t.sql, t.keys[0], size)
}

// Active reports whether a resource is still collected: of others nothing is to be mended.
func (b *Book) Active(resource string) bool {
	r := b.in.Project.Resource(resource)
	return r != nil && r.Status == catalog.Published
}
