package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/lake/stores"
)

// diagnosis is one line of doctor.
type diagnosis struct {
	Where   string `json:"where"` // store, folder, connection NAME
	OK      bool   `json:"ok"`
	Warning bool   `json:"warning,omitempty"`
	Text    string `json:"text"`
	kind    fault.Kind
}

func (a *app) doctor() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor [CONNECTION…]",
		Short: text.Format(a.language(), "command.doctor"),
		RunE: func(cmd *cobra.Command, names []string) error {
			p, err := a.project()
			if err != nil {
				return err
			}
			diagnoses := a.doctorStore(cmd.Context())
			if len(names) == 0 {
				names = slices.Sorted(maps.Keys(p.Config.Connections))
			}
			w := &workspace{project: p}
			for _, name := range names {
				diagnoses = append(diagnoses, a.doctorConnection(cmd.Context(), w, name)...)
			}
			if err := a.print(cmd, diagnoses, func() string { return a.doctorText(diagnoses) }); err != nil {
				return err
			}
			code := 0
			for _, f := range diagnoses {
				if !f.OK && !f.Warning {
					code = max(code, f.kind.ExitCode())
				}
			}
			if code != 0 {
				return &exitError{code}
			}
			return nil
		},
	}
}

// doctorStore looks at the store, its conditional writes and the local folders.
func (a *app) doctorStore(ctx context.Context) []diagnosis {
	w, err := a.workspace(ctx)
	if err != nil {
		return []diagnosis{a.bad("store", err)}
	}
	if err := lake.ConditionalWrites(ctx, w.objects); err != nil {
		return []diagnosis{a.bad("store", err)}
	}
	if err := stores.Honoured(ctx, w.objects); err != nil {
		return []diagnosis{a.bad("store", err)}
	}
	out := []diagnosis{{Where: "store", OK: true, Text: a.say("command.doctor.store", w.project.Config.Store)}}
	out = append(out, a.doctorEncryption(w)...)
	if stores.Created(w.objects) {
		out = append(out, diagnosis{Where: "store", Warning: true, Text: a.say("command.doctor.bucket", w.project.Config.Store)})
	}
	folders := []string{w.folder(w.project.Config.Serving), w.folder(w.project.Config.Reports), w.folder(w.project.Config.State)}
	if local, ok := w.objects.(lake.Local); ok {
		folders = append(folders, local.LocalRoot())
	}
	for _, dir := range folders {
		out = append(out, a.doctorFolder(dir)...)
	}
	return out
}

// doctorFolder makes a folder and looks who may read it: all of them hold data of
// persons.
func (a *app) doctorFolder(dir string) []diagnosis {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return []diagnosis{a.bad("folder", fault.New(fault.Config, "command.doctor.folder", dir).Because(err))}
	}
	stat, err := os.Stat(dir)
	if err != nil {
		return []diagnosis{a.bad("folder", fault.New(fault.Config, "command.doctor.folder", dir).Because(err))}
	}
	if stat.Mode().Perm()&0o077 != 0 {
		return []diagnosis{{Where: "folder", Warning: true, Text: a.say("command.doctor.open", dir, fmt.Sprintf("%04o", stat.Mode().Perm()))}}
	}
	return nil
}

// doctorConnection opens a connection and lets its connector speak.
func (a *app) doctorConnection(ctx context.Context, w *workspace, name string) []diagnosis {
	where := "connection " + name
	source, err := w.openSource(ctx, name, connectors.Env{Dir: w.project.Dir, Timezone: w.project.Config.Timezone})
	if err != nil {
		return []diagnosis{a.bad(where, err)}
	}
	defer source.Close()
	d, ok := source.(connectors.Doctor)
	if !ok {
		return []diagnosis{{Where: where, OK: true, Text: a.say("command.doctor.opened")}}
	}
	list, err := d.Doctor(ctx)
	if err != nil {
		return []diagnosis{a.bad(where, err)}
	}
	var out []diagnosis
	for _, f := range list {
		out = append(out, diagnosis{Where: where, OK: f.OK, Warning: f.Warning, Text: a.say(text.Key(f.Key), f.Args...), kind: fault.Refused})
	}
	return append(out, a.doctorCursors(ctx, w, source, name)...)
}

func (a *app) bad(where string, err error) diagnosis {
	return diagnosis{Where: where, Text: fault.Message(a.language(), err), kind: fault.KindOf(err)}
}

func (a *app) doctorText(list []diagnosis) string {
	var b strings.Builder
	for _, f := range list {
		mark := "✗"
		switch {
		case f.OK:
			mark = "✓"
		case f.Warning:
			mark = "!"
		}
		place, name, _ := strings.Cut(f.Where, " ")
		fmt.Fprintf(&b, "%s %s\n", mark, a.say("command.doctor.line", strings.TrimRight(a.say(text.Key("command.doctor.at."+place))+" "+name, " "), f.Text))
	}
	return strings.TrimRight(b.String(), "\n")
}
