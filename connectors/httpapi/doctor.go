package httpapi

import (
	"context"
	"strings"
	"time"

	"guiji/connectors"
)

// expiring is how long before its end a certificate is worth a warning.
const expiring = 30 * 24 * time.Hour

// Doctor asks for the first page of one table and tells of the answer, worst first.
func (s *Source) Doctor(ctx context.Context) ([]connectors.Finding, error) {
	t, err := s.table(s.names()[0])
	if err != nil {
		return nil, err
	}
	seen, err := s.look(ctx, t)
	if err != nil {
		return nil, err
	}
	out := []connectors.Finding{{OK: true, Key: "httpapi.doctor.ok", Args: []any{t.at, seen.status, seen.records, len(seen.names)}}}
	if len(seen.lacking) > 0 {
		out = append(out, connectors.Finding{Key: "httpapi.doctor.lacking", Args: []any{t.at, strings.Join(seen.lacking, ", ")}, Warning: true})
	}
	if t.mute(seen.answer) {
		out = append(out, connectors.Finding{Key: "httpapi.doctor.no_next", Args: []any{t.at}, Warning: true})
	}
	out = append(out, s.aboutCertificate(seen))
	connectors.WorstFirst(out)
	return out, nil
}

// aboutCertificate tells in how many days the server's certificate ends.
func (s *Source) aboutCertificate(seen *seen) connectors.Finding {
	if seen.certificate == nil {
		return connectors.Finding{Key: "httpapi.doctor.plain", Args: []any{s.base.Host}, Warning: true}
	}
	left := time.Until(seen.certificate.NotAfter)
	return connectors.Finding{
		OK: left >= expiring, Warning: left < expiring, Key: "httpapi.doctor.certificate",
		Args: []any{s.base.Host, int(left.Hours() / 24), seen.certificate.NotAfter.Format(time.DateOnly)},
	}
}
