// Package catalog holds what a bureau writes down: departments, resources with
// their items, data elements, entities, code tables, terms and profiles. It
// loads a project directory strictly, validates it against the regulation and
// the standards, and knows no technology. Any room but internal may import it.
package catalog

import "time"

// Project is a whole project directory, read and resolved.
type Project struct {
	Dir         string
	Config      Config
	Departments []Department
	Elements    []Element
	Entities    []Entity
	Resources   []*Resource // sorted by ID
	Codes       map[string]*CodeTable
	Profiles    []ActiveProfile

	Authorisations []Authorisation // decisions/authorisations.yaml
	Links          []Link          // decisions/links.yaml
	Duplicates     []SameData      // decisions/duplicates.yaml

	places  map[string]places // by file
	renamed []renamed         // where the files name an element by a code it had before
}

// Config is guiji.yaml.
type Config struct {
	Name        string                `yaml:"name"`
	Profiles    []ActiveProfile       `yaml:"profiles"`
	Store       string                `yaml:"store"`                // s3://host:port/bucket[/prefix], s3s://… for TLS, or file://path (relative to the project)
	StoreAuth   StoreAuth             `yaml:"store_auth,omitempty"` //
	Serving     string                `yaml:"serving"`              // folder of DuckDB files, derived
	Reports     string                `yaml:"reports"`              // folder of reports, derived
	State       string                `yaml:"state"`                // folder of human acts and the audit chain
	Timezone    string                `yaml:"timezone"`
	Lang        string                `yaml:"lang,omitempty"` // zh or en; --lang wins
	Bureau      Bureau                `yaml:"bureau,omitempty"`
	Defaults    Defaults              `yaml:"defaults"`
	Retention   Retention             `yaml:"retention"`
	Encryption  Encryption            `yaml:"encryption,omitempty"`
	Schedule    Schedule              `yaml:"schedule"`
	Hooks       Hooks                 `yaml:"hooks,omitempty"`
	Mail        Mail                  `yaml:"mail,omitempty"`
	Delivery    *Delivery             `yaml:"delivery,omitempty"` // none: nothing is sent
	Lineage     Lineage               `yaml:"lineage,omitempty"`
	Quality     Scoring               `yaml:"quality,omitempty"` // weights and grades of the reports' scores
	Connections map[string]Connection `yaml:"connections"`
	Pipelines   map[string]Pipeline   `yaml:"pipelines"`
}

// Bureau is who collects, and whom departments turn to with questions. No person's
// name is kept.
type Bureau struct {
	Name   string `yaml:"name"`
	Office string `yaml:"name_of_office,omitempty"`
	Phone  string `yaml:"phone,omitempty"`
	Email  string `yaml:"email,omitempty"`
}

// StoreAuth holds references (${ENV}, ${file:…}) to the store's credentials.
type StoreAuth struct {
	AccessKey string `yaml:"access_key"`
	SecretKey string `yaml:"secret_key"`
	Region    string `yaml:"region,omitempty"`
}

// Defaults are settings that a resource or pipeline may override.
type Defaults struct {
	Parts     int           `yaml:"parts"`      // parts per resource, where the source allows
	Batch     int           `yaml:"batch"`      // rows per Arrow batch
	Parallel  int           `yaml:"parallel"`   // resources at once
	Memory    string        `yaml:"memory"`     // DuckDB's memory_limit, for example 400MB
	Threads   int           `yaml:"threads"`    // DuckDB's threads; 0 is one per core
	Scratch   string        `yaml:"scratch"`    // folder for staging; "" is the system's
	MendDays  int           `yaml:"mend_days"`  // working days a department has to mend what a report names
	DoubtFrom int           `yaml:"doubt_from"` // an authority's value is shown as doubtful (存疑) from so many departments on that agree on another, independent of it
	CacheMax  string        `yaml:"cache_max"`  // size limit of the local content-addressed cache
	Lease     time.Duration `yaml:"lease"`      // how long a killed run keeps others of its pipeline waiting
}

// Pipeline is a set of resources that run and land together.
type Pipeline struct {
	Cron      string        `yaml:"cron,omitempty"`     // when the scheduler starts it, five fields, in the project's time zone
	Due       Due           `yaml:"due,omitempty"`      // which of its resources a scheduled run takes: all (default), or those whose update cycle asks for it
	Workdays  bool          `yaml:"workdays,omitempty"` // on working days only (国务院办公厅 arrangement)
	Jitter    time.Duration `yaml:"jitter,omitempty"`   // a scheduled start is put off by up to so much
	CatchUp   time.Duration `yaml:"catch_up,omitempty"` // a missed slot is made up for, once, when it is at most so old; default 24h
	Deadline  time.Duration `yaml:"deadline,omitempty"` // a run that takes longer is ended; 0 is none
	MinRate   int64         `yaml:"min_rate,omitempty"` // rows/s: a resource that comes slower for a minute counts as unreachable; 0 is none
	Resources []string      `yaml:"resources"`          // ids, department/*, or *
	Gate      *Gate         `yaml:"gate,omitempty"`     //
}

// Gate stops bad data from replacing good: rows with an error-severity failure
// divided by rows read.
type Gate struct {
	MaxFailureRate *Rate `yaml:"max_failure_rate,omitempty"` // 0..1; written 5% or 0.05; 0% shuts at the first failure; unsaid: no limit
	AllowEmpty     bool  `yaml:"allow_empty,omitempty"`      // a source without rows is no reason to shut
}

// Department owns data (art. 3, 7).
type Department struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Code     string   `yaml:"code"`             // 统一社会信用代码
	Parent   string   `yaml:"parent,omitempty"` // 归口单位
	Contact  Contact  `yaml:"contact"`
	Delivery Receiver `yaml:"delivery,omitempty"` // how its messages reach it; nothing is sent without delivery in guiji.yaml
}

// Contact receives a department's quality reports. No person's name is kept.
type Contact struct {
	Office string `yaml:"name_of_office"`
	Phone  string `yaml:"phone,omitempty"`
	Email  string `yaml:"email,omitempty"`
}

// Entity is a kind of subject: person, organisation, place.
type Entity struct {
	ID          string     `yaml:"id"`
	Name        string     `yaml:"name"`
	Keys        []string   `yaml:"keys"`                   // element codes, in the order tried
	Routes      []KeyRoute `yaml:"routes,omitempty"`       // how keys are written, and tables that map one to another
	Distinguish []string   `yaml:"distinguish,omitempty"`  // elements that tell two subjects apart: a key that records of one de-duplicated resource share while these differ links none of them
	ManyRecords int        `yaml:"many_records,omitempty"` // a key is reported that so many records of one resource have; 0: 1000
}

// Rate is a share, 0..1, written as 5% or 0.05.
type Rate float64

// ActiveProfile is a profile named in guiji.yaml.
type ActiveProfile struct {
	ID         string `yaml:"id"`
	ExtendedBy string `yaml:"extended_by,omitempty"` // the document that keeps it in force
}
