package twins

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"guiji/catalog"
	"guiji/lake/stores"
)

// EvidenceFile is where a project keeps what its data said last, beside the serving
// files: derived, shares and counts alone, and good until the next comparison.
func EvidenceFile(p *catalog.Project) string {
	return filepath.Join(stores.Serving(p.Config, p.Dir).Dir, "duplicates.json")
}

// LoadEvidence reads a file that Save wrote; nil where there is none.
func LoadEvidence(path string) (*Evidence, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	e := &Evidence{}
	if err == nil {
		err = json.Unmarshal(data, e)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return e, nil
}

// Save writes the evidence whole or not at all.
func (e *Evidence) Save(path string) error {
	data, err := json.MarshalIndent(e, "", " ")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	err = os.MkdirAll(filepath.Dir(path), 0o700)
	var temp *os.File
	if err == nil {
		temp, err = os.CreateTemp(filepath.Dir(path), ".duplicates-*") // mode 0600
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", filepath.Base(path), err), os.Remove(temp.Name()))
	}
	return nil
}
