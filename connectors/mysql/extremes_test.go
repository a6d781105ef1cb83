package mysql_test

import (
	"encoding/hex"
	"strings"

	"guiji/connectors/connectortest"
)

// extremes are the ends of every type, each as the source writes it and as it must come out.
func extremes() []connectortest.Extreme {
	same := func(typ, arrow string, values ...string) []connectortest.Extreme {
		var out []connectortest.Extreme
		for _, v := range values {
			out = append(out, connectortest.Extreme{Type: typ, Value: connectortest.V(v), Want: connectortest.V(v), Arrow: arrow})
		}
		return out
	}
	to := func(typ, arrow, value, want string) connectortest.Extreme {
		return connectortest.Extreme{Type: typ, Value: connectortest.V(value), Want: connectortest.V(want), Arrow: arrow}
	}
	wide := strings.Repeat("9", 35) + "." + strings.Repeat("8", 30)
	widest := "0x" + hex.EncodeToString([]byte{0, 0xFF, 0, '\n', '\'', 0})
	var out []connectortest.Extreme
	for _, group := range [][]connectortest.Extreme{
		same("tinyint", "int8", "-128", "127"), same("tinyint(1)", "int8", "2", "3", "-1"), same("tinyint unsigned", "uint8", "0", "255"),
		same("smallint", "int16", "-32768", "32767"), same("smallint unsigned", "uint16", "65535"),
		same("mediumint", "int32", "-8388608", "8388607"), same("mediumint unsigned", "uint32", "16777215"),
		same("int", "int32", "-2147483648", "2147483647"), same("int unsigned", "uint32", "4294967295"),
		same("bigint", "int64", "-9223372036854775808", "9223372036854775807"),
		same("bigint unsigned", "uint64", "0", "9223372036854775808", "18446744073709551615"),
		{to("int(8) zerofill", "uint32", "42", "42"), to("bigint(20) unsigned zerofill", "uint64", "7", "7"), to("boolean", "int8", "2", "2")},
		same("decimal(38,0)", "decimal(38, 0)", strings.Repeat("9", 38), "-"+strings.Repeat("9", 38)),
		same("decimal(38,38)", "decimal(38, 38)", "0."+strings.Repeat("9", 38), "-0."+strings.Repeat("0", 37)+"1"),
		same("decimal(12,2)", "decimal(12, 2)", "-9999999999.99", "0.01", "0.00"),
		same("decimal(39,0)", "utf8", strings.Repeat("9", 39)),
		same("decimal(65,30)", "utf8", wide, "-"+wide),
		{to("float", "float32", "16777216", "1.6777216e+07"), to("float", "float32", "0.1", "0.1"), to("double", "float64", "0.1", "0.1"),
			to("double", "float64", "1.7976931348623157e308", "1.7976931348623157e+308"), to("double", "float64", "-5e-324", "-5e-324"), to("double(10,3)", "float64", "1.5", "1.5")},
		same("date", "utf8", "0000-00-00", "2026-00-00", "1000-01-01", "9999-12-31"),
		same("datetime(6)", "utf8", "0000-00-00 00:00:00.000000", "2026-00-00 00:00:00.000000", "9999-12-31 23:59:59.999999"),
		same("time", "utf8", "838:59:59", "-838:59:59", "00:00:00"), same("time(3)", "utf8", "-00:00:00.001"),
		same("year", "int16", "1901", "2155"), {to("year", "int16", "0000", "0")},
		{to("bit(1)", "utf8", "b'1'", "1"), to("bit(64)", "utf8", "0xFFFFFFFFFFFFFFFF", "18446744073709551615"), to("bit(12)", "utf8", "b'000000000101'", "5")},
		same("enum('男','女','it''s')", "utf8", "女", "it's"), same("set('a','b','丙')", "utf8", "a,丙", ""),
		same("json", "utf8", `{"姓名": "甲", "n": 1.50}`),
		{to("blob", "binary", widest, widest[2:]), to("binary(4)", "binary", "'a'", "61000000"), to("varbinary(10)", "binary", "''", ""),
			to("point", "binary", "ST_GeomFromText('POINT(1 2)')", "000000000101000000000000000000f03f0000000000000040")},
		same("varchar(20) character set gbk", "utf8", "聊城东昌府"), same("varchar(20) character set latin1", "utf8", "Müller é"),
		same("varchar(20) character set utf8mb4", "utf8", "𠮷野家😀"), same("text character set utf8mb3", "utf8", "县"),
		same("char(10)", "utf8", "a\tb\nc\"'"), same("varchar(10)", "utf8", " x ", "", "NULL", `\N`), same("uuid", "utf8", "123e4567-e89b-12d3-a456-426655440000"),
	} {
		out = append(out, group...)
	}
	return append(out, connectortest.Extreme{Type: "bit(3)", Arrow: "utf8"}, connectortest.Extreme{Type: "decimal(10,2)"}, connectortest.Extreme{Type: "date"},
		connectortest.Extreme{Type: "float"}, connectortest.Extreme{Type: "year"}, connectortest.Extreme{Type: "blob"})
}
