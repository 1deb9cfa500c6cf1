package replay

import "slices"

// dataset is one that Spark was asked to keep, as the recorded run shows it.
type dataset struct {
	rdd int
	// stage is the first one that computed it.
	stage int32
}

// linkCached finds the datasets that stages keep, and read once they are kept. Tasks of a stage have the partitions of
// the same number where there are as many.
func (w *Work) linkCached() {
	known := map[int]int32{}
	for i := range w.stages {
		s := &w.stages[i]
		source := &w.profile.Stages[s.index]
		for _, r := range source.RDDs {
			if !r.Cached || r.Partitions != source.NumTasks || int(s.firsts) != source.NumTasks {
				continue
			}
			if _, seen := known[r.ID]; !seen {
				known[r.ID] = int32(len(w.datasets))
				w.datasets = append(w.datasets, dataset{r.ID, int32(i)})
			}
			s.keeps = append(s.keeps, known[r.ID])
		}
		slices.Sort(s.keeps)
	}
	w.linkUnpersisted(known)
}

// linkUnpersisted lets a dataset be dropped when the job ends that had ended last before it was, or at once where none had.
func (w *Work) linkUnpersisted(known map[int]int32) {
	for _, u := range w.profile.Unpersisted {
		d, ok := known[u.RDD]
		if !ok {
			continue
		}
		last := -1
		for i := range w.profile.Jobs {
			end := w.profile.Jobs[i].Completed
			if end.Known() && end <= u.After && (last < 0 || end >= w.profile.Jobs[last].Completed) {
				last = i
			}
		}
		if last >= 0 {
			w.jobs[last].drops = append(w.jobs[last].drops, d)
		}
	}
}

// locateCached lets tasks prefer the executors that hold their partition (DAGScheduler.getCacheLocs); one whose executor
// is gone is computed again, which takes what it took. It reports whether the stage reads a kept dataset.
func (e *engine) locateCached(id int32) bool {
	s := &e.stages[id]
	for _, d := range e.Work.stages[id].keeps {
		on := e.kept[d]
		if len(on) != int(s.firsts) {
			continue
		}
		s.next, s.end = 0, 0
		var computing []int32
		for index := range on {
			x := none
			if partition := s.tasks[index].partition; int(partition) < len(on) {
				x = on[partition]
			}
			if x >= 0 && e.executors[x].alive {
				s.pin(int32(index), x)
				continue
			}
			s.loose = append(s.loose, int32(index))
			if x >= 0 && !e.recorded {
				if computing == nil {
					s.tasks, computing = slices.Clone(s.tasks), e.computing(d)
				}
				s.tasks[index].base += computing[s.tasks[index].partition]
			}
		}
		return true
	}
	return false
}

// computing returns what it takes to compute each partition of a dataset, as many as there are of them now.
func (e *engine) computing(d int32) []int32 {
	s := &e.Work.stages[e.datasets[d].stage]
	tasks, n := e.tasks[s.first:s.first+s.firsts], len(e.kept[d])
	if n != len(tasks) {
		tasks = divided(tasks, n)
	}
	times := make([]int32, n)
	for _, t := range tasks {
		if int(t.partition) < n {
			times[t.partition] = t.base
		}
	}
	return times
}

// keep notes which executor has a task's partition of the datasets that its stage keeps.
func (e *engine) keep(id, x, index int32) {
	for _, d := range e.Work.stages[id].keeps {
		if e.kept[d] == nil {
			e.kept[d] = slices.Repeat([]int32{none}, int(e.stages[id].firsts))
		}
		if partition := e.stages[id].tasks[index].partition; int(partition) < len(e.kept[d]) {
			e.kept[d][partition] = x
		}
	}
	for _, rdd := range e.Work.stages[id].cached {
		e.manager.cached(x, rdd, e.stages[id].tasks[index].partition)
	}
}

// unpersist drops the datasets that the driver no longer wanted after a job.
func (e *engine) unpersist(job int32) {
	for _, d := range e.jobs[job].drops {
		e.kept[d] = nil
		e.manager.unpersist(e.datasets[d].rdd)
	}
}
