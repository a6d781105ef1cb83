package checks_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/quality"
)

// mixed are rows of all types with values that pass, fail and are missing, so that each
// column has its own pattern of them.
func mixed(n int) [][]string {
	words := [][]string{
		{"1", "-5", "∅", "700", "0"}, {"1.00", "∅", "-2.50", "99.99", "∅", "3.00"}, {"2020-01-01", "1890-05-05", "∅", "2026-01-01"},
		{"2020-01-01 10:00:00", "∅", "1999-12-31 23:59:59"}, {"2020", "1890", "∅"}, {"0.5", "NaN", "∅", "7"},
		{"", "张三", "∅", "371502", "370000", "有效", " ", "\u3000", "11010519491231002X", "91350100M000100Y43", "13800138000", "110105491231002",
			"十六个字节以上的一个很长很长的文字", "11010519490229002X", "91350100M000100Y44", "abcdefgh", "abcdefghi"},
		{"371502", "∅", "张三", "有效"},
	}
	out := make([][]string, n)
	for i := range out {
		for c, of := range words {
			out[i] = append(out[i], of[(i*(c+3)+i/len(of)/5)%len(of)])
		}
	}
	return out
}

// A row is judged alike alone, in a batch, and in a batch that begins anywhere in its
// buffers: whole words of rows, bits at odd places and the slices a batch is cut into
// change no verdict.
func TestRowsAreJudgedAlikeInEveryBatch(t *testing.T) {
	text := []string{"not_null", "length: {min: 2, max: 8}", "in_set: [张三, '', 有效, 十六个字节以上的一个很长很长的文字]", "not_in_set: [张三, abcdefgh]", "in_codes: area",
		"{in_codes: {table: area, at: d}, id: dated}", "like: '%0%'", "citizen_id", "citizen_id: date", "credit_code: check", "phone", "regex: '[0-9]*'", "is_null",
		`compare: {op: "<=", with: s2}`, `{compare: {op: "=", with: s2, empty: fail}, id: both}`, "{not_null: , where: {n: {min: 1}}, id: chosen}"}
	env := environment(
		item(t, "n", "N(9)", "range: {min: 0, max: 500}", "in_set: [1, 700]"), item(t, "m", "N(12,2)", "range: {min: -1, max: 50.5}"),
		item(t, "d", "D", "range: {min: 1900-01-01}"), item(t, "u", "T", "range: {max: 2010-01-01}"), item(t, "y", "Y", "range: {min: 1900}"),
		item(t, "f", "F", "range: {max: 1}", "not_in_set: [7]"), item(t, "s", "C(50)", text...), item(t, "s2", "C(50)"),
	)
	rules, set := bind(t, env)
	const n = 4500 // more than two slices
	rec := batch(t, memory.DefaultAllocator, schemaOf(env.Resource.Items), mixed(n)...)
	defer rec.Release()
	unfit := func(from, to int) [][]int32 { // every 90th cell of s is NULL since it did not fit
		lists := make([][]int32, len(env.Resource.Items))
		for i := from; i < to; i++ {
			if i%90 == 0 && rec.Column(6).IsNull(i) {
				lists[6] = append(lists[6], int32(i-from))
			}
		}
		return lists
	}
	whole := verdicts(t, set, rec, unfit(0, n))
	counts := set.Counts()
	parts := set.Clone()
	var again [][]int64
	for from, size := 0, 1; from < n; from, size = from+size, size%97+1 {
		to := min(from+size, n)
		slice := rec.NewSlice(int64(from), int64(to))
		again = append(again, verdicts(t, parts, slice, unfit(from, to))...)
		slice.Release()
	}
	for i := range whole {
		if !slices.Equal(whole[i], again[i]) {
			t.Fatalf("row %d: %x in the whole batch, %x in a part", i, whole[i], again[i])
		}
	}
	for _, r := range rules {
		if got := parts.Counts()[r.ID]; got != counts[r.ID] {
			t.Errorf("%s counts %+v in parts, %+v in the whole", r.ID, got, counts[r.ID])
		}
		if c := counts[r.ID]; r.Check.Name != "type" && (c.Failed == 0 || c.Failed == n) {
			t.Errorf("%s fails %d rows: the test does not try it", r.ID, c.Failed)
		}
	}
}

// verdicts are the masks of each row of a batch.
func verdicts(t *testing.T, set *quality.RowSet, rec arrow.RecordBatch, unfit [][]int32) [][]int64 {
	t.Helper()
	masks, err := set.Eval(memory.DefaultAllocator, rec, unfit)
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]int64, rec.NumRows())
	for _, m := range masks {
		for i, bits := range m.(*array.Int64).Int64Values() {
			out[i] = append(out[i], bits)
		}
		m.Release()
	}
	return out
}

// What begins with a code of the table is found by its first characters alone.
func TestCodesByTheirFirstCharacters(t *testing.T) {
	for _, c := range []struct {
		typ, check string
		pass, fail []string
	}{
		{"C(18)", "in_codes: {table: area, prefix: 6}", []string{"371502", "371502001001", "371502张三"}, []string{"", "37150", "37150", "999999001001", "张三李四王五"}},
		{"N(12)", "in_codes: {table: area, prefix: 6}", []string{"371502", "371502001001"}, []string{"0", "37150", "-371502", "999999001001"}},
		{"C(18)", "{in_codes: {table: area, at: d, prefix: 6}}", []string{"371502001001"}, []string{"999999001001"}},
	} {
		env := environment(item(t, "x", c.typ, c.check), item(t, "d", "D"))
		rules, set := bind(t, env)
		var rows [][]string
		var want []int
		for i, v := range slices.Concat(c.pass, c.fail) {
			rows = append(rows, []string{v, "∅"})
			if i >= len(c.pass) {
				want = append(want, i)
			}
		}
		rec := batch(t, memory.DefaultAllocator, schemaOf(env.Resource.Items), rows...)
		masks, err := set.Eval(memory.DefaultAllocator, rec, make([][]int32, 2))
		if err != nil {
			t.Fatal(err)
		}
		if got := failing(t, rules, masks, rules[2].ID); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s on %s: rows %v fail, want %v", c.check, c.typ, got, want)
		}
		rec.Release()
	}
}
