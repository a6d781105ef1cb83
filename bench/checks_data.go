package main

import (
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/goccy/go-yaml"

	"guiji/catalog"
	"guiji/internal/ident"
	"guiji/quality"
)

// measuredCheck is a check of the measured table, and the same in SQL.
type measuredCheck struct{ item, written, fails string }

func (c measuredCheck) id(i int) string { return fmt.Sprintf("r%d", i) }

// The columns of the measured table.
const checkedColumns = "id N(18), amount N(12,2), paid N(12,2), birth D, begins D, ends D, updated T, name C(50), address C(200), phone C(20), sex C(1), area C(6), sfz C(18), code C(18)"

// checkedTable is the table's entry with its checks, bound by their numbers.
func checkedTable(measured []measuredCheck) (*quality.Env, []*catalog.Item, error) {
	res := &catalog.Resource{ID: "bench/person", File: "bench"}
	for _, c := range strings.Split(checkedColumns, ", ") {
		name, typ, _ := strings.Cut(c, " ")
		t, err := catalog.ParseType(typ)
		if err != nil {
			return nil, nil, err
		}
		it := catalog.Item{Name: name, Type: t}
		for i, m := range measured {
			if m.item != name {
				continue
			}
			var s catalog.CheckSpec
			if err := yaml.Unmarshal([]byte(m.written), &s); err != nil {
				return nil, nil, err
			}
			s.ID = m.id(i)
			it.Checks = append(it.Checks, s)
		}
		res.Items = append(res.Items, it)
	}
	var areas []catalog.Code
	for _, code := range measuredAreas() {
		areas = append(areas, catalog.Code{Code: code})
	}
	codes := map[string]*catalog.CodeTable{"area": catalog.NewCodeTable("area", areas), "sex": catalog.NewCodeTable("sex", []catalog.Code{{Code: "1"}, {Code: "2"}})}
	items := make([]*catalog.Item, len(res.Items))
	for i := range items {
		items[i] = &res.Items[i]
	}
	return &quality.Env{Resource: res, Today: "2026-11-22", Project: &catalog.Project{Codes: codes}}, items, nil
}

// measuredAreas are 400 codes, of which the table has one in a hundred rows none.
func measuredAreas() []string {
	out := make([]string, 400)
	for i := range out {
		out[i] = fmt.Sprintf("37%04d", i)
	}
	return out
}

// hundredChecks are 80 typed kernels, 10 of code tables and 10 of identifiers.
func hundredChecks() []measuredCheck {
	var out []measuredCheck
	for i := range 8 {
		out = append(out,
			measuredCheck{"id", fmt.Sprintf("range: {min: %d}", i*1000), fmt.Sprintf("id < %d", i*1000)},
			measuredCheck{"amount", fmt.Sprintf("range: {min: %d, max: 4000.50}", i), fmt.Sprintf("amount < %d OR amount > 4000.50", i)},
			measuredCheck{"birth", fmt.Sprintf("range: {min: 195%d-01-01, max: today}", i), fmt.Sprintf("birth < DATE '195%d-01-01' OR birth > DATE '2026-11-22'", i)},
			measuredCheck{"updated", fmt.Sprintf("range: {min: 202%d-01-01}", i%6), fmt.Sprintf("updated < TIMESTAMP '202%d-01-01'", i%6)},
			measuredCheck{"begins", fmt.Sprintf("compare: {op: %q, with: ends}", []string{"<=", "<"}[i%2]), []string{"begins > ends", "begins >= ends"}[i%2]},
			measuredCheck{"address", fmt.Sprintf("length: {min: %d, max: 40}", 5+i), fmt.Sprintf("length(address) NOT BETWEEN %d AND 40", 5+i)},
			measuredCheck{[]string{"name", "phone", "area", "sex"}[i%4], "not_null", []string{"name", "phone", "area", "sex"}[i%4] + " IS NULL"},
			measuredCheck{"sex", []string{"in_set: ['1', '2']", "not_in_set: ['9']"}[i%2], []string{"sex NOT IN ('1', '2')", "sex = '9'"}[i%2]},
			measuredCheck{"name", fmt.Sprintf("like: {pattern: '%%试%d%%', not: true}", i), fmt.Sprintf("name LIKE '%%试%d%%'", i)},
			measuredCheck{"amount", fmt.Sprintf("compare: {op: \">=\", with: paid%s}", []string{"", ", empty: fail"}[i%2]), []string{"amount < paid", "amount < paid OR (amount IS NULL) <> (paid IS NULL)"}[i%2]},
		)
	}
	areas := "'" + strings.Join(measuredAreas(), "', '") + "'"
	for i := range 10 {
		out = append(out, []measuredCheck{{"area", "in_codes: area", "area NOT IN (" + areas + ")"}, {"sex", "in_codes: sex", "sex NOT IN ('1', '2')"}}[i%2])
	}
	return append(out, tenIdentifiers()...)
}

// tenIdentifiers are the identifiers' checks, whole and by part.
func tenIdentifiers() []measuredCheck {
	form, region := "NOT regexp_full_match(sfz, '[0-9]{17}[0-9X]')", "substr(sfz, 1, 2) NOT IN ('37', '11')"
	date, check := "sfz IS NOT NULL AND try_strptime(substr(sfz, 7, 8), '%Y%m%d') IS NULL", "substr('10X98765432', (("+weighed("sfz", "0123456789", []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2})+") % 11 + 1)::INTEGER, 1) <> substr(sfz, 18, 1)"
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	codeForm := "NOT regexp_full_match(code, '[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}')"
	codeCheck := "substr('" + alphabet + "', ((31 - (" + weighed("code", alphabet, []int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}) + ") % 31) % 31 + 1)::INTEGER, 1) <> substr(code, 18, 1)"
	whole, wholeCode := form+" OR "+region+" OR "+date+" OR "+check, codeForm+" OR "+codeCheck
	return []measuredCheck{
		{"sfz", "citizen_id", whole}, {"sfz", "citizen_id: form", form}, {"sfz", "citizen_id: region", "NOT (" + form + ") AND " + region},
		{"sfz", "citizen_id: date", "NOT (" + form + " OR " + region + ") AND " + date}, {"sfz", "citizen_id: check", "NOT (" + form + " OR " + region + " OR " + date + ") AND " + check},
		{"sfz", "citizen_id: {old: true}", whole}, {"code", "credit_code", wholeCode}, {"code", "credit_code: form", codeForm},
		{"code", "credit_code: check", "NOT (" + codeForm + ") AND " + codeCheck}, {"phone", "phone: mobile", "NOT regexp_full_match(phone, '(\\+86)?1[3-9][0-9]{9}')"},
	}
}

// weighed is the weighted sum of a text's signs by their places in an alphabet.
func weighed(column, alphabet string, weights []int) string {
	terms := make([]string, len(weights))
	for i, w := range weights {
		terms[i] = fmt.Sprintf("(strpos('%s', substr(%s, %d, 1)) - 1) * %d", alphabet, column, i+1, w)
	}
	return strings.Join(terms, " + ")
}

// tenPatterns are regular expressions over columns whose values repeat and do not.
func tenPatterns() []measuredCheck {
	var out []measuredCheck
	for range 2 {
		out = append(out, measuredCheck{item: "phone", written: "regex: '1[3-9][0-9]{9}'"}, measuredCheck{item: "area", written: "regex: '37[0-9]{4}'"},
			measuredCheck{item: "sfz", written: "regex: '[1-9][0-9]{16}[0-9X]'"}, measuredCheck{item: "name", written: "regex: '[\\x{4e00}-\\x{9fa5}·]{2,20}'"},
			measuredCheck{item: "address", written: "regex: '山东省.*(号楼|号院)'"})
	}
	return out
}

// checkedBatches are the measured rows: one value in a hundred fails, one in fifty is
// missing.
func checkedBatches(kinds int) []arrow.RecordBatch {
	var fields []arrow.Field
	env, _, err := checkedTable(nil)
	if err != nil {
		panic(err) // the columns are constants
	}
	for _, it := range env.Resource.Items {
		fields = append(fields, arrow.Field{Name: it.Name, Type: it.Type.Arrow(), Nullable: true})
	}
	out := make([]arrow.RecordBatch, kinds)
	for k := range out {
		builder := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
		for i := range batchRows {
			checkedRow(builder, k*batchRows+i)
		}
		out[k] = builder.NewRecordBatch()
		builder.Release()
	}
	return out
}

func checkedRow(b *array.RecordBuilder, i int) {
	bad := i%100 == 7
	for c, f := range b.Fields() {
		if c > 0 && (i+c)%50 == 0 {
			f.AppendNull()
			continue
		}
		switch f := f.(type) {
		case *array.Int64Builder:
			f.Append(int64(i))
		case *array.Decimal128Builder:
			f.Append(decimal128.FromI64(int64(i*(5-c)%500_000 + 100)))
		case *array.Date32Builder:
			f.Append(arrow.Date32((i*(c+1))%20_000 - 5_000))
		case *array.TimestampBuilder:
			f.Append(arrow.Timestamp(1_600_000_000_000_000 + int64(i)*137_000_000))
		case *array.StringBuilder:
			f.Append(checkedText(c, i, bad))
		}
	}
}

// checkedText is a text of column c.
func checkedText(c, i int, bad bool) string {
	switch c {
	case 7:
		return []string{"张三", "欧阳娜", "李四", "王小明"}[i%4]
	case 8:
		return fmt.Sprintf("山东省聊城市东昌府区柳园街道第%d号楼", i)
	case 9:
		return fmt.Sprintf("13%09d", i%1_000_000_000)
	case 10:
		return []string{"1", "2", "9"}[i%201%2+i%100/99]
	case 11:
		return fmt.Sprintf("37%04d", i%404)
	case 12:
		id := ident.CompleteCitizenID(fmt.Sprintf("371502%04d%02d%02d%03d", 1950+i%60, 1+i%12, 1+i%28, i%1000))
		if bad {
			return id[:16] + string('0'+(id[16]-'0'+1)%10) + id[17:]
		}
		return id
	}
	code := fmt.Sprintf("91371500MA%07d", i%10_000_000)
	if bad {
		return code + "0"
	}
	return code + string(ident.CreditCheck([]byte(code)))
}
