package postgres

import (
	"context"
	"strings"
	"time"

	"guiji/connectors"
)

// Doctor tells of the server, the connection and the account, worst first.
func (s *Source) Doctor(ctx context.Context) ([]connectors.Finding, error) {
	if s.settings.ConnectTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.settings.ConnectTimeout)
		defer cancel()
	}
	p, err := s.pin(ctx)
	if err != nil {
		return nil, err
	}
	defer p.close()
	where := s.settings.where()
	out := []connectors.Finding{
		{OK: true, Key: "postgres.doctor.version", Args: []any{where, s.server.version}}, s.aboutTLS(where),
		connectors.Found(s.server.encoding != "SQL_ASCII", "postgres.doctor.encoding", "postgres.doctor.ascii", where, s.server.encoding),
		connectors.Found(s.server.number >= pagesFrom, "postgres.doctor.parts", "postgres.doctor.parts.one", where),
	}
	rights, err := p.writes(ctx)
	if err != nil {
		return nil, s.explain(err)
	}
	out = append(out, connectors.Found(len(rights) == 0, "postgres.doctor.readonly", "postgres.doctor.writes", where, s.settings.User, strings.Join(rights, ", ")))
	lag, standby, err := p.lag(ctx)
	if err == nil && standby {
		key := "postgres.doctor.standby"
		out = append(out, connectors.Found(s.settings.MaxReplicaLag == 0 || lag <= s.settings.MaxReplicaLag, key, "postgres.doctor.lag", where, lag.Round(time.Second).String()))
	}
	connectors.WorstFirst(out)
	return out, nil
}

func (s *Source) aboutTLS(where string) connectors.Finding {
	switch {
	case s.settings.encrypted():
		return connectors.Finding{OK: true, Key: "postgres.doctor.tls", Args: []any{where}}
	case s.settings.local():
		return connectors.Finding{OK: true, Key: "postgres.doctor.tls.local", Args: []any{where}}
	}
	return connectors.Finding{Warning: true, Key: "postgres.doctor.tls.off", Args: []any{where}}
}

// writes lists what the account can do beyond reading: its role's powers, and rights on the
// database, the schema and the tables in it.
func (p *session) writes(ctx context.Context) ([]string, error) {
	rows, err := p.ask(ctx, `
		SELECT r FROM (SELECT unnest(ARRAY[CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
			CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolreplication THEN 'REPLICATION' END]) AS r
			FROM pg_catalog.pg_roles WHERE rolname = current_user) a WHERE r IS NOT NULL
		UNION SELECT 'CREATE' WHERE pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') OR pg_catalog.has_schema_privilege($1, 'CREATE')
		UNION SELECT r FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS r
			WHERE EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
				WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'f') AND pg_catalog.has_table_privilege(c.oid, r))
		ORDER BY 1`, p.source.settings.Schema)
	var out []string
	for _, v := range rows {
		out = append(out, v[0])
	}
	return out, err
}
