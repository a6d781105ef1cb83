package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/text"
)

func (a *app) catalog() *cobra.Command {
	c := &cobra.Command{Use: "catalog", Short: text.Format(a.language(), "command.catalog"), Args: cobra.NoArgs}
	c.AddCommand(a.catalogCheck(), a.catalogTasks(), a.catalogCleanup(), a.catalogDuplicates())
	return c
}

// finding is a violation as catalog check prints it.
type finding struct {
	Severity string `json:"severity"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Resource string `json:"resource,omitempty"`
	Item     string `json:"item,omitempty"`
	Rule     string `json:"rule"`
	Message  string `json:"message"`
	Basis    string `json:"basis,omitempty"`
	Obtain   string `json:"obtain,omitempty"` // how a refused item is had by sharing
}

func (a *app) catalogCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: text.Format(a.language(), "command.catalog.check"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.project()
			if err != nil {
				return err
			}
			vs := judged(p, time.Now())
			found := make([]finding, 0, len(vs))
			for _, v := range vs {
				f := finding{string(v.Severity), v.At.File, v.At.Line, v.Resource, v.Item,
					strings.TrimPrefix(string(v.Key), "catalog."), v.Message(a.language()), v.Basis, ""}
				if v.Way != nil {
					f.Obtain = v.Way.Message(a.language())
				}
				found = append(found, f)
			}
			unfit, err := a.wired(cmd.Context(), p)
			if err != nil {
				return err
			}
			unfit = untold(unfit, vs)
			for _, err := range unfit {
				found = append(found, a.wiredFinding(err))
			}
			found = append(found, a.numberedRules(p)...)
			if err := a.print(cmd, found, func() string { return a.findings(p, found) }); err != nil {
				return err
			}
			if catalog.Failed(vs) || len(unfit) > 0 {
				return &exitError{code: fault.Config.ExitCode()}
			}
			return nil
		},
	}
}

// numberedRules warns of rules that only their place tells apart: where one before them is
// dropped or moved they take over its id, and with it its work orders and exemptions.
func (a *app) numberedRules(p *catalog.Project) []finding {
	var out []finding
	for _, res := range p.Resources {
		_, rules, _ := bound(p, res) // what cannot be bound wired tells
		for _, r := range rules {
			if r.Numbered {
				f := finding{Severity: string(catalog.Warning), File: r.At.File, Line: r.At.Line, Resource: res.ID, Rule: "check.rule.numbered",
					Message: a.say("command.catalog.numbered", r.Check.Name, r.ID)}
				if len(r.Items) > 0 {
					f.Item = r.Items[0].Name
				}
				out = append(out, f)
			}
		}
	}
	return out
}

// judged is what the catalogue and collect-once say of a project. A refused item
// is a warning here, unless the rest of its entry cannot run without it. That is no error
// of the whole project: the day a term ends must not stop what others collect.
func judged(p *catalog.Project, now time.Time) []catalog.Violation {
	if zone, err := time.LoadLocation(p.Config.Timezone); err == nil {
		now = now.In(zone)
	}
	vs := p.Check(now)
	for _, r := range p.CollectOnce(now) {
		vs = append(vs, r.Violations()...)
	}
	catalog.ByPlace(vs)
	return vs
}

// findings is the list as a person reads it: place, severity, sentence, basis.
func (a *app) findings(p *catalog.Project, found []finding) string {
	var b strings.Builder
	count := map[string]int{}
	for _, f := range found {
		count[f.Severity]++
		if f.Rule == "wired" { // the sentence names its place itself
			b.WriteString(text.Format(a.language(), "command.catalog.wired", f.Message) + "\n")
			continue
		}
		b.WriteString(text.Format(a.language(), text.Key("command.catalog."+f.Severity), catalog.Pos{File: f.File, Line: f.Line}.String(), f.Message) + "\n")
		if f.Basis != "" {
			fmt.Fprintf(&b, "    %s\n", text.Format(a.language(), "command.catalog.basis", f.Basis))
		}
		if f.Obtain != "" {
			fmt.Fprintf(&b, "    %s\n", text.Format(a.language(), "command.catalog.obtain", f.Obtain))
		}
	}
	b.WriteString(text.Format(a.language(), "command.catalog.sum", len(p.Resources), count["error"], count["warning"], count["note"]))
	return b.String()
}
