package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The project the measured run works on: one resource of 12 items with 15 checks,
// de-duplication by citizen id, a gate.
const (
	benchConfig = `name: bench
store: file://./lake
defaults: {parts: 2, parallel: 1}
connections:
  gongan: {connector: mysql, address: %q, database: bench, user: root, tls: %q, ca: %q, max_connections: 2}
pipelines:
  nightly: {resources: ["*"], gate: {max_failure_rate: 10%%}}
`
	benchDepartments = "- {id: gongan, name: 公安局, code: 11371502MB28G1239K, contact: {name_of_office: 科技信息化科}}\n"
	benchResource    = `code: 107001/000001
name: 人员信息
version: 1
status: published
provider: gongan
category: [基础, 人口]
format: 数据库
update_cycle: 每日
legal_basis: 《中华人民共和国户口登记条例》第三条
share: {class: 有条件, condition: 履职需要, reason: 含个人信息, basis: 《中华人民共和国居民身份证法》第十九条, mode: [api]}
open:  {class: 不予, basis: 《中华人民共和国个人信息保护法》第二十五条}
source: {connection: gongan, table: %s, key: [id]}
serve: %s
lookup_key: [citizen_id]
items:
  - {name: id, label: 编号, type: N(18)}
  - {name: citizen_id, label: 公民身份号码, column: sfzh, type: C(18), privacy: direct, checks: [not_null, citizen_id]}
  - {name: name, label: 姓名, column: xm, type: C(50), privacy: direct, checks: [not_null, {length: {min: 2, max: 50}}]}
  - {name: sex, label: 性别, column: xb, type: C(1), checks: [{in_codes: sex}]}
  - {name: birth, label: 出生日期, column: csrq, type: D, privacy: quasi, checks: [{range: {min: 1900-01-01, max: today}}]}
  - {name: nation, label: 民族, column: mz, type: C(2), checks: [{regex: '\d{2}'}]}
  - {name: address, label: 户籍地址, column: hjdz, type: C(200), privacy: quasi, checks: [not_null, {length: {min: 5, max: 200}}]}
  - {name: phone, label: 联系电话, column: lxdh, type: C(20), privacy: direct, checks: [phone]}
  - {name: income, label: 年收入, column: nsr, type: "N(12,2)", privacy: sensitive, checks: [{range: {min: 0, max: 10000000}}]}
  - {name: status, label: 状态, column: zt, type: N(2), checks: [{range: {min: 0, max: 9}}]}
  - {name: created_at, label: 创建时间, column: cjsj, type: T, checks: [not_null, {compare: {op: "<=", with: updated_at}}]}
  - {name: updated_at, label: 更新时间, column: gxsj, type: T, checks: [not_null]}
duplicates: {by: [citizen_id], keep: latest(updated_at)}
`
)

// writeProject makes a project directory for a measured run; what an earlier one
// left is removed.
func writeProject(dir, address, tls, ca, table, serve string) error {
	return writeFiles(dir, map[string]string{
		"guiji.yaml":                 strings.ReplaceAll(fmt.Sprintf(benchConfig, address, tls, ca), ", ca: \"\"", ""),
		"departments.yaml":           benchDepartments,
		"elements.yaml":              "[]\n",
		"entities.yaml":              "[]\n",
		"catalog/gongan/person.yaml": fmt.Sprintf(benchResource, table, serve),
		"codes/sex.csv":              "code,name\n0,未知的性别\n1,男性\n2,女性\n9,未说明的性别\n",
	})
}

// writeFiles makes a folder anew with files of a content.
func writeFiles(dir string, files map[string]string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}
