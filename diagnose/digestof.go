package diagnose

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/internal/wording"
	"github.com/sparkscale/sparkscale/workload"
)

// maxListed bounds each list of a digest, so that a snapshot of a run with a million stages stays a few MB. What is listed are
// the first ones, and of stages those with the most task time.
const maxListed = 5000

// maxReason bounds the texts in which Spark says why something failed or left.
const maxReason = 2000

// DigestOf takes out of a profile what rules need.
func DigestOf(p *workload.Profile) *Digest {
	stats := p.Stats()
	d := &Digest{
		Source: p.Coverage.Source, AppID: wording.Line(p.App.ID, maxName), Name: wording.Line(p.App.Name, maxName),
		Start: p.Since(), End: p.Until(), Ended: p.Coverage.Ended(),
		Starved: stats.Starved, CoreTime: stats.CoreTime, BusyTime: stats.BusyTime, LostTime: stats.LostTime,
		Slots: p.Slots(), PeakExecutors: stats.PeakExecutors, NeededExecutors: stats.NeededExecutors,
		TasksFinished: stats.Tasks.N, TaskMedian: stats.Tasks.P50, DelayMedian: stats.Delay.P50,
		CPUShare: stats.CPUShare, GCShare: stats.GCShare, SpillShare: stats.SpillShare,
		DiskSpill: stats.DiskSpill, Input: p.Totals.Sums.Input,
		PeakHeap: stats.PeakHeap, DriverHeap: p.Driver.Heap, MeasuredHeaps: stats.MeasuredHeaps,
		Traits: p.Traits(),
	}
	d.executors(p)
	d.stages(p)
	d.jobs(p)
	d.cached(p)
	d.waiting(p)
	return d
}

// executors lists the lives, and of each what its tasks were. The driver in local mode is none.
func (d *Digest) executors(p *workload.Profile) {
	place := make([]int, len(p.Executors)) // in d.Executors, or -1
	tasks := make([][]stretch, len(p.Executors))
	for i, e := range p.Executors {
		place[i] = -1
		if e.IsDriver() || len(d.Executors) == maxListed {
			d.Left++
			continue
		}
		from, _ := p.Life(i)
		place[i] = len(d.Executors)
		d.Executors = append(d.Executors, RunExecutor{
			ID: e.ID, Host: e.Host, Cores: e.Cores, Requested: e.Requested, Added: from, Removed: e.Removed,
			Reason: wording.Line(e.Reason, maxReason),
		})
		d.PeakResident = max(d.PeakResident, e.Peak.Resident())
	}
	for _, s := range p.Stages {
		caches := slices.ContainsFunc(s.RDDs, func(r workload.RDD) bool { return r.Cached })
		for row := s.First; row < s.Last; row++ {
			if i := p.Tasks.Executor(row); i >= 0 && place[i] >= 0 && p.Tasks.Status(row) != workload.Resubmitted {
				d.Executors[place[i]].task(p, row, caches)
				tasks[i] = append(tasks[i], stretch{p.Tasks.Launch(row), p.Tasks.Finish(row)})
			}
		}
	}
	for i := range p.Executors {
		if place[i] >= 0 {
			from, to := p.Life(i)
			d.Executors[place[i]].idle(tasks[i], from, to)
		}
	}
}

func (e *RunExecutor) task(p *workload.Profile, row int, caches bool) {
	e.Tasks++
	e.TaskTime += p.Tasks.Occupied(row)
	e.Shuffle += p.Tasks.ShuffleWrite(row)
	e.Last = max(e.Last, p.Tasks.Finish(row))
	if p.Tasks.Status(row) == workload.Failed {
		e.Failed++
	}
	if caches {
		e.Cached++
	}
}

// stretch is the time of a task.
type stretch struct{ from, to workload.Instant }

// idle finds the longest time without a task.
func (e *RunExecutor) idle(tasks []stretch, from, to workload.Instant) {
	slices.SortFunc(tasks, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	for _, t := range append(tasks, stretch{to, to}) {
		if gap := t.from.Sub(from); gap > e.Idle && t.from <= to {
			e.Idle, e.IdleFrom = gap, from
		}
		from = max(from, t.to)
	}
}

func (d *Digest) stages(p *workload.Profile) {
	for i, s := range p.Stages {
		d.Stages = append(d.Stages, stageOf(p, i, s))
	}
	if len(d.Stages) > maxListed {
		d.Left += len(d.Stages) - maxListed
		slices.SortStableFunc(d.Stages, func(a, b RunStage) int { return cmp.Compare(b.Sum, a.Sum) })
		d.Stages = d.Stages[:maxListed]
		slices.SortStableFunc(d.Stages, func(a, b RunStage) int {
			return cmp.Or(cmp.Compare(a.Submitted, b.Submitted), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Attempt, b.Attempt))
		})
	}
}

func stageOf(p *workload.Profile, i int, s workload.Stage) RunStage {
	times := p.StageDurations(i)
	r := RunStage{
		ID: s.ID, Attempt: s.Attempt, Name: wording.Line(s.Name, maxName), Tasks: s.NumTasks, ShuffleMap: s.ShuffleMap, Profile: s.ResourceProfile,
		Submitted: s.Submitted, Completed: s.Completed, Failure: wording.Line(s.Failure, maxReason),
		Median: times.P50, P95: times.P95, Longest: times.Max, Sum: times.Sum,
		DiskSpill: s.Sums.DiskSpill, GC: s.Sums.GC, Run: s.Sums.Run,
		Input: s.Sums.Input, ShuffleIn: s.Sums.ShuffleRead(), ShuffleOut: s.Sums.ShuffleWrite,
	}
	if s.First < s.Last {
		r.First = p.Tasks.Launch(s.First)
	}
	for row := s.First; row < s.Last; row++ {
		r.count(p.Tasks.Status(row))
		if p.Tasks.Locality(row) == workload.Any || p.Tasks.Locality(row) == workload.RackLocal {
			r.Remote++
		}
	}
	return r
}

func (s *RunStage) count(status workload.Status) {
	switch status {
	case workload.Succeeded:
		s.Succeeded++
	case workload.Failed:
		s.Failed++
	case workload.Lost:
		s.Lost++
	case workload.FetchFailed:
		s.FetchFailed++
	case workload.Resubmitted:
		s.Resubmitted++
	}
}

// jobs lists the jobs, and the time between the first and the last of them in which no stage was active.
func (d *Digest) jobs(p *workload.Profile) {
	var first, last workload.Instant
	for _, j := range p.Jobs {
		if first == 0 || j.Submitted.Known() && j.Submitted < first {
			first = j.Submitted
		}
		last = max(last, j.Completed)
		if len(d.Jobs) == maxListed {
			d.Left++
			continue
		}
		d.Jobs = append(d.Jobs, RunJob{j.ID, j.Submitted, j.Completed, j.Completed.Known() && !j.Succeeded})
	}
	d.DriverOnly = between(p, first, last)
}

// between is the time from one moment to another in which no stage was active.
func between(p *workload.Profile, from, to workload.Instant) time.Duration {
	var sum time.Duration
	levels := p.Timeline()
	for i, l := range levels {
		if l.Stages == 0 && i+1 < len(levels) {
			sum += max(0, min(levels[i+1].At, to).Sub(max(l.At, from)))
		}
	}
	return sum
}

// cached lists the datasets that stages were to keep, by id, as the last stage tells of them. How many bytes they are an
// event log tells only with block updates.
func (d *Digest) cached(p *workload.Profile) {
	kept := map[int]RunRDD{}
	for _, s := range p.Stages {
		for _, r := range s.RDDs {
			if !r.Cached {
				continue
			}
			since := s.Completed
			if before, ok := kept[r.ID]; ok {
				since = min(before.Since, since)
			}
			kept[r.ID] = RunRDD{ID: r.ID, Name: wording.Line(r.Name, maxName), Partitions: max(r.Partitions, r.CachedPartitions), Memory: r.Memory, Disk: r.Disk, Since: since}
		}
	}
	for _, u := range p.Unpersisted {
		if r, ok := kept[u.RDD]; ok {
			r.Dropped = u.After
			kept[u.RDD] = r
		}
	}
	for _, id := range slices.Sorted(maps.Keys(kept)) {
		d.Cached = append(d.Cached, kept[id])
	}
}

func (d *Digest) waiting(p *workload.Profile) {
	at := map[int]Waiting{}
	levels := p.Timeline()
	for i, l := range levels {
		if l.Pending > 0 && i+1 < len(levels) {
			w := at[l.Executors]
			at[l.Executors] = Waiting{l.Executors, w.For + levels[i+1].At.Sub(l.At), max(w.Tasks, l.Pending+l.Running)}
		}
	}
	for _, n := range slices.Sorted(maps.Keys(at)) {
		d.Waiting = append(d.Waiting, at[n])
	}
}
