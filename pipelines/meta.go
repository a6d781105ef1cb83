package pipelines

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
)

// meta writes the catalogue the release is made with as the meta datasets.
func (r *run) meta(ctx context.Context, sources []string, version uint64) (map[string]*staged, error) {
	dir := filepath.Join(r.scratch, fmt.Sprintf("meta-%d", version))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s, err := engine.Open(ctx, engine.Options{Temp: r.scratch})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	out := map[string]*staged{}
	for _, t := range metaTables(r.Project, sources) {
		path := filepath.Join(dir, t.name+".parquet")
		w, err := newRowWriter(path, t.fields)
		if err != nil {
			return nil, err
		}
		for _, row := range t.rows {
			if err := w.append(row...); err != nil {
				return nil, err
			}
		}
		if err := w.close(); err != nil {
			return nil, fmt.Errorf("write meta/%s: %w", t.name, err)
		}
		d := &staged{paths: []string{path}, rows: []int64{int64(len(t.rows))},
			Dataset: lake.Dataset{Layer: "meta", Table: t.name, Label: t.label, Sorted: []string{t.fields[0].Name}}}
		if err := d.describe(ctx, s, plainLabels); err != nil {
			return nil, err
		}
		out[datasetName("meta", t.name)] = d
	}
	return out, nil
}

type metaTable struct {
	name, label string
	fields      []arrow.Field
	rows        [][]any
}

func metaTables(p *catalog.Project, sources []string) []metaTable {
	return []metaTable{departmentsTable(p), resourcesTable(p), itemsTable(p), elementsTable(p), sourcesTable(p, sources)}
}

func departmentsTable(p *catalog.Project) metaTable {
	t := metaTable{name: "departments", label: "部门", fields: texts("id", "name", "code", "parent")}
	for _, d := range p.Departments {
		t.rows = append(t.rows, []any{d.ID, d.Name, d.Code, d.Parent})
	}
	return t
}

func resourcesTable(p *catalog.Project) metaTable {
	t := metaTable{name: "resources", label: "信息资源目录",
		fields: texts("resource", "code", "name", "provider", "status", "update_cycle", "share_class", "open_class", "legal_basis")}
	for _, r := range p.Resources {
		t.rows = append(t.rows, []any{r.ID, r.Code, r.Name, r.Provider, string(r.Status), r.Cycle, r.Share.Class, r.Open.Class, r.LegalBasis})
	}
	return t
}

func itemsTable(p *catalog.Project) metaTable {
	t := metaTable{name: "items", label: "信息项", fields: texts("resource", "item", "label", "type", "element", "privacy", "role", "legal_basis")}
	for _, r := range p.Resources {
		for _, it := range r.Items {
			basis := it.LegalBasis
			if basis == "" {
				basis = r.LegalBasis
			}
			t.rows = append(t.rows, []any{r.ID, it.Name, it.Label, it.Type.String(), it.Element, string(it.Privacy), string(it.Role), basis})
		}
	}
	return t
}

func elementsTable(p *catalog.Project) metaTable {
	t := metaTable{name: "elements", label: "数据元", fields: texts("element", "name", "column", "entity", "standard", "authority")}
	for _, e := range p.Elements {
		var authorities []string
		for _, a := range e.Authority {
			authorities = append(authorities, string(a.Item))
		}
		t.rows = append(t.rows, []any{e.Code, e.Name, e.Column, e.Entity, e.Standard, strings.Join(authorities, " ")})
	}
	return t
}

func sourcesTable(p *catalog.Project, sources []string) metaTable {
	t := metaTable{name: "sources", label: "来源编号", fields: append(
		[]arrow.Field{{Name: "source", Type: arrow.PrimitiveTypes.Int16}}, texts("resource", "subject", "department", "name")...)}
	for i, name := range sources {
		id, subject, _ := strings.Cut(name, "#")
		row := []any{int16(i), id, subject, "", ""}
		if res := p.Resource(id); res != nil {
			row[4] = res.Name
			if d := p.Department(res.Provider); d != nil {
				row[3] = d.Name
			}
		}
		t.rows = append(t.rows, row)
	}
	return t
}
