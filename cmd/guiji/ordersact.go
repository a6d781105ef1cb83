package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/internal/text"
	"guiji/quality/orders"
)

// orderAct is what an act on work orders says on the command line.
type orderAct struct {
	act
	to, approver, until string
	numbers             string // a file of numbers; - is standard input
	refuse, lift, ask   bool
}

// onOrders is the command of an act; verb is asked for once the flags are read.
func (a *app) onOrders(use string, by *orderAct, verb func() state.OrderVerb) *cobra.Command {
	name := text.Key(strings.Fields(use)[0])
	cmd := &cobra.Command{
		Use:   use,
		Short: a.say("orders.do." + name),
		Long:  a.say("orders.do." + name + ".long"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			numbers, err := readNumbers(cmd, args, by.numbers)
			if err != nil {
				return err
			}
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			if err := w.knownDepartment(by.by); err != nil {
				return err
			}
			b, err := w.orderBook(cmd.Context(), 0)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, b.close()) }()
			if err := b.workable(cmd.Context(), numbers, by.by, a.language()); err != nil {
				return err
			}
			if verb() == state.Exempt {
				if err := b.othersApprove(cmd.Context(), numbers, by.approver); err != nil {
					return err
				}
			}
			if err := a.actOnOrders(cmd.Context(), w, *by, verb(), numbers); err != nil {
				return err
			}
			return a.printActed(cmd, w, numbers)
		},
	}
	f := cmd.Flags()
	f.StringVar(&by.numbers, "numbers", "", a.say("orders.flag.numbers"))
	f.StringVar(&by.by, "by", "", a.say("dispute.flag.acting"))
	f.StringVar(&by.office, "office", "", a.say("dispute.flag.office"))
	return cmd
}

func (a *app) assignOrders() *cobra.Command {
	var by orderAct
	cmd := a.onOrders("assign NUMBER… --to OFFICE", &by, func() state.OrderVerb { return state.Assign })
	cmd.Example = "  guiji orders assign 3K7Q2M-8ZC4TN --to 户籍科 --by gongan"
	cmd.Flags().StringVar(&by.to, "to", "", a.say("orders.flag.to"))
	return cmd
}

// progressOfOrders is the command by which a department says how far it is.
func (a *app) progressOfOrders(use string, verb state.OrderVerb) *cobra.Command {
	var by orderAct
	cmd := a.onOrders(use, &by, func() state.OrderVerb { return verb })
	cmd.Example = "  guiji orders " + string(verb) + " --numbers - --by minzheng --note 已调取原始档案 < numbers.txt"
	cmd.Flags().StringVar(&by.reason, "note", "", a.say("orders.flag.note"))
	return cmd
}

func (a *app) exemptOrders() *cobra.Command {
	var by orderAct
	cmd := a.onOrders("exempt NUMBER… --reason TEXT --approver OFFICE --expires DATE", &by, func() state.OrderVerb {
		switch {
		case by.refuse:
			return state.RefuseExempt
		case by.lift:
			return state.LiftExempt
		case by.ask:
			return state.RequestExempt
		}
		return state.Exempt
	})
	cmd.Example = "  guiji orders exempt 3K7Q2M-8ZC4TN --reason 原始档案已灭失，无法核实 --approver 区大数据中心主任办公会 --expires 2027-06-30\n" +
		"  guiji orders exempt 3K7Q2M-8ZC4TN --request --by gongan --reason 原始档案已灭失\n  guiji orders exempt 3K7Q2M-8ZC4TN --refuse --reason 可向原单位调取"
	f := cmd.Flags()
	f.StringVar(&by.reason, "reason", "", a.say("orders.flag.reason"))
	f.StringVar(&by.approver, "approver", "", a.say("orders.flag.approver"))
	f.StringVar(&by.until, "expires", "", a.say("orders.flag.expires"))
	f.BoolVar(&by.ask, "request", false, a.say("orders.flag.request"))
	f.BoolVar(&by.refuse, "refuse", false, a.say("orders.flag.refuse"))
	f.BoolVar(&by.lift, "lift", false, a.say("orders.flag.lift"))
	cmd.MarkFlagsMutuallyExclusive("request", "refuse", "lift")
	return cmd
}

// answerOrders is the command by which the bureau answers objections that are no disputes.
func (a *app) answerOrders() *cobra.Command {
	var by orderAct
	cmd := a.onOrders("answer NUMBER… --reason TEXT", &by, func() state.OrderVerb { return state.Answer })
	cmd.Example = "  guiji orders list --waiting\n  guiji orders answer 3K7Q2M-8ZC4TN --reason 经核实规则无误，请按登记档案更正"
	cmd.Flags().StringVar(&by.reason, "reason", "", a.say("orders.flag.answer"))
	return cmd
}

// workable refuses numbers that no order has, orders of another department than the one
// that acts, and orders that are closed.
func (b *orderBook) workable(ctx context.Context, numbers []string, department string, lang text.Lang) error {
	found := map[string]bool{}
	var refused error
	err := b.Each(ctx, orders.Query{Numbers: numbers}, func(o orders.Order) error {
		found[o.Number] = true
		switch {
		case department != "" && !strings.HasPrefix(o.Resource, department+"/"):
			refused = fault.New(fault.Config, "orders.foreign", o.Number, b.w.departmentName(department))
		case refused == nil && slices.Contains([]orders.Status{orders.Closed, orders.Deleted, orders.Lapsed}, o.Status):
			refused = fault.New(fault.Config, "orders.closed", o.Number, o.Status.Text(lang)).Try("orders.closed.hint")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return errors.Join(b.missing(ctx, numbers, found), refused)
}

// othersApprove refuses an approver that is the department whose orders they are, or an
// office of it.
func (b *orderBook) othersApprove(ctx context.Context, numbers []string, approver string) error {
	var refused error
	err := b.Each(ctx, orders.Query{Numbers: numbers}, func(o orders.Order) error {
		department, _, _ := strings.Cut(o.Resource, "/")
		if name := b.w.departmentName(department); refused == nil && name != "" && strings.HasPrefix(strings.TrimSpace(approver), name) {
			refused = fault.New(fault.Config, "orders.act.own_approver", o.Number, name).Try("orders.act.own.hint")
		}
		return nil
	})
	return errors.Join(err, refused)
}

// missing tells of numbers that no order has, and what the first may have been meant for.
func (b *orderBook) missing(ctx context.Context, numbers []string, found map[string]bool) error {
	lost := slices.DeleteFunc(slices.Clone(numbers), func(n string) bool { return found[n] })
	if len(lost) == 0 {
		return nil
	}
	near, err := b.Near(ctx, lost[0])
	if err != nil {
		return err
	}
	f := fault.New(fault.Config, "orders.none", lost[0])
	if len(lost) > 1 {
		f = fault.New(fault.Config, "orders.none.many", len(lost), strings.Join(lost[:min(len(lost), 5)], ", "))
	}
	if len(near) > 0 {
		return f.Try("orders.none.near", strings.Join(near, ", "))
	}
	return f.Try("orders.none.hint")
}

// actOnOrders keeps an act on every one of the numbers, once the audit chain has it.
func (a *app) actOnOrders(ctx context.Context, w *workspace, by orderAct, verb state.OrderVerb, numbers []string) (err error) {
	who, err := w.act(by.act, "")
	if err != nil {
		return err
	}
	acts := make([]state.OrderAct, len(numbers))
	for i, n := range numbers {
		acts[i] = state.OrderAct{Number: n, Verb: verb, At: who.At, Department: who.Department, Office: who.Office, To: by.to, Reason: by.reason, Approver: by.approver, Until: by.until}
	}
	s, err := w.decided(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.OnOrders(ctx, acts, func() error {
		return a.audit(w, "orders."+string(verb), strings.TrimSpace(named(numbers)+" "+by.until+" "+by.approver), by.reason)
	})
}

// auditedNumbers is how many numbers an entry of the audit chain names one by one.
const auditedNumbers = 20

// named are the numbers of an act as the audit chain has them: one by one, or, where they
// are many, their count and a digest of them in order; the state names each.
func named(numbers []string) string {
	if len(numbers) <= auditedNumbers {
		return strings.Join(numbers, " ")
	}
	sorted := slices.Sorted(slices.Values(numbers))
	sum := sha256.Sum256([]byte(strings.Join(sorted, "\n")))
	return fmt.Sprintf("%d orders sha256:%s", len(numbers), hex.EncodeToString(sum[:8]))
}
