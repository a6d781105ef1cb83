package main

import (
	"github.com/spf13/cobra"

	"guiji/internal/engine"
	"guiji/internal/fault"
)

func (a *app) preview() *cobra.Command {
	var l look
	cmd := &cobra.Command{
		Use:   "preview RESOURCE",
		Short: a.say("command.preview"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, rel, err := a.openAt(cmd.Context(), l.version)
			if err != nil {
				return err
			}
			d, ok := rel.Datasets["standard/"+args[0]]
			if !ok {
				return fault.New(fault.Config, "command.preview.none", args[0], releaseName(rel.Version)).Try("command.preview.none.hint")
			}
			out, err := a.ask(cmd.Context(), w, rel, l, "SELECT * FROM standard."+engine.Ident(d.Table))
			if err != nil {
				return err
			}
			return a.print(cmd, out, func() string { return a.answerText(out) })
		},
	}
	l.flags(a, cmd, 20)
	return cmd
}
