package discover

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/quality"
	"guiji/quality/checks"
	"guiji/transforms/standardize"
)

// trial is a hypothesis about the values of a text column. It is put to the very code a
// run has: the values are standardised as under that check or type, and judged by it.
type trial string

const (
	citizen trial = "citizen_id"
	credit  trial = "credit_code"
	phone   trial = "phone"
	aDate   trial = "date"
	aTime   trial = "time"
)

// trials are all hypotheses about the text columns of a table.
type trials struct {
	plan  *standardize.Plan
	tests []test
}

// test is one hypothesis about one column.
type test struct {
	trial  trial
	column int
	kernel quality.Kernel // nil: the type itself judges
}

// newTrials makes an item for each hypothesis and column.
func newTrials(source *arrow.Schema) (*trials, error) {
	t := &trials{}
	res := &catalog.Resource{ID: "discover/trial"}
	for i, f := range source.Fields() {
		if f.Type.ID() != arrow.STRING {
			continue
		}
		for _, h := range []trial{citizen, credit, phone, aDate, aTime} {
			it := catalog.Item{Name: fmt.Sprintf("t%d_%s", i, h), Column: f.Name}
			switch h {
			case aDate:
				it.Type = catalog.Type{Kind: catalog.Date}
			case aTime:
				it.Type = catalog.Type{Kind: catalog.Time}
			default:
				it.Checks = []catalog.CheckSpec{{Kind: string(h)}}
			}
			res.Items = append(res.Items, it)
			t.tests = append(t.tests, test{trial: h, column: i})
		}
	}
	if len(res.Items) == 0 {
		return t, nil
	}
	items := make([]*catalog.Item, len(res.Items))
	for i := range res.Items {
		items[i] = &res.Items[i]
	}
	var err error
	if t.plan, err = standardize.Bind(res, items, source, nil); err != nil {
		return nil, err
	}
	env := &quality.Env{Resource: res, Schema: t.plan.Schema()}
	for i := range t.tests {
		if err := t.tests[i].bind(items[i], env); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *test) bind(it *catalog.Item, env *quality.Env) error {
	check := map[trial]*quality.Check{citizen: checks.CitizenID, credit: checks.CreditCode, phone: checks.Phone}[t.trial]
	if check == nil {
		return nil
	}
	rule := &quality.Rule{Check: check, Items: []*catalog.Item{it}}
	if check.Params != nil {
		rule.Params = check.Params()
	}
	var err error
	t.kernel, err = check.Row(rule, env)
	return err
}

// run counts what the hypotheses hold for in a batch.
func (t *trials) run(alloc memory.Allocator, rec arrow.RecordBatch, columns []column) error {
	if t.plan == nil {
		return nil
	}
	got, err := t.plan.Apply(alloc, rec, "")
	if err != nil {
		return err
	}
	defer got.Batch.Release()
	for i, test := range t.tests {
		cells := got.Batch.Column(2 * i) // each item is followed by what was pulled for it
		held := int64(cells.Len() - cells.NullN())
		if test.kernel != nil {
			fails, judged := test.kernel.Eval(got.Batch, nil)
			held = judged - int64(len(fails))
		}
		columns[test.column].fits[test.trial] += held
	}
	return nil
}
