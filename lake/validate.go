package lake

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Validate refuses a release no reader could use. It looks at the release alone,
// not at the store.
func (r *Release) Validate() error {
	switch {
	case r.Version == 0:
		return fmt.Errorf("release without version")
	case r.Nonce == "":
		return fmt.Errorf("release %d without nonce", r.Version)
	case r.Version == 1 && r.Previous != nil:
		return fmt.Errorf("the first release has a previous one")
	case r.Version > 1 && (r.Previous == nil || r.Previous.Version != r.Version-1 || !isSHA256(r.Previous.SHA256)):
		return fmt.Errorf("release %d does not name release %d as its previous one", r.Version, r.Version-1)
	}
	if err := r.validateRewrites(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, s := range r.Sources {
		if s == "" || seen[s] {
			return fmt.Errorf("source %q is empty or listed twice", s)
		}
		seen[s] = true
	}
	tables := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(r.Datasets)) {
		d := r.Datasets[name]
		if err := d.validate(name, r.Version); err != nil {
			return fmt.Errorf("dataset %s: %w", name, err)
		}
		at := d.Layer + "." + d.Table
		if other, ok := tables[strings.ToLower(at)]; ok { // DuckDB's names are blind to case
			return fmt.Errorf("datasets %s and %s are both %s", other, name, at)
		}
		tables[strings.ToLower(at)] = name
	}
	return nil
}

func (r *Release) validateRewrites() error {
	if r.Expired != nil && len(r.Datasets) > 0 {
		return fmt.Errorf("release %d has expired and names datasets", r.Version)
	}
	for _, w := range r.Rewrites {
		if w.Version == 0 || w.Version >= r.Version || !isSHA256(w.Was) || !isSHA256(w.SHA256) {
			return fmt.Errorf("release %d rewrites release %d from %q to %q", r.Version, w.Version, w.Was, w.SHA256)
		}
	}
	return nil
}

// Layers of a release, and the schemas of a serving file, in reading order.
func Layers() []string { return []string{"raw", "standard", "entity", "quality", "meta"} }

func (d Dataset) validate(name string, version uint64) error {
	switch {
	case !slices.Contains(Layers(), d.Layer) || !strings.HasPrefix(name, d.Layer+"/"):
		return fmt.Errorf("layer %q", d.Layer)
	case !isTable(d.Table):
		return fmt.Errorf("table %q", d.Table)
	case len(d.Columns) == 0 || len(d.Files) == 0:
		return fmt.Errorf("%d columns, %d files: at least one of each", len(d.Columns), len(d.Files))
	case d.Since == 0 || d.Since > version:
		return fmt.Errorf("since release %d in release %d", d.Since, version)
	case d.Serve != "" && d.Serve != "view" && d.Serve != "table":
		return fmt.Errorf("serve %q", d.Serve)
	}
	columns := map[string]bool{}
	for _, c := range d.Columns {
		if c.Name == "" || columns[strings.ToLower(c.Name)] {
			return fmt.Errorf("column %q is empty or there twice", c.Name)
		}
		columns[strings.ToLower(c.Name)] = true
	}
	for _, c := range slices.Concat(d.Sorted, d.Lookup) {
		if !columns[strings.ToLower(c)] {
			return fmt.Errorf("it has no column %q to sort or look up by", c)
		}
	}
	var rows int64
	for _, f := range d.Files {
		if err := ValidKey(f.Key); err != nil {
			return err
		}
		if f.Size <= 0 || f.Rows < 0 || !isSHA256(f.SHA256) {
			return fmt.Errorf("file %s: size %d, rows %d, sha256 %q", f.Key, f.Size, f.Rows, f.SHA256)
		}
		rows += f.Rows
	}
	if rows != d.Rows {
		return fmt.Errorf("%d rows, its files have %d", d.Rows, rows)
	}
	return nil
}

func isSHA256(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && strings.ToLower(s) == s
}

// isTable allows letters, digits and underscores: the name becomes a file's too.
func isTable(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}) < 0
}
