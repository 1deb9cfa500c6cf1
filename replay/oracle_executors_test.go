package replay

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
)

// oracleConf is what a replay takes from the configuration.
type oracleConf struct {
	kubernetes, fair bool
	localityWait     ms
	batch, pending   int
	delay, maxGate   ms
	gate             int // executors that open it
}

func readOracleConf(s Setting) oracleConf {
	c := s.Conf
	mode, _ := c.Value(spark.SchedulerMode)
	conf := oracleConf{kubernetes: c.OnKubernetes(), fair: strings.EqualFold(mode, "FAIR"), batch: math.MaxInt, pending: math.MaxInt}
	conf.localityWait = timeOf(c, spark.LocalityWait)
	conf.maxGate = timeOf(c, spark.MaxRegisteredWait)
	ratio, _ := c.Float(spark.MinRegisteredRatio)
	conf.gate = int(math.Ceil(ratio * float64(s.Policy.InitialTarget())))
	if conf.kubernetes {
		conf.batch, _ = c.Int(spark.AllocationBatchSize)
		conf.delay = timeOf(c, spark.AllocationBatchDelay)
		if c.IsSet(spark.AllocationMaxPendingPods) {
			conf.pending, _ = c.Int(spark.AllocationMaxPendingPods)
		}
		if !c.IsSet(spark.MinRegisteredRatio) {
			conf.gate = int(math.Ceil(0.8 * float64(s.Policy.InitialTarget())))
		}
	}
	if master, _ := c.Value(spark.Master); strings.HasPrefix(master, "spark:") {
		cores, _ := c.Int(spark.CoresMax)
		conf.gate = int(math.Ceil(ratio * float64(cores) / float64(max(1, s.Shape.Cores))))
	}
	conf.gate = min(conf.gate, max(s.Policy.InitialTarget(), s.Policy.Max))
	if len(s.Executors) > 0 {
		conf.gate = 0
	}
	return conf
}

func timeOf(c spark.Conf, key spark.Key) ms {
	d, _ := c.Time(key)
	return ms(d.Milliseconds())
}

type oracleExecutor struct {
	starting, alive, ready, leaving, gone bool
	draining                              bool // takes no tasks
	created, up                           ms
	handle                                allocation.Executor
}

func (o *oracle) given() bool { return len(o.s.Executors) > 0 }

// recorded reports whether the executors are those of the recorded run.
func (o *oracle) recorded() bool { return o.given() && slices.Equal(o.s.Executors, o.w.lives) }

func (o *oracle) slots() int { return max(1, o.s.Shape.Cores) / max(1, o.s.Shape.TaskCPUs) }

// free counts the slots that an executor offers.
func (o *oracle) free(x int32) int {
	if e := o.executors[x]; !e.alive || !e.ready || e.leaving || e.draining {
		return 0
	}
	return o.slots() - o.busy(x)
}

func (o *oracle) busy(x int32) (n int) {
	for _, s := range o.stages {
		for _, t := range s.tasks {
			if t.on == x && !t.done {
				n++
			}
		}
	}
	return n
}

// isIdle reports whether all slots of an executor are free.
func (o *oracle) isIdle(x int32) bool { return o.executors[x].ready && o.busy(x) == 0 }

func (o *oracle) count(is func(*oracleExecutor) bool) (n int) {
	for _, e := range o.executors {
		if is(e) {
			n++
		}
	}
	return n
}

func (o *oracle) live() int { return o.count(func(e *oracleExecutor) bool { return e.alive }) }

// asked counts those that live or are on their way.
func (o *oracle) asked() int { return o.count(func(e *oracleExecutor) bool { return !e.gone }) }

// host returns where an executor is: by itself on Kubernetes, where it was recorded, or on the hosts by turns.
func (o *oracle) host(x int32) int32 {
	h := o.w.hosts
	switch {
	case o.conf.kubernetes || len(h.names) == 0:
		return x
	case o.given() && int(x) < len(h.ordered):
		return h.ordered[x]
	}
	return x % int32(len(h.names))
}

func (o *oracle) begin() {
	o.bearGiven()
	if !o.given() {
		for range o.firstRequest() {
			o.bound[byDriver]++
			o.pass()
		}
		if o.s.Policy.Dynamic {
			o.manager, _ = allocation.NewManager(o.s.Policy, o.slots(), o)
			o.start = o.now
			o.manager.Start(o.now.duration())
		} else {
			o.want(o.s.Policy.InitialTarget())
		}
	}
	if o.conf.gate <= 0 {
		o.open()
	} else {
		o.in(o.conf.maxGate, o.open)
	}
}

func (o *oracle) bearGiven() {
	for i, life := range o.s.Executors {
		x := int32(i)
		o.executors = append(o.executors, &oracleExecutor{})
		o.in(ms(life.Up.Milliseconds()), func() { o.register(x) })
		if life.Leaving > 0 {
			o.in(ms(life.Leaving.Milliseconds()), func() { o.executors[x].draining = true })
		}
		if life.Down > 0 {
			o.in(ms(life.Down.Milliseconds()), func() { o.takeAway(x) })
		}
	}
}

// open lets the driver begin: with the jobs that nothing causes, as long after as it was when the run was recorded.
func (o *oracle) open() {
	if o.opened {
		return
	}
	o.opened = true
	for i, j := range o.w.jobs {
		switch {
		case j.after >= 0:
		case o.given():
			o.in(j.gap, func() { o.submitJob(int32(i)) })
		default:
			o.in(max(0, j.gap-o.w.gate), func() { o.submitJob(int32(i)) })
		}
	}
}

func (o *oracle) firstRequest() ms {
	if a := o.s.Arrivals; a != nil {
		return ms(a.First.Milliseconds())
	}
	return ms(o.w.arrivals.First.Milliseconds())
}

func (o *oracle) arrivals() Arrivals {
	if a := o.s.Arrivals; a != nil && a.Alone > 0 {
		return *a
	}
	return o.w.arrivals
}

// want requests the executors that are missing, a batch of pods in each delay.
func (o *oracle) want(target int) {
	o.target = target
	if o.s.Capacity > 0 {
		target = min(target, o.s.Capacity)
	}
	o.forget(target)
	for range min(target-o.asked(), o.conf.pending-(o.asked()-o.live())) {
		x := int32(len(o.executors))
		o.executors = append(o.executors, &oracleExecutor{created: o.nextPod()})
		left := o.executors[x].created - o.now
		if o.s.Provisioning > 0 && o.asked() > o.s.Ready {
			left += ms(o.s.Provisioning.Milliseconds())
		}
		o.in(left, func() { o.bring(x) })
	}
}

// forget takes back the pods that are not created yet and too many, the last ones first.
func (o *oracle) forget(target int) {
	for _, e := range slices.Backward(o.executors) {
		if e.gone || e.created <= o.now || o.asked() <= target {
			continue
		}
		e.gone = true
		if o.created--; o.created == 0 {
			o.round, o.created = o.round-o.conf.delay, o.conf.batch
		}
	}
}

func (o *oracle) nextPod() ms {
	if o.round+o.conf.delay <= o.now {
		o.round, o.created = o.now, 0
	}
	if o.created == o.conf.batch {
		o.round, o.created = o.round+o.conf.delay, 0
	}
	o.created++
	return max(o.now, o.round)
}

// bring lets an executor start, in the time that is given for it or on the shared processors.
func (o *oracle) bring(x int32) {
	if o.executors[x].gone {
		return
	}
	if a := o.s.Arrivals; a != nil && int(x) < len(a.Each) {
		o.executors[x].starting = true
		o.changed()
		o.in(ms(a.Each[x].Milliseconds()), func() { o.register(x) })
		return
	}
	alone := float64(o.arrivals().Alone) / float64(time.Millisecond)
	o.share(o.s.strain*alone, none, func() { o.register(x) })
}

func (o *oracle) register(x int32) {
	e := o.executors[x]
	if e.starting {
		e.starting = false
		o.changed()
	}
	e.alive, e.up = true, o.now
	o.tell("executor registered", none, none, none, x)
	o.peak = max(o.peak, o.live())
	if o.live() >= o.conf.gate {
		o.open()
	}
	if !o.given() {
		o.want(o.target) // one fewer is on its way
	}
	if o.manager != nil {
		e.handle = o.manager.Executor(strconv.Itoa(int(x) + 1))
		o.manager.ExecutorAdded(o.now.duration(), e.handle, allocation.DefaultProfile)
	}
	if o.given() && o.s.Executors[x].Ready > 0 {
		o.in(max(0, ms(o.s.Executors[x].Ready.Milliseconds())-o.now), func() { o.makeReady(x) })
		return
	}
	o.share(o.w.delays.up, none, func() { o.makeReady(x) })
}

func (o *oracle) makeReady(x int32) {
	e := o.executors[x]
	e.ready = true
	if e.leaving {
		o.takeAway(x)
		return
	}
	o.relocate()
	o.offer([]int32{x}, false)
}

// takeAway takes an executor that is idle; another goes when it is.
func (o *oracle) takeAway(x int32) {
	e := o.executors[x]
	if !e.alive {
		return
	}
	if !o.isIdle(x) {
		e.leaving = true
		return
	}
	e.alive, e.gone = false, true
	o.lived += o.now - e.up
	o.tell("executor removed", none, none, none, x)
	o.relocate()
	if o.manager != nil {
		o.manager.ExecutorRemoved(o.now.duration(), e.handle)
	}
	if !o.given() {
		o.want(o.target)
	}
	if len(o.turns()) > 0 {
		o.offerAll()
	}
}

// result sums up.
func (o *oracle) result() Result {
	busy := ms(0)
	for _, s := range o.stages {
		for _, t := range s.tasks {
			busy += t.finish - t.launched
		}
	}
	for _, e := range o.executors {
		if e.alive {
			o.lived += o.now - e.up
		}
	}
	return Result{
		Wall: o.now.duration(), Jobs: (o.lastEnd - o.first).duration(), ExecutorTime: o.lived.duration(),
		BusyTime: time.Duration(max(1, o.s.Shape.TaskCPUs)) * busy.duration(), PeakExecutors: o.peak,
		Bound: Bound{
			Driver: o.bound[byDriver].duration(), Allocation: o.bound[byArrival].duration(),
			Capacity: o.bound[byCapacity].duration(), Tail: o.bound[byTail].duration(),
		},
	}
}
