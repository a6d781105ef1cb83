package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/internal/engine"
	"guiji/lake"
	"guiji/transforms/onesource"
)

// The world of the measurement: three sources of as many rows as there are ids. The
// register has every id once; the second has 99 of 100, and of one in 99 two records;
// the third has 199 of 200, of the others a row without an id. One value in 50 is
// another than the register's, one in 500 is only written otherwise, some are empty.
// Rows stand in the order of each source's own key, ids in none.
const onesourceSources = 3

// strides scatter the ids over a source's rows: primes, so that every id is met once.
var strides = [onesourceSources]int64{1, 7_368_787, 4_256_233}

// onesourceSQL is a source's image: the columns a landed one has, of ids many rows.
func onesourceSQL(source int, ids int64) string {
	subject := fmt.Sprintf("((id - 1) * %d) %% %d", strides[source], ids)
	key := "citizen_id"
	switch source {
	case 1:
		subject = fmt.Sprintf("(((id - 1) %% %d) * %d) %% %d", ids*99/100, strides[source], ids)
	case 2:
		key = "CASE WHEN id % 200 > 0 THEN citizen_id END"
	}
	draw := func(of int) string { return fmt.Sprintf("(hash(i, %d) // 2)::BIGINT", of) }
	said := func(item int, value, other, empty string) string {
		if source == 0 {
			return fmt.Sprintf("CASE WHEN %s THEN NULL ELSE %s END", empty, value)
		}
		mine := fmt.Sprintf("hash(i, %d, %d)", source, item)
		return fmt.Sprintf("CASE WHEN %s THEN NULL WHEN %s %% 50 = 7 THEN %s ELSE %s END", empty, mine, other, value)
	}
	name := "['王','李','张','刘','陈','杨','赵','黄','周','吴','买买提·'][1 + " + draw(1) + " % 11] || " +
		"['伟','芳','秀英','敏','静','丽','强','磊','军','洋','建国','艾力'][1 + " + draw(2) + " % 12] || ['','华','明','玉'][1 + " + draw(3) + " % 4]"
	if source > 0 { // written otherwise
		name = "CASE WHEN " + draw(4) + " % 500 = 3 THEN replace(" + name + ", '·', '•') || '　' ELSE " + name + " END"
	}
	address := "'山东省聊城市东昌府区' || ['柳园街道','新区街道','古楼街道','道口铺街道'][1 + " + draw(5) + " % 4] || (1 + " + draw(6) + " % 400)::VARCHAR || '号' || (1 + " + draw(7) + " % 60)::VARCHAR || '号楼'"
	columns := []string{"id", key + " AS citizen_id",
		said(1, name, "'改' || "+name, "false") + " AS name",
		said(2, "(1 + "+draw(8)+" % 2)::VARCHAR", "'9'", "false") + " AS sex",
		said(3, "birth", "birth + 1", draw(9)+" % 100 = 0") + " AS birth",
		said(4, "CASE WHEN "+draw(10)+" % 10 > 0 THEN '01' ELSE lpad((1 + "+draw(10)+" % 56)::VARCHAR, 2, '0') END", "'99'", draw(11)+" % 40 = 0") + " AS nation",
		said(5, "'13' || lpad(("+draw(12)+" % 1000000000)::VARCHAR, 9, '0')", "'15' || lpad((hash(id) % 1000000000)::VARCHAR, 9, '0')", draw(13)+" % 10 = 0 OR hash(i, 13, "+fmt.Sprint(source)+") % 500 = 0") + " AS phone",
		said(6, address, "'山东省聊城市临清市' || (hash(id) % 9999)::VARCHAR || '号'", draw(14)+" % 30 = 0") + " AS address",
		"TIMESTAMP '2025-01-01' + to_seconds((hash(id, " + fmt.Sprint(source) + ") % 31536000)::BIGINT) AS updated_at",
		"(CASE WHEN id % 1000 = 11 THEN 2 ELSE 0 END)::BIGINT AS _mask0",
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM (SELECT id, i, birth, '371502' || strftime(birth, '%Y%m%d') || lpad((i // 30000)::VARCHAR, 3, '0') || (hash(i) % 10)::VARCHAR AS citizen_id" +
		" FROM (SELECT id, i, DATE '1935-01-01' + (i % 30000)::INTEGER AS birth FROM (SELECT id, (" + subject + ")::BIGINT AS i FROM range(1, " + fmt.Sprint(ids+1) + ") r(id))))"
}

// changedSQL is the image with one row in a hundred changed: eight in a thousand have
// another address or phone, one is gone, one is new.
func changedSQL(image string, source int, ids int64) string {
	draw := fmt.Sprintf("hash(id, %d) %% 1000", 70+source)
	made := mendedNames + ", " + lake.DigestColumn
	return "SELECT * EXCLUDE (" + made + ") REPLACE (CASE WHEN " + draw + " < 4 THEN coalesce(address, '') || '东户' ELSE address END AS address, " +
		"CASE WHEN " + draw + " BETWEEN 4 AND 7 THEN '17' || lpad((id % 1000000000)::VARCHAR, 9, '0') ELSE phone END AS phone, " +
		"CASE WHEN " + draw + " < 8 THEN TIMESTAMP '2026-01-01' ELSE updated_at END AS updated_at) FROM " + image + " WHERE " + draw + " <> 8 UNION ALL " +
		fmt.Sprintf("SELECT * EXCLUDE ("+made+") REPLACE (id + %d AS id, CASE WHEN id %% 2 = 0 THEN 'N' || citizen_id ELSE citizen_id END AS citizen_id) FROM %s WHERE %s = 9", ids, image, draw)
}

// mended are the columns of pulled texts: the last rows of an image have them, as a
// landed one has them only in the files where something was mended.
const (
	mended = ", CASE WHEN id % 50 = 0 THEN name || ' ' END AS name_raw, NULL::VARCHAR AS id_raw, NULL::VARCHAR AS citizen_id_raw, NULL::VARCHAR AS sex_raw, " +
		"NULL::VARCHAR AS birth_raw, NULL::VARCHAR AS nation_raw, NULL::VARCHAR AS phone_raw, NULL::VARCHAR AS address_raw, NULL::VARCHAR AS updated_at_raw"
	mendedNames = "name_raw, id_raw, citizen_id_raw, sex_raw, birth_raw, nation_raw, phone_raw, address_raw, updated_at_raw"
)

// digested is a query of an image's rows with their digests, as a landed one has them; mended
// says whether it has the columns of pulled texts.
func digested(query string, mended bool) string {
	fields := make([]arrow.Field, 0, 20)
	for _, name := range strings.Split("id, citizen_id, name, sex, birth, nation, phone, address, updated_at, _mask0, "+mendedNames, ", ") {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String})
	}
	all := arrow.NewSchema(fields, nil)
	there := all
	if !mended {
		there = arrow.NewSchema(slices.DeleteFunc(all.Fields(), func(f arrow.Field) bool { return strings.HasSuffix(f.Name, "_raw") }), nil)
	}
	return "SELECT *, " + onesource.RowDigest(all, there) + " AS " + lake.DigestColumn + " FROM (" + query + ")"
}

// onesourceFiles are a source's files: raw in two, and the keys of standard.
func onesourceFiles(dir, state string, source int) (raw []string, standard string) {
	at := func(what string) string {
		return filepath.Join(dir, fmt.Sprintf("%s-%d-%s.parquet", state, source, what))
	}
	return []string{at("most"), at("rest")}, at("standard")
}

// fillOnesource writes the images before and after the change, unless they are there.
func fillOnesource(ctx context.Context, dir string, ids int64) error {
	var files []file
	for _, state := range []string{"before", "after"} {
		for source := range onesourceSources {
			query := onesourceSQL(source, ids)
			if state == "after" {
				was, _ := onesourceFiles(dir, "before", source)
				query = changedSQL(engine.Parquet(was), source, ids)
			}
			raw, standard := onesourceFiles(dir, state, source)
			files = append(files, file{raw[0], digested(fmt.Sprintf("SELECT * FROM (%s) WHERE id <= %d", query, ids*19/20), false)},
				file{raw[1], digested(fmt.Sprintf("SELECT *%s FROM (%s) WHERE id > %d", mended, query, ids*19/20), true)},
				file{standard, "SELECT id FROM " + engine.Parquet(raw) + " WHERE id % 1000 <> 13"})
		}
	}
	return writeOnce(ctx, dir, files)
}

// file is what is written where.
type file struct{ path, query string }

// writeOnce writes the files in their order; a digest beside says what they were.
func writeOnce(ctx context.Context, dir string, files []file) error {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintln(h, filepath.Base(f.path), strings.ReplaceAll(f.query, dir, ""))
	}
	mark, sum := filepath.Join(dir, "made"), hex.EncodeToString(h.Sum(nil))
	if was, err := os.ReadFile(mark); err == nil && string(was) == sum {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	s, err := engine.Open(ctx, engine.Options{Temp: dir, Memory: "1GB"})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, f := range files {
		if _, err := s.CopyQuery(ctx, filepath.Base(f.path), f.query, f.path, engine.ParquetOptions{}); err != nil {
			return err
		}
	}
	return os.WriteFile(mark, []byte(sum), 0o600)
}
