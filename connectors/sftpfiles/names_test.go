package sftpfiles_test

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/internal/fault"
)

// A name that cannot be shown costs only the tables that it may be of.
func TestOddNames(t *testing.T) {
	l := newLab(t)
	for _, name := range []string{"a.csv", "in/1.csv", "well/1.csv", "in/\xb1\xa8.csv", "\xb1\xa8.CSV", "b\x01.txt"} {
		l.Write(t, name, []byte("id\n1\n"))
	}
	for _, table := range []string{"a.csv", "well", "well/*.csv", "w*/1.csv"} {
		if got, err := l.read(t, table, "id"); err != nil || len(got.rows) != 1 {
			t.Errorf("%s: %v", table, err)
		}
	}
	for _, table := range []string{"in", "in/*.csv", "*/报*.csv", "*", ".", "a*"} {
		if _, err := l.read(t, table, "id"); fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), "none of a file") {
			t.Errorf("%s, which the file may be of: %v", table, err)
		}
	}
	src := l.open(t, memory.DefaultAllocator)
	defer src.Close()
	found, err := src.(connectors.Doctor).Doctor(t.Context())
	if err != nil || found[0].Key != "remote.doctor.passed" || found[0].Args[1] != 3 {
		t.Errorf("doctor: %+v, %v", found, err)
	}
	if tables, err := src.Discover(t.Context()); err != nil || len(tables) == 0 || tables[0].Name != "a.csv" {
		t.Errorf("discovered %+v, %v", tables, err)
	}
}
