// Package deploy holds what a bureau installs; its tests validate it.
package deploy

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
)

// The compose file is valid by the Compose Specification, keeps the store on
// loopback and hands secrets over as files.
func TestComposeFile(t *testing.T) {
	t.Chdir(t.TempDir())
	opts, err := cli.NewProjectOptions([]string{repository + "/deploy/compose.yaml"}, cli.WithProfiles([]string{"run"}), cli.WithInterpolation(true))
	if err != nil {
		t.Fatal(err)
	}
	p, err := opts.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Services) != 2 {
		t.Fatalf("services: %v", p.ServiceNames())
	}
	for _, port := range p.Services["store"].Ports {
		if port.HostIP != "127.0.0.1" {
			t.Errorf("the store listens on %q", port.HostIP)
		}
	}
	for name, s := range p.Services {
		if len(s.Secrets) == 0 {
			t.Errorf("service %s has no secrets", name)
		}
		for k, v := range s.Environment {
			if v != nil && strings.Contains(strings.ToLower(k), "password") && !strings.HasPrefix(*v, "/run/secrets/") {
				t.Errorf("service %s: %s is no file reference", name, k)
			}
		}
	}
}

// Where systemd is installed, its own verifier reads the units; the settings a
// night depends on are asserted everywhere.
func TestSystemdUnits(t *testing.T) {
	for unit, wants := range map[string][]string{
		"guiji.timer":            {"OnCalendar=*-*-* 22:00:00 Asia/Shanghai", "Persistent=true", "Unit=guiji.service"},
		"guiji.service":          {"Type=oneshot", "ExecStart=/usr/local/bin/guiji -C", "SuccessExitStatus=3", "UMask=0077", "KillSignal=SIGTERM"},
		"guiji-schedule.service": {"Type=notify", "WatchdogSec=", "Restart=always", "Conflicts=guiji.timer", "schedule run", "UMask=0077", "KillSignal=SIGTERM", "NoNewPrivileges=true", "ProtectSystem=strict"},
	} {
		b, err := os.ReadFile(repository + "/deploy/" + unit)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wants {
			if !strings.Contains(string(b), w) {
				t.Errorf("%s lacks %s", unit, w)
			}
		}
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Log("systemd-analyze is not installed: units checked for their settings only")
		return
	}
	out, _ := exec.Command(analyze, "verify", "--man=no", repository+"/deploy/guiji.service", repository+"/deploy/guiji.timer", repository+"/deploy/guiji-schedule.service").CombinedOutput()
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		if line != "" && !strings.Contains(line, "is not executable") { // guiji is not installed on a build machine
			t.Error(line)
		}
	}
}

var repository = func() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(file))
}()
