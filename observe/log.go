package observe

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/workload"
)

// maxLine is how much of a line of a log is looked at, in bytes.
const maxLine = 64 << 10

// logFile is what the reading of one log gave.
type logFile struct {
	source string
	facts  []diagnose.LogFact
	// lines counts entries; driver and executor count lines that only one of the two writes.
	lines, driver, executor int
	// id is the executor's own, version Spark's, last the latest time.
	id, version string
	// app is the application's id, where the log names it.
	app   string
	last  workload.Instant
	notes []string
}

// isDriver and isExecutor tell whose log it is. One that is neither, as an operator's, tells nothing here.
func (l *logFile) isDriver() bool   { return l.driver > 0 && l.driver >= l.executor }
func (l *logFile) isExecutor() bool { return l.executor > l.driver }

// better reports whether a driver's log is rather the application's than another one: it names the id, or the other one names
// another id, or it is longer.
func (l *logFile) better(other *logFile, id string) bool {
	if other == nil {
		return true
	}
	fits := func(f *logFile) int {
		switch {
		case id == "" || f.app == "":
			return 1
		case f.app == id:
			return 2
		}
		return 0
	}
	if fits(l) != fits(other) {
		return fits(l) > fits(other)
	}
	return l.lines > other.lines
}

// appID is an id as the submission makes it (KubernetesConf.getKubernetesAppId, Spark 3.5.6).
var appID = regexp.MustCompile(`\bspark-[0-9a-f]{32}\b`)

var startingExecutor = regexp.MustCompile(`Starting executor ID (\S{1,40}) on host`)

// logReader gathers facts from the lines of a log.
type logReader struct {
	out      *logFile
	place    map[string]int // of a fact in out.facts, by what makes it the same
	maxFacts int
	head     record // the entry that a line continues
	// open is the fact that the next line may add to: a reason that stands on a line of its own, or -1.
	open int
	exit int // the last LogExit, which "termination reason" belongs to, or -1
}

// readLog reads at most limit bytes of a log. The error is the reader's or the context's; facts that were read until then are
// in the result.
func readLog(ctx context.Context, source string, r io.Reader, limit int64, maxFacts int) (*logFile, error) {
	reader := logReader{out: &logFile{source: source}, place: map[string]int{}, maxFacts: maxFacts, open: -1, exit: -1}
	limited := &io.LimitedReader{R: r, N: limit}
	lines := bufio.NewReaderSize(limited, maxLine)
	for n := 1; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return reader.out, ctx.Err()
		}
		line, err := nextLine(lines)
		if line != "" {
			for _, record := range recordsOf(line) {
				reader.take(n, record)
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			if limited.N == 0 {
				reader.note("only the first %d bytes were read", limit)
			}
			return reader.out, nil
		case err != nil:
			return reader.out, fmt.Errorf("%s:%d: %w", source, n, err)
		}
	}
}

// nextLine reads a line; what is beyond maxLine is passed over.
func nextLine(r *bufio.Reader) (string, error) {
	part, err := r.ReadSlice('\n')
	line := strings.ToValidUTF8(strings.TrimRight(string(part), "\r\n"), "\uFFFD")
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = r.ReadSlice('\n')
	}
	return line, err
}

func (l *logReader) note(format string, args ...any) {
	text := l.out.source + ": " + fmt.Sprintf(format, args...)
	if !slices.Contains(l.out.notes, text) {
		l.out.notes = append(l.out.notes, text)
	}
}

// take looks for facts in a line.
func (l *logReader) take(line int, r record) {
	if r.head {
		l.head, l.open = r, -1
		l.out.lines++
		l.out.last = max(l.out.last, r.at)
		l.whose(r)
	} else {
		l.continues(r)
	}
	for _, m := range matchers {
		if fields, ok := m.match(r); ok {
			l.add(m.kind, line, r, fields)
		}
	}
}

// whose counts what tells a driver's log from an executor's.
func (l *logReader) whose(r record) {
	class, _, _ := strings.Cut(r.class, "$")
	switch class {
	case "SparkContext", "DAGScheduler", "TaskSchedulerImpl", "ExecutorPodsAllocator", "KubernetesClusterSchedulerBackend", "TaskSetManager":
		l.out.driver++
	case "CoarseGrainedExecutorBackend", "Executor":
		l.out.executor++
	}
	if l.out.app == "" && strings.Contains(r.text, "spark-") {
		l.out.app = appID.FindString(r.text)
	}
	if m := startingExecutor.FindStringSubmatch(r.text); m != nil {
		l.out.id = m[1]
	}
}

// continues reads a line below the head of an entry: the rest of an open fact, or the reason of an exit.
func (l *logReader) continues(r record) {
	text := strings.TrimSpace(r.text)
	if reason, ok := strings.CutPrefix(text, "termination reason: "); ok && l.exit >= 0 {
		if f := &l.out.facts[l.exit]; f.Fields["reason"] == "" {
			f.Fields["reason"] = wording.Line(reason, 100)
			f.Text += ", termination reason: " + f.Fields["reason"]
		}
	}
	if l.open >= 0 && text != "" {
		f := &l.out.facts[l.open]
		f.Text = wording.Line(f.Text+" "+text, maxText)
		l.open = -1
	}
}

// add takes a fact, or counts it where an equal one is there.
func (l *logReader) add(kind diagnose.LogKind, line int, r record, fields map[string]string) {
	at := r.at
	if !r.head {
		at = l.head.at
	}
	same := sameness(kind, fields)
	if i, ok := l.place[same]; ok {
		f := &l.out.facts[i]
		f.Count++
		f.Last = max(f.Last, at)
		if kind == diagnose.LogExit {
			l.exit = i
		}
		return
	}
	if len(l.out.facts) == l.maxFacts {
		l.note("more than %d different facts; the rest is left out", l.maxFacts)
		return
	}
	i := len(l.out.facts)
	l.place[same] = i
	for name, value := range fields {
		fields[name] = wording.Line(value, maxText)
	}
	l.out.facts = append(l.out.facts, diagnose.LogFact{
		Kind: kind, At: at, Last: at, Count: 1, Text: wording.Line(r.text, maxText), Fields: fields,
		Place: diagnose.Place{Source: l.out.source, Line: line},
	})
	switch {
	case kind == diagnose.LogVersion:
		l.out.version = fields["version"]
	case kind == diagnose.LogExit:
		l.exit = i
	case kind == diagnose.LogContextFailed, kind == diagnose.LogLost && fields["reason"] == "", kind == diagnose.LogFetchFailed:
		l.open = i
	}
}

// sameness is equal for facts that say the same. What a refusal says is the quota or the right, whichever pod it was for.
func sameness(kind diagnose.LogKind, fields map[string]string) string {
	parts := []string{string(kind)}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if kind != diagnose.LogLost || name == "executor" {
			parts = append(parts, name, fields[name])
		}
	}
	return strings.Join(parts, "\x00")
}
