package catalog

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"guiji/internal/text"
)

// Severity of a violation: only an Error stops anything.
type Severity string

// The severities of violations.
const (
	Error   Severity = "error"
	Warning Severity = "warning" // work to be done: a designation, a contact
	Note    Severity = "note"    // worth knowing once: an expired profile
)

// Violation is one place where a project breaks a rule.
type Violation struct {
	At       Pos
	Resource string // id; "" outside the entries
	Item     string // "" above the items
	Key      text.Key
	Args     []any
	Basis    string // the rule in full: regulation with article, or standard
	Severity Severity
	Way      *Way // of an item that must not be collected: how it is had instead
}

// Message is the violation in a language, without place and basis.
func (v Violation) Message(lang text.Lang) string { return text.Format(lang, v.Key, v.Args...) }

// The documents that rules come from beside the profiles.
const (
	guide      = "《政务信息资源目录编制指南（试行）》（发改高技〔2017〕1272号）"
	creditRule = "GB 32100-2015"
	qualityGB  = "GB/T 36344-2018"
	secretsLaw = "《中华人民共和国保守国家秘密法》"
	personLaw  = "《中华人民共和国个人信息保护法》"
)

// Check judges a project by the regulation and the standards at a date, and tells
// every violation at once, in the order of files and lines.
func (p *Project) Check(date time.Time) []Violation {
	j := &judge{p: p, date: date.Format(time.DateOnly)}
	j.config()
	j.bureau()
	j.scoring()
	j.encryption()
	j.watching()
	j.delivery()
	j.departments()
	j.entities()
	j.elements()
	j.authorisations()
	codes := map[string]*Resource{}
	for _, r := range p.Resources {
		j.entry(r, codes)
	}
	j.aliases()
	j.sameData()
	j.lookups()
	j.links()
	j.pipelines()
	ByPlace(j.out)
	return j.out
}

// ByPlace sorts violations by file and line, and keeps their order within a line.
func ByPlace(vs []Violation) {
	slices.SortStableFunc(vs, func(a, b Violation) int {
		return cmp.Or(strings.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line))
	})
}

// judge gathers violations while it walks a project.
type judge struct {
	p    *Project
	date string
	out  []Violation
	r    *Resource // the entry being judged; nil outside
	item *Item
}

// cite is a rule of the active profiles, or else the document itself.
func (j *judge) cite(rule, document string) string {
	if c := j.p.Cite(rule, j.date); c != "" {
		return c
	}
	return document
}

func (j *judge) tell(s Severity, at Pos, basis string, key text.Key, args ...any) {
	v := Violation{At: at, Key: key, Args: args, Basis: basis, Severity: s}
	if j.r != nil {
		v.Resource = j.r.ID
	}
	if j.item != nil {
		v.Item = j.item.Name
	}
	j.out = append(j.out, v)
}

// file tells of a place in one of the files beside the entries.
func (j *judge) file(file, path, basis string, key text.Key, args ...any) {
	j.tell(Error, j.p.at(file, path), basis, key, args...)
}

// breaks tells of a place in the entry being judged. An entry that is still being
// drafted may be incomplete: there the same is a warning.
func (j *judge) breaks(path, basis string, key text.Key, args ...any) {
	s := Error
	if j.r.Status == Draft || j.r.Status == Returned || j.r.Status == Withdrawn {
		s = Warning
	}
	j.tell(s, j.p.at(j.r.File, path), basis, key, args...)
}

// Failed tells whether any violation is an error.
func Failed(vs []Violation) bool {
	return slices.ContainsFunc(vs, func(v Violation) bool { return v.Severity == Error })
}
