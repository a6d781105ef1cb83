// Command demo is the main job on the embedded default: it makes a district's
// data, starts its departments' systems in this process, runs the real guiji
// binary on the example project, and compares what was found with what was planted.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"guiji/examples/dongchang/generate"
	"guiji/examples/dongchang/score"
	"guiji/examples/dongchang/servers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	d := demo{}
	flag.StringVar(&d.guiji, "guiji", "../../bin/guiji", "the guiji binary to run")
	flag.StringVar(&d.dir, "dir", "../../.demo", "folder of the demo; one of an earlier demo is replaced")
	flag.IntVar(&d.options.Persons, "persons", 20000, "size of the population")
	flag.Uint64Var(&d.options.Seed, "seed", 1, "another seed makes other data")
	flag.BoolVar(&d.options.Clean, "clean", false, "plant no defects")
	flag.BoolVar(&d.again, "again", false, "run a second time, a month later: half of the defects mended, some new")
	flag.BoolVar(&d.stay, "stay", false, "keep the departments' systems running until interrupted")
	flag.Parse()
	if err := d.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		stop()
		os.Exit(1)
	}
}

type demo struct {
	guiji, dir string
	options    generate.Options
	again      bool
	stay       bool
}

func (d *demo) run(ctx context.Context) error {
	started := time.Now()
	if err := d.resolve(); err != nil {
		return err
	}
	data, err := generate.Generate(d.options)
	if err != nil {
		return err
	}
	if err := d.prepare(data); err != nil {
		return err
	}
	if err := d.round(ctx, data); err != nil {
		return err
	}
	if d.again {
		fmt.Println("\nA month later: half of the defects are mended, some are new. / 一个月后：一半缺陷已整改，又有新问题。")
		later := d.options
		later.Again = true
		if data, err = generate.Generate(later); err != nil {
			return err
		}
		if err := d.write(data); err != nil {
			return err
		}
		if err := d.round(ctx, data); err != nil {
			return err
		}
	}
	d.paths(time.Since(started))
	return nil
}

// round starts the sources on the data and does the job once.
func (d *demo) round(ctx context.Context, data *generate.Dataset) (err error) {
	server, err := servers.StartMySQL(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	fmt.Printf("%d persons, seed %d, %d planted findings; sources are up\n\n", d.options.Persons, d.options.Seed, len(data.Manifest))
	env := environment(server)
	err = d.job(ctx, env, data)
	if d.stay && ctx.Err() == nil { // a failed run too can then be looked into
		d.wait(ctx, env)
	}
	return err
}

// job is what a bureau's engineer does, and what came of it.
func (d *demo) job(ctx context.Context, env []string, data *generate.Dataset) error {
	if err := d.plan(ctx, env); err != nil {
		return err
	}
	if err := d.exec(ctx, env, "run"); err != nil {
		return err
	}
	return d.score(ctx, data)
}

// score compares the newest release with the manifest and writes score.json.
func (d *demo) score(ctx context.Context, data *generate.Dataset) error {
	release, err := score.Open(ctx, filepath.Join(d.project(), "lake"))
	if err != nil {
		return err
	}
	lines := score.Compare(data.Manifest, release)
	fmt.Println()
	score.Print(os.Stdout, lines)
	if err := writeJSON(filepath.Join(d.dir, "score.json"), lines); err != nil {
		return err
	}
	if err := balanced(release); err != nil {
		return err
	}
	if len(release.NotEvaluated) > 0 {
		return fmt.Errorf("rules that could not be evaluated: %v", release.NotEvaluated)
	}
	if !score.Passed(lines) {
		return fmt.Errorf("missed or false findings of: %s", score.Kinds(lines))
	}
	return nil
}

// balanced checks that every row read is landed, quarantined, withheld or removed.
func balanced(r *score.Release) error {
	for _, id := range r.IDs() {
		c := r.Resources[id]
		if c.Read != c.Landed+c.Quarantined+c.Withheld+c.Duplicates {
			return fmt.Errorf("%s: %d rows read, %d landed, %d quarantined, %d withheld, %d removed",
				id, c.Read, c.Landed, c.Quarantined, c.Withheld, c.Duplicates)
		}
	}
	return nil
}
