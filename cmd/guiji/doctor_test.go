package main

import (
	"strings"
	"testing"

	"guiji/internal/testkit/mariadb"
	miniotest "guiji/internal/testkit/minio"
)

// A bucket that was not there is made, and doctor says so once: the name may have
// been mistyped.
func TestDoctorTellsOfANewBucket(t *testing.T) {
	t.Parallel()
	server, store := mariadb.Shared(t), miniotest.Shared(t)
	d := newDesk(t, server, "doctor")
	d.onMinIO(store, store.Endpoint, "mistyped")
	const made = "the bucket was not there and has been made now"
	d.contains("the first doctor", d.guiji("doctor", "gongan", "--lang", "en").out, made, "conditional writes hold")
	again := d.guiji("doctor", "gongan", "--lang", "en")
	d.contains("the second doctor", again.out, "conditional writes hold")
	if again.code != 0 || strings.Contains(again.out, made) {
		t.Errorf("exit code %d\n%s", again.code, again.all())
	}
}
