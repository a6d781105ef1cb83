package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guiji/internal/testkit/mariadb"
)

// What a person sees of drift: the run, the list of tasks, status and the department's
// page tell the same in both languages.
func TestCatalogueTasks(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "drift")
	d.good()
	d.contains("no tasks", d.guiji("catalog", "tasks", "--lang", "zh").out, "没有待办的目录维护任务")
	server.Exec(t, "ALTER TABLE drift.t_person ADD COLUMN dh varchar(20)", "ALTER TABLE drift.t_house RENAME COLUMN dz TO dizhi")
	e := d.guiji("run", "--lang", "zh")
	if e.code != 3 {
		t.Fatalf("exit code %d: %s", e.code, e.all())
	}
	d.contains("the run", e.out, "gongan/house 已暂停归集：源表缺少字段 dz", "catalog/gongan/house.yaml", "gongan/resident 源表变动：源表新增字段 dh（varchar(20)），未予归集", "待办的目录维护任务：2 项")
	en := d.guiji("catalog", "tasks", "--lang", "en")
	d.contains("the list", en.out, "column dz is missing at the source", "not collected until mended", "column dh (varchar(20)) is new at the source", "《政务数据共享条例》（国务院令第809号）", "2 open, 0 overdue")
	d.contains("the list", d.guiji("catalog", "tasks", "--lang", "zh").out, "源表缺少字段 dz", "已暂停归集", "共 2 项待办")
	var list []struct {
		ID, Department, Due string
		Stops, Overdue      bool
	}
	if err := json.Unmarshal([]byte(d.guiji("catalog", "tasks", "--json").out), &list); err != nil || len(list) != 2 || list[0].Department != "gongan" || list[0].Due == "" {
		t.Errorf("%v, %v", list, err)
	}
	d.contains("status", d.guiji("status", "--lang", "zh").out, "目录维护任务", "目录维护任务完成前暂停归集：gongan/house")
	page, err := os.ReadFile(filepath.Join(d.dir, "reports", "gongan", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	d.contains("the page", string(page), "目录维护事项", "源表缺少字段 dz", "办理期限")
	if rows := d.rows("SELECT count(*) FROM standard.gongan__house"); len(rows) != 1 || rows[0][0] != float64(2) {
		t.Errorf("the last good data: %v", rows)
	}
	d.tidy()
	server.Exec(t, "ALTER TABLE drift.t_house RENAME COLUMN dizhi TO dz")
	d.edit("catalog/gongan/resident.yaml", "version: 1", "version: 2")
	if e := d.good(); strings.Contains(e.out, "drift") {
		t.Errorf("all is mended: %s", e.out)
	}
	d.contains("no tasks", d.guiji("catalog", "tasks", "--lang", "en").out, "no catalogue tasks")
}
