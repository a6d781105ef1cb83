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

// A number read aloud or typed by hand is found all the same; nothing else is a number.
func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"0A1B2C-3D4E5F", "oa1b2c3d4e5f", " ０Ａ１Ｂ２Ｃ—３Ｄ４Ｅ５Ｆ\r", "", "U", "0A1B2C-3D4E5", "0A1B2C-3D4E5F0", "\xff", "IL1-OO0 000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := ParseNumber(s)
		if !ok {
			if n != "" {
				t.Errorf("%q: %q and not ok", s, n)
			}
			return
		}
		if again, ok := ParseNumber(n); !ok || again != n || len(n) != 13 || n[6] != '-' {
			t.Errorf("%q: %q, and again %q", s, n, again)
		}
	})
}

func TestParseNumber(t *testing.T) {
	for s, want := range map[string]string{
		"0A1B2C-3D4E5F": "0A1B2C-3D4E5F", "oa1b2c3d4e5f": "0A1B2C-3D4E5F", " ０Ａ１Ｂ２Ｃ—３Ｄ４Ｅ５Ｆ\r": "0A1B2C-3D4E5F", "il1-oo0-000000": "111000-000000", "ｏｌ0000000000": "010000-000000",
		"": "", "0A1B2U-3D4E5F": "", "0A1B2C-3D4E5": "", "0A1B2C-3D4E5FF": "", "0A1B2C_3D4E5F": "",
	} {
		if got, ok := ParseNumber(s); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", s, got, ok)
		}
	}
}
