package allocation

import (
	"slices"
	"time"
)

// StageShuffle is a stage of a job and the shuffle whose files its tasks write (StageInfo.shuffleDepId).
type StageShuffle struct{ Stage, Shuffle int }

// shuffles is what the monitor knows of shuffles and jobs, to hold executors whose shuffle files a running job may need.
type shuffles struct {
	// jobs are the running jobs of each shuffle. A job that has two stages of one shuffle stands there twice, and its
	// end takes one away, as in Spark.
	jobs map[int][]int
	// byStage is the shuffle that each stage of a running job writes, stages those of each job.
	byStage map[int]int
	stages  map[int][]int
	// active is a scratch list.
	active []int
}

func newShuffles() shuffles {
	return shuffles{jobs: map[int][]int{}, byStage: map[int]int{}, stages: map[int][]int{}}
}

// JobStart takes a job with those of its stages that write a shuffle. Executors that hold files of one that is used again
// stay for it.
func (m *Manager) JobStart(now time.Duration, job int, writes []StageShuffle) {
	m.advance(now)
	if m.monitor.tracking && m.monitor.shuffles.start(job, writes) {
		m.monitor.activate(writes)
	}
}

// JobEnd takes the end of a job. Executors that hold only files that no other job needs may leave, after the timeout.
func (m *Manager) JobEnd(now time.Duration, job int) {
	m.advance(now)
	if !m.monitor.tracking {
		return
	}
	if m.monitor.shuffles.end(job) {
		m.monitor.deactivate()
	}
}

// ShuffleCleaned takes that the driver has dropped a shuffle, whose files hold no one any more (ContextCleaner).
func (m *Manager) ShuffleCleaned(now time.Duration, shuffle int) {
	m.advance(now)
	if !m.monitor.tracking {
		return
	}
	delete(m.monitor.shuffles.jobs, shuffle)
	for _, e := range m.monitor.live {
		m.monitor.removeShuffle(&m.monitor.trackers[e], shuffle)
	}
}

// start registers a job and reports whether one of its shuffles was known.
func (s *shuffles) start(job int, writes []StageShuffle) (reused bool) {
	stages := s.stages[job][:0]
	for _, w := range writes {
		jobs, known := s.jobs[w.Shuffle]
		reused = reused || known
		s.jobs[w.Shuffle] = append(jobs, job)
		stages = append(stages, w.Stage)
	}
	for _, w := range writes {
		s.byStage[w.Stage] = w.Shuffle
	}
	s.stages[job] = stages
	return reused
}

// end forgets a job and lists the shuffles of others as active. It reports whether any shuffle has no job.
func (s *shuffles) end(job int) (idle bool) {
	s.active = s.active[:0]
	for shuffle, jobs := range s.jobs {
		if i := slices.Index(jobs, job); i >= 0 {
			jobs = slices.Delete(jobs, i, i+1)
			s.jobs[shuffle] = jobs
		}
		if len(jobs) > 0 {
			s.active = append(s.active, shuffle)
		} else {
			idle = true
		}
	}
	for _, stage := range s.stages[job] {
		delete(s.byStage, stage)
	}
	delete(s.stages, job)
	return idle
}

// activate holds the executors with files of the shuffles, and voids the list if there is one.
func (m *monitor) activate(writes []StageShuffle) {
	for _, e := range m.live {
		t := &m.trackers[e]
		if !t.activeShuffle && slices.ContainsFunc(writes, func(w StageShuffle) bool { return t.shuffles.has(w.Shuffle) }) {
			t.activeShuffle = true
			m.nextTimeout = atOnce
		}
	}
}

// deactivate lets the executors go that hold no active shuffle.
func (m *monitor) deactivate() {
	for _, e := range m.live {
		t := &m.trackers[e]
		if !t.activeShuffle || slices.ContainsFunc(m.shuffles.active, t.shuffles.has) {
			continue
		}
		t.activeShuffle = false
		if t.idle {
			m.updateTimeout(t)
		}
	}
}
