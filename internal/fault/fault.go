// Package fault gives every error a kind that the exit code, the retry
// decorator and a person's next step follow. Any room may import it.
package fault

import (
	"errors"
	"fmt"
	"strings"

	"guiji/internal/text"
)

// Kind says what went wrong in the terms an operator acts on.
type Kind int

// The kinds, with the exit code each ends a command with.
const (
	Internal    Kind = iota // 1: a defect of guiji itself
	Config                  // 2: configuration or usage
	Gate                    // 3: a quality gate is shut
	Unreachable             // 4: source or store cannot be reached; worth a retry
	Refused                 // 5: credentials or rights refused; a retry is useless
	Locked                  // 11: another run holds the lease
	Interrupted             // 130: SIGINT, SIGTERM or a cancelled context
	Changed                 // 4: the source changed under the snapshot; start the resource again
	Data                    // 4: the source answered with something no reader can use
	Unknown                 // 1: a commit whose outcome could not be learned
)

var exitCodes = map[Kind]int{
	Internal: 1, Config: 2, Gate: 3, Unreachable: 4, Refused: 5,
	Locked: 11, Interrupted: 130, Changed: 4, Data: 4, Unknown: 1,
}

var names = map[Kind]string{
	Internal: "internal", Config: "config", Gate: "gate", Unreachable: "unreachable", Refused: "refused",
	Locked: "locked", Interrupted: "interrupted", Changed: "changed", Data: "data", Unknown: "unknown",
}

// String is the kind's name in logs, records and metrics.
func (k Kind) String() string { return names[k] }

// ExitCode is the process exit code of the kind (docs/architecture.md, "Exit codes").
func (k Kind) ExitCode() int { return exitCodes[k] }

// Retryable reports whether the same call may succeed later without anyone acting.
func (k Kind) Retryable() bool { return k == Unreachable }

// Error is what went wrong, where, and what to do. It never holds a row's value.
type Error struct {
	Kind Kind
	Key  text.Key // the message in the catalogue of internal/text
	Args []any
	Hint text.Key // "" if there is nothing a person can do
	hint []any
	Err  error // the cause, "" of row values
}

// New makes an error of a kind out of a message of the catalogue.
func New(kind Kind, key text.Key, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Because adds the cause.
func (e *Error) Because(err error) *Error { e.Err = err; return e }

// Try adds what a person can do about it.
func (e *Error) Try(key text.Key, args ...any) *Error { e.Hint, e.hint = key, args; return e }

// Error is the English message with its cause, for logs.
func (e *Error) Error() string { return e.In(text.EN) }

// In is the message in a language, with cause and hint.
func (e *Error) In(lang text.Lang) string {
	s := text.Format(lang, e.Key, e.Args...)
	if e.Err != nil {
		s = fmt.Sprintf("%s: %s", s, Message(lang, e.Err))
	}
	if e.Hint != "" {
		s += "\n  → " + text.Format(lang, e.Hint, e.hint...)
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Message is any error in a language: localised where it is an Error. Errors that
// were joined stand on a line each, all of them.
func Message(lang text.Lang, err error) string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var plain, lines []string
		for _, e := range joined.Unwrap() {
			plain, lines = append(plain, e.Error()), append(lines, Message(lang, e))
		}
		if err.Error() == strings.Join(plain, "\n") { // not a sentence with several %w
			return strings.Join(lines, "\n")
		}
	}
	var e *Error
	if errors.As(err, &e) {
		return e.In(lang)
	}
	return err.Error()
}

// KindOf is the kind of the outermost Error in the chain; Internal without one.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// ExitCode is the process exit code for err; 0 for nil.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	return KindOf(err).ExitCode()
}
