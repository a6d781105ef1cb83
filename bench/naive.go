package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"os"
	"path/filepath"
	"time"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/go-sql-driver/mysql"

	"guiji/internal/engine"
)

const columnList = "id, sfzh, xm, xb, csrq, mz, hjdz, lxdh, nsr, zt, cjsj, gxsj"

const plainTable = `CREATE TABLE person (id BIGINT, sfzh VARCHAR, xm VARCHAR, xb VARCHAR, csrq DATE, mz VARCHAR, hjdz VARCHAR,
	lxdh VARCHAR, nsr DECIMAL(12,2), zt TINYINT, cjsj TIMESTAMP, gxsj TIMESTAMP)`

// naive is what a Go engineer writes first: database/sql rows into DuckDB's
// Appender, the checks as SQL, Parquet.
func naive(ctx context.Context, cfg *mysql.Config, table, dir string) error {
	cfg.ParseTime = true
	source, err := sql.Open("mysql", cfg.FormatDSN())
	if err != nil {
		return err
	}
	defer source.Close()
	path := filepath.Join(dir, "naive.duckdb")
	if err := appendRows(ctx, source, table, path); err != nil {
		return err
	}
	s, err := engine.Open(ctx, engine.Options{Path: path, Temp: dir, Memory: "4GB"})
	if err != nil {
		return err
	}
	defer s.Close()
	return plainSteps(ctx, s, "person", dir)
}

func appendRows(ctx context.Context, source *sql.DB, table, path string) error {
	connector, err := duckdb.NewConnector(path, nil)
	if err != nil {
		return err
	}
	defer connector.Close()
	conn, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.(driver.ExecerContext).ExecContext(ctx, plainTable, nil); err != nil {
		return err
	}
	appender, err := duckdb.NewAppenderFromConn(conn, "", "person")
	if err != nil {
		return err
	}
	rows, err := source.QueryContext(ctx, "SELECT "+columnList+" FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			id                                int64
			sfzh, xm, xb, mz, hjdz, lxdh, nsr string
			zt                                int8
			csrq, cjsj, gxsj                  time.Time
			amount                            duckdb.Decimal
		)
		if err := rows.Scan(&id, &sfzh, &xm, &xb, &csrq, &mz, &hjdz, &lxdh, &nsr, &zt, &cjsj, &gxsj); err != nil {
			return err
		}
		if amount, err = parseDecimal(nsr); err != nil {
			return err
		}
		if err := appender.AppendRow(id, sfzh, xm, xb, csrq, mz, hjdz, lxdh, amount, zt, cjsj, gxsj); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return appender.Close()
}

// dump lets the server's own client write a file and DuckDB read it.
func dump(ctx context.Context, client []string, table, dir string) error {
	path := filepath.Join(dir, "dump.tsv")
	if err := runInto(ctx, path, append(client, "--batch", "--quick", "-e", "SELECT "+columnList+" FROM "+table)); err != nil {
		return err
	}
	defer os.Remove(path)
	s, err := engine.Open(ctx, engine.Options{Path: filepath.Join(dir, "dump.duckdb"), Temp: dir, Memory: "4GB"})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Exec(ctx, "table", plainTable); err != nil {
		return err
	}
	if err := s.Exec(ctx, "load", "INSERT INTO person SELECT * FROM read_csv("+engine.Lit(path)+", delim = '\\t', header = true, quote = '', escape = '', nullstr = 'NULL', all_varchar = true)"); err != nil {
		return err
	}
	return plainSteps(ctx, s, "person", dir)
}
