package replay

import (
	"cmp"
	"math"
	"slices"
)

// A full round of offers draws once from the random numbers: it shuffles the executors that have a free slot, which stand in
// the order of their numbers before. Where the executors are given, the stage's next tasks call theirs to the front.

func (o *oracle) offerAll() {
	var order []int32
	for x := range o.executors {
		if o.free(int32(x)) > 0 {
			order = append(order, int32(x))
		}
	}
	o.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	o.offer(order, true)
}

func (o *oracle) offer(order []int32, all bool) {
	for _, s := range o.turns() {
		if all && o.recorded() {
			o.call(s, order)
		}
		o.offerTo(s, order, all)
	}
}

// call lets executors change places so that those which ran the stage's next tasks come first.
func (o *oracle) call(s *oracleStage, order []int32) {
	for _, t := range s.tasks {
		if t.on != none || len(order) == 0 || t.held || t.again > 0 {
			continue
		}
		if i := slices.Index(order, t.recorded); i >= 0 {
			order[0], order[i] = order[i], order[0]
			order = order[1:]
		}
	}
}

// turns are the stages with tasks to launch: by the ids of job and stage, under FAIR those first whose pool runs fewer tasks.
func (o *oracle) turns() (turns []*oracleStage) {
	for _, s := range o.stages {
		if s.launches && s.next(anyTask) != nil {
			turns = append(turns, s)
		}
	}
	slices.SortStableFunc(turns, func(a, b *oracleStage) int {
		fifo := cmp.Or(cmp.Compare(o.w.jobs[a.job].id, o.w.jobs[b.job].id), cmp.Compare(a.id, b.id))
		if !o.conf.fair {
			return fifo
		}
		x, y := o.w.jobs[a.job].pool, o.w.jobs[b.job].pool
		return cmp.Or(cmp.Compare(o.running(x), o.running(y)), cmp.Compare(o.w.pools[x], o.w.pools[y]), fifo)
	})
	return turns
}

// running counts the running tasks of a pool.
func (o *oracle) running(pool int32) (n int) {
	for _, s := range o.stages {
		for _, t := range s.tasks {
			if o.w.jobs[s.job].pool == pool && t.on != none && !t.done {
				n++
			}
		}
	}
	return n
}

// next returns the first task that waits and fits.
func (s *oracleStage) next(fits func(*oracleTask) bool) *oracleTask {
	for _, t := range s.tasks {
		if t.on == none && !t.held && fits(t) {
			return t
		}
	}
	return nil
}

// offerTo gives a stage the executors (TaskSchedulerImpl.resourceOffers): level by level, a task an executor and pass.
func (o *oracle) offerTo(s *oracleStage, order []int32, all bool) {
	launched, refused, nearest := false, false, anywhere
	for _, level := range s.levelsNow() {
		for again := true; again; {
			again = false
			for _, x := range order {
				if o.free(x) == 0 {
					continue
				}
				switch t, near := o.take(s, x, level); {
				case t != nil:
					again, launched, nearest = true, true, min(nearest, near)
					o.launch(s, t, x)
				case level == anywhere && s.next(anyTask) != nil:
					refused = true
				}
			}
		}
	}
	switch {
	case refused:
		s.refused = true
		o.reviveLater()
	case launched && (all || !s.refused):
		s.since, s.refused = o.now, false
		s.level = slices.IndexFunc(s.levels, func(l reach) bool { return l >= nearest })
	}
}

// levelsNow are the levels, with that of tasks which prefer nothing where one is tried again.
func (s *oracleStage) levelsNow() []reach {
	if slices.Contains(s.levels, noPreference) || s.next(func(t *oracleTask) bool { return t.again > 0 }) == nil {
		return s.levels
	}
	return slices.Sorted(slices.Values(append(slices.Clone(s.levels), noPreference)))
}

// lastFailed is the attempt that follows the one that failed last.
func (s *oracleStage) lastFailed() (last *oracleTask) {
	for _, t := range s.tasks {
		if t.on == none && !t.held && t.again > 0 && (last == nil || t.again > last.again) {
			last = t
		}
	}
	return last
}

// take returns the task that an executor gets, and how near it is to what the task prefers, where one that prefers nothing
// counts as nearest (TaskSetManager.resourceOffer, dequeueTask).
func (o *oracle) take(s *oracleStage, x int32, most reach) (*oracleTask, reach) {
	if most != noPreference {
		most = min(most, o.allowed(s))
	}
	if t := s.next(func(t *oracleTask) bool { return t.pin == x }); t != nil {
		return t, onExecutor
	}
	if most >= onHost {
		if t := s.next(func(t *oracleTask) bool { return o.prefersHost(s, t, o.host(x)) }); t != nil {
			return t, onHost
		}
	}
	if most >= noPreference {
		if t := s.lastFailed(); t != nil {
			return t, onExecutor
		}
		if t := s.next((*oracleTask).prefersNone); t != nil {
			return t, onExecutor
		}
	}
	if most >= anywhere {
		return s.next(anyTask), anywhere
	}
	return nil, anywhere
}

func (t *oracleTask) prefersNone() bool { return t.pin == none && !t.near }

func (o *oracle) prefersHost(s *oracleStage, t *oracleTask, host int32) bool {
	return t.pin != none && o.host(t.pin) == host || t.near && slices.Contains(s.hosts, host)
}

// allowed is how far from what they prefer tasks may run by now (TaskSetManager.getAllowedLocalityLevel).
func (o *oracle) allowed(s *oracleStage) reach {
	for s.level < len(s.levels)-1 {
		more, wait := false, o.conf.localityWait
		switch s.levels[s.level] {
		case onExecutor:
			more = s.next(func(t *oracleTask) bool { return t.pin != none }) != nil
		case onHost:
			more = s.next(func(t *oracleTask) bool { return !t.prefersNone() }) != nil
		case noPreference:
			more, wait = s.next((*oracleTask).prefersNone) != nil, 0
		}
		switch {
		case !more:
			s.since = o.now
		case o.now-s.since >= wait:
			s.since += wait
		default:
			return s.levels[s.level]
		}
		s.level++
	}
	return s.levels[s.level]
}

// reviveLater lets all executors be offered again at the next full second of the driver's timer, which draws only where an
// executor was refused.
func (o *oracle) reviveLater() {
	if o.revive {
		return
	}
	o.revive = true
	o.in(1000-o.now%1000, func() {
		o.revive = false
		o.offerAll()
	})
}

// locate finds what tasks prefer: executors that hold their partition, or hosts near a shuffle.
func (o *oracle) locate(s *oracleStage) {
	s.since = o.now
	if !o.locatePartitions(s) {
		s.hosts = o.hostsOf(s)
		for i, t := range s.tasks {
			t.near = !t.held && len(s.hosts) > 0 && (!o.recorded() || i < int(s.near))
		}
	}
	s.levels = o.levelsOf(s)
}

// levelsOf lists the levels that tasks which wait prefer, of what is there (TaskSetManager.computeValidLocalityLevels).
func (o *oracle) levelsOf(s *oracleStage) (levels []reach) {
	if s.next(func(t *oracleTask) bool { return t.pin != none && o.executors[t.pin].alive }) != nil {
		levels = append(levels, onExecutor)
	}
	for x, e := range o.executors {
		if e.alive && s.next(func(t *oracleTask) bool { return o.prefersHost(s, t, o.host(int32(x))) }) != nil {
			levels = append(levels, onHost)
			break
		}
	}
	if s.next((*oracleTask).prefersNone) != nil {
		levels = append(levels, noPreference)
	}
	return append(levels, anywhere)
}

// relocate looks at the levels again, as an executor has come or gone (TaskSetManager.recomputeLocality).
func (o *oracle) relocate() {
	for _, s := range o.turns() {
		old, at := s.levels, s.level
		s.levels = o.levelsOf(s)
		s.level = slices.IndexFunc(s.levels, func(l reach) bool { return l >= old[at] })
		if s.level > at {
			s.level = slices.IndexFunc(s.levels, func(l reach) bool { return !slices.Contains(old, l) })
		}
	}
}

func (o *oracle) locatePartitions(s *oracleStage) bool {
	for _, d := range s.keeps {
		if len(o.kept[d]) != s.firstAttempts() {
			continue
		}
		for i, x := range o.kept[d] {
			switch {
			case x == none:
			case o.executors[x].alive:
				s.tasks[i].pin = x
			case !o.recorded(): // it is computed again
				s.tasks[i].length += o.computing(d, i)
			}
		}
		return true
	}
	return false
}

// computing is what it takes to compute a partition of a dataset.
func (o *oracle) computing(d int32, i int) float64 {
	first := &o.w.stages[o.w.datasets[d].stage]
	var lengths []float64
	for _, t := range o.w.tasks[first.first : first.first+first.firsts] {
		lengths = append(lengths, float64(t.base))
	}
	if n := len(o.kept[d]); n != len(lengths) {
		lengths = equalParts(lengths, n)
	}
	return lengths[i]
}

// hostsOf returns the hosts of executors that hold a fifth or more of a shuffle, or those of the recorded run.
func (o *oracle) hostsOf(s *oracleStage) (hosts []int32) {
	if o.recorded() {
		return s.local
	}
	for _, shuffle := range s.prefers {
		whole := 0.0
		for x := range o.executors {
			whole += o.holds(int32(x), shuffle)
		}
		for x := range o.executors {
			if held := o.holds(int32(x), shuffle); held > 0 && 5*held >= whole*(1-5e-6) {
				hosts = append(hosts, o.host(int32(x)))
			}
		}
	}
	return hosts
}

// holds is how much of a shuffle lies on an executor.
func (o *oracle) holds(x, shuffle int32) (bytes float64) {
	for _, s := range o.stages {
		for _, t := range s.tasks {
			if s.writes == shuffle && t.on == x && t.succeeded() && o.executors[x].alive {
				bytes += t.wrote
			}
		}
	}
	return bytes
}

// succeeded reports whether an attempt ended well; one whose result was lost only later did.
func (t *oracleTask) succeeded() bool { return t.done && (t.retry == nil || t.delay > 0) }

func (o *oracle) launch(s *oracleStage, t *oracleTask, x int32) {
	t.on, t.launched = x, o.now
	o.waited = append(o.waited, o.now-s.at)
	index := int32(slices.Index(s.tasks, t))
	o.tell("task launched", s.job, o.idOf(s), index, x)
	o.warmUp(s, t)
	if o.manager != nil {
		o.manager.TaskStart(o.now.duration(), o.managed(s, t))
	}
}

// warmUp lets a task do what is new to its executor before what it always does.
func (o *oracle) warmUp(s *oracleStage, t *oracleTask) {
	if o.recorded() {
		o.runFor(s, t, t.length+t.own)
		return
	}
	level := o.coldness(s, t.on)
	cost := o.w.cold.cost[level][s.kind]
	switch {
	case o.conf.kubernetes:
		o.runFor(s, t, t.length+math.Round(o.s.strain*cost))
	case level == warm:
		o.runFor(s, t, t.length+math.Round(cost/o.rate()))
	default:
		o.share(o.s.strain*cost, t.on, func() { o.runFor(s, t, t.length) })
	}
}

// coldness says what no task that ended on an executor has done before.
func (o *oracle) coldness(s *oracleStage, x int32) level {
	cold := newJVM
	for _, other := range o.stages {
		for _, t := range other.tasks {
			switch {
			case t.on != x || !t.done:
			case other == s:
				return warm
			case other.kind == s.kind:
				cold = newStage
			default:
				cold = min(cold, newKind)
			}
		}
	}
	return cold
}

// runFor lets a task end after its length and the turnaround of its slot: the whole milliseconds nearest to what is owed of
// its mean, but no more than the task is long.
func (o *oracle) runFor(s *oracleStage, t *oracleTask, length float64) {
	o.owed += o.w.delays.turnaround
	turn := max(math.Round(o.owed), -length)
	if turn > -length {
		o.owed -= turn
	} else {
		o.owed += length
	}
	t.finish = o.now + ms(length)
	o.in(ms(length+turn), func() { o.endTask(s, t) })
}

func (o *oracle) endTask(s *oracleStage, t *oracleTask) {
	x, index := t.on, int32(slices.Index(s.tasks, t))
	o.tell("task ended", s.job, o.idOf(s), index, x)
	t.done = true
	if t.succeeded() {
		o.keep(s, x, t.partition)
	}
	if o.manager != nil {
		o.ended(s, t)
	}
	if t.retry != nil {
		o.in(t.delay, func() { o.tryAgain(s, t.retry) })
	}
	if !slices.ContainsFunc(s.tasks, func(t *oracleTask) bool { return !t.done }) {
		last := slices.MaxFunc(s.tasks, func(a, b *oracleTask) int { return cmp.Compare(a.finish, b.finish) }).finish
		o.in(max(0, last-o.now)+s.tail, func() { o.endStage(o.idOf(s)) })
	}
	if o.free(x) > 0 {
		o.offer([]int32{x}, false)
	}
	if o.executors[x].leaving && o.isIdle(x) {
		o.takeAway(x)
	}
}

// tryAgain lets an attempt wait for a slot, before all others.
func (o *oracle) tryAgain(s *oracleStage, t *oracleTask) {
	t.held, t.again = false, 1
	for _, other := range s.tasks {
		if other != t {
			t.again = max(t.again, other.again+1)
		}
	}
	o.offerAll()
}

// keep notes where the partition of a kept dataset is.
func (o *oracle) keep(s *oracleStage, x, partition int32) {
	for _, d := range s.keeps {
		if o.kept[d] == nil {
			o.kept[d] = slices.Repeat([]int32{none}, s.firstAttempts())
		}
		if int(partition) < len(o.kept[d]) {
			o.kept[d][partition] = x
		}
	}
}

func (o *oracle) idOf(s *oracleStage) int32 { return int32(slices.Index(o.stages, s)) }

func anyTask(*oracleTask) bool { return true }
