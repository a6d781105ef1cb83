package report_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"guiji/lake"
	"guiji/quality/report"
)

// BenchmarkBuild is a resource of five million rows with fifty thousand problems;
// the custom figure is CPU seconds, user and system, a build.
func BenchmarkBuild(b *testing.B) {
	s := newStore(b)
	rel := release(1, 20)
	const rows = 5_000_000
	s.put(rel, "raw/gongan/resident", fmt.Sprintf(`SELECT i AS id, lpad(((i * 7919) %% 1000000007)::VARCHAR, 18, '3') AS citizen_id, NULL::VARCHAR AS citizen_id_raw,
		'姓名' || i AS name, NULL::VARCHAR AS name_raw, DATE '1950-01-01' + (i %% 20000)::INTEGER AS birth, NULL::VARCHAR AS birth_raw FROM range(%d) t(i)`, rows))
	s.put(rel, "quality/gongan/resident/failures", fmt.Sprintf(`SELECT * FROM (SELECT i AS id, 'citizen_id.citizen_id' AS rule, 'aaaaaaaa' AS version FROM range(0, %d, 200) t(i)
		UNION ALL SELECT i, 'birth.range', 'aaaaaaaa' FROM range(7, %d, 200) t(i)) ORDER BY rule, id`, rows, rows))
	s.metrics(rel, "gongan/resident",
		metric{"citizen_id.citizen_id", "aaaaaaaa", "citizen_id", "citizen_id", "公民身份号码校验不通过", "0302", "error", "fail", rows, rows / 200, ""},
		metric{"birth.range", "aaaaaaaa", "range", "birth", "出生日期超出范围", "0301", "error", "fail", rows, rows / 200, ""})
	rel.Resources["gongan/resident"] = lake.Resource{Outcome: "ok", Read: rows, Pulled: rel.Created}
	in := s.input(rel, nil, b.TempDir())
	b.ResetTimer()
	before := cpu(b)
	for range b.N {
		if _, err := report.Build(context.Background(), in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpu(b)-before).Seconds()/float64(b.N), "cpu-s/op")
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkMillion is one department with a million problems and work orders. Run it with one
// iteration and look at the process's peak memory too: it must not grow with them.
func BenchmarkMillion(b *testing.B) {
	for _, rows := range []int{100_000, 1_000_000, 2_000_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			s := newStore(b)
			rel := release(1, 20)
			s.put(rel, "raw/gongan/resident", fmt.Sprintf(`SELECT i AS id, lpad(((i * 7919) %% 1000000007)::VARCHAR, 18, '3') AS citizen_id, NULL::VARCHAR AS citizen_id_raw,
				'姓名' || i AS name, NULL::VARCHAR AS name_raw, DATE '1950-01-01' + (i %% 20000)::INTEGER AS birth, NULL::VARCHAR AS birth_raw FROM range(%d) t(i)`, rows))
			s.put(rel, "quality/gongan/resident/failures", fmt.Sprintf("SELECT i AS id, 'citizen_id.citizen_id' AS rule, 'aaaaaaaa' AS version FROM range(%d) t(i) ORDER BY rule, id", rows))
			s.metrics(rel, "gongan/resident", metric{"citizen_id.citizen_id", "aaaaaaaa", "citizen_id", "citizen_id", "公民身份号码校验不通过", "0302", "error", "fail", int64(rows), int64(rows), ""})
			rel.Resources["gongan/resident"] = lake.Resource{Outcome: "ok", Read: int64(rows), Pulled: rel.Created}
			s.openOrders(rel)
			in := s.input(rel, nil, b.TempDir())
			in.Orders = openBook(b, s, in, nil)
			before := cpu(b)
			for b.Loop() {
				if _, err := report.Build(context.Background(), in); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((cpu(b)-before).Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}
