package main

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guiji/internal/testkit/mariadb"
)

// workLists are the XLSX files of the reports.
func (d *desk) workLists() []string {
	d.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(d.dir, "reports"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".xlsx" {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return out
}

// A password and values of cells no other place in the world holds: after good runs,
// bad ones and every command that prints, the password is nowhere and the values
// are only where data belongs: data files, serving files and the owner's own report.
func TestCanaries(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "canary")
	values := []string{"朱雀玄武", "QX7731ZZ", "青龙白虎", "ZW5519YY", "紫微北斗"}
	server.Exec(t, "ALTER TABLE canary.t_person MODIFY id varchar(40), MODIFY nl varchar(40)",
		"INSERT INTO canary.t_person VALUES ('QX7731ZZ', 'x', '朱雀玄武', '1'), ('8', 'ZW5519YY', '青龙白虎', '紫微北斗')",
		"INSERT INTO canary.t_person VALUES ('8', 'ZW5519YY', '青龙白虎', '紫微北斗')")
	var said bytes.Buffer
	try := func(args ...string) {
		for _, lang := range []string{"en", "zh"} {
			for _, form := range []string{"--json", "--verbose"} {
				e := d.guiji(append(args, "--lang", lang, form)...)
				said.WriteString(e.all())
			}
		}
	}
	for _, args := range [][]string{{"run"}, {"plan"}, {"runs"}, {"status"}, {"doctor"}, {"report"}, {"verify"}, {"catalog", "check"}, {"query"}} {
		try(args...)
	}
	try("query", "SELECT * FROM standard.gongan__resident")
	try("query", "SELECT name::INT FROM standard.gongan__resident")
	try("query", "SELECT error(name) FROM raw.gongan__resident")
	try("query", "SELECT CAST(citizen_id AS DATE), 1/0 FROM raw.gongan__resident")
	d.edit("catalog/gongan/resident.yaml", "checks: [not_null]", "checks: [not_null, {sql: \"name::INT > 3\"}]")
	try("run")
	server.Exec(t, "SET PASSWORD FOR canary = PASSWORD('another')")
	try("run")
	try("doctor")
	d.edit("guiji.yaml", "${LAB_PASSWORD}", password) // written out, against the advice
	try("run")
	d.edit("guiji.yaml", "connect_timeout: 3s", "connect_timeout: 3s, pasword: \""+password+"\"")
	try("run")
	try("catalog", "check")
	for _, v := range append(values, password) {
		if strings.Contains(said.String(), v) {
			i := strings.Index(said.String(), v)
			t.Errorf("a command printed a canary: …%s…", said.String()[max(0, i-300):i])
		}
	}
	d.files()
	d.noCanary(values)
}

// noCanary looks through every file of the project: the password is nowhere, the
// values only in data, serving files and the owner's report.
func (d *desk) noCanary(values []string) {
	d.Helper()
	seen := 0
	err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(d.dir, path)
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if filepath.Ext(name) == ".xlsx" {
			if b, err = unzip(path); err != nil {
				return err
			}
		}
		if bytes.Contains(b, []byte(password)) {
			d.Errorf("%s holds the password", name)
		}
		mode, err := e.Info()
		if err == nil && mode.Mode().Perm()&0o077 != 0 {
			d.Errorf("%s has mode %s", name, mode.Mode())
		}
		own := strings.HasPrefix(name, "lake/data/") || strings.HasPrefix(name, "serving/") || strings.HasPrefix(name, "reports/") && strings.Contains(name, "gongan")
		for _, v := range values {
			switch {
			case !bytes.Contains(b, []byte(v)):
			case own:
				seen++
			default:
				d.Errorf("%s holds a value of a cell", name)
			}
		}
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	if seen == 0 {
		d.Error("the owner's report has no value: nothing was looked for")
	}
}

// unzip is all a zip file holds, one after the other.
func unzip(path string) ([]byte, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	var out bytes.Buffer
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(&out, r)
		r.Close()
		if err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}
