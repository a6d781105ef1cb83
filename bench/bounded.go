package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"guiji/internal/testkit/mariadb"
)

// Disk room of a row, in bytes: in the server's table and the store (measured: 305),
// and in the run's scratch files with what the engine spills (measured: 90, more where
// memory is short).
const (
	perRow     = 400
	scratchRow = 240
)

// bounded runs guiji once over many rows inside a memory limit: it must finish, or
// fail cleanly, with a store that verifies. The limit is a control group's where this
// account may make one; else the resident memory is watched, and going over it fails.
func (b *bench) bounded(ctx context.Context, limit int64, wall time.Duration) error {
	var err error
	if b.dir, err = filepath.Abs(b.dir); err != nil {
		return err
	}
	if b.guiji, err = filepath.Abs(b.guiji); err != nil {
		return err
	}
	data := filepath.Join(b.dir, "mariadb-bounded")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(data) // tens of gigabytes that nobody needs any more
	if err := room(b.dir, int64(b.rows)*(perRow+scratchRow)); err != nil {
		return err
	}
	if err := room(os.TempDir(), int64(b.rows)*scratchRow); err != nil { // where scratch is
		return err
	}
	b.server, err = mariadb.Run(ctx, data, mariadb.WithArgs("--innodb-buffer-pool-size=1G", "--innodb-log-file-size=512M", "--local-infile=1", "--log-bin", "--server-id=1"))
	if err != nil {
		return err
	}
	defer b.server.Stop()
	began := time.Now()
	for _, q := range []string{"CREATE DATABASE bench CHARACTER SET utf8mb4", "USE bench"} {
		if _, err := b.server.DB().ExecContext(ctx, q); err != nil {
			return err
		}
	}
	if err := fill(ctx, b.server.DB(), "bench.person", b.rows); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	fmt.Fprintf(os.Stderr, "filled in %s\n", time.Since(began).Round(time.Second))
	return b.within(ctx, limit, wall)
}

// room refuses where the disk cannot hold what is to come.
func room(dir string, need int64) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return fmt.Errorf("free room of %s: %w", dir, err)
	}
	if free := int64(st.Bavail) * st.Bsize; free < need {
		return fmt.Errorf("%s has %d GB free, this needs %d GB: give it another folder (-dir, TMPDIR), or fewer rows (-rows)", dir, free/1e9, need/1e9)
	}
	return nil
}

// within runs the program inside the limit and prints what came of it.
func (b *bench) within(ctx context.Context, limit int64, wall time.Duration) error {
	project := filepath.Join(b.dir, "project")
	if err := writeProject(project, b.server.Socket, "off", "", "person", "view"); err != nil {
		return err
	}
	defer os.RemoveAll(filepath.Join(project, "lake"))
	group, by := newGroup(limit), "cgroup"
	if group == "" {
		by = "sampled"
	} else {
		defer os.Remove(group)
	}
	log, err := os.Create(filepath.Join(b.dir, "bounded.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	run, stop := context.WithTimeout(ctx, wall)
	defer stop()
	cmd := exec.CommandContext(run, b.guiji, "-C", project, "run", "--lang", "en")
	if group != "" {
		cmd = exec.CommandContext(run, "sh", "-c", `echo $$ >"$1" && shift && exec "$@"`, "sh", filepath.Join(group, "cgroup.procs"), b.guiji, "-C", project, "run", "--lang", "en")
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	peak := watch(cmd.Process.Pid, limit)
	_ = cmd.Wait() // its code is looked at
	took, most := time.Since(began), <-peak
	return b.judge(ctx, project, cmd.ProcessState, outcome{by: by, took: took, most: most, limit: limit, late: run.Err() != nil})
}

type outcome struct {
	by          string
	took        time.Duration
	most, limit int64
	late        bool
}

// judge prints the figures, and fails where the run neither finished nor failed cleanly.
func (b *bench) judge(ctx context.Context, project string, state *os.ProcessState, o outcome) error {
	code, result := state.ExitCode(), "finished"
	if code != 0 {
		result = "failed_cleanly"
	}
	fmt.Printf("figure bounded_rows %d\nfigure bounded_limit %d MB %s\nfigure bounded_peak_rss %d MB\nfigure bounded_seconds %.1f\nfigure bounded_rows_per_s %.0f\n",
		b.rows, o.limit>>20, o.by, o.most>>20, o.took.Seconds(), float64(b.rows)/o.took.Seconds())
	verify := exec.CommandContext(ctx, b.guiji, "-C", project, "verify", "--lang", "en")
	out, verr := verify.CombinedOutput()
	var errs []error
	switch {
	case code < 0: // by a signal: of the memory limit, or of the watcher
		errs = append(errs, fmt.Errorf("the run was killed: %s", state))
	case o.late:
		errs = append(errs, errors.New("the run took longer than it may"))
	case o.most > o.limit:
		errs = append(errs, fmt.Errorf("the run took %d MB", o.most>>20))
	case code != 0 && verr != nil && !strings.Contains(string(out), "release"):
		errs = append(errs, fmt.Errorf("verify: %w\n%s", verr, out))
	case code == 0 && verr != nil:
		errs = append(errs, fmt.Errorf("verify: %w\n%s", verr, out))
	}
	if err := errors.Join(errs...); err != nil {
		fmt.Println("figure bounded_outcome 1 not_clean")
		return fmt.Errorf("%w (see %s)", err, filepath.Join(b.dir, "bounded.log"))
	}
	fmt.Printf("figure bounded_outcome 0 %s exit %d\n", result, code)
	return nil
}

// newGroup makes a control group of so much memory, of version 2 or 1; "" where this
// account may not.
func newGroup(limit int64) string {
	for _, v := range []struct{ under, file string }{{"/sys/fs/cgroup", "memory.max"}, {"/sys/fs/cgroup/memory", "memory.limit_in_bytes"}} {
		dir := filepath.Join(v.under, "guiji-bench-"+strconv.Itoa(os.Getpid()))
		if os.Mkdir(dir, 0o755) != nil {
			continue
		}
		if os.WriteFile(filepath.Join(dir, v.file), []byte(strconv.FormatInt(limit, 10)), 0o644) == nil {
			return dir
		}
		_ = os.Remove(dir) // without the memory controller it is of no use
	}
	return ""
}

// watch samples a process's resident memory until it ends, tells the most, and kills
// it when it is over the limit.
func watch(pid int, limit int64) <-chan int64 {
	most := make(chan int64, 1)
	go func() {
		var peak int64
		for ; ; time.Sleep(50 * time.Millisecond) {
			b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
			_, line, ok := strings.Cut(string(b), "VmHWM:")
			if err != nil || !ok {
				most <- peak
				return
			}
			kb, _ := strconv.ParseInt(strings.Fields(line)[0], 10, 64)
			if peak = max(peak, kb<<10); peak > limit {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	}()
	return most
}
