package catalog

import (
	"errors"

	"github.com/goccy/go-yaml/ast"

	"guiji/internal/fault"
	"guiji/internal/secret"
)

// Connection is one entry of connections: the connector's name and its settings,
// which the connector decodes strictly into a struct of its own.
type Connection struct {
	Name      string
	Connector string
	Node      ast.Node // the settings, without the connector's name
	At        Pos
	Dir       string // the project's folder, for relative paths
	decode    func(into any, expand bool) error
}

// Decode reads the settings into a connector's struct, refusing unknown keys with
// file, line and the key. References (${ENV}, ${file:…}) are resolved only where
// expand is set, so that a check of the catalogue needs no secrets.
func (c Connection) Decode(into any, expand bool) error {
	if c.decode == nil {
		return errors.New("the connection was not loaded from a project")
	}
	return c.decode(into, expand)
}

// UnmarshalYAML keeps the settings for the connector.
func (c *Connection) UnmarshalYAML(n ast.Node) error {
	values, ok := pairs(n)
	if !ok {
		return misplaced(n, "catalog.file.wants.map")
	}
	settings := &ast.MappingNode{BaseNode: &ast.BaseNode{}, Start: n.GetToken()}
	*c = Connection{Node: settings, At: Pos{Line: line(n)}}
	for _, v := range values {
		if keyText(v) != "connector" {
			settings.Values = append(settings.Values, v)
			continue
		}
		if c.Connector, ok = scalar(v.Value); !ok {
			return misplaced(v.Key, "catalog.file.wants.text")
		}
	}
	if c.Connector == "" {
		return misplaced(n, "catalog.written.connector")
	}
	return nil
}

// bind ties a connection to the document it stands in.
func (c *Connection) bind(name, dir string, d *document) {
	c.Name, c.Dir, c.At.File = name, dir, d.file
	node := c.Node
	c.decode = func(into any, expand bool) error {
		n := node
		if expand {
			var err error
			if n, err = expandNode(node, dir); err != nil {
				var own *placed
				if errors.As(err, &own) {
					return d.fault(err)
				}
				return fault.New(fault.Config, "catalog.connection", name).Because(err)
			}
		}
		return d.decode(n, into)
	}
}

// expandNode resolves the references in every text below n.
func expandNode(n ast.Node, dir string) (ast.Node, error) {
	switch n := n.(type) {
	case *ast.StringNode:
		v, err := secret.Expand(n.Value, dir)
		if err != nil {
			return nil, err
		}
		out := *n
		out.Value = v
		return &out, nil
	case *ast.LiteralNode:
		v, err := expandNode(n.Value, dir)
		if err != nil {
			return nil, err
		}
		return v, nil
	}
	return rebuild(n, func(v ast.Node) (ast.Node, error) { return expandNode(v, dir) })
}
