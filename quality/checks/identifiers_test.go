package checks_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/internal/ident"
)

// Each part of an identifier's check fails the values that are wrong there, and does
// not evaluate those that are wrong before.
func TestPartsOfIdentifiers(t *testing.T) {
	hongkong := ident.CompleteCitizenID("81000019900101001")
	organisation := "91350100M000100Y"
	var inner string // a code whose organisation code within has a wrong check sign
	for _, c := range "0123456789" {
		if s := organisation[:16] + string(c); string(c) != "4" {
			inner = s + string(ident.CreditCheck([]byte(s)))
			break
		}
	}
	for _, c := range []struct {
		item, rule, title string
		values, fail      []string
		evaluated         int64
	}{
		{"citizen_id: form", "x.citizen_id_form", "x的位数或字符不符合公民身份号码的规定", []string{"11010519491231002X", hongkong}, []string{"110105491231002", "1101051949123100", "11010519491231002x", ""}, 6},
		{"citizen_id: region", "x.citizen_id_region", "x的地址码不存在", []string{"11010519491231002X", "1101051949123100", hongkong}, []string{"01010519491231002X", ident.CompleteCitizenID("81000119900101001")}, 4},
		{"citizen_id: date", "x.citizen_id_date", "x中的出生日期不存在或晚于核查当日", []string{"11010519491231002X", "110105194912310021", "01010519491231002X"}, []string{"11010519490229002X", ident.CompleteCitizenID("11010520991231002"), "110105209912310021"}, 5},
		{"citizen_id: check", "x.citizen_id_check", "x的校验码不正确", []string{"11010519491231002X", "11010519490229002X", hongkong}, []string{"110105194912310021"}, 3},
		{"citizen_id: {old: true}", "x.citizen_id", "x不是有效的公民身份号码", []string{"110105491231002", hongkong}, []string{"110105491331002", "911124198108030024"}, 4},
		{"citizen_id: {foreign: true}", "x.citizen_id", "x不是有效的公民身份号码", []string{"911124198108030024", "11010519491231002X"}, []string{"911124198108030023", "110105491231002", "CAN110081080310"}, 5},
		{"permanent_residence", "x.permanent_residence", "x不是有效的外国人永久居留身份证号码", []string{"911124198108030024", "CAN110081080310"}, []string{"11010519491231002X", ""}, 4},
		{"permanent_residence: new", "x.permanent_residence", "x不是有效的外国人永久居留身份证号码", []string{"911124198108030024"}, []string{"CAN110081080310"}, 2},
		{"credit_code: form", "x.credit_code_form", "x的位数或字符不符合统一社会信用代码的规定", []string{"91350100M000100Y43", "91350100M000100Y44"}, []string{"91350100M000100I43", "91350100m000100Y43", "91350100M000100Y4"}, 5},
		{"credit_code: check", "x.credit_code_check", "x的校验码不正确", []string{"91350100M000100Y43", "91350100M000100I43"}, []string{"91350100M000100Y44"}, 2},
		{"{credit_code: organisation, severity: warning}", "x.credit_code_organisation", "x中的组织机构代码（第9至17位）校验码不正确", []string{"91350100M000100Y43", "91350100M000100I43", "91350100M000100Y44"}, []string{inner}, 2},
		{"credit_code", "x.credit_code", "x不是有效的统一社会信用代码", []string{"91350100M000100Y43", inner}, []string{"91350100M000100Y44"}, 3},
	} {
		env := environment(item(t, "x", "C(20)", c.item))
		rules, set := bind(t, env)
		var rows [][]string
		var want []int
		for i, v := range slices.Concat(c.values, c.fail, []string{"∅"}) {
			rows = append(rows, []string{v})
			if i >= len(c.values) && v != "∅" {
				want = append(want, i)
			}
		}
		rec := batch(t, memory.DefaultAllocator, schemaOf(env.Resource.Items), rows...)
		masks, err := set.Eval(memory.DefaultAllocator, rec, make([][]int32, 1))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(rules[1].ID, rules[1].Title); got != fmt.Sprint(c.rule, c.title) {
			t.Errorf("%s is %s", c.item, got)
			continue
		}
		if got := failing(t, rules, masks, c.rule); !slices.Equal(got, want) || set.Counts()[c.rule].Evaluated != c.evaluated {
			t.Errorf("%s: rows %v fail of %d, want %v of %d", c.item, got, set.Counts()[c.rule].Evaluated, want, c.evaluated)
		}
	}
}
