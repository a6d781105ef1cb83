package pipelines

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/internal/text"
	"guiji/quality"
)

// Rechecked is what today's rules find in a stored image, beside what was found before.
type Rechecked struct {
	Resource string          `json:"resource"`
	Gate     string          `json:"gate,omitempty"`     // why it is shut
	GateWas  string          `json:"gate_was,omitempty"` // why it was
	Withheld int64           `json:"withheld"`           // rows kept out of standard
	Was      int64           `json:"withheld_was"`
	Rules    []RecheckedRule `json:"rules"` // by rule
}

// RecheckedRule is one rule of it.
type RecheckedRule struct {
	Rule      string         `json:"rule"`
	Title     string         `json:"title"`
	Change    RuleChange     `json:"change,omitempty"`
	StatusWas quality.Status `json:"status_was,omitempty"` // "" of a new rule
	Status    quality.Status `json:"status,omitempty"`     // "" of one that is gone
	FailedWas int64          `json:"failed_was"`
	Failed    int64          `json:"failed"`
	Evaluated int64          `json:"evaluated"`        // elements judged now
	Reason    string         `json:"reason,omitempty"` // why it was not evaluated
}

// RuleChange is what became of a rule itself since the release before.
type RuleChange string

// What becomes of rules; "" is nothing.
const (
	RuleNew     RuleChange = "new"
	RuleChanged RuleChange = "changed"
	RuleGone    RuleChange = "gone"
)

// bind makes today's rules for the stored items. What cannot be judged by what is stored
// has its reason: items that were never pulled, and items whose stored value is not what
// today's catalogue would make.
func (im *storedImage) bind(schema *arrow.Schema) (*quality.Env, []*quality.Rule, error) {
	r := im.run
	env := &quality.Env{Project: r.Project, Resource: im.plan.res, Today: r.Now().Format(time.DateOnly)}
	items := r.plannedAs(im.plan).items
	rules, errs := quality.Bind(env, items, schema, r.Checks)
	judged := arrow.NewSchema(slices.DeleteFunc(schema.Fields(), func(f arrow.Field) bool { return im.stuck[f.Name] != "" }), nil)
	only, more := quality.Bind(env, items, judged, r.Checks)
	if err := errors.Join(append(errs, more...)...); err != nil {
		return nil, nil, err
	}
	bit := 0
	for i, rule := range rules {
		switch {
		case only[i].Reason == "":
		case rule.Reason != "":
			rule.Reason = im.unstored(env, rule)
		case rule.Check.Name != quality.TypeCheck: // how the stored cells fitted is known
			rule.Reason, rule.Bit = im.stays(env, rule), -1
		}
		if rule.Bit >= 0 {
			rule.Bit = bit
			bit++
		}
	}
	return env, rules, nil
}

// unstored says why a rule over items without data is not evaluated.
func (im *storedImage) unstored(env *quality.Env, rule *quality.Rule) string {
	for _, name := range im.absent {
		if touches(rule, name) {
			return env.Say("recheck.unstored", name)
		}
	}
	return rule.Reason
}

// stays says why a rule over items that stay as they were is not evaluated.
func (im *storedImage) stays(env *quality.Env, rule *quality.Rule) string {
	var names []string
	var why text.Key
	for _, it := range im.plan.items {
		if key := im.stuck[it.Name]; key != "" && touches(rule, it.Name) {
			names, why = append(names, it.Name), cmp.Or(why, key)
		}
	}
	return env.Say(why, strings.Join(names, ", "))
}

// touches reports whether a rule looks at an item, be it to choose its rows.
func touches(rule *quality.Rule, item string) bool { return slices.Contains(rule.Names(), item) }

// compareRules notes what the rules find now beside what they found before.
func (r *run) compareRules(ctx context.Context, set *settling) error {
	s, err := r.openEngine(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, one := range set.landing() {
		was, err := r.metricsOf(ctx, s, one.res.ID)
		if err != nil {
			return err
		}
		before := r.head.Resources[one.res.ID]
		out := Rechecked{Resource: one.res.ID, Gate: one.state.Gate, GateWas: before.Gate, Withheld: one.state.Withheld, Was: before.Withheld}
		for _, m := range one.metrics {
			out.Rules = append(out.Rules, changed(was, m))
			delete(was, m.Rule)
		}
		for _, m := range was {
			out.Rules = append(out.Rules, RecheckedRule{Rule: m.Rule, Title: m.Title, Change: RuleGone, StatusWas: m.Status, FailedWas: m.Failed})
		}
		slices.SortFunc(out.Rules, func(a, b RecheckedRule) int { return cmp.Compare(a.Rule, b.Rule) })
		r.req.recheck.told = append(r.req.recheck.told, out)
		if r.req.recheck.dry && one.gated() {
			r.failures[one.res.ID] = one.shut()
		}
	}
	return nil
}

// changed compares one rule with what the release before says of it.
func changed(before map[string]quality.Metric, m quality.Metric) RecheckedRule {
	out := RecheckedRule{Rule: m.Rule, Title: m.Title, Status: m.Status, Failed: m.Failed, Evaluated: m.B, Reason: m.Reason}
	was, there := before[m.Rule]
	switch {
	case !there:
		out.Change = RuleNew
		return out
	case was.Version != m.Version:
		out.Change = RuleChanged
	}
	out.StatusWas, out.FailedWas = was.Status, was.Failed
	return out
}
