package connectortest_test

import (
	"encoding/gob"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"

	"guiji/connectors/connectortest"
	"guiji/internal/fault"
)

// carried is one row on its way; the last of a batch has none.
type carried struct {
	Values []string
	Null   []bool
	Last   bool
}

// serve starts a server on loopback that sends back the rows it is sent, and a mark behind them.
func (s shelf) serve(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.kept.Store(c, true)
			wg.Go(func() { _, _ = io.Copy(c, c); c.Close() })
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.kept.Range(func(c, _ any) bool { _ = c.(net.Conn).Close(); return true })
		wg.Wait()
	})
	return l.Addr().String()
}

// fetch has rows carried over a connection.
func (s shelf) fetch(rows [][]connectortest.Value) ([][]connectortest.Value, error) {
	c, err := net.Dial("tcp", s.server)
	if err != nil {
		return nil, fault.New(fault.Unreachable, "sqlite.unreadable", s.server)
	}
	sent := make(chan error, 1)
	go func() { sent <- send(c, rows) }()
	defer func() {
		if s.wrong == "a connection stays open" {
			s.kept.Store(c, true)
		} else {
			c.Close()
		}
		<-sent
	}()
	from := gob.NewDecoder(c)
	for out := [][]connectortest.Value{}; ; {
		var row carried
		err := from.Decode(&row)
		switch {
		case err != nil && s.wrong == "a cut is taken for the end", err == nil && row.Last:
			return out, nil
		case err != nil && s.wrong == "a cut is nobody's fault":
			return nil, errors.New("broken")
		case err != nil:
			return nil, fault.New(fault.Unreachable, "sqlite.unreadable", s.server)
		}
		values := make([]connectortest.Value, len(row.Values))
		for i := range values {
			if !row.Null[i] {
				values[i] = &row.Values[i]
			}
		}
		out = append(out, values)
	}
}

func send(to io.Writer, rows [][]connectortest.Value) error {
	out := gob.NewEncoder(to)
	for _, row := range rows {
		c := carried{Values: make([]string, len(row)), Null: make([]bool, len(row))}
		for i, v := range row {
			if c.Null[i] = v == nil; v != nil {
				c.Values[i] = *v
			}
		}
		if err := out.Encode(c); err != nil {
			return err
		}
	}
	return out.Encode(carried{Last: true})
}

// write keeps a table's rows in the file, and a mark behind them.
func (s shelf) write(t testing.TB, table connectortest.Table) {
	t.Helper()
	file, err := os.Create(s.path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := send(file, table.Rows); err != nil {
		t.Fatal(err)
	}
}

// whole reads the file, refuses one without its mark, and returns the rows in it.
func (s shelf) whole() (rows int, err error) {
	file, err := os.Open(s.path)
	if err != nil {
		return 0, fault.New(fault.Config, "sqlite.no_table", s.path)
	}
	defer file.Close()
	for in := gob.NewDecoder(file); ; rows++ {
		var row carried
		err := in.Decode(&row)
		switch {
		case err == nil && row.Last:
			return rows, nil
		case err != nil && s.wrong == "a cut file is a short one":
			return rows, nil
		case err != nil:
			return 0, fault.New(fault.Data, "sqlite.corrupt", s.path)
		}
	}
}
