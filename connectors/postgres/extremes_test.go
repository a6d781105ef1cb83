package postgres_test

import (
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
	nines := strings.Repeat("9", 38)
	var out []connectortest.Extreme
	for _, group := range [][]connectortest.Extreme{
		same("boolean", "bool", "true", "false"), same("smallint", "int16", "-32768", "32767"), same("int", "int32", "-2147483648", "2147483647"),
		same("bigint", "int64", "-9223372036854775808", "9223372036854775807"), same("oid", "uint32", "0", "4294967295"),
		same("numeric(38,0)", "decimal(38, 0)", nines, "-"+nines, "0", "10000", "1"+strings.Repeat("0", 37)),
		same("numeric(38,38)", "decimal(38, 38)", "0."+nines, "-0."+strings.Repeat("0", 37)+"1"),
		same("numeric(12,2)", "decimal(12, 2)", "-9999999999.99", "0.01", "0.00", "10000.00", "1.50", "100000000.05"),
		same("numeric(5,3)", "decimal(5, 3)", "12.345", "-0.001", "99.999"), same("numeric(20,5)", "decimal(20, 5)", "123456789012345.00001", "1.00000"),
		{to("numeric(10,2)", "decimal(10, 2)", "7", "7.00")},
		same("numeric(39,0)", "utf8", strings.Repeat("9", 39)), same("numeric(6,-3)", "utf8", "123456000"), same("numeric(2,5)", "utf8", "0.00012"),
		same("numeric", "utf8", "NaN", "0.1234567890123456789012345678901234567890123", strings.Repeat("9", 200), "Infinity", "-Infinity", "1.50"),
		{to("real", "float32", "0.1", "0.1"), to("real", "float32", "NaN", "NaN"), to("real", "float32", "16777216", "1.6777216e+07"),
			to("double precision", "float64", "0.1", "0.1"), to("double precision", "float64", "1.7976931348623157e308", "1.7976931348623157e+308"),
			to("double precision", "float64", "-5e-324", "-5e-324"), to("double precision", "float64", "-Infinity", "-Inf")},
		same("date", "utf8", "2026-01-02", "0001-01-01", "9999-12-31", "5874897-12-31", "4713-01-01 BC", "0044-03-15 BC", "infinity", "-infinity", "2000-02-29"),
		same("timestamp", "utf8", "2026-01-02 03:04:05", "2026-01-02 03:04:05.123456", "2026-01-02 03:04:05.5", "1999-12-31 23:59:59.999999",
			"0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "294276-12-31 23:59:59.999999", "4713-01-01 00:00:00 BC", "infinity", "-infinity"),
		{to("timestamptz", "utf8", "2026-01-02 03:04:05.25+00", "2026-01-02 11:04:05.25"), to("timestamptz", "utf8", "1988-07-01 00:00:00+00", "1988-07-01 09:00:00"),
			to("timestamptz", "utf8", "2026-01-02 03:04:05+08", "2026-01-02 03:04:05"), to("timestamptz", "utf8", "infinity", "infinity"),
			to("timestamptz", "utf8", "1900-12-31 15:54:16+00", "1900-12-31 23:59:59")},
		same("time", "utf8", "00:00:00", "23:59:59.999999", "24:00:00", "12:30:00.1"), same("timetz", "utf8", "12:30:00.5+08"),
		same("interval", "utf8", "1 year 2 mons 3 days 04:05:06.7", "-00:00:01"),
		same("text", "utf8", "", " x ", "NULL", `\N`, "a\tb\nc\"'\\", "聊城东昌府", "𠮷野家😀"), same("varchar(10)", "utf8", "十个字十个字十个字十"),
		{to("char(5)", "utf8", "ab", "ab   ")}, same(`"char"`, "utf8", "x"), same("name", "utf8", "户籍"),
		same("json", "utf8", `{"姓名":  "甲", "n": 1.50}`), {to("jsonb", "utf8", `{"n":1.50,"姓名":"甲"}`, `{"n": 1.50, "姓名": "甲"}`)},
		same("uuid", "utf8", "123e4567-e89b-12d3-a456-426655440000"), {to("bytea", "binary", `\x00ff0a2700`, "00ff0a2700"), to("bytea", "binary", "", "")},
		same("int[]", "utf8", "{1,NULL,-3}", "{}"), same("text[]", "utf8", `{甲,"a,b","q\"x",NULL}`), same("xml", "utf8", "<a>甲</a>"),
		same("inet", "utf8", "10.1.2.0/24"), same("macaddr", "utf8", "08:00:2b:01:02:03"), same("bit(3)", "utf8", "101"), same("varbit", "utf8", "1", ""),
		same("int4range", "utf8", "[1,5)"), same("point", "utf8", "(1,2)"), same("tsvector", "utf8", "'a':1 'b':2"), {to("money", "utf8", "12.34", "$12.34")},
		{to("timestamptz[]", "utf8", `{"2026-01-02 03:04:05+00"}`, `{"2026-01-02 11:04:05+08"}`)},
	} {
		out = append(out, group...)
	}
	for _, typ := range []string{"boolean", "smallint", "numeric(10,2)", "numeric", "real", "date", "timestamptz", "uuid", "bytea", "jsonb", "int[]", "oid", "double precision"} {
		out = append(out, connectortest.Extreme{Type: typ})
	}
	return out
}
