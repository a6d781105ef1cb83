package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/go-sql-driver/mysql"

	"guiji/internal/ident"
)

// The measured table: persons with Chinese text, 12 columns, about 180 bytes a row
// on the wire; 95 % of the citizen ids are unique, 1 % of the rows fail a check.
const createTable = `CREATE TABLE %s (
	id bigint NOT NULL PRIMARY KEY, sfzh char(18), xm varchar(50), xb char(1), csrq date, mz char(2), hjdz varchar(200),
	lxdh varchar(20), nsr decimal(12,2), zt tinyint, cjsj datetime, gxsj datetime
) ENGINE=InnoDB CHARACTER SET utf8mb4`

// fill creates and loads a table of rows rows, unless it is there with that many.
func fill(ctx context.Context, db *sql.DB, name string, rows int) error {
	var have int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+name).Scan(&have); err == nil && have == rows {
		return nil
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// The log is on, as on a real server: by it the connector proves that two
	// connections see one moment. The rows themselves need not be in it.
	for _, q := range []string{"SET sql_log_bin = 0", "DROP TABLE IF EXISTS " + name, fmt.Sprintf(createTable, name)} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(writeRows(writer, rows)) }()
	mysql.RegisterReaderHandler(name, func() io.Reader { return reader })
	defer mysql.DeregisterReaderHandler(name)
	_, err = conn.ExecContext(ctx, "LOAD DATA LOCAL INFILE 'Reader::"+name+"' INTO TABLE "+name+" CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t'")
	return err
}

var (
	surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧")
	given    = []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉萍红梅建国文斌志鹏")
	streets  = []string{"古楼街道", "柳园街道", "新区街道", "湖西街道", "道口铺街道", "闫寺街道", "凤凰街道", "北城街道", "侯营镇", "沙镇镇", "堂邑镇", "梁水镇"}
	roads    = []string{"东昌东路", "兴华西路", "柳园南路", "昌润北路", "建设东路", "花园南路", "光岳北路", "湖南中路"}
	nations  = []string{"01", "01", "01", "01", "01", "01", "02", "03", "08", "11"}
)

// writeRows writes tab-separated rows, the same for the same number.
func writeRows(w io.Writer, rows int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	rng := rand.New(rand.NewPCG(1, 2))
	unique := rows * 95 / 100
	for i := 0; i < rows; i++ {
		person := i
		if i >= unique {
			person = rng.IntN(unique)
		}
		if err := writeRow(out, rng, i, person); err != nil {
			return err
		}
	}
	return out.Flush()
}

func writeRow(out *bufio.Writer, rng *rand.Rand, row, person int) error {
	// Birth dates and serials are spread so that each person has an id of its own.
	day, serial := person%28+1, person/(28*12*80)%1000
	month, year := person/28%12+1, 1930+person/(28*12)%80
	area := 371500 + person/(28*12*80*1000)
	id := ident.CompleteCitizenID(fmt.Sprintf("%06d%04d%02d%02d%03d", area, year, month, day, serial))
	sex, phone := "1", fmt.Sprintf("138%08d", rng.IntN(100_000_000))
	switch rng.IntN(400) { // four kinds of defect, 1 % of rows together
	case 0:
		sex = "7"
	case 1:
		phone = "12345"
	case 2:
		id = id[:17] + map[bool]string{true: "1", false: "2"}[id[17] != '1']
	case 3:
		year = 1800
	}
	_, err := fmt.Fprintf(out, "%d\t%s\t%c%c%c\t%s\t%04d-%02d-%02d\t%s\t山东省聊城市东昌府区%s%s%d号院%d号楼%d单元%d室\t%s\t%d.%02d\t%d\t20%02d-%02d-%02d %02d:%02d:%02d\t2026-%02d-%02d %02d:%02d:%02d\n",
		row, id, surnames[rng.IntN(len(surnames))], given[rng.IntN(len(given))], given[rng.IntN(len(given))], sex,
		year, month, day, nations[rng.IntN(len(nations))],
		streets[rng.IntN(len(streets))], roads[rng.IntN(len(roads))], rng.IntN(300)+1, rng.IntN(40)+1, rng.IntN(6)+1, rng.IntN(3000)+101,
		phone, rng.IntN(300_000), rng.IntN(100), rng.IntN(4),
		rng.IntN(20)+5, rng.IntN(12)+1, rng.IntN(28)+1, rng.IntN(24), rng.IntN(60), rng.IntN(60),
		rng.IntN(10)+1, rng.IntN(28)+1, rng.IntN(24), rng.IntN(60), rng.IntN(60))
	return err
}
