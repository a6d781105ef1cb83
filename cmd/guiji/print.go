package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

// print writes a result: as JSON with --json, else as text for a person.
func (a *app) print(cmd *cobra.Command, v any, human func() string) error {
	if a.json {
		enc := json.NewEncoder(cmd.OutOrStdout())
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), human())
	return err
}
