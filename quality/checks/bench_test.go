package checks_test

import (
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/internal/ident"
)

// persons are 64 Ki rows of 12 columns, one row in a hundred with a bad id.
func persons(b testing.TB, schema *arrow.Schema) arrow.RecordBatch {
	b.Helper()
	rows := make([][]string, 1<<16)
	for i := range rows {
		number := personNumber(i)
		if i%100 == 0 {
			number = number[:17] + "Y"
		}
		rows[i] = []string{
			fmt.Sprint(i), number, []string{"张三", "欧阳娜", "李四", "王小明"}[i%4], fmt.Sprint(1 + i%2), "1980-01-01",
			fmt.Sprintf("山东省聊城市东昌府区柳园街道第%d号楼", i%999), fmt.Sprintf("138%08d", i), "371502", "2020-01-01", "2021-01-01",
			fmt.Sprintf("%d.50", i%5000), "2020-01-01 10:00:00",
		}
	}
	return batch(b, memory.DefaultAllocator, schema, rows...)
}

// personNumber is a valid id: the check character is tried.
func personNumber(i int) string {
	for _, c := range "0123456789X" {
		s := fmt.Sprintf("37150219%02d0%d0%d%03d%c", 50+i%50, 1+i%9, 1+i/9%9, i%1000, c)
		if ident.CitizenID([]byte(s)).OK() {
			return s
		}
	}
	return ""
}

// BenchmarkSixteenChecks is the price of 16 row checks a row, masks included.
func BenchmarkSixteenChecks(b *testing.B) {
	items := []catalog.Item{
		item(b, "id", "N(18)", "not_null", "range: {min: 0}"),
		item(b, "sfz", "C(18)", "not_null", "citizen_id", "length: 18"),
		item(b, "name", "C(50)", "not_null", "length: {min: 2, max: 50}"),
		item(b, "sex", "C(1)", "in_codes: sex"),
		item(b, "birth", "D", "range: {min: 1900-01-01, max: today}"),
		item(b, "address", "C(200)", "not_null", "length: {max: 200}"),
		item(b, "phone", "C(20)", "phone"),
		item(b, "area", "C(6)", "regex: '37[0-9]{4}'", "{in_codes: {table: area, at: begins}}"),
		item(b, "begins", "D", `compare: {op: "<=", with: ends}`),
		item(b, "ends", "D"),
		item(b, "amount", "N(12,2)", "range: {min: 0, max: 100000}"),
		item(b, "updated", "T"),
	}
	env := environment(items...)
	rules, set := bind(b, env)
	rec := persons(b, schemaOf(items))
	defer rec.Release()
	if n := len(rules) - len(items); n != 16 {
		b.Fatalf("%d checks", n)
	}
	typeFails := make([][]int32, len(items))
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		masks, err := set.Eval(memory.DefaultAllocator, rec, typeFails)
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range masks {
			m.Release()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rec.NumRows()), "ns/row")
}

// BenchmarkChecks is the price of each check alone.
func BenchmarkChecks(b *testing.B) {
	for _, c := range []struct{ column, typ, check string }{
		{"sfz", "C(18)", "citizen_id"}, {"name", "C(50)", "length: {min: 2, max: 50}"}, {"sex", "C(1)", "in_codes: sex"},
		{"address", "C(200)", "not_null"}, {"address", "C(200)", "length: {min: 5, max: 30}"}, {"area", "C(6)", "regex: '37[0-9]{4}'"}, {"phone", "C(20)", "regex: '1[0-9]{10}'"},
		{"phone", "C(20)", "phone"}, {"amount", "N(12,2)", "range: {min: 0, max: 100000}"}, {"birth", "D", "range: {min: 1900-01-01, max: today}"},
	} {
		b.Run(c.column+" "+c.check, func(b *testing.B) {
			items := []catalog.Item{item(b, "id", "N(18)"), item(b, "sfz", "C(18)"), item(b, "name", "C(50)"), item(b, "sex", "C(1)"), item(b, "birth", "D"),
				item(b, "address", "C(200)"), item(b, "phone", "C(20)"), item(b, "area", "C(6)"), item(b, "begins", "D"), item(b, "ends", "D"), item(b, "amount", "N(12,2)"), item(b, "updated", "T")}
			for i := range items {
				if items[i].Name == c.column {
					items[i].Checks = append(items[i].Checks, spec(b, c.check))
				}
			}
			env := environment(items...)
			rules, _ := bind(b, env)
			rec := persons(b, schemaOf(items))
			defer rec.Release()
			env.Schema = schemaOf(items)
			rule := rules[len(items)]
			kernel, err := rule.Check.Row(rule, env)
			if err != nil {
				b.Fatal(err)
			}
			var fails []int32
			b.ResetTimer()
			for range b.N {
				fails, _ = kernel.Eval(rec, fails[:0])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rec.NumRows()), "ns/row")
		})
	}
}
