package main

import (
	"reflect"
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"guiji/catalog"
	"guiji/connectors/all"
	"guiji/internal/secret"
	"guiji/quality"
	"guiji/quality/checks"
)

// describer makes schemas out of the structs that project files decode into, with
// their comments as descriptions. Types with a written form of their own are
// described by that form.
type describer struct {
	r      *jsonschema.Reflector
	custom map[reflect.Type]func() *jsonschema.Schema
}

func newDescriber() *describer {
	d := &describer{r: &jsonschema.Reflector{
		FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true,
		Anonymous: true, DoNotReference: true, CommentMap: comments,
	}}
	d.custom = map[reflect.Type]func() *jsonschema.Schema{
		reflect.TypeFor[catalog.Type]():             pattern(`^(C(\([1-9][0-9]*\))?|N\([1-9][0-9]*(,\s*[0-9]+)?\)|D|T|Y|F|B)$`, "C(18)", "N(12,2)", "D", "T"),
		reflect.TypeFor[catalog.KeepRule]():         pattern(`^(first|(latest|earliest)\(.+\))$`, "latest(updated_at)", "first"),
		reflect.TypeFor[catalog.ItemRef]():          pattern(`^[a-z0-9_]+/[a-z0-9_]+\.[A-Za-z0-9_]+$`, "gongan/resident.name"),
		reflect.TypeFor[secret.Secret]():            pattern("", "${NAME}", "${file:/run/secrets/pw}"),
		reflect.TypeFor[time.Duration]():            pattern("", "30s", "5m"),
		reflect.TypeFor[catalog.Outcome]():          words(catalog.Merged, catalog.Distinct),
		reflect.TypeFor[catalog.Status]():           words(catalog.Draft, catalog.Submitted, catalog.Returned, catalog.Registered, catalog.Published, catalog.Withdrawn),
		reflect.TypeFor[catalog.Mode]():             words(catalog.ModeFull, catalog.ModeIncremental, catalog.ModeNewFiles),
		reflect.TypeFor[catalog.Serve]():            words(catalog.ServeView, catalog.ServeTable),
		reflect.TypeFor[catalog.Privacy]():          words(catalog.PrivacyDirect, catalog.PrivacyQuasi, catalog.PrivacySensitive),
		reflect.TypeFor[catalog.Role]():             words(catalog.RoleCopy),
		reflect.TypeFor[catalog.Unfit]():            words(catalog.UnfitRow, catalog.UnfitCell),
		reflect.TypeFor[catalog.WhenEmpty]():        words(catalog.EmptyMeansEmpty, catalog.EmptyMeansFallback),
		reflect.TypeFor[catalog.KeyForm]():          words(catalog.FormCitizenID, catalog.FormCreditCode, catalog.FormOrganisationCode),
		reflect.TypeFor[catalog.Survivorship]():     words(catalog.SurviveAuthority, catalog.SurviveLatest, catalog.SurviveLongest, catalog.SurviveMostFrequent, catalog.SurviveList),
		reflect.TypeFor[catalog.AuthorisedReason](): words(catalog.SpecialBusiness, catalog.Emergency),
		reflect.TypeFor[catalog.Rate]():             rate,
		reflect.TypeFor[catalog.Authority]():        d.authority,
		reflect.TypeFor[catalog.ActiveProfile]():    d.profile,
		reflect.TypeFor[catalog.Connection]():       d.connection,
		reflect.TypeFor[catalog.CheckSpec]():        d.check,
		reflect.TypeFor[checks.Bound]():             scalar,
		reflect.TypeFor[catalog.StepSpec]():         step,
	}
	d.r.Mapper = func(t reflect.Type) *jsonschema.Schema {
		if f, ok := d.custom[t]; ok {
			return f()
		}
		return nil
	}
	return d
}

func (d *describer) of(t reflect.Type) *jsonschema.Schema {
	s := d.r.ReflectFromType(t)
	s.Version = ""
	return s
}

func pattern(p string, examples ...any) func() *jsonschema.Schema {
	return func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "string", Pattern: p, Examples: examples}
	}
}

func words[T ~string](ws ...T) func() *jsonschema.Schema {
	return func() *jsonschema.Schema {
		s := &jsonschema.Schema{Type: "string"}
		for _, w := range ws {
			s.Enum = append(s.Enum, string(w))
		}
		return s
	}
}

func rate() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
		{Type: "string", Pattern: `^[0-9.]+\s*%?$`, Examples: []any{"5%"}},
		{Type: "number", Minimum: "0", Maximum: "1"},
	}}
}

func (d *describer) authority() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
		d.custom[reflect.TypeFor[catalog.ItemRef]()](),
		{Type: "array", Items: d.of(reflect.TypeFor[catalog.AuthorityTerm]())},
	}}
}

func (d *describer) profile() *jsonschema.Schema {
	long := object()
	long.Properties.Set("id", &jsonschema.Schema{Type: "string"})
	long.Properties.Set("extended_by", &jsonschema.Schema{Type: "string", Description: "the document that keeps it in force"})
	long.Required = []string{"id"}
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string"}, long}}
}

// connection is one of the connectors' settings, told apart by the connector's name.
func (d *describer) connection() *jsonschema.Schema {
	s := &jsonschema.Schema{}
	for _, c := range all.All() {
		settings := d.of(reflect.TypeOf(c.Settings()).Elem())
		settings.Title, settings.Description = c.Name, c.Doc
		settings.Properties.Set("connector", &jsonschema.Schema{Const: c.Name})
		settings.Required = append(settings.Required, "connector")
		s.OneOf = append(s.OneOf, settings)
	}
	return s
}

// check is a check's name, or its name with parameters and the words beside it.
func (d *describer) check() *jsonschema.Schema {
	bare, long := &jsonschema.Schema{Type: "string"}, object()
	for _, c := range checks.All() {
		if c == checks.Type || c == checks.KeyUnique { // bound by themselves, never written
			continue
		}
		bare.Enum = append(bare.Enum, c.Name)
		long.Properties.Set(c.Name, d.parameters(c))
	}
	for _, w := range []string{"id", "title", "indicator"} {
		long.Properties.Set(w, &jsonschema.Schema{Type: "string"})
	}
	long.Properties.Set("severity", words("error", "warning")())
	long.Properties.Set("on_fail", words("warn", "quarantine", "block")())
	long.Properties.Set("at_most", rate())
	long.Properties.Set("where", &jsonschema.Schema{Type: "object", Description: "the rows the rule judges: item: value, [values], null, {min: , max: } or {not: …}"})
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{bare, long}}
}

// parameters are those of a check: in full, or as short as the check admits.
func (d *describer) parameters(c *quality.Check) *jsonschema.Schema {
	s := &jsonschema.Schema{Description: c.Doc, AnyOf: []*jsonschema.Schema{{Type: "null"}}}
	if c.Params != nil {
		full := d.of(reflect.TypeOf(c.Params()).Elem())
		full.Description = ""
		s.AnyOf = append(s.AnyOf, full, scalar(), &jsonschema.Schema{Type: "array"})
	}
	for line := range strings.SplitSeq(c.Sample, "\n") {
		s.Examples = append(s.Examples, line)
	}
	return s
}

// scalar is a limit or a value as written: a number, a text, a date.
func scalar() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string"}, {Type: "number"}, {Type: "boolean"}}}
}

func step() *jsonschema.Schema {
	one := uint64(1)
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string"}, {Type: "object", MinProperties: &one, MaxProperties: &one}}}
}

func object() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
}
