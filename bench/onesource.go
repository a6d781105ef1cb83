package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"guiji/transforms/onesource"
)

// onesourceMemory is what every measured session of one source may use.
const onesourceMemory = "3GB"

// onesource makes the golden records, lineage and conflicts of b.ids persons out of
// three sources, and prints what it took against a plain GROUP BY of the same rows, and
// what it takes when one row in a hundred has changed.
func (b *bench) onesource(ctx context.Context) error {
	dir := filepath.Join(b.dir, fmt.Sprintf("onesource-%d", b.ids))
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	if err := room(b.dir, int64(b.ids)*onesourceRow); err != nil {
		return err
	}
	began := time.Now()
	if err := fillOnesource(ctx, dir, int64(b.ids)); err != nil {
		return fmt.Errorf("one source's data: %w", err)
	}
	fmt.Fprintf(os.Stderr, "three sources of %d rows filled in %s\n", b.ids, time.Since(began).Round(time.Second))
	for range b.reps {
		for _, what := range []string{"onesource_groupby", "onesource", "onesource_again", "onesource_incremental"} {
			if err := b.measureOnesource(ctx, dir, what); err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
		}
	}
	if err := sameBytes(dir); err != nil {
		return err
	}
	full := median(b.took["onesource"])
	fmt.Printf("figure onesource_rows_per_s %.0f rows/s\n", float64(b.ids*onesourceSources)/full)
	fmt.Printf("figure onesource_peak_rss %.0f MB\n", b.peak["onesource"])
	fmt.Printf("figure onesource_over_groupby %.3f x\n", full/median(b.took["onesource_groupby"]))
	fmt.Printf("figure onesource_incremental_over_full %.3f x\n", median(b.took["onesource_incremental"])/median(b.took["onesource_again"]))
	return nil
}

// sameBytes compares what was made of the changed images anew with what was made of the
// changes.
func sameBytes(dir string) error {
	for _, d := range wholePersons(onesource.Entity{}) {
		var sums [2][32]byte
		for i, state := range []string{"after", "update"} {
			f, err := os.Open(outFile(dir, state, d.file))
			if err != nil {
				return err
			}
			h := sha256.New()
			_, err = io.Copy(h, f)
			if err = errors.Join(err, f.Close()); err != nil {
				return err
			}
			sums[i] = [32]byte(h.Sum(nil))
		}
		if sums[0] != sums[1] {
			return fmt.Errorf("%s: made of the changes it is another file than made anew", d.file)
		}
	}
	return nil
}

// onesourceRow is the disk room of an id, in bytes: images, results, what is spilled.
const onesourceRow = 1500

// measureOnesource runs one process of the measurement.
func (b *bench) measureOnesource(ctx context.Context, dir, what string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(b.dir, what+".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, self, "-child", what, "-work", dir)
	cmd.Stdout, cmd.Stderr = log, log
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w (see %s)", err, log.Name())
	}
	took := time.Since(began).Seconds()
	b.took[what] = append(b.took[what], took)
	peak, err := lastPeak(log.Name())
	if err != nil {
		return err
	}
	b.peak[what] = max(b.peak[what], peak)
	fmt.Fprintf(os.Stderr, "  %-22s %7.2f s  cpu %6.2f s  peak %5.0f MB\n", what, took,
		(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), peak)
	return nil
}

// sayPeak tells the most resident memory this process had, as the kernel counted it.
func sayPeak() error {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, line, _ := strings.Cut(string(b), "VmHWM:")
	fmt.Println("peak", strings.Fields(line)[0])
	return nil
}

// lastPeak reads what sayPeak said, in MB.
func lastPeak(log string) (float64, error) {
	b, err := os.ReadFile(log)
	if err != nil {
		return 0, err
	}
	_, kb, ok := strings.Cut(string(b), "peak ")
	if !ok {
		return 0, fmt.Errorf("%s tells no peak", log)
	}
	n, err := strconv.ParseFloat(strings.Fields(kb)[0], 64)
	return n / 1024, err
}
