package replay

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// draws are the choices of which a case is made. 0 is the simplest.
type draws struct {
	// choose returns one of 0…n.
	choose func(n int) int
	taken  []int
}

// atRandom chooses by a seed.
func atRandom(seed uint64) *draws {
	rng := rand.New(rand.NewPCG(seed, 1))
	return &draws{choose: func(n int) int { return rng.IntN(n + 1) }}
}

// again makes given choices, and then the simplest.
func again(choices []int) *draws {
	return &draws{choose: func(n int) (choice int) {
		if len(choices) > 0 {
			choice, choices = min(choices[0], n), choices[1:]
		}
		return choice
	}}
}

func (d *draws) upTo(n int) int {
	choice := d.choose(n)
	d.taken = append(d.taken, choice)
	return choice
}

// oneIn is true once in so many times.
func (d *draws) oneIn(n int) bool { return d.upTo(n-1) == n-1 && n > 1 }

// time chooses a time, often one that meets others: of nothing, of a millisecond, of tenths of seconds.
func (d *draws) time(most int) ms {
	switch d.upTo(5) {
	case 0:
		return 0
	case 1:
		return 1
	case 2, 3:
		return ms(100 * d.upTo(most/100))
	}
	return ms(d.upTo(most))
}

func (d *draws) seconds(most int) time.Duration { return time.Duration(d.upTo(most)) * time.Second }

func pick[T any](d *draws, list ...T) T { return list[d.upTo(len(list)-1)] }

// oracleCase is work and a setting to replay it under.
type oracleCase struct {
	work    *Work
	setting Setting
}

func drawCase(d *draws) oracleCase {
	w := &Work{profile: &workload.Profile{}}
	d.world(w)
	c := oracleCase{w, d.setting(w)}
	d.jobs(w)
	d.shuffles(w)
	d.datasets(w)
	w.profile.Conf = c.setting.Conf
	return c
}

// world draws what a run tells of its driver and its executors.
func (d *draws) world(w *Work) {
	w.last, w.gate = d.time(300), d.time(500)
	w.arrivals = d.arrivals()
	w.delays.turnaround = pick(d, 0, 0, -3, 2.5, 0.25, -0.6875)
	w.delays.up = float64(d.time(300))
	for l := range w.cold.cost {
		w.cold.cost[l] = make([]float64, 2)
		for k := range w.cold.cost[l] {
			if l == int(warm) {
				w.cold.cost[l][k] = float64(pick(d, 0, 0, 0, 4))
			} else {
				w.cold.cost[l][k] = float64(d.time(300))
			}
		}
	}
	for i := range d.upTo(3) {
		w.hosts.names = append(w.hosts.names, fmt.Sprint("h", i))
	}
	for range d.upTo(4) {
		w.hosts.ordered = append(w.hosts.ordered, int32(d.upTo(max(0, len(w.hosts.names)-1))))
	}
	w.pools = []string{"adhoc", "default"}
}

func (d *draws) arrivals() Arrivals {
	return Arrivals{
		First: d.time(500).duration(), Alone: d.time(1000).duration(),
		AtOnce: pick(d, 0, 1, 1.2, 2, 2.5),
	}
}

// jobs draws jobs, each after one before it.
func (d *draws) jobs(w *Work) {
	backwards := d.oneIn(3) // as jobs of several threads may come
	for i := range 1 + d.upTo(3) {
		j := job{id: int32(i), after: -1, gap: d.time(700), tail: d.time(200), pool: int32(d.upTo(1))}
		if backwards {
			j.id = 9 - j.id
		}
		if d.oneIn(3) {
			j.gap += ms(d.seconds(5).Milliseconds()) // in which executors leave
		}
		if i > 0 && !d.oneIn(4) {
			j.after, j.atStart = int32(d.upTo(i-1)), d.oneIn(3)
			if cause := &w.jobs[j.after]; j.atStart {
				cause.atSubmit = append(cause.atSubmit, int32(i))
			} else {
				cause.atEnd = append(cause.atEnd, int32(i))
			}
		}
		w.jobs = append(w.jobs, j)
		d.stages(w, int32(i))
	}
}

func (d *draws) stages(w *Work, id int32) {
	backwards := d.oneIn(3)
	for n := range pick(d, 1, 1, 2, 3, 0) {
		i := int32(len(w.stages))
		s := stage{index: i, id: 10*id + int32(n), job: id, writes: -1, lag: d.time(100), launch: d.time(50), tail: d.time(50), kind: int32(d.upTo(1))}
		if backwards {
			s.id = 10*id + 9 - int32(n)
		}
		if d.oneIn(6) {
			s.launch = d.time(2500) // in which idle executors leave, and others are asked for
		}
		attempt := 0
		for _, parent := range w.jobs[id].stages {
			again := parent == i-1 && d.oneIn(8)
			if again {
				s.id, attempt = w.stages[parent].id, w.profile.Stages[parent].Attempt+1
			}
			if again || d.oneIn(2) {
				w.stages[parent].children = append(w.stages[parent].children, i)
				s.parents++
			}
		}
		d.tasks(w, &s, 1+d.upTo(5))
		w.jobs[id].stages = append(w.jobs[id].stages, i)
		w.stages = append(w.stages, s)
		w.profile.Stages = append(w.profile.Stages, workload.Stage{ID: int(s.id), Attempt: attempt})
	}
}

func (d *draws) tasks(w *Work, s *stage, n int) {
	s.first, s.last, s.firsts = int32(len(w.tasks)), int32(len(w.tasks)+n), int32(n)
	most := pick(d, 300, 1000, 3000)
	one := func(partition int32) {
		w.tasks = append(w.tasks, task{
			base: 1 + int32(d.time(most)), own: int32(d.time(100)), executor: int32(d.upTo(3)),
			wrote: pick[float32](d, 0, 1009, 10007, 5003), partition: partition, retry: none,
		})
	}
	for i := range n {
		one(int32(i))
	}
	if len(w.hosts.names) > 0 && d.oneIn(3) {
		s.near = int32(d.upTo(n))
		for h := range w.hosts.names {
			if d.oneIn(2) {
				s.local = append(s.local, int32(h))
			}
		}
	}
	if d.oneIn(4) {
		for range 1 + d.upTo(2) {
			d.retry(w, s, one)
		}
		return
	}
	if d.oneIn(4) {
		s.cores, s.most = int32(1+d.upTo(5)), pick[int32](d, math.MaxInt32, 3)
	}
}

// retry lets an attempt that has none be followed by another one.
func (d *draws) retry(w *Work, s *stage, one func(partition int32)) {
	failed := &w.tasks[int(s.first)+d.upTo(int(s.last-s.first)-1)]
	if failed.retry != none {
		return
	}
	failed.retry, failed.status = s.last-s.first, pick(d, workload.Failed, workload.Lost, workload.Killed)
	if d.oneIn(3) {
		failed.delay = int32(d.time(500))
	}
	one(failed.partition)
	s.last++
}

// shuffles lets stages write shuffles and later ones prefer to be near them.
func (d *draws) shuffles(w *Work) {
	w.shuffles = d.upTo(3)
	for i := range w.stages {
		if w.shuffles == 0 {
			return
		}
		s, of := &w.stages[i], &w.profile.Stages[i]
		if d.oneIn(2) {
			s.writes, of.ShuffleMap = int32(d.upTo(w.shuffles-1)), true
			of.RDDs = []workload.RDD{{ID: int(s.writes)}}
		}
		for shuffle := range w.shuffles {
			if d.oneIn(3) {
				s.prefers = append(s.prefers, int32(shuffle))
			}
		}
	}
}

// datasets lets stages of as many tasks keep datasets, and jobs drop them.
func (d *draws) datasets(w *Work) {
	for range d.upTo(2) {
		id, rdd, first := int32(len(w.datasets)), 100+len(w.datasets), int32(-1)
		for i := range w.stages {
			s := &w.stages[i]
			if !d.oneIn(2) || first >= 0 && s.firsts != w.stages[first].firsts {
				continue
			}
			if first < 0 {
				first = int32(i)
			}
			s.keeps, s.cached = append(s.keeps, id), append(s.cached, int32(rdd))
		}
		if first < 0 {
			continue
		}
		w.datasets = append(w.datasets, dataset{rdd, first})
		if d.oneIn(2) {
			j := &w.jobs[d.upTo(len(w.jobs)-1)]
			j.drops = append(j.drops, id)
		}
	}
}

func (d *draws) setting(w *Work) Setting {
	cores, cpus := 1+d.upTo(3), 1+d.upTo(1)
	s := Setting{Shape: sizing.Shape{Cores: max(cores, cpus), TaskCPUs: cpus}, Seed: uint64(d.upTo(99)), Conf: d.conf(), strain: pick(d, 0, 0.5, 2)}
	if d.oneIn(5) {
		d.lives(&s)
		if d.oneIn(2) {
			w.lives = s.Executors
		}
		return s
	}
	s.Policy = allocation.Fixed(1 + d.upTo(3))
	if !d.oneIn(3) {
		s.Policy = d.policy()
	}
	if d.oneIn(3) {
		s.Capacity = 1 + d.upTo(4)
	}
	if d.oneIn(4) {
		s.Provisioning, s.Ready = d.time(2000).duration(), d.upTo(3)
	}
	if d.oneIn(3) {
		a := d.arrivals()
		for range d.upTo(4) {
			a.Each = append(a.Each, d.time(1500).duration())
		}
		s.Arrivals = &a
	}
	return s
}

func (d *draws) lives(s *Setting) {
	for n := range 1 + d.upTo(3) {
		life := Life{Up: d.time(1500).duration()}
		if d.oneIn(2) {
			life.Ready = life.Up + d.time(500).duration()
		}
		if d.oneIn(4) {
			life.Leaving = life.Up + d.time(2000).duration()
		}
		if n > 0 && d.oneIn(2) || d.oneIn(8) {
			life.Down = max(life.Ready, life.Leaving, life.Up+d.time(4000).duration())
		}
		s.Executors = append(s.Executors, life)
	}
}

func (d *draws) conf() spark.Conf {
	set := map[string]string{
		spark.Master.Name:            pick(d, "spark://m", "k8s://https://m", "yarn"),
		spark.LocalityWait.Name:      pick(d, "3s", "500ms", "0ms", "1s", "37ms"),
		spark.MaxRegisteredWait.Name: pick(d, "2s", "100ms"),
	}
	if d.oneIn(3) {
		set[spark.SchedulerMode.Name] = "FAIR"
	}
	if !d.oneIn(3) {
		set[spark.AllocationBatchSize.Name], set[spark.AllocationBatchDelay.Name] = fmt.Sprint(1+d.upTo(2)), pick(d, "1s", "300ms")
	}
	if d.oneIn(3) {
		set[spark.AllocationMaxPendingPods.Name] = fmt.Sprint(1 + d.upTo(3))
	}
	if d.oneIn(2) {
		set[spark.MinRegisteredRatio.Name] = pick(d, "0", "0.5", "1")
		set[spark.CoresMax.Name] = fmt.Sprint(1 + d.upTo(7))
	}
	return spark.NewConf(spark.V35, set)
}

func (d *draws) policy() allocation.Policy {
	p := allocation.Default(spark.V35)
	p.Min = d.upTo(2)
	p.Max = pick(d, allocation.Unlimited, 1, 2, 3, 5)
	if p.Max != allocation.Unlimited {
		p.Max = max(p.Max, p.Min)
	}
	p.Initial = d.upTo(5)
	p.Ratio = pick(d, 1, 0.5, 0.55)
	p.Backlog, p.Sustained = time.Second+d.seconds(1), time.Second+d.seconds(1)
	p.Idle = d.seconds(3)
	p.CachedIdle = pick(d, units.Forever, d.seconds(2), d.seconds(5))
	p.ShuffleTimeout = pick(d, units.Forever, 0, d.time(4000).duration())
	if d.oneIn(3) {
		p.Decommission, p.DecommissionShuffle = true, true
		p.ShuffleTracking = d.oneIn(2)
	}
	return p
}

func (c oracleCase) String() string {
	b, w := &strings.Builder{}, c.work
	for i, j := range w.jobs {
		fmt.Fprintf(b, "job %d id %d after %d atStart %t gap %d tail %d pool %d drops %v\n", i, j.id, j.after, j.atStart, j.gap, j.tail, j.pool, j.drops)
		for _, id := range j.stages {
			s := &w.stages[id]
			fmt.Fprintf(b, "  stage %d id %d.%d parents %d children %v lag %d launch %d tail %d kind %d writes %d prefers %v keeps %v",
				id, s.id, w.profile.Stages[id].Attempt, s.parents, s.children, s.lag, s.launch, s.tail, s.kind, s.writes, s.prefers, s.keeps)
			fmt.Fprintf(b, " near %d local %v cores %d most %d\n", s.near, s.local, s.cores, s.most)
			for _, t := range w.tasks[s.first:s.last] {
				fmt.Fprintf(b, "    base %d own %d wrote %g recorded on %d retry %d %s after %d\n", t.base, t.own, t.wrote, t.executor, t.retry, t.status, t.delay)
			}
		}
	}
	s := c.setting
	fmt.Fprintf(b, "last %d gate %d arrivals %+v delays %+v cold %v hosts %+v datasets %v\n", w.last, w.gate, w.arrivals, w.delays, w.cold.cost, w.hosts, w.datasets)
	fmt.Fprintf(b, "cores %d cpus %d policy %+v capacity %d provisioning %s ready %d lives %v seed %d strain %g\n",
		s.Shape.Cores, s.Shape.TaskCPUs, s.Policy, s.Capacity, s.Provisioning, s.Ready, s.Executors, s.Seed, s.strain)
	if s.Arrivals != nil {
		fmt.Fprintf(b, "given %+v\n", *s.Arrivals)
	}
	for _, key := range s.Conf.Keys() {
		value, _ := s.Conf.Lookup(key)
		fmt.Fprintf(b, "%s=%s ", key, value)
	}
	return b.String()
}
