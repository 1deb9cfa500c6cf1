package workload

import (
	"fmt"
	"time"
)

// Sketch is what is kept of the task attempts of one stage attempt where there are too many to keep a row of each. Counts
// and sums are exact; quantiles are within 1 %. It is safe for concurrent use.
type Sketch struct {
	statuses         [Running + 1]int
	durations, delay histogram // of those that succeeded
	occupied, lost   time.Duration
	spilled          int
}

// N returns how many attempts ended so.
func (s *Sketch) N(status Status) int {
	if int(status) >= len(s.statuses) {
		return 0
	}
	return s.statuses[status]
}

// Len returns the number of attempts.
func (s *Sketch) Len() int {
	n := 0
	for _, of := range s.statuses {
		n += of
	}
	return n
}

// add takes a row, as Stats and Durations would take it.
func (s *Sketch) add(row *[allColumns]int64) {
	status := Status(row[colFlags] & statusMask)
	s.statuses[status]++
	held := max(0, row[colDuration])
	if row[colResultAt] > 0 {
		held = row[colResultAt]
	}
	occupied := time.Duration(held) * time.Millisecond
	switch status {
	case Running, Succeeded:
	default:
		s.lost += occupied
	}
	if status != Resubmitted {
		s.occupied += occupied
	}
	if status != Running && status != Resubmitted && row[colDiskSpill] > 0 {
		s.spilled++
	}
	if status == Succeeded {
		s.durations.add(row[colDuration])
		s.delay.add(held - max(0, row[colRun]) - max(0, row[colDeserialize]) - max(0, row[colSerialize]))
	}
}

// SketchBeyond keeps sketches by stage attempt instead of rows once there are more than n task attempts, of those that
// came before too: Profile.Tasks is then empty. It has to be called before the first event; 0, the default, keeps all rows.
func (b *Builder) SketchBeyond(n int) { b.sketches.beyond = max(0, n) }

// sketchBook says whether rows or sketches are kept.
type sketchBook struct {
	beyond, n int  // n is how many attempts are in sketches
	unstarted int  // how many of them ended without a start
	on        bool // rows were given up
}

// sketch gives the rows up where there are too many.
func (b *Builder) sketch() {
	if b.sketches.beyond == 0 || b.tasks.n <= b.sketches.beyond {
		return
	}
	b.sketches.on = true
	var rows [allColumns]column
	for c := range rows {
		rows[c] = b.tasks.rows[c].end()
		b.tasks.rows[c] = writer{}
	}
	for i := range b.tasks.n {
		var row [allColumns]int64
		for c := range row {
			row[c] = rows[c].at(i)
		}
		b.addSketch(&row)
	}
	b.tasks.n = 0
	b.sketches.unstarted = len(b.tasks.unstarted)
	b.tasks.unstarted = nil
}

func (b *Builder) addSketch(row *[allColumns]int64) {
	s := &b.stages.entries[row[colStage]]
	if s.Sketch == nil {
		s.Sketch = &Sketch{}
	}
	s.rows = 0
	s.Sketch.add(row)
	b.sketches.n++
}

// firstLaunch is the earliest launch of any task.
func (b *Builder) firstLaunch() (first Instant) {
	for i := range b.stages.entries {
		if at := b.stages.entries[i].launched; at.Known() && (!first.Known() || at < first) {
			first = at
		}
	}
	return first
}

// sketchNote says what is lost.
func (c *Coverage) sketchNote() string {
	return fmt.Sprintf("the %d task attempts are kept as sketches by stage: lost are the rows of tasks and with them the order and the executor of each, when cores were busy or starved and how many tasks waited, so that nothing can be replayed; quantiles are within 1 %%, counts, sums and peaks are exact", c.Sketched)
}

// attempts is how many task attempts the stage attempt at an index has.
func (p *Profile) attempts(i int) int {
	if s := p.Stages[i].Sketch; s != nil {
		return s.Len()
	}
	return p.Stages[i].Last - p.Stages[i].First
}
