package score

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guiji/examples/dongchang/generate"
	"guiji/internal/engine"
	"guiji/lake"
)

// finding is one line of a release's failures, quarantine, duplicates or
// conflicts, in the manifest's terms.
type finding struct {
	expect, resource, rule, key, element, subject string
	text, reason                                  string // of quarantine
	kind                                          string // row of the score table
}

// Release is the newest release of a local store with what it found.
type Release struct {
	lake.Release
	dir          string
	findings     []finding
	NotEvaluated []string // rules that could not run
}

// Open reads the newest release of the store in dir and all its findings.
func Open(ctx context.Context, dir string) (*Release, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "release", "v*.json"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no release in %s", dir)
	}
	data, err := os.ReadFile(slices.Max(paths))
	if err != nil {
		return nil, err
	}
	r := &Release{dir: dir}
	if err := json.Unmarshal(data, &r.Release); err != nil {
		return nil, fmt.Errorf("read release: %w", err)
	}
	s, err := engine.Open(ctx, engine.Options{Threads: 2})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	for _, name := range sorted(r.Datasets) {
		if err := r.read(ctx, s, name); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	return r, nil
}

func sorted[V any](m map[string]V) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// read takes the findings of one dataset, if it holds any.
func (r *Release) read(ctx context.Context, s *engine.Session, name string) error {
	parts := strings.Split(name, "/")
	resource := strings.Join(parts[1:len(parts)-1], "/")
	switch {
	case parts[0] == "quality" && parts[len(parts)-1] == "failures":
		return r.failures(ctx, s, name, resource)
	case parts[0] == "quality" && parts[len(parts)-1] == "duplicates":
		return r.add(ctx, s, fmt.Sprintf("SELECT %s FROM %s", r.key(name, "kept"), r.relation(name)), func(f *finding) []any {
			*f = finding{expect: generate.Duplicates, resource: resource, kind: "duplicates"}
			return []any{&f.key}
		})
	case parts[0] == "quality" && parts[len(parts)-1] == "quarantine":
		query := `SELECT coalesce("key", ''), coalesce("text", ''), coalesce("reason", '') FROM ` + r.relation(name)
		return r.add(ctx, s, query, func(f *finding) []any {
			*f = finding{expect: generate.Quarantine, resource: resource, kind: "quarantine"}
			return []any{&f.key, &f.text, &f.reason}
		})
	case parts[0] == "entity" && parts[len(parts)-1] == "conflicts":
		return r.conflicts(ctx, s, name)
	}
	return nil
}

func (r *Release) failures(ctx context.Context, s *engine.Session, name, resource string) error {
	kinds, err := r.kinds(ctx, s, "quality/"+resource+"/metrics", resource)
	if err != nil {
		return err
	}
	at := len(r.findings)
	query := fmt.Sprintf("SELECT %s, rule FROM %s", r.key(name, "rule", "version"), r.relation(name))
	err = r.add(ctx, s, query, func(f *finding) []any {
		*f = finding{expect: generate.Failures, resource: resource}
		return []any{&f.key, &f.rule}
	})
	for i := range r.findings[at:] {
		r.findings[at+i].kind = kinds[r.findings[at+i].rule]
	}
	return err
}

// kinds maps a resource's rules to rows of the score table, and notes those that
// could not run.
func (r *Release) kinds(ctx context.Context, s *engine.Session, name, resource string) (map[string]string, error) {
	kinds := map[string]string{}
	rows, err := s.Query(ctx, "metrics", "SELECT rule, kind, item, status FROM "+r.relation(name))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var rule, kind, item, status string
		if err := rows.Scan(&rule, &kind, &item, &status); err != nil {
			return nil, err
		}
		if kind == "unique" && strings.Contains(item, ",") {
			kind = "unique (several columns)"
		}
		kinds[rule] = kind
		if status == "not_evaluated" {
			r.NotEvaluated = append(r.NotEvaluated, resource+" "+rule)
		}
	}
	return kinds, rows.Err()
}

func (r *Release) conflicts(ctx context.Context, s *engine.Session, name string) error {
	holders := "CASE holder"
	for n, source := range r.Sources {
		resource, _, _ := strings.Cut(source, "#")
		holders += fmt.Sprintf(" WHEN %d THEN %s", n, engine.Lit(resource))
	}
	query := fmt.Sprintf(`SELECT %s END, record_key, element, entity_key FROM %s`, holders, r.relation(name))
	return r.add(ctx, s, query, func(f *finding) []any {
		*f = finding{expect: generate.Conflicts}
		return []any{&f.resource, &f.key, &f.element, &f.subject}
	})
}

// add appends a finding a row of the query.
func (r *Release) add(ctx context.Context, s *engine.Session, query string, into func(*finding) []any) error {
	rows, err := s.Query(ctx, "findings", query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var f finding
		if err := rows.Scan(into(&f)...); err != nil {
			return err
		}
		if f.expect == generate.Conflicts {
			f.kind = "conflicts: " + conflictKinds[f.element]
		}
		r.findings = append(r.findings, f)
	}
	return rows.Err()
}

// key is the record key out of the key columns, which are all but those named.
func (r *Release) key(name string, but ...string) string {
	var texts []string
	for _, c := range r.Datasets[name].Columns {
		if !slices.Contains(but, c.Name) {
			texts = append(texts, "CAST("+engine.Ident(c.Name)+" AS VARCHAR)")
		}
	}
	return "CAST(to_json([" + strings.Join(texts, ", ") + "]) AS VARCHAR)"
}

func (r *Release) relation(name string) string {
	var paths []string
	for _, f := range r.Datasets[name].Files {
		paths = append(paths, filepath.Join(r.dir, filepath.FromSlash(f.Key)))
	}
	return engine.Parquet(paths)
}

// IDs are the release's resources in order.
func (r *Release) IDs() []string { return sorted(r.Resources) }
