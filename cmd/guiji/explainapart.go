package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/text"
	"guiji/transforms/onesource"
)

// explainedApart is what a steward's decision keeps out of the record: one that gave its
// key, or all of a source.
type explainedApart struct {
	Source   string `json:"source"`
	Title    string `json:"title"`
	Record   string `json:"record,omitempty"` // "": all records of the source
	Kind     string `json:"kind"`             // parted, excluded, excluded_all
	Decision string `json:"decision"`
}

// member is a record of a source by its number; spoken are who speaks today.
func (x *explaining) member(spoken []onesource.Member, number, key string) explainedMember {
	m := explainedMember{number: number, key: key}
	resource, role := x.sourceOf(number)
	m.resource, m.Source, m.Title = resource, resource, x.w.resourceName(resource)
	if role != "" {
		m.Source += "#" + role
		m.Title += "（" + x.w.roleName(resource, x.one.Entity.ID, role) + "）"
	}
	if at := slices.IndexFunc(spoken, func(s onesource.Member) bool {
		return s.Name() == m.Source && s.Subject.Entity == x.one.Entity.ID
	}); at >= 0 {
		m.member = &spoken[at]
	}
	return m
}

// roleName is a subject's role in the office's words: the label of the item that holds
// its key (女方公民身份号码); the role as it is written where the catalogue has none.
func (w *workspace) roleName(resource, entity, role string) string {
	if r := w.project.Resource(resource); r != nil {
		for _, s := range r.Subjects {
			if s.Entity == entity && s.As == role && itemLabel(w.project, resource, s.Key) != "" {
				return itemLabel(w.project, resource, s.Key)
			}
		}
	}
	return role
}

// apart are the records with the subject's key that decisions have in another, and those
// that they leave out, of which the release has no more than the record's key.
func (x *explaining) apart(ctx context.Context) error {
	crosswalk, dataset := "", "entity/"+x.one.Entity.ID
	if x.has(dataset+"/crosswalk", "decision") && x.has(dataset+"/crosswalk", "own_key") {
		from, err := x.relation(ctx, dataset+"/crosswalk")
		if err != nil {
			return err
		}
		crosswalk = "SELECT 'parted', CAST(source AS VARCHAR), record_key, decision FROM " + from + " WHERE entity_key <> $1 AND decision IS NOT NULL"
	}
	problems, err := x.relation(ctx, dataset+"/problems")
	if err != nil || crosswalk == "" || problems == "" { // a release of before
		return err
	}
	rows, err := x.texts(ctx, "explain.apart", crosswalk+" UNION ALL SELECT 'excluded', CAST(source AS VARCHAR), record_key, decision FROM "+problems+
		" WHERE kind = 'excluded' ORDER BY ALL", x.one.Key)
	if err != nil {
		return err
	}
	spoken := onesource.Members(x.w.project, nil)
	for _, r := range rows {
		out := explainedApart{Kind: *r[0], Decision: *r[3]}
		if r[2] == nil {
			m := x.member(spoken, *r[1], "")
			out.Source, out.Title, out.Kind = m.Source, m.Title, "excluded_all"
			x.out.Apart = append(x.out.Apart, out)
			continue
		}
		m := x.member(spoken, *r[1], *r[2])
		if mine, err := x.gives(ctx, m); err != nil {
			return err
		} else if !mine && !x.partedBy(out.Decision) {
			continue
		}
		out.Source, out.Title = m.Source, m.Title
		if out.Record, err = x.record(ctx, m); err != nil {
			return err
		}
		x.out.Apart = append(x.out.Apart, out)
	}
	return nil
}

// gives tells whether a record gives the subject's key, by any route.
func (x *explaining) gives(ctx context.Context, m explainedMember) (bool, error) {
	if m.member == nil {
		return false, nil
	}
	row, err := x.row(ctx, m)
	if err != nil || row == nil {
		return false, err
	}
	for _, it := range m.member.Routes {
		if it == nil || row[it.Name] == nil {
			continue
		}
		found, err := x.findIn(ctx, x.one.Entity, strings.TrimSpace(*row[it.Name]))
		if err != nil {
			return false, err
		}
		if slices.Contains(found, *x.one) {
			return true, nil
		}
	}
	return false, nil
}

// partedBy tells whether a decision parts something from the subject: it names its key, or
// a record of it.
func (x *explaining) partedBy(decision string) bool {
	return slices.ContainsFunc(x.w.project.Links, func(d catalog.Link) bool {
		return d.ID == decision && d.Entity == x.one.Entity.ID && slices.ContainsFunc(d.CannotLink, func(l catalog.Linked) bool {
			return l.EntityKey == x.one.Key || slices.ContainsFunc(x.out.Members, func(m explainedMember) bool {
				var key []string
				return m.Source == l.Resource && json.Unmarshal([]byte(m.key), &key) == nil && slices.Equal(key, l.Record)
			})
		})
	})
}

func (a *app) writeExplainedApart(b *strings.Builder, x *explained) {
	if len(x.Apart) == 0 {
		return
	}
	fmt.Fprintln(b, "\n"+a.say("explain.apart"))
	for _, p := range x.Apart {
		fmt.Fprintln(b, a.say("explain.apart."+text.Key(p.Kind), p.Title, p.Decision, a.recordText(p.Record)))
	}
}
