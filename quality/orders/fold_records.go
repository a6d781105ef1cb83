package orders

import (
	"context"
	"slices"
	"strings"

	"guiji/internal/engine"
)

func (f *folding) keyless() bool { return slices.Equal(f.Keys, []string{"_key"}) }

// same compares two relations by the keys; a key may be NULL.
func (f *folding) same(a, b string) string {
	out := make([]string, len(f.Keys))
	for i, k := range f.Keys {
		out[i] = engine.Qualified(a, k) + " IS NOT DISTINCT FROM " + engine.Qualified(b, k)
	}
	return strings.Join(out, " AND ")
}

// idle makes ord_idle: the keys of open orders whose rule the record does not fail now.
func (f *folding) idle(ctx context.Context) error {
	return f.exec(ctx, "CREATE OR REPLACE TEMP TABLE ord_idle AS SELECT DISTINCT "+engine.Idents(f.Keys)+" FROM ord_old o WHERE order_state = '"+string(Open)+
		"' AND NOT EXISTS (FROM "+f.Failures+" n WHERE n.rule = o.rule AND "+f.same("n", "o")+")")
}

// present makes ord_there: which of them the image has. Where there are none, the image is
// not read.
func (f *folding) present(ctx context.Context) error {
	keys := engine.Idents(f.Keys)
	var n int64
	if err := f.Session.Row(ctx, "orders", "SELECT count(*) FROM ord_idle", &n); err != nil {
		return err
	}
	query := "SELECT " + keys + ", true AS _there FROM ord_idle WHERE false"
	switch {
	case n > 0 && f.keyless(): // of equal rows, as many as the image has
		query = "SELECT i._key, true AS _there FROM ord_idle i JOIN (SELECT _hash, count(*) AS _n FROM " + f.Image +
			" SEMI JOIN (SELECT split_part(_key, '-', 1) AS _hash FROM ord_idle) USING (_hash) GROUP BY _hash) h" +
			" ON h._hash = split_part(i._key, '-', 1) AND TRY_CAST(split_part(i._key, '-', 2) AS BIGINT) <= h._n"
	case n > 0:
		query = "SELECT DISTINCT " + keys + ", true AS _there FROM " + f.Image + " m WHERE EXISTS (FROM ord_idle i WHERE " + f.same("i", "m") + ")"
	}
	return f.exec(ctx, "CREATE OR REPLACE TEMP TABLE ord_there AS "+query)
}

// unread makes ord_unread: the keys of rows that could not be read. A keyless record is
// what is in it: a row that cannot be read is another.
func (f *folding) unread(ctx context.Context) error {
	query := "SELECT " + engine.Idents(f.Keys) + ", true AS _unread FROM ord_idle WHERE false"
	if f.Unread != "" && !f.keyless() {
		query = "SELECT DISTINCT " + engine.Idents(f.Keys) + ", true AS _unread FROM " + f.Unread
	}
	return f.exec(ctx, "CREATE OR REPLACE TEMP TABLE ord_unread AS "+query)
}
