// Package profile tells what a resource's stored values are like: types, empty cells,
// distinct values, extremes, lengths, patterns, the most frequent values, how numbers and
// dates are spread; and proposes checks by it. Every number is exact. cmd imports it; it
// imports catalog, lake and internal only, and needs no source.
package profile

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
)

// Input is what is profiled.
type Input struct {
	Session  *engine.Session
	Project  *catalog.Project // for its code tables
	Resource *catalog.Resource
	Relation string        // SQL of the image: raw/<r>
	Columns  []lake.Column // of it
	Release  uint64        // 0: read from the source just now
	At       time.Time     // when the rows were read
	Now      time.Time
	Class    func(c lake.Column) catalog.Privacy
	// Mask is the SQL of a column that shows its value masked by class and keeps its type.
	Mask func(class catalog.Privacy, kind, column string) string
}

// Profile is what a resource's values are like. Values of personal items are masked.
type Profile struct {
	Resource string    `json:"resource"`
	Name     string    `json:"name"`
	Release  uint64    `json:"release,omitempty"`
	At       time.Time `json:"read_at"`
	Now      time.Time `json:"profiled_at"`
	Rows     int64     `json:"rows"`
	Columns  []Column  `json:"columns"`
}

// Column is one item's values.
type Column struct {
	Name    string `json:"item"`
	Label   string `json:"label"`
	Type    string `json:"type"` // of the catalogue
	Stored  string `json:"stored"`
	Privacy string `json:"privacy,omitempty"`
	Masked  bool   `json:"masked,omitempty"` // values are shown masked
	// MaskedInPart says that the item has no class, and only codes and frequent values show.
	MaskedInPart bool       `json:"masked_in_part,omitempty"`
	Nulls        int64      `json:"nulls"`
	Mended       int64      `json:"mended"` // cells of which the pulled text is kept beside: standardised, or of no fitting type
	Distinct     int64      `json:"distinct"`
	Once         int64      `json:"once"` // values that occur once
	Min          string     `json:"min,omitempty"`
	Max          string     `json:"max,omitempty"`
	Shortest     int64      `json:"shortest"` // characters
	Longest      int64      `json:"longest"`
	Length       float64    `json:"mean_length"`
	Mean         *float64   `json:"mean,omitempty"`
	Deviation    *float64   `json:"stdev,omitempty"` // of the sample; nil below two values
	Zeros        int64      `json:"zeros,omitempty"`
	Negative     int64      `json:"negative,omitempty"`
	Quantiles    []Quantile `json:"quantiles,omitempty"`
	Top          []Value    `json:"top,omitempty"`       // as they show, on more than one row
	Patterns     []Pattern  `json:"patterns,omitempty"`  // of texts
	Unlisted     int64      `json:"unlisted,omitempty"`  // rows whose pattern is not among those listed
	Bins         []Bin      `json:"histogram,omitempty"` // of numbers and dates; of texts, their lengths
	Lengths      bool       `json:"histogram_of_lengths,omitempty"`

	kind kind
	item *catalog.Item
}

// Quantile is the smallest value that so large a share of the filled cells do not exceed.
type Quantile struct {
	Share float64 `json:"share"`
	Value string  `json:"value"`
}

// Value is one value and how many rows have it.
type Value struct {
	Text string `json:"value"`
	N    int64  `json:"rows"`
}

// Bin is a stretch of values: From is in it, To is not, but in the last.
type Bin struct {
	From string `json:"from"`
	To   string `json:"to"`
	N    int64  `json:"rows"`
}

// Measured is how many characters values have, from the shortest to the longest.
func (c *Column) Measured() string {
	if c.Shortest == c.Longest {
		return strconv.FormatInt(c.Longest, 10)
	}
	return strconv.FormatInt(c.Shortest, 10) + "–" + strconv.FormatInt(c.Longest, 10)
}

// Filled is how many cells of so many rows hold a value.
func (c *Column) Filled(rows int64) int64 { return rows - c.Nulls }

// Of profiles a resource. Memory is that of the session, whatever the number of rows: a
// column's values are counted once, in a temporary table that spills, and all else is
// asked of that.
func Of(ctx context.Context, in Input) (*Profile, error) {
	out := &Profile{Resource: in.Resource.ID, Name: in.Resource.Name, Release: in.Release, At: in.At, Now: in.Now}
	if err := in.Session.Row(ctx, "profile", "SELECT count(*) FROM "+in.Relation, &out.Rows); err != nil {
		return nil, err
	}
	for i := range in.Resource.Items {
		it := &in.Resource.Items[i]
		for _, c := range in.Columns {
			if c.Name != it.Name {
				continue
			}
			w := &work{Input: in, ctx: ctx, rows: out.Rows, out: Column{Name: it.Name, Label: it.Label, Type: it.Type.String(), Stored: c.Type, item: it, kind: kindOf(c.Type)}}
			if err := w.column(c); err != nil {
				return nil, fmt.Errorf("profile %s: %w", it.Name, err)
			}
			out.Columns = append(out.Columns, w.out)
		}
	}
	return out, nil
}
