package protocoltest

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"guiji/lake"
)

// slotsKept is how many slots a release carries on.
const slotsKept = 200

func taken(rel *lake.Release, slot string) bool { return slices.Contains(rel.Slots, slot) }

// stage uploads a small file.
func stage(ctx context.Context, objs lake.Objects, key string) (lake.File, error) {
	f, err := os.CreateTemp("", "protocol-*")
	if err != nil {
		return lake.File{}, err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(key)
	if err = errors.Join(err, f.Close()); err != nil {
		return lake.File{}, err
	}
	return lake.Upload(ctx, objs, key, f.Name(), 1)
}

// compose is the release that follows head, with one dataset of one file more.
func compose(head *lake.Release, dataset, slot string, file lake.File) *lake.Release {
	rel := &lake.Release{
		Version: 1, Created: time.Now(), RunID: "r", Pipeline: "nightly", Sources: []string{},
		Datasets: map[string]lake.Dataset{}, Resources: map[string]lake.Resource{},
	}
	if head != nil {
		rel.Version, rel.Datasets = head.Version+1, maps.Clone(head.Datasets)
		rel.Slots = slices.Clone(head.Slots[max(0, len(head.Slots)-slotsKept):])
	}
	rel.Slots = append(rel.Slots, slot)
	rel.Datasets[dataset] = lake.Dataset{
		Layer: "standard", Table: filepath.Base(dataset), Files: []lake.File{file}, Rows: file.Rows, Since: rel.Version,
		Columns: []lake.Column{{Name: "k", Type: "VARCHAR"}},
	}
	return rel
}
