package metrics

import (
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// Metric describes one metric for readers: docs and dashboards are tested against it.
type Metric struct {
	Name   string
	Type   string // counter, gauge, histogram
	Labels []string
	Help   string
}

// Names of metrics, in the unit the name ends with.
const (
	buildInfo        = "guiji_build_info"
	up               = "guiji_up"
	heartbeat        = "guiji_heartbeat_timestamp_seconds"
	storeRead        = "guiji_store_read_timestamp_seconds"
	runsTotal        = "guiji_runs_total"
	runFailures      = "guiji_run_failures_total"
	resourceFailures = "guiji_resource_failures_total"
	slotsMissed      = "guiji_slots_missed_total"
	fetchedTotal     = "guiji_fetched_rows_total"
	runDuration      = "guiji_run_duration_seconds"
	stageDuration    = "guiji_stage_duration_seconds"
	lastRun          = "guiji_last_run_timestamp_seconds"
	lastSuccess      = "guiji_last_success_timestamp_seconds"
	lastOutcome      = "guiji_last_run_outcome"
	lastTook         = "guiji_last_run_duration_seconds"
	leaseHeld        = "guiji_lease_held"
	releaseVersion   = "guiji_release_version"
	releaseCreated   = "guiji_release_timestamp_seconds"
	readRows         = "guiji_resource_read_rows"
	fetchedRows      = "guiji_resource_fetched_rows"
	landedRows       = "guiji_resource_landed_rows"
	quarantinedRows  = "guiji_resource_quarantined_rows"
	failedRows       = "guiji_resource_failed_rows"
	errorRows        = "guiji_resource_error_rows"
	deletedRows      = "guiji_resource_deleted_rows"
	gated            = "guiji_resource_gated"
	pulled           = "guiji_resource_pulled_timestamp_seconds"
	lag              = "guiji_resource_lag_seconds"
	cycle            = "guiji_resource_cycle_seconds"
	late             = "guiji_resource_late"
	tasksOpen        = "guiji_catalog_tasks_open"
	tasksOverdue     = "guiji_catalog_tasks_overdue"
)

// All lists guiji's own metrics, sorted by name. /metrics has those of the Go
// runtime and the process beside them.
func All() []Metric {
	counter, gauge, histogram := "counter", "gauge", "histogram"
	pipeline, resource := []string{"pipeline"}, []string{"resource", "department"}
	list := []Metric{
		{buildInfo, gauge, []string{"version", "go"}, "1, with the version of the program."},
		{up, gauge, nil, "1 while the daemon's last beat is less than three minutes old, else 0."},
		{heartbeat, gauge, nil, "When the daemon last beat."},
		{storeRead, gauge, nil, "When the store was last read whole for these gauges; they are as old as this."},
		{runsTotal, counter, []string{"pipeline", "outcome"}, "Scheduled runs this daemon ended, by outcome: ok, gated, partial, failed."},
		{runFailures, counter, []string{"pipeline", "kind"}, "Scheduled runs this daemon ended with an error, by its kind."},
		{resourceFailures, counter, []string{"resource", "department", "kind"}, "Resources that failed or were gated in this daemon's runs, by the kind of the error."},
		{slotsMissed, counter, pipeline, "Slots that did not begin in time."},
		{fetchedTotal, counter, resource, "Rows taken from the source in this daemon's runs."},
		{runDuration, histogram, pipeline, "How long this daemon's runs took."},
		{stageDuration, histogram, []string{"pipeline", "stage"}, "How long each stage of this daemon's runs took."},
		{lastRun, gauge, pipeline, "When the last run ended, by hand or scheduled."},
		{lastSuccess, gauge, pipeline, "When the last run with outcome ok ended; 0: none that is on record."},
		{lastOutcome, gauge, []string{"pipeline", "outcome"}, "1 for the outcome of the last run, 0 for the others."},
		{lastTook, gauge, pipeline, "How long the last run took."},
		{leaseHeld, gauge, pipeline, "1 while a run holds the pipeline's lease."},
		{releaseVersion, gauge, nil, "Version of the newest release; 0: there is none."},
		{releaseCreated, gauge, nil, "When the newest release was made."},
		{readRows, gauge, resource, "Rows of the image as of the last landing, before checks."},
		{fetchedRows, gauge, resource, "Rows the source gave for the last landing."},
		{landedRows, gauge, resource, "Rows in the standard table."},
		{quarantinedRows, gauge, resource, "Rows in quarantine, or withheld by a rule, as of the last landing."},
		{failedRows, gauge, resource, "Rows with at least one failed check of any severity."},
		{errorRows, gauge, resource, "Rows with at least one failed check of severity error."},
		{deletedRows, gauge, resource, "Records found gone from the source at the last landing."},
		{gated, gauge, resource, "1 while the resource's gate is shut and its old data stays."},
		{pulled, gauge, resource, "When the source was last read for a release, one whose gate shut included."},
		{lag, gauge, resource, "Time since then."},
		{cycle, gauge, resource, "How long that may be by the update cycle; 0: without limit."},
		{late, gauge, resource, "1 where it is longer, or the resource has never landed."},
		{tasksOpen, gauge, []string{"department"}, "Catalogue tasks a department has open."},
		{tasksOverdue, gauge, []string{"department"}, "Catalogue tasks of a department past their due date."},
	}
	slices.SortFunc(list, func(a, b Metric) int {
		return strings.Compare(a.Name, b.Name)
	})
	return list
}

func find(name string) Metric {
	list := All()
	return list[slices.IndexFunc(list, func(m Metric) bool { return m.Name == name })]
}

func labelsOf(name string) []string { return find(name).Labels }

func gaugeOpts(name string) prometheus.GaugeOpts {
	return prometheus.GaugeOpts{Name: name, Help: find(name).Help}
}

func counterOpts(name string) prometheus.CounterOpts {
	return prometheus.CounterOpts{Name: name, Help: find(name).Help}
}

// histogramOpts has bounds from a second to six hours.
func histogramOpts(name string) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{Name: name, Help: find(name).Help,
		Buckets: []float64{1, 5, 15, 60, 180, 600, 1800, 3600, 7200, 14400, 21600}}
}
