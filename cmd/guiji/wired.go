package main

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/connectors/all"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/publish/deliver"
	"guiji/quality"
	"guiji/quality/checks"
	"guiji/quality/sets"
	"guiji/transforms/standardize"
)

// wired tells what is wrong with the parts of a project that the catalogue itself
// cannot judge: settings are known to their connectors, steps to standardize,
// checks to quality, expressions to DuckDB. Every error in bad is of kind
// fault.Config and names file and line. No secret is read.
func (a *app) wired(ctx context.Context, p *catalog.Project) (bad []error, err error) {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(p.Config.Connections)) {
		if _, _, err := connectorOf(p.Config.Connections[name], false); err != nil {
			errs = append(errs, err)
		}
	}
	errs = append(errs, deliver.Check(p)...)
	v := vetting{ctx: ctx, project: *p}
	defer v.close()
	v.project.Config.Lang = string(a.language()) // reasons are for who asks
	for _, res := range p.Resources {
		for i := range res.Items {
			errs = append(errs, unfitSteps(res, &res.Items[i], p.Codes)...)
		}
		env, rules, unbound := bound(&v.project, res)
		refused, err := v.expressions(env, rules)
		if err != nil {
			return nil, err
		}
		errs = append(append(errs, unbound...), refused...)
	}
	return errs, nil
}

// untold leaves out what the catalogue has told of a rule itself: an id that is given
// twice, an indicator that is none.
func untold(bad []error, told []catalog.Violation) []error {
	return slices.DeleteFunc(bad, func(err error) bool {
		var f, cause *fault.Error
		if !errors.As(err, &f) || len(f.Args) < 2 {
			return false
		}
		known := f.Key == "quality.twice" || f.Key == "quality.check" && errors.As(f.Err, &cause) && cause.Key == "quality.indicator"
		return known && slices.ContainsFunc(told, func(v catalog.Violation) bool {
			return v.Severity == catalog.Error && v.At.File == f.Args[0] && v.At.Line == f.Args[1]
		})
	})
}

// bound are a resource's rules as all its items would have them.
func bound(p *catalog.Project, res *catalog.Resource) (*quality.Env, []*quality.Rule, []error) {
	items := make([]*catalog.Item, len(res.Items))
	for i := range res.Items {
		items[i] = &res.Items[i]
	}
	env := &quality.Env{Project: p, Resource: res, Today: time.Now().Format(time.DateOnly)}
	rules, errs := quality.Bind(env, items, nil, checks.All())
	return env, rules, errs
}

// unfitSteps are the standardising steps of an item that no run could take.
func unfitSteps(res *catalog.Resource, it *catalog.Item, codes map[string]*catalog.CodeTable) []error {
	var errs []error
	for _, step := range it.Standardize {
		alone := *it
		alone.Standardize = []catalog.StepSpec{step}
		if err := standardize.Validate(&alone, codes); err != nil {
			errs = append(errs, fault.New(fault.Config, "command.step", step.At.String(), res.ID).Because(err))
		}
	}
	return errs
}

// vetting opens DuckDB with the first resource that has an expression.
type vetting struct {
	ctx     context.Context
	project catalog.Project
	session *engine.Session
}

func (v *vetting) expressions(env *quality.Env, rules []*quality.Rule) ([]error, error) {
	if !slices.ContainsFunc(rules, func(r *quality.Rule) bool { return r.Check == checks.SQL || r.Check == checks.SQLTable }) {
		return nil, nil
	}
	if v.session == nil {
		var err error
		if v.session, err = engine.Open(v.ctx, engine.Options{Locked: true}); err != nil {
			return nil, err
		}
	}
	return sets.Vet(v.ctx, v.session, env, rules)
}

func (v *vetting) close() {
	if v.session != nil {
		_ = v.session.Close() // in memory: nothing of it is kept
	}
}

// connectorOf finds a connection's connector and reads its settings; expand
// resolves the references in them.
func connectorOf(conn catalog.Connection, expand bool) (connectors.Connector, any, error) {
	c, ok := all.Find(conn.Connector)
	if !ok {
		var known []string
		for _, c := range all.All() {
			known = append(known, c.Name)
		}
		return c, nil, fault.New(fault.Config, "command.no_connector", conn.At.String(), conn.Name, conn.Connector).Try("command.no_connector.hint", known)
	}
	settings := c.Settings()
	if err := conn.Decode(settings, expand); err != nil {
		return c, nil, err
	}
	unresolved := !expand && strings.Contains(conn.Node.String(), "${") // what a reference stands for is judged when it is known
	if v, ok := settings.(interface{ Validate() error }); ok && !unresolved {
		if err := v.Validate(); err != nil {
			return c, nil, fault.New(fault.Config, "command.connection", conn.At.String(), conn.Name).Because(err)
		}
	}
	return c, settings, nil
}

var place = regexp.MustCompile(`^(\S+\.(?:yaml|tmpl)):(\d+)`)

// wiredFinding is such an error as catalog check prints it.
func (a *app) wiredFinding(err error) finding {
	f := finding{Severity: string(catalog.Error), Rule: "wired", Message: fault.Message(a.language(), err)}
	if m := place.FindStringSubmatch(err.Error()); m != nil {
		f.File = m[1]
		f.Line, _ = strconv.Atoi(m[2])
	}
	return f
}
