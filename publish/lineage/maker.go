package lineage

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"guiji/catalog"
	"guiji/lake"
)

// Maker makes the events of runs.
type Maker struct {
	Project *catalog.Project
	Version string // of the program
	// Place names a resource's table in the world as the specification does
	// (mysql://host:port, database.table), without account or password; not ok where
	// its connection cannot tell.
	Place  func(*catalog.Resource) (namespace, name string, ok bool)
	Voices []Voice
	// Stored: the run opens no source. What it reads is the raw tables of the release before.
	Stored bool
	// Checks tells how the checks of a resource in a release ended; nil: nobody does.
	Checks func(rel *lake.Release, r *catalog.Resource) []Assertion
}

// Voice says which item of a resource speaks for a column of an entity.
type Voice struct{ Entity, Column, Resource, Item string }

// Begun is a run that has begun.
type Begun struct {
	ID        string // UUID of the run's events
	Pipeline  string
	Resources []string  // ids; none: all of the pipeline
	Slot      string    // "" by hand
	Time      time.Time // of the slot; zero by hand
	At        time.Time
}

// NewID is an id for a run's events: ordered by time, as the specification advises.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// Start is the event of a run's beginning: what it is going to read.
func (m Maker) Start(b Begun) Event {
	ev := m.event(Start, b, b.At)
	ids := b.Resources
	if len(ids) == 0 {
		for _, r := range m.Project.InPipeline(b.Pipeline) {
			ids = append(ids, r.ID)
		}
	}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		if r := m.Project.Resource(id); r != nil && r.Status == catalog.Published {
			ev.Inputs = append(ev.Inputs, m.input(r, nil))
		}
	}
	return ev
}

// End is the event of a run's end. The record is nil where it left none; rel is the
// release it made, nil if it made none; kind and message are of its error.
func (m Maker) End(b Begun, rec *lake.RunRecord, rel *lake.Release, kind, message string, at time.Time) Event {
	typ := Complete
	switch {
	case kind == "interrupted" || kind == "locked":
		typ = Abort
	case rec == nil && kind != "", rec != nil && rec.Outcome == lake.RunFailed:
		typ = Fail
	}
	ev := m.event(typ, b, at)
	own := outcome{facet: m.own(), Slot: b.Slot, Kind: kind}
	if rec != nil {
		own.Run, own.Slot, own.Outcome, own.Release = rec.ID, rec.Slot, rec.Outcome, rec.Release
		for _, id := range slices.Sorted(maps.Keys(rec.Resources)) {
			if r := m.Project.Resource(id); r != nil {
				state := rec.Resources[id]
				ev.Inputs = append(ev.Inputs, m.input(r, &state))
			}
		}
	}
	ev.Run.Facets["guiji"] = own
	if message != "" {
		line, _, _ := strings.Cut(message, "\n")
		ev.Run.Facets["errorMessage"] = errorMessage{m.facet("1-0-1", "ErrorMessageRunFacet"), line, "GO"}
	}
	if rel != nil {
		m.outputs(&ev, rel)
	}
	return ev
}

// own is the facet base of guiji's own facet, which is a RunFacet and no more.
func (m Maker) own() facet {
	return facet{Producer: m.producer(), SchemaURL: spec + "2-0-2/OpenLineage.json#/$defs/RunFacet"}
}

func (m Maker) event(typ string, b Begun, at time.Time) Event {
	ev := Event{
		EventType: typ, EventTime: stamp(at), Producer: m.producer(), SchemaURL: spec + "2-0-2/OpenLineage.json#/$defs/RunEvent",
		Run: Run{RunID: b.ID, Facets: map[string]any{
			"processing_engine": engine{m.facet("1-1-1", "ProcessingEngineRunFacet"), m.Version, "guiji"},
		}},
		Job: Job{Namespace: m.namespace(), Name: b.Pipeline, Facets: map[string]any{
			"jobType": jobType{m.facet("2-0-4", "JobTypeJobFacet"), "BATCH", "GUIJI", "PIPELINE"},
		}},
		Inputs: []Dataset{}, Outputs: []Dataset{},
	}
	if !b.Time.IsZero() {
		ev.Run.Facets["nominalTime"] = nominalTime{m.facet("1-0-1", "NominalTimeRunFacet"), stamp(b.Time)}
	}
	return ev
}

// namespace is that of jobs and of the datasets of releases.
func (m Maker) namespace() string {
	if ns := m.Project.Config.Lineage.Namespace; ns != "" {
		return ns
	}
	return "guiji"
}

// place names a resource's table; by its connection where that cannot tell.
func (m Maker) place(r *catalog.Resource) (namespace, name string) {
	if m.Stored {
		return m.namespace(), "raw." + strings.ReplaceAll(r.ID, "/", "__")
	}
	if ns, n, ok := m.Place(r); ok {
		return ns, n
	}
	return m.namespace(), "source." + r.Source.Connection + "." + r.Source.Table
}

// input is a table that is, or was, read.
func (m Maker) input(r *catalog.Resource, state *lake.RunResource) Dataset {
	ns, name := m.place(r)
	d := Dataset{Namespace: ns, Name: name, Facets: map[string]any{
		"documentation": documentation{m.facet("1-1-0", "DocumentationDatasetFacet"), r.Name},
		"dataSource":    dataSource{m.facet("1-0-1", "DatasourceDatasetFacet"), r.Source.Connection, sourceURI(ns)},
	}}
	if m.Stored {
		d.Facets["dataSource"] = dataSource{m.facet("1-0-1", "DatasourceDatasetFacet"), "store", storeURI(m.Project.Config.Store, m.Project.Dir)}
	}
	if state == nil {
		return d
	}
	if len(state.Resource.Columns) > 0 && !m.Stored {
		s := schema{facet: m.facet("1-2-0", "SchemaDatasetFacet")}
		for i, c := range state.Resource.Columns {
			s.Fields = append(s.Fields, field{Name: c.Name, Type: c.Type, Position: i + 1})
		}
		d.Facets["schema"] = s
	}
	if !state.Resource.Pulled.IsZero() {
		rows := state.Resource.Fetched
		if m.Stored {
			rows = state.Resource.Read - state.Resource.Quarantined
		} else if rows == 0 && (state.Resource.Mode == "" || state.Resource.Mode == string(catalog.ModeFull)) {
			rows = state.Resource.Read
		}
		d.InputFacets = map[string]any{"inputStatistics": statistics{facet: m.facet("1-0-0", "InputStatisticsInputDatasetFacet"), Rows: rows}}
	}
	return d
}

// sourceURI is a namespace as a URI: "file" alone is none.
func sourceURI(namespace string) string {
	if strings.Contains(namespace, ":") {
		return namespace
	}
	return namespace + ":"
}
