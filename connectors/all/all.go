// Package all is the only list of connectors: one line each. cmd alone imports it.
package all

import (
	"guiji/connectors"
	"guiji/connectors/command"
	"guiji/connectors/csvfile"
	"guiji/connectors/excel"
	"guiji/connectors/httpapi"
	"guiji/connectors/jsonl"
	"guiji/connectors/mysql"
	"guiji/connectors/parquetfile"
	"guiji/connectors/postgres"
	"guiji/connectors/s3files"
	"guiji/connectors/sftpfiles"
	"guiji/connectors/sqlite"
)

// All lists the connectors in the order guiji shows them.
func All() []connectors.Connector {
	return []connectors.Connector{
		mysql.Connector(),
		postgres.Connector(),
		csvfile.Connector(),
		excel.Connector(),
		sqlite.Connector(),
		jsonl.Connector(),
		parquetfile.Connector(),
		httpapi.Connector(),
		s3files.Connector(),
		sftpfiles.Connector(),
		command.Connector(),
	}
}

// Find is the connector of a name.
func Find(name string) (connectors.Connector, bool) {
	for _, c := range All() {
		if c.Name == name {
			return c, true
		}
	}
	return connectors.Connector{}, false
}
