package servers_test

import (
	"context"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/mysql"
	"guiji/examples/dongchang/generate"
	"guiji/examples/dongchang/servers"
	"guiji/internal/secret"
	"guiji/lake"
)

// counter counts what a part yields.
type counter struct{ rows, bad int }

func (c *counter) Batch(rec arrow.RecordBatch) error { c.rows += int(rec.NumRows()); return nil }
func (c *counter) Bad(lake.BadRow) error             { c.bad++; return nil }

// The product's connector must get on with the example's server, which knows no
// consistent snapshot: the path for sources that cannot.
func TestConnectorReadsEveryRow(t *testing.T) {
	ctx := context.Background()
	data, err := generate.Generate(generate.Options{Persons: generate.MinPersons, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	server, err := servers.StartMySQL(ctx, data)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, table := range data.Tables {
		if got := read(ctx, t, server, table); got.rows != len(table.Rows) || got.bad != 0 {
			t.Errorf("%s: %d rows and %d bad ones read, generated %d", table.Name, got.rows, got.bad, len(table.Rows))
		}
	}
}

func read(ctx context.Context, t *testing.T, server *servers.MySQL, table *generate.Table) counter {
	t.Helper()
	connector := mysql.Connector()
	settings := connector.Settings().(*mysql.Settings)
	settings.Address, settings.Database = server.Addr, table.Database
	settings.User, settings.Password = servers.Reader, secret.Secret(server.Password)
	source, err := connector.Open(ctx, settings, connectors.Env{Timezone: "Asia/Shanghai", Alloc: memory.DefaultAllocator})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	req := connectors.Request{Table: table.Name, Key: []string{table.Key}, Parts: 2, BatchRows: 1000}
	for _, c := range table.Columns {
		req.Columns = append(req.Columns, c.Name)
	}
	snapshot, err := source.Snapshot(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close()
	var got counter
	for _, part := range snapshot.Parts() {
		if err := snapshot.Read(ctx, part, &got); err != nil {
			t.Fatal(err)
		}
	}
	return got
}
