package catalog

import "testing"

func TestCodeTable(t *testing.T) {
	table, err := readCodes("codes/a.csv", "a", []byte("code,name,alias,valid_from,valid_to\n"+
		"371502,东昌府区,东昌府|聊城市东昌府区,1998-03-01,\n"+
		"372501,聊城市,,,1998-02-28\n"+
		"371501,市辖区,,1998-03-01,\n"+
		"110101,市辖区,,,\n"+
		"42,旧,,,2000-12-31\n42,新,,2005-01-01,\n"+
		"\"1\",\"a,b\",,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	lookups := map[string]string{
		"371502": "371502", "东昌府区": "371502", "东昌府": "371502", "聊城市东昌府区": "371502", "a,b": "1", "新": "42",
		"市辖区": "", "": "", "东昌": "", "371599": "",
	}
	for in, want := range lookups {
		if got, ok := table.Lookup(in); got != want || ok != (want != "") {
			t.Errorf("Lookup(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
	valid := []struct {
		code, date string
		want       bool
	}{
		{"371502", "2020-01-01", true}, {"371502", "1998-03-01", true}, {"371502", "1998-02-28", false},
		{"372501", "1998-02-28", true}, {"372501", "1998-03-01", false}, {"372501", "", true},
		{"42", "2000-12-31", true}, {"42", "2003-01-01", false}, {"42", "2010-01-01", true},
		{"99", "", false}, {"110101", "1900-01-01", true},
	}
	for _, c := range valid {
		if got := table.Valid(c.code, c.date); got != c.want {
			t.Errorf("Valid(%s, %s) = %v", c.code, c.date, got)
		}
	}
	literal := &CodeTable{Codes: table.Codes}
	if got, ok := literal.Lookup("东昌府"); got != "371502" || !ok || !literal.Valid("371502", "2020-01-01") {
		t.Error("a table written as a literal finds nothing")
	}
}
