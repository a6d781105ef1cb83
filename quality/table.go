package quality

// TableSQL is a table check: numbers over the resource as a whole, and a verdict
// on them. {raw} is the resource's current image, {ref:department/name} another's.
// It counts one element, which meets the requirement or does not, and no rows.
type TableSQL struct {
	// Aggregates are SQL aggregates over {raw}'s columns. Those of all rules that
	// judge the same rows are computed in one pass.
	Aggregates []string
	// Queries give one row of one column each, for what an aggregate could only hold
	// in memory: they are sorted or grouped, and spill.
	Queries []string
	// Written is an aggregate as a user wrote it: it is vetted before anything runs.
	Written string
	// Judge is the verdict on the results as DuckDB writes them, aggregates first,
	// then queries; nil is NULL. past, where LooksBack, are the observed values of earlier runs of the
	// same version, the oldest first.
	Judge func(got []*string, past []string) Verdict
	// LooksBack says that Judge reads past. Only then is it kept.
	LooksBack bool
}

// Verdict is what a table check says. Observed is the number it judged, "" where
// that would be the value of one record.
type Verdict struct {
	Status   Status
	Observed string
	Reason   string // of NotEvaluated, without values
}

// Remembered is how many observed values of earlier runs a rule looks back on.
const Remembered = 60
