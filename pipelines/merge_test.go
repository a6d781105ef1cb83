package pipelines_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"guiji/internal/testkit/proof"
	"guiji/pipelines"
)

// small is a row of the tiny reference: what the source holds, by key.
type small struct {
	name    string // "" is NULL; longer than three characters is quarantined
	changed int    // minutes after the beginning; -1 is NULL
}

func (s small) sql(id int) string {
	name, changed := "NULL", "NULL"
	if s.name != "" {
		name = "'" + s.name + "'"
	}
	if s.changed >= 0 {
		changed = fmt.Sprintf("TIMESTAMPADD(MINUTE, %d, '2026-01-02 00:00:00')", s.changed)
	}
	return fmt.Sprintf("REPLACE INTO hukou.t_person VALUES (%d, '%s', %s, '1', '1990-01-01', %s)", id, id1, name, changed)
}

// Whatever is written, deleted and stamped late, but inside the look-back, an image that
// was merged out of increments holds the source's rows: no more, no fewer, no older.
func TestMergedImagesHoldWhatTheSourceHolds(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	checks := flag.Lookup("rapid.checks").Value.String()
	defer flag.Set("rapid.checks", checks)
	if err := flag.Set("rapid.checks", strconv.Itoa(proof.Of(200, 8))); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		source, clock := map[int]small{9: {"王五", 0}}, 100
		server.Exec(t, "TRUNCATE hukou.t_person", source[9].sql(9))
		p := newProject(t, server)
		incremental(t, p, ", lookback: 30m, delete_detection: true, max_deletes: 100%")
		p.edit(t, "catalog/gongan/resident.yaml", "column: xm, type: C(50)", "column: xm, unfit: row, type: C(3)")
		p.edit(t, "guiji.yaml", ", gate: {max_failure_rate: 90%}", "")
		for range rapid.IntRange(2, 4).Draw(rt, "runs") {
			for range rapid.IntRange(0, 6).Draw(rt, "changes") {
				id := rapid.IntRange(1, 5).Draw(rt, "id")
				if rapid.IntRange(0, 3).Draw(rt, "what") == 0 {
					delete(source, id)
					server.Exec(t, fmt.Sprintf("DELETE FROM hukou.t_person WHERE id = %d", id))
					continue
				}
				clock += rapid.IntRange(0, 20).Draw(rt, "pause")
				late := rapid.SampledFrom([]int{0, 0, 7, 25}).Draw(rt, "late")
				row := small{rapid.SampledFrom([]string{"张三", "李四", "欧阳娜娜", ""}).Draw(rt, "name"), clock - late}
				if rapid.IntRange(0, 9).Draw(rt, "stamp") == 0 {
					row.changed = -1
				}
				source[id] = row
				server.Exec(t, row.sql(id))
			}
			p.pull(t, pipelines.Request{})
			p.holds(t, source)
		}
	})
}

// holds compares the image and its quarantine with the reference.
func (p *testProject) holds(t *testing.T, source map[int]small) {
	t.Helper()
	var rows, refused [][]any
	for _, id := range slices.SortedFunc(maps.Keys(source), cmp.Compare) {
		row := source[id]
		switch {
		case len([]rune(row.name)) > 3:
			refused = append(refused, []any{fmt.Sprintf(`["%d"]`, id)})
		case row.name == "":
			rows = append(rows, []any{fmt.Sprint(id), nil})
		default:
			rows = append(rows, []any{fmt.Sprint(id), row.name})
		}
	}
	p.same(t, "raw/"+residents, names, rows)
	p.same(t, "quality/"+residents+"/quarantine", `SELECT "key" FROM {} ORDER BY 1`, refused)
	if got := p.release(t).Resources[residents]; got.Read != int64(len(source)) || got.Quarantined != int64(len(refused)) {
		t.Errorf("read %d, quarantined %d of %d rows", got.Read, got.Quarantined, len(source))
	}
}
