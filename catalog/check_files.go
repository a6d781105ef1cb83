package catalog

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"guiji/internal/ident"
)

// config judges guiji.yaml but for its pipelines.
func (j *judge) config() {
	c := j.p.Config
	if c.Name == "" {
		j.file(configFile, "", "", "catalog.check.project.name")
	}
	if !strings.HasPrefix(c.Store, "file://") && !strings.HasPrefix(c.Store, "s3://") && !strings.HasPrefix(c.Store, "s3s://") {
		j.file(configFile, "store", "", "catalog.check.store")
	}
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "" || c.Timezone == "Local" {
		j.file(configFile, "timezone", "", "catalog.check.timezone", c.Timezone)
	}
	if c.Lang != "" && c.Lang != "zh" && c.Lang != "en" {
		j.file(configFile, "lang", "", "catalog.check.lang", c.Lang)
	}
	j.defaults()
	for _, name := range slices.Sorted(maps.Keys(c.Connections)) {
		for _, key := range plainSecrets(c.Connections[name].Node) {
			j.tell(Warning, j.p.at(configFile, "connections."+name+"."+key), "", "catalog.check.secret.plain", key)
		}
	}
	if s := c.StoreAuth.SecretKey; s != "" && !strings.Contains(s, "${") {
		j.tell(Warning, j.p.at(configFile, "store_auth.secret_key"), "", "catalog.check.secret.plain", "secret_key")
	}
	for i, a := range j.p.Profiles {
		j.profile(indexed("profiles", i), a)
	}
}

var secretKeys = regexp.MustCompile(`(?i)passw|secret|token|bearer|api_?key|private_key`)

// plainSecrets are the settings that hold a secret itself where a reference
// (${NAME}, ${file:path}) belongs: the file is kept in git. A setting within another is
// named by its path: auth.key.secret.
func plainSecrets(n ast.Node) []string {
	var out []string
	values, _ := pairs(n)
	for _, v := range values {
		if s, ok := scalar(v.Value); ok && s != "" && secretKeys.MatchString(keyText(v)) && !strings.Contains(s, "${") {
			out = append(out, keyText(v))
		}
		for _, within := range plainSecrets(v.Value) {
			out = append(out, keyText(v)+"."+within)
		}
	}
	return out
}

// profile notes once that a profile's term is over: it applies until it is
// removed from guiji.yaml, and extended_by says why.
func (j *judge) profile(path string, a ActiveProfile) {
	pr := FindProfile(a.ID)
	at := j.p.at(configFile, path)
	switch {
	case pr == nil:
		j.file(configFile, path, "", "catalog.check.profile", a.ID, strings.Join(slices.Sorted(maps.Keys(profiles())), ", "))
	case pr.From > j.date:
		j.tell(Note, at, pr.Cite(""), "catalog.check.profile.early", pr.Title, pr.From)
	case pr.To == "" || j.date <= pr.To:
	case a.ExtendedBy == "":
		j.tell(Warning, at, pr.Cite(pr.Citations["term"]), "catalog.check.profile.over", pr.Title, pr.To)
	default:
		j.tell(Note, at, pr.Cite(pr.Citations["term"]), "catalog.check.profile.extended", pr.Title, pr.To, a.ExtendedBy)
	}
}

var pipelineName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// pipelines judges what runs together: no resource in two of them.
func (j *judge) pipelines() {
	j.schedule()
	j.retention()
	held := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(j.p.Config.Pipelines)) {
		path := "pipelines." + name
		pl := j.p.Config.Pipelines[name]
		if !pipelineName.MatchString(name) { // it becomes part of objects' keys
			j.file(configFile, path, "", "catalog.check.pipeline.name", name)
		}
		j.times(name, pl)
		if len(pl.Resources) == 0 {
			j.file(configFile, path, "", "catalog.check.pipeline.empty", name)
		}
		for i, pattern := range pl.Resources {
			if !slices.ContainsFunc(j.p.Resources, func(r *Resource) bool { return matches(pattern, r.ID) }) {
				j.file(configFile, indexed(path+".resources", i), "", "catalog.check.pipeline.unknown", name, pattern)
			}
		}
		for _, r := range j.p.InPipeline(name) {
			if other, ok := held[r.ID]; ok {
				j.file(configFile, path, "", "catalog.check.pipeline.twice", r.ID, other, name)
			}
			held[r.ID] = name
		}
	}
	for _, r := range j.p.Resources {
		if _, ok := held[r.ID]; !ok && r.Status == Published {
			j.tell(Warning, j.p.at(r.File, "status"), "", "catalog.check.pipeline.none", r.ID)
		}
	}
}

// lookups judges what rows are looked up by: a copy is no column of standard.
func (j *judge) lookups() {
	for _, r := range j.p.Resources {
		r = r.written()
		for i, name := range r.LookupKey {
			if it := r.Item(name); it != nil && it.Role == RoleCopy {
				j.r = r
				j.breaks(indexed("lookup_key", i), "", "catalog.check.lookup.copy", it.Title())
			}
		}
	}
	j.r = nil
}

// departments judges the tree of departments (art. 3, 7).
func (j *judge) departments() {
	seen := map[string]bool{}
	codes := map[string]string{}
	for i, d := range j.p.Departments {
		path := indexed("", i)
		tree := j.cite("departments", guide)
		if !resourceName.MatchString(d.ID) {
			j.file(departmentsFile, path+".id", "", "catalog.check.department.id", d.ID)
		}
		if seen[d.ID] {
			j.file(departmentsFile, path+".id", "", "catalog.check.department.twice", d.ID)
		}
		seen[d.ID] = true
		if d.Name == "" {
			j.file(departmentsFile, path, guide, "catalog.check.department.name", d.ID)
		}
		if why := ident.CreditCode([]byte(d.Code)); why == ident.Check {
			j.file(departmentsFile, path+".code", creditRule, "catalog.check.department.code.check", d.ID, d.Code)
		} else if !why.OK() {
			j.file(departmentsFile, path+".code", creditRule, "catalog.check.department.code", d.ID, d.Code)
		} else if other, ok := codes[d.Code]; ok {
			j.file(departmentsFile, path+".code", creditRule, "catalog.check.department.code.twice", d.Code, other, d.ID)
		}
		codes[d.Code] = d.ID
		if d.Parent != "" && j.p.Department(d.Parent) == nil {
			j.file(departmentsFile, path+".parent", tree, "catalog.check.department.parent", d.ID, d.Parent)
		}
		if cycle := j.above(d); cycle != "" {
			j.file(departmentsFile, path+".parent", tree, "catalog.check.department.cycle", cycle)
		}
		if d.Contact.Office == "" {
			j.tell(Warning, j.p.at(departmentsFile, path), tree, "catalog.check.department.contact", d.ID)
		}
	}
}

// above is the way from a department up to itself, "" if it ends at the top.
func (j *judge) above(d Department) string {
	way := []string{d.ID}
	for up := j.p.Department(d.Parent); up != nil; up = j.p.Department(up.Parent) {
		way = append(way, up.ID)
		if up.ID == d.ID {
			return strings.Join(way, " → ")
		}
		if len(way) > len(j.p.Departments) { // a cycle above that d is no part of
			return ""
		}
	}
	return ""
}
