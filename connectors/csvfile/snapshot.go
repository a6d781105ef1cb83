package csvfile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/connectors"
	"guiji/internal/fault"
)

// snapshot is a table's files as they were when it was opened: a file that is
// not the same when it is read, and still at its end, is refused.
type snapshot struct {
	*Source
	request connectors.Request
	schema  *arrow.Schema
	parts   []connectors.Part

	mu       sync.Mutex
	readings map[string]*reading // under way, by the part's id
}

// Snapshot looks at every file's header and divides the files among parts.
func (s *Source) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	if req.Window != nil {
		return nil, fault.New(fault.Config, "csvfile.window", req.Table).Try("csvfile.window.hint")
	}
	files, err := s.resolve(req.Table)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		o, err := s.open(ctx, f)
		if err != nil {
			return nil, err
		}
		_, err = s.places(o, req.Columns)
		o.close()
		if err != nil {
			return nil, err
		}
	}
	snap := &snapshot{Source: s, request: req, readings: map[string]*reading{}}
	var fields []arrow.Field
	for _, c := range req.Columns {
		fields = append(fields, arrow.Field{Name: c, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	snap.schema = arrow.NewSchema(fields, nil)
	snap.parts, err = divide(files, req)
	return snap, err
}

// places finds the columns in a file: by its header's names, or by col1, col2 …
// A name that is missing or stands twice is fault.Config.
func (s *Source) places(o *opened, columns []string) ([]int, error) {
	out := make([]int, len(columns))
	for i, c := range columns {
		if s.settings.Header == 0 {
			number, err := strconv.Atoi(strings.TrimPrefix(c, "col"))
			if err != nil || number < 1 || c != "col"+strconv.Itoa(number) {
				return nil, fault.New(fault.Config, "csvfile.no_numbered", o.Name, c)
			}
			out[i] = number - 1
			continue
		}
		out[i] = slices.Index(o.header, c)
		if out[i] < 0 {
			return nil, s.missing(o, c, columns)
		}
		if slices.Contains(o.header[out[i]+1:], c) {
			return nil, fault.New(fault.Config, "csvfile.twice", o.Name, c)
		}
	}
	return out, nil
}

// missing names what the header has; where the file reads well in another
// encoding, that may be the reason. A line with none of the columns may be a row:
// its text is data, and is not told.
func (s *Source) missing(o *opened, column string, columns []string) error {
	err := fault.New(fault.Config, "csvfile.no_column", o.Name, column, strings.Join(o.header, ", "))
	if !slices.ContainsFunc(columns, func(c string) bool { return slices.Contains(o.header, c) }) {
		err = fault.New(fault.Config, "csvfile.no_names", o.Name, column)
	}
	if better := s.suggest(o.head()); better == "utf-8" && o.encoding != better {
		return err.Try("csvfile.set_encoding", better)
	}
	return err.Try("csvfile.check_header")
}

// spec is what a part carries: the files it reads one after the other.
type spec struct {
	Files []file `json:"files"`
}

// divide gives neighbouring files to parts of about equal size; a sample is one part.
func divide(files []file, req connectors.Request) ([]connectors.Part, error) {
	wanted := max(1, min(req.Parts, len(files)))
	if req.Limit > 0 {
		wanted = 1
	}
	var total int64
	for _, f := range files {
		total += f.Size + 1
	}
	var out []connectors.Part
	var group []file
	var done int64
	for i, f := range files {
		group = append(group, f)
		done += f.Size + 1
		filesLeft, partsLeft := len(files)-i-1, wanted-len(out)-1
		if filesLeft > 0 && (partsLeft == 0 || (filesLeft > partsLeft && done*int64(wanted) < total*int64(len(out)+1))) {
			continue
		}
		text, err := json.Marshal(spec{group})
		if err != nil {
			return nil, fmt.Errorf("write the part of %q: %w", f.Name, err)
		}
		out = append(out, connectors.Part{ID: fmt.Sprintf("files-%04d", len(out)+1), Spec: text, Rows: -1})
		group = nil
	}
	return out, nil
}

func (s *snapshot) Schema() *arrow.Schema { return s.schema }

func (s *snapshot) Parts() []connectors.Part { return s.parts }

// Consistent: files do not change while they are read, or the part fails.
func (s *snapshot) Consistent() bool { return true }

func (s *snapshot) Close() error { return nil }
