package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"guiji/internal/text"
)

// Version is set by the Makefile: -ldflags "-X main.Version=…".
var Version = "dev"

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: text.Format(a.language(), "command.version"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := struct {
				Version  string `json:"version"`
				Go       string `json:"go"`
				Platform string `json:"platform"`
				DuckDB   string `json:"duckdb"`
			}{Version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, moduleVersion("github.com/duckdb/duckdb-go/v2")}
			return a.print(cmd, v, func() string {
				return fmt.Sprintf("guiji %s (%s, %s, duckdb-go %s)", v.Version, v.Go, v.Platform, v.DuckDB)
			})
		},
	}
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return ""
}
