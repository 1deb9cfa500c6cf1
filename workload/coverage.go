package workload

import (
	"time"
)

// Coverage says how much of the run the source told, so that what follows from it can be judged.
type Coverage struct {
	// Source names what was read, for example a path.
	Source string
	// Lines, BlankLines and BadLines count the lines of an event log; a bad line is no JSON object with an Event.
	Lines, BlankLines, BadLines int
	// FirstBad says where the first bad line is and what is wrong with it, or is empty.
	FirstBad string
	// Bytes is the size of the log after decompression.
	Bytes int64
	// Codecs are the compressions met, sorted.
	Codecs []string
	// Truncated is true where the source ends in the middle: of a compressed frame, a line, or before an
	// ApplicationEnd. Cut says how.
	Truncated bool
	Cut       string
	// EndRule says how the end of the run was told: "ApplicationEnd", or which rule stands in for it.
	EndRule string
	// Sketched is how many task attempts are kept as sketches by stage attempt: all of them, or 0 where each has its row.
	Sketched int
	// Skipped counts events that nothing here needs, by name; Unknown those that this version does not know.
	Skipped, Unknown map[string]int
	// Notes say what else is missing and what it weakens: the reader's notes first, then in a fixed order.
	Notes []string
	// Memory is true where memory peaks of an executor were measured.
	Memory bool
	// Requests is true where start latencies of executors were logged (Spark 3.4 and later).
	Requests bool
	// Resolution is the finest step of the times in the source: a millisecond, where the reader says nothing else.
	Resolution time.Duration
}

// Ended reports whether the source tells the end of the application.
func (c Coverage) Ended() bool { return c.EndRule == EndByEvent }

// The rules for the end of a run, in the order in which they are tried.
const (
	// EndByEvent is the ApplicationEnd event.
	EndByEvent = "ApplicationEnd"
	// EndByJob is the later of the last job end and the last SQL execution end.
	EndByJob = "later of last job end and last SQL end"
	// EndByLastEvent is the latest time that any event states.
	EndByLastEvent = "latest time in any event"
)
