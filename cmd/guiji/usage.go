package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"guiji/internal/text"
)

// langOf finds --lang among the arguments: commands and flags describe themselves
// before cobra reads any flag.
func langOf(args []string) string {
	var lang string
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if v, ok := strings.CutPrefix(arg, "--lang="); ok {
			lang = v
		} else if arg == "--lang" && i+1 < len(args) {
			lang = args[i+1]
		}
	}
	return lang
}

// localise gives cobra's own commands, flags and headings the app's language.
func (a *app) localise(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.SetUsageFunc(a.usage)
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Short, c.Long = a.say("usage.help"), a.say("usage.help")
		case "completion":
			c.Short, c.Long = a.say("usage.completion"), a.say("usage.completion")
			for _, shell := range c.Commands() {
				shell.Short, shell.Long = a.say("usage.completion.of", shell.Name()), a.say("usage.completion.of", shell.Name())
				if f := shell.Flags().Lookup("no-descriptions"); f != nil {
					f.Usage = a.say("usage.completion.bare")
				}
			}
		}
	}
	a.helpFlags(root)
}

// helpFlags describes --help of a command and those below it.
func (a *app) helpFlags(c *cobra.Command) {
	c.InitDefaultHelpFlag()
	c.Flags().Lookup("help").Usage = a.say("usage.help_flag", c.Name())
	for _, below := range c.Commands() {
		a.helpFlags(below)
	}
}

// usage is what --help says behind a command's description.
func (a *app) usage(c *cobra.Command) error {
	var b strings.Builder
	fmt.Fprintln(&b, a.say("usage.usage"))
	if c.Runnable() {
		fmt.Fprintf(&b, "  %s\n", strings.Replace(c.UseLine(), "[flags]", a.say("usage.flags_here"), 1))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "  %s %s\n", c.CommandPath(), a.say("usage.command_here"))
	}
	if c.HasExample() {
		fmt.Fprintf(&b, "\n%s\n%s\n", a.say("usage.examples"), c.Example)
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s\n", a.say("usage.commands"))
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				fmt.Fprintf(&b, "  %-*s  %s\n", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	a.writeFlags(&b, "usage.flags", c.LocalFlags())
	a.writeFlags(&b, "usage.global_flags", c.InheritedFlags())
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s\n", a.say("usage.more", c.CommandPath()))
	}
	_, err := fmt.Fprint(c.OutOrStderr(), b.String())
	return err
}

func (a *app) writeFlags(b *strings.Builder, heading text.Key, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	lines := strings.TrimRight(flags.FlagUsages(), "\n")
	fmt.Fprintf(b, "\n%s\n%s\n", a.say(heading), strings.ReplaceAll(lines, "(default ", a.say("usage.default")))
}
