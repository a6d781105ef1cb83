package mysql

import (
	"context"
	"errors"
	"strings"

	"github.com/go-sql-driver/mysql"

	"guiji/connectors"
)

// Doctor tells of the server, the connection and the account, worst first.
func (s *Source) Doctor(ctx context.Context) ([]connectors.Finding, error) {
	ctx, cancel := s.connecting(ctx)
	defer cancel()
	p, err := s.pin(ctx)
	if err != nil {
		return nil, err
	}
	defer p.close()
	where := s.settings.Address + "/" + s.settings.Database
	out := []connectors.Finding{{OK: true, Key: "mysql.doctor.version", Args: []any{where, s.server.version}}}
	out = append(out, s.aboutTLS(where))
	out = append(out, connectors.Found(p.named, "mysql.doctor.zone", "mysql.doctor.zone.offset", where, s.zone.String()))
	m, err := p.begin(ctx)
	if err != nil {
		return nil, s.explain(err)
	}
	out = append(out, connectors.Found(m.snapshot, "mysql.doctor.snapshot", "mysql.doctor.snapshot.none", where))
	proven := s.settings.LockTables || m.binlog != "" && p.completeLog(ctx)
	out = append(out, connectors.Found(proven, "mysql.doctor.parallel", "mysql.doctor.parallel.one", where))
	replication, err := s.aboutLag(ctx, p, where)
	if err != nil {
		return nil, err
	}
	out = append(out, replication...)
	can, err := p.rights(ctx)
	switch {
	case errors.As(err, new(*mysql.MySQLError)): // a server without accounts
		out = append(out, connectors.Found(false, "", "mysql.doctor.rights", where, s.settings.User))
	case err != nil:
		return nil, s.explain(err)
	default:
		out = append(out, s.aboutRights(can, where))
	}
	connectors.WorstFirst(out)
	return out, nil
}

// aboutLag tells of replication where the project has a limit for it: an account that may not
// ask cannot keep to it.
func (s *Source) aboutLag(ctx context.Context, p *session, where string) ([]connectors.Finding, error) {
	if s.settings.MaxReplicaLag == 0 {
		return nil, nil
	}
	at, err := p.lag(ctx)
	switch {
	case errors.As(err, new(*mysql.MySQLError)):
		return []connectors.Finding{{Key: "mysql.lag.right", Args: []any{where, s.settings.User}}}, nil
	case err != nil:
		return nil, s.explain(err)
	case at.stopped:
		return []connectors.Finding{{Key: "mysql.lag.stopped", Args: []any{where}}}, nil
	case at.behind > s.settings.MaxReplicaLag:
		return []connectors.Finding{{Key: "mysql.lag.over", Args: []any{where, at.behind, s.settings.MaxReplicaLag}}}, nil
	}
	return []connectors.Finding{connectors.Found(at.replica, "mysql.doctor.lag", "mysql.doctor.lag.none", where, at.behind, s.settings.MaxReplicaLag)}, nil
}

func (s *Source) aboutRights(can rights, where string) connectors.Finding {
	all := strings.Join(can.all, "; ")
	if len(can.beyond) == 0 {
		return connectors.Finding{OK: true, Key: "mysql.doctor.readonly", Args: []any{where, s.settings.User, all}}
	}
	return connectors.Finding{Warning: true, Key: "mysql.doctor.writes", Args: []any{where, s.settings.User, strings.Join(can.beyond, ", "), all}}
}

func (s *Source) aboutTLS(where string) connectors.Finding {
	switch {
	case s.settings.encrypted():
		return connectors.Finding{OK: true, Key: "mysql.doctor.tls", Args: []any{where}}
	case s.settings.local():
		return connectors.Finding{OK: true, Key: "mysql.doctor.tls.local", Args: []any{where}}
	}
	return connectors.Finding{Warning: true, Key: "mysql.doctor.tls.off", Args: []any{where}}
}
