// Package alike finds catalogue entries that may hold the same data, by what the
// catalogue says of them alone: data elements, names, sets of items (政务数据目录
// 重复的，应进行整合: 《东昌府区政务数据资源管理暂行办法》第十五条). It needs no
// store and no DuckDB; what the data themselves say is the affair of pipelines/twins.
// pipelines and cmd import it.
package alike
