package mysql

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"guiji/internal/fault"
)

// lag is what a server says of its place behind its primary.
type lag struct {
	replica bool
	stopped bool // it applies nothing: it does not know how far behind it is
	behind  time.Duration
}

// lag asks for the state of all replication the server takes part in; the worst counts.
func (p *session) lag(ctx context.Context) (lag, error) {
	queries := []string{"SHOW REPLICA STATUS", "SHOW SLAVE STATUS"} // MySQL from 8.0.22, and before
	if p.source.server.mariadb {
		queries = []string{"SHOW ALL SLAVES STATUS"}
	}
	var out lag
	var err error
	for _, q := range queries {
		err = p.guard(ctx, func() error {
			return eachNamed(ctx, p.conn, q, nil, func(get func(string) sql.NullString) {
				out.replica = true
				v := get("Seconds_Behind_Source")
				if !v.Valid {
					v = get("Seconds_Behind_Master")
				}
				n, err := strconv.ParseInt(v.String, 10, 64)
				if !v.Valid || err != nil {
					out.stopped = true
					return
				}
				out.behind = max(out.behind, time.Duration(n)*time.Second)
			})
		})
		if !is(err, 1064) {
			break
		}
	}
	return out, err
}

// caughtUp refuses a replica that is further behind than the project allows: what it shows is
// old, and reading it holds it back still more. It may catch up by itself, so a later try is
// of use.
func (s *Source) caughtUp(ctx context.Context, p *session) error {
	limit := s.settings.MaxReplicaLag
	if limit == 0 {
		return nil
	}
	at, err := p.lag(ctx)
	switch {
	case is(err, 1227, 1142, 1044, 1045):
		return fault.New(fault.Refused, "mysql.lag.right", s.settings.Address, s.settings.User).Because(err).Try("mysql.lag.right.hint", s.settings.User)
	case err != nil:
		return s.explain(err)
	case at.stopped:
		return fault.New(fault.Unreachable, "mysql.lag.stopped", s.settings.Address).Try("mysql.lag.hint")
	case at.behind > limit:
		return fault.New(fault.Unreachable, "mysql.lag.over", s.settings.Address, at.behind, limit).Try("mysql.lag.hint")
	}
	return nil
}
