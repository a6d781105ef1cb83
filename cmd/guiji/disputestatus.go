package main

import (
	"context"

	"guiji/internal/state"
	"guiji/pipelines"
)

// fullStatus is what guiji status prints: what the store knows, and what people
// have yet to do.
type fullStatus struct {
	*pipelines.Status
	Disputes openDisputes `json:"disputes"`
	Orders   openOrders   `json:"orders"`
}

// openDisputes counts the disputes that guiji status tells of.
type openDisputes struct {
	Open    int `json:"open"`
	Overdue int `json:"overdue"` // of those, without an answer in time
	ToMend  int `json:"to_mend"` // values that authorities are to mend after upheld ones
	Late    int `json:"to_mend_overdue"`
}

func (w *workspace) openDisputes(ctx context.Context) (openDisputes, error) {
	var n openDisputes
	all, err := w.disputes(ctx)
	for _, d := range all {
		if r := w.repairOf(d); r != nil && r.Mended == 0 {
			n.ToMend++
			if r.Overdue {
				n.Late++
			}
		}
		if d.Status() == state.Closed {
			continue
		}
		n.Open++
		if d.Answered().IsZero() && w.shown(d).Overdue {
			n.Overdue++
		}
	}
	return n, err
}
