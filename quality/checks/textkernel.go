package checks

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/quality"
)

// textKernel judges each value of one text column by itself.
type textKernel struct {
	column int
	bad    func([]byte) bool
}

func (k *textKernel) Eval(rec arrow.RecordBatch, fails []int32) ([]int32, int64) {
	return eachText(rec.Column(k.column).(*array.String), fails, k.bad)
}

func newTextKernel(r *quality.Rule, env *quality.Env, bad func([]byte) bool) (quality.Kernel, error) {
	column, err := columnOf(r.Items[0], env)
	if err != nil {
		return nil, err
	}
	return &textKernel{column: column, bad: bad}, nil
}

// allDigits reports whether s is ASCII digits only; true for none.
func allDigits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
