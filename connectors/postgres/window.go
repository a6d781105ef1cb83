package postgres

import "context"

// allowed bounds ctx by the end of the window, where what runs on the server is ended; before
// and behind it nothing begins. explainShut tells that end from others.
func (s *Source) allowed(ctx context.Context) (context.Context, context.CancelFunc, error) {
	return s.hours.Enter(ctx, s.now().In(s.zone), s.settings.Address, s.settings.Window)
}

// explainShut is the error of a read that the end of the window has cut short, else err.
func (s *Source) explainShut(ctx context.Context, err error) error {
	return s.hours.Explain(ctx, err, s.settings.Address, s.settings.Window)
}
