// Package onesource settles, with SQL on DuckDB, which record and which value
// stands: duplicates within one resource, the standard table, and across
// resources the golden record of each subject with its lineage and conflicts
// (一数一源). docs/decisions/003-one-source.md holds the rules and why. Every step
// has its SQL in one function, so that another dialect can stand beside it.
// pipelines and cmd import it; it imports catalog and internal only.
package onesource
