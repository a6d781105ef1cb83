package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"guiji/internal/testkit/listener"
	"guiji/internal/testkit/mariadb"
)

// The whole watch over the real program: a run that fails is in hooks, lineage,
// metrics and the history, the daemon beats, and no canary is in any of it.
func TestWatched(t *testing.T) {
	t.Parallel()
	server := mariadb.Shared(t)
	d := newDesk(t, server, "watched")
	canaries := []string{"朱雀玄武", "t0ken-8841", password}
	server.Exec(t, "INSERT INTO watched.t_person VALUES (9, 'x', '朱雀玄武', 999)", "DROP TABLE watched.t_house")
	robot := listener.Open(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	d.env = append(d.env, "ROBOT="+robot.URL+"/send?key=t0ken-8841")
	d.config("file://./lake", "schedule: {metrics: '"+address+"', heartbeat: ./heartbeat.json}\nhooks: {on_failure: [{webhook: '${ROBOT}'}], on_missed: [{webhook: '${ROBOT}'}]}\n"+
		"lineage: {file: ./lineage.jsonl, url: '${ROBOT}'}\n", d.address)
	d.edit("guiji.yaml", "nightly: {", "nightly: {cron: '0 3 1 1 *', ")
	ran := d.guiji("run", "--lang", "zh")
	if ran.code == 0 {
		t.Fatal(ran.all())
	}
	cmd := d.command("schedule", "run")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	get := func(path, want string) string {
		t.Helper()
		var body []byte
		for range 300 {
			if resp, err := http.Get("http://" + address + path); err == nil {
				body, _ = io.ReadAll(resp.Body)
				resp.Body.Close()
				if strings.Contains(string(body), want) {
					return string(body)
				}
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Errorf("%s never said %s: %s", path, want, log.String())
		return string(body)
	}
	get("/healthz", "ok")
	scraped := get("/metrics", `guiji_last_run_outcome{outcome="partial",pipeline="nightly"} 1`)
	for _, want := range []string{`guiji_release_version 1`, `guiji_resource_late{department="gongan",resource="gongan/house"} 1`,
		`guiji_resource_read_rows{department="gongan",resource="gongan/resident"} 4`, `guiji_last_success_timestamp_seconds{pipeline="nightly"} 0`} {
		if !strings.Contains(scraped, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait() // its log tells
	beat, err := os.ReadFile(filepath.Join(d.dir, "heartbeat.json"))
	var h struct {
		PID  int       `json:"pid"`
		Next time.Time `json:"next"`
	}
	if err == nil {
		err = json.Unmarshal(beat, &h)
	}
	if err != nil || h.PID != cmd.Process.Pid || !h.Next.After(time.Now()) {
		t.Errorf("%v: %s", err, beat)
	}
	lines, err := os.ReadFile(filepath.Join(d.dir, "lineage.jsonl"))
	if err != nil || bytes.Count(lines, []byte("\n")) != 2 || !bytes.Contains(lines, []byte(`"name":"watched.t_person"`)) || !bytes.Contains(lines, []byte(`"eventType":"COMPLETE"`)) {
		t.Errorf("%v: %.2000s", err, lines)
	}
	var heard strings.Builder // documents alone: the address that hooks are told at is a canary
	for _, p := range robot.Posts() {
		heard.Write(p.Body)
	}
	for _, want := range []string{`"kind":"failed"`, `"outcome":"partial"`, `"title":"房屋信息"`, `"eventType":"START"`} {
		if !strings.Contains(heard.String(), want) {
			t.Errorf("nobody heard %s", want)
		}
	}
	history := d.guiji("runs", "--outcome", "partial").all() + d.guiji("runs", "show", "--lang", "zh", d.lastRun()).all()
	if !strings.Contains(history, "各阶段用时") || !strings.Contains(history, "gongan/house") {
		t.Error(history)
	}
	for _, c := range canaries {
		for what, said := range map[string]string{"a hook": heard.String(), "lineage": string(lines), "metrics": scraped, "the log": log.String() + ran.all(), "the history": history, "the heartbeat": string(beat)} {
			if strings.Contains(said, c) {
				t.Errorf("%s holds a canary", what)
			}
		}
	}
}

// lastRun is the id of the newest record.
func (d *desk) lastRun() string {
	d.Helper()
	var list []struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(d.guiji("runs", "-n", "1", "--json").out), &list); err != nil || len(list) != 1 {
		d.Fatal(len(list), err)
	}
	return list[0].ID
}
