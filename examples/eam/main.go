package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
)

const usage = `usage: eam FILE.scn…

Prints, for each scenario, the trace of Spark's executor allocation: every request to the backend and every change of state.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run plays the files one after the other; one that cannot be read does not stop the others.
func run(files []string, stdout, stderr io.Writer) (status int) {
	if len(files) == 0 || slices.ContainsFunc(files, func(f string) bool { return f[:min(1, len(f))] == "-" }) {
		fmt.Fprint(stderr, usage)
		return 2
	}
	out := bufio.NewWriter(stdout)
	for _, file := range files {
		if err := play(file, out); err != nil {
			fmt.Fprintln(stderr, err)
			status = 1
		}
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(stderr, "eam: the trace could not be written:", err)
		status = 1
	}
	return status
}

func play(file string, out *bufio.Writer) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("eam: %w; name a readable scenario file", err)
	}
	s, err := parse(file, string(text))
	if err != nil {
		return err
	}
	s.trace(out)
	return nil
}
