package lake

import "guiji/internal/fault"

// The sentinels of Objects. They are fault.Errors, so that a person reads them in
// his language where nobody says it better.
var (
	ErrNotFound error = fault.New(fault.Internal, "lake.notfound")
	ErrConflict error = fault.New(fault.Internal, "lake.conflict")
)
