package report_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guiji/quality/report"
)

// What machines read says the same as the page, in counts, and has no value and no key.
func TestMachinesReadCountsOnly(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	in := s.input(second, first, t.TempDir())
	got, err := report.Build(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	sum := got.Departments[0]
	delta := int64(-1)
	want := report.Summary{
		Department: "gongan", Name: "东昌府公安分局", Release: 2, Date: "2026-11-23", Contact: in.Project.Departments[0].Contact, Checked: 5, Problems: 4, Delta: &delta,
		New: 3, Open: 1, Mended: 1, Gone: 1, Quarantined: 1, NotEvaluated: 1, Due: "2026-12-13", Grade: "不合格",
	}
	opaque := cmp.FilterPath(func(p cmp.Path) bool {
		f := p.Last().String()
		return f == ".Sentence" || f == ".Score" || f == ".Files"
	}, cmp.Ignore())
	if d := cmp.Diff(want, sum, opaque); d != "" {
		t.Errorf("summary (-want +got):\n%s", d)
	}
	if sum.Score == nil || *sum.Score < 58.33 || *sum.Score > 58.34 { // mean of conformity 2 of 3 and accuracy 3 of 6
		t.Errorf("score %v", sum.Score)
	}
	body := read(t, in.Dir, "gongan", "report.json")
	var page struct {
		Schema    string
		Resources []struct {
			ID    string
			Rules []struct {
				ID, Status, Reason string
				A, B, Failed       int64
			}
		}
		Dimensions []struct {
			Code  string
			A, B  int64
			Score *float64
		}
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil {
		t.Fatal(err)
	}
	if page.Schema != "guiji.report/1" || len(page.Resources) != 1 || len(page.Resources[0].Rules) != 4 || len(page.Dimensions) != 6 {
		t.Errorf("%+v", page)
	}
	if d := page.Dimensions[1]; d.Code != "02" || d.B != 0 || d.Score != nil {
		t.Errorf("what was not evaluated has a score: %+v", d)
	}
	for _, file := range []string{"gongan/report.json", "renshe/report.json", "minzheng/report.json", "report.json", "junit.xml"} {
		lacks(t, read(t, in.Dir, file), "37150219900101", "王小明", "onerror", "calc", "1990-13-45")
	}
	contains(t, read(t, in.Dir, "report.json"), `"department": ""`, `"department": "minzheng"`, "本期核查1个部门")
}

func TestBuildServersReadARuleEach(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	in := s.input(second, first, t.TempDir())
	build(t, in)
	var got struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
				Skipped *struct {
					Message string `xml:"message,attr"`
				} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(read(t, filepath.Join(in.Dir, "junit.xml"))), &got); err != nil {
		t.Fatal(err)
	}
	if got.Tests != 4 || got.Failures != 3 || got.Skipped != 1 || len(got.Suites) != 1 || got.Suites[0].Name != "gongan/resident" {
		t.Fatalf("%+v", got)
	}
	for _, c := range got.Suites[0].Cases {
		switch {
		case c.Name == "citizen_id.citizen_id" && (c.Failure == nil || c.Failure.Message != "公民身份号码校验不通过：3项中2项不合格"):
			t.Errorf("%+v", c.Failure)
		case c.Name == "name.sql" && (c.Skipped == nil || strings.TrimSpace(c.Skipped.Message) == "" || c.Failure != nil):
			t.Errorf("a rule that did not run: %+v", c)
		}
	}
}
