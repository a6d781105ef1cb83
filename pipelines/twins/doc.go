// Package twins finds resources that hold the same data (《东昌府区政务数据资源管理暂行
// 办法》第十五条): what the catalogue says (catalog/alike), and what the data of a
// release say. Of each table one sample is read, chosen by a hash of its keys, so that
// samples of two tables meet; rows with one key are then compared item by item. What
// leaves the package are shares and counts, never a value or a hash of one. pipelines
// and cmd import it. docs/decisions/012-finding-duplicates.md says why it is done so.
package twins
