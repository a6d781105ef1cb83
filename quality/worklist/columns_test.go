package worklist_test

import (
	"testing"

	"guiji/internal/text"
	"guiji/quality/worklist"
)

// A list that comes back is read by its headers, in whatever language it went out and
// however an office changed the brackets.
func TestHeadersAreFoundAgain(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range worklist.Fields() {
		for _, lang := range []text.Lang{text.ZH, text.EN} {
			h := f.Header(lang)
			if got, ok := worklist.FieldOf(" " + h + "\n"); !ok || got != f {
				t.Errorf("%q is read as %q, %v", h, got, ok)
			}
			if seen[h] || h == "report.col."+string(f) {
				t.Errorf("header %q of %s is another's, or has no text", h, f)
			}
			seen[h] = true
		}
	}
	if f, ok := worklist.FieldOf("申请不予整改 (说明理由)"); !ok || f != worklist.Waive {
		t.Errorf("narrow brackets: %q, %v", f, ok)
	}
	if f, ok := worklist.FieldOf("备注"); ok {
		t.Errorf("a column of nobody's is %q", f)
	}
}

func TestAnswersAreFoundAgain(t *testing.T) {
	for _, a := range worklist.States() {
		for _, lang := range []text.Lang{text.ZH, text.EN} {
			if got, ok := worklist.AnswerOf(a.Text(lang)); !ok || got != a {
				t.Errorf("%q is read as %q, %v", a.Text(lang), got, ok)
			}
		}
	}
	if a, ok := worklist.AnswerOf(" "); a != "" || !ok {
		t.Errorf("an empty cell: %q, %v", a, ok)
	}
	if a, ok := worklist.AnswerOf("改好了"); ok {
		t.Errorf("words of nobody's are %q", a)
	}
}
