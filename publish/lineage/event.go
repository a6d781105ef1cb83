// Package lineage tells where data came from and where it went, as OpenLineage run
// events (specification 2-0-2): which tables of which departments a run read, which
// datasets of a release it made, column by column. Events hold names, types, counts
// and the words of errors, never a value, and no account or password. cmd imports it;
// it imports publish/post, quality, lake, catalog and internal.
package lineage

import "time"

// Event is one RunEvent.
type Event struct {
	EventType string    `json:"eventType"` // START, COMPLETE, FAIL, ABORT
	EventTime string    `json:"eventTime"`
	Producer  string    `json:"producer"`
	SchemaURL string    `json:"schemaURL"`
	Run       Run       `json:"run"`
	Job       Job       `json:"job"`
	Inputs    []Dataset `json:"inputs"`
	Outputs   []Dataset `json:"outputs"`
}

// Run is one run of a job.
type Run struct {
	RunID  string         `json:"runId"`
	Facets map[string]any `json:"facets,omitempty"`
}

// Job is a pipeline.
type Job struct {
	Namespace string         `json:"namespace"`
	Name      string         `json:"name"`
	Facets    map[string]any `json:"facets,omitempty"`
}

// Dataset is a table of a source, or a dataset of a release.
type Dataset struct {
	Namespace    string         `json:"namespace"`
	Name         string         `json:"name"`
	Facets       map[string]any `json:"facets,omitempty"`
	InputFacets  map[string]any `json:"inputFacets,omitempty"`
	OutputFacets map[string]any `json:"outputFacets,omitempty"`
}

// Event types: a run begins with one START and ends with one of the others.
const (
	Start    = "START"
	Complete = "COMPLETE"
	Fail     = "FAIL"
	Abort    = "ABORT"
)

const spec = "https://openlineage.io/spec/"

// facet is what every facet begins with.
type facet struct {
	Producer  string `json:"_producer"`
	SchemaURL string `json:"_schemaURL"`
}

// facet names a facet by its version and file in the specification.
func (m Maker) facet(version, name string) facet {
	return facet{Producer: m.producer(), SchemaURL: spec + "facets/" + version + "/" + name + ".json#/$defs/" + name}
}

func (m Maker) producer() string { return "urn:guiji:" + m.Version }

// stamp is a moment as the specification writes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

type nominalTime struct {
	facet
	Start string `json:"nominalStartTime"`
}

type errorMessage struct {
	facet
	Message  string `json:"message"`
	Language string `json:"programmingLanguage"`
}

type engine struct {
	facet
	Version string `json:"version"`
	Name    string `json:"name"`
}

type jobType struct {
	facet
	Processing  string `json:"processingType"`
	Integration string `json:"integration"`
	Type        string `json:"jobType"`
}

type documentation struct {
	facet
	Description string `json:"description"`
}

type dataSource struct {
	facet
	Name string `json:"name"`
	URI  string `json:"uri"`
}

type datasetVersion struct {
	facet
	Version string `json:"datasetVersion"`
}

type schema struct {
	facet
	Fields []field `json:"fields"`
}

type field struct {
	Name        string `json:"name"`
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`
	Position    int    `json:"ordinal_position"` // from 1
}

type columnLineage struct {
	facet
	Fields map[string]lineageField `json:"fields"`
}

type lineageField struct {
	Inputs []inputField `json:"inputFields"`
}

type inputField struct {
	Namespace string           `json:"namespace"`
	Name      string           `json:"name"`
	Field     string           `json:"field"`
	How       []transformation `json:"transformations"`
}

type transformation struct {
	Type    string `json:"type"` // DIRECT
	Subtype string `json:"subtype"`
	Masking bool   `json:"masking"`
}

type statistics struct {
	facet
	Rows  int64  `json:"rowCount"`
	Size  *int64 `json:"size,omitempty"`
	Files *int64 `json:"fileCount,omitempty"`
}

type assertions struct {
	facet
	List []Assertion `json:"assertions"`
}

// Assertion is one check of a resource and how it ended.
type Assertion struct {
	Kind     string `json:"assertion"`
	Success  bool   `json:"success"`
	Column   string `json:"column,omitempty"` // of the source
	Severity string `json:"severity,omitempty"`
	Name     string `json:"name,omitempty"`
	Expected string `json:"expected,omitempty"` // rows that were to meet it
	Actual   string `json:"actual,omitempty"`   // rows that did
}

// outcome is guiji's own facet: what the specification has no word for.
type outcome struct {
	facet
	Run     string `json:"run,omitempty"`
	Slot    string `json:"slot,omitempty"`
	Outcome string `json:"outcome,omitempty"`
	Kind    string `json:"errorKind,omitempty"`
	Release uint64 `json:"release,omitempty"`
}
