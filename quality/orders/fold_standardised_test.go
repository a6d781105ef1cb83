package orders_test

import (
	"testing"

	"guiji/quality/orders"
)

// A record that passes since its values are standardised otherwise was not mended. Where
// the orders are from before they told how, the rule alone decides, and from the next
// failure on they tell.
func TestStandardisedOtherwise(t *testing.T) {
	for name, c := range map[string]struct {
		before, now string // how the values came out; "" of orders that do not tell
		want        string
	}{
		"alike":     {"x", "x", "1 mended 1; 2 open 2"},
		"otherwise": {"x", "y", "1 open rule_changed 1; 2 open 2"},
		"unknown":   {"", "y", "1 mended 1; 2 open 2"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			fold := func(n int, made, fails string) string {
				return w.over(n, orders.Fold{Keys: []string{"id"}, Failures: rows("id, rule, version", fails), Image: rows("id", "(1), (2)"), Standardised: map[string]string{"r": made}})
			}
			fold(1, c.before, "(1, 'r', '1'), (2, 'r', '1')")
			if c.before == "" {
				w.last = "(SELECT * EXCLUDE (standardised) FROM " + w.last + ")"
			}
			if got := sorted(fold(2, c.now, "(2, 'r', '1')")); got[0]+"; "+got[1] != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
			if got := sorted(fold(3, "z", "(2, 'r', '1') LIMIT 0")); got[1] != "2 open rule_changed 2" {
				t.Errorf("after the next change: %v", got)
			}
		})
	}
}

// A record that passes although nobody has read it since it failed was not mended: what it
// is compared with is another, or the day.
func TestPassesWithoutHavingBeenRead(t *testing.T) {
	w := newWorld(t)
	fold := func(fails string) string {
		return w.over(1, orders.Fold{Keys: []string{"id"}, Failures: rows("id, rule, version", fails), Image: rows("id", "(1)")})
	}
	fold("(1, 'r', '1')")
	if got := fold("(1, 'r', '1') LIMIT 0"); got != "1 open not_read 1" {
		t.Error(got)
	}
}
