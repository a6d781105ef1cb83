package lake

import "errors"

// The sentinels of Objects.
var (
	ErrNotFound = errors.New("object not found")
	ErrConflict = errors.New("condition of the put does not hold")
)
