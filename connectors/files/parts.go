package files

import (
	"encoding/json"
	"fmt"

	"guiji/connectors"
)

// spec is what a part carries: the files it reads one after the other.
type spec struct {
	Files []File `json:"files"`
}

// Divide gives neighbouring files to parts of about equal size; a sample is one part.
func Divide(files []File, req connectors.Request) ([]connectors.Part, error) {
	wanted := max(1, min(req.Parts, len(files)))
	if req.Limit > 0 {
		wanted = 1
	}
	var total int64
	for _, f := range files {
		total += f.Size + 1
	}
	var out []connectors.Part
	var group []File
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

// Of is the files of a part that Divide made, here or in another process.
func Of(part connectors.Part) ([]File, error) {
	var p spec
	if err := json.Unmarshal(part.Spec, &p); err != nil {
		return nil, fmt.Errorf("read part %q: %w", part.ID, err)
	}
	return p.Files, nil
}
