package replay

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
)

// ErrNothing says that a run has no finished task, so that there is nothing to replay.
var ErrNothing = errors.New("replay: the run has no finished task; there is nothing to replay")

// ErrStuck says that no executor can ever come: nothing is requested, or nothing fits.
var ErrStuck = errors.New("replay: tasks wait and no executor can come")

// MaxExecutors is how many executors a replay can have at once.
const MaxExecutors = 100_000

// Setting is under what a run is replayed.
type Setting struct {
	// Shape is the executors' shape.
	Shape sizing.Shape
	// Policy is how many there are.
	Policy allocation.Policy
	// Capacity is how many executors the cluster can hold at once; 0 means as many as are asked for.
	Capacity int
	// Provisioning is added to the start of every executor beyond Ready: the time until a new node is there.
	Provisioning time.Duration
	// Ready is how many executors fit on nodes that exist; it counts only with Provisioning.
	Ready int
	// Conf is the configuration of the replayed application: the cluster manager with its batches, gate and hosts,
	// spark.scheduler.mode, spark.locality.wait, the version of Spark. One without a key is taken to be the run's own.
	// Shape and Policy count, not what it says of them.
	Conf spark.Conf
	// Executors are given lives, which take the place of Policy and Capacity. Those of the recorded run (Work.Lives) bring
	// it back: tasks take what they took there, cold or warm.
	Executors []Life
	// Arrivals is how long executors take to start; nil means as in the recorded run, by their number and not each.
	Arrivals *Arrivals
	// Seed orders what Spark shuffles at random: which executor is offered first.
	Seed uint64

	// strain multiplies what cold tasks and starts cost; 0 means 1.
	strain float64
	// watch is told what happens, nil for no one.
	watch func(happening)
}

// happening is something that a replay did: what, and to which of them; none where there is no such thing.
type happening struct {
	at                          ms
	what                        string
	job, stage, index, executor int32
}

// Life is the life of an executor, since the start of the application.
type Life struct {
	// Up is its registration, Ready when it takes tasks; Ready is 0 for as soon after as the recorded run shows.
	Up, Ready time.Duration
	// Leaving is since when it takes no tasks, as it is decommissioned; 0 is until its removal.
	Leaving time.Duration
	// Down is its removal, 0 for one that stays.
	Down time.Duration
}

// Lives returns the lives of the executors of a recorded run.
func (w *Work) Lives() []Life { return slices.Clone(w.lives) }

// longest is the longest time that makes sense: of a task, of a wait for a node, of a run. It keeps sums of them from
// overflowing.
const longest = 24 * 24 * time.Hour

// maxCores is how many cores an executor can have.
const maxCores = 4096

// check says what cannot be replayed.
func (s Setting) check() error {
	if err := errors.Join(s.checkArrivals(), s.checkLives()); err != nil {
		return err
	}
	switch {
	case s.Shape.Cores < 0 || s.Shape.Cores > maxCores:
		return fmt.Errorf("replay: an executor has 1 to %d cores, not %d", maxCores, s.Shape.Cores)
	case s.Shape.Slots() < 1:
		return fmt.Errorf("replay: an executor of %d cores holds no task of %d cpus", max(1, s.Shape.Cores), s.Shape.TaskCPUs)
	case s.Capacity < 0 || s.Ready < 0 || s.Provisioning < 0 || s.Provisioning > longest:
		return errors.New("replay: Capacity, Ready and Provisioning must not be negative, and Provisioning at most 24 days")
	case len(s.Executors) > MaxExecutors || s.most(s.Policy.InitialTarget()) > MaxExecutors || s.most(s.Policy.Min) > MaxExecutors:
		return fmt.Errorf("replay: more than %d executors", MaxExecutors)
	case len(s.Executors) > 0:
		return nil
	case !s.Policy.Dynamic && s.Policy.InitialTarget() < 1:
		return fmt.Errorf("%w: a fixed count of %d executors", ErrStuck, s.Policy.InitialTarget())
	case s.Policy.Dynamic && s.Policy.Max == 0:
		return fmt.Errorf("%w: maxExecutors is 0", ErrStuck)
	}
	return nil
}

// most is how many of so many executors the cluster holds.
func (s Setting) most(executors int) int {
	if s.Capacity > 0 {
		return min(executors, s.Capacity)
	}
	return executors
}

// leastAtOnce is the least that Arrivals.AtOnce can be, but for 0.
const leastAtOnce = 0.01

func (s Setting) checkArrivals() error {
	a := s.Arrivals
	if a == nil {
		return nil
	}
	for _, d := range append([]time.Duration{a.First, a.Alone}, a.Each...) {
		if d < 0 || d > longest {
			return fmt.Errorf("replay: an executor that arrives after %s; times of Arrivals must be 0 to 24 days", d)
		}
	}
	if a.AtOnce != 0 && !(a.AtOnce >= leastAtOnce && a.AtOnce <= MaxExecutors) {
		return fmt.Errorf("replay: Arrivals.AtOnce must be 0 or from %g to %d, not %g", leastAtOnce, MaxExecutors, a.AtOnce)
	}
	return nil
}

func (s Setting) checkLives() error {
	for i, l := range s.Executors {
		end := longest
		if l.Down != 0 {
			end = l.Down
		}
		within := func(d time.Duration) bool { return d == 0 || d >= l.Up && d <= end }
		if l.Up < 0 || l.Up > longest || end > longest || end < l.Up || !within(l.Ready) || !within(l.Leaving) {
			return fmt.Errorf("replay: executor %d: 0 ≤ Up ≤ Ready, Leaving ≤ Down ≤ 24 days must hold where they are not 0, not %+v", i, l)
		}
	}
	return nil
}
