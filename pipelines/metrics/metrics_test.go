package metrics_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/pipelines/metrics"
	"guiji/pipelines/schedule"
)

var zone = time.FixedZone("CST", 8*3600)

// lab is a store and a project with a clock that is set by hand.
type lab struct {
	*testing.T
	objs    lake.Objects
	project *catalog.Project
	mu      sync.Mutex
	now     time.Time
}

func newLab(t *testing.T) *lab {
	objs, err := localdir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &lab{T: t, objs: objs, now: time.Date(2026, 11, 22, 23, 0, 0, 0, zone), project: &catalog.Project{
		Config:      catalog.Config{Pipelines: map[string]catalog.Pipeline{"nightly": {Resources: []string{"*"}}, "weekly": {}}},
		Departments: []catalog.Department{{ID: "gongan"}, {ID: "minzheng"}},
		Resources: []*catalog.Resource{
			{ID: "gongan/house", Status: catalog.Published, Cycle: "每周"},
			{ID: "gongan/resident", Status: catalog.Published, Cycle: "每日"},
			{ID: "minzheng/draft", Status: catalog.Draft, Cycle: "每日"},
			{ID: "minzheng/old", Status: catalog.Published, Cycle: "不定期"},
		},
	}}
}

func (l *lab) clock() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

func (l *lab) set(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = now
}

// daemon is what a daemon has after its first look at the store.
func (l *lab) daemon() (*metrics.Metrics, *httptest.Server) {
	l.Helper()
	m := metrics.New(metrics.Options{Project: l.project, Objects: l.objs, Chain: lake.NewChain(l.objs), Version: "1.2.3", Now: l.clock})
	if err := m.Refresh(l.Context()); err != nil {
		l.Fatal(err)
	}
	s := httptest.NewServer(m.Handler())
	l.Cleanup(s.Close)
	return m, s
}

// scrape is what Prometheus would read: a value for each series, histograms by their
// count.
func (l *lab) scrape(s *httptest.Server) (map[string]float64, map[string]*dto.MetricFamily) {
	l.Helper()
	resp, err := http.Get(s.URL + "/metrics")
	if err != nil {
		l.Fatal(err)
	}
	defer resp.Body.Close()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		l.Fatal(resp.Status, err)
	}
	out := map[string]float64{}
	for name, f := range families {
		for _, m := range f.Metric {
			var labels []string
			for _, p := range m.Label {
				labels = append(labels, p.GetName()+"="+p.GetValue())
			}
			slices.Sort(labels)
			v := m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			out[name+"{"+strings.Join(labels, ",")+"}"] = v
		}
	}
	return out, families
}

func (l *lab) want(got map[string]float64, want map[string]float64) {
	l.Helper()
	for series, v := range want {
		have, ok := got[series]
		if !ok || have != v {
			l.Errorf("%s is %v (there: %t), want %v", series, have, ok, v)
		}
	}
}

// land commits a release with a good resource, a gated one and two tasks.
func (l *lab) land(at time.Time) {
	l.Helper()
	rel := &lake.Release{Version: 1, Nonce: "n", Created: at, RunID: "r", Pipeline: "nightly", Datasets: map[string]lake.Dataset{},
		Resources: map[string]lake.Resource{
			"gongan/resident": {Outcome: lake.RunOK, Pulled: at, Read: 100, Fetched: 7, Landed: 90, Quarantined: 3, Withheld: 2, FailedRows: 11, ErrorRows: 4, Deleted: 5, Mode: "incremental"},
			"gongan/house":    {Outcome: lake.RunGated, Pulled: at.AddDate(0, 0, -10), Read: 50, Landed: 50},
			"minzheng/draft":  {Outcome: lake.RunOK, Pulled: at, Read: 1},
		},
		Tasks: []lake.Task{{ID: "a", Resource: "gongan/resident", Due: "2026-11-21"}, {ID: "b", Resource: "gongan/house", Due: "2026-11-22"}},
	}
	if err := lake.NewChain(l.objs).Commit(l.Context(), rel); err != nil {
		l.Fatal(err)
	}
}

func (l *lab) record(id, outcome string, ended time.Time) *lake.RunRecord {
	l.Helper()
	rec := &lake.RunRecord{ID: id, Pipeline: "nightly", Slot: "nightly@x", Started: ended.Add(-90 * time.Second), Ended: ended, Outcome: outcome,
		Stages: []lake.Stage{{Name: "pull", Took: 80 * time.Second}, {Name: "commit", Took: time.Second}},
		Resources: map[string]lake.RunResource{
			"gongan/resident": {Outcome: lake.RunOK, Resource: lake.Resource{Pulled: ended, Read: 100, Fetched: 7, Mode: "incremental"}},
			"gongan/house":    {Outcome: lake.RunFailed, Kind: "unreachable", Reason: "朱雀玄武"},
		}}
	if outcome != lake.RunOK {
		rec.Kind, rec.Reason = "unreachable", "朱雀玄武"
	}
	if err := lake.PutRun(l.Context(), l.objs, *rec); err != nil {
		l.Fatal(err)
	}
	return rec
}

// What a scrape shows of the store is what the release and the records say, and a
// daemon started anew shows the same.
func TestGauges(t *testing.T) {
	l := newLab(t)
	at := time.Date(2026, 11, 22, 22, 0, 0, 0, zone)
	l.land(at)
	l.record("20261121T220000-aa", lake.RunOK, at.AddDate(0, 0, -1))
	l.record("20261122T220000-bb", lake.RunPartial, at)
	if _, err := lake.Acquire(l.Context(), l.objs, "weekly", "lab", 48*time.Hour); err != nil {
		t.Fatal(err)
	}
	l.set(time.Now().In(zone)) // leases are of the machine's clock
	_, s := l.daemon()
	got, _ := l.scrape(s)
	l.want(got, map[string]float64{"guiji_lease_held{pipeline=weekly}": 1, "guiji_lease_held{pipeline=nightly}": 0})

	l.set(at.Add(time.Hour))
	resident, house := "{department=gongan,resource=gongan/resident}", "{department=gongan,resource=gongan/house}"
	want := map[string]float64{
		"guiji_up{}": 1, "guiji_release_version{}": 1, "guiji_release_timestamp_seconds{}": float64(at.Unix()),
		"guiji_resource_read_rows" + resident: 100, "guiji_resource_fetched_rows" + resident: 7, "guiji_resource_landed_rows" + resident: 90,
		"guiji_resource_quarantined_rows" + resident: 5, "guiji_resource_failed_rows" + resident: 11, "guiji_resource_error_rows" + resident: 4,
		"guiji_resource_deleted_rows" + resident: 5, "guiji_resource_gated" + resident: 0, "guiji_resource_lag_seconds" + resident: 3600,
		"guiji_resource_cycle_seconds" + resident: 27 * 3600, "guiji_resource_late" + resident: 0,
		"guiji_resource_pulled_timestamp_seconds" + resident: float64(at.Unix()),
		"guiji_resource_gated" + house:                       1, "guiji_resource_late" + house: 1, "guiji_resource_lag_seconds" + house: 10*24*3600 + 3600,
		"guiji_resource_fetched_rows" + house:                            50,
		"guiji_resource_late{department=minzheng,resource=minzheng/old}": 0,
		"guiji_catalog_tasks_open{department=gongan}":                    2, "guiji_catalog_tasks_overdue{department=gongan}": 1,
		"guiji_catalog_tasks_open{department=minzheng}": 0, "guiji_catalog_tasks_overdue{department=minzheng}": 0,
		"guiji_last_run_timestamp_seconds{pipeline=nightly}":       float64(at.Unix()),
		"guiji_last_success_timestamp_seconds{pipeline=nightly}":   float64(at.AddDate(0, 0, -1).Unix()),
		"guiji_last_success_timestamp_seconds{pipeline=weekly}":    0,
		"guiji_last_run_duration_seconds{pipeline=nightly}":        90,
		"guiji_last_run_outcome{outcome=partial,pipeline=nightly}": 1, "guiji_last_run_outcome{outcome=ok,pipeline=nightly}": 0,
		"guiji_runs_total{outcome=failed,pipeline=weekly}": 0,
	}
	for range 2 {
		_, s := l.daemon()
		got, _ := l.scrape(s)
		l.want(got, want)
		for series := range got {
			if strings.Contains(series, "minzheng/draft") || strings.Contains(series, "朱雀") {
				t.Errorf("%s is shown", series)
			}
		}
	}
}

// Runs of this daemon are counted as they end.
func TestCounters(t *testing.T) {
	l := newLab(t)
	m, s := l.daemon()
	slot := schedule.Slot{Pipeline: "nightly", Name: "nightly@x"}
	rec := l.record("20261122T220000-bb", lake.RunPartial, l.clock())
	m.Started(slot)
	m.Ended(slot, rec, fault.New(fault.Unreachable, "publish.address"))
	m.Ended(slot, l.record("20261122T230000-cc", lake.RunOK, l.clock()), nil)
	m.Ended(slot, nil, fault.New(fault.Config, "publish.address"))
	m.Ended(slot, nil, fault.New(fault.Locked, "publish.address"))
	m.Missed(schedule.Missed{Pipeline: "weekly", Why: schedule.MissedDown, Slots: 3})
	m.Missed(schedule.Missed{Pipeline: "weekly", Why: schedule.MissedLate, Resource: "gongan/house"})
	got, families := l.scrape(s)
	l.want(got, map[string]float64{
		"guiji_runs_total{outcome=partial,pipeline=nightly}": 1, "guiji_runs_total{outcome=ok,pipeline=nightly}": 1,
		"guiji_runs_total{outcome=failed,pipeline=nightly}": 1, "guiji_runs_total{outcome=gated,pipeline=nightly}": 0,
		"guiji_run_failures_total{kind=unreachable,pipeline=nightly}": 1, "guiji_run_failures_total{kind=config,pipeline=nightly}": 1,
		"guiji_resource_failures_total{department=gongan,kind=unreachable,resource=gongan/house}": 2,
		"guiji_slots_missed_total{pipeline=weekly}":                                               3, "guiji_slots_missed_total{pipeline=nightly}": 0,
		"guiji_fetched_rows_total{department=gongan,resource=gongan/resident}": 14,
		"guiji_run_duration_seconds{pipeline=nightly}":                         2,
		"guiji_stage_duration_seconds{pipeline=nightly,stage=pull}":            2,
	})
	l.land(l.clock())
	if err := m.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, families = l.scrape(s)
	listed := map[string]bool{}
	for _, d := range metrics.All() {
		listed[d.Name] = true
		f := families[d.Name]
		if f == nil {
			t.Errorf("%s is listed and not there", d.Name)
			continue
		}
		if kind := strings.ToLower(f.GetType().String()); kind != d.Type || f.GetHelp() != d.Help {
			t.Errorf("%s is a %s: %s", d.Name, kind, f.GetHelp())
		}
		var labels []string
		for _, p := range f.Metric[0].Label {
			labels = append(labels, p.GetName())
		}
		if want := slices.Sorted(slices.Values(d.Labels)); !slices.Equal(labels, want) {
			t.Errorf("%s has labels %v, listed are %v", d.Name, labels, want)
		}
	}
	for name := range families {
		if strings.HasPrefix(name, "guiji_") && !listed[name] {
			t.Errorf("%s is there and not listed", name)
		}
	}
}

// Without a beat for three minutes the daemon counts as dead, until the next one.
func TestHealth(t *testing.T) {
	l := newLab(t)
	m, s := l.daemon()
	for _, c := range []struct {
		after time.Duration
		beat  bool
		code  int
		up    float64
	}{{time.Minute, false, 200, 1}, {181 * time.Second, false, 503, 0}, {time.Hour, true, 200, 1}, {time.Hour, false, 503, 0}} {
		l.set(l.clock().Add(c.after))
		if c.beat {
			m.Beat(l.clock())
		}
		resp, err := http.Get(s.URL + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		got, _ := l.scrape(s)
		if resp.StatusCode != c.code || got["guiji_up{}"] != c.up {
			t.Errorf("after %v: %d, up %v", c.after, resp.StatusCode, got["guiji_up{}"])
		}
	}
}

// A beat has the store looked at; when it is gone, the gauges stay and their age shows.
func TestWatch(t *testing.T) {
	l := newLab(t)
	told := make(chan error, 16)
	gone := &goneStore{Objects: l.objs}
	m := metrics.New(metrics.Options{Project: l.project, Objects: gone, Chain: lake.NewChain(gone), Version: "v", Now: l.clock,
		OnError: func(err error) { told <- err }})
	s := httptest.NewServer(m.Handler())
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { m.Watch(ctx); close(ended) }()
	read := func(want float64) {
		t.Helper()
		for range 500 {
			if got, _ := l.scrape(s); got["guiji_release_version{}"] == want && got["guiji_store_read_timestamp_seconds{}"] > 0 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Fatalf("release %v never showed", want)
	}
	read(0)
	l.land(l.clock())
	m.Beat(l.clock())
	read(1)
	gone.set(true)
	m.Beat(l.clock())
	if err := <-told; fault.KindOf(err) != fault.Unreachable {
		t.Errorf("told of %v", err)
	}
	read(1)
	cancel()
	<-ended
}

type goneStore struct {
	lake.Objects
	mu   sync.Mutex
	gone bool
}

func (g *goneStore) set(gone bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gone = gone
}

func (g *goneStore) Head(ctx context.Context, key string) (lake.Object, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.gone {
		return lake.Object{}, fmt.Errorf("gone: %w", fault.New(fault.Unreachable, "publish.address"))
	}
	return g.Objects.Head(ctx, key)
}
