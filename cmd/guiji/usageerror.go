package main

import (
	"errors"
	"regexp"
	"strings"

	"github.com/spf13/pflag"

	"guiji/internal/fault"
	"guiji/internal/text"
)

// usageError says in the reader's language what cobra and pflag found wrong with the
// command line; what they say in no known way is told as it is.
func usageError(err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return fault.New(fault.Config, "usage.wrong.flag", dashed(unknown.GetSpecifiedName()))
	case errors.As(err, &bare):
		return fault.New(fault.Config, "usage.wrong.flag.bare", dashed(bare.GetSpecifiedName()))
	case errors.As(err, &value):
		return fault.New(fault.Config, "usage.wrong.flag.value", dashed(value.GetFlag().Name), value.GetFlag().Value.Type())
	}
	for _, said := range []struct {
		key  text.Key
		form string
	}{
		{"usage.wrong.args.exact", `^accepts (\d+) arg\(s\), received (\d+)$`},
		{"usage.wrong.args.range", `^accepts between (\d+) and (\d+) arg\(s\), received (\d+)$`},
		{"usage.wrong.args.least", `^requires at least (\d+) arg\(s\), only received (\d+)$`},
		{"usage.wrong.args.most", `^accepts at most (\d+) arg\(s\), received (\d+)$`},
		{"usage.wrong.command", `^unknown command "(.*)" for "([^"]*)"`},
		{"usage.wrong.flag.missing", `^required flag\(s\) (.*) not set$`},
	} {
		if found := regexp.MustCompile(said.form).FindStringSubmatch(err.Error()); found != nil {
			args := make([]any, len(found)-1)
			for i, f := range found[1:] {
				args[i] = f
			}
			wrong := fault.New(fault.Config, said.key, args...)
			if _, like, ok := strings.Cut(err.Error(), "Did you mean this?"); ok {
				wrong.Try("usage.wrong.like", strings.Join(strings.Fields(like), ", "))
			}
			return wrong
		}
	}
	return err
}

// dashed is a flag as it is written on the command line.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
