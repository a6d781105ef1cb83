package catalog

import (
	"strings"
	"testing"
	"time"

	"guiji/internal/text"
)

// when is a date at which both profiles are known and the older one is over.
var when = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

const gongan = "catalog/gongan/resident.yaml"

// checked loads the small project with changes and judges it.
func checked(t *testing.T, changes map[string]string) (*Project, []Violation) {
	t.Helper()
	p, errs := load(tree(changes), "dir")
	for _, err := range errs {
		t.Error(err)
	}
	if len(errs) > 0 {
		t.FailNow()
	}
	return p, p.Check(when)
}

func describe(vs []Violation) string {
	var b strings.Builder
	for _, v := range vs {
		b.WriteString("\n  " + string(v.Severity) + " " + v.At.String() + " " + string(v.Key) + ": " + v.Message(text.EN) + " | " + v.Message(text.ZH) + " | " + v.Basis)
	}
	return b.String()
}

func TestCheckAcceptsTheProject(t *testing.T) {
	_, vs := checked(t, nil)
	t.Log(describe(vs))
}
