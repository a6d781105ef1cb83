package catalog

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"guiji/internal/fault"
)

// checksOf loads the small project with a check before its own.
func checksOf(t *testing.T, written string) ([]CheckSpec, error) {
	t.Helper()
	changes := map[string]string{resident: strings.Replace(project[resident], "\nchecks:\n", "\nchecks:\n  - "+written+"\n", 1)}
	if changes[resident] == project[resident] {
		t.Fatal("the entry has no checks")
	}
	p, errs := load(tree(changes), "dir")
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return p.Resource("gongan/resident").Checks, nil
}

func TestWhereAndTolerance(t *testing.T) {
	for written, want := range map[string]string{
		"{unique: [name], where: {status: 1}}":                              "0 [{status [1] false false  }]",
		"{unique: [name], at_most: 2%, where: {a: [x, '2'], b: null}}":      "0.02 [{a [x 2] false false  } {b [] true false  }]",
		"{unique: [name], where: {a: {min: 1, max: 2.50}, b: {not: null}}}": "0 [{a [] false false 1 2.50} {b [] true true  }]",
		"{unique: [name], where: {a: {not: [x, y]}, b: {not: {max: 9}}}}":   "0 [{a [x y] false true  } {b [] false true  9}]",
		"unique: [name]": "0 []",
	} {
		got, err := checksOf(t, written)
		if err != nil {
			t.Errorf("%s: %v", written, err)
			continue
		}
		if have := fmt.Sprint(got[0].AtMost, " ", got[0].Where); have != want {
			t.Errorf("%s is %s, want %s", written, have, want)
		}
	}
	for _, written := range []string{"where: a = 1", "where: [a]", "where: {a: {least: 1}}", "where: {a: []}", "where: {a: [[1]]}", "where: {a: {not: {not: 1}}}", "where: {a: {min: [1]}}", "where: {}", "at_most: many", "at_most: 200%", "at_most: -1", "wher: {a: 1}"} {
		_, err := checksOf(t, "{unique: [name], "+written+"}")
		if err == nil || fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), resident+":") {
			t.Errorf("%s: %v", written, err)
		}
	}
}

// Parts of an identifier's check stand beside each other: each has an id of its own.
func TestPartsHaveIDs(t *testing.T) {
	for written, want := range map[string]string{
		"citizen_id": "x.citizen_id", "citizen_id: check": "x.citizen_id_check", "credit_code: {part: form}": "x.credit_code_form",
		"citizen_id: {old: true}": "x.citizen_id", "length: 18": "x.length", "{credit_code: check, id: mine}": "mine",
	} {
		var spec CheckSpec
		if err := yaml.Unmarshal([]byte(written), &spec); err != nil {
			t.Fatal(err)
		}
		r := &Resource{Items: []Item{{Name: "x", Checks: []CheckSpec{spec}}}}
		r.fill()
		if got := r.Items[0].Checks[0].ID; got != want {
			t.Errorf("%s is %s, want %s", written, got, want)
		}
	}
}
