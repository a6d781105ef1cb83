package mysql

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"guiji/connectors"
)

// Identity names the snapshot's moment where the server proves it: by its place in a complete
// binary log (docs/decisions/002-one-snapshot.md). What that proof cannot see, changes made
// with sql_log_bin = 0 and a log that was reset, this cannot either.
func (n *snapshot) Identity() string { return n.identity }

// identify makes the identity of a planned snapshot; "" without proof. The parts are in it:
// they may follow from statistics as well, which change when no row does.
func (n *snapshot) identify(ctx context.Context, p *session, m moment) (string, error) {
	if !m.snapshot || m.binlog == "" || !n.table.transactional() || !p.completeLog(ctx) {
		return "", nil
	}
	var server []string
	err := p.ask(ctx, "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('hostname', 'port', 'server_id', 'server_uid', 'datadir')", 2,
		func(v []sql.NullString) { server = append(server, v[0].String, v[1].String) })
	if err != nil || len(server) == 0 {
		return "", err
	}
	parts := n.Parts()
	for i := range parts {
		parts[i].Rows = 0 // an estimate
	}
	var types []string
	for _, c := range n.collected.columns {
		typ := c.typ
		if n.source.holdsBytes(n.table, c) {
			typ += " of " + n.source.settings.CharsetOfBytes
		}
		types = append(types, typ)
	}
	text, err := json.Marshal(struct {
		Server  []string
		Log     string
		Base    string
		Named   bool // the zone: TIMESTAMP's text follows from it
		Zone    string
		Types   []string
		Request connectors.Request
		Parts   []connectors.Part
	}{server, m.binlog, n.source.settings.Database, p.named, n.source.zone.String(), types, n.request, parts})
	if err != nil {
		return "", fmt.Errorf("identity of table %q: %w", n.table.name, err)
	}
	sum := sha256.Sum256(text)
	return "mysql-" + hex.EncodeToString(sum[:16]), nil
}
