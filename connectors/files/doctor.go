package files

import (
	"context"
	"errors"

	"guiji/connectors"
	"guiji/internal/fault"
)

// Examine looks at every file of every table for guiji doctor, worst first. What examine says
// is wrong with a file or with how it is read is a finding.
func (f *Folder) Examine(ctx context.Context, examine func(ctx context.Context, file File) (connectors.Finding, error)) ([]connectors.Finding, error) {
	tables, err := f.Tables()
	if err != nil {
		return nil, err
	}
	var bad, good []connectors.Finding
	for _, name := range tables {
		found, err := f.Resolve(name)
		if err != nil {
			return nil, err
		}
		for _, file := range found {
			finding, err := examine(ctx, file)
			var wrong *fault.Error
			switch {
			case errors.As(err, &wrong) && (wrong.Kind == fault.Config || wrong.Kind == fault.Data):
				bad = append(bad, connectors.Finding{Key: string(wrong.Key), Args: wrong.Args})
			case err != nil:
				return nil, err
			case finding.OK:
				good = append(good, finding)
			default:
				bad = append(bad, finding)
			}
		}
	}
	if len(tables) == 0 {
		bad = append(bad, connectors.Finding{Key: "files.empty_folder", Args: []any{f.setting, f.pattern}, Warning: true})
	}
	return append(bad, good...), nil
}
