package sets_test

import (
	"fmt"
	"maps"
	"slices"
)

// referencesOfMany are kernels over sets, patterns and several items, each with the
// same rule in SQL, and each once more with a where.
func referencesOfMany() []reference {
	const both = "x IS NOT NULL AND y IS NOT NULL"
	out := []reference{
		{"x", "in_set: [a, 张, abab]", "x NOT IN ('a', '张', 'abab')", "x IS NOT NULL"},
		{"x", "not_in_set: [a, '']", "x IN ('a', '')", "x IS NOT NULL"},
		{"n", "in_set: [1, -2]", "n NOT IN (1, -2)", "n IS NOT NULL"},
		{"n", "in_set: [0, 1, 2, 3, 4, 5, -1, -2, -3]", "n < -3", "n IS NOT NULL"},
		{"m", "in_set: [1, 0.5, -0.05]", "m NOT IN (1, 0.5, -0.05)", "m IS NOT NULL"},
		{"m", "not_in_set: [0]", "m = 0", "m IS NOT NULL"},
		{"d", "in_set: [2020-01-05, today]", "d NOT IN (DATE '2020-01-05', DATE '2020-02-01')", "d IS NOT NULL"},
		{"f", "in_set: [0.5, 2]", "f NOT IN (0.5, 2)", "f IS NOT NULL"},
		{"f", "range: {min: 0}", "f < 0 OR isnan(f)", "f IS NOT NULL"},
		{"x", "is_null", "x IS NOT NULL", "true"},
		{"x", "date_format: [YYYY-MM-DD, YYYYMMDD]", "x IS NOT NULL AND NOT (length(x) = 8 AND regexp_full_match(x, '[0-9]{8}') AND try_strptime(x, '%Y%m%d') IS NOT NULL OR length(x) = 10 AND regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND try_strptime(x, '%Y-%m-%d') IS NOT NULL)", "x IS NOT NULL"},
		{"", "in_order: {items: [d, e]}", "d > e", "d IS NOT NULL AND e IS NOT NULL"},
		{"", "in_order: {items: [d, e], strict: true}", "d >= e", "d IS NOT NULL AND e IS NOT NULL"},
		{"", "distinct_items: {items: [x, y]}", "x = y", both},
		{"", "adds_up: {total: k, of: [m, n]}", "m + n <> k", "m IS NOT NULL AND n IS NOT NULL AND k IS NOT NULL"},
		{"", "adds_up: {total: m, of: [n, k], empty: zero, within: 0.5}", "m IS NOT NULL AND (n IS NOT NULL OR k IS NOT NULL) AND abs(m - coalesce(n, 0) - coalesce(k, 0)) > 0.5", "m IS NOT NULL AND (n IS NOT NULL OR k IS NOT NULL)"},
		{"", "adds_up: {total: 1, of: [m]}", "m <> 1", "m IS NOT NULL"},
		{"x", "compare: {op: \">\", with: y, empty: fail}", "(x IS NULL) <> (y IS NULL) OR NOT x > y", "x IS NOT NULL OR y IS NOT NULL"},
	}

	for _, p := range []string{"a%", "%张", "_", "__%", "%a%b%", "a\\%", "%", "%b_b%"} {
		out = append(out, reference{"x", fmt.Sprintf("like: '%s'", p), fmt.Sprintf("NOT (x LIKE '%s' ESCAPE '\\')", p), "x IS NOT NULL"})
		out = append(out, reference{"x", fmt.Sprintf("like: {pattern: '%s', not: true}", p), fmt.Sprintf("x LIKE '%s' ESCAPE '\\'", p), "x IS NOT NULL"})
	}
	return append(out, filtered()...)
}

// filtered are rules of chosen rows.
func filtered() []reference {
	var out []reference
	for _, where := range slices.Sorted(maps.Keys(conditions())) {
		chosen := conditions()[where]
		out = append(out,
			reference{"x", "{length: 2, where: {" + where + "}}", "length(x) <> 2 AND " + chosen, "x IS NOT NULL AND " + chosen},
			reference{"y", "{not_null: , where: {" + where + "}}", "(y IS NULL OR regexp_full_match(y, '[ \\t\\x{3000}\\x{00A0}]*')) AND " + chosen, chosen},
			reference{"d", "{compare: {op: \"<\", with: e}, where: {" + where + "}}", "d >= e AND " + chosen, "d IS NOT NULL AND e IS NOT NULL AND " + chosen},
			reference{"n", "{in_codes: codes, where: {" + where + "}}", "n <> 1 AND " + chosen, "n IS NOT NULL AND " + chosen},
		)
	}
	return out
}

// conditions are wheres with their SQL, which is never NULL.
func conditions() map[string]string {
	return map[string]string{
		"n: 1":                         "coalesce(n = 1, false)",
		"n: [1, 2]":                    "coalesce(n IN (1, 2), false)",
		"n: {not: [1, 2]}":             "coalesce(n NOT IN (1, 2), false)",
		"n: null":                      "n IS NULL",
		"x: {not: null}":               "x IS NOT NULL",
		"m: {min: 0, max: 0.5}":        "coalesce(m BETWEEN 0 AND 0.5, false)",
		"m: {not: {min: 0}}":           "coalesce(m < 0, false)",
		"d: {min: 2020-01-10}, x: a":   "coalesce(d >= DATE '2020-01-10' AND x = 'a', false)",
		"x: [张, '']":                   "coalesce(x IN ('张', ''), false)",
		"f: {min: 0.5}":                "coalesce(f >= 0.5 AND NOT isnan(f), false)",
		"e: {max: today}, n: {min: 0}": "coalesce(e <= DATE '2020-02-01' AND n >= 0, false)",
	}
}
