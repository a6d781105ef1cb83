package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"guiji/connectors"
	"guiji/connectors/postgres"
	"guiji/internal/arrowpool"
	pgtest "guiji/internal/testkit/postgres"
)

// The account of PostgreSQL's measurements, on a server that lives as long as the bench.
const pgUser, pgPassword = "bench", "bench"

// startPostgres runs a server with the measured table, in the system's temp folder: it may
// run as another account, which cannot look into ours. stop ends it and clears up.
func (b *bench) startPostgres(ctx context.Context) (stop func(), err error) {
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		return nil, err
	}
	stop = func() {
		if b.postgres != nil {
			_ = b.postgres.Stop() // its data goes next
		}
		os.RemoveAll(dir)
	}
	if err := b.loadPostgres(ctx, dir); err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}

func (b *bench) loadPostgres(ctx context.Context, dir string) (err error) {
	if b.postgres, err = pgtest.Run(ctx, dir, pgtest.WithArgs("shared_buffers=2GB", "max_wal_size=8GB")); err != nil {
		return err
	}
	began := time.Now()
	conn, err := b.postgres.Connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // nothing is to be learned from it
	for _, q := range []string{"CREATE ROLE " + pgUser + " LOGIN PASSWORD '" + pgPassword + "'", `CREATE UNLOGGED TABLE person (
		id bigint NOT NULL PRIMARY KEY, sfzh char(18), xm varchar(50), xb char(1), csrq date, mz char(2), hjdz varchar(200),
		lxdh varchar(20), nsr numeric(12,2), zt smallint, cjsj timestamp, gxsj timestamp)`, "GRANT SELECT ON person TO " + pgUser} {
		if _, err := conn.Exec(ctx, q); err != nil {
			return err
		}
	}
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(writeRows(writer, b.rows)) }()
	if _, err := conn.PgConn().CopyFrom(ctx, reader, "COPY person FROM STDIN"); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "VACUUM ANALYZE person"); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "PostgreSQL filled in %s\n", time.Since(began).Round(time.Second))
	return nil
}

// drainPostgres is the floor: a binary COPY of the table over one connection, thrown away.
func drainPostgres(ctx context.Context, a childArgs) error {
	host, port, _ := strings.Cut(a.address, ":")
	c, err := pgconn.ParseConfig(fmt.Sprintf("host=%s port=%s user=%s password=%s dbname=postgres sslmode=disable", host, port, pgUser, pgPassword))
	if err != nil {
		return err
	}
	conn, err := pgconn.ConnectConfig(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // nothing is to be learned from it
	_, err = conn.CopyTo(ctx, io.Discard, "COPY (SELECT "+columnList+" FROM "+a.table+") TO STDOUT (FORMAT binary)")
	return err
}

// extractPostgres reads the table through the product's connector.
func extractPostgres(ctx context.Context, a childArgs) error {
	settings := postgres.DefaultSettings()
	settings.Address, settings.Database, settings.User, settings.Password = a.address, "postgres", pgUser, pgPassword
	source, err := postgres.Connector().Open(ctx, settings, connectors.Env{Timezone: "Asia/Shanghai", Alloc: arrowpool.New(128 << 20)})
	if err != nil {
		return err
	}
	defer source.Close()
	return readAll(ctx, source, a.table)
}
