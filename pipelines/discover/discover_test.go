package discover_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"golang.org/x/text/encoding/simplifiedchinese"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/connectors/csvfile"
	"guiji/connectors/mysql"
	"guiji/connectors/sqlite"
	"guiji/internal/ident"
	"guiji/internal/testkit/mariadb"
	"guiji/internal/text"
	"guiji/pipelines/discover"
)

// project is a new one, with a department and code tables but no entry.
func project(t *testing.T) *catalog.Project {
	t.Helper()
	dir := t.TempDir()
	if _, err := catalog.Init(filepath.Join(dir, "p")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "p", "catalog")); err != nil {
		t.Fatal(err)
	}
	p, err := catalog.Load(filepath.Join(dir, "p"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// draft drafts a table and loads what it wrote: entry and text.
func draft(t *testing.T, p *catalog.Project, source connectors.Source, table string) (*catalog.Resource, string) {
	t.Helper()
	found, err := source.Discover(t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	profile, err := discover.Sample(t.Context(), source, found[0], 500, alloc)
	if err != nil {
		t.Fatal(err)
	}
	alloc.AssertSize(t, 0)
	d := &discover.Drafter{Project: p, Lang: text.EN, Department: "gongan", Connection: "gongan_files", Connector: "csvfile", Today: "2026-01-01"}
	out := d.Draft(profile)
	if again := d.Draft(profile); again != out {
		t.Error("two drafts of one profile differ")
	}
	file := filepath.Join(p.Dir, "catalog", filepath.FromSlash(out.File))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(out.Text), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := catalog.Load(p.Dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, out.Text)
	}
	for _, r := range loaded.Resources {
		if r.ID == out.Resource {
			return r, out.Text
		}
	}
	t.Fatalf("%s is not loaded", out.Resource)
	return nil, ""
}

func env(dir string) connectors.Env {
	return connectors.Env{Dir: dir, Timezone: "Asia/Shanghai", Alloc: memory.DefaultAllocator}
}

func id(i int) string {
	return ident.CompleteCitizenID(fmt.Sprintf("3715021990%02d%02d%03d", i%12+1, i%28+1, i%1000))
}

// form is an item as the tests write it: name type element privacy checks.
func form(it *catalog.Item) string {
	out := []string{it.Name, it.Type.String(), it.Element, string(it.Privacy)}
	for _, c := range it.Checks {
		out = append(out, c.Kind)
	}
	return strings.Join(out, " ")
}

func same(t *testing.T, r *catalog.Resource, want ...string) {
	t.Helper()
	for i, w := range want {
		if i >= len(r.Items) || form(&r.Items[i]) != w {
			t.Errorf("item %d is %q, wanted %q", i, form(&r.Items[min(i, len(r.Items)-1)]), w)
		}
	}
	if len(r.Items) != len(want) {
		t.Errorf("%d items, wanted %d", len(r.Items), len(want))
	}
}

func TestTextFile(t *testing.T) {
	p := project(t)
	var b strings.Builder
	b.WriteString("编号,姓名,身份证号,_raw,性别,登记日期,金额,2列,姓 名,file_row_number\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%06d,吴密%c,%s,甲,%d,2020/%d/5,%d.50,,x,%d\n", i, '一'+rune(i), id(i), i%2+1, i%12+1, i*31, i)
	}
	dir := t.TempDir()
	raw, err := simplifiedchinese.GB18030.NewEncoder().String(b.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "人员.csv"), []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	s := csvfile.DefaultSettings()
	s.Path, s.Encoding = ".", "gb18030"
	source, err := csvfile.Connector().Open(t.Context(), s, env(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	r, text := draft(t, p, source, "人员.csv")
	if r.ID != "gongan/ren_yuan" || r.Status != catalog.Draft || r.Name != "人员" {
		t.Errorf("entry %s %s %s", r.ID, r.Status, r.Name)
	}
	same(t, r, "bian_hao C(6)  ", "xing_ming C(10) DE0002 direct", "shen_fen_zheng_hao C(18) DE0001 direct not_null citizen_id unique", "raw C(10)  ",
		"xing_bie C(1) DE0003  in_codes", "deng_ji_ri_qi D  ", "jin_e N(10,2)  ", "c_2_lie C  ", "xing_ming_2 C(1) DE0002 direct", "file_row_number_item N(10)  ")
	for _, leak := range []string{"吴密", id(3), "甲", "000007"} {
		if strings.Contains(text, leak) {
			t.Error("a value of a row stands in the draft")
		}
	}
	if !strings.Contains(text, "# key: [bian_hao]") || !strings.Contains(text, "gb18030") {
		t.Error("the draft says nothing of a key or of the encoding")
	}
}

func TestSQLite(t *testing.T) {
	p := project(t)
	path := filepath.Join(t.TempDir(), "s.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{
		"CREATE TABLE ent (id INTEGER PRIMARY KEY, tyshxydm varchar(18) NOT NULL, zczb DECIMAL(18,4), photo BLOB, gxsj TEXT)", "CREATE INDEX e ON ent (gxsj)",
		"WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 100) INSERT INTO ent SELECT n, '91371500MA00000000', n + 0.5, x'00', '2026-01-01 08:00:00' FROM g",
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	s := sqlite.DefaultSettings()
	s.Path = path
	source, err := sqlite.Connector().Open(t.Context(), s, env(""))
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	r, text := draft(t, p, source, "ent")
	same(t, r, "id N(18)  ", "tyshxydm C(18)   not_null", "zczb N(18,4)  ", "photo B  ", "gxsj T  ")
	if len(r.Source.Key) != 1 || r.Source.Key[0] != "id" || !regexp.MustCompile(`# cursor: gxsj .*index begins`).MatchString(text) {
		t.Errorf("key %v, and the cursor:\n%s", r.Source.Key, text[:strings.Index(text, "items:")])
	}
}

// Bytes of GBK in a latin1 column are told of; accents of western names are none.
func TestBytesInLatin1(t *testing.T) {
	p := project(t)
	server := mariadb.Start(t)
	server.Exec(t, "CREATE DATABASE old", `CREATE TABLE old.t (id bigint unsigned PRIMARY KEY COMMENT '编号；自增', xm varchar(20) CHARACTER SET latin1 COMMENT '姓名: 户主',
		west varchar(20) CHARACTER SET latin1, born date, wage decimal(40,4) COMMENT '缴费基数')`)
	for i := range 30 {
		server.Exec(t, fmt.Sprintf("INSERT INTO old.t VALUES (%d, 0x%x, 'Müller é', '1990-01-01', %d.5)", i+1, "\xCE\xE2\xC3\xDC"+string([]byte{0xB0 + byte(i), 0xA1}), i))
	}
	s := mysql.DefaultSettings()
	s.Address, s.Database, s.User = server.Address, "old", "root"
	source, err := mysql.Connector().Open(context.Background(), s, env(""))
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	r, text := draft(t, p, source, "t")
	same(t, r, "id N(18)  ", "xm C(20) DE0002 direct", "west C(20)  ", "born D  ", "wage N(40,4)  sensitive")
	if n := strings.Count(text, "charset_of_bytes: gb18030"); n != 1 {
		t.Errorf("%d columns are told to hold GB 18030, wanted 1:\n%s", n, text)
	}
}

// A column that no batch can hold is told of, and the others are drafted.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	s := csvfile.DefaultSettings()
	s.Path = "."
	source, err := csvfile.Connector().Open(t.Context(), s, env(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte("id,n\n1,7\n2,甲\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := source.Discover(t.Context(), "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	found[0].Columns = append(found[0].Columns, connectors.Column{Name: "tags", SourceType: "list<item: utf8>", Unreadable: true})
	profile, err := discover.Sample(t.Context(), source, found[0], 10, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	d := &discover.Drafter{Project: project(t), Lang: text.EN, Department: "gongan", Connection: "gongan_files", Connector: "csvfile", Today: "2026-01-01"}
	out := d.Draft(profile).Text
	if !strings.Contains(out, `# column tags is list<item: utf8>: only plain values can be read`) || strings.Contains(out, "column: tags") {
		t.Error(out)
	}
	if !strings.Contains(out, `column: "n"
    type: C(10)`) { // one number of two values is no column of numbers
		t.Error(out)
	}
}
