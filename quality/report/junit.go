package report

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"guiji/quality"
)

// The form of JUnit that build servers read: a suite a resource, a case a rule. A rule
// that did not run is skipped, with its reason; one that fails says how many.
type junitReport struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"` // id of the resource
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property,omitempty"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`      // id of the rule
	Class   string        `xml:"classname,attr"` // department.resource, as build servers group
	Time    string        `xml:"time,attr"`
	Failure *junitMessage `xml:"failure,omitempty"`
	Skipped *junitMessage `xml:"skipped,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
}

func (b *builder) writeJUnit(file string, o *overall) error {
	all := junitReport{Name: fmt.Sprintf("v%d", b.Release.Version)}
	for _, d := range o.Departments {
		for _, r := range d.Resources {
			s := b.suite(r)
			all.Tests, all.Failures, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Skipped+s.Skipped
			all.Suites = append(all.Suites, s)
		}
	}
	body, err := xml.MarshalIndent(all, "", " ")
	if err != nil {
		return fmt.Errorf("write %s: %w", junitFile, err)
	}
	return writeNew(file, xml.Header+string(body)+"\n")
}

func (b *builder) suite(r *resource) junitSuite {
	s := junitSuite{Name: r.Entry.ID, Time: "0", Timestamp: r.Now.Pulled.UTC().Format(time.RFC3339)[:19], Properties: []junitProperty{
		{"title", r.Entry.Name}, {"outcome", r.Now.Outcome}, {"read", fmt.Sprint(r.Now.Read)}, {"quarantined", fmt.Sprint(r.BadRows)},
	}}
	for _, x := range r.Rules {
		c := junitCase{Name: x.Rule, Class: strings.ReplaceAll(r.Entry.ID, "/", "."), Time: "0"}
		switch x.Status {
		case quality.Fail:
			s.Failures++
			c.Failure = &junitMessage{Message: b.t("report.junit.fail", x.Title, x.Failed, x.B), Type: string(x.Severity)}
		case quality.NotEvaluated:
			s.Skipped++
			c.Skipped = &junitMessage{Message: b.reason(x.Reason)}
		}
		s.Cases = append(s.Cases, c)
	}
	s.Tests = len(s.Cases)
	return s
}
