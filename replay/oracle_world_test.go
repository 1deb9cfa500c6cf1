package replay

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/workload"
)

// oracle replays work a millisecond at a time, as slowly as can be: it has no queue of events, no clock of the shared
// processors and no counters, but looks through all that there is.
//
// What happens within a millisecond has one order: what was decided first happens first. Behind all of that, on its grid of
// 100 ms, the allocation manager looks at its timers once; what it decides for the same millisecond follows.
type oracle struct {
	w    *Work
	s    Setting
	conf oracleConf
	now  ms
	// decided counts what was decided, to tell what was first.
	decided int
	waits   []*wait
	shares  []*share
	// bell is when the end of the first of the shares was last decided.
	bell int

	jobs      []bool // that have ended
	stages    []*oracleStage
	executors []*oracleExecutor
	kept      [][]int32
	rng       *rand.Rand
	owed      float64 // of the turnaround
	revive    bool

	manager *allocation.Manager
	start   ms // of the manager
	ticked  ms
	target  int
	round   ms // in which pods are created
	created int
	opened  bool

	happened []happening
	bound    [bounds]ms
	peak     int
	waited   []ms
	lived    ms
	first    ms // submission of a job
	lastEnd  ms
	idle     ms // for which nothing has been under way
}

// wait is something decided that happens after a time.
type wait struct {
	left    ms
	decided int
	then    func()
}

type oracleStage struct {
	*stage
	tasks     []*oracleTask
	submitted bool
	at        ms // of the submission
	launches  bool
	ended     bool

	hosts   []int32 // that tasks prefer
	levels  []reach
	level   int
	since   ms
	refused bool
}

type oracleTask struct {
	length, own float64
	wrote       float64
	recorded    int32 // executor
	// pin is the executor that it prefers, near that it prefers the stage's hosts.
	pin  int32
	near bool

	// retry is the attempt that follows, again when it failed before it, in the order of failures, 0 for a first attempt.
	retry     *oracleTask
	delay     ms
	status    workload.Status
	partition int32
	again     int
	// held says that it still waits for the attempt before it.
	held bool

	on               int32 // executor, none while it waits
	done             bool
	launched, finish ms
}

func newOracle(w *Work, s Setting) *oracle {
	if s.Conf.Len() == 0 {
		s.Conf = w.profile.Conf
	}
	s.strain = cmp.Or(s.strain, 1)
	o := &oracle{w: w, s: s, conf: readOracleConf(s), rng: rand.New(rand.NewPCG(s.Seed, 0)), ticked: -1, first: -1, round: math.MinInt32}
	o.jobs, o.kept = make([]bool, len(w.jobs)), make([][]int32, len(w.datasets))
	for i := range w.stages {
		st := &oracleStage{stage: &w.stages[i]}
		for n, t := range w.tasks[st.first:st.last] {
			one := newOracleTask(float64(t.base), float64(t.own), float64(t.wrote), t.executor)
			one.delay, one.status, one.partition, one.held = ms(t.delay), t.status, t.partition, n >= int(st.firsts)
			st.tasks = append(st.tasks, one)
		}
		for n, t := range w.tasks[st.first:st.last] {
			if t.retry != none {
				st.tasks[n].retry = st.tasks[t.retry]
			}
		}
		o.stages = append(o.stages, st)
	}
	return o
}

func newOracleTask(length, own, wrote float64, recorded int32) *oracleTask {
	return &oracleTask{length: length, own: own, wrote: wrote, recorded: recorded, pin: none, on: none}
}

// run reports whether the work came to its end.
func (o *oracle) run() bool {
	o.begin()
	for {
		o.moment()
		if o.over() {
			o.bound[o.state()] += o.w.last
			o.now += o.w.last
			return true
		}
		if o.stuck() {
			return false
		}
		o.bound[o.state()]++
		o.pass()
	}
}

func (o *oracle) over() bool {
	return !slices.Contains(o.jobs, false)
}

// stuck reports whether nothing has been under way for longer than any timer of the manager.
func (o *oracle) stuck() bool {
	o.idle++
	if len(o.waits)+len(o.shares) > 0 {
		o.idle = 0
	}
	return o.idle > 0 && (o.manager == nil || o.idle > 30_000)
}

// pass lets a millisecond pass.
func (o *oracle) pass() {
	o.now++
	for _, w := range o.waits {
		w.left--
	}
	each := o.rate()
	for _, s := range o.shares {
		s.left -= each
	}
}

// moment lets happen what is due.
func (o *oracle) moment() {
	for !o.over() {
		switch due := o.due(); {
		case due != nil:
			due()
		case o.manager != nil && (o.now-o.start)%100 == 0 && o.ticked != o.now:
			o.ticked = o.now
			o.manager.Tick(o.now.duration())
		default:
			return
		}
	}
}

// due returns what was decided first of what is due.
func (o *oracle) due() func() {
	best := -1
	for i, w := range o.waits {
		if w.left <= 0 && (best < 0 || w.decided < o.waits[best].decided) {
			best = i
		}
	}
	if o.rings() && (best < 0 || o.bell < o.waits[best].decided) {
		return o.ring
	}
	if best < 0 {
		return nil
	}
	then := o.waits[best].then
	o.waits = slices.Delete(o.waits, best, best+1)
	return then
}

// in decides that something happens after a time.
func (o *oracle) in(left ms, then func()) {
	o.decided++
	o.waits = append(o.waits, &wait{left, o.decided, then})
}

func (o *oracle) tell(what string, job, stage, index, executor int32) {
	o.happened = append(o.happened, happening{o.now, what, job, stage, index, executor})
}

func (o *oracle) submitJob(id int32) {
	j := &o.w.jobs[id]
	o.tell("job submitted", id, none, none, none)
	if o.first < 0 {
		o.first = o.now
	}
	o.follow(id, true)
	if o.manager != nil {
		o.manager.JobStart(o.now.duration(), int(id), o.writesOf(j))
	}
	if len(j.stages) == 0 {
		o.in(j.tail, func() { o.endJob(id) })
	}
	for _, s := range j.stages {
		if o.mayStart(s) {
			o.in(o.stages[s].lag, func() { o.submitStage(s) })
		}
	}
}

// follow lets the jobs come that a job causes.
func (o *oracle) follow(cause int32, submitted bool) {
	for i := range o.w.jobs {
		if j := &o.w.jobs[i]; j.after == cause && j.atStart == submitted {
			o.in(j.gap, func() { o.submitJob(int32(i)) })
		}
	}
}

// firstAttempts counts the first attempts.
func (s *oracleStage) firstAttempts() (n int) {
	for _, t := range s.tasks {
		if t.again == 0 && !t.held && !s.follows(t) {
			n++
		}
	}
	return n
}

func (s *oracleStage) follows(t *oracleTask) bool {
	return slices.ContainsFunc(s.tasks, func(other *oracleTask) bool { return other.retry == t })
}

// mayStart reports whether all parents of a stage have ended.
func (o *oracle) mayStart(s int32) bool {
	for _, parent := range o.stages {
		if slices.Contains(parent.children, s) && !parent.ended {
			return false
		}
	}
	return true
}

func (o *oracle) endJob(id int32) {
	o.jobs[id] = true
	o.lastEnd = o.now
	o.tell("job ended", id, none, none, none)
	if o.manager != nil {
		o.manager.JobEnd(o.now.duration(), int(id))
	}
	for _, d := range o.w.jobs[id].drops {
		o.kept[d] = nil
		if o.manager != nil {
			o.manager.UnpersistRDD(o.now.duration(), o.w.datasets[d].rdd)
		}
	}
	o.follow(id, false)
}

func (o *oracle) submitStage(id int32) {
	s := o.stages[id]
	o.resize(s)
	s.submitted, s.at = true, o.now
	o.tell("stage submitted", s.job, id, none, none)
	if o.manager != nil {
		o.manager.StageSubmitted(o.now.duration(), o.attempt(s), s.firstAttempts(), allocation.DefaultProfile)
	}
	o.in(s.launch, func() {
		o.locate(s)
		s.launches = true
		o.offerAll()
	})
}

func (o *oracle) endStage(id int32) {
	s := o.stages[id]
	s.ended = true
	o.tell("stage completed", s.job, id, none, none)
	if o.manager != nil {
		o.manager.StageCompleted(o.now.duration(), o.attempt(s))
	}
	for _, child := range s.children {
		if o.mayStart(child) {
			o.in(o.stages[child].lag, func() { o.submitStage(child) })
		}
	}
	j := &o.w.jobs[s.job]
	if !slices.ContainsFunc(j.stages, func(other int32) bool { return !o.stages[other].ended }) {
		o.in(j.tail, func() { o.endJob(s.job) })
	}
}

// resize cuts the work of a stage that follows the cores anew: the tasks end to end, in equal parts of whole milliseconds,
// of which each ends where it would, and has at least one.
func (o *oracle) resize(s *oracleStage) {
	if s.cores == 0 || o.recorded() {
		return
	}
	cores := max(2, o.live()*max(1, o.s.Shape.Cores))
	n := min(int(s.most), max(1, int(math.Round(float64(len(s.tasks)*cores)/float64(s.cores)))))
	for _, d := range slices.Backward(s.keeps) {
		if o.kept[d] != nil {
			n = len(o.kept[d])
		}
	}
	if n == len(s.tasks) {
		return
	}
	var lengths, wrote []float64
	for _, t := range s.tasks {
		lengths, wrote = append(lengths, t.length), append(wrote, t.wrote)
	}
	s.tasks = nil
	for i, length := range equalParts(lengths, n) {
		s.tasks = append(s.tasks, newOracleTask(length, 0, partOf(wrote, i, n)/float64(n), none))
		s.tasks[i].partition = int32(i)
	}
}

func equalParts(lengths []float64, n int) (parts []float64) {
	upTo, given := 0.0, 0.0
	for i := range n {
		upTo += partOf(lengths, i, n)
		part := max(1, math.Floor(upTo/float64(n)-given+1e-9))
		given += part
		parts = append(parts, part)
	}
	return parts
}

// partOf sums what lies in the i-th of n equal stretches of a list, n times: whole numbers.
func partOf(list []float64, i, n int) (sum float64) {
	for k, v := range list {
		sum += v * float64(max(0, min((i+1)*len(list), (k+1)*n)-max(i*len(list), k*n)))
	}
	return sum
}

// state says what holds the replay up.
func (o *oracle) state() int {
	active, pending, running := 0, 0, 0
	for _, s := range o.stages {
		if !s.submitted || s.ended {
			continue
		}
		active++
		for _, t := range s.tasks {
			switch {
			case t.held:
			case t.on == none:
				pending++
			case !t.done:
				running++
			}
		}
	}
	switch {
	case active == 0:
		return byDriver
	case pending == 0:
		return byTail
	case o.live() == 0 || o.live() < o.asked() || o.grows(pending+running):
		return byArrival
	}
	return byCapacity
}

// grows reports whether the manager asks for fewer executors than tasks could use.
func (o *oracle) grows(tasks int) bool {
	if o.manager == nil {
		return false
	}
	p := o.s.Policy
	need := int(math.Ceil(float64(tasks) * p.Ratio / float64(o.slots())))
	return o.target < min(need, p.EffectiveMax())
}
