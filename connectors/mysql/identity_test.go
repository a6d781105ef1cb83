package mysql_test

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
)

// An identity holds as long as no row of the server has changed, and no longer.
func TestIdentity(t *testing.T) {
	l := start(t, "--log-bin")
	l.Exec(t, "GRANT BINLOG MONITOR ON *.* TO 'reader'@'%'", "CREATE TABLE d.plain (id int PRIMARY KEY) ENGINE=MyISAM", "CREATE VIEW d.v AS SELECT 1 AS id")
	l.fill(t, 20_000, "")
	src := l.open(t, memory.DefaultAllocator)
	identity := func(table string, parts int) string {
		snap := snapshot(t, src, table, parts, "id")
		defer snap.Close()
		return snap.(connectors.Identified).Identity()
	}
	first := identity("t", 4)
	if first == "" || identity("t", 4) != first {
		t.Fatal("nothing has changed but the identity")
	}
	if identity("t", 3) == first {
		t.Error("other parts have the same identity")
	}
	l.Exec(t, "UPDATE d.t SET n = 2 WHERE id = 7")
	if changed := identity("t", 4); changed == first || changed == "" {
		t.Errorf("a row has changed, and the identity is %q", changed)
	}
	if identity("plain", 1) != "" || identity("v", 1) != "" {
		t.Error("what keeps to no snapshot has an identity")
	}
	l.Exec(t, "REVOKE BINLOG MONITOR ON *.* FROM 'reader'@'%'")
	src = l.open(t, memory.DefaultAllocator)
	if identity("t", 4) != "" {
		t.Error("an identity without proof")
	}
}
