package mysql

import (
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"
)

// sqlConstant is all that a bound may be in a statement.
const sqlConstant = `^(-?[0-9]+(\.[0-9]+)?|'[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?)?'|(_gbk |_utf8mb4 )?x'([0-9A-F]{2})*')$`

func boundingColumns() []column {
	return []column{
		{name: "n", family: "bigint"}, {name: "d", family: "decimal", precision: 30, scale: 2}, {name: "y", family: "year"},
		{name: "s", family: "varchar", charset: "utf8mb4", collation: "utf8mb4_general_ci"}, {name: "g", family: "char", charset: "gbk", collation: "gbk_bin"},
		{name: "b", family: "binary"}, {name: "day", family: "date"}, {name: "dt", family: "datetime"}, {name: "ts", family: "timestamp"},
	}
}

// FuzzBounds: whatever a part of another process or a window of a release holds, nothing but a
// constant comes into SQL.
func FuzzBounds(f *testing.F) {
	for _, s := range []string{"1", "-5", "1.50", "1 OR 1=1", "4142", "414", "4g", "2026-01-01", "2026-02-30", "2026-01-01 10:00:00.000001", "0000-00-00", "'", "\\", "x'41'", "１"} {
		f.Add(s)
	}
	constant := regexp.MustCompile(sqlConstant)
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range boundingColumns() {
			if l, ok := c.literal(s, newYork); ok && !constant.MatchString(l) {
				t.Errorf("column %s: %q became %q", c.name, s, l)
			}
			if c.cursorKind() == "" {
				continue
			}
			for _, up := range []bool{false, true} {
				if l, ok := c.bound(s, up, newYork); ok && !constant.MatchString(l) {
					t.Errorf("cursor %s: %q became %q", c.name, s, l)
				}
			}
		}
	})
}

// FuzzCursorText: a cursor that the server showed is one that a window takes, whatever dates
// the server keeps; and it is not behind what was shown.
func FuzzCursorText(f *testing.F) {
	for _, s := range []string{"2026-01-01", "2026-00-00", "2026-02-31", "2026-02-00", "0000-00-00", "0001-00-01", "9999-12-31 23:59:59.999999", "2026-13-01", "2026-01-01 10:00:00.100", "007", "-0", "0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range []column{{family: "date"}, {family: "datetime"}} {
			got := c.cursorText(s)
			if got == "" {
				continue
			}
			if _, ok := c.bound(got, false, time.UTC); !ok {
				t.Errorf("%q gave the cursor %q, which no window takes", s, got)
			}
			if day, _, _ := strings.Cut(s, " "); len(day) == 10 && got[:10] > day {
				t.Errorf("%q gave the later cursor %q", s, got)
			}
		}
	})
}

// FuzzMiddle: a guess lies behind the low end, and for numbers at the high one at the most.
func FuzzMiddle(f *testing.F) {
	f.Add("0", "10")
	f.Add("-9223372036854775808", "18446744073709551615")
	f.Add("-1.50", "0.25")
	f.Add("4142", "417A")
	f.Add("2026-01-01", "2026-03-01 10:00:00")
	f.Fuzz(func(t *testing.T, low, high string) {
		for _, c := range boundingColumns() {
			_, ok1 := c.literal(low, time.UTC)
			_, ok2 := c.literal(high, time.UTC)
			if !ok1 || !ok2 {
				continue
			}
			m, ok := c.middle(low, high)
			if !ok {
				continue
			}
			if _, ok := c.literal(m, time.UTC); !ok {
				t.Errorf("%s: between %q and %q lies %q, which is no bound", c.name, low, high, m)
			}
			if c.order() != byNumber || strings.Contains(low, ".") || strings.Contains(high, ".") {
				continue
			}
			a, _ := new(big.Int).SetString(low, 10)
			b, _ := new(big.Int).SetString(high, 10)
			if x, _ := new(big.Int).SetString(m, 10); x.Cmp(a) <= 0 || x.Cmp(b) > 0 {
				t.Errorf("between %s and %s lies %s", low, high, m)
			}
		}
	})
}

// A wall clock time that is shown twice or never moves out of the change, outwards.
func TestClocksThatChange(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	c := column{family: "timestamp"}
	for _, x := range []struct{ at, from, to string }{
		{"2026-11-01 01:30:00", "2026-11-01 00:59:59.999999", "2026-11-01 02:00:00"}, // shown twice
		{"2026-03-08 02:30:00", "2026-03-08 01:59:59.999999", "2026-03-08 03:00:00"}, // never
		{"2026-11-01 00:59:59", "2026-11-01 00:59:59", "2026-11-01 00:59:59"},
		{"2026-11-01 02:00:00", "2026-11-01 02:00:00", "2026-11-01 02:00:00"},
		{"2026-03-08 03:00:00", "2026-03-08 03:00:00", "2026-03-08 03:00:00"},
		{"2026-07-01 12:00:00", "2026-07-01 12:00:00", "2026-07-01 12:00:00"},
	} {
		from, _ := c.bound(x.at, false, newYork)
		to, _ := c.bound(x.at, true, newYork)
		if from != "'"+x.from+"'" || to != "'"+x.to+"'" {
			t.Errorf("%s: from %s, to %s", x.at, from, to)
		}
	}
}

// A part's condition is the same row values, whether they are compared by the server or by hand.
func TestBoundsCompareRows(t *testing.T) {
	r := &route{index: "PRIMARY", bounds: 2, columns: []column{{name: "a", family: "int"}, {name: "b", family: "int"}}}
	for _, c := range []struct {
		from, to []string
		want     string
	}{
		{nil, nil, ""},
		{[]string{"1"}, nil, "`a` >= 1"},
		{nil, []string{"1", "2"}, "(`a` <= 1 AND (`a` < 1 OR (`a` = 1 AND `b` < 2)))"},
		{[]string{"1", "2"}, []string{"1", "9"}, "`a` = 1 AND `b` >= 2 AND `b` < 9"},
		{[]string{"1"}, []string{"1", "9"}, "`a` = 1 AND `b` < 9"},
		{[]string{"1", "2"}, []string{"3"}, "(`a` >= 1 AND (`a` > 1 OR (`a` = 1 AND `b` >= 2))) AND `a` < 3"},
		{[]string{"1", "2"}, []string{"1"}, "FALSE"},
		{[]string{"1"}, []string{"1"}, "FALSE"},
	} {
		terms, err := bounds{From: c.from, To: c.to}.where(r, time.UTC)
		if got := strings.Join(terms, " AND "); err != nil || got != c.want {
			t.Errorf("%v to %v: %s, %v", c.from, c.to, got, err)
		}
	}
}

func TestRightsOfGrants(t *testing.T) {
	for statement, want := range map[string]string{
		"GRANT USAGE ON *.* TO `r`@`%` IDENTIFIED BY PASSWORD '*ABC'":        "|",
		"GRANT SELECT (`a`, `b`), SHOW VIEW ON `d`.`t` TO `r`@`%`":           "SELECT ON `d`.`t`;SHOW VIEW ON `d`.`t`|",
		"GRANT ALL PRIVILEGES ON `d`.* TO `r`@`%` WITH GRANT OPTION":         "ALL PRIVILEGES ON `d`.*;GRANT OPTION ON `d`.*|ALL PRIVILEGES;GRANT OPTION",
		"GRANT EXECUTE ON PROCEDURE `d`.`p` TO `r`@`%`":                      "EXECUTE ON PROCEDURE `d`.`p`|EXECUTE",
		"GRANT SELECT, INSERT, BINLOG MONITOR ON *.* TO `r`@`%` REQUIRE SSL": "SELECT ON *.*;INSERT ON *.*;BINLOG MONITOR ON *.*|INSERT",
		"GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION":      "PROXY ON ''@'%';GRANT OPTION ON ''@'%'|PROXY;GRANT OPTION",
		"GRANT `a role`@`%`,`other`@`%` TO `r`@`%`":                          "|`a role`@`%`;`other`@`%`",
		"SET DEFAULT ROLE `a` FOR `r`@`%`":                                   "|",
	} {
		var r rights
		roles := r.take(statement)
		if got := strings.Join(r.all, ";") + "|" + strings.Join(append(r.beyond, roles...), ";"); got != want {
			t.Errorf("%s\n gives %s\nwanted %s", statement, got, want)
		}
	}
}
