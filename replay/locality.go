package replay

import (
	"slices"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// Tasks that read a shuffle prefer the hosts of executors that hold a fifth or more of its files
// (MapOutputTrackerMaster.REDUCER_PREF_LOCS_FRACTION), unless maps or reducers are a thousand or more
// (SHUFFLE_PREF_MAP_THRESHOLD, SHUFFLE_PREF_REDUCE_THRESHOLD). The log has no sizes by reducer, so that each reducer is
// taken to prefer the same hosts.
const (
	preferredFraction = 0.2 - 1e-6 // which rounding may take off
	preferredLimit    = 1000
)

// shuffled are the datasets whose partitions have such preferences. Joins (CoGroupedRDD) have none.
var shuffled = []string{"ShuffledRDD", "ShuffledRowRDD"}

// linkShuffles finds which shuffle each stage writes and which it prefers to be near. A shuffle is known by the dataset
// whose files it holds, also where a later job reads it by way of a stage that was skipped.
func (w *Work) linkShuffles() {
	p := w.profile
	byRDD := map[int]int32{}
	maps := map[int32]int{}
	for i := range w.stages {
		s := &w.stages[i]
		source := &p.Stages[s.index]
		s.writes = -1
		s.local = w.recordedLocal(source)
		if source.ShuffleMap {
			rdd := shuffleOf(source)
			if _, known := byRDD[rdd]; !known {
				byRDD[rdd] = int32(len(byRDD))
			}
			s.writes = byRDD[rdd]
			maps[s.writes] = max(maps[s.writes], source.NumTasks)
		}
	}
	w.shuffles = len(byRDD)
	for i := range w.stages {
		s := &w.stages[i]
		source := &p.Stages[s.index]
		if source.NumTasks >= preferredLimit || !slices.ContainsFunc(source.RDDs, func(r workload.RDD) bool { return slices.Contains(shuffled, r.Name) }) {
			continue
		}
		for _, parent := range source.Parents {
			if shuffle, ok := byRDD[w.datasetOf(s.job, parent)]; ok && maps[shuffle] < preferredLimit {
				s.prefers = append(s.prefers, shuffle)
			}
		}
	}
}

// recordedLocal returns the hosts that the tasks of a stage preferred in the recorded run: those on which tasks ran
// node-local.
func (w *Work) recordedLocal(source *workload.Stage) (local []int32) {
	p := w.profile
	for i := source.First; i < source.Last; i++ {
		if e := p.Tasks.Executor(i); e >= 0 && p.Tasks.Locality(i) == workload.NodeLocal && !slices.Contains(local, w.hosts.ordered[e]) {
			local = append(local, w.hosts.ordered[e])
		}
	}
	return local
}

// datasetOf returns the dataset of a stage of a job's graph, or a number that no dataset has.
func (w *Work) datasetOf(job int32, stage int) int {
	if int(job) < len(w.profile.Jobs) {
		for _, s := range w.profile.Jobs[job].Stages {
			if s.ID == stage && s.RDD >= 0 {
				return s.RDD
			}
		}
	}
	return -1 - stage
}

// shuffleOf identifies the shuffle that a stage writes: by its own dataset, as the log does not say.
func shuffleOf(s *workload.Stage) int {
	if len(s.RDDs) > 0 {
		return s.RDDs[0].ID
	}
	return -1 - s.ID
}

// hosts tells which executors share a host. On Kubernetes none do: each has the address of its pod.
type hosts struct {
	names   []string
	ordered []int32 // of the recorded executors
}

func hostsOf(p *workload.Profile) hosts {
	var h hosts
	for _, e := range p.Executors {
		i := slices.Index(h.names, e.Host)
		if i < 0 {
			i = len(h.names)
			h.names = append(h.names, e.Host)
		}
		h.ordered = append(h.ordered, int32(i))
	}
	return h
}

// hostOf returns the host of the x-th executor.
func (e *engine) hostOf(x int32) int32 {
	switch {
	case e.onKubernetes || len(e.hosts.names) == 0:
		return x
	case len(e.Executors) > 0 && int(x) < len(e.hosts.ordered):
		return e.hosts.ordered[x]
	}
	return x % int32(len(e.hosts.names))
}

func localityWait(c spark.Conf) ms {
	if d, err := c.Time(spark.LocalityWait); err == nil {
		return toMS(d)
	}
	return 3000
}

// locate finds what the tasks of a stage prefer, at its submission, from when on they wait for it.
func (e *engine) locate(id int32) {
	s := &e.stages[id]
	n := s.firsts
	s.next, s.end, s.free, s.freeEnd = 0, n, n, n
	if !e.locateCached(id) {
		e.locateHosts(id)
	}
	e.findLevels(s)
	s.reach, s.reset, s.rejected = s.nearest, e.now, false
}

// findLevels finds the levels that count: of executors and hosts that tasks prefer and that are there, and of tasks that
// prefer nothing (TaskSetManager.computeValidLocalityLevels).
func (e *engine) findLevels(s *taskSet) {
	s.nearest, s.indifferent = noPreference, s.free < s.freeEnd || len(s.loose)+len(s.again) > 0
	if !s.prefers() {
		return
	}
	for x := range int32(len(e.executors)) {
		switch {
		case !e.executors[x].alive:
		case s.isPinned(x):
			s.nearest = onExecutor
			return
		case s.nearest > onHost && e.isPreferredHost(s, x):
			s.nearest = onHost
		}
	}
}

// relocate finds the levels of the stages that have tasks again, as an executor has come or gone: one that is new is the
// next that they wait for, and one that is no more they leave (TaskSetManager.recomputeLocality).
func (e *engine) relocate() {
	for _, id := range e.ready {
		s := &e.stages[id]
		before := s.nearest
		if e.findLevels(s); s.nearest < before {
			s.reach = s.nearest
		}
		s.reach = max(s.reach, s.nearest)
	}
}

func (e *engine) locateHosts(id int32) {
	s, w := &e.stages[id], &e.Work.stages[id]
	if e.recorded {
		s.local = append(s.local[:0], w.local...)
		s.end, s.free = w.near, w.near
	} else {
		e.locateFiles(s, w.prefers)
	}
	if len(s.local) == 0 {
		s.end, s.free = 0, 0
	}
}

// locateFiles finds the hosts that hold a fifth or more of a shuffle.
func (e *engine) locateFiles(s *taskSet, shuffles []int32) {
	s.local = s.local[:0]
	for _, shuffle := range shuffles {
		var total float32
		for _, bytes := range e.files[shuffle] {
			total += bytes
		}
		for x, bytes := range e.files[shuffle] {
			if total > 0 && bytes >= preferredFraction*total && e.executors[x].alive && !slices.Contains(s.local, e.hostOf(int32(x))) {
				s.local = append(s.local, e.hostOf(int32(x)))
			}
		}
	}
}

// isLocal reports whether tasks of a stage that prefer a host prefer the executor's.
func (e *engine) isLocal(s *taskSet, x int32) bool { return slices.Contains(s.local, e.hostOf(x)) }

// isPreferredHost reports whether a task that waits prefers an executor's host, or another executor of it.
func (e *engine) isPreferredHost(s *taskSet, x int32) bool {
	if s.next < s.end && e.isLocal(s, x) {
		return true
	}
	for other := range int32(len(s.pinned)) {
		if s.isPinned(other) && e.hostOf(other) == e.hostOf(x) {
			return true
		}
	}
	return false
}

// wrote books the files that a task left on an executor.
func (e *engine) wrote(id, x, index int32) {
	shuffle := e.Work.stages[id].writes
	if shuffle < 0 {
		return
	}
	for len(e.files[shuffle]) <= int(x) {
		e.files[shuffle] = append(e.files[shuffle], 0)
	}
	e.files[shuffle][x] += e.stages[id].tasks[index].wrote
}

// lost forgets the files of an executor that goes.
func (e *engine) lost(x int32) {
	for _, files := range e.files {
		if int(x) < len(files) {
			files[x] = 0
		}
	}
}
