// Package standardize is the first row step: it mends what can be mended without
// guessing (width, blanks, date forms, identifiers, codes) and casts to the
// catalogue type. What it changes is kept beside in <item>_raw; what does not fit
// follows the item's unfit. pipelines and cmd import it.
package standardize
