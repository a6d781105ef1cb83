package deploy

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"guiji/pipelines/metrics"
)

var (
	metricName = regexp.MustCompile(`\bguiji_[a-z_]+`)
	labelUse   = regexp.MustCompile(`(?:by \(([a-z, ]+)\)|\{\{ ?(?:\$labels\.)?([a-z_]+) ?\}\}|\{([a-z_]+)=)`)
	chinese    = regexp.MustCompile(`\p{Han}`)
)

// known gives the labels of every series a scrape shows.
func known() map[string][]string {
	out := map[string][]string{}
	for _, m := range metrics.All() {
		out[m.Name] = m.Labels
		if m.Type == "histogram" {
			for _, end := range []string{"_bucket", "_sum", "_count"} {
				out[m.Name+end] = append([]string{"le"}, m.Labels...)
			}
		}
	}
	return out
}

// checkExpr tells of metrics that are not there and labels they do not have.
func checkExpr(t *testing.T, what, expr, text string) {
	t.Helper()
	names := metricName.FindAllString(expr, -1)
	if len(names) == 0 {
		t.Errorf("%s asks for nothing of guiji: %s", what, expr)
	}
	var labels []string
	for _, n := range names {
		l, ok := known()[n]
		if !ok {
			t.Errorf("%s asks for %s, which is not there", what, n)
		}
		labels = append(labels, l...)
	}
	for _, m := range labelUse.FindAllStringSubmatch(expr+" "+text, -1) {
		for _, l := range strings.FieldsFunc(m[1]+","+m[2]+","+m[3], func(c rune) bool { return c == ',' || c == ' ' }) {
			if !slices.Contains(labels, l) {
				t.Errorf("%s uses the label %s, which %v do not have", what, l, names)
			}
		}
	}
	depth := 0
	for _, c := range expr {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth < 0 {
			break
		}
	}
	if depth != 0 {
		t.Errorf("%s: brackets do not pair: %s", what, expr)
	}
}

// Each alert has a name of its own, asks for metrics that are there and says in
// Chinese what is wrong and what to do.
func TestAlertRules(t *testing.T) {
	b, err := os.ReadFile(repository + "/deploy/prometheus/guiji.rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Groups []struct {
			Name  string `yaml:"name"`
			Rules []struct {
				Alert       string            `yaml:"alert"`
				Expr        string            `yaml:"expr"`
				For         string            `yaml:"for"`
				Labels      map[string]string `yaml:"labels"`
				Annotations map[string]string `yaml:"annotations"`
			} `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.UnmarshalWithOptions(b, &rules, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	duration := regexp.MustCompile(`^([0-9]+[smhd])?$`)
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			if r.Alert == "" || seen[r.Alert] || !duration.MatchString(r.For) {
				t.Errorf("alert %q: its name or its for", r.Alert)
			}
			seen[r.Alert] = true
			checkExpr(t, r.Alert, r.Expr, r.Annotations["summary"]+r.Annotations["description"])
			if !slices.Contains([]string{"warning", "critical"}, r.Labels["severity"]) {
				t.Errorf("%s has severity %q", r.Alert, r.Labels["severity"])
			}
			for _, k := range []string{"summary", "description"} {
				if !chinese.MatchString(r.Annotations[k]) {
					t.Errorf("%s has no Chinese %s", r.Alert, k)
				}
			}
		}
	}
	for _, want := range []string{"GuijiDown", "GuijiRunFailed", "GuijiSlotMissed", "GuijiNoRelease", "GuijiResourceLate", "GuijiQuarantineJump", "GuijiTasksOverdue"} {
		if !seen[want] {
			t.Errorf("no alert %s", want)
		}
	}
}

// Each panel of the dashboard has a Chinese title and a place of its own, and asks for
// metrics that are there.
func TestDashboard(t *testing.T) {
	b, err := os.ReadFile(repository + "/deploy/grafana/guiji.json")
	if err != nil {
		t.Fatal(err)
	}
	var dash struct {
		UID           string `json:"uid"`
		Title         string `json:"title"`
		SchemaVersion int    `json:"schemaVersion"`
		Panels        []struct {
			ID      int    `json:"id"`
			Type    string `json:"type"`
			Title   string `json:"title"`
			GridPos struct{ X, Y, W, H int }
			Targets []struct {
				Expr         string `json:"expr"`
				LegendFormat string `json:"legendFormat"`
				RefID        string `json:"refId"`
			} `json:"targets"`
		} `json:"panels"`
	}
	if err := json.Unmarshal(b, &dash); err != nil {
		t.Fatal(err)
	}
	if dash.UID == "" || !chinese.MatchString(dash.Title) || dash.SchemaVersion < 36 || len(dash.Panels) < 10 {
		t.Fatalf("dashboard %q, %q, %d panels", dash.UID, dash.Title, len(dash.Panels))
	}
	ids, cells := map[int]bool{}, map[[2]int]string{}
	for _, p := range dash.Panels {
		if ids[p.ID] || !chinese.MatchString(p.Title) || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %d %q", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := cells[[2]int{x, y}]; other != "" {
					t.Fatalf("%s lies over %s", p.Title, other)
				}
				cells[[2]int{x, y}] = p.Title
			}
		}
		if (p.Type == "row") != (len(p.Targets) == 0) {
			t.Errorf("panel %q has %d queries", p.Title, len(p.Targets))
		}
		refs := map[string]bool{}
		for _, q := range p.Targets {
			if refs[q.RefID] {
				t.Errorf("panel %q has two queries %s", p.Title, q.RefID)
			}
			refs[q.RefID] = true
			checkExpr(t, p.Title, q.Expr, q.LegendFormat)
		}
	}
}
