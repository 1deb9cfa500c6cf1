package replay

import "slices"

// taskSet is a stage attempt in the replay (org.apache.spark.scheduler.TaskSetManager).
type taskSet struct {
	tasks     []task
	firsts    int32 // of them, the others are retries
	left      int32 // tasks that have not ended
	parents   int32
	submitted ms
	finish    ms // of the last of its tasks
	times     stageTimes

	// next is the task to launch of those that prefer the hosts in local, until end; free of the others, until freeEnd.
	next, end, free, freeEnd int32
	local                    []int32
	loose                    []int32 // further ones that prefer nothing
	again                    []int32 // retries, which come first
	// pinned are the tasks that prefer an executor which holds their cached partition, by executor; pins is how many.
	pinned [][]int32
	pins   int32
	// nearest is the nearest that a task prefers, indifferent says that some prefer nothing, both as they were when the
	// stage was located, or an executor came or went.
	nearest     reach
	indifferent bool
	// reach is how far from what they prefer tasks may run, since reset; rejected that an executor was refused for it
	// since then.
	reach    reach
	rejected bool
	reset    ms
}

// reach is a locality level of TaskLocality that tasks wait for.
type reach uint8

const (
	onExecutor   reach = iota // PROCESS_LOCAL
	onHost                    // NODE_LOCAL
	noPreference              // NO_PREF, which no task waits for
	anywhere                  // ANY
	farthest                  // none was launched
)

// waits reports whether a stage still has tasks to launch.
func (s *taskSet) waits() bool {
	return s.prefers() || s.free < s.freeEnd || len(s.loose)+len(s.again) > 0
}

// prefers reports whether tasks wait that prefer an executor or a host.
func (s *taskSet) prefers() bool { return s.next < s.end || s.pins > 0 }

// holds reports whether a task still waits.
func (s *taskSet) holds(t int32) bool {
	in := func(tasks []int32) bool {
		_, found := slices.BinarySearch(tasks, t)
		return found
	}
	return s.next <= t && t < s.end || s.free <= t && t < s.freeEnd || in(s.loose) || slices.ContainsFunc(s.pinned, in)
}

// firstHeld returns the first task that still waits, or how many there are where none does.
func (s *taskSet) firstHeld() int32 {
	first := s.firsts
	if s.next < s.end {
		first = min(first, s.next)
	}
	if s.free < s.freeEnd {
		first = min(first, s.free)
	}
	if len(s.loose) > 0 {
		first = min(first, s.loose[0])
	}
	for _, tasks := range s.pinned {
		if len(tasks) > 0 {
			first = min(first, tasks[0])
		}
	}
	return first
}

// takePinned gives the next task whose partition an executor holds, or none.
func (s *taskSet) takePinned(x int32) int32 {
	if !s.isPinned(x) {
		return none
	}
	index := s.pinned[x][0]
	s.pinned[x] = s.pinned[x][1:]
	s.pins--
	return index
}

// isPinned reports whether a task that waits is pinned to an executor.
func (s *taskSet) isPinned(x int32) bool { return int(x) < len(s.pinned) && len(s.pinned[x]) > 0 }

// none is no task.
const none = int32(-1)

func (s *taskSet) takeNext() int32 {
	if s.next == s.end {
		return none
	}
	s.next++
	return s.next - 1
}

func (s *taskSet) takeFree() int32 {
	if n := len(s.again); n > 0 { // the last one that failed is on top
		index := s.again[n-1]
		s.again = s.again[:n-1]
		return index
	}
	if len(s.loose) > 0 {
		index := s.loose[0]
		s.loose = s.loose[1:]
		return index
	}
	if s.free == s.freeEnd {
		return none
	}
	s.free++
	return s.free - 1
}

// takeFrom gives the first task that is pinned to one of the executors that fit.
func (s *taskSet) takeFrom(fits func(x int32) bool) int32 {
	best := none
	for x, tasks := range s.pinned {
		if len(tasks) > 0 && (best < 0 || tasks[0] < s.pinned[best][0]) && fits(int32(x)) {
			best = int32(x)
		}
	}
	if best < 0 {
		return none
	}
	return s.takePinned(best)
}

// widen moves the reach on, one level for each spark.locality.wait since the last launch that nothing was refused for
// (TaskSetManager.getAllowedLocalityLevel).
func (s *taskSet) widen(now, wait ms) {
	for s.reach < anywhere {
		if s.reach != noPreference {
			if now-s.reset < wait {
				return
			}
			s.reset += wait
		}
		s.reach++
	}
}

// narrow sets the reach to where a task was launched.
func (s *taskSet) narrow(at reach, now ms) {
	s.reach = max(at, s.nearest)
	s.reset, s.rejected = now, false
}

// pin lets a task prefer an executor.
func (s *taskSet) pin(index, x int32) {
	for len(s.pinned) <= int(x) {
		s.pinned = append(s.pinned, nil)
	}
	s.pinned[x] = append(s.pinned[x], index)
	s.pins++
}
