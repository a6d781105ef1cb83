package s3files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"guiji/connectors"
)

// snapshot is that of the files as they were fetched.
type snapshot struct {
	connectors.Snapshot
	folder   *folder
	identity string
}

// Snapshot fetches the table's files and opens them.
func (s *Source) Snapshot(ctx context.Context, req connectors.Request) (connectors.Snapshot, error) {
	f, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	found, err := f.reader.Files(req.Table)
	if err == nil {
		err = f.fetch(ctx, found)
	}
	if err != nil {
		f.remove()
		return nil, err
	}
	inner, err := f.reader.Snapshot(ctx, req)
	if err != nil {
		f.remove()
		return nil, err
	}
	return &snapshot{inner, f, f.identify(req, inner.Parts())}, nil
}

// identify names what was fetched by the store's own words: the same names, sizes and
// tags are the same content.
func (f *folder) identify(req connectors.Request, parts []connectors.Part) string {
	var manifest []*object
	for _, o := range f.objects {
		if o.fetched {
			manifest = append(manifest, o)
		}
	}
	settings := f.source.settings
	settings.AccessKey, settings.SecretKey = "", "" // who reads is not what is read
	text, err := json.Marshal(struct {
		Settings Settings
		Request  connectors.Request
		Parts    []connectors.Part
		Manifest []*object
	}{settings, req, parts, manifest})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return "s3files-" + hex.EncodeToString(sum[:16])
}

// Identity is that of the objects.
func (s *snapshot) Identity() string { return s.identity }

// Place is the reader's.
func (s *snapshot) Place(part connectors.Part, row int64) string {
	return s.Snapshot.(connectors.Placer).Place(part, row)
}

// Close removes what was fetched.
func (s *snapshot) Close() error {
	defer s.folder.remove()
	return errors.Join(s.Snapshot.Close(), s.folder.reader.Close())
}
