package csvfile_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"guiji/connectors/csvfile"
)

// TestSampleShowsEverySetting: with nothing commented out the sample is valid, and
// what it comments are the defaults.
func TestSampleShowsEverySetting(t *testing.T) {
	sample, err := os.ReadFile("sample.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^  # (\w+:)`).ReplaceAllString(string(sample), "  $1")
	type written struct {
		Connector        string `yaml:"connector"`
		csvfile.Settings `yaml:",inline"`
	}
	var all map[string]written
	if err := yaml.UnmarshalWithOptions([]byte(text), &all, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	got := all["renshe"].Settings
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
	for _, f := range reflect.VisibleFields(reflect.TypeOf(got)) {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if !strings.Contains(text, "\n  "+name+":") {
			t.Errorf("the sample lacks %s", name)
		}
	}
	want := *csvfile.DefaultSettings()
	want.Path, want.Encoding, want.Comment = got.Path, got.Encoding, "#"
	if got != want {
		t.Errorf("the sample's settings are %+v, the defaults %+v", got, want)
	}
}
