package replay

import (
	"math"
	"time"

	"github.com/sparkscale/sparkscale/spark"
)

// pods brings and takes executors: requests in batches, capacity, start latency, the registered-resources gate.
type pods struct {
	e *engine
	// target is what was asked for, asked is how many are alive or on their way.
	target, asked int
	live          int
	batch         int
	delay         ms
	// round is when the last batch that was planned is created, made is how many pods it has.
	round ms
	made  int
	// planned are the last pods that were planned for a later round.
	planned []plannedPod
	// pending is how many may be on their way at once.
	pending int
	waitFor int // registered executors that open the gate
	opened  bool
}

// plannedPod is an executor whose pod is created at a time.
type plannedPod struct {
	executor int32
	at       ms
}

func newPods(e *engine) pods {
	p := pods{e: e, batch: math.MaxInt, pending: math.MaxInt}
	if e.Conf.OnKubernetes() {
		if n, err := e.Conf.Int(spark.AllocationBatchSize); err == nil && n > 0 {
			p.batch = n
		}
		if d, err := e.Conf.Time(spark.AllocationBatchDelay); err == nil {
			p.delay = toMS(d)
		}
		if n, err := e.Conf.Int(spark.AllocationMaxPendingPods); err == nil && n > 0 {
			p.pending = n
		}
	}
	if len(e.Executors) == 0 {
		p.waitFor = min(gateCount(e.Conf, e.Policy.InitialTarget(), e.Shape.Cores), max(e.Policy.InitialTarget(), e.Policy.Max))
	}
	return p
}

// begin lets the given executors live, or asks for the initial ones.
func (p *pods) begin() {
	e := p.e
	for _, life := range e.Executors {
		x := int32(len(e.executors))
		e.executors = append(e.executors, executor{})
		p.asked++
		e.queue.push(toMS(life.Up), executorUp, x)
		if life.Leaving > 0 {
			e.queue.push(toMS(life.Leaving), executorLeaves, x)
		}
		if life.Down > 0 {
			e.queue.push(toMS(life.Down), executorGone, x)
		}
	}
	switch {
	case len(e.Executors) > 0:
	case e.manager != nil:
		e.manager.start()
	default:
		p.want(e.Policy.InitialTarget())
	}
}

// gate lets the driver begin at once, or when enough executors are there, or after the longest wait.
func (p *pods) gate() {
	if p.waitFor <= 0 {
		p.open()
		return
	}
	p.e.queue.push(p.e.now+gateWait(p.e.Conf), gateOpens, 0)
}

func (p *pods) open() {
	if !p.opened {
		p.opened = true
		p.e.roots()
	}
}

// want sets the target and requests what is missing: Kubernetes in batches, others at once.
func (p *pods) want(target int) {
	p.target = target
	e := p.e
	p.drop()
	missing := min(p.limit()-p.asked, p.pending-(p.asked-p.live))
	for range missing {
		p.asked++
		x := len(e.executors)
		e.executors = append(e.executors, executor{})
		at := p.create()
		p.planned = append(p.planned, plannedPod{int32(x), at})
		if e.Provisioning > 0 && p.asked > e.Ready {
			at += toMS(e.Provisioning)
		}
		e.queue.push(at, executorStarts, int32(x))
	}
}

// drop forgets the pods that are planned and no longer wanted; one that is created comes all the same.
func (p *pods) drop() {
	for len(p.planned) > 0 {
		last := p.planned[len(p.planned)-1]
		switch {
		case last.at <= p.e.now:
			p.planned = p.planned[:0]
			return
		case p.asked <= p.limit():
			return
		}
		p.planned = p.planned[:len(p.planned)-1]
		p.e.executors[last.executor].dropped = true
		p.asked--
		if p.made--; p.made == 0 {
			p.round, p.made = p.round-p.delay, p.batch
		}
	}
}

// create plans a pod and returns when it is created: a batch in each delay, also where one request follows another.
func (p *pods) create() ms {
	now := p.e.now
	switch {
	case p.made == 0 || p.round+p.delay <= now:
		p.round, p.made = now, 0
	case p.made == p.batch:
		p.round, p.made = p.round+p.delay, 0
	}
	p.made++
	return max(now, p.round)
}

// start lets an executor start: in its given time, or else together with the others.
func (p *pods) start(x int32) {
	e := p.e
	if e.executors[x].dropped {
		return
	}
	if e.Setting.Arrivals != nil && int(x) < len(e.Setting.Arrivals.Each) {
		e.executors[x].given = true
		e.pool.load(1)
		e.queue.push(e.now+toMS(e.Setting.Arrivals.Each[x]), executorUp, x)
		return
	}
	e.pool.add(e.strain*toMilliseconds(p.arrivals().Alone), executorUp, x, 0, 0)
}

// first is when the first executor is requested.
func (p *pods) first() time.Duration {
	if p.e.Setting.Arrivals != nil {
		return p.e.Setting.Arrivals.First
	}
	return p.e.arrivals.First
}

func (p *pods) arrivals() *Arrivals {
	if p.e.Setting.Arrivals != nil && p.e.Setting.Arrivals.Alone > 0 {
		return p.e.Setting.Arrivals
	}
	return &p.e.arrivals
}

// limit is how many may be alive or on their way.
func (p *pods) limit() int { return min(p.e.most(p.target), MaxExecutors) }

func (p *pods) registered() {
	p.live++
	if p.live >= p.waitFor {
		p.open()
	}
	if len(p.e.Executors) == 0 && p.asked < p.limit() {
		p.want(p.target) // one fewer is on its way
	}
}

// gone takes an executor away; one that still runs tasks takes no more, and goes with the last.
func (p *pods) gone(x int32) {
	e := p.e
	if !e.executors[x].alive {
		return
	}
	if e.executors[x].free < e.slots {
		e.executors[x].leaving = true
		return
	}
	e.tell("executor removed", none, none, none, x)
	e.executors[x].alive = false
	e.lost(x)
	e.relocate()
	e.manager.executorRemoved(x)
	p.live--
	p.asked--
	e.account.left(e, x)
	e.account.level(e)
	if len(e.Executors) == 0 {
		p.want(p.target)
	}
	if len(e.ready) > 0 {
		e.offerAll() // TaskSchedulerImpl.executorLost
	}
}
