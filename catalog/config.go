package catalog

import (
	"path/filepath"
	"time"
)

// DefaultConfig is guiji.yaml before it is read: the embedded default, which
// needs no server.
func DefaultConfig() Config {
	return Config{
		Store:    "file://./lake",
		Serving:  "./serving",
		Reports:  "./reports",
		State:    "./state",
		Timezone: "Asia/Shanghai",
		Defaults: Defaults{
			Parts:     4,
			Batch:     8192,
			Parallel:  2,
			Memory:    "400MB",
			MendDays:  15,
			DoubtFrom: 2,
			CacheMax:  "20GB",
			Lease:     time.Minute,
		},
		Retention: Retention{Last: 3, Daily: 30, Monthly: 12, Orphans: 7 * 24 * time.Hour, Orders: 400 * 24 * time.Hour},
		Schedule:  Schedule{Retry: 15 * time.Minute, Tries: 3, Grace: 15 * time.Minute, GC: "0 5 * * *"},
	}
}

// Scratch is the folder for staging: like every folder of guiji.yaml relative to the
// project; "" is the system's.
func (p *Project) Scratch() string {
	if s := p.Config.Defaults.Scratch; s != "" && !filepath.IsAbs(s) {
		return filepath.Join(p.Dir, s)
	}
	return p.Config.Defaults.Scratch
}

// fill sets what an entry leaves unsaid and other rooms rely on.
func (r *Resource) fill() {
	if r.Status == "" {
		r.Status = Draft
	}
	if r.Serve == "" {
		r.Serve = ServeView
	}
	key := map[string]bool{}
	for _, k := range r.Source.Key {
		key[k] = true
	}
	for i := range r.Items {
		it := &r.Items[i]
		if it.Column == "" {
			it.Column = it.Name
		}
		if it.Unfit == "" {
			it.Unfit = UnfitCell
			if key[it.Name] {
				it.Unfit = UnfitRow
			}
		}
		for j := range it.Checks {
			if c := &it.Checks[j]; c.ID == "" {
				c.ID = it.Name + "." + c.Kind + c.part()
			}
		}
	}
}

// Basis is an item's legal basis: its own, or the resource's.
func (r *Resource) Basis(it *Item) string {
	if it.LegalBasis != "" {
		return it.LegalBasis
	}
	return r.LegalBasis
}

// Title is an item's Chinese name, or its name where it has none.
func (it *Item) Title() string {
	if it.Label != "" {
		return it.Label
	}
	return it.Name
}

// Department finds a department by id; nil if there is none.
func (p *Project) Department(id string) *Department {
	for i := range p.Departments {
		if p.Departments[i].ID == id {
			return &p.Departments[i]
		}
	}
	return nil
}

// Element finds a data element by code; nil if there is none.
func (p *Project) Element(code string) *Element {
	for i := range p.Elements {
		if p.Elements[i].Code == code {
			return &p.Elements[i]
		}
	}
	return nil
}

// Entity finds an entity by id; nil if there is none.
func (p *Project) Entity(id string) *Entity {
	for i := range p.Entities {
		if p.Entities[i].ID == id {
			return &p.Entities[i]
		}
	}
	return nil
}

// Resource finds a resource by id, department/name; nil if there is none.
func (p *Project) Resource(id string) *Resource {
	for _, r := range p.Resources {
		if r.ID == id {
			return r
		}
	}
	return nil
}
