package remote

import (
	"path"
	"slices"
	"strings"

	"guiji/connectors/files"
)

// mayBeOf reports whether a file whose name cannot be shown may be meant for a table: lies in
// its folder and may fit the pattern there, or may fit the table's own. What stands behind a
// part of a name that nobody can read is in doubt, and so may fit any mark of a pattern.
func (f Formats) mayBeOf(name, table string) bool {
	for at := range table + "#" { // a sheet may stand behind any of the marks
		if at < len(table) && table[at] != '#' {
			continue
		}
		wanted := path.Clean(table[:at])
		if wanted == path.Dir(name) && mayFit(f.pattern(), path.Base(name), strings.ToLower) || mayFitAll(wanted, name) {
			return true
		}
	}
	return false
}

// mayFitAll compares folder by folder.
func mayFitAll(pattern, name string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(name, "/")
	return len(want) == len(have) && !slices.ContainsFunc(want, func(w string) bool {
		h := have[0]
		have = have[1:]
		return !mayFit(w, h, strings.Clone)
	})
}

// mayFit reports whether a name may fit a pattern. Of one that cannot be shown only the ASCII
// that the pattern ends with is compared: the rest may be the right letters in wrong bytes.
func mayFit(pattern, name string, fold func(string) string) bool {
	odd := !isName(name)
	pattern, name = fold(pattern), fold(name)
	if !odd {
		fits, err := path.Match(pattern, name)
		return fits && err == nil || pattern == name
	}
	mark := strings.LastIndexAny(pattern, `*?[]\`)
	if mark < 0 {
		return false // the file of that name is another
	}
	end := pattern[mark+1:]
	return strings.ContainsFunc(end, func(r rune) bool { return r > 0x7E }) || strings.HasSuffix(name, end)
}

// pattern is the one of the format's settings.
func (f Formats) pattern() string {
	return map[string]string{"csv": f.CSV.Pattern, "excel": f.Excel.Pattern, "jsonl": f.JSONL.Pattern, "parquet": f.Parquet.Pattern}[f.Format]
}

// mayNeed reports whether one of the tables may need a file whose name cannot be shown.
func (v *visit) mayNeed(f files.File, tables []string) bool {
	return slices.ContainsFunc(tables, func(table string) bool { return v.source.Formats.mayBeOf(f.Name, table) })
}
