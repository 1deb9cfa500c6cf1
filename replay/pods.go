package replay

import (
	"math"
	"strings"

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
	waitFor       int // registered executors that open the gate
	opened        bool
	round         int // executors requested in this burst
	burst         ms
}

func newPods(e *engine) pods {
	p := pods{e: e, batch: math.MaxInt, waitFor: 0}
	if onKubernetes(e.Conf) {
		if n, err := e.Conf.Int(spark.AllocationBatchSize); err == nil && n > 0 {
			p.batch = n
		}
		if d, err := e.Conf.Time(spark.AllocationBatchDelay); err == nil {
			p.delay = ms(d.Milliseconds())
		}
	}
	p.waitFor = gateCount(e.Conf, e.Policy.InitialTarget())
	return p
}

func onKubernetes(c spark.Conf) bool {
	master, _ := c.Value(spark.Master)
	return strings.HasPrefix(master, "k8s://")
}

// gateCount is how many registered executors the driver waits for before it begins: the initial target times
// spark.scheduler.minRegisteredResourcesRatio, whose default is 0.8 on Kubernetes and 0 elsewhere.
func gateCount(c spark.Conf, initial int) int {
	ratio, err := c.Float(spark.MinRegisteredRatio)
	if err == nil && !c.IsSet(spark.MinRegisteredRatio) && onKubernetes(c) {
		ratio = 0.8
	}
	return int(math.Ceil(ratio * float64(initial)))
}

// maxGate is spark.scheduler.maxRegisteredResourcesWaitingTime where it cannot be read.
const maxGate = ms(30_000)

// gate lets the driver begin at once, or when enough executors are there, or after the longest wait.
func (p *pods) gate() {
	if p.waitFor <= 0 {
		p.open()
		return
	}
	wait := maxGate
	if d, err := p.e.Conf.Time(spark.MaxRegisteredWait); err == nil {
		wait = ms(d.Milliseconds())
	}
	p.e.queue.push(p.e.now+wait, gateOpens, 0)
}

func (p *pods) open() {
	if !p.opened {
		p.opened = true
		p.e.roots()
	}
}

// want sets the target and requests what is missing.
func (p *pods) want(target int) {
	p.target = target
	e := p.e
	if e.now != p.burst {
		p.burst, p.round = e.now, 0
	}
	for p.asked < p.limit() {
		p.asked++
		x := int32(len(e.executors))
		e.executors = append(e.executors, executor{})
		at := e.now + ms(p.round/p.batch)*p.delay + e.arrivals.of(p.round)
		if e.Ready > 0 && p.asked > e.Ready || e.Ready == 0 && e.Provisioning > 0 {
			at += ms(e.Provisioning.Milliseconds())
		}
		p.round++
		e.queue.push(at, executorUp, x)
	}
}

// limit is how many may be alive or on their way.
func (p *pods) limit() int {
	if p.e.Capacity > 0 {
		return min(p.target, p.e.Capacity)
	}
	return p.target
}

func (p *pods) registered() {
	p.live++
	if p.live >= p.waitFor {
		p.open()
	}
}

// gone takes an executor away.
func (p *pods) gone(x int32) {
	e := p.e
	if !e.executors[x].alive {
		return
	}
	e.executors[x].alive = false
	e.manager.executorRemoved(x)
	p.live--
	p.asked--
	e.account.left(e, x)
	e.account.level(e)
	p.want(p.target)
}
