package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"
	"time"

	"guiji/quality"
	"guiji/quality/worklist"
)

// machineSchema names the form of report.json; a change that breaks readers counts up.
const machineSchema = "guiji.report/1"

// machine is report.json: what a report says, for machines. It holds counts, dates and
// names of the catalogue, never a value or a key of a record.
type machine struct {
	Schema string `json:"schema"`
	worklist.Summary
	Dimensions  []measure         `json:"dimensions"`
	Indicators  []measure         `json:"indicators"`
	Trend       []machinePoint    `json:"trend,omitempty"`       // of the score, the newest last
	Resources   []machineResource `json:"resources,omitempty"`   // of a department
	Departments []machine         `json:"departments,omitempty"` // of the whole: each without its resources
}

// measure is A and B of an indicator (four digits) or a dimension (two). Of 0303 and 0305
// A counts bad elements; in dimensions it counts good ones throughout.
type measure struct {
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	A            int64    `json:"a"`
	B            int64    `json:"b"`
	Rules        int      `json:"rules"`
	NotEvaluated int      `json:"not_evaluated"`
	Score        *float64 `json:"score,omitempty"` // 0..100; absent where nothing was evaluated
}

type machinePoint struct {
	Release    uint64  `json:"release"`
	Date       string  `json:"date"`
	Score      float64 `json:"score"`
	OtherRules bool    `json:"other_rules,omitempty"` // than at the point before: the two compare but roughly
}

type machineResource struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Code        string        `json:"code,omitempty"`
	Outcome     string        `json:"outcome"` // ok, gated
	Stale       bool          `json:"stale,omitempty"`
	Read        int64         `json:"read"`
	Landed      int64         `json:"landed"`
	Duplicates  int64         `json:"duplicates"`
	Quarantined int64         `json:"quarantined"`
	Withheld    int64         `json:"withheld"`
	Released    int64         `json:"released"` // in the clean table as approved, although they fail a rule
	Problems    int64         `json:"problems"`
	Score       *float64      `json:"score,omitempty"`
	Grade       string        `json:"grade,omitempty"`
	Rules       []machineRule `json:"rules"`
}

type machineRule struct {
	ID        string  `json:"id"`
	Version   string  `json:"version"`
	Kind      string  `json:"kind"`
	Item      string  `json:"item,omitempty"`
	Title     string  `json:"title"`
	Indicator string  `json:"indicator,omitempty"`
	Severity  string  `json:"severity"`
	OnFail    string  `json:"on_fail"`
	Status    string  `json:"status"` // pass, fail, not_evaluated
	Reason    string  `json:"reason,omitempty"`
	A         int64   `json:"a"`
	B         int64   `json:"b"`
	Failed    int64   `json:"failed"`
	AtMost    float64 `json:"at_most,omitempty"` // the share that may fail
	Observed  string  `json:"observed,omitempty"`
}

func (b *builder) departmentJSON(d *department) machine {
	m := b.machine(d.Summary, d.Card, d.Trend)
	for _, r := range d.Resources {
		x := machineResource{
			ID: r.Entry.ID, Name: r.Entry.Name, Code: r.Entry.Code, Outcome: r.Now.Outcome, Stale: r.Stale, Read: r.Now.Read, Landed: r.Now.Landed,
			Duplicates: r.Now.Duplicates, Quarantined: r.BadRows, Withheld: r.Now.Withheld, Released: r.Released, Problems: r.Problems(), Rules: []machineRule{},
		}
		if r.Card.Evaluated {
			x.Score, x.Grade = &r.Card.Score, r.Card.Grade
		}
		for _, y := range r.Rules {
			rule := machineRule{
				ID: y.Rule, Version: y.Version, Kind: y.Kind, Item: y.Item, Title: y.Title, Indicator: y.Indicator, Severity: string(y.Severity), OnFail: string(y.OnFail),
				Status: string(y.Status), A: y.A, B: y.B, Failed: y.Failed, AtMost: y.tolerance(), Observed: y.Observed,
			}
			if !y.evaluated() {
				rule.Reason = b.reason(y.Reason)
			}
			x.Rules = append(x.Rules, rule)
		}
		m.Resources = append(m.Resources, x)
	}
	return m
}

func (b *builder) overallJSON(o *overall) machine {
	m := b.machine(o.Summary, o.Card, o.Trend)
	for _, d := range o.Departments {
		m.Departments = append(m.Departments, b.machine(d.Summary, d.Card, d.Trend))
	}
	return m
}

func (b *builder) machine(s worklist.Summary, card quality.Scorecard, trend []point) machine {
	m := machine{Schema: machineSchema, Summary: s, Dimensions: b.measures(card.Dimensions), Indicators: b.measures(card.Indicators)}
	for _, x := range trend {
		m.Trend = append(m.Trend, machinePoint{Release: x.Release, Date: x.Day.Format(time.DateOnly), Score: x.Card.Score, OtherRules: x.Other})
	}
	return m
}

func (b *builder) measures(list []quality.Measure) []measure {
	out := make([]measure, len(list))
	for i, m := range list {
		out[i] = measure{Code: m.Code, Name: b.measureName(m.Code), A: m.A, B: m.B, Rules: m.Rules, NotEvaluated: m.NotEvaluated}
		if m.Evaluated {
			out[i].Score = &list[i].Score
		}
	}
	return out
}

// measureName is an indicator's or a dimension's name.
func (b *builder) measureName(code string) string {
	if len(code) == 2 {
		return b.dimension(code)
	}
	return b.indicator(code)
}

// writeJSON writes a value, indented, with signs such as < as they are.
func (b *builder) writeJSON(file string, v any) error {
	var s strings.Builder
	enc := json.NewEncoder(&s)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write %s: %w", path.Base(file), err)
	}
	return writeNew(file, s.String())
}

// writeNew writes a file that is not there yet.
func writeNew(file, body string) error {
	out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path.Base(file), err)
	}
	_, err = out.WriteString(body)
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path.Base(file), err)
	}
	return nil
}
