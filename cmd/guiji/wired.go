package main

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/connectors/all"
	"guiji/internal/fault"
	"guiji/quality"
	"guiji/quality/checks"
)

// wired tells what is wrong with the parts of a project that the catalogue itself
// cannot judge: settings are known to their connectors, checks to quality. Every
// error is of kind fault.Config and names file and line. No secret is read.
func wired(p *catalog.Project) []error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(p.Config.Connections)) {
		if _, _, err := connectorOf(p.Config.Connections[name], false); err != nil {
			errs = append(errs, err)
		}
	}
	for _, res := range p.Resources {
		var items []*catalog.Item
		for i := range res.Items {
			items = append(items, &res.Items[i])
		}
		env := &quality.Env{Project: p, Resource: res, Today: time.Now().Format(time.DateOnly)}
		_, bad := quality.Bind(env, items, nil, checks.All())
		errs = append(errs, bad...)
	}
	return errs
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
	if v, ok := settings.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return c, nil, fault.New(fault.Config, "command.connection", conn.At.String(), conn.Name).Because(err)
		}
	}
	return c, settings, nil
}

var place = regexp.MustCompile(`^(\S+\.yaml):(\d+)`)

// wiredFinding is such an error as catalog check prints it.
func (a *app) wiredFinding(err error) finding {
	f := finding{Severity: string(catalog.Error), Rule: "wired", Message: fault.Message(a.language(), err)}
	if m := place.FindStringSubmatch(err.Error()); m != nil {
		f.File = m[1]
		f.Line, _ = strconv.Atoi(m[2])
	}
	return f
}
