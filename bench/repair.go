package main

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"guiji/internal/ident"
)

// The project of the repair loop: one department, whose file is made anew for each run.
const (
	repairConfig = `name: bench
store: file://./lake
connections:
  gongan: {connector: csvfile, path: ./drop}
pipelines:
  nightly: {resources: ["*"]}
`
	repairResource = `code: 107001/000001
name: 人员信息
version: 1
status: published
provider: gongan
category: [基础, 人口]
format: 电子表格
update_cycle: 每日
legal_basis: 《中华人民共和国户口登记条例》第三条
share: {class: 有条件, condition: 履职需要, reason: 含个人信息, basis: 《中华人民共和国居民身份证法》第十九条, mode: [api]}
open:  {class: 不予, basis: 《中华人民共和国个人信息保护法》第二十五条}
source: {connection: gongan, table: person.csv, key: [id]}
items:
  - {name: id, label: 编号, type: N(18)}
  - {name: citizen_id, label: 公民身份号码, column: sfzh, type: C(18), privacy: direct, checks: [not_null, citizen_id]}
  - {name: name, label: 姓名, column: xm, type: C(50), privacy: direct, checks: [not_null, {length: {min: 2, max: 50}}]}
  - {name: phone, label: 联系电话, column: lxdh, type: C(20), privacy: direct, checks: [{phone: mobile}]}
  - {name: sex, label: 性别, column: xb, type: C(1), checks: [{in_codes: sex}]}
`
)

// repair measures what mending costs: over a department of which every record fails a
// rule, one run that opens an order for each, one after half of them are mended, and
// the report; and, for what grows with the records, the same over a tenth of them, half
// and twice as many.
func (b *bench) repair(ctx context.Context) error {
	over := map[string]repairing{}
	for _, size := range []struct {
		name    string
		records int
	}{{"tenth", b.failing / 10}, {"half", b.failing / 2}, {"whole", b.failing}, {"twice", b.failing * 2}} {
		fmt.Fprintf(os.Stderr, "repair of %d records\n", size.records)
		m, err := b.repaired(ctx, size.records)
		if err != nil {
			return err
		}
		over[size.name] = m
	}
	whole := over["whole"]
	fmt.Printf("figure repair_seconds %.2f s\n", max(whole.opened, whole.mended))
	fmt.Printf("figure repair_clean_run_seconds %.2f s\n", whole.clean)
	fmt.Printf("figure repair_report_seconds %.2f s\n", whole.report)
	fmt.Printf("figure repair_cpu_seconds %.2f s\n", whole.cpu)
	fmt.Printf("figure repair_peak_rss %.0f MB\n", whole.rss)
	fmt.Printf("figure repair_rss_tenth %.0f MB\n", over["tenth"].rss)
	fmt.Printf("figure repair_rss_over_half %.2f x\n", whole.rss/over["half"].rss)
	fmt.Printf("figure repair_rss_twice_over_whole %.2f x\n", over["twice"].rss/whole.rss)
	fmt.Printf("figure repair_page_kb %.0f KB\n", over["tenth"].page)
	fmt.Printf("figure repair_report_mb %.1f MB\n", whole.files/1024)
	return nil
}

// repairing is what was measured over one number of records: seconds of the runs and
// of the report, CPU seconds of the run that took most, MB of the greatest process, KB of
// the greatest page and of all files.
type repairing struct{ clean, opened, mended, report, cpu, rss, page, files float64 }

func (b *bench) repaired(ctx context.Context, rows int) (repairing, error) {
	var m repairing
	dir := filepath.Join(b.dir, "repair")
	for _, step := range []struct {
		fresh    bool // a project without a release
		bad      func(i int) bool
		into     *float64
		children []string
	}{
		{true, func(int) bool { return false }, &m.clean, []string{"run"}},
		{true, func(int) bool { return true }, &m.opened, []string{"run"}},
		{false, func(i int) bool { return i%2 == 0 }, &m.mended, []string{"run"}},
		{false, nil, &m.report, []string{"report"}},
	} {
		if step.fresh {
			if err := writeRepair(dir); err != nil {
				return m, err
			}
		}
		if step.bad != nil {
			if err := writeRegister(filepath.Join(dir, "drop", "person.csv"), rows, step.bad); err != nil {
				return m, err
			}
		}
		seconds, cpu, rss, err := b.timed(ctx, dir, step.children)
		if err != nil {
			return m, err
		}
		*step.into, m.cpu, m.rss = seconds, max(m.cpu, cpu), max(m.rss, rss)
	}
	var err error
	m.page, m.files, err = written(filepath.Join(dir, "reports"))
	if err != nil {
		return m, err
	}
	return m, os.RemoveAll(dir)
}

// timed runs the program on a project: wall and CPU seconds, and MB at most resident.
func (b *bench) timed(ctx context.Context, dir string, args []string) (seconds, cpu, rss float64, err error) {
	log, err := os.Create(filepath.Join(b.dir, "repair.log"))
	if err != nil {
		return 0, 0, 0, err
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, b.guiji, append([]string{"-C", dir}, args...)...)
	cmd.Stdout, cmd.Stderr = log, log
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return 0, 0, 0, fmt.Errorf("guiji %s: %w (see %s)", strings.Join(args, " "), err, log.Name())
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	seconds, rss = time.Since(began).Seconds(), float64(usage.Maxrss)/1024
	cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	fmt.Fprintf(os.Stderr, "  %-12s %7.2f s  cpu %6.2f s  peak %5.0f MB\n", "repair "+args[0], seconds, cpu, rss)
	return seconds, cpu, rss, nil
}

// written are the KB of the greatest page under a folder, and of all files.
func written(dir string) (page, files float64, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		kb := float64(info.Size()) / 1024
		if files += kb; filepath.Ext(path) == ".html" {
			page = max(page, kb)
		}
		return nil
	})
	return page, files, err
}

// writeRepair makes the project anew.
func writeRepair(dir string) error {
	return writeFiles(dir, map[string]string{
		"guiji.yaml":                 repairConfig,
		"departments.yaml":           benchDepartments,
		"elements.yaml":              "[]\n",
		"entities.yaml":              "[]\n",
		"catalog/gongan/person.yaml": repairResource,
		"codes/sex.csv":              "code,name\n1,男性\n2,女性\n",
		"drop/person.csv":            "",
	})
}

// writeRegister writes rows of which the chosen ones fail one rule each, every third
// that of the phone, of the sex, and of the citizen id.
func writeRegister(path string, rows int, bad func(i int) bool) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "id,sfzh,xm,lxdh,xb")
	for i := range rows {
		id, phone, sex := ident.CompleteCitizenID(fmt.Sprintf("371502%04d%02d%02d%03d", 1950+i%60, 1+i/60%12, 1+i/720%28, i/20160%1000)), fmt.Sprintf("138%08d", i), "1"
		if bad(i) {
			switch i % 3 {
			case 0:
				phone = phone[:9]
			case 1:
				sex = "男"
			default:
				id = id[:16] + string('0'+(id[16]-'0'+1)%10) + id[17:]
			}
		}
		fmt.Fprintf(w, "%d,%s,%s,%s,%s\n", i, id, []string{"张三", "欧阳娜", "李四", "王小明"}[i%4], phone, sex)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
