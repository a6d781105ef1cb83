package main

import (
	"strings"

	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/text"
)

func (a *app) initProject() *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: text.Format(a.language(), "command.init"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := catalog.Init(args[0])
			if err != nil {
				return err
			}
			v := struct {
				Dir   string   `json:"dir"`
				Files []string `json:"files"`
			}{args[0], files}
			return a.print(cmd, v, func() string {
				return strings.Join(files, "\n") + "\n" + text.Format(a.language(), "command.init.next", args[0])
			})
		},
	}
}
