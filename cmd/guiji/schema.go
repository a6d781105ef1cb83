package main

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
	"github.com/spf13/cobra"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/text"
)

//go:generate go test -run TestCommentsAreFresh . -update

// projectFiles are the files that have a schema, with what each decodes into.
var projectFiles = map[string]reflect.Type{
	"guiji.yaml":       reflect.TypeFor[catalog.Config](),
	"departments.yaml": reflect.TypeFor[[]catalog.Department](),
	"elements.yaml":    reflect.TypeFor[[]catalog.Element](),
	"entities.yaml":    reflect.TypeFor[[]catalog.Entity](),
	"catalog":          reflect.TypeFor[catalog.Resource](),

	"decisions/authorisations.yaml": reflect.TypeFor[[]catalog.Authorisation](),
	"decisions/links.yaml":          reflect.TypeFor[[]catalog.Link](),
	"decisions/duplicates.yaml":     reflect.TypeFor[[]catalog.SameData](),
}

func (a *app) schema() *cobra.Command {
	names := slices.Sorted(maps.Keys(projectFiles))
	return &cobra.Command{
		Use:       "schema [FILE]",
		Short:     text.Format(a.language(), "command.schema"),
		Long:      text.Format(a.language(), "command.schema.long", strings.Join(names, ", ")),
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := schemaOf(args, names)
			if err != nil {
				return err
			}
			enc := json.NewEncoder(cmd.OutOrStdout())
			enc.SetIndent("", "  ")
			enc.SetEscapeHTML(false)
			return enc.Encode(s)
		},
	}
}

// schemaOf is the schema of one file, or of any of them.
func schemaOf(args, names []string) (*jsonschema.Schema, error) {
	d := newDescriber()
	if len(args) == 1 {
		t, ok := projectFiles[args[0]]
		if !ok {
			return nil, fault.New(fault.Config, "command.schema.file", args[0], strings.Join(names, ", "))
		}
		s := d.of(t)
		s.Version, s.Title = jsonschema.Version, args[0]
		return s, nil
	}
	all := &jsonschema.Schema{Version: jsonschema.Version, Title: "guiji"}
	for _, name := range names {
		s := d.of(projectFiles[name])
		s.Title = name
		all.AnyOf = append(all.AnyOf, s)
	}
	return all, nil
}
