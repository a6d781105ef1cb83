// Package schedule starts pipelines by their cron: it decides which slot is due,
// which resources it takes, what was missed and what is tried again, and holds
// nothing that the store does not. It compiles without DuckDB: what runs a slot is
// handed in. pipelines and cmd import it; it imports lake, catalog and internal.
//
// A slot is a pipeline at a scheduled time. That it has landed is in the release
// chain (lake.Release.Slots), that it runs is in the lease, and what else is known
// of it, tries, outcome, what was missed, stands in schedule/<pipeline>.json,
// changed by compare-and-swap alone: any number of daemons may share a store.
package schedule
