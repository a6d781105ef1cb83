package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/lake"
	"guiji/transforms/mask"
	"guiji/transforms/onesource"
)

// explained is how a golden record came about.
type explained struct {
	Release  uint64            `json:"release"`
	Masked   bool              `json:"masked"`
	Today    bool              `json:"todays_catalogue,omitempty"` // names, items and rules are today's: the release's were others, or it does not tell
	Entity   string            `json:"entity"`
	Name     string            `json:"entity_name"`
	Key      string            `json:"entity_key"`
	GoldenID string            `json:"golden_id,omitempty"` // only where it may be seen
	Members  []explainedMember `json:"members"`
	Apart    []explainedApart  `json:"apart,omitempty"`
	Fields   []explainedField  `json:"fields"`
	Disputes []shownDispute    `json:"disputes,omitempty"` // as they are now, whatever the release
	Events   []explainedEvent  `json:"events,omitempty"`
}

// explainedMember is a record that the golden one is made of.
type explainedMember struct {
	Source   string  `json:"source"` // resource, with #role where its subject has one
	Title    string  `json:"title"`
	Record   string  `json:"record"` // as its own system shows it
	Time     *string `json:"source_time"`
	Votes    bool    `json:"votes"`
	Route    string  `json:"route,omitempty"`    // element of the key that linked it
	OwnKey   *string `json:"own_key,omitempty"`  // the key it gave itself, where that is another
	Decision *string `json:"decision,omitempty"` // the steward's decision that linked it

	number, key string
	resource    string
	member      *onesource.Member
}

// explainedEvent is what became of the golden id.
type explainedEvent struct {
	Kind  string  `json:"kind"`
	Other *string `json:"other_id,omitempty"`
	Since string  `json:"since"`
	Mine  bool    `json:"mine"` // of this id; else another's that led here
}

func (a *app) explain() *cobra.Command {
	var l look
	cmd := &cobra.Command{
		Use:     "explain [ENTITY] KEY",
		Short:   a.say("explain.command"),
		Long:    a.say("explain.long"),
		Example: "  guiji explain 371502199001010012\n  guiji explain person 371502199001010012 --release 12\n  guiji explain person - --reveal --reason '核对整改结果'",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := l.reasoned(); err != nil {
				return err
			}
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			var only *catalog.Entity
			if len(args) == 2 {
				if only, err = w.entity(args[0]); err != nil {
					return err
				}
			}
			key, err := readKey(args[len(args)-1], cmd.InOrStdin())
			if err != nil {
				return err
			}
			out, err := a.explainOne(cmd.Context(), w, l, only, key)
			if err != nil {
				return err
			}
			return a.print(cmd, out, func() string { return a.explainText(w, out) })
		},
	}
	cmd.Flags().Uint64Var(&l.version, "release", 0, a.say("command.flag.release"))
	l.revealing(a, cmd)
	return cmd
}

// explainOne gathers all that a release, and what people decided, say of a subject,
// once the audit chain has the look.
func (a *app) explainOne(ctx context.Context, w *workspace, l look, only *catalog.Entity, key string) (out *explained, err error) {
	rel, err := w.release(ctx, l.version)
	if err != nil {
		return nil, err
	}
	o, err := w.lookAt(ctx, rel, l.reveal)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	one, err := o.find(ctx, only, key)
	if err != nil {
		return nil, err
	}
	act := "explain"
	if l.reveal {
		act = "reveal"
	}
	if err := a.audit(w, act, releaseName(rel.Version)+": "+one.fingerprint(), l.reason); err != nil {
		return nil, err
	}
	out = &explained{Release: rel.Version, Masked: !l.reveal, Entity: one.Entity.ID, Name: one.Entity.Name}
	x := explaining{onlooking: o, one: one, out: out}
	for _, step := range []func(context.Context) error{x.subject, x.members, x.catalogueOf, x.apart, x.fields, x.compared, x.doubted, x.disputed, x.events} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// explaining is one explanation under way.
type explaining struct {
	*onlooking
	one  *subject
	out  *explained
	rows map[string]map[string]*string // members' records that were read, by source and key
}

// class is the privacy class of a column of one of the entity's datasets.
func (x *explaining) class(table, column string) catalog.Privacy {
	dataset := "entity/" + x.one.Entity.ID
	if table != "" {
		dataset += "/" + table
	}
	c := lake.Column{Name: column}
	for _, have := range x.rel.Datasets[dataset].Columns {
		if have.Name == column {
			c = have
		}
	}
	return mask.Class(x.rel, dataset, c)
}

// identifier is an id that guiji makes, which shows nothing but lets ids be compared:
// only where the subject is nobody's person, or revealed.
func (x *explaining) identifier(id *string) *string {
	if id == nil || x.reveal || x.class("", "golden_id") == catalog.PrivacyNone {
		return id
	}
	return nil
}

func (x *explaining) subject(ctx context.Context) error {
	key, err := x.shown(ctx, x.class("", "entity_key"), "VARCHAR", &x.one.Key)
	if err != nil {
		return err
	}
	x.out.Key = *key
	if id := x.identifier(&x.one.GoldenID); id != nil {
		x.out.GoldenID = *id
	}
	return nil
}

// events are what became of the subject's id, and of others that led to it.
func (x *explaining) events(ctx context.Context) error {
	from, err := x.relation(ctx, "entity/"+x.one.Entity.ID+"/events")
	if err != nil || from == "" {
		return err
	}
	rows, err := x.texts(ctx, "explain.events", "SELECT kind, CASE WHEN golden_id = $1 THEN other_id ELSE golden_id END, CAST(since AS VARCHAR), CAST(golden_id = $1 AS VARCHAR) FROM "+
		from+" WHERE golden_id = $1 OR other_id = $1 ORDER BY since, kind, 2", x.one.GoldenID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		x.out.Events = append(x.out.Events, explainedEvent{Kind: *r[0], Other: x.identifier(r[1]), Since: *r[2], Mine: *r[3] == "true"})
	}
	return nil
}

// disputed are the disputes about the subject, as they stand now.
func (x *explaining) disputed(ctx context.Context) error {
	all, err := x.w.disputes(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Entity != x.one.Entity.ID {
			continue
		}
		id, err := x.current(ctx, d.Entity, d.GoldenID)
		if err != nil {
			return err
		}
		if id != x.one.GoldenID && d.Key != x.one.Key {
			continue
		}
		x.out.Disputes = append(x.out.Disputes, x.w.shown(d).withoutReasons())
		for i := range x.out.Fields {
			if f := &x.out.Fields[i]; f.Element == d.Element && d.Flagged() {
				f.Disputed = true
			}
		}
	}
	return nil
}
