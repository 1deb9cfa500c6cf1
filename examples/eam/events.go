package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/workload"
)

// events are the readers of what stands behind the name of each event.
var events = map[string]func(*parser, *words) action{
	"stage-submitted":       stageSubmitted,
	"stage-completed":       ofStage((*allocation.Manager).StageCompleted),
	"task-start":            taskStart,
	"task-end":              taskEnd,
	"speculative-submitted": speculativeSubmitted,
	"unschedulable-added":   ofStage((*allocation.Manager).UnschedulableTaskSetAdded),
	"unschedulable-removed": ofStage((*allocation.Manager).UnschedulableTaskSetRemoved),
	"job-start":             jobStart,
	"job-end":               ofNumber("J", (*allocation.Manager).JobEnd),
	"executor-added":        executorAdded,
	"executor-removed":      executorRemoved,
	"block-updated":         blockUpdated,
	"unpersist-rdd":         ofNumber("N", (*allocation.Manager).UnpersistRDD),
	"shuffle-cleaned":       ofNumber("SH", (*allocation.Manager).ShuffleCleaned),
	"reset":                 reset,
	"backend":               backendCommand,
}

var reasons = map[string]workload.Status{
	"success": workload.Succeeded, "killed": workload.Killed, "failed": workload.Failed, "lost": workload.Lost,
	"fetch-failed": workload.FetchFailed, "commit-denied": workload.Failed, "resubmitted": workload.Resubmitted,
}

var levels = map[string]allocation.StorageLevel{
	"MEMORY_ONLY": {Memory: true}, "DISK_ONLY": {Disk: true}, "MEMORY_AND_DISK": {Memory: true, Disk: true}, "NONE": {},
}

func names[V any](of map[string]V) string { return strings.Join(slices.Sorted(maps.Keys(of)), ", ") }

func ofStage(post func(*allocation.Manager, time.Duration, allocation.Stage)) func(*parser, *words) action {
	return func(_ *parser, w *words) action {
		stage := w.stage()
		return func(p *player) { post(p.manager, p.now, stage) }
	}
}

func ofNumber(what string, post func(*allocation.Manager, time.Duration, int)) func(*parser, *words) action {
	return func(_ *parser, w *words) action {
		n := w.number(what)
		return func(p *player) { post(p.manager, p.now, n) }
	}
}

// profileID reads rp=R of a profile that the script declares.
func profileID(p *parser, w *words) int {
	id := w.value("rp")
	if !p.declared(id) {
		w.fail(fmt.Sprintf("profile %d is not declared", id), fmt.Sprintf("add a line such as profile %d cores=4 cpus=1 above the events", id))
	}
	return id
}

func stageSubmitted(s *parser, w *words) action {
	stage, tasks, profile := w.stage(), w.value("tasks"), profileID(s, w)
	return func(p *player) { p.manager.StageSubmitted(p.now, stage, tasks, profile) }
}

// tasks reads STAGE I EXEC.
func tasks(w *words) (indices, func(*player, int) allocation.Task) {
	task, is, id := allocation.Task{Stage: w.stage()}, w.indices(), w.id()
	return is, func(p *player, index int) allocation.Task {
		task.Index, task.Executor = index, p.manager.Executor(id)
		return task
	}
}

func taskStart(_ *parser, w *words) action {
	is, task := tasks(w)
	speculative := w.flag("speculative")
	return func(p *player) {
		for i := is.first; i <= is.last; i++ {
			t := task(p, i)
			t.Speculative = speculative
			p.manager.TaskStart(p.now, t)
		}
	}
}

func taskEnd(_ *parser, w *words) action {
	is, task := tasks(w)
	status := choose(w, "REASON", reasons)
	speculative := w.flag("speculative")
	return func(p *player) {
		for i := is.first; i <= is.last; i++ {
			t := task(p, i)
			t.Speculative = speculative
			p.manager.TaskEnd(p.now, t, status)
		}
	}
}

// choose reads one of the names.
func choose[V any](w *words, what string, from map[string]V) V {
	word := w.word(what)
	value, known := from[word]
	if !known {
		w.invalid(what, word, "write one of "+names(from))
	}
	return value
}

func speculativeSubmitted(_ *parser, w *words) action {
	stage, is := w.stage(), w.indices()
	return func(p *player) {
		for i := is.first; i <= is.last; i++ {
			p.manager.SpeculativeTaskSubmitted(p.now, stage, i)
		}
	}
}

// jobStart reads J stages=S:SH,S,…; stages without a shuffle do not matter to the manager.
func jobStart(_ *parser, w *words) action {
	job, list := w.number("J"), w.named("stages")
	var writes []allocation.StageShuffle
	if list == "" {
		return func(p *player) { p.manager.JobStart(p.now, job, nil) }
	}
	for each := range strings.SplitSeq(list, ",") {
		stage, shuffle, has := strings.Cut(each, ":")
		id := int(w.integer("stage id", stage, maxID))
		if has {
			writes = append(writes, allocation.StageShuffle{Stage: id, Shuffle: int(w.integer("shuffle id", shuffle, maxID))})
		}
	}
	return func(p *player) { p.manager.JobStart(p.now, job, writes) }
}

func executorAdded(s *parser, w *words) action {
	id, profile := w.id(), profileID(s, w)
	w.value("cores") // the profile says how many count
	return func(p *player) {
		e := p.manager.Executor(id)
		p.backend.add(e)
		p.manager.ExecutorAdded(p.now, e, profile)
	}
}

func executorRemoved(_ *parser, w *words) action {
	id := w.id()
	w.word("WHY")
	return func(p *player) {
		e := p.manager.Executor(id)
		p.backend.remove(e)
		p.manager.ExecutorRemoved(p.now, e)
	}
}

func blockUpdated(_ *parser, w *words) action {
	id, name := w.id(), w.word("BLOCK")
	block, err := allocation.ParseBlock(name)
	if err != nil {
		w.invalid("BLOCK", name, "write Spark's name of a block, such as rdd_3_0")
	}
	level := choose(w, "LEVEL", levels)
	return func(p *player) { p.manager.BlockUpdated(p.now, p.manager.Executor(id), block, level) }
}

func reset(*parser, *words) action {
	return func(p *player) { p.manager.Reset(p.now) }
}
