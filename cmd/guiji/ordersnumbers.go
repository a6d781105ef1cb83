package main

import (
	"bufio"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"guiji/internal/fault"
	"guiji/quality/orders"
)

// readNumbers are the numbers of the command line, those of a file and, for -, those of
// standard input, each once and in their order.
func readNumbers(cmd *cobra.Command, args []string, file string) ([]string, error) {
	var out []string
	seen := map[string]bool{}
	add := func(word string) error {
		n, ok := orders.ParseNumber(word)
		if !ok {
			return fault.New(fault.Config, "orders.number", printable(shortened(word))).Try("orders.number.hint")
		}
		if !seen[n] {
			seen[n], out = true, append(out, n)
		}
		return nil
	}
	for _, word := range args {
		var err error
		if word == "-" {
			err = numbersIn(cmd.InOrStdin(), add)
		} else {
			err = add(word)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := numbersOf(cmd, file, add); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Config, "orders.numbers.none").Try("orders.number.hint")
	}
	return out, nil
}

func numbersOf(cmd *cobra.Command, file string, add func(string) error) error {
	switch file {
	case "":
		return nil
	case "-":
		return numbersIn(cmd.InOrStdin(), add)
	}
	f, err := os.Open(file)
	if err != nil {
		return fault.New(fault.Config, "orders.numbers.file", file).Because(err)
	}
	defer f.Close()
	return numbersIn(f, add)
}

// numbersIn reads numbers parted by blanks, commas or line ends.
func numbersIn(in io.Reader, add func(string) error) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		line := strings.TrimPrefix(lines.Text(), "\ufeff")
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",，;；、", r) }) {
			if err := add(word); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fault.New(fault.Config, "orders.numbers.read").Because(err)
	}
	return nil
}

// shortened is a text that was no number, as far as a message shows it: it may be a
// record's key.
func shortened(s string) string {
	if r := []rune(s); len(r) > 6 {
		return string(r[:6]) + "…"
	}
	return s
}
