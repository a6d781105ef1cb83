package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/internal/text"
)

// shownDispute is a dispute as it is printed: its subject only by dispute show.
type shownDispute struct {
	state.Dispute
	Status  state.Status  `json:"status"`
	Outcome state.Outcome `json:"outcome,omitempty"`
	Marked  bool          `json:"marked"`
	Due     string        `json:"due,omitempty"` // by the strictest of the active profiles
	Overdue bool          `json:"overdue"`
	Terms   []answerTerm  `json:"terms,omitempty"`  // of all of them
	Repair  *repair       `json:"repair,omitempty"` // of an upheld one: what the authority is to do
	Subject string        `json:"subject,omitempty"`
}

// answerTerm is by when an answer is due under one profile.
type answerTerm struct {
	Due         string `json:"due"`
	Days        int    `json:"workdays"`
	Basis       string `json:"basis"`
	Provisional bool   `json:"provisional"`
	Unverified  bool   `json:"unverified"`
}

// withoutReasons leaves out what people wrote: it may name what the list does not show.
func (d shownDispute) withoutReasons() shownDispute {
	d.Acts = slices.Clone(d.Acts)
	for i := range d.Acts {
		d.Acts[i].Reason = ""
	}
	return d
}

// shown works out what follows from a dispute's acts on a day.
func (w *workspace) shown(d state.Dispute) shownDispute {
	out := shownDispute{Dispute: d, Status: d.Status(), Outcome: d.Outcome(), Marked: d.Flagged(), Terms: w.terms(d.FiledAt().In(w.zone)), Repair: w.repairOf(d)}
	if len(out.Terms) > 0 {
		out.Due = out.Terms[0].Due
		answered := w.now()
		if at := d.Answered(); !at.IsZero() {
			answered = at.In(w.zone)
		}
		out.Overdue = answered.Format(time.DateOnly) > out.Due
	}
	return out
}

func (a *app) listDisputes() *cobra.Command {
	var all bool
	var department string
	cmd := &cobra.Command{
		Use:   "list",
		Short: a.say("dispute.do.list"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			if department != "" && w.project.Department(department) == nil {
				return fault.New(fault.Config, "dispute.department", department)
			}
			list, err := w.disputes(cmd.Context())
			if err != nil {
				return err
			}
			out := []shownDispute{}
			for _, d := range list {
				mine := department == "" || d.Department == department || strings.HasPrefix(d.Authority, department+"/")
				if mine && (all || d.Status() != state.Closed || w.toMend(d)) {
					out = append(out, w.shown(d).withoutReasons())
				}
			}
			slices.SortStableFunc(out, func(x, y shownDispute) int { return strings.Compare(x.Due, y.Due) })
			return a.print(cmd, out, func() string { return a.disputesText(w, out) })
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, a.say("dispute.flag.all"))
	cmd.Flags().StringVar(&department, "department", "", a.say("dispute.flag.department"))
	return cmd
}

// toMend tells whether an authority is asked to mend the value.
func (w *workspace) toMend(d state.Dispute) bool {
	r := w.repairOf(d)
	return r != nil && r.Mended == 0
}

func (a *app) disputesText(w *workspace, list []shownDispute) string {
	if len(list) == 0 {
		return a.say("dispute.list.none")
	}
	t := newTable()
	var head table.Row
	for _, k := range []text.Key{"number", "element", "department", "authority", "status", "filed", "due"} {
		head = append(head, a.say("dispute.col."+k))
	}
	t.AppendHeader(head)
	var bases []string
	late := 0
	for _, d := range list {
		t.AppendRow(table.Row{d.Number, w.elementName(d.Entity, d.Element), w.departmentName(d.Department), a.authorityName(w, d.Authority),
			a.standing(d), d.FiledAt().In(w.zone).Format(time.DateOnly), a.dueText(d)})
		if d.Overdue && d.Answered().IsZero() {
			late++
		}
		for _, line := range a.termsText(d.Terms) {
			if line = line[strings.IndexByte(line, '\t')+1:]; !slices.Contains(bases, line) {
				bases = append(bases, line)
			}
		}
	}
	lines := append([]string{t.Render()}, bases...)
	lines = append(lines, a.say("dispute.list.sum", len(list), late))
	if repairs := a.repairsText(w, list); repairs != "" {
		lines = append(lines, "", repairs)
	}
	return strings.Join(lines, "\n")
}

// standing is where a dispute stands, with what it came to.
func (a *app) standing(d shownDispute) string {
	s := a.say("dispute.status." + text.Key(d.Status))
	if d.Outcome != "" {
		s += a.say("dispute.outcome.in", a.say("dispute.outcome."+text.Key(d.Outcome)))
	}
	return s
}

// dueText is when an answer is due; nothing where no profile says.
func (a *app) dueText(d shownDispute) string {
	switch {
	case d.Due == "":
		return "–"
	case d.Overdue && d.Answered().IsZero():
		return a.say("dispute.due.over", d.Due)
	case d.Overdue:
		return a.say("dispute.due.late", d.Due)
	case d.Terms[0].Provisional:
		return a.say("dispute.due.provisional", d.Due)
	}
	return d.Due
}

// termsText are lines of date, tab, and the rule it comes from; the strictest first,
// which counts.
func (a *app) termsText(terms []answerTerm) []string {
	var out []string
	for i, t := range terms {
		line := a.say("dispute.term", t.Days, t.Basis)
		if t.Unverified {
			line += a.say("dispute.term.unverified")
		}
		if len(terms) > 1 && i == 0 {
			line += a.say("dispute.term.counts")
		}
		out = append(out, t.Due+"\t"+line)
	}
	return out
}

func (w *workspace) elementName(entity, code string) string {
	if el := w.project.Element(code); el != nil {
		code += " " + el.Name
	}
	if e := w.project.Entity(entity); e != nil {
		return e.Name + " · " + code
	}
	return entity + " · " + code
}

func (w *workspace) departmentName(id string) string {
	if d := w.project.Department(id); d != nil {
		return d.Name
	}
	return id
}

// authorityName is the resource whose value is disputed.
func (a *app) authorityName(w *workspace, resource string) string {
	if resource == "" {
		return a.say("dispute.authority.none")
	}
	return w.resourceName(resource)
}

// resourceName is a resource as people speak of it: department《name》.
func (w *workspace) resourceName(id string) string {
	department, _, _ := strings.Cut(id, "/")
	if r := w.project.Resource(id); r != nil {
		return w.departmentName(r.Provider) + "《" + r.Name + "》"
	}
	return w.departmentName(department) + "《" + id + "》"
}

func (a *app) showDispute() *cobra.Command {
	var l look
	cmd := &cobra.Command{
		Use:   "show NUMBER",
		Short: a.say("dispute.do.show"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := l.reasoned(); err != nil {
				return err
			}
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			s, err := state.OpenExisting(cmd.Context(), w.folder(w.project.Config.State))
			if err != nil {
				return err
			}
			d, err := s.Dispute(cmd.Context(), args[0])
			if err = errors.Join(err, s.Close()); err != nil {
				return err
			}
			out := w.shown(*d)
			if out.Subject, err = a.disputeSubject(cmd, w, l, d); err != nil {
				return err
			}
			return a.print(cmd, out, func() string { return a.disputeText(w, out) })
		},
	}
	l.revealing(a, cmd)
	return cmd
}

// disputeSubject is the key of a dispute's subject as whoever asked may see it, once
// the audit chain has the look.
func (a *app) disputeSubject(cmd *cobra.Command, w *workspace, l look, d *state.Dispute) (string, error) {
	verb := "dispute.show"
	if l.reveal {
		verb = "reveal"
	}
	if err := a.audit(w, verb, "dispute "+d.Number, l.reason); err != nil {
		return "", err
	}
	if d.Key == "" {
		return a.say("dispute.erased"), nil
	}
	class := catalog.PrivacyDirect
	if e := w.project.Entity(d.Entity); e != nil && !w.personal(e) {
		class = catalog.PrivacyNone
	}
	o, err := w.lookAt(cmd.Context(), nil, l.reveal)
	if err != nil {
		return "", err
	}
	key, err := o.shown(cmd.Context(), class, "VARCHAR", &d.Key)
	if err = errors.Join(err, o.close()); err != nil {
		return "", err
	}
	return *key, nil
}

// personal tells whether any element of an entity is.
func (w *workspace) personal(e *catalog.Entity) bool {
	return slices.ContainsFunc(w.project.Elements, func(el catalog.Element) bool { return el.Entity == e.ID && el.Privacy != catalog.PrivacyNone })
}

// printDispute says where a dispute stands after an act.
func (a *app) printDispute(cmd *cobra.Command, w *workspace, d *state.Dispute) error {
	out := w.shown(*d)
	return a.print(cmd, out, func() string { return a.disputeText(w, out) })
}

func (a *app) disputeText(w *workspace, d shownDispute) string {
	var b strings.Builder
	fmt.Fprintln(&b, a.say("dispute.head", d.Number, w.elementName(d.Entity, d.Element), a.standing(d)))
	if d.Subject != "" {
		fmt.Fprintln(&b, a.say("dispute.subject", printable(d.Subject)))
	}
	fmt.Fprintln(&b, a.say("dispute.parties", w.departmentName(d.Department), a.authorityName(w, d.Authority), releaseName(d.Release)))
	for _, line := range a.termsText(d.Terms) {
		due, basis, _ := strings.Cut(line, "\t")
		fmt.Fprintln(&b, a.say("dispute.due", due, basis))
	}
	if len(d.Terms) > 0 && d.Terms[0].Provisional {
		fmt.Fprintln(&b, a.say("dispute.provisional"))
	}
	if d.Overdue {
		fmt.Fprintln(&b, a.say("dispute.overdue"))
	}
	if r := d.Repair; r != nil {
		fmt.Fprintln(&b, a.say("dispute.repair.line", a.authorityName(w, r.Authority), a.repairDue(r)))
	}
	t := newTable()
	t.AppendHeader(table.Row{a.say("dispute.col.at"), a.say("dispute.col.act"), a.say("dispute.col.who"), a.say("dispute.col.reason")})
	for _, x := range d.Acts {
		verb := a.say("dispute.act." + text.Key(x.Verb))
		if x.Outcome != "" {
			verb += a.say("dispute.outcome.in", a.say("dispute.outcome."+text.Key(x.Outcome)))
		}
		who := w.project.Config.Bureau.Name
		if x.Department != "" {
			who = w.departmentName(x.Department)
		}
		t.AppendRow(table.Row{x.At.In(w.zone).Format("2006-01-02 15:04"), verb, strings.TrimSpace(who + " " + x.Office), printable(x.Reason)})
	}
	fmt.Fprintln(&b, t.Render())
	then := text.Key(d.Status)
	if d.Status == state.Handled && d.Repair != nil && d.Repair.Mended == 0 {
		then = "upheld"
	}
	fmt.Fprint(&b, a.say("dispute.then."+then))
	return b.String()
}
