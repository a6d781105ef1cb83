package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"guiji/examples/dongchang/servers"
)

// environment is what the example project's guiji.yaml refers to.
func environment(server *servers.MySQL) []string {
	return []string{
		"DEMO_MYSQL_ADDR=" + server.Addr,
		"DEMO_MYSQL_USER=" + servers.Reader,
		"DEMO_MYSQL_PASSWORD=" + server.Password,
	}
}

// command is guiji on the demo's project; an interrupt is passed on, so that it
// can end its run properly.
func (d *demo) command(ctx context.Context, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, d.guiji, append([]string{"-C", d.project()}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 15 * time.Second
	return cmd
}

func (d *demo) exec(ctx context.Context, env []string, args ...string) error {
	fmt.Printf("$ guiji %s\n", args[0])
	cmd := d.command(ctx, env, args...)
	cmd.Stdout = os.Stdout
	return explained(args[0], cmd.Run())
}

// plan shows what the plan refuses to collect, and by whom it is held.
func (d *demo) plan(ctx context.Context, env []string) error {
	fmt.Println("$ guiji plan")
	var out bytes.Buffer
	cmd := d.command(ctx, env, "plan", "--json")
	cmd.Stdout = &out
	if err := explained("plan", cmd.Run()); err != nil {
		return err
	}
	type plan struct {
		Resources []struct {
			Resource string `json:"resource"`
			Refused  []struct {
				Item      string `json:"item"`
				Element   string `json:"element"`
				Authority string `json:"authority"`
			} `json:"refused"`
		} `json:"resources"`
	}
	var plans []plan
	text := bytes.TrimSpace(out.Bytes())
	if len(text) > 0 && text[0] != '[' {
		text = append(append([]byte{'['}, text...), ']') // one pipeline
	}
	if err := json.Unmarshal(text, &plans); err != nil {
		return fmt.Errorf("read the plan: %w", err)
	}
	refused := 0
	for _, p := range plans {
		for _, r := range p.Resources {
			for _, item := range r.Refused {
				fmt.Printf("refused / 不予采集: %s.%s (%s), authority / 权威来源: %s\n", r.Resource, item.Item, item.Element, item.Authority)
				refused++
			}
		}
	}
	if refused == 0 {
		return errors.New("the plan refused nothing: jiedao/visit.marital has its authority elsewhere")
	}
	fmt.Println()
	return nil
}

func explained(command string, err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("guiji %s ended with exit code %d", command, exit.ExitCode())
	}
	return err
}

// paths says what there is to see.
func (d *demo) paths(took time.Duration) {
	fmt.Printf("\nDone in %.1f s. To open / 可查看:\n", took.Seconds())
	fmt.Printf("  reports / 报告        %s\n", filepath.Join(d.project(), "reports", "index.html"))
	fmt.Printf("  planted / 预埋清单    %s\n", filepath.Join(d.dir, "manifest.jsonl"))
	fmt.Printf("  score / 得分          %s\n", filepath.Join(d.dir, "score.json"))
	fmt.Printf("  query / 查询          %s -C %s query \"SELECT count(*) FROM entity.person\"\n", d.guiji, d.project())
	fmt.Printf("  one file / 导出       %s -C %s export dongchang.duckdb\n", d.guiji, d.project())
}

// wait keeps the sources up, for runs by hand.
func (d *demo) wait(ctx context.Context, env []string) {
	fmt.Println("\nThe departments' systems stay up until Ctrl-C. For runs by hand / 手工运行前设置:")
	for _, e := range env {
		fmt.Println("  export", e)
	}
	<-ctx.Done()
}
