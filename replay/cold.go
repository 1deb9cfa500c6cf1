package replay

import (
	"cmp"
	"math"
	"slices"

	"github.com/sparkscale/sparkscale/workload"
)

// level says what is new to an executor when it gets a task; the higher ones contain the lower ones. A task of a level
// takes longer than a warm one: classes are loaded and compiled, broadcasts fetched, connections made.
type level uint8

const (
	warm     level = iota
	newStage       // no task of the stage has finished on the executor
	newKind        // … nor of its kind of work
	newJVM         // no task at all has finished on it
	levels
)

// maxKinds is how many kinds of work are told apart; further ones count as the last.
const maxKinds = 64

// kindOf tells kinds of work apart by what they make an executor do for the first time.
func kindOf(p *workload.Profile, s *workload.Stage) string {
	kind := []byte("--- ")
	if s.Sums.ShuffleRead() > 0 {
		kind[0] = 'r'
	}
	if s.ShuffleMap {
		kind[1] = 'w'
	}
	if s.Sums.Input > 0 {
		kind[2] = 'i'
	}
	return string(kind) + s.Name
}

// cold is what tasks of a level and kind take longer than warm ones, in milliseconds; NaN where it was not seen.
type cold struct {
	kinds []string
	cost  [levels][]float64
}

// observed is a recorded task with its level.
type observed struct {
	row, stage, kind int32
	level            level
}

// stampDelay is how much later than its slot is free a task's finish may be stamped: a launch that near before it came
// after the task.
const stampDelay = workload.Instant(25)

// history is when an executor had first finished what.
type history struct {
	launches int
	kind     map[int32]workload.Instant
	stage    map[int32]workload.Instant
}

// observe tells the level of each recorded task: what had finished on its executor when it was launched.
func (w *Work) observe() []observed {
	p := w.profile
	list := make([]observed, p.Tasks.Len())
	executors := make([]history, len(p.Executors)+1)
	for i := range executors {
		executors[i] = history{0, map[int32]workload.Instant{}, map[int32]workload.Instant{}}
	}
	order := make([]int32, 0, len(list))
	for s := range p.Stages {
		kind := w.kind(kindOf(p, &p.Stages[s]))
		for i := p.Stages[s].First; i < p.Stages[s].Last; i++ {
			list[i] = observed{row: int32(i), kind: kind, stage: int32(s)}
			if st := p.Tasks.Status(i); st != workload.Resubmitted && st != workload.Running {
				order = append(order, int32(i))
				h := &executors[p.Tasks.Executor(i)+1]
				first(h.kind, kind, p.Tasks.Finish(i))
				first(h.stage, int32(s), p.Tasks.Finish(i))
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(p.Tasks.Launch(int(a)), p.Tasks.Launch(int(b))) })
	for _, i := range order {
		executor, o := p.Tasks.Executor(int(i)), &list[i]
		h, launch := &executors[executor+1], p.Tasks.Launch(int(i))+stampDelay
		h.launches++
		switch {
		case executor >= 0 && h.launches <= max(1, p.Executors[executor].Cores/p.TaskCPUs()):
			o.level = newJVM
		case launch < h.kind[o.kind]:
			o.level = newKind
		case launch < h.stage[o.stage]:
			o.level = newStage
		}
	}
	return list
}

func first(m map[int32]workload.Instant, key int32, at workload.Instant) {
	if before, known := m[key]; !known || at < before {
		m[key] = at
	}
}

func (w *Work) kind(name string) int32 {
	if i := slices.Index(w.cold.kinds, name); i >= 0 {
		return int32(i)
	}
	if len(w.cold.kinds) < maxKinds {
		w.cold.kinds = append(w.cold.kinds, name)
	}
	return int32(len(w.cold.kinds) - 1)
}

// overhead is the part of a task's time that is not its run: measured exactly for each.
func overhead(t *workload.Tasks, i int) float64 {
	return float64((t.Occupied(i) - t.Run(i)).Milliseconds())
}

// strain is how much longer than its processor time a task took to be deserialized: what it waited for the processor.
func strain(t *workload.Tasks, i int) float64 {
	return max(1, float64(t.Deserialize(i).Milliseconds()+1)/float64(t.DeserializeCPU(i).Milliseconds()+1))
}

// toil is the part of a task's run that another executor need not repeat: its processor time, as strained as its
// deserialization was, and what it waited for shuffle files.
func toil(t *workload.Tasks, i int, slow float64) float64 {
	return min(float64(t.Run(i).Milliseconds()), slow*float64(t.CPU(i).Milliseconds())+float64(t.FetchWait(i).Milliseconds()))
}

// lowQuartile is the value below which a quarter lies, NaN of none.
func lowQuartile(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return values[len(values)/4]
}

// excess tells for each recorded task how much longer it took than the same on a warm and quiet executor would have: its
// overhead and its toil, each against the low quartile of its kind.
func (w *Work) excess(list []observed, slow []float64) []float64 {
	t := &w.profile.Tasks
	over, work := make([][]float64, len(w.cold.kinds)), make([][]float64, len(w.cold.kinds))
	all := []float64{}
	for _, o := range list {
		i := int(o.row)
		if t.Status(i) != workload.Succeeded {
			continue
		}
		work[o.kind] = append(work[o.kind], float64(t.CPU(i).Milliseconds()))
		over[o.kind] = append(over[o.kind], overhead(t, i)/strain(t, i))
		all = append(all, overhead(t, i)/strain(t, i))
	}
	usual := lowQuartile(all)
	extra := make([]float64, len(list))
	leastOver, leastWork := make([]float64, len(over)), make([]float64, len(work))
	for k := range over {
		leastOver[k], leastWork[k] = min(usual, lowQuartile(over[k])), lowQuartile(work[k])
	}
	for n, o := range list {
		if i := int(o.row); t.Status(i) == workload.Succeeded {
			extra[n] = max(0, overhead(t, i)-leastOver[o.kind]) + max(0, toil(t, i, slow[n])-leastWork[o.kind])
		}
	}
	return extra
}

// quiet is the strain below which a task had the processor much to itself.
const quiet = 3

func medianOf(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// learn sets the costs of levels and kinds to the medians seen. A level of a kind that was not seen costs what the level
// costs elsewhere; where no warm task was seen on a quiet machine, a warm task costs what the first ones of a stage do
// without their strain.
func (c *cold) learn(p *workload.Profile, list []observed, extra []float64) {
	t, calm := &p.Tasks, calmTasks(p, list)
	for l := warm; l < levels; l++ {
		byKind := make([][]float64, len(c.kinds))
		var all []float64
		for i, o := range list {
			if o.level == l && (l > warm || calm[i] && strain(t, int(o.row)) < quiet) {
				byKind[o.kind] = append(byKind[o.kind], extra[i])
				all = append(all, extra[i])
			}
		}
		elsewhere := medianOf(all)
		if math.IsNaN(elsewhere) && l == warm {
			elsewhere = unstrained(t, list, extra)
		}
		if math.IsNaN(elsewhere) {
			elsewhere = 0
		}
		c.cost[l] = make([]float64, len(c.kinds))
		for k := range byKind {
			if c.cost[l][k] = medianOf(byKind[k]); math.IsNaN(c.cost[l][k]) {
				c.cost[l][k] = elsewhere
			}
		}
	}
}

// coldSpans are the times in which recorded executors warmed up.
func (w *Work) coldSpans(list []observed, extra []float64) (spans []span) {
	if !w.shares() {
		return nil
	}
	t := &w.profile.Tasks
	byExecutor := make([][]span, len(w.profile.Executors))
	for i, o := range list {
		if e := t.Executor(int(o.row)); o.level > warm && e >= 0 {
			from := w.since(t.Launch(int(o.row)))
			byExecutor[e] = append(byExecutor[e], span{from, from + ms(extra[i])})
		}
	}
	for _, of := range byExecutor {
		spans = append(spans, union(of)...)
	}
	return spans
}

// union joins spans that overlap.
func union(spans []span) (joined []span) {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for _, s := range spans {
		if n := len(joined); n > 0 && s.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, s.to)
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}

// coldWork is how much longer than its own processor time a cold task works alone: others of the JVM's threads load classes
// and compile for it.
const coldWork = 2.5

// slowness is how much longer than its own processor time each recorded task worked: as it was cold, and as others warmed
// up beside it.
func (w *Work) slowness(l *load, list []observed) []float64 {
	slow := make([]float64, len(list))
	for n, o := range list {
		slow[n] = 1
		if o.level > warm {
			slow[n] = coldWork
		}
		if l != nil && w.shares() {
			from := w.since(w.profile.Tasks.Launch(int(o.row)))
			s := span{from, from + 1 + ms(overhead(&w.profile.Tasks, int(o.row)))}
			slow[n] *= float64(s.to-s.from) / l.alone(s, w.arrivals.AtOnce)
		}
	}
	return slow
}

// alone is what tasks took longer, had each had the machine to itself.
func (w *Work) alone(l *load, extra []float64) []float64 {
	if !w.shares() {
		return extra
	}
	alone := make([]float64, len(extra))
	for i := range extra {
		from := w.since(w.profile.Tasks.Launch(i))
		alone[i] = l.alone(span{from, from + ms(extra[i])}, w.arrivals.AtOnce)
	}
	return alone
}

// shares reports whether executors may share a machine: on Kubernetes each has what its pod requests.
func (w *Work) shares() bool { return !w.profile.Conf.OnKubernetes() }

// calmTasks marks the tasks beside which no executor started or ran its first ones, which would slow them.
func calmTasks(p *workload.Profile, list []observed) []bool {
	type stretch struct{ from, to workload.Instant }
	var busy []stretch
	for _, s := range startsOf(p) {
		busy = append(busy, stretch{p.Since().Add(s.requested), p.Since().Add(s.registered)})
	}
	t := &p.Tasks
	for _, o := range list {
		if i := int(o.row); o.level == newJVM && t.Status(i) == workload.Succeeded {
			busy = append(busy, stretch{t.Launch(i), t.Finish(i)})
		}
	}
	slices.SortFunc(busy, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(busy); i++ { // so that to grows too
		busy[i].to = max(busy[i].to, busy[i-1].to)
	}
	calm := make([]bool, len(list))
	for n, o := range list {
		from, to := t.Launch(int(o.row)), t.Finish(int(o.row))
		before, _ := slices.BinarySearchFunc(busy, to, func(s stretch, at workload.Instant) int { return cmp.Compare(s.from, at) })
		calm[n] = before == 0 || busy[before-1].to <= from
	}
	return calm
}

// unstrained is what the least strained of the first tasks of stages cost, without their strain; NaN where there is none.
func unstrained(t *workload.Tasks, list []observed, extra []float64) float64 {
	var costs []float64
	for i, o := range list {
		if o.level == newStage {
			costs = append(costs, extra[i]/strain(t, int(o.row)))
		}
	}
	return lowQuartile(costs)
}
