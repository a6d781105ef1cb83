package orders

import (
	"strings"
	"testing"

	"guiji/internal/engine"
)

// A number made in SQL is the number made in Go, whatever a key holds: officers quote them.
func TestNumberInSQL(t *testing.T) {
	s, err := engine.Open(t.Context(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	awkward := []string{"", "1", "371502199001010012", "张三", `a"b\c`, "<b>&'", "\u2028x\u2029", "tab\tnew\nline\r\b\f", "\x01\x02\x1f\x7f", "😀", `\u0041`, "a,b", `","`}
	for r := range rune(0x20) {
		awkward = append(awkward, "x"+string(r)+"y")
	}
	for _, resource := range []string{"gongan/resident", `odd"name`} {
		for i, k := range awkward {
			key := []string{k, awkward[(i+3)%len(awkward)]}
			var got string
			query := "SELECT " + numberSQL(resource, "r", []string{"a", "b"}) + " FROM (SELECT 'name.length<2' AS r, " + literal(key[0]) + " AS a, " + literal(key[1]) + " AS b)"
			if err := s.Row(t.Context(), "test", query, &got); err != nil {
				t.Fatal(err)
			}
			if want := Number(resource, "name.length<2", key); got != want {
				t.Errorf("%q: %s, want %s", key, got, want)
			}
		}
	}
	var null, empty string
	if err := s.Row(t.Context(), "test", "SELECT "+numberSQL("d/r", "'x'", []string{"NULL"})+", "+numberSQL("d/r", "'x'", []string{"''"}), &null, &empty); err != nil || null != empty || null != Number("d/r", "x", []string{""}) {
		t.Errorf("%s, %s, %v", null, empty, err)
	}
	if n := Number("d/r", "x", []string{"1"}); len(n) != 13 || strings.ContainsAny(n, "ILOU") {
		t.Errorf("%s is no number", n)
	}
}

// literal is a text as SQL, a zero sign included.
func literal(s string) string {
	parts := strings.Split(s, "\x00")
	for i := range parts {
		parts[i] = engine.Lit(parts[i])
	}
	return strings.Join(parts, " || chr(0) || ")
}
