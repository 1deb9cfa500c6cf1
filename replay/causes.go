package replay

import (
	"cmp"
	"slices"
)

// causes finds what each job waited for: the end of the job that ended last before it, unless another job was submitted
// after that end, which then is the cause. The time in between is the driver's own, and so never negative.
func (w *Work) causes() {
	type moment struct {
		at    ms
		job   int32
		start bool
	}
	var moments []moment
	for i := range w.jobs {
		id := int32(i)
		moments = append(moments, moment{w.submitted(id), id, true})
		if end, ok := w.jobEnd(id); ok {
			moments = append(moments, moment{end, id, false})
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.job, b.job)) })
	last := moment{job: -1}
	var open int
	var beside ms
	for _, m := range moments {
		if m.start {
			w.causedBy(m.job, last.job, last.start, m.at-last.at)
			if open > 0 {
				beside += m.at - last.at
			}
			open++
		} else {
			open--
		}
		last = m
	}
	w.threads = float64(beside.duration()) / float64(max(1, w.profile.Wall()))
	w.last = w.within(w.since(w.profile.Until()) - last.at)
}

func (w *Work) causedBy(id, after int32, atStart bool, gap ms) {
	j := &w.jobs[id]
	j.after, j.atStart, j.gap = after, atStart, w.within(gap)
	switch {
	case after < 0:
	case atStart:
		w.jobs[after].atSubmit = append(w.jobs[after].atSubmit, id)
	default:
		w.jobs[after].atEnd = append(w.jobs[after].atEnd, id)
	}
}

// jobEnd returns when a job ended in the run, and sets its tail.
func (w *Work) jobEnd(id int32) (ms, bool) {
	j := &w.jobs[id]
	var lastStage ms
	for _, s := range j.stages {
		lastStage = max(lastStage, w.end(s))
	}
	if int(id) >= len(w.profile.Jobs) {
		return lastStage, true
	}
	completed := w.profile.Jobs[id].Completed
	if !completed.Known() {
		return lastStage, len(j.stages) > 0
	}
	end := w.since(completed)
	if len(j.stages) == 0 {
		j.tail = w.within(end - w.submitted(id))
	} else {
		j.tail = w.within(end - lastStage)
	}
	return end, true
}
