// Package protocoltest holds the proofs of the commit protocol against real stores:
// what becomes of commits whose answers are lost, and of runs that are stopped past
// their lease. All of it is tests; nobody may import it.
package protocoltest
