package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/pipelines/discover"
)

// drafting is what discover was asked for.
type drafting struct {
	department, out string
	rows            int64
}

func (a *app) discover() *cobra.Command {
	var asked drafting
	c := &cobra.Command{
		Use:   "discover CONNECTION [TABLE…]",
		Short: a.say("command.discover"),
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.project()
			if err != nil {
				return err
			}
			drafts, err := a.drafts(cmd, p, asked, args[0], args[1:])
			if err != nil {
				return err
			}
			if asked.out == "" {
				return a.print(cmd, drafts, func() string { return a.draftTexts(drafts) })
			}
			written, err := a.writeDrafts(asked.out, drafts)
			if err != nil {
				return err
			}
			return a.print(cmd, written, func() string { return a.draftList(written) })
		},
	}
	f := c.Flags()
	f.StringVar(&asked.department, "department", "", a.say("command.discover.department"))
	f.StringVar(&asked.out, "out", "", a.say("command.discover.out"))
	f.Int64Var(&asked.rows, "sample", 1000, a.say("command.discover.sample"))
	return c
}

// drafts profiles tables one after the other: a source is a guest's. Where none was named,
// one that cannot be drafted is told of, and is an error only if there is no other.
func (a *app) drafts(cmd *cobra.Command, p *catalog.Project, asked drafting, connection string, tables []string) ([]discover.Draft, error) {
	ctx := cmd.Context()
	if asked.rows <= 0 {
		return nil, fault.New(fault.Config, "command.discover.rows")
	}
	department := asked.department
	if department == "" {
		department = connection
	}
	w := &workspace{project: p}
	env := connectors.Env{Dir: p.Dir, Timezone: p.Config.Timezone, Alloc: memory.DefaultAllocator, Scratch: p.Config.Defaults.Scratch}
	source, err := w.openSource(ctx, connection, env)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	if p.Department(department) == nil {
		return nil, fault.New(fault.Config, "command.discover.no_dept", department).Try("command.discover.no_dept.hint")
	}
	found, err := source.Discover(ctx, tables...)
	if err != nil {
		return nil, err
	}
	d := &discover.Drafter{Project: p, Lang: a.language(), Department: department, Connection: connection,
		Connector: p.Config.Connections[connection].Connector, Today: time.Now().Format(time.DateOnly)}
	drafts, left := []discover.Draft{}, error(nil)
	for _, table := range found {
		profile, err := sampled(ctx, source, table, asked.rows, env)
		switch {
		case err == nil:
			drafts = append(drafts, d.Draft(profile))
		case len(tables) > 0 || !connectors.OfOneTable(err):
			return nil, err
		default:
			left = cmp.Or(left, err)
			fmt.Fprintln(cmd.ErrOrStderr(), a.say("command.discover.left", table.Name, fault.Message(a.language(), err)))
		}
	}
	if len(drafts) == 0 {
		return drafts, left
	}
	return discover.Apart(drafts), nil
}

// sampled profiles a table that could be described.
func sampled(ctx context.Context, source connectors.Source, table connectors.Table, rows int64, env connectors.Env) (*discover.Profile, error) {
	if table.Problem != nil {
		return nil, table.Problem
	}
	return discover.Sample(ctx, source, table, rows, env.Alloc)
}

// draftTexts are the entries one behind the other, each a document of its own.
func (a *app) draftTexts(drafts []discover.Draft) string {
	if len(drafts) == 0 {
		return a.say("command.discover.none")
	}
	var b strings.Builder
	for _, d := range drafts {
		fmt.Fprintf(&b, "--- # %s\n", d.File)
		if d.Taken != "" {
			fmt.Fprintf(&b, "# %s\n", a.say("command.discover.taken", d.Taken))
		}
		b.WriteString(d.Text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// writtenDraft is what became of a draft.
type writtenDraft struct {
	File  string `json:"file"`
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Taken string `json:"taken,omitempty"`
	There bool   `json:"there,omitempty"` // a file of that name was there and stays
}

// writeDrafts writes entries as new files: one that is there stays.
func (a *app) writeDrafts(dir string, drafts []discover.Draft) ([]writtenDraft, error) {
	out := []writtenDraft{}
	for _, d := range drafts {
		file := filepath.Join(dir, filepath.FromSlash(d.File))
		w := writtenDraft{File: file, Table: d.Table, Rows: d.Rows, Taken: d.Taken}
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		if err == nil {
			err = writeNew(file, d.Text)
		}
		if w.There = errors.Is(err, fs.ErrExist); err != nil && !w.There {
			return nil, fault.New(fault.Config, "command.discover.write", file).Because(err)
		}
		out = append(out, w)
	}
	return out, nil
}

// writeNew writes a file that is not there yet.
func writeNew(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func (a *app) draftList(written []writtenDraft) string {
	if len(written) == 0 {
		return a.say("command.discover.none")
	}
	var b strings.Builder
	for _, w := range written {
		line := a.say("command.discover.wrote", w.File, w.Rows, w.Table)
		if w.There {
			line = a.say("command.discover.there", w.File)
		}
		b.WriteString(line)
		if w.Taken != "" {
			b.WriteString("  " + a.say("command.discover.taken", w.Taken))
		}
		b.WriteByte('\n')
	}
	return b.String() + a.say("command.discover.next")
}
