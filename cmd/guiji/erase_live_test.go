package main

import (
	"strings"
	"testing"

	"guiji/internal/testkit/mariadb"
)

// A person leaves the versions of his rows, the list of deleted records and the image
// that a shut gate refused, too.
func TestEraseHistoryDeletedAndHeld(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "eraselive")
	d.entry("gongan/resident", "107001/000012", "常住人口基本信息", strings.Replace(labResident, "key: [id]}", "key: [id], delete_detection: true, max_deletes: 100%}\nhistory: true", 1))
	server.Exec(t, "UPDATE eraselive.t_person SET id = 7700012 WHERE id = 2")
	d.good()
	server.Exec(t, "UPDATE eraselive.t_person SET xm = '李斯' WHERE id = 7700012")
	d.good()
	server.Exec(t, "DELETE FROM eraselive.t_person WHERE id = 7700012")
	d.good()
	server.Exec(t, "INSERT INTO eraselive.t_person VALUES (7700012, '371502199203040023', '李四', 999), (5, '371502199203040099', '钱七', 999)")
	d.edit("guiji.yaml", "max_failure_rate: 90%", "max_failure_rate: 10%")
	if e := d.guiji("run"); e.code != 3 {
		t.Fatalf("the gate stayed open: exit code %d\n%s", e.code, e.all())
	}
	versions := []uint64{1, 2, 3, 4}
	person, others := []string{"7700012", "371502199203040023", "李四", "李斯"}, []string{"371502199001010012", "王五"}
	datasets := d.head().Datasets
	for _, name := range []string{"standard/gongan/resident/history", "quality/gongan/resident/held"} {
		if datasets[name].Rows == 0 {
			t.Errorf("%s is empty", name)
		}
	}
	if n := d.mentions([]uint64{3}, person[0]); n == 0 {
		t.Error("the release that saw him deleted does not name him")
	}
	before := d.mentions(versions, others...)
	if e := d.guiji("erase", "--entity", "person", "--key", person[1], "--reason", "the person asked"); e.code != 0 {
		t.Fatalf("exit code %d\n%s", e.code, e.all())
	}
	if n := d.mentions(append(versions, 5), person...); n != 0 {
		t.Errorf("still mentioned %d times", n)
	}
	if n := d.mentions(versions, others...); n != before {
		t.Errorf("others are mentioned %d times, it was %d", n, before)
	}
	d.sound()
}
