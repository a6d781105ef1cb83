package remote

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"guiji/connectors"
	"guiji/connectors/files"
)

// Snapshot is that of the files as they were fetched.
type Snapshot struct {
	connectors.Snapshot
	visit    *visit
	picked   files.Picked
	identity string
}

// Snapshot fetches the table's files and opens them.
func (s *Source) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	v, err := s.visit(ctx, req.Table)
	if err != nil {
		return nil, err
	}
	picked, err := v.pick(ctx, req)
	if err == nil {
		err = v.fetch(ctx, picked.Fresh)
	}
	v.leave()
	if err != nil {
		v.remove()
		return nil, err
	}
	inner, err := v.reader.Over(ctx, req, files.Picked{Fresh: local(picked.Fresh)})
	if err != nil {
		v.remove()
		return nil, err
	}
	return &Snapshot{inner, v, picked, v.identify(req, inner.Parts(), picked.Fresh)}, nil
}

// pick finds the table's files and chooses those that the request wants.
func (v *visit) pick(ctx context.Context, req connectors.Request) (files.Picked, error) {
	found, err := v.reader.Files(req.Table)
	if err != nil {
		return files.Picked{}, err
	}
	for i, f := range found {
		found[i] = v.listed[f.Name].File
	}
	return files.Pick(req.Table, found, req.Deliveries, func(f files.File) (string, error) {
		if err := v.fetch(ctx, []files.File{f}); err != nil {
			return "", err
		}
		return v.sum(f)
	})
}

// sum is the digest of what was fetched of a file.
func (v *visit) sum(f files.File) (string, error) {
	file, err := os.Open(v.path(f))
	if err != nil {
		return "", fmt.Errorf("read what was fetched: %w", err)
	}
	defer file.Close()
	sum, err := files.Digest(file)
	if err != nil {
		return "", fmt.Errorf("read what was fetched: %w", err)
	}
	return sum, nil
}

// identify names what was fetched by the other machine's own words: the same names, sizes,
// times and tags are the same content.
func (v *visit) identify(req connectors.Request, parts []connectors.Part, fetched []files.File) string {
	text, err := json.Marshal(struct {
		Folder   string
		How      any
		Request  connectors.Request
		Parts    []connectors.Part
		Manifest []files.File
	}{v.source.Folder.Name(), v.source.How, req, parts, fetched})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return "remote-" + hex.EncodeToString(sum[:16])
}

// Identity is that of the files.
func (s *Snapshot) Identity() string { return s.identity }

// Delivered tells of the files, where the request asked for deliveries.
func (s *Snapshot) Delivered() connectors.Delivered { return s.picked.Delivered() }

// Place is the reader's.
func (s *Snapshot) Place(part connectors.Part, row int64) string {
	return s.Snapshot.(connectors.Placer).Place(part, row)
}

// Close removes what was fetched.
func (s *Snapshot) Close() error {
	defer s.visit.remove()
	return errors.Join(s.Snapshot.Close(), s.visit.reader.Close())
}
