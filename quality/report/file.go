package report

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/fault"
)

// BuildFile writes the page and the work list of one resource's rows that were checked
// before they are reported (上报前自检) to <Dir>/index.html and <Dir>/work-list.xlsx, all or,
// on an error, none. The release is that of the check alone, in.File and in.Place are set.
// left counts the problems that the work list alone names, after Input.PagedPerRule.
func BuildFile(ctx context.Context, in Input, res *catalog.Resource) (files []Written, left int64, err error) {
	b, err := newBuilder(ctx, in)
	if err != nil {
		return nil, 0, err
	}
	stage, err := newStage(in.Dir)
	if err != nil {
		return nil, 0, err
	}
	defer stage.discard()
	id, _, _ := strings.Cut(res.ID, "/")
	entry := in.Project.Department(id)
	if entry == nil {
		return nil, 0, fault.New(fault.Config, "report.id", res.ID)
	}
	d, err := b.department(ctx, stage, entry)
	if err != nil {
		return nil, 0, fmt.Errorf("report of a file for %q: %w", res.ID, err)
	}
	if err := stage.swapIn(entry.ID); err != nil {
		return nil, 0, err
	}
	return d.written(in.Dir), d.Unpaged, nil
}

// swapIn puts a department's files in the place of an earlier report's, in the folder
// itself.
func (s *stage) swapIn(id string) error {
	old, err := os.ReadDir(s.dir)
	if err != nil {
		return s.explain(err)
	}
	for _, e := range old {
		if ours.MatchString(e.Name()) {
			if err := os.Remove(filepath.Join(s.dir, e.Name())); err != nil {
				return s.explain(err)
			}
		}
	}
	made, err := os.ReadDir(filepath.Join(s.tmp, id))
	if err != nil {
		return s.explain(err)
	}
	for _, e := range made {
		if err := os.Rename(filepath.Join(s.tmp, id, e.Name()), filepath.Join(s.dir, e.Name())); err != nil {
			return s.explain(err)
		}
	}
	return nil
}

// placesShown is how many places a record is shown with that stands in a file more than
// once.
const placesShown = 5

// placed reports whether the image tells where a row stands.
func (q *failureQuery) placed() bool { return q.place != "" && q.image.has(q.place) }

// places are a record's places, by line: the first few where it stands more than once.
func (q *failureQuery) places() string {
	c := engine.Ident(q.place)
	return fmt.Sprintf("array_to_string(arg_min(%[1]s, TRY_CAST(regexp_extract(%[1]s, '[0-9]+$') AS BIGINT), %[2]d), '、') || CASE WHEN count(%[1]s) > %[2]d THEN ' ……' ELSE '' END", c, placesShown)
}
