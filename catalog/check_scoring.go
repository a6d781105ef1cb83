package catalog

import (
	"fmt"
	"maps"
	"slices"
)

// scoring judges how scores are made: codes of the standard, weights that weigh
// something, grades that tell every score apart.
func (j *judge) scoring() {
	s := j.p.Config.Quality
	j.weights("dimensions", s.Weights.Dimensions, knownDimension)
	j.weights("indicators", s.Weights.Indicators, KnownIndicator)
	if len(s.Weights.Dimensions) == 6 && !slices.ContainsFunc(slices.Collect(maps.Values(s.Weights.Dimensions)), func(w float64) bool { return w != 0 }) {
		j.file(configFile, "quality.weights.dimensions", qualityGB, "catalog.check.quality.weightless")
	}
	names, from := map[string]bool{}, map[float64]bool{}
	for i, g := range s.Grades {
		place := fmt.Sprintf("quality.grades[%d]", i)
		switch {
		case g.Name == "":
			j.file(configFile, place, "", "catalog.check.quality.grade.name")
		case g.From < 0 || g.From > 100:
			j.file(configFile, place, "", "catalog.check.quality.grade.from", g.Name, g.From)
		case names[g.Name] || from[g.From]:
			j.file(configFile, place, "", "catalog.check.quality.grade.twice", g.Name, g.From)
		}
		names[g.Name], from[g.From] = true, true
	}
	if len(s.Grades) > 0 && !from[0] {
		j.file(configFile, "quality.grades", "", "catalog.check.quality.grade.lowest")
	}
}

func (j *judge) weights(of string, weights map[string]float64, known func(string) bool) {
	for _, code := range slices.Sorted(maps.Keys(weights)) {
		place := "quality.weights." + of + "." + code
		switch w := weights[code]; {
		case !known(code):
			j.file(configFile, place, qualityGB, "catalog.check.quality.code", code)
		case w < 0 || w > 1000:
			j.file(configFile, place, "", "catalog.check.quality.weight", code, w)
		}
	}
}
