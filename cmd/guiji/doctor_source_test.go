package main

import (
	"strings"
	"testing"

	"guiji/internal/testkit/mariadb"
)

// doctor lists what the account may do, warns when that is more than reading, and of a cursor
// that makes increments dear; a cursor that is not there is an obstacle.
func TestDoctorLooksAtRightsAndCursors(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "rights")
	cursor := func(column string) {
		d.entry("gongan/resident", "107001/000012", "常住人口基本信息", strings.Replace(labResident, "key: [id]", "key: [id], cursor: "+column, 1))
	}
	cursor("gxsj")
	server.Exec(t, "ALTER TABLE rights.t_person ADD gxsj datetime NULL")
	said := d.guiji("doctor", "gongan", "--lang", "en")
	d.contains("doctor", said.out, "the account rights can only read: SELECT ON `rights`.*", "no index of t_person begins with the cursor gxsj", "the cursor gxsj of t_person may be NULL")
	if said.code != 0 {
		t.Errorf("warnings end with exit code %d", said.code)
	}
	server.Exec(t, "UPDATE rights.t_person SET gxsj = NOW()", "ALTER TABLE rights.t_person MODIFY gxsj datetime NOT NULL, ADD KEY (gxsj, id)", "GRANT INSERT, DELETE ON rights.* TO rights@'%'")
	said = d.guiji("doctor", "gongan", "--lang", "zh")
	d.contains("doctor", said.out, "具有只读以外的权限（DELETE, INSERT）")
	if said.code != 0 || strings.Contains(said.out, "gxsj") {
		t.Errorf("exit code %d\n%s", said.code, said.all())
	}
	server.Exec(t, "ALTER TABLE rights.t_person ADD PRIMARY KEY (id)")
	d.entry("gongan/resident", "107001/000012", "常住人口基本信息", strings.Replace(labResident, "key: [id]", "key: [citizen_id], cursor: gxsj", 1))
	said = d.guiji("doctor", "gongan", "--lang", "en")
	d.contains("doctor", said.out, "the source keeps id unique in t_person, not the entry's key")
	cursor("nowhere")
	said = d.guiji("doctor", "gongan", "--lang", "en")
	d.contains("doctor", said.out, "t_person has no column nowhere")
	if said.code != 2 {
		t.Errorf("a cursor that is not there ends with exit code %d", said.code)
	}
}
