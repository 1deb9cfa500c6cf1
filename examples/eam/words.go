package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
)

// words are those of one line that are still to be read, and the first thing that is wrong with them. After that every
// reading gives a zero.
type words struct {
	rest            []string
	problem, remedy string
}

func (w *words) fail(problem, remedy string) {
	if w.problem == "" {
		w.problem, w.remedy = problem, remedy
	}
}

func (w *words) invalid(what, word, remedy string) {
	w.fail(fmt.Sprintf("%s %q is not valid", what, word), remedy)
}

// word reads the next word.
func (w *words) word(what string) string {
	if len(w.rest) == 0 {
		w.fail(what+" is missing", "add it at the end of the line")
		return ""
	}
	word := w.rest[0]
	w.rest = w.rest[1:]
	return word
}

// done says that the line ends here.
func (w *words) done() {
	if len(w.rest) > 0 {
		w.fail(fmt.Sprintf("%q is one word too many", w.rest[0]), "delete it")
	}
}

// flag reads a word that may be there.
func (w *words) flag(name string) bool {
	if len(w.rest) == 0 || w.rest[0] != name {
		return false
	}
	w.rest = w.rest[1:]
	return true
}

// integer reads a whole number from 0 to a limit.
func (w *words) integer(what, word string, limit int64) int64 {
	n, err := strconv.ParseUint(word, 10, 63)
	if err != nil || int64(n) > limit {
		w.invalid(what, word, fmt.Sprintf("write a whole number from 0 to %d", limit))
		return 0
	}
	return int64(n)
}

func (w *words) number(what string) int {
	return int(w.integer(what, w.word(what), maxID))
}

func (w *words) time(what string) time.Duration {
	return time.Duration(w.integer(what, w.word(what), latest)) * time.Millisecond
}

// named reads NAME=VALUE and returns the value.
func (w *words) named(name string) string {
	word := w.word(name + "=")
	value, ok := strings.CutPrefix(word, name+"=")
	if !ok {
		w.invalid("word", word, "write "+name+"= and its value here")
	}
	return value
}

func (w *words) value(name string) int {
	return int(w.integer(name, w.named(name), maxID))
}

func (w *words) fraction(name string) float64 {
	word := w.named(name)
	f, err := strconv.ParseFloat(word, 64)
	if err != nil || !(f >= 0 && f <= maxID) {
		w.invalid(name, word, "write a number such as 2 or 0.25")
		return 0
	}
	return f
}

func (w *words) stage() allocation.Stage {
	word := w.word("STAGE")
	id, attempt, ok := strings.Cut(word, ".")
	if !ok {
		w.invalid("STAGE", word, "write stageId.attempt, such as 0.0")
	}
	return allocation.Stage{
		ID:      int(w.integer("stage id", id, maxID)),
		Attempt: int(w.integer("stage attempt", attempt, maxID)),
	}
}

// maxID is the largest number that Spark counts ids, tasks and cores with.
const maxID = math.MaxInt32

// widest is how many tasks one line may stand for.
const widest = 10_000_000

// indices are those from first to last, and none where the line is wrong.
type indices struct{ first, last int }

func (w *words) indices() indices {
	word := w.word("I")
	from, to, isRange := strings.Cut(word, "-")
	if !isRange {
		to = from
	}
	i := indices{int(w.integer("index", from, maxID)), int(w.integer("index", to, maxID))}
	if i.last < i.first || i.last-i.first >= widest {
		w.invalid("indices", word, fmt.Sprintf("write A-B with A not above B, and at most %d of them", widest))
	}
	return i
}

// id reads the id of an executor, whose commas would be mistaken for a list.
func (w *words) id() string {
	word := w.word("EXEC")
	if strings.Contains(word, ",") {
		w.invalid("EXEC", word, "write one executor id")
	}
	return word
}
