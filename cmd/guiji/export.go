package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/lake/serving"
)

func (a *app) export() *cobra.Command {
	var layers []string
	var version uint64
	var ref string
	cmd := &cobra.Command{
		Use:   "export FILE",
		Short: a.say("command.export"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, rel, err := a.openAt(cmd.Context(), version)
			if err != nil {
				return err
			}
			path, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			key, err := exportKey(ref, w.project.Dir)
			if err != nil {
				return err
			}
			if err := a.audit(w, "export", releaseName(rel.Version), path); err != nil {
				return err
			}
			if err := serving.Export(cmd.Context(), rel, w.cache, path, layers, key); err != nil {
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
	cmd.Flags().StringVar(&ref, "key", "", a.say("command.export.key"))
	return cmd
}

// exportKey resolves the reference to the key an export is encrypted with; "" is
// plain. A key written out would stay in the shell's history.
func exportKey(ref, dir string) (secret.Secret, error) {
	if ref == "" {
		return "", nil
	}
	if !strings.HasPrefix(ref, "${") {
		return "", fault.New(fault.Config, "command.export.key.plain").Try("command.export.key.hint")
	}
	key, err := secret.Expand(ref, dir)
	if err == nil && len(key) < 16 {
		err = fault.New(fault.Config, "command.export.key.short", 16).Try("command.export.key.hint")
	}
	return secret.Secret(key), err
}
