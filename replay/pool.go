package replay

import "math"

// pool is what starting executors and cold tasks share. Each has so much to do; the pool's own clock goes as fast as
// each of them goes on.
type pool struct {
	e *engine
	// atOnce is how many go on at full speed, 0 for any number.
	atOnce float64
	// loaded is the load of the sharers, and of starts whose time is given, which are not slowed themselves.
	loaded float64
	// virtual is the pool's clock at the time last.
	virtual, last ticks
	sharers       queue // by the pool's clock, in ticks
	version       int32 // of the queued event
}

// ticks are millionths of milliseconds of the pool's clock, or of time.
type ticks = ms

const perMS = ticks(1_000_000)

// slight is the work that counts as none: more than rounding adds up to, so that it costs no one a millisecond.
const slight = perMS / 1000

// add lets something of so many milliseconds begin, with the event that ends it.
func (p *pool) add(work float64, k kind, id, of, task int32) {
	if p.atOnce <= 0 {
		p.e.queue.pushTask(p.e.now+ms(math.Round(work)), k, id, of, task)
		return
	}
	p.advance()
	p.weigh(k, id, 1)
	p.sharers.pushTask(p.virtual+ticks(math.Round(work*float64(perMS))), k, id, of, task)
	p.schedule()
}

// load adds starts of given time, or takes them away.
func (p *pool) load(n int) {
	p.advance()
	p.loaded += float64(n)
	p.schedule()
}

func (p *pool) rate() float64 { return rate(p.loaded, p.atOnce) }

// weigh adds the load of what begins, or takes away that of what ends: of an executor that warms up with its first task
// only.
func (p *pool) weigh(k kind, x int32, n int32) {
	if k != warmed {
		p.loaded += float64(n)
		return
	}
	warming := &p.e.executors[x].warming
	before := *warming
	*warming += n
	if before == 0 || *warming == 0 {
		p.loaded += float64(n) * coldWeight
	}
}

func (p *pool) advance() {
	now := p.e.now * perMS
	p.virtual += ticks(math.Round(float64(now-p.last) * p.rate()))
	p.last = now
}

// schedule queues the end of the first sharer.
func (p *pool) schedule() {
	if p.sharers.len() == 0 {
		return
	}
	p.version++
	left := float64(max(0, p.sharers.events[0].at-p.virtual-slight)) / p.rate() / float64(perMS)
	p.e.queue.push(p.e.now+ms(math.Ceil(left)), shared, p.version)
}

// ends lets those end that are done, unless others have come or gone since the event was queued.
func (p *pool) ends(version int32) {
	if version != p.version {
		return
	}
	p.advance()
	for p.sharers.len() > 0 && p.sharers.events[0].at <= p.virtual+slight {
		v := p.sharers.pop()
		p.weigh(v.kind, v.id, -1)
		p.e.queue.pushTask(p.e.now, v.kind, v.id, v.of, v.task)
	}
	p.schedule()
}
