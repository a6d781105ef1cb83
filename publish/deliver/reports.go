package deliver

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"guiji/quality/worklist"
)

// page is what report.json holds that messages say.
type page struct {
	worklist.Summary
	Resources   []part `json:"resources"`
	Departments []part `json:"departments"`
}

type part struct {
	Name     string `json:"name"`
	Problems int64  `json:"problems"`
}

const reportFile = "report.json"

// readPage reads report.json of a folder of reports.
func readPage(dir string) (page, error) {
	var p page
	body, err := os.ReadFile(filepath.Join(dir, reportFile))
	if err != nil {
		return p, fmt.Errorf("read %s: %w", reportFile, err)
	}
	if err := json.Unmarshal(body, &p); err != nil {
		return p, fmt.Errorf("read %s: %w", reportFile, err)
	}
	return p, nil
}

// Made is the release that a folder of reports is of; 0 where it cannot be told.
func Made(dir string) uint64 {
	p, err := readPage(dir)
	if err != nil {
		return 0
	}
	return p.Release
}

// parts are those with problems, the first so many, and how many are left.
func parts(list []part) (out []Part, more int) {
	for _, p := range list {
		switch {
		case p.Problems == 0:
		case len(out) < maxShown:
			out = append(out, Part(p))
		default:
			more++
		}
	}
	return out, more
}
