package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/internal/text"
	"guiji/lake"
)

// act is what an act of a dispute says on the command line.
type act struct {
	by, office, reason, outcome string
}

func (a *app) dispute() *cobra.Command {
	cmd := &cobra.Command{Use: "dispute", Short: a.say("dispute.command"), Long: a.say("dispute.long"), Args: cobra.NoArgs}
	cmd.AddCommand(a.fileDispute(), a.disputeAct(state.Accept), a.disputeAct(state.Mark), a.disputeAct(state.Handle), a.disputeAct(state.Lift),
		a.disputeAct(state.Withdraw), a.listDisputes(), a.showDispute())
	return cmd
}

func (a *app) fileDispute() *cobra.Command {
	var by act
	cmd := &cobra.Command{
		Use:     "file ENTITY KEY ELEMENT --by DEPARTMENT --reason TEXT",
		Short:   a.say("dispute.do.file"),
		Long:    a.say("dispute.do.file.long"),
		Example: "  guiji dispute file person 371502199001010012 DE0002 --by minzheng --reason '证件姓名与库内不同'",
		Args:    cobra.ExactArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			key, err := readKey(args[1], cmd.InOrStdin())
			if err != nil {
				return err
			}
			d, fingerprint, err := w.newDispute(cmd.Context(), by, args[0], key, args[2])
			if err != nil {
				return err
			}
			done, err := w.act(by, state.File)
			if err != nil {
				return err
			}
			s, err := w.decided(cmd.Context())
			if err != nil {
				return err
			}
			defer s.Close()
			out, err := s.File(cmd.Context(), *d, done, func(number string) error {
				return a.audit(w, "dispute.file", number+" "+fingerprint+" "+d.Element+" "+d.Department, by.reason)
			})
			if err != nil {
				return err
			}
			return a.printDispute(cmd, w, out)
		},
	}
	cmd.Flags().StringVar(&by.by, "by", "", a.say("dispute.flag.by"))
	cmd.Flags().StringVar(&by.office, "office", "", a.say("dispute.flag.office"))
	cmd.Flags().StringVar(&by.reason, "reason", "", a.say("dispute.flag.reason"))
	return cmd
}

// newDispute is a dispute about a value of the newest release, once all that it names
// is known to be there.
func (w *workspace) newDispute(ctx context.Context, by act, entity, key, element string) (d *state.Dispute, fingerprint string, err error) {
	e, err := w.entity(entity)
	if err != nil {
		return nil, "", err
	}
	el, err := w.element(e, element)
	if err != nil {
		return nil, "", err
	}
	if by.by == "" {
		return nil, "", fault.New(fault.Config, "dispute.by").Try("dispute.by.hint")
	}
	if w.project.Department(by.by) == nil {
		return nil, "", fault.New(fault.Config, "dispute.department", by.by)
	}
	rel, err := w.release(ctx, 0)
	if err != nil {
		return nil, "", err
	}
	l, err := w.lookAt(ctx, rel, true)
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	one, err := l.find(ctx, e, key)
	if err != nil {
		return nil, "", err
	}
	authority, value, err := l.accountable(ctx, one, el)
	if err != nil {
		return nil, "", err
	}
	if strings.HasPrefix(authority, by.by+"/") {
		return nil, "", fault.New(fault.Config, "dispute.own", authority).Try("dispute.own.hint")
	}
	return &state.Dispute{Entity: e.ID, GoldenID: one.GoldenID, Key: one.Key, Element: el.Code, Department: by.by, Authority: authority, Release: rel.Version, Value: value, Known: true}, one.fingerprint(), nil
}

// accountable is the resource whose value of an element stands for a subject: the one
// it was taken from, else the authority registered on the day; "" if there is none. value
// is the golden record's, nil where it is empty.
func (l *onlooking) accountable(ctx context.Context, one *subject, el *catalog.Element) (resource string, value *string, err error) {
	dataset := "entity/" + one.Entity.ID
	if !l.has(dataset, el.Column) {
		return "", nil, fault.New(fault.Config, "dispute.absent", el.Code, el.Name, releaseName(l.rel.Version))
	}
	golden, err := l.relation(ctx, dataset)
	if err != nil {
		return "", nil, err
	}
	rows, err := l.texts(ctx, "accountable", "SELECT CAST("+engine.Ident(el.Column+"__from")+" AS VARCHAR), CAST("+engine.Ident(el.Column)+" AS VARCHAR) FROM "+golden+" WHERE golden_id = ?", one.GoldenID)
	if err != nil {
		return "", nil, err
	}
	if from := rows[0][0]; from != nil {
		resource, _ := l.sourceOf(*from)
		return resource, rows[0][1], nil
	}
	ref := authorityOf(el, l.rel, l.w)
	resource, _, _ = ref.Split()
	return resource, rows[0][1], nil
}

// authorityOf is the authority of an element on the day of a release; "" if there was
// none.
func authorityOf(el *catalog.Element, rel *lake.Release, w *workspace) catalog.ItemRef {
	if terms := el.Authority.ActiveOn(rel.Created.In(w.zone).Format("2006-01-02")); len(terms) > 0 {
		return terms[len(terms)-1].Item
	}
	return ""
}

// sourceOf is the resource that a source number stands for, and the role of its
// subject; the number itself where the release does not know it.
func (l *onlooking) sourceOf(number string) (resource, role string) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n >= len(l.rel.Sources) {
		return number, ""
	}
	resource, role, _ = strings.Cut(l.rel.Sources[n], "#")
	return resource, role
}

// act makes an act of what the flags say: whose office it is, by the department's own
// entry or the bureau's where the flag is not given.
func (w *workspace) act(by act, verb state.Verb) (state.Act, error) {
	office := w.project.Config.Bureau.Office
	if by.by != "" {
		d := w.project.Department(by.by)
		if d == nil {
			return state.Act{}, fault.New(fault.Config, "dispute.department", by.by)
		}
		office = d.Contact.Office
	}
	if by.office != "" {
		office = by.office
	}
	return state.Act{Verb: verb, At: w.now(), Department: by.by, Office: office, Outcome: state.Outcome(by.outcome), Reason: by.reason}, nil
}

// disputeAct is the command of one verb behind filing.
func (a *app) disputeAct(verb state.Verb) *cobra.Command {
	var by act
	cmd := &cobra.Command{
		Use:   string(verb) + " NUMBER",
		Short: a.say("dispute.do." + text.Key(verb)),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			if verb == state.Handle && by.outcome != string(state.Upheld) && by.outcome != string(state.Rejected) {
				return fault.New(fault.Config, "dispute.outcome", by.outcome)
			}
			s, err := w.decided(cmd.Context())
			if err != nil {
				return err
			}
			defer s.Close()
			d, err := s.Dispute(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			switch {
			case verb == state.Withdraw: // by who filed it
				by.by = d.Department
			case by.by == d.Department: // nobody judges a case of its own
				return fault.New(fault.Config, "dispute.filer", d.Number).Try("dispute.filer.hint")
			}
			done, err := w.act(by, verb)
			if err != nil {
				return err
			}
			out, err := s.Act(cmd.Context(), args[0], done, func(d state.Dispute) error {
				return a.audit(w, "dispute."+string(verb), strings.TrimSpace(d.Number+" "+by.outcome), by.reason)
			})
			if err != nil {
				return err
			}
			return a.printDispute(cmd, w, out)
		},
	}
	cmd.Flags().StringVar(&by.office, "office", "", a.say("dispute.flag.office"))
	cmd.Flags().StringVar(&by.reason, "reason", "", a.say("dispute.flag.reason"))
	if verb == state.Handle {
		cmd.Flags().StringVar(&by.outcome, "outcome", "", a.say("dispute.flag.outcome"))
	}
	if verb != state.Withdraw {
		cmd.Flags().StringVar(&by.by, "by", "", a.say("dispute.flag.acting"))
	}
	return cmd
}
