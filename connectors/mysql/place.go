package mysql

// Place names a table for lineage: mysql://host:port and database.table. A server
// behind a socket is this machine's.
func (s *Settings) Place(_, table string) (namespace, name string) {
	if s.socket() {
		return "mysql://localhost", s.Database + "." + table
	}
	return "mysql://" + s.Address, s.Database + "." + table
}
