package pipelines

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/lake"
)

// staged is a dataset as local Parquet files, not yet in the store.
type staged struct {
	lake.Dataset
	paths []string
	rows  []int64
}

// relation is the dataset as SQL.
func (d *staged) relation() string { return engine.Parquet(d.paths) }

// table is the name of a resource's tables in DuckDB: department__name.
func table(resource string) string { return strings.ReplaceAll(resource, "/", "__") }

// write makes a dataset of one file out of a query.
func write(ctx context.Context, s *engine.Session, dir, step, query string, d lake.Dataset, label labels) (*staged, error) {
	return writeBy(ctx, s, dir, step, d, label, func(path string) (int64, error) {
		return s.CopyQuery(ctx, step, query, path, engine.ParquetOptions{})
	})
}

// writeEach is write of several queries, whose rows follow on each other: a file each.
func writeEach(ctx context.Context, s *engine.Session, dir, step string, queries []string, d lake.Dataset, label labels) (*staged, error) {
	out := &staged{Dataset: d}
	for i, query := range queries {
		path := filepath.Join(dir, fmt.Sprintf("%s-%d.parquet", step, i))
		n, err := s.CopyQuery(ctx, step, query, path, engine.ParquetOptions{})
		if err != nil {
			return nil, err
		}
		out.paths, out.rows = append(out.paths, path), append(out.rows, n)
	}
	return out, out.describe(ctx, s, label)
}

// writeBy is write of what copied writes to a path, of so many rows.
func writeBy(ctx context.Context, s *engine.Session, dir, step string, d lake.Dataset, label labels, copied func(path string) (int64, error)) (*staged, error) {
	path := filepath.Join(dir, step+".parquet")
	n, err := copied(path)
	if err != nil {
		return nil, err
	}
	out := &staged{Dataset: d, paths: []string{path}, rows: []int64{n}}
	return out, out.describe(ctx, s, label)
}

// describe fills in the columns and the number of rows.
func (d *staged) describe(ctx context.Context, s *engine.Session, label labels) error {
	d.Columns, d.Rows = nil, 0
	err := s.Each(ctx, "describe", "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "+d.relation()+")", func(scan engine.Scanner) error {
		var c lake.Column
		if err := scan(&c.Name, &c.Type); err != nil {
			return err
		}
		label(&c)
		d.Columns = append(d.Columns, c)
		return nil
	})
	for _, n := range d.rows {
		d.Rows += n
	}
	return err
}

// labels gives a column its Chinese name, privacy class and element.
type labels func(c *lake.Column)

// itemLabels labels the columns of a resource's tables by its items; <item>_raw is
// as private as its item.
func itemLabels(res *catalog.Resource) labels {
	return func(c *lake.Column) {
		it, raw := res.Item(c.Name), false
		if it == nil {
			if name, ok := strings.CutSuffix(c.Name, "_raw"); ok {
				it, raw = res.Item(name), true
			}
		}
		if it == nil {
			c.Label = fixedLabels[c.Name]
			return
		}
		c.Label, c.Privacy, c.Element = it.Label, string(it.Privacy), it.Element
		if raw {
			c.Label, c.Element = it.Label+"（原值）", ""
		}
	}
}

// fixedLabels are the Chinese names of columns that guiji makes itself.
var fixedLabels = map[string]string{
	"_key": "记录标识", "_hash": "记录散列值", "_mask0": "核查结果位图", lake.DigestColumn: "记录比对摘要",
	"rule": "规则", "version": "规则版本", "kind": "核查类型", "item": "信息项", "title": "规则说明", "indicator": "评价指标",
	"severity": "级别", "on_fail": "处置方式", "status": "核查结论", "a": "符合要求数", "b": "参与核查数", "failed": "问题数",
	"reason": "原因", "key": "记录标识", "column": "字段", "text": "原文", "place": "位置", "kept": "保留记录",
	"golden_id": "主体标识", "entity_key": "主体主键", "source": "来源编号", "record_key": "来源记录标识", "source_time": "来源更新时间",
	"votes": "参与取值", "element": "数据元", "holder": "持有方编号", "holder_value": "持有方的值", "authority": "权威来源编号",
	"authority_value": "权威来源的值", "holder_time": "持有方更新时间", "authority_time": "权威来源更新时间", "other_value": "其他部门一致的值",
	"own_key": "记录自身主键", "route": "关联所用数据元", "decision": "决定编号", "records": "记录数", "other_id": "另一主体标识", "current_id": "现用主体标识",
	"holders": "意见一致的部门数", "held_by": "持有方", "disputed": "异议标注字段", "since": "首次出现版本", "resource": "信息资源", "subject": "主体", "department": "部门", "name": "名称",
	"id": "标识", "code": "代码", "parent": "归口单位", "label": "中文名称", "type": "类型", "privacy": "隐私类别", "entity": "实体",
	"standard": "标准", "provider": "提供方", "update_cycle": "更新周期", "share_class": "共享类型", "open_class": "开放类型",
	"approver": "批准单位", "until": "有效期至",
	"legal_basis": "依据", "valid_from": "生效时间", "valid_to": "失效时间",
	"order_number": "问题编号", "order_state": "整改事项状态", "because": "未核销原因", "opened": "首次发现版本", "opened_at": "首次发现时间", "due": "整改期限",
	"provisional": "期限待定", "seen": "最近发现版本", "seen_at": "最近发现时间", "periods": "连续期数", "returns": "再次出现次数", "reopened": "再次出现版本",
	"reopened_at": "再次出现时间", "closed": "销号版本", "closed_at": "销号时间", "rule_item": "所涉信息项", "rule_title": "问题描述",
	"standardised": "标准化处理版本",
}

func plainLabels(c *lake.Column) { c.Label = fixedLabels[c.Name] }

// datasetName joins a layer with what it holds.
func datasetName(layer string, parts ...string) string {
	return fmt.Sprintf("%s/%s", layer, strings.Join(parts, "/"))
}
