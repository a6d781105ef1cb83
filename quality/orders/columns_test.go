package orders_test

import (
	"testing"

	"guiji/catalog"
	"guiji/quality/orders"
)

// A key item that is called as a column of orders would make a dataset of two columns of
// one name: catalog check knows them all.
func TestColumnsAreReserved(t *testing.T) {
	for _, c := range append(orders.Columns(), "shown_status", "shown_overdue", "shown_unverified", "act_assigned", "act_approver", "act_reason", "act_dispute",
		"act_note", "act_done", "act_requested", "act_refused", "act_until") {
		if !catalog.ReservedKey(c) {
			t.Errorf("a key item may be called %s", c)
		}
	}
}
