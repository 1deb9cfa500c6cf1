package gen

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Options say what to make. Zero values are the defaults.
type Options struct {
	// Seed makes one run different from another.
	Seed uint64
	// Tasks is how many task attempts run; 0 is 1000.
	Tasks int
	// StageTasks is how many tasks a stage has, 0 is 200. Every second stage belongs to the query of the one before.
	StageTasks int
	// Executors is how many there are, 0 is 10, with four cores each.
	Executors int
	// Accumulables is how many metrics of SQL a task reports beside Spark's own, 0 is 8.
	Accumulables int
}

// Facts are what is in a log.
type Facts struct {
	Lines, Bytes                    int64
	Tasks, Failed, Killed           int
	Stages, Jobs, SQL, Executors    int
	Blocks                          int
	RunMillis, ShuffleRead, Written int64
}

// Write makes a log. The error is the writer's, or says which option is negative.
func Write(w io.Writer, o Options) (Facts, error) {
	for _, field := range []struct {
		name  string
		value *int
		usual int
	}{{"Tasks", &o.Tasks, 1000}, {"StageTasks", &o.StageTasks, 200}, {"Executors", &o.Executors, 10}, {"Accumulables", &o.Accumulables, 8}} {
		if *field.value < 0 {
			return Facts{}, fmt.Errorf("gen: Options.%s is %d: give a positive number, or 0 for %d", field.name, *field.value, field.usual)
		}
		if *field.value == 0 {
			*field.value = field.usual
		}
	}
	l := &log{Options: o, out: bufio.NewWriterSize(w, 1<<16), random: rand.New(rand.NewPCG(o.Seed, 1)), now: 1_700_000_000_000}
	l.start()
	for l.facts.Tasks < o.Tasks {
		l.query()
	}
	l.line(`{"Event":"SparkListenerApplicationEnd","Timestamp":#}`, l.now)
	if err := l.out.Flush(); err != nil && l.err == nil {
		l.err = err
	}
	return l.facts, l.err
}

// log is one that is being made.
type log struct {
	Options
	out    *bufio.Writer
	random *rand.Rand
	now    int64
	facts  Facts
	err    error
	text   []byte
	sums   []int64 // of the accumulables of the stage
}

// line writes a line: each # of the pattern stands for the next number, each $ for the next text.
func (l *log) line(pattern string, values ...any) {
	l.text = append(fill(l.text[:0], pattern, values...), '\n')
	l.facts.Lines++
	l.facts.Bytes += int64(len(l.text))
	if _, err := l.out.Write(l.text); err != nil && l.err == nil {
		l.err = err
	}
}

func fill(to []byte, pattern string, values ...any) []byte {
	for _, value := range values {
		at := strings.IndexAny(pattern, "#$")
		to = append(to, pattern[:at]...)
		pattern = pattern[at+1:]
		switch v := value.(type) {
		case int:
			to = strconv.AppendInt(to, int64(v), 10)
		case int64:
			to = strconv.AppendInt(to, v, 10)
		case string:
			to = append(to, v...)
		}
	}
	return append(to, pattern...)
}

// upTo gives a number from 0 to below n, small ones more often.
func (l *log) upTo(n int64) int64 { return int64(l.random.Float64() * l.random.Float64() * float64(n)) }
