package orders

import (
	"strings"
	"unicode"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"golang.org/x/text/width"

	"guiji/catalog"
	"guiji/internal/ident"
	"guiji/quality"
	"guiji/quality/checks"
)

// Suggester finds a value that a record might have meant (建议值), out of the failing one
// alone: without blanks around it and in half-width signs, a 15-digit 公民身份号码 in its
// 18, a code in place of its name. It suggests nothing that fails the rule itself, and
// never what it cannot know: an authority's value is for the report to find. It is for one
// goroutine.
type Suggester struct {
	rule   *quality.Rule
	checks *quality.RowSet
	schema *arrow.Schema
	codes  *catalog.CodeTable
}

// NewSuggester makes one for a bound rule; nil where no value can be told from another:
// the rule is no row rule over
// one text, or judges some records alone.
func NewSuggester(r *quality.Rule, env *quality.Env) *Suggester {
	if r == nil || r.Bit < 0 || len(r.Items) != 1 || r.Items[0].Type.Kind != catalog.Text || r.Condition("r") != "" {
		return nil
	}
	alone := *r
	alone.Bit = 0
	s := &Suggester{rule: &alone}
	s.schema = arrow.NewSchema([]arrow.Field{{Name: r.Items[0].Name, Type: r.Items[0].Type.Arrow(), Nullable: true}}, nil)
	if p, ok := r.Params.(*checks.InCodesParams); ok {
		s.codes = env.Project.Codes[p.Table]
	}
	var err error
	if s.checks, err = quality.NewRowSet([]*quality.Rule{&alone}, s.schema, env); err != nil {
		return nil // a rule that cannot judge can suggest nothing
	}
	return s
}

// For is the suggestion for a failing value as pulled; "" where there is none.
func (s *Suggester) For(value string) string {
	if s == nil {
		return ""
	}
	plain := strings.TrimFunc(width.Fold.String(value), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' || r == '\u200b' })
	tries := []string{plain, strings.ToUpper(plain)}
	if s.rule.Check == checks.CitizenID {
		compact := strings.ToUpper(strings.Join(strings.Fields(plain), ""))
		lifted, _ := ident.LiftCitizenID(compact)
		tries = append(tries, compact, lifted)
	}
	if s.codes != nil {
		for _, word := range tries[:2] {
			if code, ok := s.codes.Lookup(word); ok {
				tries = append(tries, code)
			}
		}
	}
	for _, t := range tries {
		if t != "" && t != value && s.passes(t) {
			return t
		}
	}
	return ""
}

// passes judges one value by the rule itself.
func (s *Suggester) passes(value string) bool {
	b := array.NewRecordBuilder(memory.DefaultAllocator, s.schema)
	defer b.Release()
	text, ok := b.Field(0).(*array.StringBuilder)
	if !ok {
		return false
	}
	text.Append(value)
	rec := b.NewRecordBatch()
	defer rec.Release()
	masks, err := s.checks.Eval(memory.DefaultAllocator, rec, nil)
	if err != nil {
		return false
	}
	failed := masks[0].(*array.Int64).Value(0) != 0
	for _, m := range masks {
		m.Release()
	}
	return !failed
}
