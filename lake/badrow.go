package lake

// BadRow is a row that did not make it into raw: kept with its text and reason in
// the dataset quality/<resource>/quarantine, never in a log. Connectors yield
// those their source types cannot represent, standardize those whose key does
// not fit the catalogue.
type BadRow struct {
	Key    string // readable, "" if unknown
	Column string // the source's name, "" if it is the record as a whole
	Text   string // as far as it can be shown; invalid bytes as \xNN
	Reason string // a key of internal/text
	Place  string // where in the source: file:line, or a part's id
}
