package lineage

import (
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/lake"
)

// layers are those whose datasets are told of: where data goes. What quality and meta
// hold is about the data.
var layers = [...]string{"raw", "standard", "entity"}

// outputs adds the datasets that rel carries anew, the checks of the resources read,
// and, as inputs, the tables that entities were resolved from.
func (m Maker) outputs(ev *Event, rel *lake.Release) {
	known := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(rel.Datasets)) {
		d := rel.Datasets[key]
		if d.Since != rel.Version || !slices.Contains(layers[:], d.Layer) {
			continue
		}
		ev.Outputs = append(ev.Outputs, m.output(rel, key, d))
		known[key] = true
	}
	m.checks(ev, rel)
	for _, key := range m.feeding(rel, known) {
		d := rel.Datasets[key]
		ev.Inputs = append(ev.Inputs, Dataset{Namespace: m.namespace(), Name: d.Layer + "." + d.Table,
			Facets: map[string]any{"schema": m.schema(d), "version": datasetVersion{m.facet("1-0-1", "DatasetVersionDatasetFacet"), key + "@" + since(d)}}})
	}
}

func (m Maker) output(rel *lake.Release, key string, d lake.Dataset) Dataset {
	out := Dataset{Namespace: m.namespace(), Name: d.Layer + "." + d.Table, Facets: map[string]any{
		"schema":     m.schema(d),
		"version":    datasetVersion{m.facet("1-0-1", "DatasetVersionDatasetFacet"), key + "@" + since(d)},
		"dataSource": dataSource{m.facet("1-0-1", "DatasourceDatasetFacet"), "store", storeURI(m.Project.Config.Store, m.Project.Dir)},
	}}
	if d.Label != "" {
		out.Facets["documentation"] = documentation{m.facet("1-1-0", "DocumentationDatasetFacet"), d.Label}
	}
	if fields := m.columns(rel, key, d); len(fields) > 0 {
		out.Facets["columnLineage"] = columnLineage{m.facet("1-2-0", "ColumnLineageDatasetFacet"), fields}
	}
	var size int64
	for _, f := range d.Files {
		size += f.Size
	}
	files := int64(len(d.Files))
	out.OutputFacets = map[string]any{
		"outputStatistics": statistics{facet: m.facet("1-0-2", "OutputStatisticsOutputDatasetFacet"), Rows: d.Rows, Size: &size, Files: &files},
	}
	return out
}

func since(d lake.Dataset) string { return fmt.Sprintf("v%012d", d.Since) }

func (m Maker) schema(d lake.Dataset) schema {
	s := schema{facet: m.facet("1-2-0", "SchemaDatasetFacet"), Fields: []field{}}
	for i, c := range d.Columns {
		s.Fields = append(s.Fields, field{c.Name, c.Type, c.Label, i + 1})
	}
	return s
}

// storeURI is the store without what a query might hold; a folder with its whole path.
func storeURI(store, dir string) string {
	if path, ok := strings.CutPrefix(store, "file://"); ok {
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
		return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
	}
	u, err := url.Parse(store)
	if err != nil {
		return "file:"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// columns say where each column of a dataset comes from. Columns guiji makes itself,
// masks, digests and numbers of sources, have no line.
func (m Maker) columns(rel *lake.Release, key string, d lake.Dataset) map[string]lineageField {
	layer, id, _ := strings.Cut(key, "/")
	if layer == "entity" {
		return m.entityColumns(rel, id, d)
	}
	r := m.Project.Resource(id)
	if r == nil {
		return nil
	}
	ns, name := m.place(r)
	out := map[string]lineageField{}
	for _, c := range d.Columns {
		item, subtype := r.Item(c.Name), "TRANSFORMATION" // standardised and cast
		if item == nil {
			item, subtype = r.Item(strings.TrimSuffix(c.Name, "_raw")), "IDENTITY"
		}
		if item != nil && m.Stored {
			out[c.Name] = lineageField{[]inputField{{ns, name, c.Name, []transformation{{"DIRECT", subtype, false}}}}}
		} else if item != nil {
			out[c.Name] = lineageField{[]inputField{{ns, name, item.Column, []transformation{{"DIRECT", subtype, false}}}}}
		}
	}
	return out
}

// entityColumns lead to the items that speak for a column in the resources' standard
// tables.
func (m Maker) entityColumns(rel *lake.Release, entity string, d lake.Dataset) map[string]lineageField {
	out := map[string]lineageField{}
	for _, v := range m.Voices {
		if v.Entity != entity || !slices.ContainsFunc(d.Columns, func(c lake.Column) bool { return c.Name == v.Column }) {
			continue
		}
		from, ok := rel.Datasets["standard/"+v.Resource]
		if !ok || !slices.ContainsFunc(from.Columns, func(c lake.Column) bool { return c.Name == v.Item }) {
			continue
		}
		f := out[v.Column]
		f.Inputs = append(f.Inputs, inputField{m.namespace(), from.Layer + "." + from.Table, v.Item, []transformation{{"DIRECT", "TRANSFORMATION", false}}})
		out[v.Column] = f
	}
	return out
}

// feeding are the standard tables of older releases that the entities made now were
// resolved from.
func (m Maker) feeding(rel *lake.Release, made map[string]bool) []string {
	found := map[string]bool{}
	for _, v := range m.Voices {
		from := "standard/" + v.Resource
		if _, ok := rel.Datasets[from]; ok && made["entity/"+v.Entity] && !made[from] {
			found[from] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// checks adds to each table read how its checks ended.
func (m Maker) checks(ev *Event, rel *lake.Release) {
	if m.Checks == nil {
		return
	}
	for i := range ev.Inputs {
		d := &ev.Inputs[i]
		at := slices.IndexFunc(m.Project.Resources, func(r *catalog.Resource) bool {
			ns, name := m.place(r)
			_, landed := rel.Datasets["quality/"+r.ID+"/metrics"]
			return landed && ns == d.Namespace && name == d.Name && rel.Judged(r.ID)
		})
		if at < 0 {
			continue
		}
		if list := m.Checks(rel, m.Project.Resources[at]); len(list) > 0 {
			if d.InputFacets == nil {
				d.InputFacets = map[string]any{}
			}
			d.InputFacets["dataQualityAssertions"] = assertions{m.facet("1-1-0", "DataQualityAssertionsDatasetFacet"), list}
		}
	}
}
