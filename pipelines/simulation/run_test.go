package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"guiji/lake"
)

// pulled is what a run has of its table: the image that is to land.
type pulled struct {
	table  string
	moment int
	to     int64
	rows   int
	file   lake.File
}

// pull reads a table: "full" whole, "res" by its cursor, merged into the head's image.
func (l *life) pull(ctx context.Context, head *lake.Release, name string) (*pulled, error) {
	o := &op{kind: "snapshot", key: name}
	if err := (handle{l}).call(ctx, o); err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(string(o.answer))
	if err != nil {
		return nil, err
	}
	m := l.world.tables[name].moments[n] // written before the call was answered
	out, rows := &pulled{table: name, moment: n, to: m.to}, maps.Clone(m.rows)
	if head != nil && name == "res" && head.Resources[name].Cursor != "" {
		from, err := strconv.ParseInt(head.Resources[name].Cursor, 10, 64)
		if err != nil {
			return nil, err
		}
		if rows, err = l.image(ctx, head.Datasets["standard/"+name].Files[0].Key); err != nil {
			return nil, err
		}
		maps.Copy(rows, m.since(from-int64(l.world.bug.lookback()/time.Second)))
	}
	out.rows = len(rows)
	out.file, err = l.stage(ctx, name, "s"+strconv.Itoa(n), rows)
	return out, err
}

// image reads what landed.
func (l *life) image(ctx context.Context, key string) (image, error) {
	body, _, err := lake.Retry(l.objs).Get(ctx, key)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	im := image{}
	return im, json.Unmarshal(b, &im)
}

func taken(rel *lake.Release, slot string) bool { return slices.Contains(rel.Slots, slot) }

// compose puts what was pulled over a head.
func (l *life) compose(head *lake.Release, p *pulled, pipeline, slot string, generation int64) *lake.Release {
	rel := &lake.Release{
		Version: 1, Created: time.Now(), RunID: l.name, Pipeline: pipeline, Generation: generation,
		Sources: []string{}, Datasets: map[string]lake.Dataset{}, Resources: map[string]lake.Resource{},
	}
	if head != nil {
		rel.Version, rel.Slots = head.Version+1, slices.Clone(head.Slots)
		rel.Datasets, rel.Resources = maps.Clone(head.Datasets), maps.Clone(head.Resources)
	}
	rel.Slots = append(rel.Slots, slot)
	rel.Datasets["standard/"+p.table] = lake.Dataset{
		Layer: "standard", Table: p.table, Files: []lake.File{p.file}, Rows: int64(p.rows), Since: rel.Version,
		Columns: []lake.Column{{Name: "k", Type: "VARCHAR"}},
	}
	cursor := p.to
	if l.world.bug.ahead {
		cursor = time.Now().Unix() // of the commit, not of what was read
	}
	rel.Resources[p.table] = lake.Resource{Outcome: lake.RunOK, Since: rel.Version, Slot: slot, Cursor: fmt.Sprint(cursor), Read: int64(p.moment), Landed: int64(p.rows)}
	return rel
}
