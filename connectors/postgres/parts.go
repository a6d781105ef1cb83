package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"guiji/connectors"
)

// worthDividing is the least number of pages (of 8 KiB) that makes parts: below it a second
// query costs more than it saves.
const worthDividing = 8

// pagesFrom is the version that reads a range of pages without looking at the others.
const pagesFrom = 140_000

// pages are a part's: from From on and before To, 0 for open ends. What key a table has, and
// how its values lie, does not matter: rows stand in pages.
type pages struct {
	From int64 `json:"from,omitempty"`
	To   int64 `json:"to,omitempty"`
}

// divide plans the parts: even ranges of the table's pages, the last one open, so that they
// cover every row in whatever snapshot they are read. One part for what has no pages of its
// own, for a sample, and for a window that an index finds.
func (n *snapshot) divide(ctx context.Context, p *session) ([]connectors.Part, error) {
	one := []connectors.Part{{ID: "p0000", Rows: n.table.rows}}
	indexed := n.window != nil && slices.Contains(n.table.indexed, n.window.column.name)
	if n.table.kind != "r" && n.table.kind != "m" || n.request.Parts < 2 || n.request.Limit > 0 || indexed || n.source.server.number < pagesFrom {
		return one, nil
	}
	rows, err := p.ask(ctx, "SELECT (pg_catalog.pg_relation_size($1::oid) / pg_catalog.current_setting('block_size')::int)::text", n.table.oid)
	if err != nil || len(rows) != 1 {
		return nil, err
	}
	all, err := strconv.ParseInt(rows[0][0], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("pages of a table: %w", err)
	}
	if all < worthDividing {
		return one, nil
	}
	var out []connectors.Part
	for i := range int64(n.request.Parts) {
		at := pages{From: i * all / int64(n.request.Parts), To: (i + 1) * all / int64(n.request.Parts)}
		if i == int64(n.request.Parts)-1 {
			at.To = 0
		}
		spec, err := json.Marshal(at)
		if err != nil {
			return nil, fmt.Errorf("part %d: %w", i, err)
		}
		part := connectors.Part{ID: fmt.Sprintf("p%04d", i), Spec: spec, Rows: -1}
		if n.table.rows >= 0 {
			part.Rows = n.table.rows / int64(n.request.Parts)
		}
		out = append(out, part)
	}
	return out, nil
}

// statement is the SELECT of one part. Rows come as they lie.
func (n *snapshot) statement(part connectors.Part) (string, error) {
	var at pages
	if len(part.Spec) > 0 {
		if err := json.Unmarshal(part.Spec, &at); err != nil {
			return "", fmt.Errorf("part %s: %w", part.ID, err)
		}
	}
	if at.From < 0 || at.To < 0 || at.To > 0 && at.To < at.From || at.From > 1<<32-1 || at.To > 1<<32-1 {
		return "", fmt.Errorf("part %s: bounds that are no pages", part.ID)
	}
	var terms []string
	if at.From > 0 {
		terms = append(terms, fmt.Sprintf("ctid >= '(%d,0)'::pg_catalog.tid", at.From))
	}
	if at.To > 0 {
		terms = append(terms, fmt.Sprintf("ctid < '(%d,0)'::pg_catalog.tid", at.To))
	}
	if n.window != nil {
		if w := n.window.where(); w != "" {
			terms = append(terms, w)
		}
	}
	q := n.collected.list() + " FROM " + n.source.name(n.table.name)
	if len(terms) > 0 {
		q += " WHERE " + strings.Join(terms, " AND ")
	}
	if n.request.Limit > 0 {
		q += fmt.Sprintf(" LIMIT %d", n.request.Limit)
	}
	return q, nil
}

// Identity names the snapshot's moment by the transactions it sees: nothing is written
// without a new one.
func (n *snapshot) Identity() string { return n.identity }

// identify makes the identity of a planned snapshot; "" for what is not a table that is
// written by transactions alone, and for a server that does not tell. The cluster and its
// timeline are in it: a restored copy counts transactions from the same number on.
func (n *snapshot) identify(ctx context.Context, p *session) (string, error) {
	if n.table.kind != "r" || n.table.unlogged || n.source.server.number < 100_000 {
		return "", nil
	}
	if err := p.do(ctx, "SAVEPOINT guiji"); err != nil {
		return "", err
	}
	rows, err := p.ask(ctx, `SELECT pg_catalog.txid_current_snapshot()::text, (pg_catalog.pg_control_system()).system_identifier::text,
		(pg_catalog.pg_control_checkpoint()).timeline_id::text, pg_catalog.pg_postmaster_start_time()::text, pg_catalog.pg_is_in_recovery()::text`)
	if is(err, "42501", "42883", "0A000") {
		return "", p.do(ctx, "ROLLBACK TO SAVEPOINT guiji")
	}
	if err != nil || len(rows) != 1 || rows[0][4] == "true" { // a standby's snapshots follow what it replays, subtransactions apart
		return "", err
	}
	parts := n.Parts()
	for i := range parts {
		parts[i].Rows = 0 // an estimate
	}
	var types []string
	for _, c := range n.collected.columns {
		types = append(types, c.typ)
	}
	text, err := json.Marshal(struct {
		Moment  []string
		Base    []string
		OID     string
		Zone    string
		Types   []string
		Request connectors.Request
		Parts   []connectors.Part
	}{rows[0], []string{n.source.settings.Database, n.source.settings.Schema}, n.table.oid, n.source.zone.String(), types, n.request, parts})
	if err != nil {
		return "", fmt.Errorf("identity of table %q: %w", n.table.name, err)
	}
	sum := sha256.Sum256(text)
	return "postgres-" + hex.EncodeToString(sum[:16]), nil
}
