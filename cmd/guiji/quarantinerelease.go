package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/lake"
	"guiji/quality"
	"guiji/quality/orders"
)

// letIn writes down that rows of a rule are let in for a time, once it is known that the
// rule holds them. Rows that could not be read fail no rule: nothing lets them in.
func (a *app) letIn(ctx context.Context, w *workspace, by state.Release, keys []string) ([]state.Release, error) {
	by.At = w.now()
	if err := complete(by); err != nil {
		return nil, err
	}
	res := w.project.Resource(by.Resource)
	if res == nil {
		return nil, fault.New(fault.Config, "pipeline.no_resource", by.Resource).Try("pipeline.no_resource.hint")
	}
	rel, err := w.release(ctx, 0)
	if err != nil {
		return nil, err
	}
	s, err := engine.Open(ctx, engine.Options{Temp: w.project.Scratch()})
	if err != nil {
		return nil, err
	}
	q := &quarantined{app: a, w: w, s: s, rel: rel}
	all, err := q.named(ctx, by, keys)
	if err = errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	store, err := w.decided(ctx)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	var numbers []string
	for _, one := range all {
		numbers = append(numbers, one.Number)
	}
	object := strings.TrimSpace(by.Resource + " " + by.Rule + " " + strings.Join(numbers, " "))
	err = store.LetIn(ctx, all, func() error {
		return a.audit(w, "quarantine.release", object, fmt.Sprintf("%s (%s, %s)", by.Reason, by.Approver, by.Until))
	})
	return all, err
}

// withdrawRelease ends releases before their day. Neither rule nor row need be in the newest
// release any more.
func (a *app) withdrawRelease(ctx context.Context, w *workspace, by state.Release, keys []string) ([]state.Release, error) {
	for flag, value := range map[string]string{"--rule": by.Rule, "--reason": by.Reason} {
		if strings.TrimSpace(value) == "" {
			return nil, fault.New(fault.Config, "quarantine.incomplete", flag)
		}
	}
	var numbers []string
	if len(keys) > 0 {
		rel, err := w.release(ctx, 0)
		if err != nil {
			return nil, err
		}
		columns := len(keyColumnsOf(rel, by.Resource))
		if columns == 0 { // nothing tells what its keys are
			return nil, fault.New(fault.Config, "quarantine.withdraw.none", by.Resource, by.Rule).Try("quarantine.withdraw.key.hint")
		}
		for i, k := range keys {
			parts, ok := keyParts(k, columns)
			if !ok {
				return nil, fault.New(fault.Config, "quarantine.key.parts", i+1, columns)
			}
			numbers = append(numbers, orders.Number(by.Resource, by.Rule, parts))
		}
	}
	store, err := w.decided(ctx)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	object := strings.TrimSpace(by.Resource + " " + by.Rule + " " + strings.Join(numbers, " "))
	return store.Withdraw(ctx, by.Resource, by.Rule, numbers, w.now(), func() error { return a.audit(w, "quarantine.withdraw", object, by.Reason) })
}

// keyColumnsOf are the columns that name a record in the list of problems.
func keyColumnsOf(rel *lake.Release, resource string) []string {
	sorted := rel.Datasets["quality/"+resource+"/failures"].Sorted
	return sorted[min(1, len(sorted)):]
}

// complete refuses a release without its reason, who approved it, or a day still to come.
func complete(by state.Release) error {
	for flag, value := range map[string]string{"--rule": by.Rule, "--reason": by.Reason, "--approver": by.Approver, "--expires": by.Until} {
		if strings.TrimSpace(value) == "" {
			return fault.New(fault.Config, "quarantine.incomplete", flag)
		}
	}
	day, err := time.Parse(time.DateOnly, by.Until)
	if err != nil || day.Format(time.DateOnly) < by.At.Format(time.DateOnly) {
		return fault.New(fault.Config, "quarantine.day", by.Until)
	}
	return nil
}

// named are the releases of the rows that keys name; of all rows without keys.
func (q *quarantined) named(ctx context.Context, by state.Release, keys []string) ([]state.Release, error) {
	metrics, err := q.metrics(ctx, by.Resource)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(metrics, func(m quality.Metric) bool { return m.Rule == by.Rule && m.OnFail == quality.Quarantine }) {
		return nil, fault.New(fault.Config, "quarantine.rule", by.Rule, by.Resource).Try("quarantine.rule.hint", by.Resource)
	}
	if len(keys) == 0 {
		return []state.Release{by}, nil
	}
	name := "quality/" + by.Resource + "/failures"
	failures, _, err := q.w.relation(ctx, q.rel, name)
	if err != nil {
		return nil, err
	}
	columns := keyColumnsOf(q.rel, by.Resource)
	var out []state.Release
	for i, k := range keys {
		parts, ok := keyParts(k, len(columns))
		if !ok {
			return nil, fault.New(fault.Config, "quarantine.key.parts", i+1, len(columns))
		}
		by.Number = orders.Number(by.Resource, by.Rule, parts)
		var there bool
		err := q.s.Row(ctx, "quarantine", "SELECT count(*) > 0 FROM "+failures+" f WHERE f.rule = "+engine.Lit(by.Rule)+" AND "+
			orders.NumberSQL(by.Resource, "f.rule", strings.Split(aliased("f", columns), ", "))+" = "+engine.Lit(by.Number), &there)
		if err != nil {
			return nil, err
		}
		if !there {
			return nil, fault.New(fault.Config, "quarantine.key", i+1, by.Rule)
		}
		out = append(out, by)
	}
	return out, nil
}

// keyParts reads a record key: the value of the one column, or of several a JSON array.
func keyParts(key string, columns int) ([]string, bool) {
	if columns == 1 {
		return []string{key}, true
	}
	var parts []*string
	if json.Unmarshal([]byte(key), &parts) != nil || len(parts) != columns {
		return nil, false
	}
	out := make([]string, columns)
	for i, p := range parts {
		if p != nil {
			out[i] = *p
		}
	}
	return out, true
}
