package catalog

import "github.com/goccy/go-yaml/ast"

// Connection is one entry of connections: the connector's name and its settings,
// which the connector decodes strictly into a struct of its own.
type Connection struct {
	Name      string
	Connector string
	Node      ast.Node
	At        Pos
	Dir       string // the project's folder, for relative paths
	decode    func(into any, expand bool) error
}

// Decode reads the settings into a connector's struct, refusing unknown keys with
// file, line and snippet. References (${ENV}, ${file:…}) are resolved only where
// expand is set, so that a check of the catalogue needs no secrets.
func (c Connection) Decode(into any, expand bool) error { return c.decode(into, expand) }

// Decode reads a check's parameters into the check's struct, refusing unknown
// keys with file, line and snippet.
func (s CheckSpec) Decode(into any) error { return s.decode(into) }
