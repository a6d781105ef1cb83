package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"guiji/connectors"
	"guiji/connectors/csvfile"
	"guiji/internal/arrowpool"
)

// csv reads persons out of a file in UTF-8 and of one in GB 18030 through the product's
// connector, and prints how many megabytes of the file it took a second.
func (b *bench) csv(ctx context.Context) error {
	rows := min(b.rows, 5_000_000)
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	for _, tt := range []struct{ child, figure string }{{"csv", "csvfile_mb_per_s"}, {"csv_gb18030", "csvfile_gb18030_mb_per_s"}} {
		path := filepath.Join(b.dir, tt.child+".csv")
		size, err := writePersons(path, rows, tt.child == "csv_gb18030")
		if err != nil {
			return err
		}
		took, _, err := b.reading(ctx, tt.child, path)
		if err != nil {
			return err
		}
		fmt.Printf("figure %s %.0f MB/s\n", tt.figure, float64(size)/1e6/median(took))
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// reading measures processes of this program that read one file.
func (b *bench) reading(ctx context.Context, child, path string) (took, rss []float64, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	for range b.reps {
		cmd := exec.CommandContext(ctx, self, "-child", child, "-table", path, "-work", b.dir)
		cmd.Stderr = os.Stderr
		began := time.Now()
		if err := cmd.Run(); err != nil {
			return nil, nil, err
		}
		took = append(took, time.Since(began).Seconds())
		usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		rss = append(rss, float64(usage.Maxrss)/1024)
		fmt.Fprintf(os.Stderr, "  %-12s %7.2f s  cpu %6.2f s  peak %5d MB\n", child, took[len(took)-1],
			(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), usage.Maxrss/1024)
	}
	return took, rss, nil
}

// writePersons writes a file of the measured table's columns, one field in twenty
// quoted, and tells its size in bytes.
func writePersons(path string, rows int, gb bool) (int64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	out := transform.NewWriter(w, transform.Nop)
	if gb {
		out = transform.NewWriter(w, simplifiedchinese.GB18030.NewEncoder())
	}
	fmt.Fprintln(out, strings.ReplaceAll(columnList, " ", ""))
	for i := range rows {
		fmt.Fprintf(out, "%d,37150219%02d%02d%02d%04d,王小明,%d,19%02d-%02d-%02d,\"山东省聊城市东昌府区柳园街道第%d号\",138%08d,%d,%d.50,2026-11-22 08:%02d:00,371502%06d,无\n",
			i+1, 50+i%50, 1+i%12, 1+i%28, i%10000, 1+i%2, 50+i%50, 1+i%12, 1+i%28, i%10000, i, i%5, i%100000, i%60, i%1000000)
	}
	if err := out.Close(); err != nil {
		return 0, err
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return st.Size(), f.Close()
}

// readPersons reads the file into Arrow batches, which are released.
func readPersons(ctx context.Context, a childArgs, encoding string) error {
	settings := csvfile.DefaultSettings()
	settings.Path, settings.Encoding = filepath.Dir(a.table), encoding
	source, err := csvfile.Open(*settings, connectors.Env{Timezone: "Asia/Shanghai", Alloc: arrowpool.New(128 << 20), Scratch: a.dir})
	if err != nil {
		return err
	}
	defer source.Close()
	return readAll(ctx, source, filepath.Base(a.table))
}
