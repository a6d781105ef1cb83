package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/duckdb/duckdb-go/v2"
	"github.com/go-sql-driver/mysql"

	"guiji/connectors"
	mysqlsource "guiji/connectors/mysql"
	"guiji/internal/arrowpool"
	"guiji/lake"
	"math/big"
	"strings"
)

// childArgs is what one measured process gets, through its flags.
type childArgs struct {
	network, address, client, table, dir, ca string
}

const database = "bench"

// child is one measured process.
func child(ctx context.Context, what string, a childArgs) error {
	if strings.HasPrefix(what, "onesource") {
		return onesourceChild(ctx, what, a.dir)
	}
	switch what {
	case "wire":
		secure, err := a.tls()
		if err != nil {
			return err
		}
		_, err = drain(a.network, a.address, database, "SELECT "+columnList+" FROM "+a.table, secure)
		return err
	case "extract":
		return extract(ctx, a)
	case "wire_postgres":
		return drainPostgres(ctx, a)
	case "extract_postgres":
		return extractPostgres(ctx, a)
	case "excel":
		return readWorkbook(ctx, a)
	case "csv":
		return readPersons(ctx, a, "utf-8")
	case "csv_gb18030":
		return readPersons(ctx, a, "gb18030")
	case "naive":
		cfg := mysql.NewConfig()
		cfg.User, cfg.Net, cfg.Addr, cfg.DBName = "root", a.network, a.address, database
		return naive(ctx, cfg, a.table, a.dir)
	case "dump":
		return dump(ctx, []string{a.client, "--no-defaults", "--socket=" + a.address, "--user=root", "--default-character-set=utf8mb4", database}, a.table, a.dir)
	}
	return fmt.Errorf("no such measurement: %s", what)
}

func (a childArgs) tls() (*tls.Config, error) {
	if a.ca == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(a.ca)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}, nil
}

// extract reads the table through the product's connector into Arrow batches,
// which are released.
func extract(ctx context.Context, a childArgs) error {
	c := mysqlsource.Connector()
	settings := c.Settings().(*mysqlsource.Settings)
	settings.Address, settings.Database, settings.User = a.address, database, "root"
	settings.TLS = "off"
	if a.ca != "" {
		settings.TLS, settings.CA = "verify", a.ca
	}
	source, err := c.Open(ctx, settings, connectors.Env{Timezone: "Asia/Shanghai", Alloc: arrowpool.New(128 << 20)})
	if err != nil {
		return err
	}
	defer source.Close()
	return readAll(ctx, source, a.table)
}

// readAll reads the measured table in one part.
func readAll(ctx context.Context, source connectors.Source, table string) error {
	snap, err := source.Snapshot(ctx, connectors.Request{Table: table, Columns: strings.Split(columnList, ", "), Key: []string{"id"}, Parts: 1, BatchRows: 8192})
	if err != nil {
		return err
	}
	defer snap.Close()
	for _, part := range snap.Parts() {
		if err := snap.Read(ctx, part, discard{}); err != nil {
			return err
		}
	}
	return nil
}

type discard struct{}

func (discard) Batch(arrow.RecordBatch) error { return nil }
func (discard) Bad(lake.BadRow) error {
	return fmt.Errorf("a row of the measured table was not readable")
}

// runInto runs a command with its output in a file.
func runInto(ctx context.Context, path string, args []string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = f, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	return f.Close()
}

// parseDecimal reads the text of a DECIMAL(12,2).
func parseDecimal(s string) (duckdb.Decimal, error) {
	whole, part, _ := strings.Cut(s, ".")
	v, ok := new(big.Int).SetString(whole+part, 10)
	if !ok || len(part) != 2 {
		return duckdb.Decimal{}, fmt.Errorf("not a decimal of two places")
	}
	return duckdb.Decimal{Width: 12, Scale: 2, Value: v}, nil
}
