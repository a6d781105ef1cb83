// Command bench measures the batch path against a client that only drains the
// wire, against what a Go engineer writes first, and against dump and load, in one
// run on a real MariaDB it starts itself. It prints lines "figure NAME VALUE UNIT".
// bench/README.md says what each means and what was reached.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"guiji/internal/testkit/mariadb"
	pgtest "guiji/internal/testkit/postgres"
)

func main() {
	var a childArgs
	rows := flag.Int("rows", 5_000_000, "rows of the measured table")
	reps := flag.Int("reps", 3, "repetitions; medians are printed")
	dir := flag.String("dir", ".bench", "working folder; the server's data stays in it for the next time")
	binary := flag.String("guiji", "bin/guiji", "the program to measure")
	ids := flag.Int("ids", 10_000_000, "subjects of the measurement of one source, in three sources of as many rows")
	failing := flag.Int("failing", 1_000_000, "failing records of the measurement of the repair loop")
	only := flag.String("only", "", "measure only wire, and this")
	limit := flag.Int64("limit", 0, "only one run, inside so many bytes of memory")
	wall := flag.Duration("wall", 45*time.Minute, "how long that run may take")
	what := flag.String("child", "", "internal: be one measured process")
	for name, p := range map[string]*string{"network": &a.network, "address": &a.address, "client": &a.client, "table": &a.table, "work": &a.dir, "ca": &a.ca} {
		flag.StringVar(p, name, "", "internal")
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if *what != "" {
		err = child(ctx, *what, a)
	} else {
		b := &bench{rows: *rows, reps: *reps, dir: *dir, guiji: *binary, only: *only, ids: *ids, failing: *failing, took: map[string][]float64{}, peak: map[string]float64{}}
		if *limit > 0 {
			err = b.bounded(ctx, *limit, *wall)
		} else {
			err = b.run(ctx)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type bench struct {
	rows, reps       int
	dir, guiji, only string
	server           *mariadb.Server
	postgres         *pgtest.Server
	took             map[string][]float64 // seconds, by measurement
	rss              []float64            // MB, of the run
	ids              int                  // of one source's measurement
	failing          int                  // records of the repair loop's
	peak             map[string]float64   // MB, by measurement
}

func (b *bench) run(ctx context.Context) error {
	var err error
	if b.dir, err = filepath.Abs(b.dir); err != nil {
		return err
	}
	if b.guiji, err = filepath.Abs(b.guiji); err != nil {
		return err
	}
	for _, m := range b.alone() {
		if m.name == b.only {
			return m.measure(ctx)
		}
	}
	data := filepath.Join(b.dir, "mariadb")
	if err := os.RemoveAll(data); err != nil { // a new server, loaded anew: nothing is left from an earlier version
		return err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	b.server, err = mariadb.Run(ctx, data, mariadb.WithTLS(), mariadb.WithArgs("--innodb-buffer-pool-size=3G", "--innodb-log-file-size=512M", "--local-infile=1", "--log-bin", "--server-id=1"))
	if err != nil {
		return err
	}
	defer b.server.Stop()
	if err := b.load(ctx); err != nil {
		return err
	}
	stop, err := b.startPostgres(ctx)
	if err != nil {
		return fmt.Errorf("PostgreSQL: %w", err)
	}
	defer stop()
	for rep := range b.reps {
		fmt.Fprintf(os.Stderr, "repetition %d of %d\n", rep+1, b.reps)
		for _, m := range b.measurements() {
			if b.only != "" && m.name != "wire" && m.name != b.only && m.name != strings.Replace(b.only, "extract_", "wire_", 1) {
				continue
			}
			if err := b.measure(ctx, m); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
		}
	}
	b.print()
	if b.only != "" {
		return nil
	}
	for _, m := range b.alone() {
		if err := m.measure(ctx); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

// alone are the measurements that need no server.
func (b *bench) alone() []soloMeasurement {
	return []soloMeasurement{{"excel", b.excel}, {"csv", b.csv}, {"onesource", b.onesource}, {"repair", b.repair}, {"checks", b.checks}}
}

type soloMeasurement struct {
	name    string
	measure func(context.Context) error
}

func (b *bench) load(ctx context.Context) error {
	began := time.Now()
	db := b.server.DB()
	for _, q := range []string{"CREATE DATABASE bench CHARACTER SET utf8mb4", "USE bench"} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	if err := fill(ctx, db, "bench.person", b.rows); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	if err := fill(ctx, db, "bench.person_fifth", b.rows/5); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	fmt.Fprintf(os.Stderr, "filled in %s\n", time.Since(began).Round(time.Second))
	return nil
}

// measurement is one process whose wall time counts.
type measurement struct {
	name             string
	child            string // of this program, or "" for a whole guiji run
	table, serve, ca string
	tcp              bool
	postgres         bool
}

func (b *bench) measurements() []measurement {
	return []measurement{
		{name: "wire", child: "wire", table: "person"},
		{name: "extract", child: "extract", table: "person"},
		{name: "run", table: "person", serve: "view"},
		{name: "naive", child: "naive", table: "person"},
		{name: "dump", child: "dump", table: "person"},
		{name: "run_table", table: "person", serve: "table"},
		{name: "run_fifth", table: "person_fifth", serve: "view"},
		{name: "wire_tls", child: "wire", table: "person", ca: b.server.CA, tcp: true},
		{name: "extract_tls", child: "extract", table: "person", ca: b.server.CA, tcp: true},
		{name: "wire_postgres", child: "wire_postgres", table: "person", postgres: true},
		{name: "extract_postgres", child: "extract_postgres", table: "person", postgres: true},
		{name: "run_tls", table: "person", serve: "view", ca: b.server.CA, tcp: true},
	}
}

func (b *bench) measure(ctx context.Context, m measurement) error {
	network, address := "unix", b.server.Socket
	if m.tcp {
		network, address = "tcp", b.server.Address
	}
	if m.postgres {
		network, address = "tcp", b.postgres.Address
	}
	work := filepath.Join(b.dir, "work")
	if err := os.RemoveAll(work); err != nil {
		return err
	}
	if err := os.MkdirAll(work, 0o700); err != nil {
		return err
	}
	var cmd *exec.Cmd
	if m.child != "" {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		cmd = exec.CommandContext(ctx, self, "-child", m.child, "-network", network, "-address", address, "-client", b.server.Client,
			"-table", m.table, "-work", work, "-ca", m.ca)
	} else {
		tls := "off"
		if m.ca != "" {
			tls = "verify"
		}
		project := filepath.Join(b.dir, "project")
		if err := writeProject(project, address, tls, m.ca, m.table, m.serve); err != nil {
			return err
		}
		cmd = exec.CommandContext(ctx, b.guiji, "-C", project, "run")
	}
	log, err := os.Create(filepath.Join(b.dir, m.name+".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w (see %s)", err, log.Name())
	}
	b.took[m.name] = append(b.took[m.name], time.Since(began).Seconds())
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if m.name == "run" {
		b.rss = append(b.rss, float64(usage.Maxrss)/1024)
	}
	fmt.Fprintf(os.Stderr, "  %-12s %7.2f s  cpu %6.2f s  peak %5d MB\n", m.name, time.Since(began).Seconds(),
		(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), usage.Maxrss/1024)
	return nil
}

// print prints the figures: ratios of medians.
func (b *bench) print() {
	figure := func(name string, v float64, unit string) { fmt.Printf("figure %s %.3f %s\n", name, v, unit) }
	ratio := func(name, over, under string) {
		if len(b.took[over]) > 0 && len(b.took[under]) > 0 {
			figure(name, median(b.took[over])/median(b.took[under]), "x")
		}
	}
	figure("wire_seconds", median(b.took["wire"]), "s")
	ratio("extract_over_wire", "extract", "wire")
	ratio("run_over_wire", "run", "wire")
	ratio("run_over_naive", "run", "naive")
	ratio("run_over_dump", "run", "dump")
	ratio("run_over_wire_table", "run_table", "wire")
	ratio("extract_over_wire_tls", "extract_tls", "wire_tls")
	ratio("run_over_wire_tls", "run_tls", "wire_tls")
	ratio("extract_over_wire_postgres", "extract_postgres", "wire_postgres")
	if len(b.took["run_fifth"]) > 0 {
		figure("run_linear", median(b.took["run"])/(5*median(b.took["run_fifth"])), "x")
	}
	if len(b.rss) > 0 {
		figure("run_peak_rss", slices.Max(b.rss), "MB")
		figure("run_rows_per_s", float64(b.rows)/median(b.took["run"]), "rows/s")
	}
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	if len(s) == 0 {
		return 0
	}
	return s[len(s)/2]
}
