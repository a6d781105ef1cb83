package postgres

import (
	"context"

	"guiji/internal/fault"
	"guiji/internal/pacing"
)

// allowed bounds ctx by the end of the window, where what runs on the server is ended; before
// and behind it nothing begins. explainShut tells that end from others.
func (s *Source) allowed(ctx context.Context) (context.Context, context.CancelFunc, error) {
	ctx, cancel, ok := s.hours.Within(ctx, s.now().In(s.zone))
	if !ok {
		return nil, nil, fault.New(fault.Refused, "postgres.window", s.settings.Address, s.settings.Window).Try("postgres.window.hint")
	}
	return ctx, cancel, nil
}

// explainShut is the error of a read that the end of the window has cut short, else err.
func (s *Source) explainShut(ctx context.Context, err error) error {
	if err == nil || !pacing.Over(ctx) {
		return err
	}
	return fault.New(fault.Refused, "postgres.window.over", s.settings.Address, s.settings.Window).Try("postgres.window.over.hint")
}
