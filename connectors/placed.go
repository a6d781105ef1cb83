package connectors

// Placed is the optional ability of a connector's settings to name a table in the
// world, as lineage does (OpenLineage, dataset naming): a namespace such as
// mysql://host:port, and a name in it such as database.table. Neither holds an account
// or a password. dir is the project's folder, for relative paths.
type Placed interface {
	Place(dir, table string) (namespace, name string)
}
