package gen_test

import (
	"fmt"
	"io"

	"github.com/sparkscale/sparkscale/eventlog/internal/gen"
)

// A log of a thousand tasks, and what is in it.
func ExampleWrite() {
	facts, err := gen.Write(io.Discard, gen.Options{Seed: 7, Tasks: 1000, StageTasks: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(facts.Tasks, "tasks in", facts.Stages, "stages of", facts.SQL, "queries")
	// Output: 1000 tasks in 10 stages of 5 queries
}
