package replay

import "time"

// Perfect returns the wall clock that no number of executors can beat: the driver's own time, and of each stage the
// longest task on a warm executor, with a slot for every task at once; stages whose tasks follow the cores are cut as fine
// as they can be. Stages and jobs wait for each other as ever.
func (w *Work) Perfect() time.Duration {
	submitted, ended := make([]ms, len(w.jobs)), make([]ms, len(w.jobs))
	for _, id := range w.byCause() {
		j := &w.jobs[id]
		switch {
		case j.after < 0:
			submitted[id] = max(0, j.gap-w.gate) + min(j.gap, toMS(w.arrivals.First))
		case j.atStart:
			submitted[id] = submitted[j.after] + j.gap
		default:
			submitted[id] = ended[j.after] + j.gap
		}
		ended[id] = submitted[id] + w.perfectJob(id)
	}
	last := ms(0)
	for _, at := range ended {
		last = max(last, at)
	}
	return (last + w.last).duration()
}

// perfectJob is the longest chain of a job's stages. A stage stands behind its parents in the list.
func (w *Work) perfectJob(id int32) ms {
	ready, last := map[int32]ms{}, ms(0)
	for _, s := range w.jobs[id].stages {
		stage := &w.stages[s]
		end := ready[s] + stage.lag + stage.launch + w.longest(stage) + stage.tail
		for _, child := range stage.children {
			ready[child] = max(ready[child], end)
		}
		last = max(last, end)
	}
	return last + w.jobs[id].tail
}

func (w *Work) longest(s *stage) (longest ms) {
	for _, t := range w.tasks[s.first:s.last] {
		longest = max(longest, ms(t.base))
	}
	if s.cores > 0 { // with more cores it is cut
		longest = max(1, longest*ms(s.firsts)/ms(max(s.most, s.firsts)))
	}
	return longest
}

// byCause lists the jobs behind those that they wait for.
func (w *Work) byCause() []int32 {
	var list []int32
	for i := range w.jobs {
		if w.jobs[i].after < 0 {
			list = append(list, int32(i))
		}
	}
	for n := 0; n < len(list); n++ {
		j := &w.jobs[list[n]]
		list = append(append(list, j.atSubmit...), j.atEnd...)
	}
	return list
}
