package httpapi_test

import (
	"fmt"
	"testing"

	"guiji/connectors/connectortest"
	"guiji/connectors/httpapi"
)

func TestConformance(t *testing.T) {
	for _, c := range []struct {
		kind string
		post bool
	}{{"page", false}, {"cursor", true}} {
		t.Run(fmt.Sprint(c.kind, c.post), func(t *testing.T) { connectortest.Run(t, harness(t, c.kind, c.post)) })
	}
}

func BenchmarkRead(b *testing.B) { connectortest.Bench(b, harness(b, "page", false)) }

// harness is a server that pages in one way.
func harness(t testing.TB, kind string, post bool) connectortest.Harness {
	a := newAPI(t, kind, post)
	text := func(s string) connectortest.Extreme {
		return connectortest.Extreme{Type: "text", Value: &s, Want: &s, Arrow: "utf8"}
	}
	literal := func(value, want string) connectortest.Extreme {
		return connectortest.Extreme{Type: "json", Value: &value, Want: &want, Arrow: "utf8"}
	}
	same := func(value string) connectortest.Extreme { return literal(value, value) }
	null := literal("null", "")
	null.Want = nil
	return connectortest.Harness{
		Connector: httpapi.Connector(), Open: a.open, Load: a.load,
		Running:     func(testing.TB) int { return int(a.running.Load()) },
		Connections: func(testing.TB) int { return int(a.connected.Load()) },
		Wire:        &connectortest.Wire{Server: a.server.Listener.Addr().String(), Open: a.through},
		Extremes: []connectortest.Extreme{
			text(""), text(" "), text("𠮷野家 · 買買提"), text("\"\\/\b\f\n\r\t\x00\x7f\u2028"), text("\uFFFD"), text("\U0010FFFF"), text("null"), null,
			same("0"), same("-0"), same("18446744073709551616"), same("12345678901234567890.12345678901234567890"), same("1E400"), same("1.10"), same("-1e-7"),
			same("true"), same("false"), literal(`{ "a" : [ 1.0, null , "县 \u53BF" ] }`, `{"a":[1.0,null,"县 \u53BF"]}`), literal("[ ]", "[]"),
			literal(`"\ud842\udfb7\u53bf\/\u0000"`, "𠮷县/\x00"),
		},
		Bad:    a.bad,
		Cannot: connectortest.Inability{Parts: true, Keys: true, Cursor: true, Identity: true, Moment: true, Mortal: true, File: true},
	}
}

// bad holds records that are none.
func (a *api) bad(t testing.TB) connectortest.BadCase {
	t.Helper()
	var records []string
	for i := range 20 {
		name := `"好"`
		switch i % 4 {
		case 1:
			name = "\"\xe5\x9d\xff\""
		case 3:
			name = `"\ud842x"`
		}
		records = append(records, fmt.Sprintf(`{"id": %d, "name": %s, "other": "%s"}`, i, name, "\xff"))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.put("bad", records)
	return connectortest.BadCase{Table: "bad", Columns: []string{"id", "name"}, Good: 10, Bad: 10, Column: "name", Text: `\xE5\x9D\xFF`}
}
