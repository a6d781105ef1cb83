// Package standardize is the first row step: it mends what can be mended without
// guessing (width, blanks, date forms, identifiers, codes) and casts to the
// catalogue type. What it changes is kept beside in <item>_raw; what does not fit
// follows the item's unfit. pipelines and cmd import it.
//
// # What _raw holds
//
// The pulled text of a cell wherever it differs from the canonical text of the
// stored value, so that coalesce(item_raw, item) is what was pulled. Canonical
// text is what DuckDB prints: plain digits with exactly the catalogue's decimals,
// 2006-01-02, 2006-01-02 15:04:05 with a fraction only where it is not zero.
// A number pulled as a number is compared by value: 1.50 out of a DECIMAL(12,2)
// is the same value in an N(14,4). A bool is pulled as 1 or 0. Bytes that are not
// UTF-8 are shown as \xNN. A binary item has no _raw: nothing changes it.
package standardize
