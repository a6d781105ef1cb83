package twins_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"guiji/catalog/alike"
	"guiji/pipelines/twins"
)

// made is a table under way: some of a population's records, with columns that hang on
// the record and a salt.
type made struct {
	from, to int
	columns  []string // expressions
	where    string
}

// originalTable has a key and eight columns: codes, a date, amounts. Every second one is
// about the same subjects as the one before.
func originalTable(rng *rand.Rand, n int) made {
	from := n / 2 * 40_000
	m := made{from: from, to: from + 2500 + rng.IntN(2500), where: "true"}
	kinds := []int{2, 3, 5, 9, 40, 600, 9000, 100_000_000}
	for c := range 8 {
		m.columns = append(m.columns, fmt.Sprintf("CAST(hash(i * 97 + %d) %% %d AS VARCHAR)", n*1_000_003+c*7919, kinds[(c+n)%len(kinds)]))
	}
	return m
}

// twin is what another department keeps of a table: some of its rows and columns, a part of
// the values changed since, and columns of its own.
func (m made) twin(rng *rand.Rand, n int) made {
	keep, stale := []int{1, 2, 4, 8}[n%4], []int{0, 5, 15, 25}[rng.IntN(4)]
	out := made{from: m.from, to: m.to, where: fmt.Sprintf("hash(i + %d) %% %d = 0", n, keep)}
	for c, at := range rng.Perm(len(m.columns))[:6+rng.IntN(3)] {
		out.columns = append(out.columns, fmt.Sprintf("CASE WHEN hash(i * 31 + %d) %% 100 < %d THEN '0' ELSE %s END", n*100+c, stale, m.columns[at]))
	}
	for c := range 1 + rng.IntN(2) {
		out.columns = append(out.columns, fmt.Sprintf("CAST(hash(i * 89 + %d) %% 700 AS VARCHAR)", n*1000+c))
	}
	return out
}

// addMade adds a table whose names say nothing.
func (l *lab) addMade(id string, m made) {
	l.Helper()
	prefix := strings.ReplaceAll(id, "/", "_")
	list, items := []string{idOf + " AS " + prefix + "_k"}, []string{prefix + "_k"}
	for c, expr := range m.columns {
		name := fmt.Sprintf("%s_c%d", prefix, c)
		list, items = append(list, expr+" AS "+name), append(items, name)
	}
	l.add(id, id, prefix+"_k", fmt.Sprintf("SELECT %s FROM range(%d, %d) t(i) WHERE %s ORDER BY hash(i)", strings.Join(list, ", "), m.from, m.to, m.where), items...)
}

// The figures of docs/find-duplicates.md for data alone: 14 tables, two and two about the
// same subjects, 8 of them kept a second time.
func TestPrecisionAndRecallOfData(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 2020))
	l := newLab(t)
	planted := map[[2]string]bool{}
	for n := range 14 {
		m := originalTable(rng, n)
		a := fmt.Sprintf("a/t%02d", n)
		l.addMade(a, m)
		if n < 8 {
			b := fmt.Sprintf("z/t%02d", n)
			l.addMade(b, m.twin(rng, n))
			planted[[2]string{a, b}] = true
		}
	}
	list := l.find(true, twins.Ask)
	right := 0
	for _, f := range list {
		if planted[[2]string{f.A, f.B}] {
			right++
		} else {
			t.Logf("false: %.2f %s %s", f.Total, f.A, f.B)
		}
	}
	precision, recall := float64(right)/float64(max(len(list), 1)), float64(right)/float64(len(planted))
	t.Logf("precision %.3f, recall %.3f of %d planted pairs", precision, recall, len(planted))
	if precision < 1 || recall < 0.9 {
		t.Errorf("precision %.3f, recall %.3f", precision, recall)
	}
}

// The order of tables and the number of threads never change what is found.
func TestOrderAndThreadsDoNotMatter(t *testing.T) {
	l := newLab(t)
	l.originalAndTwin()
	said := alike.New(l.p, false)
	var first []byte
	for _, threads := range []int{2, 4} {
		for range 2 {
			slices.Reverse(l.tables)
			if err := l.s.Exec(t.Context(), "t", fmt.Sprintf("SET threads = %d", threads)); err != nil {
				t.Fatal(err)
			}
			ev, err := twins.Measure(t.Context(), l.s, l.p, said, l.tables)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(ev)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = got
			}
			if !bytes.Equal(got, first) || len(ev.Pairs) != 1 {
				t.Errorf("%d threads: %d pairs, other than before", threads, len(ev.Pairs))
			}
		}
	}
}

// Tables that cannot be compared say nothing, and stop nothing.
func TestTablesWithNothingToCompare(t *testing.T) {
	l := newLab(t)
	l.originalAndTwin()
	l.add("a/empty", "空", "id", "SELECT 'x' AS id, 'y' AS v WHERE false", "id", "v")
	l.add("a/blank", "全空", "id", "SELECT CAST(NULL AS VARCHAR) AS id, '　' AS v FROM range(5000)", "id", "v")
	l.add("a/one", "一行", "id", "SELECT "+strings.ReplaceAll(idOf, "i ", "1 ")+" AS id FROM range(1) t(i)", "id/公民身份号码/E1")
	l.add("a/codes", "代码", "", "SELECT CAST(i % 3 AS VARCHAR) AS v FROM range(9000) t(i)", "v")
	if list := l.find(true, twins.Ask); len(list) != 1 {
		t.Errorf("%d pairs, want the one that was planted", len(list))
	}
	if err := l.s.Exec(t.Context(), "t", "DROP TABLE canlian__disabled"); err != nil {
		t.Fatal(err)
	}
	if _, err := twins.Measure(t.Context(), l.s, l.p, alike.New(l.p, false), l.tables); err == nil || !strings.Contains(err.Error(), "canlian/disabled") {
		t.Errorf("a table that is gone: %v", err)
	}
}
