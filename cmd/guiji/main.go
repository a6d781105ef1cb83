// Command guiji aggregates departments' data under one catalogue. This package is
// flags, wiring and exit codes: one file a subcommand.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/pprof"
	"syscall"

	"github.com/spf13/cobra"

	"guiji/internal/fault"
	"guiji/internal/text"
)

func main() { os.Exit(Main()) }

// Main runs the command line and returns the exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // the heap is small beside DuckDB's memory; collecting less often saves a tenth of a pull's CPU
	}
	a := &app{lang: langOf(os.Args[1:])}
	root := a.root()
	err := root.ExecuteContext(ctx)
	err = errors.Join(err, a.close())
	pprof.StopCPUProfile()
	if err == nil {
		return 0
	}
	if (ctx.Err() != nil || errors.Is(err, context.Canceled)) && fault.KindOf(err) != fault.Unknown {
		err = fault.New(fault.Interrupted, "command.interrupted")
	}
	var silent *exitError
	if errors.As(err, &silent) {
		return silent.code
	}
	if !errors.As(err, new(*fault.Error)) && !a.began { // cobra's own: unknown flags, missing arguments
		err = fault.New(fault.Config, "command.usage").Because(usageError(err)).Try("command.help", root.Name())
	}
	fmt.Fprintln(os.Stderr, fault.Message(a.language(), err))
	return fault.ExitCode(err)
}

// exitError ends with a code after the command has said everything itself.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// app holds the flags all commands share.
type app struct {
	dir     string
	lang    string
	json    bool
	verbose bool
	profile string
	began   bool           // the command line was understood and its command runs
	atEnd   []func() error // what closes the stores' caches
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "guiji",
		Short:         text.Format(a.language(), "command.root"),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	f := root.PersistentFlags()
	f.StringVarP(&a.dir, "project", "C", ".", text.Format(a.language(), "command.flag.project"))
	lang := a.lang
	f.StringVar(&a.lang, "lang", "", text.Format(a.language(), "command.flag.lang"))
	a.lang = lang // binding the flag emptied it
	f.BoolVar(&a.json, "json", false, text.Format(a.language(), "command.flag.json"))
	f.BoolVarP(&a.verbose, "verbose", "v", false, text.Format(a.language(), "command.flag.verbose"))
	f.StringVar(&a.profile, "cpuprofile", "", "write a CPU profile of this program to a file")
	_ = f.MarkHidden("cpuprofile") // it is there: the line above made it
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := errors.Join(cmd.ValidateRequiredFlags(), cmd.ValidateFlagGroups()); err != nil { // cobra looks later
			return err
		}
		a.began = true
		return a.startProfile()
	}
	root.AddCommand(a.commands()...)
	a.localise(root)
	return root
}

// startProfile begins the CPU profile of --cpuprofile; Main ends it.
func (a *app) startProfile() error {
	if a.profile == "" {
		return nil
	}
	f, err := os.Create(a.profile)
	if err != nil {
		return fault.New(fault.Config, "command.profile").Because(err)
	}
	return pprof.StartCPUProfile(f)
}

func (a *app) language() text.Lang { return text.Detect(a.lang, "") }

// lasting is the language of what outlives this process, releases, run records and
// reports: --lang where it was given, else the project's, else Chinese. It is never
// the terminal's: a run at night has none.
func (a *app) lasting() text.Lang { return text.Detect(a.lang, string(text.ZH)) }
