package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"guiji/connectors/excel"
	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/lake"
	"guiji/quality/returned"
)

// takenBack is what a returned work list came to.
type takenBack struct {
	Files      []string           `json:"files"`
	Department string             `json:"department"` // whose list it is
	DryRun     bool               `json:"dry_run,omitempty"`
	Before     string             `json:"taken_before,omitempty"` // when these very files were taken over: nothing is done then
	Made       uint64             `json:"list_release"`           // that the list was made of; 0 unknown
	Release    uint64             `json:"release"`                // whose work orders it was set against
	Rows       int64              `json:"rows"`
	Blank      int64              `json:"blank"`     // without an answer
	Unchanged  int64              `json:"unchanged"` // say what is known
	Settled    int64              `json:"settled"`   // of orders closed meanwhile
	Skipped    int64              `json:"disagreements_skipped"`
	Done       int64              `json:"done"`
	Started    int64              `json:"started"`
	Noted      int64              `json:"noted"`
	Requested  int64              `json:"requested_exempt"`
	Objections int64              `json:"objections"` // kept as words, for the bureau
	Disputes   []string           `json:"disputes"`   // numbers of those opened
	Opening    int                `json:"disputes_to_open,omitempty"`
	Findings   []returned.Finding `json:"findings"` // rows that were not taken over

	written string // the workbook that has them
	dropped string // an earlier import's, which is gone
	kept    string // a file in its place that is none
}

// unzipLimit is how many MiB a returned list may unpack to: ten times what the largest one
// guiji writes does.
const unzipLimit = 2048

func (a *app) importOrders() *cobra.Command {
	var by, findings string
	var dry bool
	cmd := &cobra.Command{
		Use:     "import FILE.xlsx…",
		Short:   a.say("orders.import"),
		Long:    a.say("orders.import.long"),
		Example: "  guiji orders import work-list.xlsx\n  guiji orders import --dry-run work-list.xlsx work-list-2.xlsx",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			if err := w.knownDepartment(by); err != nil {
				return err
			}
			if err := notItself(findings, args); err != nil {
				return err
			}
			out, err := a.takeBack(cmd.Context(), w, args, by, dry)
			if err != nil {
				return err
			}
			unwritten := a.writeFindings(findings, out)
			if err := errors.Join(a.print(cmd, out, func() string { return a.takenBackText(w, out) }), unwritten); err != nil {
				return err
			}
			if len(out.Findings) > 0 {
				return &exitError{fault.Data.ExitCode()}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&by, "by", "", a.say("orders.import.by"))
	cmd.Flags().StringVar(&findings, "findings", "", a.say("orders.import.findings"))
	cmd.Flags().BoolVar(&dry, "dry-run", false, a.say("orders.import.dry"))
	return cmd
}

// takeBack reads a list, sets it against the newest release's work orders and keeps what
// it comes to.
func (a *app) takeBack(ctx context.Context, w *workspace, paths []string, by string, dry bool) (_ *takenBack, err error) {
	out := &takenBack{DryRun: dry, Disputes: []string{}, Findings: []returned.Finding{}}
	digest, err := digestOf(paths)
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		out.Files = append(out.Files, filepath.Base(p))
	}
	s, err := w.decided(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if at, ok, err := s.Taken(ctx, digest); err != nil || ok {
		out.Before = at.In(w.zone).Format("2006-01-02 15:04")
		return out, err
	}
	list, err := a.readLists(ctx, paths)
	if err != nil {
		return nil, err
	}
	outcome, rel, err := w.match(ctx, s, list, by)
	if err != nil {
		return nil, err
	}
	filings, prints, err := w.filings(ctx, list, outcome)
	if err != nil {
		return nil, err
	}
	list.Say(a.language())
	out.tell(list, outcome, rel, filings)
	if dry || len(outcome.Acts)+len(filings) == 0 {
		return out, nil
	}
	taken := state.Returned{Digest: digest, Department: outcome.Department, At: w.now(), Acts: outcome.Acts, Filings: filings}
	filed, err := s.TakeBack(ctx, taken, func(filed []state.Dispute) error { return a.auditTaken(w, taken, filed, prints) })
	for _, d := range filed {
		out.Disputes = append(out.Disputes, d.Number)
	}
	return out, err
}

// auditTaken records a list that is taken over, and each dispute it opens.
func (a *app) auditTaken(w *workspace, taken state.Returned, filed []state.Dispute, prints []string) error {
	object := fmt.Sprintf("%s %s %d", taken.Department, taken.Digest[:16], len(taken.Acts)+len(filed))
	if err := a.audit(w, "orders.import", object, ""); err != nil {
		return err
	}
	for i, d := range filed {
		if err := a.audit(w, "dispute.file", d.Number+" "+prints[i]+" "+d.Element+" "+d.Department, taken.Filings[i].By.Reason); err != nil {
			return err
		}
	}
	return nil
}

// digestOf tells the content of files, whatever their names and order.
func digestOf(paths []string) (string, error) {
	var all []string
	for _, p := range paths {
		f, err := os.Open(p)
		if err != nil {
			return "", fault.New(fault.Config, "check_file.none", p).Because(plainCause(err))
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		_ = f.Close() // it was only read
		if err != nil {
			return "", fault.New(fault.Config, "check_file.none", p).Because(plainCause(err))
		}
		if sum := hex.EncodeToString(h.Sum(nil)); !slices.Contains(all, sum) {
			all = append(all, sum)
		}
	}
	slices.Sort(all)
	sum := sha256.Sum256(fmt.Append(nil, all))
	return hex.EncodeToString(sum[:]), nil
}

// match sets a list against the newest release's work orders.
func (w *workspace) match(ctx context.Context, s *state.Store, list *returned.List, by string) (_ *returned.Outcome, _ *lake.Release, err error) {
	b, err := w.orderBook(ctx, 0)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	disputes, err := s.Disputes(ctx)
	if err != nil {
		return nil, nil, err
	}
	out, err := returned.Match(ctx, returned.Input{
		Project: w.project, Release: b.rel, Book: b.Book, Session: b.s, Relation: w.relation, Acts: s.OrderActs, Disputes: disputes, By: by, Act: state.OrderAct{At: w.now()},
	}, list)
	return out, b.rel, err
}

// workbook is a workbook as a list is read from.
type workbook struct{ *excel.Workbook }

// Rows hands over a sheet's rows.
func (b workbook) Rows(sheet int, row func(number int, cells []returned.Cell) error) error {
	var out []returned.Cell
	return b.Workbook.Rows(sheet, func(number int, cells []excel.Cell) error {
		out = out[:0]
		for _, c := range cells {
			out = append(out, returned.Cell{Column: c.Column, Text: c.Text, Formula: c.Formula, Wrong: c.Wrong != ""})
		}
		return row(number, out)
	})
}

// readLists reads the files of one list.
func (a *app) readLists(ctx context.Context, paths []string) (*returned.List, error) {
	var books []returned.Book
	for _, p := range paths {
		b, err := excel.OpenWorkbook(ctx, p, unzipLimit)
		if err != nil {
			return nil, err
		}
		defer b.Close()
		books = append(books, workbook{b})
	}
	return returned.Read(books, a.language())
}
