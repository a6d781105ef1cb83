package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"guiji/lake/serving"
)

func (a *app) export() *cobra.Command {
	var layers []string
	var version uint64
	cmd := &cobra.Command{
		Use:   "export FILE",
		Short: a.say("command.export"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			rel, err := w.release(cmd.Context(), version)
			if err != nil {
				return err
			}
			path, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			if err := a.audit(w, "export", releaseName(rel.Version), path); err != nil {
				return err
			}
			if err := serving.Export(cmd.Context(), rel, w.cache, path, layers); err != nil {
				return err
			}
			st, err := os.Stat(path)
			if err != nil {
				return err
			}
			out := struct {
				Release uint64 `json:"release"`
				File    string `json:"file"`
				Bytes   int64  `json:"bytes"`
			}{rel.Version, path, st.Size()}
			return a.print(cmd, out, func() string {
				return a.say("command.export.done", releaseName(rel.Version), path, thousands(st.Size()))
			})
		},
	}
	cmd.Flags().StringSliceVar(&layers, "layer", nil, a.say("command.export.layer"))
	cmd.Flags().Uint64Var(&version, "release", 0, a.say("command.flag.release"))
	return cmd
}
