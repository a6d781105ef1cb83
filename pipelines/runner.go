package pipelines

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/engine"
	"guiji/internal/state"
	"guiji/internal/state/audit"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality"
	"guiji/transforms/onesource"
)

// Runner holds what runs need; cmd fills it in. It is used by one run at a time.
type Runner struct {
	Project    *catalog.Project
	Objects    lake.Objects
	Cache      *lake.Cache
	OpenSource func(ctx context.Context, connection string, env connectors.Env) (connectors.Source, error)
	Checks     []*quality.Check
	Alloc      memory.Allocator // nil: a pool
	Log        *slog.Logger
	Progress   Progress
	Lang       text.Lang
	Now        func() time.Time // in the project's time zone
	Version    string           // of the program
	Owner      string           // of the lease: host and process
	Serve      func(ctx context.Context, rel *lake.Release) error
	Report     func(ctx context.Context, rel, previous *lake.Release) error
	Audit      func(act, object, result string) error
	AuditHead  func() (audit.Head, error)                                         // where the audit chain ends, for the release to anchor
	Released   func(ctx context.Context) ([]state.Release, error)                 // what people let into standard today; nil: nothing
	Acts       func(ctx context.Context, f func(state.OrderStanding) error) error // what people did about work orders; nil: nothing
	RateWindow time.Duration                                                      // how long a source may be slower than min_rate; 0 is a minute
	At         func(point string)                                                 // called at each failpoint by name; nil but in tests of the whole program
}

// Request says what to run.
type Request struct {
	Pipeline  string
	Resources []string // of the pipeline; empty is all
	Slot      string   // pipeline@scheduled time; "" is manual@start
	Sample    int64    // at most so many rows of each resource; 0 is all
	Full      bool     // read incremental resources in full
	From, To  string   // a backfill: the window of the cursor to read again, ends included; "" is open
	Deletes   bool     // a person has seen the deletes over the limit and accepts them
	Disputed  []onesource.Mark

	recheck *rechecking // nil: sources are read
}

// Progress is told how a run goes on. Calls come from several goroutines.
type Progress interface {
	Stage(name string)
	Rows(resource string, n int64)
	Done(resource string, outcome string)
}

// run is one run under way.
type run struct {
	*Runner
	req        Request
	plan       *Plan
	chain      *lake.Chain
	head       *lake.Release // the newest release when the run began; nil if there is none
	began      time.Time     // by the machine's own clock, whatever the wall's does
	id         string
	slot       string
	generation int64  // of the lease
	attempt    string // names the objects this run stages
	scratch    string
	released   []state.Release // what people let into standard today
	resume     *resume         // nil where no parts are kept
	sources    *sources
	copier     *engine.Session
	alloc      memory.Allocator
	places     bool // rows keep where they stand in their source (Rehearse)

	merges   sync.Mutex // held by who merges an image
	mu       sync.Mutex
	record   *lake.RunRecord
	failures map[string]error  // by resource: what failed or is gated
	drifts   map[string]*drift // by resource: what its source's table was found to be
}
