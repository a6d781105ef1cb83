package quality

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/text"
)

// The names of the two checks no one writes: every collected item has the rule
// TypeCheck, every declared key the rule KeyCheck.
const (
	TypeCheck = "type"
	KeyCheck  = "key_unique"
)

// Bind makes the rules of a resource for its collected items: one rule of
// TypeCheck an item, the items' checks, KeyCheck, the resource's checks, in this
// order. Row rules have ascending bits, type rules first. A check over several
// items of which one is not collected is a rule with a Reason. A check that no
// run could evaluate is an error (fault.Config, with file and line); all of them
// are returned. A nil schema binds without looking for columns.
func Bind(env *Env, items []*catalog.Item, schema *arrow.Schema, all []*Check) ([]*Rule, []error) {
	b := &binder{env: env, checks: map[string]*Check{}, collected: map[string]*catalog.Item{}}
	for _, c := range all {
		b.checks[c.Name] = c
	}
	for _, it := range items {
		if schema == nil || len(schema.FieldIndices(it.Name)) > 0 {
			b.collected[it.Name] = it
		}
	}
	for _, it := range items {
		b.builtin(TypeCheck, []string{it.Name})
	}
	for _, it := range items {
		for _, spec := range it.Checks {
			b.add(spec, it.Name)
		}
	}
	if len(env.Resource.Source.Key) > 0 {
		b.builtin(KeyCheck, env.Resource.Source.Key)
	}
	for _, spec := range env.Resource.Checks {
		b.add(spec, "")
	}
	b.finish()
	return b.rules, b.errs
}

// binder collects rules and errors.
type binder struct {
	env       *Env
	checks    map[string]*Check
	collected map[string]*catalog.Item
	rules     []*Rule
	errs      []error
}

// builtin adds a rule no one writes; without its check in the list there is none.
func (b *binder) builtin(name string, items []string) {
	check := b.checks[name]
	if check == nil {
		return
	}
	r := &Rule{Check: check, Severity: Error, OnFail: Warn, At: catalog.Pos{File: b.env.Resource.File}}
	if err := b.items(r, items); err != nil {
		b.errs = append(b.errs, b.at(r.At, name, err))
		return
	}
	if name == KeyCheck {
		r.ID = KeyCheck
	}
	b.rules = append(b.rules, r)
}

// add binds one written check.
func (b *binder) add(spec catalog.CheckSpec, own string) {
	check := b.checks[spec.Kind]
	if check == nil || check.Name == TypeCheck || check.Name == KeyCheck {
		b.errs = append(b.errs, fault.New(fault.Config, "quality.unknown", spec.At.File, spec.At.Line, spec.Kind).
			Try("quality.known", strings.Join(b.known(), ", ")))
		return
	}
	r := &Rule{
		ID: spec.ID, Check: check, Title: spec.Title, At: spec.At,
		Indicator: spec.Indicator,
		Severity:  cmp.Or(Severity(spec.Severity), Error),
		OnFail:    cmp.Or(OnFail(spec.OnFail), Warn),
		AtMost:    float64(spec.AtMost),
	}
	for _, step := range []func() error{
		func() error { return overrides(r) },
		func() error { return decode(r, spec) },
		func() error { return b.items(r, uses(r, own, b.env.Resource)) },
		func() error { return b.rows(r, spec.Where) },
		func() error { return b.validate(r) },
	} {
		if err := step(); err != nil {
			b.errs = append(b.errs, b.at(spec.At, spec.Kind, err))
			return
		}
	}
	b.rules = append(b.rules, r)
}

func (b *binder) at(pos catalog.Pos, kind string, err error) error {
	return fault.New(fault.Config, "quality.check", pos.File, pos.Line, kind).Because(err)
}

func (b *binder) known() []string {
	var out []string
	for name := range b.checks {
		if name != TypeCheck && name != KeyCheck {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// overrides refuses words that are no severity, action or indicator.
func overrides(r *Rule) error {
	switch {
	case r.Severity != Error && r.Severity != Warning:
		return fault.New(fault.Config, "quality.severity", r.Severity)
	case r.OnFail != Warn && r.OnFail != Quarantine && r.OnFail != Block:
		return fault.New(fault.Config, "quality.onfail", r.OnFail)
	case r.Indicator != "" && IndicatorOf(r.Indicator).Code == "":
		return fault.New(fault.Config, "quality.indicator", r.Indicator)
	}
	return nil
}

// decode reads the parameters.
func decode(r *Rule, spec catalog.CheckSpec) error {
	if r.Check.Params == nil {
		if spec.Params != nil {
			return fault.New(fault.Config, "quality.noparams", spec.Kind)
		}
		return nil
	}
	r.Params = r.Check.Params()
	if spec.Params == nil {
		return nil // the defaults; Validate refuses what is missing
	}
	return spec.Decode(r.Params)
}

// uses names the items a rule looks at.
func uses(r *Rule, own string, res *catalog.Resource) []string {
	if u, ok := r.Params.(Uses); ok {
		return u.Uses(own, res)
	}
	if own == "" {
		return nil
	}
	return []string{own}
}

// items resolves names; one that is not collected gives the rule its Reason.
func (b *binder) items(r *Rule, names []string) error {
	if _, chosen := r.Params.(Uses); len(names) == 0 && (r.Check.Table == nil || !chosen) {
		return fault.New(fault.Config, "quality.noitem")
	}
	for _, name := range names {
		it := b.env.Resource.Item(name)
		if it == nil {
			return fault.New(fault.Config, "quality.item", name, b.env.Resource.ID)
		}
		if got := b.collected[name]; got != nil {
			it = got
		} else {
			r.Reason = text.Format(b.env.Lang(), "quality.notcollected", it.Name)
		}
		r.Items = append(r.Items, it)
	}
	return nil
}

// rows binds the where; an item of it that is not collected gives the rule its Reason.
func (b *binder) rows(r *Rule, w catalog.Where) error {
	if r.Check.Table != nil && (r.AtMost > 0 || r.OnFail == Quarantine) {
		return fault.New(fault.Config, "quality.norows", r.Check.Name)
	}
	var err error
	r.where, err = conditions(w, b.env)
	for _, c := range r.where {
		if b.collected[c.item.Name] == nil {
			r.Reason = text.Format(b.env.Lang(), "quality.notcollected", c.item.Name)
		}
	}
	return err
}

func (b *binder) validate(r *Rule) error {
	if r.Check.Validate == nil {
		return nil
	}
	return r.Check.Validate(r, b.env)
}

// finish gives the rules what follows from them all: ids, titles, versions, bits.
func (b *binder) finish() {
	b.identify()
	bit := 0
	for _, r := range b.rules {
		r.Title = cmp.Or(r.Title, b.title(r))
		r.Indicator = cmp.Or(r.Indicator, r.Check.Indicator)
		r.Version = version(r, b.env)
		r.Bit = -1
		if r.Check.Row != nil && r.Reason == "" {
			r.Bit = bit
			bit++
		}
	}
}

func (b *binder) title(r *Rule) string {
	written := r.Check.Title
	if v, ok := r.Params.(Varied); ok {
		if _, own := v.Variant(); own != "" {
			written = own
		}
	}
	if !strings.Contains(written, "%s") {
		return written
	}
	if len(r.Items) == 0 {
		return fmt.Sprintf(written, cmp.Or(b.env.Resource.Name, b.env.Resource.ID))
	}
	labels := make([]string, cmp.Or(min(r.Check.Subjects, len(r.Items)), len(r.Items)))
	for i := range labels {
		labels[i] = cmp.Or(r.Items[i].Label, r.Items[i].Name)
	}
	return fmt.Sprintf(written, strings.Join(labels, "、"))
}

// Lang is the language of reasons that land in a release: the project's own,
// never that of the terminal a run was started from.
func (e *Env) Lang() text.Lang {
	if e.Project != nil && strings.HasPrefix(e.Project.Config.Lang, string(text.EN)) {
		return text.EN
	}
	return text.ZH
}

// Say is a message in that language.
func (e *Env) Say(key text.Key, args ...any) string { return text.Format(e.Lang(), key, args...) }
