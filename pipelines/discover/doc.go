// Package discover drafts catalogue entries: it profiles a sample of a source's table
// and guesses items, types, elements, checks and privacy, each guess with its evidence in
// a comment. A person settles the draft. No value of any row goes into it: counts, shares,
// lengths and names of code tables alone. It compiles without DuckDB; cmd alone imports it.
package discover
