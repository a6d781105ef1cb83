package report

import (
	"time"

	"guiji/quality"
	"guiji/quality/orders"
)

// suggesters find what failing values of a resource might have meant, by rule.
type suggesters map[*rule]*orders.Suggester

// complete adds a suggestion to a problem that has none of an authority's.
func (s suggesters) complete(b *builder, r *resource, p *problem) {
	if p.suggest != "" || !p.known || p.empty {
		return
	}
	of, made := s[p.rule]
	if !made {
		env := &quality.Env{Project: b.Project, Resource: r.Entry, Today: b.Now.Format(time.DateOnly)}
		of = orders.NewSuggester(r.bound[[2]string{p.rule.Rule, p.rule.Version}], env)
		s[p.rule] = of
	}
	p.suggest = of.For(p.value)
}
