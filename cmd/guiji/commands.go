package main

import "github.com/spf13/cobra"

// commands is the only list of subcommands: one line each.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.initProject(),
		a.schema(),
		a.catalog(),
		a.elements(),
		a.doctor(),
		a.discover(),
		a.plan(),
		a.run(),
		a.quality(),
		a.profileCommand(),
		a.suggest(),
		a.quarantine(),
		a.runs(),
		a.schedule(),
		a.status(),
		a.report(),
		a.deliver(),
		a.orders(),
		a.checkFile(),
		a.preview(),
		a.query(),
		a.dispute(),
		a.explain(),
		a.export(),
		a.verify(),
		a.copyStore(),
		a.diff(),
		a.gc(),
		a.erase(),
		a.stateCopies(),
		a.rebuild(),
		a.version(),
	}
}
