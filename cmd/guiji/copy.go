package main

import (
	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/lake"
	"guiji/lake/stores"
)

// copyStore brings another store's releases into the one of guiji.yaml: how a plain
// store becomes a sealed one, a folder a bucket, and a key another.
func (a *app) copyStore() *cobra.Command {
	var from, key string
	cmd := &cobra.Command{
		Use:     "copy --from STORE",
		Short:   a.say("command.copy"),
		Example: "  guiji copy --from file://./lake-old\n  guiji copy --from file://./lake-old --from-key '${OLD_KEY}'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.workspace(cmd.Context())
			if err != nil {
				return err
			}
			old := w.project.Config
			old.Store, old.Encryption = from, catalog.Encryption{}
			if key != "" {
				old.Encryption = catalog.Encryption{Store: "sm4-gcm", Key: key}
			}
			source, err := stores.Open(cmd.Context(), old, w.project.Dir)
			if err != nil {
				return err
			}
			if err := a.audit(w, "copy", from, w.project.Config.Store); err != nil {
				return err
			}
			c, err := lake.Copy(cmd.Context(), source, w.objects)
			if err != nil {
				return err
			}
			return a.print(cmd, c, func() string {
				return a.say("command.copy.done", c.Objects, thousands(c.Bytes), c.There)
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", a.say("command.copy.from"))
	cmd.Flags().StringVar(&key, "from-key", "", a.say("command.copy.key"))
	_ = cmd.MarkFlagRequired("from") // it is there: the line above made it
	return cmd
}
